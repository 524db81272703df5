"""The guide beside its own microphone: its voice comes back as loud as a user's."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.voiceguide_process import voiceguide
from voiceguide.commands.voices import list_voices

pytestmark = pytest.mark.skipif(not list_voices(), reason="there is no voice here")


MEASURED = Path(__file__).parents[3] / "shared/data/audio/rirs/sb_rir1.flac"
_WITH_RESPONSES = pytest.mark.skipif(
    not MEASURED.exists(), reason="the development audio is not here"
)


def rehearsed(tmp_path: Path, script: str, *arguments: str) -> list[dict[str, Any]]:
    """The events of a rehearsal of `self-massage-wall`."""
    path, out = tmp_path / "script.yaml", tmp_path / "out"
    path.write_text(script)
    voiceguide(
        "rehearse", "self-massage-wall", "--script", str(path), "--out", str(out), *arguments,
        home=tmp_path / "home",
    )  # fmt: skip
    return [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]


def accepted(events: list[dict[str, Any]]) -> list[str]:
    return [
        event["red_flag"] or event["intent"]
        for event in events
        if event["kind"] == "heard" and event["accepted"]
    ]


@pytest.mark.parametrize(
    "room", ["living-room", "bathroom", pytest.param(str(MEASURED), marks=_WITH_RESPONSES)]
)
def test_the_guide_never_hears_itself(room: str, tmp_path: Path) -> None:
    events = rehearsed(tmp_path, '- {at: 90, say: "stop"}\n', "--room", room, "--echo-db", "0")

    assert accepted(events)[:1] in (["stop"], []), "nothing before the user's word"
    said = [event["t_s"] for event in events if event["kind"] == "said"]
    assert sum(t < 90 for t in said) > 8


def test_the_guide_falls_silent_while_somebody_speaks_over_it(tmp_path: Path) -> None:
    script = '- {at: 8, say: "stop", level_db: 6}\n- {at: 20, say: "stop"}\n'
    rehearsed(tmp_path, script, "--room", "living-room", "--echo-db", "0")
    guide, rate_hz = soundfile.read(tmp_path / "out" / "guide.wav", dtype="float32")

    def loudest(from_s: float, until_s: float) -> float:
        return float(np.max(np.abs(guide[round(from_s * rate_hz) : round(until_s * rate_hz)])))

    assert loudest(7.5, 8.0) > 0.02, "it was speaking"
    assert loudest(8.4, 8.5) < 0.001, "and yields 0.4 s after the first sound, within the word"

"""Rehearsals through the real voice, the real recognizer and the real session."""

import json
from pathlib import Path

import pytest
import soundfile

from tests.voiceguide_process import voiceguide
from voiceguide.commands.voices import list_voices
from voiceguide.errors import ExitCode

pytestmark = pytest.mark.skipif(not list_voices(), reason="there is no voice here")


def test_the_demonstration_shows_the_main_job(tmp_path: Path) -> None:
    arguments = ("rehearse", "back-massage-basic", "--script", "scripts/demo.yaml")
    done = voiceguide(*arguments, "--out", str(tmp_path / "out"), home=tmp_path / "home")
    told = (tmp_path / "out" / "transcript.txt").read_text()

    assert done.out == told
    assert done.code == ExitCode.RED_FLAG
    for expected in (
        "user    next",
        "The pressure is now very light.",
        "user    stop",
        "user    resume",
        "Move up beside the spine in small circles, with light pressure.",
        "red flag urgent",
        "Do not go on with this area today.",
    ):
        assert expected in told


def test_a_rehearsal_leaves_its_sound_its_events_and_its_picture(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text('- {at: 3, say: "no"}\n- {at: 6, say: end session}\n')
    out = tmp_path / "out"
    voiceguide(
        "rehearse", "self-massage-wall", "--script", str(script), "--out", str(out),
        home=tmp_path / "home",
    )  # fmt: skip
    events = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    guide, microphone = soundfile.info(out / "guide.wav"), soundfile.info(out / "mic.wav")

    assert {"said", "heard", "phase", "ended"} <= {event["kind"] for event in events}
    assert [e["intent"] for e in events if e["kind"] == "heard"] == ["no", "end"]
    assert guide.samplerate == 16_000
    assert guide.frames == microphone.frames
    assert (out / "timeline.svg").read_text().startswith("<svg")


def test_the_same_seed_gives_the_same_rehearsal(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text('- {at: 4, say: "no"}\n- {at: 9, say: end session}\n')
    outs = []
    for name in ("first", "second"):
        out = tmp_path / name
        voiceguide(
            "rehearse", "self-massage-wall", "--script", str(script), "--out", str(out),
            "--room", "living-room", "--echo-db", "-20", "--seed", "7", home=tmp_path / "home",
        )  # fmt: skip
        outs.append((out / "mic.wav").read_bytes() + (out / "events.jsonl").read_bytes())

    assert outs[0] == outs[1]


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("say: next\n", "A script is a list."),
        ("- {say: next}\n", "has not just one of at, when, after and wait"),
        ("- {at: 1, say: next, wav: a.wav}\n", "has not just one of say and wav"),
        ("- {at: 1, sing: next}\n", "script.yaml:1: 1.sing"),
        ("- {at: 1, say: next}\n- {at: 2, wav: a.wav}\n", "script.yaml:2: 2.wav"),
    ],
)
def test_a_wrong_script_is_told_with_line_and_mend(
    script: str, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(script)
    done = voiceguide(
        "rehearse", "self-massage-wall", "--script", str(path), home=tmp_path / "home"
    )

    assert done.code == ExitCode.USAGE
    assert complaint in done.err


def test_a_folder_that_cannot_be_written_is_told_before_the_rehearsal(tmp_path: Path) -> None:
    taken = tmp_path / "results"
    taken.write_text("no folder")
    done = voiceguide("rehearse", "self-massage-wall", "--out", str(taken), home=tmp_path / "home")

    assert done.code == ExitCode.USAGE
    assert done.out == ""
    assert f"The results can't be written to {taken}" in done.err


def test_lines_of_the_script_that_never_came_are_named(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("- {when: pineapple, say: next}\n")
    done = voiceguide(
        "rehearse", "self-massage-wall", "--script", str(path), home=tmp_path / "home"
    )

    assert done.code == ExitCode.PROBLEMS_FOUND
    assert "never had their turn: next" in done.err

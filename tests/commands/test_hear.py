import argparse
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceguide.adapters.recording import read_recording, recording_seconds
from voiceguide.commands import hear
from voiceguide.errors import ExitCode, ModelError, UsageError

FIELDS = [
    "file",
    "start_s",
    "end_s",
    "decided_s",
    "text",
    "intent",
    "slots",
    "red_flag",
    "accepted",
    "reason",
    "ask",
]


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    parser = argparse.ArgumentParser()
    hear.add_arguments(parser)
    assert hear.run(parser.parse_args([*arguments, "--json"])) == ExitCode.OK
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def spoken(tmp_path: Path) -> "Speech":
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed: no synthetic speech to hear")
    return Speech(tmp_path)


class Speech:
    """Recordings of flite's slt voice, cut tight: no silence around the words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, words: str) -> str:
        path = self._folder / f"{words.replace(' ', '_')}.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", path], check=True)
        return str(path)


def test_a_spoken_command_is_one_line_with_all_its_fields(
    spoken: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    file = spoken("stop")

    utterance, closing = _run(capsys, file)

    assert list(utterance) == FIELDS
    assert (utterance["intent"], utterance["accepted"]) == ("stop", True)
    assert 0 <= utterance["start_s"] < utterance["end_s"] <= utterance["decided_s"]
    assert list(closing) == ["file", "duration_s", "cpu_s"]
    assert closing["file"] == file
    assert closing["duration_s"] == pytest.approx(soundfile.info(file).duration, abs=0.001)


def test_numbers_are_heard_where_they_are_asked_for(
    spoken: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    utterance, _ = _run(capsys, spoken("seven"), "--phase", "rating")

    assert (utterance["intent"], utterance["slots"]) == ("number", {"number": 7})


def test_a_phrase_of_another_phase_is_not_accepted(
    spoken: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    *utterances, _ = _run(capsys, spoken("next"), "--phase", "asleep")

    assert not any(utterance["accepted"] for utterance in utterances)


def test_what_the_guide_is_saying_is_not_accepted(
    spoken: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    file = spoken("stop")

    *utterances, _ = _run(capsys, file, "--speaking", "If it hurts, stop at once.")

    assert not any(utterance["accepted"] for utterance in utterances)


def test_silence_has_a_closing_line_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(32_000), 16_000)

    (closing,) = _run(capsys, str(path))

    assert closing["duration_s"] == 2.0


def test_any_rate_and_any_number_of_channels_is_heard(
    spoken: Speech, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = np.concatenate(list(read_recording(Path(spoken("stop")))))
    path = tmp_path / "stereo.flac"
    soundfile.write(path, np.repeat(np.column_stack([samples, samples]), 3, axis=0), 48_000)

    utterance, _ = _run(capsys, str(path))

    assert utterance["intent"] == "stop"


def test_a_word_cut_tight_is_heard_and_decided_after_its_end(
    spoken: Speech, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = np.concatenate(list(read_recording(Path(spoken("stop")))))
    loud = np.nonzero(np.abs(samples) > 0.02)[0]
    path = tmp_path / "tight.wav"
    soundfile.write(path, samples[loud[0] : loud[-1]], 16_000)

    utterance, closing = _run(capsys, str(path))

    assert utterance["intent"] == "stop"
    assert utterance["decided_s"] > closing["duration_s"]


def test_several_files_are_heard_one_by_one(
    spoken: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = spoken("stop"), spoken("next")

    lines = _run(capsys, first, second)

    assert [(line["file"], line.get("intent")) for line in lines] == [
        (first, "stop"),
        (first, None),
        (second, "next"),
        (second, None),
    ]


def test_without_json_there_is_a_line_for_people(
    spoken: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    hear.add_arguments(parser)

    hear.run(parser.parse_args([spoken("stop")]))

    first, second = capsys.readouterr().out.splitlines()
    assert "stop" in first
    assert "processor time" in second


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("text.wav", b"this is no sound", "no recording that can be read"),
        ("empty.wav", b"", "no recording that can be read"),
        ("missing.wav", None, "There is no file"),
        (".", None, "is a folder"),
    ],
)
def test_what_is_no_recording_is_told_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UsageError, match=message):
        recording_seconds(path)


def test_a_bad_name_is_told_before_anything_is_heard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "silence.wav"
    soundfile.write(good, np.zeros(16_000), 16_000)

    with pytest.raises(UsageError):
        _run(capsys, str(good), str(tmp_path / "missing.wav"))

    assert capsys.readouterr().out == ""


def test_a_folder_that_is_no_model_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "silence.wav"
    soundfile.write(good, np.zeros(16_000), 16_000)

    with pytest.raises(ModelError):
        _run(capsys, str(good), "--model", str(tmp_path))


def test_an_unknown_phase_is_a_usage_error() -> None:
    parser = argparse.ArgumentParser()
    hear.add_arguments(parser)

    with pytest.raises(SystemExit) as exit_info:
        parser.parse_args(["x.wav", "--phase", "dancing"])

    assert exit_info.value.code == 2

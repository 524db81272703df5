"""A real session in real time with the loudspeaker's sound in the microphone, as in a room."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.virtual_audio import VirtualAudio, missing_programs
from tests.voiceguide_process import REPOSITORY, home_environment, wait_for
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.room import USER_LEVEL_DBFS, at_level
from voiceguide.commands.voices import list_voices, open_voice
from voiceguide.errors import ExitCode

pytestmark = [
    pytest.mark.audio,
    pytest.mark.skipif(bool(missing_programs()), reason="PulseAudio is not installed"),
    pytest.mark.skipif(not list_voices(), reason="there is no voice for the user"),
]


@pytest.fixture
def audio(tmp_path: Path) -> Iterator[VirtualAudio]:
    with VirtualAudio(tmp_path, echo=True) as running:
        yield running


@pytest.fixture
def session(audio: VirtualAudio, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Its standard input takes what is typed; what it prints goes to a file."""
    with (tmp_path / "screen.txt").open("w") as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "voiceguide", "run", "self-massage-wall",
             "--journal", tmp_path / "journal.txt"],
            env=home_environment(tmp_path / "home") | audio.environment,
            stdin=subprocess.PIPE,
            stdout=screen,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            text=True,
        )  # fmt: skip
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.fixture
def journal(session: subprocess.Popen[str], tmp_path: Path) -> Callable[[], list[str]]:
    """The lines written so far, once the guide has begun to speak."""

    def lines() -> list[str]:
        screen = (tmp_path / "screen.txt").read_text()
        assert session.poll() is None, f"ended early: {screen}"
        path = tmp_path / "journal.txt"
        return path.read_text().splitlines() if path.exists() else []

    wait_for(lambda: any(" guide " in line for line in lines()), "the greeting")
    return lines


def test_most_of_a_minute_of_its_own_voice_triggers_nothing(
    audio: VirtualAudio, journal: Callable[[], list[str]], tmp_path: Path
) -> None:
    with audio.record_speaker(tmp_path / "speaker.wav"):
        audio.play_into_microphone(silence(50.0))  # nobody answers: after 60 s it ends
    spoken, _ = soundfile.read(tmp_path / "speaker.wav", dtype="float32")

    assert [line for line in journal() if " user " in line or "red flag" in line] == []
    assert np.count_nonzero(np.abs(spoken) > 0.01) > 5 * SAMPLE_RATE_HZ, "it spoke"


def test_a_stop_spoken_over_the_guide_is_obeyed(
    audio: VirtualAudio, journal: Callable[[], list[str]], tmp_path: Path
) -> None:
    with audio.record_speaker(tmp_path / "before.wav"):
        audio.play_into_microphone(silence(6.0))
    with audio.record_speaker(tmp_path / "after.wav"):
        for _ in range(5):
            audio.play_into_microphone(stop())
            if any("user    stop" in line for line in journal()):
                break
        audio.play_into_microphone(silence(3.0))
    before, _ = soundfile.read(tmp_path / "before.wav", dtype="float32")
    after, _ = soundfile.read(tmp_path / "after.wav", dtype="float32")

    assert any("user    stop" in line for line in journal())
    assert float(np.max(np.abs(before))) > 0.02, "it was speaking"
    assert float(np.max(np.abs(after[-2 * SAMPLE_RATE_HZ :]))) < 0.01, "silent after stop"


REPLIES = (
    ("feel all right?", "yes"),
    ("I will go on by myself", ""),
    ("Say ready", "ready"),
    ("You will need", "ready"),
    ("Step one of", "automatic"),
    ("?", "no"),
)
"""To a line in which the guide says the first of these, this is typed; nothing to others."""


class TypingUser:
    """Answers what the guide asks, once it has had the time to say it."""

    def __init__(self, session: subprocess.Popen[str], journal: Path) -> None:
        self._session = session
        self._journal = journal
        self._seen = 0
        self._words = ""
        self._due_s = 0.0
        self.typed: list[str] = []

    def is_alone(self) -> bool:
        """Type what is due; whether the session has ended."""
        lines = guide_lines(self._journal)
        if len(lines) > self._seen:
            self._seen = len(lines)
            self._words = next((words for said, words in REPLIES if said in lines[-1]), "")
            self._due_s = time.monotonic() + 0.5 * len(lines[-1].split())
        if self._words and time.monotonic() > self._due_s:
            assert self._session.stdin is not None
            self._session.stdin.write(self._words + "\n")
            self._session.stdin.flush()
            self.typed.append(self._words)
            self._words = ""
        return self._session.poll() is not None


@pytest.mark.slow
def test_a_whole_session_answers_to_nobody_but_the_user_and_ends_well(
    session: subprocess.Popen[str], tmp_path: Path
) -> None:
    """Ten minutes; its voice is in the microphone, and the user only types."""
    user = TypingUser(session, tmp_path / "journal.txt")

    wait_for(user.is_alone, "the end of the session", 1200.0)
    lines = (tmp_path / "journal.txt").read_text().splitlines()

    assert session.returncode == ExitCode.OK
    assert [line.split(" user ")[1].strip() for line in lines if " user " in line] == user.typed
    assert [line for line in lines if "red flag" in line] == []
    assert "That was the last step." in guide_lines(tmp_path / "journal.txt")[-1]


def guide_lines(journal: Path) -> list[str]:
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [line for line in lines if " guide " in line]


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)


def stop() -> Samples:
    names = list_voices()
    voice = open_voice("flite:rms" if "flite:rms" in names else names[-1])
    try:
        speech = at_level(voice.render("stop", 170), USER_LEVEL_DBFS + 8)
    finally:
        voice.close()
    return np.concatenate([silence(0.3), speech, silence(1.2)])

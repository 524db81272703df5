"""A real session in real time with the loudspeaker's sound in the microphone, as in a room."""

import subprocess
import sys
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
    process = subprocess.Popen(
        [sys.executable, "-m", "voiceguide", "run", "self-massage-wall",
         "--journal", tmp_path / "journal.txt"],
        env=home_environment(tmp_path / "home") | audio.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
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
        assert session.poll() is None, f"ended early: {session.communicate()[0]}"
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

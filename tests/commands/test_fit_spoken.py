"""A real fitting in real time: `voiceguide fit` on virtual sound devices, spoken to aloud."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.virtual_audio import VirtualAudio, missing_programs
from tests.voiceguide_process import REPOSITORY, home_environment, wait_for
from voiceguide.audio.pcm import SAMPLE_RATE_HZ
from voiceguide.audio.room import USER_LEVEL_DBFS, at_level
from voiceguide.commands.voices import list_voices, open_voice
from voiceguide.errors import ExitCode

pytestmark = [
    pytest.mark.audio,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_programs()), reason="PulseAudio is not installed"),
    pytest.mark.skipif(not list_voices(), reason="there is no voice for the user"),
]


class SpokenFitting:
    """The program at work, and what it has printed."""

    def __init__(self, audio: VirtualAudio, home: Path) -> None:
        self._audio = audio
        self.lines: list[str] = []
        names = list_voices()
        self._voice = open_voice("flite:rms" if "flite:rms" in names else names[-1])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voiceguide", "fit"],
            env=home_environment(home) | audio.environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def hears(self, text: str, count: int = 1) -> None:
        """Wait until the guide has said this so many times."""
        wait_for(lambda: sum(text in line for line in self.lines) >= count, repr(text), 40.0)

    def say(self, word: str, after_seconds: float) -> None:
        """Say a word when the question has been said; the tone comes then."""
        speech = at_level(self._voice.render(word, 170), USER_LEVEL_DBFS)
        before = np.zeros(round(after_seconds * SAMPLE_RATE_HZ), dtype=np.float32)
        after = np.zeros(SAMPLE_RATE_HZ // 2, dtype=np.float32)
        self._audio.play_into_microphone(np.concatenate([before, speech, after]))

    def close(self) -> None:
        self._voice.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)


@pytest.fixture
def fitting(tmp_path: Path) -> Iterator[SpokenFitting]:
    with VirtualAudio(tmp_path) as audio:
        running = SpokenFitting(audio, tmp_path / "home")
        yield running
        running.close()


def test_a_word_is_asked_for_heard_and_kept_when_ctrl_c_ends_it(
    fitting: SpokenFitting, tmp_path: Path
) -> None:
    fitting.hears("First: next.")
    for seconds in (14.0, 6.0, 8.0):  # a synthetic voice is not always understood at once
        fitting.say("next", seconds)
        if any("Now back" in line or "Good." in line for line in fitting.lines):
            break
    fitting.hears("Now back")
    fitting.process.send_signal(signal.SIGINT)
    fitting.hears("I end here.")

    assert fitting.process.wait(timeout=30) == ExitCode.OK
    stored = json.loads((tmp_path / "home" / "state" / "fit.json").read_text())
    assert stored["version"] == 1
    assert stored["model"]

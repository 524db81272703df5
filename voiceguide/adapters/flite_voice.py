"""Debian's `flite` program as a voice.

A recogniser misunderstands 14 % of its words, and 57 % of espeak's (PocketSphinx over 135 words,
see `docs/explanation/audio.md`).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from voiceguide.audio.pcm import Samples
from voiceguide.audio.speech import tidy
from voiceguide.errors import VoiceError

NATURAL_RATES_WPM = {"slt": 203, "rms": 178}
"""Voices worth offering and their words a minute at `duration_stretch=1`.

Measured over ten sentences of routines with silent edges trimmed; the rate is this figure divided
by the stretch, within 2 % from 0.7 to 1.8 (`benchmarks/playback.py --calibrate`).
"""

_DEADLINE_SECONDS = 5.0  # a sentence takes 0.06 s; 5000 letters without a space take for ever
_DEADLINE_PER_CHARACTER_SECONDS = 0.01
_TRIES = 2
_INSTALL = "Install it (Debian: `apt install flite`) or choose another voice with --voice."


_USUAL_RATE_WPM = 190
"""Of a voice that was not measured."""


def flite_voices() -> list[str]:
    """The names of `NATURAL_RATES_WPM` that can be spoken here; empty without flite."""
    return [name for name in NATURAL_RATES_WPM if name in _listed()]


def _listed() -> list[str]:
    """Every voice that this flite has."""
    program = shutil.which("flite")
    if program is None:
        return []
    try:
        listed = _run([program, "-lv"], _DEADLINE_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return []
    return listed.partition(":")[2].split()


class FliteVoice:
    """One of flite's voices; a process for each rendering, so none is left to hang."""

    def __init__(self, name: str = "slt") -> None:
        """Choose one of `flite_voices()`, or any other that flite has.

        Raises:
            VoiceError: flite is not installed, or not with this voice.
        """
        program = shutil.which("flite")
        if program is None or name not in _listed():
            raise VoiceError(f"There is no flite voice {name!r} here. {_INSTALL}")
        self._program = program
        self._name = name

    @property
    def label(self) -> str:
        """Such as "flite slt"."""
        return f"flite {self._name}"

    def render(self, text: str, rate_wpm: int) -> Samples:
        """The text as speech, see `ports.Voice`."""
        plain = _plain(text)
        if not any(map(str.isalnum, plain)):
            return np.zeros(0, dtype=np.float32)
        for _ in range(_TRIES):
            speech = self._try_to_render(plain, rate_wpm)
            if len(speech):
                return speech
        raise VoiceError(f"flite did not say {text[:60]!r}. {_INSTALL}")

    def close(self) -> None:
        """Nothing stays open."""

    def _try_to_render(self, plain: str, rate_wpm: int) -> Samples:
        """The speech, or nothing where flite failed or overran its deadline."""
        with tempfile.TemporaryDirectory(prefix="voiceguide-") as directory:
            wav = Path(directory) / "speech.wav"
            try:
                _run(self._command(plain, rate_wpm, wav), _deadline_seconds(plain))
                rendered, rate_hz = soundfile.read(wav, dtype="float32")
            except (OSError, subprocess.SubprocessError, soundfile.SoundFileError):
                return np.zeros(0, dtype=np.float32)
        return tidy(rendered, rate_hz)

    def _command(self, plain: str, rate_wpm: int, wav: Path) -> list[str]:
        stretch = NATURAL_RATES_WPM.get(self._name, _USUAL_RATE_WPM) / rate_wpm
        return [
            self._program,
            *("-voice", self._name),
            *("--setf", f"duration_stretch={stretch:.3f}"),
            *("-t", plain),
            *("-o", str(wav)),
        ]


def _deadline_seconds(plain: str) -> float:
    return _DEADLINE_SECONDS + _DEADLINE_PER_CHARACTER_SECONDS * len(plain)


def _run(command: list[str], deadline_seconds: float) -> str:
    """What the program printed; it is killed at the deadline.

    The limit of processor time is for the day that we are killed before we can do that.
    """
    if os.name == "posix":
        limit = f'ulimit -t {round(deadline_seconds) + 1}; exec "$@"'
        command = ["/bin/sh", "-c", limit, "sh", *command]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603 - our own arguments
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=deadline_seconds,
        check=True,
        **_apart(),
    )
    return done.stdout.decode(errors="replace")


def _apart() -> dict[str, Any]:
    """How to start flite out of the reach of Ctrl-C, in a process group of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _plain(text: str) -> str:
    """The text in ASCII, which is all that flite reads: curly quotes, dashes and accents mended."""
    text = re.sub("[\u2018\u2019]", "'", text)
    text = re.sub(r"(?<=\d)\s*\u2013\s*(?=\d)", " to ", text)
    text = re.sub(r"\s*[\u2013\u2014]\s*", ", ", text)
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[\x00-\x20\x7f]+", " ", ascii_only).strip()

"""The system's own voice by pyttsx3 (espeak-ng, SAPI5, NSSS), in a child process that may die.

Why a process: pyttsx3 hangs for ever on some inputs, drops property changes made shortly before a
rendering (46 of 60) and allows one engine a process. So a worker has one voice and one rate for
its life, each rendering a deadline, and whatever goes wrong is mended by a fresh worker.
"""

import contextlib
import json
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from voiceguide.audio.pcm import Samples
from voiceguide.audio.speech import tidy
from voiceguide.errors import VoiceError

_WORKER = Path(__file__).with_name("pyttsx3_worker.py")
_START_SECONDS = 20.0  # 0.1 s on Linux; Windows builds its type library at the first start
_RENDER_SECONDS = 5.0  # a sentence takes 0.012 s
_RENDER_SECONDS_PER_CHARACTER = 0.01
_END_SECONDS = 1.0
_TRIES = 2
_RENDERINGS_PER_WORKER = 1 if sys.platform == "darwin" else 100_000
"""One on macOS, where the second run loop of a process hangs (pyttsx3#22)."""

SPOKEN_PER_ASKED = {"espeak": 1.2}
"""Words a minute spoken for each asked for, by driver.

espeak: measured 1.18 to 1.22 from 100 to 300 (`benchmarks/playback.py --calibrate`); for SAPI5 and
NSSS not measured, taken as 1.
"""

_SUFFIX = ".aiff" if sys.platform == "darwin" else ".wav"  # NSSS writes AIFF, whatever the name
_INSTALL = (
    "Install an engine (Debian: `apt install espeak-ng`, better `apt install flite`) or read the "
    "guide's text instead."
)


class _WorkerError(Exception):
    """The worker died, overran its deadline or reported an error."""


class _Worker:
    """A running `pyttsx3_worker` with one voice and one rate."""

    def __init__(self, command: list[str], voice: str, rate: int) -> None:
        self.renderings = 0
        self._directory = tempfile.mkdtemp(prefix="voiceguide-")
        options = json.dumps({"voice": voice, "rate": rate, "directory": self._directory})
        self._process = _started([*command, options])
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        reader = threading.Thread(
            target=_pass_on, args=(self._process, self._answers), name="pyttsx3", daemon=True
        )
        reader.start()
        # Runs at the latest when the interpreter exits.
        self.close = weakref.finalize(self, _end, self._process, reader, self._directory)
        try:
            self.ready = self._answer(_START_SECONDS)
        except _WorkerError:
            self.close()
            raise

    def render(self, text: str) -> tuple[Samples, int]:
        """The text's samples as rendered, and their rate in hertz."""
        self.renderings += 1
        path = Path(self._directory) / f"{self.renderings}{_SUFFIX}"
        self._ask({"text": text, "path": str(path)})
        self._answer(_RENDER_SECONDS + _RENDER_SECONDS_PER_CHARACTER * len(text))
        try:
            samples, rate_hz = soundfile.read(path, dtype="float32")
        except (OSError, soundfile.SoundFileError) as error:
            raise _WorkerError(f"its file can't be read: {error}") from error
        path.unlink(missing_ok=True)
        return samples, int(rate_hz)

    def _ask(self, request: dict[str, str]) -> None:
        pipe = self._process.stdin
        try:
            if pipe:
                pipe.write(json.dumps(request) + "\n")
                pipe.flush()
        except OSError as error:
            raise _WorkerError("its process has ended") from error

    def _answer(self, deadline_seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=deadline_seconds)
        except queue.Empty:
            raise _WorkerError(f"no answer within {deadline_seconds:.0f} s") from None
        if not line:
            raise _WorkerError("its process has ended")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise _WorkerError(answer["error"])
        return answer


class Pyttsx3Voice:
    """A voice of the operating system. For one thread at a time."""

    def __init__(self, name: str = "", *, command: list[str] | None = None) -> None:
        """`name` is the engine's own voice id, or empty for its default.

        `command` replaces the worker program, for tests. Nothing is started yet.
        """
        self._name = name
        self._command = command or [sys.executable, "-P", str(_WORKER)]
        self._worker: _Worker | None = None
        self._rate = 0

    @property
    def label(self) -> str:
        """Such as "pyttsx3 en-us+klatt4"."""
        return f"pyttsx3 {self._name}".strip()

    def render(self, text: str, rate_wpm: int) -> Samples:
        """The text as speech, see `ports.Voice`."""
        if not any(map(str.isalnum, text)):
            return np.zeros(0, dtype=np.float32)
        reason = ""
        for _ in range(_TRIES):
            try:
                rendered, rate_hz = self._worker_at(rate_wpm).render(text)
            except _WorkerError as error:
                reason = str(error)
                self.close()
                continue
            if len(speech := tidy(rendered, rate_hz)):
                return speech
            reason = f"the voice {self._name or 'by default'} is silent"
        raise VoiceError(f"The system's voice did not speak ({reason}). {_INSTALL}")

    def voices(self) -> list[str]:
        """The engine's own voice ids.

        Raises:
            VoiceError: there is no engine.
        """
        try:
            return [str(voice) for voice in self._worker_at(self._rate or 170).ready["voices"]]
        except _WorkerError as error:
            raise VoiceError(f"There is no system voice ({error}). {_INSTALL}") from error

    def close(self) -> None:
        """End the worker."""
        if self._worker:
            self._worker.close()
            self._worker = None

    def _worker_at(self, rate_wpm: int) -> _Worker:
        """A worker for this rate: the present one, or a fresh one."""
        worker = self._worker
        if worker and rate_wpm == self._rate and worker.renderings < _RENDERINGS_PER_WORKER:
            return worker
        self.close()
        self._worker = _Worker(self._command, self._name, _asked(rate_wpm))
        self._rate = rate_wpm
        return self._worker


def _asked(rate_wpm: int) -> int:
    """The rate to ask the driver for, so that `rate_wpm` is spoken."""
    driver = {"darwin": "nsss", "win32": "sapi5"}.get(sys.platform, "espeak")
    return round(rate_wpm / SPOKEN_PER_ASKED.get(driver, 1.0))


def _started(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own program and arguments, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        **_apart(),
    )


def _apart() -> dict[str, Any]:
    """How to start the worker out of the reach of Ctrl-C, in a process group of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _pass_on(process: "subprocess.Popen[str]", answers: "queue.SimpleQueue[str]") -> None:
    """Queue the worker's lines, and "" when it has ended."""
    if process.stdout:
        with process.stdout as lines:
            for line in lines:
                answers.put(line)
    answers.put("")


def _end(process: "subprocess.Popen[str]", reader: threading.Thread, directory: str) -> None:
    """End the worker, hanging or not, and clear up after it."""
    process.kill()
    process.wait()
    reader.join(_END_SECONDS)  # it closes its pipe
    if process.stdin:
        with contextlib.suppress(OSError):  # a request that the worker did not live to read
            process.stdin.close()
    shutil.rmtree(directory, ignore_errors=True)

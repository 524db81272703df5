"""The child process that owns pyttsx3: renders texts to files, never plays.

A program of its own, run by path: pyttsx3 may hang for ever, loses property changes and prints, so
it gets a process that can be killed, has constant properties and a standard output it can't reach.

    python pyttsx3_worker.py '{"voice": "en-us+klatt4", "rate": 142, "directory": "/tmp/x"}'

It says `{"ready": ...}` once, then answers each line on stdin with a line on stdout:
`{"text": ..., "path": ...}` with `{"ok": true}` or `{"error": ...}`. It ends, at once and even
from within a hanging engine, when stdin does, and clears `directory`.
"""

import json
import os
import queue
import shutil
import signal
import sys
import threading
import time
from typing import Any, TextIO

import pyttsx3

_UNANNOUNCED = ("sapi5",)  # drivers that write before they return and tell nobody
_VOLUME = 0.7  # at 1.0 espeak's klatt4 clips; the parent brings every voice to one level
_ASYNCHRONOUS = ("espeak",)  # drivers that take a property up some milliseconds later
_TAKE_UP_SECONDS = 5.0
_TAKE_UP_PAUSE_SECONDS = 0.002


class _Engine:
    """pyttsx3 with one voice and one rate, driven from the thread that made it."""

    def __init__(self, voice: str, rate: int) -> None:
        self._errors: list[BaseException] = []
        self._finished = threading.Event()
        self._engine = pyttsx3.init()
        self._engine.connect("error", self._on_error)
        self._engine.connect("finished-utterance", self._on_finished)
        if voice:
            self._engine.setProperty("voice", voice)
        self._engine.setProperty("volume", _VOLUME)
        self._engine.setProperty("rate", rate)
        if self.driver in _ASYNCHRONOUS:
            self._take_up({"volume": _VOLUME, "rate": rate})

    @property
    def driver(self) -> str:
        return str(self._engine.driver_name)

    def voices(self) -> list[str]:
        return [str(voice.id) for voice in self._engine.getProperty("voices")]

    def render(self, text: str, path: str) -> None:
        """Write the text's speech to the file: WAV, or AIFF on macOS."""
        self._finished.clear()
        self._engine.save_to_file(text, path)
        self._engine.runAndWait()
        if self.driver not in _UNANNOUNCED:
            self._finished.wait()  # runAndWait may return early; our parent has a deadline
        if self._errors:
            raise self._errors[0]

    def _take_up(self, properties: dict[str, float]) -> None:
        """See that the properties are taken up before the first rendering.

        Left to it, pyttsx3 cancels whichever of them espeak has not come to yet (7 of 100 workers,
        six at a time). They are set again and again, since a change of voice that is still under
        way resets them.
        """
        self._engine.proxy.setBusy(False)  # or they wait in pyttsx3's own queue
        deadline = time.monotonic() + _TAKE_UP_SECONDS
        while not self._has(properties):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the engine does not take up {properties}")
            for name, value in properties.items():
                self._engine.setProperty(name, value)
            self._finished.wait(_TAKE_UP_PAUSE_SECONDS)  # nothing is rendered yet: a pause
        self._engine.proxy.setBusy(True)  # as a new engine is

    def _has(self, properties: dict[str, float]) -> bool:
        return all(self._engine.getProperty(name) == value for name, value in properties.items())

    def _on_error(self, name: str | None, exception: BaseException) -> None:  # noqa: ARG002
        self._errors.append(exception)
        self._finished.set()

    def _on_finished(self, name: str | None, completed: bool) -> None:  # noqa: ARG002, FBT001
        self._finished.set()


def _take_over_stdout() -> TextIO:
    """Keep the pipe for ourselves; what libraries print goes where stderr goes."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _tell(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")


def _read_requests(requests: "queue.SimpleQueue[dict[str, Any]]", directory: str) -> None:
    """Pass requests on until stdin ends, then end the process, whatever the engine is doing."""
    for line in sys.stdin:
        requests.put(json.loads(line))
    shutil.rmtree(directory, ignore_errors=True)
    os._exit(0)


def _answer(engine: _Engine, request: dict[str, Any]) -> dict[str, Any]:
    try:
        engine.render(request["text"], request["path"])
    except Exception as error:  # noqa: BLE001 - any failure of any engine is an answer
        return {"error": f"{type(error).__name__}: {error}"}
    return {"ok": True}


def main() -> None:
    """Serve until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    options = json.loads(sys.argv[1])
    answers = _take_over_stdout()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(
        target=_read_requests, args=(requests, options["directory"]), daemon=True
    ).start()
    try:
        engine = _Engine(options["voice"], options["rate"])
        ready = {"ready": True, "driver": engine.driver, "voices": engine.voices()}
    except Exception as error:  # noqa: BLE001 - no engine, no library, no display ...
        _tell(answers, {"error": f"{type(error).__name__}: {error}"})
        return
    _tell(answers, ready)
    while True:
        _tell(answers, _answer(engine, requests.get()))


if __name__ == "__main__":
    main()

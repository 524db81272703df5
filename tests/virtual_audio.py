"""A loudspeaker and a microphone without a sound card: a private PulseAudio of null sinks.

    with VirtualAudio() as audio:
        run_the_program(env=os.environ | audio.environment)
        audio.say(Path("next.wav"))                 # into the microphone
        with audio.record_speaker(Path("out.wav")):  # what the loudspeaker is sent
            ...

Its sockets and files lie in a folder of its own; a PulseAudio of the user's is never touched.
Linux only, and only for tests: elsewhere `missing_programs` is not empty, and they are skipped.
"""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples, resample, to_int16

SPEAKER = "vg_speaker"
MICROPHONE = "vg_microphone"
_SILENT_ROOM = "vg_room"  # what is played here is what the microphone hears
_SERVER_RATE_HZ = 48_000
_HISS_DBFS = -60.0  # of a microphone in a room; pure zeros between words are a gated one's
_HISS_SECONDS = 180
_PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")
_START_SECONDS = 10.0
_STOP_SECONDS = 5.0


def missing_programs() -> list[str]:
    """What is not installed of what this needs (Debian: pulseaudio, pulseaudio-utils)."""
    return [program for program in _PROGRAMS if shutil.which(program) is None]


class VirtualAudio:
    """A running PulseAudio, from `with` to its end, whatever happens in between."""

    def __init__(self, tmp_path: Path | None = None, *, echo: bool = False) -> None:
        """With `echo` the microphone hears the loudspeaker, at once and as loud, and hisses.

        What is played into the microphone then comes out of the loudspeaker too: one sink is both,
        since the way from one to another is no room's: on a busy machine it grows while one speaks.
        `tmp_path` takes the log; the socket lies elsewhere, since its path may have 107 letters.
        """
        self._directory = Path(tempfile.mkdtemp(prefix="vg-pulse-"))
        self._log = (tmp_path or self._directory) / "pulseaudio.log"
        self._room = SPEAKER if echo else _SILENT_ROOM
        self._hisses = echo
        self._server: subprocess.Popen[bytes] | None = None
        self._hiss: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {
            "PULSE_SERVER": f"unix:{self._directory / 'native'}",
            "PULSE_RUNTIME_PATH": str(self._directory / "run"),
            "PULSE_STATE_PATH": str(self._directory / "state"),
            "PULSE_COOKIE": str(self._directory / "cookie"),
            "PULSE_CLIENTCONFIG": str(self._directory / "client.conf"),
        }

    def __enter__(self) -> Self:
        for name in ("run", "state"):
            (self._directory / name).mkdir()
        # With shared memory a client may lock itself up when the server dies (libpulse 16.1).
        (self._directory / "client.conf").write_text("enable-shm = no\nautospawn = no\n")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    def start(self) -> None:
        """Start the server; also after `stop`, as a device that was connected again."""
        script = self._directory / "devices.pa"
        script.write_text("\n".join(self._modules()) + "\n")
        command = ["pulseaudio", "-n", "-F", str(script), "--daemonize=no", "--exit-idle-time=-1"]
        command += ["--use-pid-file=no", "--disallow-exit", f"--log-target=file:{self._log}"]
        self._server = subprocess.Popen(command, env=self._env(), stderr=subprocess.DEVNULL)
        self._await_server()
        if self._hisses:
            self._hiss = self._hissing()

    def stop(self) -> None:
        """End the server, as if every device were unplugged at once."""
        for process in (self._hiss, self._server):
            if process:
                _ended(process)
        self._hiss = self._server = None

    def say(self, wav: Path) -> None:
        """Play a sound file into the microphone; returns when it has been played."""
        samples, rate_hz = soundfile.read(wav, dtype="float32")
        self.play_into_microphone(resample(samples, rate_hz))

    def play_into_microphone(self, samples: Samples) -> None:
        """Play mono samples at `SAMPLE_RATE_HZ` into the microphone, in real time."""
        pcm = to_int16(samples).astype("<i2").tobytes()
        subprocess.run(self._into_microphone(), input=pcm, env=self._env(), check=True)

    @contextmanager
    def record_speaker(self, path: Path) -> Iterator[None]:
        """Write what the loudspeaker is sent meanwhile to a WAV file, at `SAMPLE_RATE_HZ`."""
        command = ["parec", f"--device={SPEAKER}.monitor", *_raw_format()]
        recorder = subprocess.Popen(command, env=self._env(), stdout=subprocess.PIPE)
        chunks: list[bytes] = []
        has_begun = threading.Event()
        reader = threading.Thread(target=_collect, args=(recorder, chunks, has_begun), daemon=True)
        reader.start()
        try:
            assert has_begun.wait(_START_SECONDS), "parec records nothing"
            yield
        finally:
            _ended(recorder)
            reader.join()
            pcm = np.frombuffer(b"".join(chunks), dtype="<i2")
            soundfile.write(path, pcm, SAMPLE_RATE_HZ, subtype="PCM_16")

    def control(self, *arguments: str) -> str:
        """Run `pactl` on this server and return what it prints."""
        command = ["pactl", *arguments]
        return subprocess.run(
            command, env=self._env(), check=True, capture_output=True, text=True
        ).stdout

    def _modules(self) -> list[str]:
        null_sink = f"load-module module-null-sink rate={_SERVER_RATE_HZ} channels=1 format=s16le"
        socket = f"module-native-protocol-unix auth-anonymous=1 socket={self._directory / 'native'}"
        sinks = dict.fromkeys((SPEAKER, self._room))
        return [
            f"load-module {socket}",
            *(f"{null_sink} sink_name={sink}" for sink in sinks),
            f"load-module module-remap-source source_name={MICROPHONE} master={self._room}.monitor",
            f"set-default-sink {SPEAKER}",
            f"set-default-source {MICROPHONE}",
        ]

    def _hissing(self) -> "subprocess.Popen[bytes]":
        hiss = np.random.default_rng(1).normal(size=_HISS_SECONDS * SAMPLE_RATE_HZ)
        pcm = to_int16(hiss.astype(np.float32) * np.float32(10 ** (_HISS_DBFS / 20)))
        path = self._directory / "hiss.raw"
        path.write_bytes(pcm.astype("<i2").tobytes())
        return subprocess.Popen([*self._into_microphone(), str(path)], env=self._env())

    def _await_server(self) -> None:
        """Return when the server answers: `pactl` itself waits for nothing."""
        pause = threading.Event()
        for _ in range(int(_START_SECONDS / 0.05)):
            probe = subprocess.run(
                ["pactl", "info"], env=self._env(), capture_output=True, check=False
            )
            if probe.returncode == 0:
                return
            pause.wait(0.05)
        self.stop()
        raise RuntimeError(f"PulseAudio did not start: {self._log.read_text()}")

    def _into_microphone(self) -> list[str]:
        return ["pacat", "--playback", f"--device={self._room}", *_raw_format()]

    def _env(self) -> dict[str, str]:
        return os.environ | self.environment


def _raw_format() -> list[str]:
    return [
        "--raw",
        "--format=s16le",
        f"--rate={SAMPLE_RATE_HZ}",
        "--channels=1",
        "--latency-msec=20",
    ]


def _collect(
    recorder: "subprocess.Popen[bytes]", chunks: list[bytes], has_begun: threading.Event
) -> None:
    pipe = recorder.stdout
    assert pipe
    while chunk := os.read(pipe.fileno(), 4096):
        chunks.append(chunk)
        has_begun.set()
    pipe.close()


def _ended(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

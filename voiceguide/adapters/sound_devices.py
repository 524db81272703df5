"""Microphones and loudspeakers, by PortAudio: the only module that knows it.

PortAudio's ways that shape this file (each met or measured, see `docs/explanation/audio.md`):

- Its callbacks run on a thread of its own that must not wait, and exceptions in them vanish. So
  they copy, count and catch.
- A lost device may end the stream (the finished callback runs, without an error), or silently
  cease to call back while the stream says that it is active. So both are watched: `is_lost`.
- Its device list is frozen when it is initialised, and a device's number changes with the list. So
  devices are chosen by name, at every opening, and `refresh_devices` asks the system again.
- 0.06 s latency with blocks of 20 ms on separate streams ran without a drop-out; 0.02 s, or one
  stream for both ways, did not.
"""

import atexit
import contextlib
import ctypes
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from weakref import WeakSet

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.pulse import LATENCIES_SECONDS, PRIMING_CALLS, Pulse
from voiceguide.audio.reblocker import Reblocker
from voiceguide.errors import DeviceError
from voiceguide.ports import BlockSource

_QUEUED_BLOCKS = 100  # 2 s: what a listener that fell behind longer than that gets is stale
_CLOSE_SECONDS = 0.7
_PLAY_OUT_SECONDS = 0.1  # beyond the stream's own latency, for a sound server
_BAD_FORMATS = (-9997, -9998)  # paInvalidSampleRate, paInvalidChannelCount: another may do

_Way = Literal["input", "output"]
_NAMES = {"input": "microphone", "output": "loudspeaker"}
_SUGGESTIONS = {
    "input": "Connect one, or type instead of speaking with --typed.",
    "output": "Connect one, or read along with --typed.",
}


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device as the system names it; `inputs` and `outputs` are numbers of channels."""

    name: str
    host: str
    inputs: int
    outputs: int
    default_rate_hz: int
    is_default_input: bool
    is_default_output: bool


@dataclass(frozen=True, slots=True)
class _Format:
    """What a stream may be opened with; its blocks are 20 ms."""

    rate_hz: int
    channels: int

    @property
    def block(self) -> int:
        return self.rate_hz * BLOCK_SAMPLES // SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class _Device:
    """A device's present number, and the formats to try with it, the best first."""

    index: int
    name: str
    is_default: bool
    formats: tuple[_Format, ...]


def list_devices() -> list[DeviceInfo]:
    """Every device of the system, as known when PortAudio last asked it.

    Raises:
        DeviceError: PortAudio is missing; says how to install it.
    """
    library = _library()
    hosts = library.query_hostapis()
    default_input, default_output = library.default.device
    return [
        DeviceInfo(
            name=entry["name"],
            host=hosts[entry["hostapi"]]["name"],
            inputs=entry["max_input_channels"],
            outputs=entry["max_output_channels"],
            default_rate_hz=round(entry["default_samplerate"]),
            is_default_input=index == default_input,
            is_default_output=index == default_output,
        )
        for index, entry in enumerate(library.query_devices())
    ]


def refresh_devices() -> bool:
    """Ask the system again which devices there are; False, and nothing done, while one is open.

    Needed to see what was connected after the first use. PortAudio can only do it by starting
    anew, which would end every open stream, and hang with one that would not close.
    """
    library = _library()
    if _open_streams:
        return False
    with _quiet_stderr():
        library._terminate()  # noqa: SLF001 - what its maintainer advises (python-sounddevice#3)
        library._initialize()  # noqa: SLF001
    return True


def open_microphone(
    name: str | None = None, latency_seconds: float = LATENCIES_SECONDS[0]
) -> "MicrophoneStream":
    """The microphone whose name contains `name`, ignoring case; None for the system's own choice.

    Raises:
        DeviceError: there is none, or it can't be opened; says what to do.
    """
    return MicrophoneStream(_choose("input", _usable("input"), name), latency_seconds)


def open_speaker(
    name: str | None, source: BlockSource, latency_seconds: float = LATENCIES_SECONDS[0]
) -> "SpeakerStream":
    """The loudspeaker whose name contains `name`, fed by `source` on PortAudio's thread.

    `source` must not wait. It is asked for `BLOCK_SAMPLES` at a time.

    Raises:
        DeviceError: there is none, or it can't be opened; says what to do.
    """
    return SpeakerStream(_choose("output", _usable("output"), name), source, latency_seconds)


class _Stream:
    """One PortAudio stream and its health."""

    def __init__(self, latency_seconds: float) -> None:
        self._latency_seconds = latency_seconds
        self.calls = 0  # counted by the callback
        self.failure: Exception | None = None
        self._pulse = Pulse()
        self._has_ended = False
        self._is_dead = False
        self._stream: Any = None

    def open(
        self,
        way: _Way,
        device: _Device,
        prepare: Callable[[_Format], None],
        callback: Callable[..., None],
    ) -> None:
        """Start the stream; `prepare` is told the format before the first callback comes."""
        library = _library()
        kind = library.InputStream if way == "input" else library.OutputStream

        def start(form: _Format) -> Any:
            stream = kind(
                device=device.index,
                samplerate=form.rate_hz,
                channels=form.channels,
                blocksize=form.block,
                latency=self._latency_seconds,
                dtype="float32",
                callback=callback,
                finished_callback=self._on_finished,
            )
            prepare(form)
            stream.start()
            return stream

        try:
            with _quiet_stderr():
                self._stream = _first_accepted(device.formats, start, library.PortAudioError)
        except library.PortAudioError as error:
            raise DeviceError(
                f"The {_NAMES[way]} {device.name!r} can't be opened ({error.args[0]}). "
                "Close programs that use it, or choose another: `voiceguide devices` lists them."
            ) from error
        _open_streams.add(self)

    @property
    def has_begun(self) -> bool:
        return self.calls > PRIMING_CALLS

    def is_lost(self, now: float) -> bool:
        self._is_dead = self._has_ended or self._pulse.is_stalled(self.calls, now)
        return self._is_dead

    def close(self, *, play_out: bool) -> None:
        """Close within a second. What hangs is left to a daemon thread and stays in the books."""
        if play_out and not self._is_dead:
            buffered = min(self._stream.latency, self._latency_seconds)
            threading.Event().wait(buffered + _PLAY_OUT_SECONDS)

        def end() -> None:
            # Never `stop`: on a suspended device it hangs, and then so does the program's exit.
            self._stream.abort()
            self._stream.close()
            _open_streams.discard(self)

        thread = threading.Thread(target=end, name="close sound device", daemon=True)
        thread.start()
        thread.join(_CLOSE_SECONDS)

    def _on_finished(self) -> None:
        self._has_ended = True


class MicrophoneStream:
    """A running microphone; satisfies `ports.Microphone`."""

    def __init__(self, device: _Device, latency_seconds: float = LATENCIES_SECONDS[0]) -> None:
        self.name = device.name
        self._blocks: queue.SimpleQueue[Samples] = queue.SimpleQueue()
        self._dropped = 0
        self._stream = _Stream(latency_seconds)
        self._stream.open("input", device, self._prepare, self._take)

    def read(self, timeout_seconds: float) -> Samples | None:
        """The next `BLOCK_SAMPLES`, or None when none came in time; for one reader."""
        while (block := self._to_blocks.take(BLOCK_SAMPLES)) is None:
            try:
                self._to_blocks.add(self._blocks.get(timeout=timeout_seconds))
            except queue.Empty:
                return None
        return block

    @property
    def waiting_blocks(self) -> int:
        """About how many blocks wait to be read."""
        return self._blocks.qsize()

    @property
    def dropped_blocks(self) -> int:
        """How many blocks were lost, by us or by the device, since the opening."""
        return self._dropped

    @property
    def failure(self) -> Exception | None:
        """The bug that ended the stream, if one did."""
        return self._stream.failure

    @property
    def has_begun(self) -> bool:
        """Whether blocks have come since the opening."""
        return self._stream.has_begun

    def is_lost(self, now: float) -> bool:
        """Whether blocks have ceased to come; ask several times a second, in growing seconds.

        A lost microphone is closed and opened again, with growing pauses between the tries.
        """
        return self._stream.is_lost(now)

    def close(self) -> None:
        """Stop the stream, within a second."""
        self._stream.close(play_out=False)

    def _prepare(self, form: _Format) -> None:
        self._to_blocks = Reblocker(form.rate_hz, SAMPLE_RATE_HZ)

    def _take(self, recorded: Samples, _count: int, _time: Any, status: Any) -> None:
        if status.input_overflow:
            self._dropped += 1
        if self._blocks.qsize() >= _QUEUED_BLOCKS:
            with contextlib.suppress(queue.Empty):
                self._blocks.get_nowait()
                self._dropped += 1
        self._blocks.put(recorded.mean(axis=1))  # a copy: PortAudio uses its buffer again
        self._stream.calls += 1


class SpeakerStream:
    """A running loudspeaker; satisfies `ports.Speaker`."""

    def __init__(
        self, device: _Device, source: BlockSource, latency_seconds: float = LATENCIES_SECONDS[0]
    ) -> None:
        self.name = device.name
        self._source = source
        self._late = 0
        self._stream = _Stream(latency_seconds)
        self._stream.open("output", device, self._prepare, self._give)

    @property
    def late_blocks(self) -> int:
        """How often the device ran out of samples, since the opening."""
        return self._late

    @property
    def failure(self) -> Exception | None:
        """What the source raised, if that ended the stream."""
        return self._stream.failure

    @property
    def has_begun(self) -> bool:
        """Whether the device has taken samples since the opening, beyond filling its buffer."""
        return self._stream.has_begun

    def is_lost(self, now: float) -> bool:
        """Whether the device has ceased to take samples; ask as for a microphone."""
        return self._stream.is_lost(now)

    def close(self) -> None:
        """Play out what was handed over and stop the stream, within a second."""
        self._stream.close(play_out=True)

    def _prepare(self, form: _Format) -> None:
        self._from_blocks = Reblocker(SAMPLE_RATE_HZ, form.rate_hz)

    def _give(self, wanted: Samples, count: int, _time: Any, status: Any) -> None:
        if status.output_underflow:
            self._late += 1
        try:
            wanted[:] = self._pull(count)[:, np.newaxis]
        except Exception as error:  # it would vanish in PortAudio
            self._stream.failure = error
            raise _library().CallbackAbort from error
        self._stream.calls += 1

    def _pull(self, count: int) -> Samples:
        while (block := self._from_blocks.take(count)) is None:
            self._from_blocks.add(self._source(BLOCK_SAMPLES))  # rarely more than one
        return block


_open_streams: "WeakSet[_Stream]" = WeakSet()
_stderr_guard = threading.Lock()


@cache
def _library() -> Any:
    """The sounddevice module; loading it loads and starts PortAudio."""
    try:
        import sounddevice  # noqa: PLC0415 - a machine without PortAudio can still type and rehearse
    except OSError as error:
        raise DeviceError(
            "Sound needs the PortAudio library: install it (Debian: `apt install libportaudio2`), "
            "or use --typed."
        ) from error
    _hush_alsa()
    atexit.unregister(sounddevice._exit_handler)  # noqa: SLF001 - it may hang, see below
    _at_exit_within_a_second(sounddevice._exit_handler)  # noqa: SLF001
    return sounddevice


def _at_exit_within_a_second(end: Callable[[], None]) -> None:
    """Run `end` when the interpreter exits, but exit even if it hangs.

    PulseAudio's library may lock itself up when its server dies (seen: `pa_memimport_free` waits
    for ever in its own loop), and then PortAudio waits for it when it ends. The thread starts now,
    since none can be started at exit (Python 3.12).
    """
    leaving, has_ended = threading.Event(), threading.Event()

    def wait_and_end() -> None:
        leaving.wait()
        end()
        has_ended.set()

    def leave() -> None:
        leaving.set()
        has_ended.wait(_CLOSE_SECONDS)

    threading.Thread(target=wait_and_end, name="end PortAudio", daemon=True).start()
    atexit.register(leave)


def _hush_alsa() -> None:
    """On Linux, keep ALSA's remarks ("underrun occurred") off the user's console.

    It calls a handler for them. Any C function that ignores its arguments will do, and one of C's
    own needs no Python on PortAudio's thread.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            handler = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
            ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(handler)


def _choose(way: _Way, devices: list[_Device], name: str | None) -> _Device:
    """The device whose name contains `name`, an exact name before others; else the default.

    The first one where the system has no default.
    """
    if not devices:
        raise DeviceError(f"There is no {_NAMES[way]} here. {_SUGGESTIONS[way]}")
    if name is None:
        return next((device for device in devices if device.is_default), devices[0])
    wanted = name.casefold()
    matching = [device for device in devices if wanted in device.name.casefold()]
    if not matching:
        names = ", ".join(sorted({device.name for device in devices}))
        raise DeviceError(f"There is no {_NAMES[way]} called {name!r}: use one of {names}.")
    return next((device for device in matching if device.name.casefold() == wanted), matching[0])


def _usable(way: _Way) -> list[_Device]:
    """The devices that have channels for this way."""
    usable = []
    for index, info in enumerate(list_devices()):
        channels, is_default = (
            (info.inputs, info.is_default_input)
            if way == "input"
            else (info.outputs, info.is_default_output)
        )
        if channels:
            formats = _formats(info.default_rate_hz, channels)
            usable.append(_Device(index, info.name, is_default, formats))
    return usable


def _formats(default_rate_hz: int, channels: int) -> tuple[_Format, ...]:
    """Our rate before the device's own, mono before stereo."""
    counts = (1, 2) if channels > 1 else (1,)
    rates = dict.fromkeys((SAMPLE_RATE_HZ, default_rate_hz))
    return tuple(_Format(rate_hz, count) for rate_hz in rates for count in counts)


def _first_accepted(
    formats: tuple[_Format, ...], start: Callable[[_Format], Any], refusal: type[Exception]
) -> Any:
    """The stream that `start` makes of the first format that the device takes.

    Raises:
        refusal: as raised for the last format, or for one by another fault than the format.
    """
    *others, last = formats
    for form in others:
        try:
            return start(form)
        except refusal as error:
            if error.args[1] not in _BAD_FORMATS:
                raise
    return start(last)


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep what C libraries print while a device is opened off the user's console."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a console
        yield
        return
    with _stderr_guard:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)

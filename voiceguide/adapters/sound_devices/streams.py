"""Streams from a microphone and to a loudspeaker."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakSet

import numpy as np

from voiceguide.adapters.sound_devices.choice import (
    NAMES,
    Device,
    Format,
    Way,
    choose,
    first_accepted,
    usable,
)
from voiceguide.adapters.sound_devices.portaudio import (
    CLOSE_SECONDS,
    quiet_stderr,
    sounddevice_module,
)
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.pulse import LATENCIES_SECONDS, PRIMING_CALLS, Pulse
from voiceguide.audio.reblocker import Reblocker
from voiceguide.audio.stream_clock import Place, Stamp, StreamClock
from voiceguide.errors import DeviceError
from voiceguide.ports import BlockSent, BlockSource, Captured

_QUEUED_BLOCKS = 100  # 2 s: what a listener that fell behind longer than that gets is stale
_PLAY_OUT_SECONDS = 0.1  # beyond the stream's own latency, for a sound server


def refresh_devices() -> bool:
    """Ask the system again which devices there are; False, and nothing done, while one is open.

    Needed to see what was connected after the first use. PortAudio can only do it by starting
    anew, which would end every open stream, and hang with one that would not close.
    """
    library = sounddevice_module()
    if _open_streams:
        return False
    with quiet_stderr():
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
    return MicrophoneStream(choose("input", usable("input"), name), latency_seconds)


def open_speaker(
    name: str | None,
    source: BlockSource,
    latency_seconds: float = LATENCIES_SECONDS[0],
    sent: BlockSent = lambda _block, _at: None,
) -> "SpeakerStream":
    """The loudspeaker whose name contains `name`, fed by `source` on PortAudio's thread.

    `source` and `sent` must not wait. They are asked for, and told, `BLOCK_SAMPLES` at a time.

    Raises:
        DeviceError: there is none, or it can't be opened; says what to do.
    """
    return SpeakerStream(choose("output", usable("output"), name), source, latency_seconds, sent)


class _Stream:
    """One PortAudio stream and its health."""

    def __init__(self, latency_seconds: float) -> None:
        self._latency_seconds = latency_seconds
        self.calls = 0  # counted by the callback
        self.failure: Exception | None = None
        self._pulse = Pulse()
        self._clock = StreamClock()
        self._usual_s = 0.0
        self._has_ended = False
        self._is_dead = False
        self._stream: Any = None

    def open(
        self,
        way: Way,
        device: Device,
        prepare: Callable[[Format], None],
        callback: Callable[..., None],
    ) -> None:
        """Start the stream; `prepare` is told the format before the first callback comes."""
        library = sounddevice_module()
        kind = library.InputStream if way == "input" else library.OutputStream
        self._usual_s = -self._latency_seconds if way == "input" else self._latency_seconds

        def start(form: Format) -> Any:
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
            with quiet_stderr():
                self._stream = first_accepted(device.formats, start, library.PortAudioError)
        except library.PortAudioError as error:
            raise DeviceError(
                f"The {NAMES[way]} {device.name!r} can't be opened ({error.args[0]}). "
                "Close programs that use it, or choose another: `voiceguide devices` lists them."
            ) from error
        _open_streams.add(self)

    @property
    def has_begun(self) -> bool:
        return self.calls > PRIMING_CALLS

    def place(self, block_s: float, called_s: float, samples: float) -> Place:
        """Where a block begins on the timeline, by PortAudio's stamps; called in the callback."""
        stamp = Stamp(block_s, called_s, self._usual_s)
        return self._clock.place(stamp, time.monotonic(), samples)

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
        thread.join(CLOSE_SECONDS)

    def _on_finished(self) -> None:
        self._has_ended = True


class _Opened:
    """A stream and its health, for those that read and feed it."""

    def __init__(self, device: Device, latency_seconds: float) -> None:
        self.name = device.name
        self._stream = _Stream(latency_seconds)

    @property
    def failure(self) -> Exception | None:
        """The bug that ended the stream, if one did; for a loudspeaker what the source raised."""
        return self._stream.failure

    @property
    def has_begun(self) -> bool:
        """Whether blocks have come or gone since the opening, beyond filling the buffer."""
        return self._stream.has_begun

    def is_lost(self, now: float) -> bool:
        """Whether no more blocks come or go; ask several times a second, in growing seconds.

        A lost device is closed and opened again, with growing pauses between the tries.
        """
        return self._stream.is_lost(now)


class MicrophoneStream(_Opened):
    """A running microphone; satisfies `ports.Microphone`."""

    def __init__(self, device: Device, latency_seconds: float = LATENCIES_SECONDS[0]) -> None:
        super().__init__(device, latency_seconds)
        self._blocks: queue.SimpleQueue[Captured] = queue.SimpleQueue()
        self._dropped = 0
        self._end = Place(0)
        self._stream.open("input", device, self._prepare, self._take)

    def read(self, timeout_seconds: float) -> Captured | None:
        """The next `BLOCK_SAMPLES`, or None when none came in time; for one reader."""
        while (block := self._to_blocks.take(BLOCK_SAMPLES)) is None:
            try:
                captured = self._blocks.get(timeout=timeout_seconds)
            except queue.Empty:
                return None
            self._to_blocks.add(captured.block)
            self._end = _later(captured.at, round(len(captured.block) * self._scale))
        return Captured(block, _later(self._end, -self._to_blocks.waiting_samples - BLOCK_SAMPLES))

    @property
    def dropped_blocks(self) -> int:
        """How many blocks were lost, by us or by the device, since the opening."""
        return self._dropped

    def close(self) -> None:
        """Stop the stream, within a second."""
        self._stream.close(play_out=False)

    def _prepare(self, form: Format) -> None:
        self._to_blocks = Reblocker(form.rate_hz, SAMPLE_RATE_HZ)
        self._scale = SAMPLE_RATE_HZ / form.rate_hz

    def _take(self, recorded: Samples, count: int, stamps: Any, status: Any) -> None:
        if status.input_overflow:
            self._dropped += 1
        if self._blocks.qsize() >= _QUEUED_BLOCKS:
            with contextlib.suppress(queue.Empty):
                self._blocks.get_nowait()
                self._dropped += 1
        at = self._stream.place(stamps.inputBufferAdcTime, stamps.currentTime, count * self._scale)
        block = recorded.mean(axis=1)  # a copy: PortAudio uses its buffer again
        self._blocks.put(Captured(block, at))
        self._stream.calls += 1


class SpeakerStream(_Opened):
    """A running loudspeaker; satisfies `ports.Speaker`."""

    def __init__(
        self,
        device: Device,
        source: BlockSource,
        latency_seconds: float = LATENCIES_SECONDS[0],
        sent: BlockSent = lambda _block, _at: None,
    ) -> None:
        super().__init__(device, latency_seconds)
        self._source = source
        self._sent = sent
        self._late = 0
        self._stream.open("output", device, self._prepare, self._give)

    @property
    def late_blocks(self) -> int:
        """How often the device ran out of samples, since the opening."""
        return self._late

    def close(self) -> None:
        """Play out what was handed over and stop the stream, within a second."""
        self._stream.close(play_out=True)

    def _prepare(self, form: Format) -> None:
        self._from_blocks = Reblocker(SAMPLE_RATE_HZ, form.rate_hz)
        self._scale = SAMPLE_RATE_HZ / form.rate_hz

    def _give(self, wanted: Samples, count: int, stamps: Any, status: Any) -> None:
        if status.output_underflow:
            self._late += 1
        try:
            at = self._stream.place(
                stamps.outputBufferDacTime, stamps.currentTime, count * self._scale
            )
            wanted[:] = self._pull(count, at)[:, np.newaxis]
        except Exception as error:  # it would vanish in PortAudio
            self._stream.failure = error
            raise sounddevice_module().CallbackAbort from error
        self._stream.calls += 1

    def _pull(self, count: int, at: Place) -> Samples:
        while (block := self._from_blocks.take(count)) is None:
            waiting_samples = round(self._from_blocks.waiting_samples * self._scale)
            block = self._source(BLOCK_SAMPLES)  # rarely more than one
            self._from_blocks.add(block)
            self._sent(block, _later(at, waiting_samples))
        return block


def _later(place: Place, samples: int) -> Place:
    return replace(place, sample=place.sample + samples)


_open_streams: "WeakSet[_Stream]" = WeakSet()

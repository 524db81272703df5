"""Keeps microphone and loudspeaker open: notices that one is lost, tells it, opens it again."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from voiceguide.audio.pulse import LATENCIES_SECONDS
from voiceguide.core.events import Device, DeviceBack, DeviceLost, Event
from voiceguide.errors import DeviceError
from voiceguide.ports import Clock, Microphone, Speaker, Stream

CHECK_SECONDS = 0.1
FIRST_RETRY_SECONDS = 0.25
LONGEST_RETRY_SECONDS = 1.0
"""A re-plugged device is back within two seconds, however long it was away."""

FORCED_REFRESH_SECONDS = 3.0
"""After this long the device that still works is closed for a moment, so that PortAudio can look
for new ones: it can do so only with every stream closed (python-sounddevice#125)."""


HICCUP_SECONDS = 5.0
"""A busy machine starves a stream now and then, and nobody wants to hear of that: where the device
can be opened at once, it is, with a longer buffer. One that has the longest and stops again this
soon after it was opened anew is told as lost."""


StreamT = TypeVar("StreamT", bound=Stream)


@dataclass(slots=True)
class Kept(Generic[StreamT]):
    """One device that is kept open; `stream` is None while it is lost.

    `open` is told the latency in seconds: one of `LATENCIES_SECONDS`, the next one each time that
    the device was starved.
    """

    device: Device
    open: Callable[[float], StreamT]
    stream: StreamT | None = None
    lost_at: float = 0.0
    revived_at: float = -HICCUP_SECONDS
    retry_at: float = 0.0
    retry_seconds: float = FIRST_RETRY_SECONDS
    starved: int = 0

    @property
    def is_patient(self) -> bool:
        """Whether it has the longest buffer."""
        return self.starved + 1 >= len(LATENCIES_SECONDS)

    def opened(self) -> StreamT:
        """The device, opened."""
        return self.open(LATENCIES_SECONDS[self.starved])


AnyKept = Kept[Microphone] | Kept[Speaker]


@dataclass(slots=True)
class DeviceKeeper:
    """Watches the devices on a thread of its own.

    Args:
        microphone, speaker: how to open each; both are open when `start` returns.
        refresh: asks the system for its devices anew; False where a stream is still open.
        clock: for the pauses between tries.
        post: takes `DeviceLost` and `DeviceBack`.
    """

    microphone: Kept[Microphone]
    speaker: Kept[Speaker]
    refresh: Callable[[], bool]
    clock: Clock
    post: Callable[[Event], None]
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Open both devices, then watch them.

        Raises:
            DeviceError: one of them can't be opened; neither is left open.
        """
        self.speaker.stream = self.speaker.opened()
        try:
            self.microphone.stream = self.microphone.opened()
        except DeviceError:
            self.speaker.stream.close()
            raise
        self._thread = threading.Thread(target=self._watch, name="devices", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching and close what is open."""
        self._done.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
        for kept in (self.microphone, self.speaker):
            if kept.stream is not None:
                kept.stream.close()

    def check(self, now: float) -> None:
        """One look at both devices; the watching thread does this ten times a second."""
        self._check(self.microphone, self.speaker, now)
        self._check(self.speaker, self.microphone, now)

    def _watch(self) -> None:
        while not self._done.wait(CHECK_SECONDS):
            self.check(self.clock.now())

    def _check(self, kept: "AnyKept", other: "AnyKept", now: float) -> None:
        if kept.stream is not None:
            if kept.stream.is_lost(now):
                self._lose(kept, now)
        elif now >= kept.retry_at:
            self._retry(kept, other, now)

    def _lose(self, kept: "AnyKept", now: float) -> None:
        stream, kept.stream = kept.stream, None
        if stream is not None:
            stream.close()  # first: many devices can be open only once
        if stream is not None and stream.has_begun and self._is_revived(kept, now):
            return
        kept.lost_at, kept.retry_at = now, now + FIRST_RETRY_SECONDS
        kept.retry_seconds = FIRST_RETRY_SECONDS
        self.post(DeviceLost(kept.device))

    def _is_revived(self, kept: "AnyKept", now: float) -> bool:
        if kept.is_patient and now - kept.revived_at <= HICCUP_SECONDS:
            return False
        starved, kept.starved = kept.starved, kept.starved + (not kept.is_patient)
        try:
            kept.stream = kept.opened()
        except DeviceError:
            kept.starved = starved  # it is gone, and was not starved
            return False
        kept.revived_at = now
        return True

    def _retry(self, kept: "AnyKept", other: "AnyKept", now: float) -> None:
        if not self.refresh() and now - kept.lost_at > FORCED_REFRESH_SECONDS:
            kept.lost_at = now
            self._reopen_around_refresh(other)
        try:
            kept.stream = kept.opened()
        except DeviceError:
            kept.retry_seconds = min(LONGEST_RETRY_SECONDS, kept.retry_seconds * 2)
            kept.retry_at = now + kept.retry_seconds
        else:
            self.post(DeviceBack(kept.device))

    def _reopen_around_refresh(self, other: "AnyKept") -> None:
        stream, other.stream = other.stream, None
        if stream is not None:
            stream.close()
        self.refresh()
        try:
            other.stream = other.opened()
        except DeviceError:
            self._lose(other, self.clock.now())

"""How long a stream buffers, and whether it is alive."""

LATENCIES_SECONDS = (0.06, 0.12, 0.2)
"""What a stream is opened with, and with what anew when a busy machine starved it.

Buffers do not delay the echo on the timeline of `stream_clock`. A microphone's delays the answer.
"""

STALL_SECONDS = 0.8
"""No callback for this long (40 blocks) is a lost device: what is gone is told within a second."""

FIRST_CALL_SECONDS = 3.0
"""How long an opened stream may take to begin; a fresh PulseAudio takes 0.9 to 2 s."""


PRIMING_CALLS = 4
"""Callbacks that may come at once, before the device has begun: PortAudio fills its buffer so."""


class Pulse:
    """Whether a counter still moves, judged by looks at it: a callback needs no clock."""

    def __init__(self) -> None:
        self._count = -1
        self._moved_at = 0.0

    def is_stalled(self, count: int, now: float) -> bool:
        """Look at the counter; `now` is in seconds that only grow.

        True when it has stood still for `STALL_SECONDS`; while the device may not have begun, for
        `FIRST_CALL_SECONDS`.
        """
        if count != self._count:
            self._count, self._moved_at = count, now
        has_begun = count > PRIMING_CALLS
        return now - self._moved_at > (STALL_SECONDS if has_begun else FIRST_CALL_SECONDS)

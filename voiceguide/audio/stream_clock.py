"""Where a stream's blocks lie on the one timeline that the loudspeaker and the microphone share.

A canceller needs every sample in its place. By count, each stream's samples follow each other
exactly, until the loudspeaker was starved and plays its next block late, or the microphone leaves
some out. The sound system stamps each block with the moment when it is played or was recorded;
these stamps see every such gap, but they wander by some milliseconds. So blocks are counted, each
is told how late it is by the stamps, and `Alignment` holds two streams together until their stamps
say clearly that one of them has slipped.

[measured, three sessions at once on two cores, loudspeaker and microphone on one clock: starved
loudspeakers slipped 6 to 9 times a minute, by 1 to 130 ms, and between that not by a sample. The
stamps of either stream wandered by up to 20 ms; the difference of their medians over 0.3 s was
never more than 5 ms from the truth. In five other minutes each of 12 slips, of 5 ms and more, made
it jump by 4 ms within half a second or followed such a jump closely; 4 jumps were no slips]
"""

import math
from collections import deque
from dataclasses import dataclass
from statistics import median

from voiceguide.audio.pcm import SAMPLE_RATE_HZ

_STAMPS = 15  # 0.3 s
_SLIP_SAMPLES = 0.01 * SAMPLE_RATE_HZ
_JUMP_SAMPLES = 0.004 * SAMPLE_RATE_HZ
_JUMP_BLOCKS = 25  # 0.5 s
_DRIFT_SAMPLES = 0.03 * SAMPLE_RATE_HZ
_DRIFT_SHARE = 0.002  # per block: an average over ten seconds
_BELIEVED_SECONDS = 1.0  # some drivers stamp a block with 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the sound system says of a block, in seconds of a clock of its own.

    Attributes:
        block_s: when its first sample is played, or was recorded.
        called_s: when the program was called for it.
        usual_s: what `block_s` is usually after `called_s`; negative for a microphone.
    """

    block_s: float
    called_s: float
    usual_s: float

    @property
    def after_call_s(self) -> float:
        """`block_s` after `called_s`, as far as it is believed; else the usual figure.

        A loudspeaker that says that it plays very late may be wrong, and a far end that comes after
        its echo is worth nothing, while one that comes up to 0.3 s before it is cancelled.
        """
        after = self.block_s - self.called_s
        if not abs(after) <= _BELIEVED_SECONDS:
            return self.usual_s
        return min(after, 2 * abs(self.usual_s))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block begins on the shared timeline: at `sample + late_samples`, about.

    Attributes:
        sample: by count; exactly where the stream's block before ended.
        late_samples: how much later it is by the stamps.
    """

    sample: int
    late_samples: float = 0.0


class StreamClock:
    """Places the blocks of one stream, in their order."""

    def __init__(self) -> None:
        self._offset_s = -math.inf
        self._next: float | None = None
        self._late: deque[float] = deque(maxlen=_STAMPS)

    def place(self, stamp: Stamp, now_s: float, samples: float) -> Place:
        """Where a block begins.

        Args:
            stamp: of this block.
            now_s: the shared clock, read in the callback. It may be read late on a busy machine;
                the earliest reading so far tells how the two clocks differ.
            samples: how long the block is on the timeline, at `SAMPLE_RATE_HZ`.
        """
        self._offset_s = max(self._offset_s, stamp.called_s - now_s)
        told = (stamp.called_s - self._offset_s + stamp.after_call_s) * SAMPLE_RATE_HZ
        start = told if self._next is None else self._next
        self._next = start + samples
        self._late.append(told - start)
        return Place(round(start), median(self._late))


class Alignment:
    """How many samples one stream's count is ahead of another's; for one thread.

    Two sound cards' clocks drift apart by up to a hundred millionths. The canceller follows that by
    itself, and far better than steps of a whole sample would, until the echo leaves its span.
    """

    def __init__(self) -> None:
        self._held: float | None = None
        self._drift = 0.0
        self._settling_blocks = 0
        self._told: deque[float] = deque(maxlen=_JUMP_BLOCKS)
        self.is_shaky = False
        """Whether the echo may have moved with the newest block: a slip that is too small to be
        followed is as bad for a canceller."""

    def follow(self, told_samples: float) -> int:
        """What to go by after one more block: as before, unless that is wrong by far or long."""
        if self._held is None:
            self._held = told_samples
        error = told_samples - self._held
        self._drift += _DRIFT_SHARE * (error - self._drift)
        self._settling_blocks = max(0, self._settling_blocks - 1)
        has_slipped = abs(error - self._drift) > _SLIP_SAMPLES
        # When it has settled, all stamps that the medians are of came after the slip.
        has_settled = self._settling_blocks == 1
        before = round(self._held)
        if has_slipped:
            self._settling_blocks = _STAMPS
        if has_slipped or has_settled or abs(self._drift) > _DRIFT_SAMPLES:
            self._held, self._drift = told_samples, 0.0
        has_jumped = abs(told_samples - (self._told or [told_samples])[0]) > _JUMP_SAMPLES
        self._told.append(told_samples)
        self.is_shaky = has_jumped or round(self._held) != before
        return round(self._held)

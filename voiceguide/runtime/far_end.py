"""What the loudspeaker was sent, kept until its echo may come back."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.stream_clock import Alignment, Place

LEAD_SAMPLES = round(0.06 * SAMPLE_RATE_HZ)
"""How much earlier than by the stamps the canceller gets it: an echo that comes before its far end
can't be cancelled, and a sound system may say that it plays later than it does."""

_KEPT_SAMPLES = 6 * SAMPLE_RATE_HZ  # a listener that is behind hears what was said 2 s ago
_KEPT_BLOCKS = _KEPT_SAMPLES // BLOCK_SAMPLES
_RELEARNING_BLOCKS = 100  # 2 s of sound: a loudspeaker that was moved is found again in that time


@dataclass(frozen=True, slots=True)
class Sent:
    """A block that the loudspeaker was sent.

    Attributes:
        block: its samples.
        word: what the guide was saying with it.
        is_placed: whether its echo comes as late as a canceller has learned; in doubt for two
            seconds of sound after one of the streams may have slipped.
    """

    block: Samples
    word: str = ""
    is_placed: bool = True


class FarEnd:
    """The guide's sound by the loudspeaker's count; put by one thread and taken by another.

    The word goes with its samples, so that a listener that is behind on a busy machine knows what
    the guide was saying then, not what it says by now.
    """

    def __init__(self) -> None:
        self._samples = np.zeros(_KEPT_SAMPLES, dtype=np.float32)
        self._end: int | None = None
        self._alignment = Alignment()
        self._ahead = 0
        self._late_samples = 0.0
        self._relearning_blocks = 0
        self._words: deque[tuple[int, str]] = deque(maxlen=_KEPT_BLOCKS)
        self._told: deque[Place] = deque(maxlen=_KEPT_BLOCKS)

    def put(self, block: Samples, at: Place, word: str = "") -> None:
        """A block that is played from there on; what was to be played later is void."""
        end = at.sample if self._end is None else self._end
        gap = min(max(0, at.sample - end), _KEPT_SAMPLES)
        self._write(at.sample - gap, np.zeros(gap, dtype=np.float32))
        self._write(at.sample, block)
        self._words.append((at.sample, word))
        self._told.append(at)
        self._end = at.sample + len(block)

    def take(self, at: Place) -> Sent:
        """What goes with the microphone's block that begins there; silence where there is none."""
        self._follow(at)
        start = at.sample + self._ahead + LEAD_SAMPLES
        where = np.arange(start, start + BLOCK_SAMPLES)
        end = self._end if self._end is not None else start
        is_kept = (where < end) & (where >= end - _KEPT_SAMPLES)
        block = np.where(is_kept, self._samples[where % _KEPT_SAMPLES], np.float32(0))
        is_placed = not self._relearning_blocks
        self._relearning_blocks = max(0, self._relearning_blocks - bool(block.any()))
        return Sent(block, self._word(start) if is_kept.any() else "", is_placed)

    def _follow(self, at: Place) -> None:
        """Take the stamps of that moment, not today's: a listener may be behind, never go back."""
        while self._told and self._told[0].sample <= at.sample + self._ahead:
            self._late_samples = self._told.popleft().late_samples
        self._ahead = self._alignment.follow(at.late_samples - self._late_samples)
        if self._alignment.is_shaky:
            self._relearning_blocks = _RELEARNING_BLOCKS

    def _write(self, at_sample: int, samples: Samples) -> None:
        self._samples[np.arange(at_sample, at_sample + len(samples)) % _KEPT_SAMPLES] = samples

    def _word(self, at_sample: int) -> str:
        begun = (word for start, word in reversed(self._words.copy()) if start <= at_sample)
        return next(begun, "")

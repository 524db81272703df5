"""A loudspeaker and a voice for machines that have none: the dialogue keeps its pace in silence."""

import threading

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.ports import BlockSource


class SilentSpeaker:
    """Takes a block every 20 ms and plays nothing; satisfies `ports.Speaker`."""

    has_begun = True

    def __init__(self, source: BlockSource) -> None:
        self._source = source
        self._done = threading.Event()
        threading.Thread(target=self._run, name="silent speaker", daemon=True).start()

    def is_lost(self, now: float) -> bool:  # noqa: ARG002 - the port's
        """Never."""
        return False

    def close(self) -> None:
        """Stop taking blocks."""
        self._done.set()

    def _run(self) -> None:
        while not self._done.wait(BLOCK_SAMPLES / SAMPLE_RATE_HZ):
            self._source(BLOCK_SAMPLES)


class SilentVoice:
    """Silence as long as the words would take; satisfies `ports.Voice`."""

    label = "silent"

    def render(self, text: str, rate_wpm: int) -> Samples:
        """Zeros, for the time that a voice would need at this rate."""
        seconds = len(text.split()) * 60 / rate_wpm
        return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)

    def close(self) -> None:
        """Nothing to end."""

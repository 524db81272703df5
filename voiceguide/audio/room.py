"""A simulated room: the guide's voice comes back from a loudspeaker, noise is there, a user speaks.

Simple on purpose: one exponentially decaying response for each room, a soft-clipping loudspeaker
and a fixed delay. Levels are root-mean-square over active speech.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

USER_LEVEL_DBFS = -26.0
"""A normal voice two metres away, as speech corpora are levelled (ITU-T P.56)."""


@dataclass(frozen=True, slots=True)
class Room:
    """Acoustics between loudspeaker and microphone.

    Attributes:
        reverberation_seconds: time in which the sound falls by 60 dB; 0 for none.
        delay_seconds: from playback to capture.
        drive: 1 for a clean loudspeaker, 3 for a small loud one that clips softly.
    """

    reverberation_seconds: float
    delay_seconds: float
    drive: float = 1.0


ROOMS = {
    "headset": Room(0.0, 0.02),
    "bedroom": Room(0.25, 0.06),
    "living-room": Room(0.45, 0.09),
    "bathroom": Room(0.9, 0.07),
    "loud-speaker": Room(0.4, 0.12, drive=3.0),
}


class Echo:
    """The guide's own voice as the microphone hears it, block by block.

    Args:
        room: the acoustics.
        gain_db: level of the echo relative to a guide at full volume; 0 leaves it as sent.
        seed: of the room's response.
    """

    def __init__(self, room: Room, gain_db: float, seed: int) -> None:
        self._drive = room.drive
        self._response = _response(room, seed) * np.float32(10 ** (gain_db / 20))
        self._tail = np.zeros(len(self._response) + BLOCK_SAMPLES, dtype=np.float32)

    def block(self, far_end: Samples) -> Samples:
        """The echo that arrives while this block is being played."""
        if far_end.any():
            played = np.tanh(self._drive * far_end) / self._drive
            size = len(self._response) + len(far_end) - 1
            spectrum = np.fft.rfft(played, size) * np.fft.rfft(self._response, size)
            self._tail[:size] += np.fft.irfft(spectrum, size).astype(np.float32)
        now = self._tail[: len(far_end)].copy()
        self._tail = np.concatenate([self._tail[len(far_end) :], np.zeros_like(far_end)])
        return now


def _response(room: Room, seed: int) -> Samples:
    delay = round(room.delay_seconds * SAMPLE_RATE_HZ)
    if not room.reverberation_seconds:
        return np.concatenate([np.zeros(delay), [1.0]]).astype(np.float32)
    count = round(room.reverberation_seconds * SAMPLE_RATE_HZ)
    decay = 10 ** (-3 * np.arange(count) / count)
    diffuse = np.random.default_rng(seed).standard_normal(count) * decay * 0.1
    diffuse[0] = 1.0
    diffuse /= np.sqrt(np.sum(diffuse**2))
    return np.concatenate([np.zeros(delay), diffuse]).astype(np.float32)


def at_level(samples: Samples, level_dbfs: float) -> Samples:
    """The sound with its active part brought to a level; silence stays as it is."""
    loud = samples[np.abs(samples) > 0.05 * np.max(np.abs(samples), initial=0.0)]
    if not len(loud):
        return samples
    gain = 10 ** (level_dbfs / 20) / np.sqrt(np.mean(np.square(loud, dtype=np.float64)))
    return np.asarray(samples * gain, dtype=np.float32)


def repeated(noise: Samples) -> Iterator[Samples]:
    """The noise in blocks, from its beginning again at its end."""
    position = 0
    while True:
        indices = np.arange(position, position + BLOCK_SAMPLES) % len(noise)
        yield noise[indices]
        position = (position + BLOCK_SAMPLES) % len(noise)

"""A simulated room: the guide's voice comes back from a loudspeaker, noise is there, a user speaks.

A loudspeaker that clips softly and gives no bass, a delay that may wander as two clocks do, and a
response of a direct sound, a few early reflections and a decaying tail (Polack's statistical model
of reverberation, 1988), or a measured one. Everything follows from the seed. Levels are
root-mean-square over active speech.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

USER_LEVEL_DBFS = -26.0
"""A normal voice two metres away, as speech corpora are levelled (ITU-T P.56)."""

Numbers: TypeAlias = npt.NDArray[np.floating[Any] | np.integer[Any]]

_EARLY_SECONDS = 0.03
_EARLY_REFLECTIONS = 8
_ONSET = 0.1  # of a measured response's peak: what comes before is its delay, or hiss
_BASS_HZ = 150.0  # a tablet's loudspeaker gives little below
_TURN_SECONDS = 60.0  # drift goes one way for so long, then back: the delay stays near its value


@dataclass(frozen=True, slots=True)
class Room:
    """Acoustics between loudspeaker, user and microphone.

    Attributes:
        reverberation_seconds: time in which the sound falls by 60 dB; 0 for none.
        delay_seconds: from playback to capture; 0.02 to 0.15 were measured.
        drive: 1 for a clean loudspeaker, 3 for a small loud one that clips softly.
        reverberant_share: of the echo's energy, what does not come straight; 0 to 1.
        drift_ppm: by how much the loudspeaker's clock is off the microphone's.
        noise_dbfs: the microphone's own noise.
        response: a measured response in place of the simulated one, at `SAMPLE_RATE_HZ`.
        user_response: that from where the user is; None for the same.
    """

    reverberation_seconds: float
    delay_seconds: float
    drive: float = 1.0
    reverberant_share: float = 0.5
    drift_ppm: float = 0.0
    noise_dbfs: float = -70.0
    response: Samples | None = field(default=None, compare=False)
    user_response: Samples | None = field(default=None, compare=False)


ROOMS = {
    "headset": Room(0.0, 0.02, reverberant_share=0.0),
    "bedroom": Room(0.25, 0.06, reverberant_share=0.4, drift_ppm=10),
    "living-room": Room(0.45, 0.09, drift_ppm=30),
    "bathroom": Room(0.9, 0.07, reverberant_share=0.7, drift_ppm=20),
    "loud-speaker": Room(0.4, 0.12, drive=3.0, reverberant_share=0.6, drift_ppm=50),
}


def measured_room(response: Samples, user_response: Samples | None = None) -> Room:
    """A room that was measured, with the delay and the clocks of the living room's devices."""
    room = ROOMS["living-room"]
    return replace(room, response=response, user_response=user_response)


class Echo:
    """The guide's own voice as the microphone hears it, block by block.

    Args:
        room: the acoustics.
        gain_db: level of the echo relative to a guide at full volume; 0 leaves it as sent.
        seed: of the room's response.
    """

    def __init__(self, room: Room, gain_db: float, seed: int) -> None:
        self._drive = room.drive
        self._bass = _LowCut()
        response = room_response(room, seed) * np.float32(10 ** (gain_db / 20))
        self._reflect = _Convolution(response)
        self._clocks = _Wander(room.delay_seconds, room.drift_ppm)

    def block(self, far_end: Samples) -> Samples:
        """The echo that arrives while this block is being played."""
        played = np.tanh(self._drive * far_end) / self._drive
        return self._clocks.block(self._reflect.block(self._bass.block(played)))


def room_response(room: Room, seed: int, *, close: bool = False) -> Samples:
    """The room's response without its delay, of energy 1; `close` for a mouth near by.

    A close one has a quarter of the reverberation, unless it was measured.
    """
    measured = room.response
    if close and room.user_response is not None:
        measured = room.user_response
    if measured is not None:
        heights = np.abs(measured)
        measured = measured[int(np.argmax(heights > _ONSET * heights.max())) :]
        return np.asarray(measured / np.sqrt(np.sum(measured**2)), dtype=np.float32)
    share = room.reverberant_share / (4 if close else 1)
    if not room.reverberation_seconds or not share:
        return np.ones(1, dtype=np.float32)
    tail = _tail(room.reverberation_seconds, np.random.default_rng(seed))
    tail *= np.sqrt(share)
    tail[0] = np.sqrt(1 - share)
    return tail.astype(np.float32)


def reverberated(samples: Samples, room: Room, seed: int) -> Samples:
    """A user's words as they reach the microphone; longer than they were by the reverberation."""
    response = room_response(room, seed, close=True)
    size = len(samples) + len(response) - 1
    spectrum = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.asarray(np.fft.irfft(spectrum, size), dtype=np.float32)


def microphone_noise(room: Room, seed: int) -> Iterator[Samples]:
    """The microphone's own noise, in blocks, for ever."""
    generator = np.random.default_rng(seed)
    rms = np.float32(10 ** (room.noise_dbfs / 20))
    while True:
        yield generator.standard_normal(BLOCK_SAMPLES, dtype=np.float32) * rms


def at_level(samples: Samples, level_dbfs: float) -> Samples:
    """The sound with its active part brought to a level; silence stays as it is."""
    loudness = active_level_dbfs(samples)
    if loudness is None:
        return samples
    return np.asarray(samples * 10 ** ((level_dbfs - loudness) / 20), dtype=np.float32)


def active_level_dbfs(samples: Samples) -> float | None:
    """The level of what is louder than a twentieth of the peak; None for silence."""
    loud = samples[np.abs(samples) > 0.05 * np.max(np.abs(samples), initial=0.0)]
    if not len(loud):
        return None
    return float(10 * np.log10(np.mean(np.square(loud, dtype=np.float64))))


def repeated(noise: Samples) -> Iterator[Samples]:
    """The noise in blocks, from its beginning again at its end."""
    position = 0
    while True:
        indices = np.arange(position, position + BLOCK_SAMPLES) % len(noise)
        yield noise[indices]
        position = (position + BLOCK_SAMPLES) % len(noise)


def blocks_of(samples: Samples) -> list[Samples]:
    """The samples in whole blocks, the last one filled up with silence."""
    missing = -len(samples) % BLOCK_SAMPLES
    return list(np.pad(samples, (0, missing)).reshape(-1, BLOCK_SAMPLES))


class _LowCut:
    """A first-order high-pass; with a loudspeaker's cone, what is left of the bass."""

    def __init__(self) -> None:
        pole = np.exp(-2 * np.pi * _BASS_HZ / SAMPLE_RATE_HZ)
        decay = pole ** np.arange(_BASS_SAMPLES)
        response = -(1 - pole) * decay
        response[0] += 1.0
        self._convolution = _Convolution(response.astype(np.float32))

    def block(self, samples: Samples) -> Samples:
        """The next samples without their bass."""
        return self._convolution.block(samples)


_BASS_SAMPLES = 512  # the response of the low cut has fallen by 65 dB


class _Convolution:
    """Blocks through a response, by overlap and add."""

    def __init__(self, response: Samples) -> None:
        self._size = 1 << (len(response) + BLOCK_SAMPLES - 2).bit_length()
        self._spectrum = np.fft.rfft(response, self._size)
        self._tail = np.zeros(self._size + BLOCK_SAMPLES, dtype=np.float32)

    def block(self, samples: Samples) -> Samples:
        """The next block of the output."""
        if samples.any():
            spectrum = np.fft.rfft(samples, self._size) * self._spectrum
            self._tail[: self._size] += np.fft.irfft(spectrum, self._size).astype(np.float32)
        now = self._tail[: len(samples)].copy()
        self._tail[: -len(samples)] = self._tail[len(samples) :]
        self._tail[-len(samples) :] = 0
        return now


class _Wander:
    """A delay that grows and shrinks slowly, as between two clocks."""

    def __init__(self, delay_seconds: float, drift_ppm: float) -> None:
        self._delay = delay_seconds * SAMPLE_RATE_HZ
        self._drift = drift_ppm * 1e-6
        self._now = 0
        margin = _TURN_SECONDS * SAMPLE_RATE_HZ * abs(self._drift)
        self._past = np.zeros(round(self._delay + margin) + 2 * BLOCK_SAMPLES, dtype=np.float32)

    def block(self, samples: Samples) -> Samples:
        """What comes out while this block goes in."""
        count = len(samples)
        self._past = np.concatenate([self._past[count:], samples])
        times = self._now + np.arange(count)
        self._now += count
        at = len(self._past) - count + np.arange(count) - self._delay - self._drifted(times)
        if not self._drift:
            return np.asarray(self._past[np.rint(at).astype(int)], dtype=np.float32)
        return _between_samples(self._past, at)

    def _drifted(self, times: Numbers) -> Numbers:
        """Samples of drift at these times: up for a minute, down for a minute."""
        turn = _TURN_SECONDS * SAMPLE_RATE_HZ
        return np.asarray(self._drift * (turn - np.abs(times % (2 * turn) - turn)))


def _between_samples(signal: Samples, at: Numbers) -> Samples:
    """The signal at fractions of a sample, by third-order Lagrange interpolation."""
    before = np.floor(at).astype(int)
    x = at - before
    taps = (
        -x * (x - 1) * (x - 2) / 6,
        (x + 1) * (x - 1) * (x - 2) / 2,
        -(x + 1) * x * (x - 2) / 2,
        (x + 1) * x * (x - 1) / 6,
    )
    last = len(signal) - 1
    parts = [tap * signal[np.minimum(before + i - 1, last)] for i, tap in enumerate(taps)]
    return np.asarray(sum(parts), dtype=np.float32)


def _tail(reverberation_seconds: float, generator: np.random.Generator) -> Numbers:
    """Reflections and reverberation of energy 1, which begin after the direct sound."""
    count = round(reverberation_seconds * SAMPLE_RATE_HZ)
    decay = 10 ** (-3 * np.arange(count) / count)
    tail = generator.standard_normal(count) * 0.1
    early = round(_EARLY_SECONDS * SAMPLE_RATE_HZ)
    places = generator.integers(16, early, _EARLY_REFLECTIONS)
    tail[places] += generator.choice([-1.0, 1.0], _EARLY_REFLECTIONS)
    tail *= decay
    tail[:16] = 0.0
    return np.asarray(tail / np.sqrt(np.sum(tail**2)))

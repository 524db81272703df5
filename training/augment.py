"""Makes clean, close speech sound like a room two metres away.

Rooms, codecs and speed change the waveform once, when features are computed. Noise, level, tilt,
band limit and masks are drawn anew each time a piece is trained on: they act on mel energies, where
adding noise is adding powers, so they cost next to nothing.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import Enum

import numpy as np
import scipy.signal
import soundfile
import soxr
from numpy.typing import NDArray

from training.corpus import SAMPLE_RATE_HZ, Samples
from training.features import N_MELS, LogMels

_DB = np.log(10) / 10
"""One decibel in natural-log power."""


def simulated_room(rng: np.random.Generator) -> Samples:
    """A room's impulse response: direct sound, a few early echoes, an exponential tail."""
    decay_seconds = rng.uniform(0.12, 0.8)
    length = int(SAMPLE_RATE_HZ * min(decay_seconds, 0.5))
    time = np.arange(length) / SAMPLE_RATE_HZ
    tail = rng.standard_normal(length) * np.exp(-6.9 * time / decay_seconds) * (time > 0.002)
    # From a hand's breadth (12 dB more direct than late sound) to across the room (3 dB less).
    tail *= 10 ** (-rng.uniform(-3, 12) / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    for _ in range(rng.integers(2, 7)):
        tail[rng.integers(16, 480)] += rng.uniform(-0.5, 0.5)
    return (tail / np.sqrt(np.sum(tail**2))).astype(np.float32)


def in_room(samples: Samples, room: Samples) -> Samples:
    """The samples as heard in a room; same length."""
    return scipy.signal.fftconvolve(samples, room)[: len(samples)].astype(np.float32)


def at_speed(samples: Samples, speed: float) -> Samples:
    """Plays faster or slower, pitch and formants with it, as another speaker would sound."""
    resampled = soxr.resample(samples, SAMPLE_RATE_HZ * speed, SAMPLE_RATE_HZ, quality="MQ")
    return resampled.astype(np.float32)


class Codec(Enum):
    """What sound may have been sent through: container, coding, sample rate in hertz, effort.

    By telephone, by a headset's radio, as a voice message of 13 kbit/s.
    """

    GSM = ("WAV", "GSM610", 8_000, None)
    MU_LAW = ("WAV", "ULAW", 8_000, None)
    ADPCM = ("WAV", "IMA_ADPCM", 8_000, None)
    OPUS = ("OGG", "OPUS", 16_000, 1.0)


def through_codec(samples: Samples, codec: Codec) -> Samples:
    """What a codec leaves of it; same length, and no later."""
    container, coding, rate_hz, effort = codec.value
    sent = soxr.resample(samples, SAMPLE_RATE_HZ, rate_hz)
    file = io.BytesIO()
    soundfile.write(
        file, np.clip(sent, -1, 1), rate_hz, coding, format=container, compression_level=effort
    )
    file.seek(0)
    received = soundfile.read(file, dtype="float32")[0]
    heard = np.zeros_like(samples)
    whole = soxr.resample(received, rate_hz, SAMPLE_RATE_HZ)[: len(samples)]
    heard[: len(whole)] = whole
    return heard


def at_pace(mels: LogMels, pace: float) -> LogMels:
    """The same sounds within a `pace`-th of the time, pitch and formants kept.

    Frames between two are drawn on the straight line from one to the other.
    """
    frames = max(2, round(len(mels) / pace))
    at = np.linspace(0, len(mels) - 1, frames)
    before = np.minimum(at.astype(int), len(mels) - 2)
    share = (at - before)[:, None].astype(np.float32)
    slow = mels.astype(np.float32)
    return (slow[before] * (1 - share) + slow[before + 1] * share).astype(np.float32)


def _warps(count: int = 11) -> NDArray[np.float32]:
    """Matrices that stretch the mel axis by up to 8 %, shape (count, N_MELS, N_MELS)."""
    matrices = np.zeros((count, N_MELS, N_MELS), np.float32)
    for matrix, factor in zip(matrices, np.linspace(0.92, 1.08, count), strict=True):
        source = np.clip(np.arange(N_MELS) * factor, 0, N_MELS - 1.001)
        low = source.astype(int)
        matrix[low, np.arange(N_MELS)] = 1 - (source - low)
        matrix[low + 1, np.arange(N_MELS)] += source - low
    return matrices


_WARPS = _warps()


@dataclass(frozen=True, slots=True)
class Noises:
    """Feature banks of background sound at one level, each shape (frames, N_MELS)."""

    recorded: LogMels
    babble: LogMels
    hiss: LogMels
    """White noise: the microphone's own."""

    def draw(self, rng: np.random.Generator, frames: int) -> tuple[LogMels, float]:
        """A stretch of noise and its signal-to-noise ratio in dB."""
        if rng.random() < 0.3:
            # Two people are in the room: the other voice stays behind the one that speaks.
            return _stretch(self.babble, rng, frames), rng.uniform(8, 30)
        return _stretch(self.recorded, rng, frames), rng.uniform(0, 28)


def _stretch(bank: LogMels, rng: np.random.Generator, frames: int) -> LogMels:
    start = int(rng.integers(0, len(bank) - frames))
    return bank[start : start + frames].astype(np.float32)


def disturb(mels: LogMels, noises: Noises, rng: np.random.Generator) -> LogMels:
    """One piece of speech at a random level, place and in random noise; shape kept."""
    frames = len(mels)
    if rng.random() < 0.4:
        mels = mels @ _WARPS[rng.integers(len(_WARPS))]
    if rng.random() < 0.2:
        mels = _smear(mels, rng)
    mels = mels + _tilt(rng)
    power = np.exp(mels)
    if rng.random() < 0.6:
        noise, snr_db = noises.draw(rng, frames)
        power += np.exp(noise + _tilt(rng) - snr_db * _DB)
    # From a poor microphone's hiss to none at all, as in a file that a program made.
    power += np.exp(_stretch(noises.hiss, rng, frames) - rng.uniform(22, 80) * _DB)
    mels = np.log(power) + rng.uniform(-22, 8) * _DB
    return _narrow_band(mels, rng) if rng.random() < 0.25 else mels


def _smear(mels: LogMels, rng: np.random.Generator) -> LogMels:
    """A late tail: each band's energy dies away over 0.1 to 0.5 s."""
    keep = np.exp(-13.8 * 0.01 / rng.uniform(0.1, 0.5))
    power = np.exp(mels)
    tail = scipy.signal.lfilter([0.0, 1 - keep], [1.0, -keep], power, axis=0)
    return np.log(power + tail * 10 ** (-rng.uniform(-3, 10) / 10) + 1e-7).astype(np.float32)


def _tilt(rng: np.random.Generator) -> NDArray[np.float32]:
    """A microphone's colour: a random slope and curve of a few decibels over the mel axis."""
    x = np.linspace(-1, 1, N_MELS)
    slope, bow, wave = rng.normal(0, 2.5), rng.normal(0, 2), rng.normal(0, 1.5)
    curve = slope * x + bow * (x**2 - 0.33) + wave * np.sin(3 * np.pi * x + rng.uniform(0, 6.3))
    return (curve * _DB).astype(np.float32)


def _narrow_band(mels: LogMels, rng: np.random.Generator) -> LogMels:
    """Cuts everything above 3.4 to 6 kHz down to a faint flat rest, as a telephone does."""
    edge = rng.integers(28, 37)
    rest = rng.normal(rng.uniform(-6, 9), 0.5, (len(mels), N_MELS - edge))
    mels[:, edge:] = np.minimum(mels[:, edge:], rest)
    return mels


def mask(mels: LogMels, rng: np.random.Generator) -> None:
    """Blanks short times and narrow bands, in place, so that no single cue is relied on."""
    frames = len(mels)
    for _ in range(2):
        start = rng.integers(0, frames - 12)
        mels[start : start + rng.integers(1, 11)] = 0
    for _ in range(2):
        band = rng.integers(0, N_MELS - 6)
        mels[:, band : band + rng.integers(1, 6)] = 0


def synthetic_noise(rng: np.random.Generator, seconds: float = 8.0) -> Samples:
    """Coloured noise, mains hum or a chord of plucked notes: what recordings do not cover."""
    n = int(seconds * SAMPLE_RATE_HZ)
    kind = rng.integers(3)
    if kind == 0:
        spectrum = np.fft.rfft(rng.standard_normal(n))
        spectrum *= np.maximum(np.arange(len(spectrum)), 20.0) ** -rng.uniform(0.2, 1.1)
        sound = np.fft.irfft(spectrum, n)
    elif kind == 1:
        sound = _hum(rng, n)
    else:
        sound = _music(rng, n)
    return (sound / (np.sqrt(np.mean(sound**2)) + 1e-9) * 0.1).astype(np.float32)


def _hum(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    time = np.arange(n) / SAMPLE_RATE_HZ
    base_hz = rng.uniform(45, 130)
    parts = [
        np.sin(2 * np.pi * base_hz * k * time) / k ** rng.uniform(0.5, 2) for k in range(1, 12)
    ]
    return np.sum(parts, axis=0) + rng.standard_normal(n) * 0.05


def _music(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Random notes of a scale, two voices, each a decaying sum of harmonics."""
    sound = np.zeros(n)
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    for _ in range(2):
        position = 0
        while position < n:
            length = min(int(rng.uniform(0.15, 0.9) * SAMPLE_RATE_HZ), n - position)
            time = np.arange(length) / SAMPLE_RATE_HZ
            hz = rng.choice(scale) * rng.choice([0.5, 1, 2])
            tone = sum(np.sin(2 * np.pi * hz * k * time) / k**1.5 for k in range(1, 7))
            sound[position : position + length] += tone * np.exp(-time * rng.uniform(0.5, 6))
            position += length
    return sound


def babble(voices: list[Samples], rng: np.random.Generator) -> Samples:
    """Several people talking at once, none of them near."""
    length = max(len(v) for v in voices)
    mixed = np.zeros(length, np.float32)
    for voice in voices:
        mixed += np.resize(np.roll(voice, int(rng.integers(len(voice)))), length)
    return (mixed / (np.sqrt(np.mean(mixed**2)) + 1e-9) * 0.1).astype(np.float32)

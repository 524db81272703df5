"""Mono 16 kHz PCM as NumPy arrays, and what can be done to it without a device."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import soxr

SAMPLE_RATE_HZ = 16_000
BLOCK_SAMPLES = 320  # 20 ms: measured as stable at latency 0.06 s, see docs/explanation/audio.md

Samples: TypeAlias = npt.NDArray[np.float32]
"""Shape (n,), values in -1 to 1."""


_FLOOR = np.random.default_rng(0).normal(0.0, 1e-4, SAMPLE_RATE_HZ).astype(np.float32)


def with_floor(samples: Samples, start_sample: int = 0) -> Samples:
    """The samples over a whisper of noise at -80 dBFS, the same each time.

    Digital silence, as from a muted microphone or a cut recording, has no logarithm: its features
    are unlike anything in training, and a model took it for words [measured].
    """
    places = np.arange(len(samples)) + start_sample
    return np.asarray(samples + _FLOOR.take(places, mode="wrap"), dtype=np.float32)


def resample(samples: Samples, from_hz: int, to_hz: int = SAMPLE_RATE_HZ) -> Samples:
    """The same sound at another rate; returns the input itself where the rates agree."""
    if from_hz == to_hz:
        return samples
    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32)


def to_int16(samples: Samples) -> npt.NDArray[np.int16]:
    """Full scale becomes 32767; what is louder is clipped."""
    return np.asarray(np.clip(samples, -1.0, 1.0) * 32767, dtype=np.int16)


def from_int16(samples: npt.NDArray[np.int16]) -> Samples:
    """The inverse of `to_int16`."""
    return np.asarray(samples, dtype=np.float32) / np.float32(32767)


def level_dbfs(samples: Samples) -> float:
    """Root-mean-square level in dB relative to full scale; -120 for silence."""
    if not len(samples):
        return -120.0
    precise = samples.astype(np.float64)
    mean_square = float(np.dot(precise, precise)) / len(precise)
    return 10 * math.log10(max(mean_square, 1e-12))

"""One user's words as templates: which of them a short sound is, if clearly one.

The oldest way of knowing words: cepstra of mel bands, compared by dynamic time warping, so that a
word said faster is the same word. It needs one example a word of the same speaker, knows nothing
of any language, and can't be fooled by the same things as a recognizer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples

Frames = npt.NDArray[np.float32]
"""Shape (frames, 2 * CEPSTRA): cepstra and how fast they change, 15 ms apart."""

CEPSTRA = 13
LEAST_FRAMES = 10
"""0.15 s: less is no word."""

_WINDOW = 400
_HOP = 240
_FFT = 512
_BANDS = 24
_LOWEST_HZ, _HIGHEST_HZ = 100.0, 7000.0
_PRE_EMPHASIS = np.float32(0.97)
_FLOOR = 0.01
"""Of the loudest frames' energy: what is fainter is room, and much alike everywhere."""
_LOUD_ENOUGH = 0.35
"""A frame this far up from the quiet to the loud ones, in dB, belongs to the word ..."""
_AROUND_FRAMES = 2
"""... and so many on either side of it."""
_STEADY = 0.3


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a sound is to the nearest template.

    `distance` is an average over the frames; `ratio` that to the second nearest word, 1 or less.
    """

    word: str
    distance: float
    ratio: float


@dataclass(frozen=True, slots=True)
class WordTemplates:
    """One user's words, each with the frames of one example."""

    words: Mapping[str, Frames]

    def nearest(self, sound: Frames) -> Nearness | None:
        """The nearest word; None where there are too few to compare or the sound is too short."""
        if len(self.words) < 2 or len(sound) < LEAST_FRAMES:
            return None
        by_distance = sorted((distance(sound, frames), word) for word, frames in self.words.items())
        (near, word), (next_near, _) = by_distance[:2]
        return Nearness(word, near, near / max(next_near, 1e-6))


def frames_of(samples: Samples) -> Frames:
    """The frames of the loud part of a sound; none where there is too little of it."""
    nothing: Frames = np.zeros((0, 2 * CEPSTRA), dtype=np.float32)
    if len(samples) < _WINDOW * 4:
        return nothing
    bands = _mel_energies(samples)
    begin, end = _loud_part(bands)
    if end - begin < 2:
        return nothing
    floor, loud = np.percentile(bands, 10, axis=0), np.percentile(bands.sum(axis=1), 98)
    clean = np.maximum(bands - floor, 0) + max(float(loud) * _FLOOR / _BANDS, 1e-12)
    cepstra = np.log(clean[begin:end]) @ _COSINES.T
    cepstra -= cepstra.mean(axis=0)
    cepstra /= cepstra.std(axis=0) + _STEADY
    change = np.gradient(cepstra, axis=0)
    return np.concatenate([cepstra, change], axis=1).astype(np.float32)


def distance(one: Frames, other: Frames) -> float:
    """The average distance of frames along the best alignment; steps are taken diagonal-wise."""
    n, m = len(one), len(other)
    costs = np.full((n + 1, m + 1), np.inf, dtype=np.float32)
    costs[1:, 1:] = _frame_distances(one, other)
    sums = np.full((n + 1, m + 1), np.inf, dtype=np.float32)
    sums[0, 0] = 0.0
    for diagonal in range(2, n + m + 1):
        i = np.arange(max(1, diagonal - m), min(n, diagonal - 1) + 1)
        j = diagonal - i
        here = costs[i, j]
        straight = np.minimum(sums[i - 1, j], sums[i, j - 1]) + here
        sums[i, j] = np.minimum(straight, sums[i - 1, j - 1] + 2 * here)
    return float(sums[n, m]) / (n + m)


def _frame_distances(one: Frames, other: Frames) -> Frames:
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :]
    return np.asarray(np.sqrt(np.maximum(squares - 2 * one @ other.T, 0)), dtype=np.float32)


def _mel_energies(samples: Samples) -> Frames:
    bright = np.append(samples[:1], samples[1:] - _PRE_EMPHASIS * samples[:-1])
    windows = np.lib.stride_tricks.sliding_window_view(bright, _WINDOW)[::_HOP] * _HAMMING
    power = np.abs(np.fft.rfft(windows, _FFT)) ** 2
    return np.asarray(power @ _BANK.T + 1e-9, dtype=np.float32)


def _loud_part(bands: Frames) -> tuple[int, int]:
    """First and last frame (exclusive) of the word."""
    levels = 10 * np.log10(bands.sum(axis=1))
    quiet, loud = np.percentile(levels, [10, 98])
    inside = np.nonzero(levels > quiet + _LOUD_ENOUGH * (loud - quiet))[0]
    if not len(inside):
        return 0, 0
    return max(0, int(inside[0]) - _AROUND_FRAMES), int(inside[-1]) + 1 + _AROUND_FRAMES


def _mel(hertz: float) -> float:
    return float(1127 * np.log1p(hertz / 700))


def _bank() -> Frames:
    """Triangles on the mel scale, shape (bands, bins)."""
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), _BANDS + 2)
    corners = 700 * (np.exp(edges / 1127) - 1)
    bins = np.arange(_FFT // 2 + 1) * SAMPLE_RATE_HZ / _FFT
    low, middle, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    triangles = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    return np.asarray(np.clip(triangles, 0, None), dtype=np.float32)


def _cosines() -> Frames:
    angles = np.pi * np.outer(np.arange(1, CEPSTRA + 1), np.arange(_BANDS) + 0.5) / _BANDS
    return np.asarray(np.cos(angles) * np.sqrt(2 / _BANDS), dtype=np.float32)


_HAMMING = np.hamming(_WINDOW).astype(np.float32)
_BANK = _bank()
_COSINES = _cosines()

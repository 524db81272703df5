"""Log-mel features that equal Kaldi's, and its running mean normalisation.

The shipped model asks Kaldi for 40 full-rank MFCCs; since the cosine transform is orthogonal, the
network can be trained on log-mels and the transform folded into its first layer.
"""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from training.corpus import SAMPLE_RATE_HZ, Samples

N_MELS = 40
WINDOW_SAMPLES = 400
HOP_SAMPLES = 160
_FFT_SIZE = 512
_LOW_HZ = 60.0
_HIGH_HZ = 7_600.0
_FLOOR = 1.2e-7
"""Kaldi's floor under the mel energies (single-precision epsilon)."""

LogMels = NDArray[np.float32]

MFCC_CONF = f"""--use-energy=false
--window-type=hamming
--frame-length=25
--frame-shift=10
--num-mel-bins={N_MELS}
--num-ceps={N_MELS}
--low-freq={_LOW_HZ:.0f}
--high-freq={_HIGH_HZ:.0f}
--cepstral-lifter=0
--remove-dc-offset=false
--dither=0
--preemphasis-coefficient=0.97
"""
"""The same features as Kaldi options."""

CMN_WINDOW_FRAMES = 600
CMN_PRIOR_FRAMES = 200
"""Kaldi's defaults: mean of the last 6 s, eked out by up to 2 s' worth of the global mean."""


def _mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(np.asarray(hz, np.float64) / 700.0)


def _mel_filters() -> NDArray[np.float32]:
    """Triangular filters, shape (N_MELS, FFT_SIZE / 2)."""
    bins = _mel(np.arange(_FFT_SIZE // 2) * SAMPLE_RATE_HZ / _FFT_SIZE)
    edges = np.linspace(_mel(_LOW_HZ), _mel(_HIGH_HZ), N_MELS + 2)
    left, centre, right = (edges[i : i + N_MELS, None] for i in range(3))
    rising = (bins - left) / (centre - left)
    falling = (right - bins) / (right - centre)
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


def cosine_transform() -> NDArray[np.float64]:
    """Kaldi's orthogonal DCT: MFCC = matrix @ log-mel, shape (N_MELS, N_MELS)."""
    k = np.arange(N_MELS)
    matrix = np.sqrt(2.0 / N_MELS) * np.cos(np.pi / N_MELS * np.outer(k, k + 0.5))
    matrix[0] = np.sqrt(1.0 / N_MELS)
    return matrix


_FILTERS_T = np.ascontiguousarray(_mel_filters().T)
_HAMMING = (
    0.54 - 0.46 * np.cos(2 * np.pi * np.arange(WINDOW_SAMPLES) / (WINDOW_SAMPLES - 1))
).astype(np.float32)


def log_mels(samples: Samples) -> LogMels:
    """Log-mel energies of 10 ms frames, shape (frames, N_MELS); at least one window of samples."""
    scaled = (samples * 32767).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(scaled, WINDOW_SAMPLES)[::HOP_SAMPLES]
    emphasised = frames.copy()
    emphasised[:, 1:] -= np.float32(0.97) * frames[:, :-1]
    emphasised[:, 0] -= np.float32(0.97) * frames[:, 0]
    emphasised *= _HAMMING
    spectrum = scipy.fft.rfft(emphasised, _FFT_SIZE, axis=1)[:, : _FFT_SIZE // 2]
    power = spectrum.real**2 + spectrum.imag**2
    return np.log(np.maximum(power @ _FILTERS_T, _FLOOR))


def normalise(mels: LogMels, prior: NDArray[np.float32], prior_frames: float) -> LogMels:
    """Subtracts the running mean as Kaldi does online.

    Args:
        mels: shape (..., frames, N_MELS).
        prior: mean before the first frame, shape (..., N_MELS).
        prior_frames: how many frames the prior counts for at the beginning.
    """
    n = mels.shape[-2]
    sums = np.cumsum(mels, axis=-2, dtype=np.float32)
    counts = np.arange(1, n + 1, dtype=np.float32)
    if n > CMN_WINDOW_FRAMES:
        sums[..., CMN_WINDOW_FRAMES:, :] -= sums[..., :-CMN_WINDOW_FRAMES, :].copy()
        counts = np.minimum(counts, CMN_WINDOW_FRAMES)
    eked = np.clip(CMN_WINDOW_FRAMES - counts, 0, prior_frames)[:, None]
    mean = (sums + eked * prior[..., None, :]) / (counts[:, None] + eked)
    return (mels - mean).astype(np.float32)

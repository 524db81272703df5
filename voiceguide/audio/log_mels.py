"""Log-mel features that equal Kaldi's, and its running mean normalisation.

Speech models made by `training/` are trained on these, so they can't change without a new model.
"""

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples

N_MELS = 40
WINDOW_SAMPLES = 400
HOP_SAMPLES = 160
LOW_HZ = 60.0
HIGH_HZ = 7_600.0
CMN_WINDOW_FRAMES = 600
CMN_PRIOR_FRAMES = 200
"""Kaldi's defaults: mean of the last 6 s, eked out by up to 2 s' worth of the global mean."""

_FFT_SIZE = 512
_FLOOR = 1.2e-7  # under the mel energies: Kaldi's single-precision epsilon
_PREEMPHASIS = np.float32(0.97)

LogMels = npt.NDArray[np.float32]
"""Shape (frames, N_MELS), a frame every 10 ms."""


def _mel(hz: npt.NDArray[np.float64] | float) -> npt.NDArray[np.float64]:
    return 1127.0 * np.log1p(np.asarray(hz, np.float64) / 700.0)


def _mel_filters() -> npt.NDArray[np.float32]:
    """Triangular filters, shape (N_MELS, FFT_SIZE / 2)."""
    bins = _mel(np.arange(_FFT_SIZE // 2) * SAMPLE_RATE_HZ / _FFT_SIZE)
    edges = np.linspace(_mel(LOW_HZ), _mel(HIGH_HZ), N_MELS + 2)
    left, centre, right = (edges[i : i + N_MELS, None] for i in range(3))
    rising = (bins - left) / (centre - left)
    falling = (right - bins) / (right - centre)
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


_FILTERS_T = np.ascontiguousarray(_mel_filters().T)
_HAMMING = (
    0.54 - 0.46 * np.cos(2 * np.pi * np.arange(WINDOW_SAMPLES) / (WINDOW_SAMPLES - 1))
).astype(np.float32)


def log_mels(samples: Samples) -> LogMels:
    """Log-mel energies of 10 ms frames; `samples` is at least one window of 25 ms."""
    scaled = (samples * 32767).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(scaled, WINDOW_SAMPLES)[::HOP_SAMPLES]
    emphasised = frames.copy()
    emphasised[:, 1:] -= _PREEMPHASIS * frames[:, :-1]
    emphasised[:, 0] -= _PREEMPHASIS * frames[:, 0]
    emphasised *= _HAMMING
    spectrum = np.fft.rfft(emphasised, _FFT_SIZE, axis=1)[:, : _FFT_SIZE // 2]
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.asarray(np.log(np.maximum(power @ _FILTERS_T, _FLOOR)), dtype=np.float32)


def normalise(
    mels: LogMels, prior: npt.NDArray[np.float32], prior_frames: float = CMN_PRIOR_FRAMES
) -> LogMels:
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
    return np.asarray(mels - mean, dtype=np.float32)

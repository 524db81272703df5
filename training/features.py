"""The features of the shipped model, as Kaldi options and as a cosine transform.

The model asks Kaldi for 40 full-rank MFCCs; since the cosine transform is orthogonal, the network
can be trained on log-mels and the transform folded into its first layer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.log_mels import (
    CMN_PRIOR_FRAMES,
    HIGH_HZ,
    LOW_HZ,
    N_MELS,
    LogMels,
    log_mels,
    normalise,
)

__all__ = ["CMN_PRIOR_FRAMES", "MFCC_CONF", "N_MELS", "LogMels", "cosine_transform", "log_mels"]
__all__ += ["normalise"]

MFCC_CONF = f"""--use-energy=false
--window-type=hamming
--frame-length=25
--frame-shift=10
--num-mel-bins={N_MELS}
--num-ceps={N_MELS}
--low-freq={LOW_HZ:.0f}
--high-freq={HIGH_HZ:.0f}
--cepstral-lifter=0
--remove-dc-offset=false
--dither=0
--preemphasis-coefficient=0.97
"""
"""The same features as Kaldi options."""


def cosine_transform() -> NDArray[np.float64]:
    """Kaldi's orthogonal DCT: MFCC = matrix @ log-mel, shape (N_MELS, N_MELS)."""
    k = np.arange(N_MELS)
    matrix = np.sqrt(2.0 / N_MELS) * np.cos(np.pi / N_MELS * np.outer(k, k + 0.5))
    matrix[0] = np.sqrt(1.0 / N_MELS)
    return matrix

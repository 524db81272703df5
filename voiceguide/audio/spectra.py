"""Spectra of frames of 40 ms, as the canceller's parts share them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples

BINS = BLOCK_SAMPLES + 1

Power = npt.NDArray[np.float32]
"""Shape (321,): energy in each bin of 25 Hz."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a filter makes of one block.

    Attributes:
        echo: the guide's voice as it should have arrived.
        error: the near end without it.
        doubt: by how much the prediction may be wrong.
    """

    echo: Samples
    error: Samples
    doubt: Power


def power(spectrum: npt.NDArray[np.complex64]) -> Power:
    """Squared magnitudes."""
    return np.asarray(spectrum.real**2 + spectrum.imag**2, dtype=np.float32)

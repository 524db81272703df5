import numpy as np
import pytest

from voiceguide.audio.echo_mask import EDGES, LEAST_GAIN, N_BANDS, EchoMask, log_bands
from voiceguide.audio.spectra import BINS, Power


def spectrum(level: float, seed: int) -> Power:
    return np.random.default_rng(seed).exponential(level, BINS).astype(np.float32)


def test_the_bands_cover_every_bin_once() -> None:
    assert EDGES[0] == 0
    assert EDGES[-1] == BINS
    assert len(EDGES) == N_BANDS + 1
    assert (np.diff(EDGES) >= 2).all()  # a voice's harmonic lies in a band, not between two


def test_a_band_is_the_mean_of_its_bins() -> None:
    flat = np.full(BINS, 0.25, np.float32)

    np.testing.assert_allclose(log_bands(flat), np.log(0.25), rtol=1e-4)


@pytest.mark.parametrize("level", [0.0, 1e-9, 1e-3, 1e3])
def test_it_only_turns_down_whatever_it_is_told(level: float) -> None:
    mask = EchoMask()

    for seed in range(20):
        gain = mask.gain(*(spectrum(level, seed * 3 + i) for i in range(3)))

        assert gain.shape == (BINS,)
        assert np.isfinite(gain).all()
        assert gain.min() >= LEAST_GAIN - 1e-6
        assert gain.max() <= 1.0


def test_what_is_all_predicted_is_turned_down_and_what_is_not_stays() -> None:
    """Twenty frames of a loud guide alone, then twenty of somebody else, of whom nothing was."""
    mask = EchoMask()
    faint = np.full(BINS, 1e-6, np.float32)

    for seed in range(20):
        echo = spectrum(1e-2, seed)
        alone = mask.gain(echo * 1.2, echo * 30, echo)
    for seed in range(20):
        voice = mask.gain(spectrum(1e-2, seed), faint, faint)

    assert np.median(alone) < 0.2
    assert np.median(voice) > 0.8

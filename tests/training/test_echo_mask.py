"""The canceller's mask: what is trained is what the program evaluates."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("pocketsphinx")

from training import echo_mask
from training.echo_mask import Scene
from voiceguide.audio.echo_mask import EDGES, FEATURES, LEAST_GAIN, N_BANDS, EchoMask, MaskNetwork
from voiceguide.audio.echo_mask import features as seen_of
from voiceguide.audio.spectra import BINS


def test_the_program_hears_what_was_trained(tmp_path: Path) -> None:
    torch.manual_seed(1)
    generator = np.random.default_rng(1)
    network = echo_mask.Network(
        generator.normal(-3, 1, FEATURES).astype(np.float32), np.full(FEATURES, 2, np.float32)
    )
    echo_mask.write(network, tmp_path / "mask.npz")
    frames = generator.exponential(1e-3, (12, 3, BINS)).astype(np.float32)
    seen = np.stack([seen_of(*frame) for frame in frames])

    mask = EchoMask(MaskNetwork.read(tmp_path / "mask.npz"))
    heard = np.stack([mask.gain(*frame) for frame in frames])
    with torch.no_grad():
        trained = network(torch.from_numpy(seen)[None])[0].numpy()

    middles = (EDGES[:-1] + EDGES[1:] - 1) // 2  # a bin at or just below the band's centre
    np.testing.assert_allclose(heard[:, middles], trained, atol=0.02)


def test_it_learns_to_keep_what_is_not_the_echo() -> None:
    """A scene in which the lower half of the bands is all user, the upper half all echo."""
    generator = np.random.default_rng(2)
    scenes = []
    for _ in range(20):
        heard = generator.normal(-4, 1, (500, N_BANDS)).astype(np.float32)
        near = heard.copy()
        near[:, N_BANDS // 2 :] = -16
        echo = np.where(near < -15, heard, -16)
        scenes.append(Scene(np.concatenate([heard, echo, echo], axis=1), near))

    network = echo_mask.learned(scenes, steps=150, batch=4, frames=50)
    with torch.no_grad():
        gains = network(torch.from_numpy(scenes[0].seen)[None])[0, 100:].numpy()

    assert gains[:, : N_BANDS // 2].mean() > 0.9
    assert gains[:, N_BANDS // 2 :].mean() < LEAST_GAIN + 0.1

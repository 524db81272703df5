"""The canceller's mask: what is trained is what the program evaluates."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("pocketsphinx")

from training import bank, echo_mask
from training.bank import Bank
from training.corpus import SAMPLE_RATE_HZ, Clip, Samples
from training.echo_mask import GUIDES, Scene
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


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Several fight each other over so small a network."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
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

    network = echo_mask.learned(scenes, steps=80, batch=4, frames=50)
    with torch.no_grad():
        gains = network(torch.from_numpy(scenes[0].seen)[None])[0, 100:].numpy()

    assert gains[:, : N_BANDS // 2].mean() > 0.9
    assert gains[:, N_BANDS // 2 :].mean() < LEAST_GAIN + 0.1


def tone(seconds: float, hertz: float) -> Samples:
    """Loud and silent by turns, twice a second, as syllables are."""
    time = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    loud = np.sin(2 * np.pi * hertz * time) * (np.sin(2 * np.pi * 2 * time) > 0)
    return (0.2 * loud).astype(np.float32)


def test_a_scene_tells_the_user_from_the_guide(tmp_path: Path) -> None:
    """Users say a word at 1 kHz, guides read at 300 Hz: what should be left is the users' alone."""
    users = [Clip(Path("u.wav"), "nobody", "softer", kind) for kind in ("synthetic", "words")]
    guides = [Clip(Path(f"{v}.wav"), v, "one two three four five six", "-") for v in GUIDES]
    sounds = [*(tone(1.0, 1000) for _ in users), *(tone(8.0, 300) for _ in guides)]
    pcm = (np.concatenate(sounds) * 32767).astype(np.int16)
    bank.save(Bank([*users, *guides], pcm, np.cumsum([len(s) for s in sounds])), tmp_path)

    known = echo_mask.scenes(tmp_path, [tone(2.0, 3000)], 4)

    for scene in known:
        assert scene.seen.shape == (len(scene.near), FEATURES)
        heard = np.exp(scene.seen[:, :N_BANDS]).mean(axis=0)
        near = np.exp(scene.near).mean(axis=0)
        user, guide = (
            int(np.searchsorted(EDGES, hertz / 25, "right")) - 1 for hertz in (1000, 300)
        )
        assert near[user] / heard[user] > 0.3
        assert near[guide] < heard[guide]
        assert near[guide] < 0.2 * near[user]

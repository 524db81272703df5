from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.word_witness import Block, Layer, Network, WordWitness, read_witness


def layer(weights: list[list[float]], taps: int = 1, dilation: int = 1, stride: int = 1) -> Layer:
    outputs = len(weights)
    return Layer(
        weights=np.array(weights, np.float32),
        bias=np.zeros(outputs, np.float32),
        factor=np.ones(outputs, np.float32),
        offset=np.zeros(outputs, np.float32),
        taps=taps,
        dilation=dilation,
        stride=stride,
    )


def frames(*values: float) -> np.ndarray:
    return np.array(values, np.float32)[:, None]


def test_a_layer_looks_at_frames_apart_from_each_other() -> None:
    difference = layer([[-1, 1]], taps=2, dilation=2)

    assert difference(frames(1, 2, 4, 8, 3)).ravel().tolist() == [3, 6, 0]  # 3 - 4 is below 0


def test_a_layer_may_skip_frames() -> None:
    pairs = layer([[1, 1]], taps=2, stride=3)

    assert pairs(frames(1, 2, 3, 4, 5, 6)).ravel().tolist() == [3, 9]


def test_a_block_adds_its_input_in_time() -> None:
    block = Block((layer([[1, 0, 0]], taps=3),), back=1, ahead=1, skip=10)

    assert block(frames(1, 2, 3, 4)).ravel().tolist() == [21, 32]


def loudness_witness() -> WordWitness:
    """Believes in "loud" where the mean of the features is above what it was before."""
    weights = np.stack([np.full(40, 0.1), np.zeros(40)]).tolist()
    linear = Layer(
        np.array(weights, np.float32), *(np.zeros(2, np.float32), np.ones(2, np.float32)),
        np.zeros(2, np.float32), is_rectified=False,
    )  # fmt: skip
    network = Network((), linear, linear, np.full(40, 12, np.float32), (0, 0))
    return WordWitness(("loud",), ("loud", "never"), network)


def shape_witness() -> WordWitness:
    """Its impressions are the shape of the spectrum."""
    linear = Layer(
        np.eye(40, dtype=np.float32), np.zeros(40, np.float32), np.ones(40, np.float32),
        np.zeros(40, np.float32), is_rectified=False,
    )  # fmt: skip
    network = Network((linear,), linear, linear, np.zeros(40, np.float32), (0, 0))
    return WordWitness(("any",), ("any",), network)


def tone(hertz: float, seconds: float = 0.5) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (0.1 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def noise(seconds: float, level: float) -> Samples:
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(round(seconds * SAMPLE_RATE_HZ)) * level
    return samples.astype(np.float32)


def test_belief_goes_from_none_to_all() -> None:
    witness = loudness_witness()

    assert witness.listen(noise(0.5, 0.1))["loud"] > 0.99
    assert witness.listen(noise(0.5, 1e-5))["loud"] < 0.5


def test_a_word_is_spotted_wherever_it_stands() -> None:
    sound = np.concatenate([noise(1.0, 1e-5), noise(0.1, 0.1), noise(3.0, 1e-5)])

    heard = loudness_witness().spot(sound)

    assert heard["loud"] > 0.99
    assert heard["never"] == pytest.approx(0.5)
    assert loudness_witness().spot(noise(1.0, 1e-5))["loud"] < 0.5
    assert loudness_witness().spot(noise(0.01, 0.1)) == {}


@pytest.mark.parametrize("seconds", [0.0, 0.02, 2.6])
def test_what_is_too_short_or_too_long_is_no_phrase(seconds: float) -> None:
    assert loudness_witness().listen(noise(seconds, 0.1)) == {}


def test_a_file_that_is_no_witness_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "witness.npz"
    np.savez(path, other=np.zeros(3))

    with pytest.raises(ValueError, match="is no witness"):
        read_witness(path)


def test_two_witnesses_bear_different_marks() -> None:
    assert loudness_witness().mark == loudness_witness().mark
    assert loudness_witness().mark != shape_witness().mark

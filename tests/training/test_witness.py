from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("pocketsphinx")

from training import augment, units, witness, witness_material
from training.dataset import Kind
from training.features import log_mels, normalise
from training.lexicon import pronounce
from training.network import Network
from training.train import Model
from training.witness import Head
from voiceguide.audio.pcm import with_floor
from voiceguide.audio.word_witness import read_witness

PHRASES = ("next", "softer")


def model() -> Model:
    torch.manual_seed(1)
    network = Network(5).eval()
    for norm in [network.first_norm, network.second_norm, *(b.norm for b in network.blocks)]:
        norm.running_mean.uniform_(-0.5, 0.5)
        norm.running_var.uniform_(0.5, 2.0)
    prior = np.full(40, 8, np.float32)
    return Model(network, np.zeros(units.N_UNITS, np.int64), np.ones(5), prior)


def test_what_is_written_hears_what_was_trained(tmp_path: Path) -> None:
    trained = model()
    head = Head(trained.network.shape.width, len(PHRASES), 3).eval()
    samples = (np.random.default_rng(0).standard_normal(16_000) * 0.05).astype(np.float32)
    witness.write(trained, head, PHRASES, ("numb", "weak", "pain"), tmp_path / "witness.npz")

    heard = read_witness(tmp_path / "witness.npz")

    features = normalise(log_mels(with_floor(samples)), trained.prior_mean)
    around = (witness.context_frames(trained.network), (0, 0))
    padded = np.pad(features, around, mode="edge").T
    with torch.no_grad():
        hidden = witness.hidden_states(trained.network, torch.from_numpy(padded.copy())[None])
        whole, spots = head(hidden)
    shares = torch.softmax(whole[0], 0).numpy()
    # Weights of 8 bits are a little off.
    assert list(heard.listen(samples).values()) == pytest.approx(shares[:2].tolist(), abs=0.02)
    likely = dict(zip(heard.spots, spots[0].sigmoid().tolist(), strict=True))
    assert heard.spot(samples) == pytest.approx(likely, abs=0.02)


def test_a_network_moved_halfway_is_the_mean_of_both() -> None:
    now, then = torch.nn.Conv1d(3, 2, 1), torch.nn.Conv1d(3, 2, 1)
    mean = (now.weight + then.weight) / 2

    witness.move_halfway(now, then)

    assert torch.allclose(now.weight, mean)


def test_a_piece_said_faster_keeps_its_ends_and_its_sounds() -> None:
    mels = np.repeat(np.arange(12, dtype=np.float16)[:, None], 40, axis=1)

    faster, slower = augment.at_pace(mels, 1.5), augment.at_pace(mels, 0.8)

    assert (len(faster), len(slower)) == (8, 15)
    for piece in (faster, slower):
        assert piece[0, 0] == 0
        assert piece[-1, 0] == 11
        assert (np.diff(piece[:, 0]) > 0).all()


def labels_of(*words: str) -> np.ndarray:
    """Ten frames for each unit, ten of silence between words."""
    runs: list[int] = [units.SILENCE]
    for word in words:
        runs += [*units.units(pronounce(word)[0]), units.SILENCE]
    return np.repeat(np.array(runs, np.int16), 10)


def test_words_are_cut_out_of_running_speech() -> None:
    labels = labels_of("please", "stop", "now")
    mels = np.arange(len(labels), dtype=np.float32)[:, None].repeat(40, axis=1)
    kind = Kind(features=[mels], origin=[(0, 1.0)], labels=[labels])
    rng = np.random.default_rng(0)

    cuts = [witness_material.cut_words(kind, ["please stop now"], {"stop"}, rng) for _ in range(40)]

    exact = [piece for phrases, _ in cuts for piece in phrases.get("stop", [])]
    begin = 10 + 10 * (len(pronounce("please")[0]) + 1) - 4
    assert {int(piece[0, 0]) for piece in exact} == {begin}
    assert any(others for _, others in cuts)


def test_digits_in_written_form_are_known_by_their_sounds() -> None:
    labels = labels_of("seven", "two")
    mels = np.zeros((len(labels), 40), np.float32)
    kind = Kind(features=[mels], origin=[(0, 1.0)], labels=[labels])
    rng = np.random.default_rng(0)

    found: set[str] = set()
    for _ in range(40):
        found |= set(witness_material.cut_words(kind, ["72"], {"seven", "two"}, rng)[0])

    assert found == {"seven", "two"}

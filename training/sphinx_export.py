"""Rewrites PocketSphinx's acoustic model as a model directory that libvosk loads: no training.

A mixture of Gaussians is a network too: the log-density of a Gaussian is affine in (x, x squared);
a softmax over a stream's Gaussians and a matrix of mixture weights give each senone's share; its
logarithm, summed over the three streams, is the score. nnet3 has no logarithm, but its
NormalizeComponent can append the log standard deviation of a block, and for blocks of one number
that is the log of its magnitude: every second output is what is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import graph, kaldi_format, ngrams
from training.graph import GraphBuilder
from training.kaldi_format import Topology
from training.lexicon import PHONES, Pronunciation
from training.ngrams import Counts
from training.sphinx_model import N_DENSITIES, N_STREAMS, SphinxModel
from training.wiring import Wiring

_CEPSTRA = 13
_MEAN_CEPSTRA = (
    *(77.991, -4.478, 4.134, 3.658, -6.512, -3.736, -5.787),
    *(-2.927, -2.327, 0.442, -0.969, -0.706, 2.131),
)
"""Mean of 230 training clips with a peak of 0.4: what the running mean starts from."""

_LEAST_SHARE = 1e-5
"""Under every senone's share, so that the logarithm stays finite."""

MFCC_CONF = """--use-energy=false
--window-type=hamming
--frame-length=25.625
--frame-shift=10
--num-mel-bins=25
--num-ceps=13
--low-freq=130
--high-freq=6800
--cepstral-lifter=22
--remove-dc-offset=false
--dither=0
--preemphasis-coefficient=0.97
"""
"""Sphinx's features, up to the shape of the mel triangles, as Kaldi options."""

_MODEL_CONF = """--min-active=200
--max-active=2000
--beam=11.0
--lattice-beam=2.0
--acoustic-scale=0.12
--frame-subsampling-factor=1
--endpoint.silence-phones={silence}:{noise}
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""

_UNKNOWN_PENALTY = 2.0
_N_STATES = 3


class _Spelling:
    """Numbers a phone in its context: its senone sequence and which phone it is."""

    def __init__(self, model: SphinxModel) -> None:
        self.model = model

    def unit(self, phone: str, sequence: int) -> int:
        return sequence * len(self.model.phones) + self.model.phones.index(phone)

    def plain(self, phone: str) -> int:
        return self.unit(phone, self.model.plain(phone))

    def parts(self, unit_id: int) -> tuple[int, int]:
        """Senone sequence and phone of a unit."""
        return divmod(unit_id, len(self.model.phones))

    def word(self, pronunciation: Pronunciation) -> list[int]:
        """Triphones of a word between silences."""
        around = ("SIL", *pronunciation, "SIL")
        places = graph.places(len(pronunciation))
        return [
            self.unit(phone, self.model.triphone(place, phone, around[i], around[i + 2]))
            for i, (phone, place) in enumerate(zip(pronunciation, places, strict=True))
        ]


def _differences() -> NDArray[np.float64]:
    """Cepstra, first and second differences as a matrix over frames -3 to 3."""
    taps = np.zeros((N_STREAMS, 7))
    taps[0, 3] = 1
    taps[1, [5, 1]] = 1, -1
    taps[2, [6, 2, 4, 0]] = 1, -1, -1, 1
    return np.kron(taps, np.eye(_CEPSTRA))


def _gaussians(
    model: SphinxModel, books: list[int], stream: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log-densities of a stream's Gaussians as an affine map of (x, x squared)."""
    mean = model.means[books, stream].reshape(-1, _CEPSTRA).astype(float)
    precision = 1 / model.variances[books, stream].reshape(-1, _CEPSTRA).astype(float)
    weights = np.hstack([mean * precision, -0.5 * precision])
    bias = -0.5 * (mean**2 * precision).sum(axis=1) + 0.5 * np.log(precision).sum(axis=1)
    return weights, bias - 0.5 * _CEPSTRA * np.log(2 * np.pi)


def network_bytes(model: SphinxModel, senones: list[int]) -> bytes:
    """The whole Gaussian model as an nnet3 network with two outputs a senone."""
    wiring = Wiring(_CEPSTRA)
    splice = wiring.spliced("input", tuple(range(-3, 4)))
    frames = wiring.add("feat", kaldi_format.affine(_differences(), np.zeros(39)), splice)
    wiring.add("square", kaldi_format.product(78, 39), f"Append({frames}, {frames})")
    books = sorted({int(model.phone_of_senone[s]) for s in senones})
    streams = [_stream(wiring, model, books, senones, i) for i in range(N_STREAMS)]
    total = f"Sum({streams[0]}, Sum({streams[1]}, {streams[2]}))"
    wiring.config.append(f"output-node name=output input={total} objective=linear")
    return kaldi_format.acoustic_model(wiring.encode(), 3, 3)


def _stream(
    wiring: Wiring, model: SphinxModel, books: list[int], senones: list[int], stream: int
) -> str:
    """One stream's log-shares of every senone; senones are grouped by phone."""
    x = wiring.part(f"x{stream}", "feat", _CEPSTRA * stream, _CEPSTRA)
    square = wiring.part(f"q{stream}", "square", _CEPSTRA * stream, _CEPSTRA)
    densities = kaldi_format.affine(*_gaussians(model, books, stream))
    node = wiring.add(f"gauss{stream}", densities, f"Append({x}, {square})")
    softmax = kaldi_format.nonlinearity("SoftmaxComponent", len(books) * N_DENSITIES)
    node = wiring.add(f"share{stream}", softmax, node)
    mixed = []
    for j, book in enumerate(books):
        of_book = [s for s in senones if model.phone_of_senone[s] == book]
        source = wiring.part(f"s{stream}b{j}", node, N_DENSITIES * j, N_DENSITIES)
        weights = model.mixtures[stream][:, of_book].T
        floor = np.full(len(of_book), _LEAST_SHARE)
        mixed.append(wiring.add(f"m{stream}b{j}", kaldi_format.affine(weights, floor), source))
    logarithm = kaldi_format.append_log(len(senones))
    return wiring.add(f"log{stream}", logarithm, f"Append({', '.join(mixed)})")


def _stay(model: SphinxModel, spelling: _Spelling, unit_id: int) -> list[float]:
    """Chance of staying in each state of a phone."""
    matrix = model.transitions[model.matrix_of[spelling.parts(unit_id)[1]]]
    return [float(matrix[state, state]) for state in range(_N_STATES)]


def write(model: SphinxModel, folder: Path, words: list[str], counts: Counts) -> None:
    """Writes the whole model directory."""
    for part in ("am", "conf", "graph/phones"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    spelling = _Spelling(model)
    builder = GraphBuilder(
        silence=spelling.plain("SIL"),
        noise=spelling.plain("+NSN+"),
        spell=spelling.word,
        stay=lambda unit_id: _stay(model, spelling, unit_id),
    )
    builder.add_words(words)
    sounds = [spelling.plain(phone) for phone in (*PHONES, "+SPN+")]
    builder.add_plain_unknown(sounds, _UNKNOWN_PENALTY)
    word_ids = graph.compile_words(builder, folder / "graph")
    grammar = ngrams.grammar_text(counts, word_ids, unknown=0.005)
    graph.compile_language_model(grammar, folder / "graph")
    unit_ids = [unit_id for unit_id, _ in builder.phones.index]
    sequences = [model.sequences[spelling.parts(u)[0]] for u in unit_ids]
    senones = sorted({int(s) for q in sequences for s in q}, key=_by_phone(model))
    output = {senone: 2 * i + 1 for i, senone in enumerate(senones)}
    pdfs = [[output[int(s)] for s in q] for q in sequences]
    stays = [_stay(model, spelling, u) for u in unit_ids]
    transitions = kaldi_format.transition_model(Topology(len(pdfs), _N_STATES), pdfs, stays)
    network = network_bytes(model, senones)
    (folder / "am/final.mdl").write_bytes(kaldi_format.BINARY + transitions + network)
    (folder / "am/global_cmvn.stats").write_bytes(
        kaldi_format.mean_statistics(np.array(_MEAN_CEPSTRA))
    )
    conf = _MODEL_CONF.format(silence=builder.silence, noise=builder.noise)
    (folder / "conf/mfcc.conf").write_text(MFCC_CONF, encoding="utf-8")
    (folder / "conf/model.conf").write_text(conf, encoding="utf-8")
    graph.write_phones(builder, folder / "graph")


def _by_phone(model: SphinxModel) -> Callable[[int], tuple[int, int]]:
    """Sort key that brings a phone's senones together."""
    return lambda senone: (int(model.phone_of_senone[senone]), senone)

"""Writes a trained network as a model directory that the unmodified libvosk loads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import graph, kaldi_format, ngrams, units
from training.features import MFCC_CONF, N_MELS, cosine_transform
from training.graph import GraphBuilder, UnknownLoop
from training.kaldi_format import Topology
from training.network import SKIP, SUBSAMPLING
from training.ngrams import Counts
from training.train import Model
from training.wiring import Wiring

Weights = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is chosen after training, on the development speakers."""

    acoustic_scale: float = 0.45
    prior_scale: float = 0.7
    """How much of the targets' frequency is taken out of the network's scores."""
    silence_bonus: float = 2.0
    """Added to the scores of silence and noise, so that a room's murmur is not taken for speech."""
    self_loop: float = 0.5
    unknown_penalty: float = 2.1
    unknown_bigram: float = 0.0
    unknown_chance: float = 0.0005
    """Probability of `[unk]` in the open lane."""
    beam: float = 9.0
    lattice_beam: float = 2.0
    max_active: int = 4_000


def _flat(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convolution kernel (out, in, taps) to a matrix over spliced frames (out, taps * in)."""
    return kernel.transpose(0, 2, 1).reshape(kernel.shape[0], -1)


def _norm(weights: Weights, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A normalisation at rest as factor and offset."""
    factor = 1 / np.sqrt(weights[f"{name}.running_var"] + 1e-5)
    return factor, -weights[f"{name}.running_mean"] * factor


def _affine(weights: NDArray[np.float64], bias: NDArray[np.float64]) -> bytes:
    """A layer at a byte a weight: what is heard is the same, and four times as much fits."""
    return kaldi_format.affine(weights, bias, kaldi_format.byte_matrix)


def _rectified(wiring: Wiring, name: str, weights: Weights, source: str) -> str:
    """Affine layer, rectifier and normalisation, as nnet3 components."""
    layer, norm = {"first": ("first", "first_norm"), "second": ("second", "second_norm")}.get(
        name, (f"{name}.up", f"{name}.norm")
    )
    kernel, bias = weights[f"{layer}.weight"], weights[f"{layer}.bias"]
    if name == "first":
        kernel = np.einsum("omk,cm->ock", kernel, cosine_transform())
    tag = name.replace(".", "")
    node = wiring.add(f"{tag}a", _affine(_flat(kernel), bias), source)
    relu = kaldi_format.nonlinearity("RectifiedLinearComponent", len(bias))
    node = wiring.add(f"{tag}r", relu, node)
    factor, offset = _norm(weights, norm)
    node = wiring.add(f"{tag}s", kaldi_format.scale(factor), node)
    return wiring.add(f"{tag}n", kaldi_format.offset(offset), node)


def _offsets(model: Model, settings: Settings) -> NDArray[np.float64]:
    """What is added to each target's log-posterior to make a score of it."""
    log_prior = np.log((model.counts + 300) / (model.counts + 300).sum())
    offsets = -settings.prior_scale * log_prior
    offsets[model.target_of[[units.SILENCE, units.NOISE]]] += settings.silence_bonus
    return offsets


def network_bytes(model: Model, settings: Settings) -> bytes:
    """The network in nnet3 form: MFCC in, scaled log-likelihoods of the targets out."""
    tensors = model.network.state_dict()
    weights: Weights = {k: v.double().numpy() for k, v in tensors.items()}
    wiring = Wiring(N_MELS)
    node = _rectified(wiring, "first", weights, Wiring.spliced("input", (-2, -1, 0, 1, 2)))
    node = _rectified(wiring, "second", weights, Wiring.spliced(node, (-1, 0, 1)))
    for i, block in enumerate(model.network.shape.blocks):
        down = _flat(weights[f"blocks.{i}.down.weight"])
        source = Wiring.spliced(node, (-block.back, 0))
        narrow = wiring.add(f"b{i}d", _affine(down, np.zeros(len(down))), source)
        offsets = (0, block.ahead) if block.ahead else (0,)
        wide = _rectified(wiring, f"blocks.{i}", weights, Wiring.spliced(narrow, offsets))
        total = f"Sum({wide}, Scale({SKIP}, {node}))"
        node = wiring.add(f"b{i}", kaldi_format.same(model.network.shape.width), total)
    out, bias = weights["out.weight"][:, :, 0], weights["out.bias"]
    node = wiring.add("out", _affine(out, bias), node)
    softmax = kaldi_format.nonlinearity("LogSoftmaxComponent", len(bias))
    node = wiring.add("log", softmax, node)
    node = wiring.add("likelihood", kaldi_format.offset(_offsets(model, settings)), node)
    wiring.config.append(f"output-node name=output input={node} objective=linear")
    shape = model.network.shape
    return kaldi_format.acoustic_model(wiring.encode(), shape.left_context, shape.right_context)


def _model_conf(settings: Settings, builder: GraphBuilder) -> str:
    """Decoder options. The program ends utterances by its own voice activity; vosk waits long."""
    return f"""--min-active=200
--max-active={settings.max_active}
--beam={settings.beam}
--lattice-beam={settings.lattice_beam}
--acoustic-scale={settings.acoustic_scale}
--frame-subsampling-factor={SUBSAMPLING}
--endpoint.silence-phones={builder.silence}:{builder.noise}
--endpoint.rule1.min-trailing-silence=10.0
--endpoint.rule2.min-trailing-silence=0.8
--endpoint.rule3.min-trailing-silence=1.0
--endpoint.rule4.min-trailing-silence=1.5
"""


def write(model: Model, folder: Path, words: list[str], counts: Counts, settings: Settings) -> None:
    """Writes the whole model directory."""
    for part in ("am", "conf", "graph/phones"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    builder = GraphBuilder(
        silence=units.SILENCE,
        noise=units.NOISE,
        spell=units.units,
        stay=lambda _: [settings.self_loop],
    )
    builder.add_words(words)
    bigram = graph.sound_bigram(words, settings.unknown_bigram)
    builder.add_unknown(UnknownLoop(settings.unknown_penalty, bigram))
    word_ids = graph.compile_words(builder, folder / "graph")
    grammar = ngrams.grammar_text(counts, word_ids, settings.unknown_chance)
    graph.compile_language_model(grammar, folder / "graph")
    pdfs = [[int(model.target_of[unit_id])] for unit_id, _ in builder.phones.index]
    stays = [[settings.self_loop]] * len(pdfs)
    transitions = kaldi_format.transition_model(Topology(len(pdfs), 1), pdfs, stays)
    network = network_bytes(model, settings)
    (folder / "am/final.mdl").write_bytes(kaldi_format.BINARY + transitions + network)
    (folder / "am/global_cmvn.stats").write_bytes(
        kaldi_format.mean_statistics(cosine_transform() @ model.prior_mean)
    )
    (folder / "conf/mfcc.conf").write_text(MFCC_CONF, encoding="utf-8")
    (folder / "conf/model.conf").write_text(_model_conf(settings, builder), encoding="utf-8")
    graph.write_phones(builder, folder / "graph")

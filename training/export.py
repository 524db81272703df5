"""Writes a trained network as a model directory that the unmodified libvosk loads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import graph, kaldi_format, language_model
from training.features import MFCC_CONF, N_MELS, cosine_transform
from training.graph import GraphBuilder, UnknownLoop
from training.language_model import Counts
from training.network import SKIP, SUBSAMPLING
from training.train import Model

Weights = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is chosen after training, on the development speakers."""

    acoustic_scale: float = 1.0
    prior_scale: float = 0.8
    """How much of the targets' frequency is taken out of the network's scores."""
    self_loop: float = 0.5
    unknown_penalty: float = 4.0
    unknown_bigram: float = 0.5
    unknown_chance: float = 0.005
    """Probability of `[unk]` in the open lane."""
    beam: float = 11.0
    lattice_beam: float = 2.0
    max_active: int = 2_000


class _Wiring:
    """Collects nnet3 components and how they are joined."""

    def __init__(self) -> None:
        self.config = [f"input-node name=input dim={N_MELS}"]
        self.components: list[tuple[str, bytes]] = []

    def add(self, name: str, component: bytes, source: str) -> str:
        """Adds a component fed by `source` (a descriptor); returns its name."""
        self.components.append((name, component))
        self.config.append(f"component-node name={name} component={name} input={source}")
        return name


def _spliced(name: str, offsets: tuple[int, ...]) -> str:
    """Descriptor of a node at several frames."""
    parts = [f"Offset({name}, {o})" if o else name for o in offsets]
    return f"Append({', '.join(parts)})" if len(parts) > 1 else parts[0]


def _flat(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convolution kernel (out, in, taps) to a matrix over spliced frames (out, taps * in)."""
    return kernel.transpose(0, 2, 1).reshape(kernel.shape[0], -1)


def _norm(weights: Weights, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A normalisation at rest as factor and offset."""
    factor = 1 / np.sqrt(weights[f"{name}.running_var"] + 1e-5)
    return factor, -weights[f"{name}.running_mean"] * factor


def _rectified(wiring: _Wiring, name: str, weights: Weights, source: str) -> str:
    """Affine layer, rectifier and normalisation, as nnet3 components."""
    layer, norm = {"first": ("first", "first_norm"), "second": ("second", "second_norm")}.get(
        name, (f"{name}.up", f"{name}.norm")
    )
    kernel, bias = weights[f"{layer}.weight"], weights[f"{layer}.bias"]
    if name == "first":
        kernel = np.einsum("omk,cm->ock", kernel, cosine_transform())
    tag = name.replace(".", "")
    node = wiring.add(f"{tag}a", kaldi_format.affine(_flat(kernel), bias), source)
    relu = kaldi_format.nonlinearity("RectifiedLinearComponent", len(bias))
    node = wiring.add(f"{tag}r", relu, node)
    factor, offset = _norm(weights, norm)
    node = wiring.add(f"{tag}s", kaldi_format.scale(factor), node)
    return wiring.add(f"{tag}n", kaldi_format.offset(offset), node)


def network_bytes(model: Model, prior_scale: float) -> bytes:
    """The network in nnet3 form: MFCC in, scaled log-likelihoods of the targets out."""
    tensors = model.network.state_dict()
    weights: Weights = {k: v.double().numpy() for k, v in tensors.items()}
    wiring = _Wiring()
    node = _rectified(wiring, "first", weights, _spliced("input", (-2, -1, 0, 1, 2)))
    node = _rectified(wiring, "second", weights, _spliced(node, (-1, 0, 1)))
    for i, block in enumerate(model.network.shape.blocks):
        down = _flat(weights[f"blocks.{i}.down.weight"])
        source = _spliced(node, (-block.back, 0))
        narrow = wiring.add(f"b{i}d", kaldi_format.affine(down, np.zeros(len(down))), source)
        offsets = (0, block.ahead) if block.ahead else (0,)
        wide = _rectified(wiring, f"blocks.{i}", weights, _spliced(narrow, offsets))
        total = f"Sum({wide}, Scale({SKIP}, {node}))"
        node = wiring.add(f"b{i}", kaldi_format.same(model.network.shape.width), total)
    out, bias = weights["out.weight"][:, :, 0], weights["out.bias"]
    node = wiring.add("out", kaldi_format.affine(out, bias), node)
    softmax = kaldi_format.nonlinearity("LogSoftmaxComponent", len(bias))
    node = wiring.add("log", softmax, node)
    log_prior = np.log((model.counts + 300) / (model.counts + 300).sum())
    node = wiring.add("likelihood", kaldi_format.offset(-prior_scale * log_prior), node)
    wiring.config.append(f"output-node name=output input={node} objective=linear")
    nnet = kaldi_format.network(wiring.config, wiring.components)
    shape = model.network.shape
    return kaldi_format.acoustic_model(nnet, shape.left_context, shape.right_context)


def mean_statistics(prior_mean: NDArray[np.float32]) -> bytes:
    """Kaldi's global_cmvn.stats: sums and counts of the MFCC's mean, as of 1000 frames."""
    mean = cosine_transform() @ prior_mean.astype(np.float64)
    frames = 1000.0
    stats = np.zeros((2, N_MELS + 1))
    stats[0] = [*(mean * frames), frames]
    stats[1, :N_MELS] = (mean**2 + 1.0) * frames
    return kaldi_format.BINARY + kaldi_format.double_matrix(stats)


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
    builder = GraphBuilder(settings.self_loop)
    builder.add_words(words)
    bigram = graph.sound_bigram(words, settings.unknown_bigram)
    builder.add_unknown(UnknownLoop(settings.unknown_penalty, bigram))
    word_ids = graph.compile_words(builder, folder / "graph")
    grammar = language_model.grammar_text(counts, word_ids, settings.unknown_chance)
    graph.compile_language_model(grammar, folder / "graph")
    pdfs = builder.phones.pdfs(model.target_of)
    topology = kaldi_format.Topology(len(pdfs), settings.self_loop)
    transitions = kaldi_format.transition_model(topology, pdfs)
    network = network_bytes(model, settings.prior_scale)
    (folder / "am/final.mdl").write_bytes(kaldi_format.BINARY + transitions + network)
    (folder / "am/global_cmvn.stats").write_bytes(mean_statistics(model.prior_mean))
    (folder / "conf/mfcc.conf").write_text(MFCC_CONF, encoding="utf-8")
    (folder / "conf/model.conf").write_text(_model_conf(settings, builder), encoding="utf-8")
    (folder / "graph/phones/word_boundary.int").write_text(builder.phones.boundaries())
    # No transition is a disambiguation symbol here; libvosk insists on the file.
    (folder / "graph/disambig_tid.int").write_text("1000000\n")

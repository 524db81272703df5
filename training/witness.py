"""Trains the second witness: which command, if any, an utterance sounds like as a whole.

A copy of the acoustic network is the beginning; on top of its last hidden layer a small head looks
at about a second at once and gives a score for each phrase and for "something else". First the head
learns, then both, twice: what tells whole words apart is not what tells sounds apart. Words are cut
from running speech by their alignments to stand for "something else", beside noises and other
words. It also spots red-flag words in sentences, those of our templates and carriers.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from training import augment
from training.augment import Noises
from training.features import LogMels, normalise
from training.network import SKIP, SUBSAMPLING, Network
from training.train import HAS_BFLOAT16, Model, drawn_ahead
from training.witness_material import SENTENCE_FRAMES, SPOTS, WINDOW_FRAMES, Pieces, Sentences

_SAID_ALONE_WEIGHT = 6.0
_ONE_WORD_WEIGHT = 3.0
"""How often phrases are drawn, against longer ones: those that real people were recorded saying
alone, and other single words. They are what is said most, and confused most."""

_WITH_SPOTS = 0.5
_OTHER_SHARE = 0.5
_PACES = (0.85, 1.6)
_AT_ANOTHER_PACE = 0.4
"""How often a piece is said slower or faster than it was: some people say a digit in 0.35 s, and
nearly all that is learned from takes its time."""

_PEAK_RATE = 3e-3
_PEAK_RATE_OF_BOTH = 6e-4
_SPOTTING_WEIGHT = 10.0
_HIDDEN = 96


class Head(nn.Module):
    """Hidden states of the acoustic network to two opinions on an utterance.

    Which phrase it is as a whole, the last score standing for something else; and which red-flag
    words are somewhere in it.
    """

    def __init__(self, width: int, n_phrases: int, n_spots: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, _HIDDEN, 3, dilation=2)
        self.second = nn.Conv1d(_HIDDEN, _HIDDEN, 3, dilation=4)
        self.third = nn.Conv1d(_HIDDEN, _HIDDEN, 3, dilation=8)
        self.out = nn.Conv1d(_HIDDEN, n_phrases + 1, 1)
        self.spot = nn.Conv1d(_HIDDEN, n_spots, 1)
        nn.init.constant_(self.spot.bias, -5.0)

    @property
    def reach(self) -> int:
        """Steps that it looks back, and as many ahead."""
        return sum(layer.dilation[0] for layer in (self.first, self.second, self.third))

    def forward(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Shape (batch, width, steps) to (batch, phrases + 1) and (batch, spots)."""
        x = torch.relu(self.first(hidden))
        for layer in (self.second, self.third):
            reach = layer.dilation[0]
            x = torch.relu(layer(x)) + x[:, :, reach:-reach]
        x = functional.dropout(x, 0.1, self.training)
        whole = self.out(x)
        whole = torch.logsumexp(whole, dim=2) - np.log(whole.shape[2])
        return whole, torch.amax(self.spot(x), dim=2)


def hidden_states(network: Network, features: torch.Tensor) -> torch.Tensor:
    """What the network's output layer sees."""
    x = network.first_norm(torch.relu(network.first(features)))
    x = network.second_norm(torch.relu(network.second(x)))
    for block in network.blocks:
        x = block(x)
    return x


def context_frames(network: Network) -> tuple[int, int]:
    """Features that network and head need before the first frame and after the last."""
    shape, reach = network.shape, Head(1, 1, 1).reach * SUBSAMPLING
    return shape.left_context + reach, shape.right_context + SUBSAMPLING - 1 + reach


class WitnessBatches:
    """Draws pieces set into quiet, disturbed and normalised as in training the network."""

    def __init__(
        self,
        pieces: Pieces,
        sentences: Sentences,
        phrases: Sequence[str],
        noises: Noises,
        model: Model,
    ) -> None:
        self._pieces = pieces
        self._sentences = sentences
        self._phrases = list(phrases)
        weights = np.array([self._weight(phrase) for phrase in phrases])
        self._chances = weights / weights.sum()
        self._noises = noises
        self._prior = model.prior_mean
        self._context = context_frames(model.network)

    def draw(
        self, rng: np.random.Generator, size: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Features (size, N_MELS, frames) and the numbers of the phrases (size,)."""
        features, wanted = [], np.empty(size, np.int64)
        for i in range(size):
            piece, wanted[i] = self._one(rng)
            if rng.random() < _AT_ANOTHER_PACE:
                piece = augment.at_pace(piece, rng.uniform(*_PACES))
            features.append(self._staged(piece, WINDOW_FRAMES, rng))
        return np.ascontiguousarray(np.stack(features).transpose(0, 2, 1)), wanted

    def draw_sentences(
        self, rng: np.random.Generator, size: int, n_spots: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Features (size, N_MELS, frames) and which words are in them (size, n_spots)."""
        features, wanted = [], np.zeros((size, n_spots), np.float32)
        for i in range(size):
            piece, spots = self._sentence(rng)
            wanted[i, spots] = 1
            features.append(self._staged(piece, SENTENCE_FRAMES, rng))
        return np.ascontiguousarray(np.stack(features).transpose(0, 2, 1)), wanted

    def draw_both(self, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        """What one step learns from: phrases and their numbers, sentences and their words."""
        return (*self.draw(rng, 40), *self.draw_sentences(rng, 12, len(SPOTS)))

    def _sentence(self, rng: np.random.Generator) -> tuple[LogMels, list[int]]:
        """A sentence, often with a few foreign words before and behind it."""
        known = self._sentences
        if rng.random() < _WITH_SPOTS:
            piece, spots = known.with_spots[rng.integers(len(known.with_spots))]
        else:
            source = known.without[rng.integers(len(known.without))]
            piece, spots = source[rng.integers(len(source))], []
        for _ in range(rng.integers(0, 3)):
            other = self._pieces.others[0]
            more = other[rng.integers(len(other))]
            if len(piece) + len(more) < SENTENCE_FRAMES - 10:
                order = (piece, more) if rng.random() < 0.5 else (more, piece)
                piece = np.concatenate(order)
        return piece, spots

    def _one(self, rng: np.random.Generator) -> tuple[LogMels, int]:
        if rng.random() < _OTHER_SHARE:
            source = self._pieces.others[rng.integers(len(self._pieces.others))]
            return source[rng.integers(len(source))], len(self._phrases)
        number = int(rng.choice(len(self._phrases), p=self._chances))
        sources = self._pieces.by_phrase[self._phrases[number]]
        source = sources[rng.integers(len(sources))]
        return source[rng.integers(len(source))], number

    def _weight(self, phrase: str) -> float:
        if phrase in self._pieces.said_alone:
            return _SAID_ALONE_WEIGHT
        return 1.0 if " " in phrase else _ONE_WORD_WEIGHT

    def _staged(self, piece: LogMels, size: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """The piece somewhere in a window, between repeats of its quietest frames."""
        left, right = self._context
        frames = size + left + right
        piece = piece.astype(np.float32)[: size - 6]
        level = piece.mean(axis=1)
        quiet = piece[level <= np.sort(level)[min(5, len(level) - 1)]] - np.float32(
            rng.uniform(0, 6) if len(piece) < 60 else 0
        )
        window = quiet[rng.integers(len(quiet), size=frames)].copy()
        start = left + int(rng.integers(3, max(4, size - len(piece) - 2)))
        window[start : start + len(piece)] = piece
        window = augment.disturb(window, self._noises, rng)
        heard = normalise(window[left : left + size], self._prior)
        return np.pad(heard, ((left, right), (0, 0)), mode="edge")


def train_head(
    network: Network,
    batches: WitnessBatches,
    sizes: tuple[int, int],
    steps: tuple[int, int, int],
    seed: int = 3,
) -> Head:
    """Trains a head on a network as it is, then both together, twice; the network is changed.

    What ships is the mean of both after the first and after the second round. Over the guide it
    understood 167 of 224 words, and 163 after either round (speakers and rooms for tuning).
    "Averaging weights leads to wider optima and better generalization", Izmailov et al., UAI 2018.

    Args:
        network: a copy of its own: it hears whole words afterwards, and sounds no longer so well.
        batches: what to learn from.
        sizes: numbers of phrases and of spots.
        steps: of the head alone, of both, and of both once more.
        seed: of all that is drawn.
    """
    torch.manual_seed(seed)
    network.eval()
    head = Head(network.shape.width, *sizes)
    network.requires_grad_(requires_grad=False)
    _train(network, head, batches, _PEAK_RATE, steps[0], seed)
    network.requires_grad_(requires_grad=True)
    _train(network, head, batches, _PEAK_RATE_OF_BOTH, steps[1], seed + 1)
    before = copy.deepcopy(network), copy.deepcopy(head)
    _train(network, head, batches, _PEAK_RATE_OF_BOTH, steps[2], seed + 2)
    for now, then in zip((network, head), before, strict=True):
        move_halfway(now, then)
    return head.eval()


def move_halfway(module: nn.Module, to: nn.Module) -> None:
    """Sets every weight to the mean of both modules'."""
    with torch.no_grad():
        for weight, other in zip(module.parameters(), to.parameters(), strict=True):
            weight.lerp_(other, 0.5)


def _train(
    network: Network, head: Head, batches: WitnessBatches, peak_rate: float, steps: int, seed: int
) -> None:
    learning = [p for p in (*network.parameters(), *head.parameters()) if p.requires_grad]
    optimizer = torch.optim.AdamW(learning, peak_rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, total_steps=steps)
    recent: list[tuple[float, ...]] = []
    drawn = drawn_ahead(batches.draw_both, seed)
    for step, batch in zip(range(1, steps + 1), drawn, strict=False):
        figures, loss = _losses(network, head, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 2.0)
        optimizer.step()
        schedule.step()
        recent.append(figures)
        if step % 200 == 0:
            mean = np.round(np.mean(recent[-200:], axis=0), 3)
            print(f"witness step {step} loss, right, spotting loss: {mean}", flush=True)


def _losses(
    network: Network, head: Head, batch: Sequence[torch.Tensor]
) -> tuple[tuple[float, float, float], torch.Tensor]:
    features, wanted, sentences, spots = batch
    with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
        scores, _ = head(hidden_states(network, features))
        _, found = head(hidden_states(network, sentences))
    scores, found = scores.float(), found.float()
    whole = functional.cross_entropy(scores, wanted, label_smoothing=0.02)
    spotting = functional.binary_cross_entropy_with_logits(found, spots)
    right = (scores.argmax(1) == wanted).float().mean().item()
    loss = whole + _SPOTTING_WEIGHT * spotting
    return (whole.item(), right, spotting.item()), loss


class _File:
    """Collects layers as `voiceguide.audio.word_witness` reads them."""

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}

    def layer(
        self, name: str, conv: nn.Conv1d, norm: nn.BatchNorm1d | None = None, **options: object
    ) -> dict[str, object]:
        """Adds a convolution with its normalisation; returns its entry in the plan."""
        kernel = conv.weight.detach().numpy()
        flat = kernel.transpose(0, 2, 1).reshape(len(kernel), -1)
        scale = np.abs(flat).max(axis=1) / 127 + 1e-12
        bias = np.zeros(len(kernel)) if conv.bias is None else conv.bias.detach().numpy()
        factor, offset = _norm(norm, len(kernel))
        self.arrays |= {
            f"{name}.weights": np.round(flat / scale[:, None]).astype(np.int8),
            f"{name}.scale": scale.astype(np.float32),
            f"{name}.bias": bias.astype(np.float32),
            f"{name}.factor": factor,
            f"{name}.offset": offset,
        }
        shape = {"taps": conv.kernel_size[0], "dilation": conv.dilation[0]}
        return {"name": name, **shape, "stride": conv.stride[0], **options}


def _norm(norm: nn.BatchNorm1d | None, size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """A normalisation at rest as factor and offset."""
    if norm is None or norm.running_mean is None or norm.running_var is None:
        return np.ones(size, np.float32), np.zeros(size, np.float32)
    factor = 1 / np.sqrt(norm.running_var.numpy() + norm.eps)
    return factor.astype(np.float32), (-norm.running_mean.numpy() * factor).astype(np.float32)


def write(
    model: Model, head: Head, phrases: Sequence[str], spots: Sequence[str], path: Path
) -> None:
    """Writes the network and the head as one file for NumPy."""
    file, network = _File(), model.network
    parts: list[dict[str, object]] = [
        file.layer("first", network.first, network.first_norm),
        file.layer("second", network.second, network.second_norm),
    ]
    linear = {"is_rectified": False}
    for i, (block, at) in enumerate(zip(network.blocks, network.shape.blocks, strict=True)):
        down = file.layer(f"down{i}", block.down, **linear)
        up = file.layer(f"up{i}", block.up, block.norm)
        back, ahead = at.back // SUBSAMPLING, at.ahead // SUBSAMPLING
        parts.append({"layers": [down, up], "back": back, "ahead": ahead, "skip": SKIP})
    parts.append(file.layer("head1", head.first))
    for name, layer in (("head2", head.second), ("head3", head.third)):
        half = layer.dilation[0]
        layers = [file.layer(name, layer)]
        parts.append({"layers": layers, "back": half, "ahead": half, "skip": 1.0})
    outputs = {
        "whole": file.layer("whole", head.out, **linear),
        "spot": file.layer("spot", head.spot, **linear),
    }
    context = context_frames(network)
    names = {"phrases": list(phrases), "spots": list(spots)}
    plan = {**names, "parts": parts, **outputs, "context_frames": context}
    np.savez_compressed(
        path, plan=json.dumps(plan), prior_mean=model.prior_mean.astype(np.float32), **file.arrays
    )

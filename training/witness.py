"""Trains the second witness: which command, if any, an utterance sounds like as a whole.

The acoustic network is kept as it is; on top of its last hidden layer a small head looks at about
a second at once and gives a score for each phrase and for "something else". Words are cut from
running speech by their alignments to stand for "something else", beside noises and other words.

    python -m training.witness --work build/training --data ../shared/data --out models/...
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from training import augment, units
from training.augment import Noises
from training.dataset import IGNORE, Kind
from training.features import LogMels, normalise
from training.lexicon import pronounce
from training.network import SKIP, SUBSAMPLING, Network
from training.train import Model

WINDOW_FRAMES = 190
"""1.9 s: the longest phrase and a little quiet around it. At use the window is the utterance."""

_SAME = {"know": "no", "knew": "", "to": "", "too": "", "for": "", "won": "", "ate": "", "hire": ""}
"""Words of running speech that sound like a phrase: as which they count, or not at all."""

_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_OTHER_SHARE = 0.5
_FIRST_SPEECH_UNIT = 2
_HIDDEN = 96


class Head(nn.Module):
    """Hidden states of the acoustic network to scores of phrases; the last one: something else."""

    def __init__(self, width: int, n_phrases: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, _HIDDEN, 3, dilation=2)
        self.second = nn.Conv1d(_HIDDEN, _HIDDEN, 3, dilation=4)
        self.third = nn.Conv1d(_HIDDEN, _HIDDEN, 3, dilation=8)
        self.out = nn.Conv1d(_HIDDEN, n_phrases + 1, 1)

    @property
    def reach(self) -> int:
        """Steps that it looks back, and as many ahead."""
        return sum(layer.dilation[0] for layer in (self.first, self.second, self.third))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Shape (batch, width, steps) to (batch, phrases + 1)."""
        x = torch.relu(self.first(hidden))
        for layer in (self.second, self.third):
            reach = layer.dilation[0]
            x = torch.relu(layer(x)) + x[:, :, reach:-reach]
        scores = self.out(functional.dropout(x, 0.1, self.training))
        return torch.logsumexp(scores, dim=2) - np.log(scores.shape[2])


def hidden_states(network: Network, features: torch.Tensor) -> torch.Tensor:
    """What the network's output layer sees."""
    x = network.first_norm(torch.relu(network.first(features)))
    x = network.second_norm(torch.relu(network.second(x)))
    for block in network.blocks:
        x = block(x)
    return x


@dataclass(slots=True)
class Pieces:
    """Stretches of speech by what is said in them; the text of "something else" is empty."""

    by_phrase: dict[str, list[list[LogMels]]]
    """For each phrase its sources (recorded, spoken by machines), each a list of pieces."""
    others: list[list[LogMels]]


def cut_words(
    kind: Kind, texts: Sequence[str], phrases: set[str], rng: np.random.Generator
) -> tuple[dict[str, list[LogMels]], list[LogMels]]:
    """Cuts one to three words in a row out of running speech.

    Returns:
        pieces that are exactly a phrase, by phrase; and pieces that are none.
    """
    exact: dict[str, list[LogMels]] = {}
    others: list[LogMels] = []
    for mels, labels, (clip, _) in zip(kind.features, kind.labels, kind.origin, strict=True):
        spans = _word_spans(labels)
        words = texts[clip].split()
        if len(spans) != len(words):
            words = [_digit(labels[begin:end]) for begin, end in spans]
        for _ in range(max(1, len(words) // 3)):
            first = int(rng.integers(len(words)))
            last = min(len(words), first + int(rng.integers(1, 4)))
            chosen = [_SAME.get(word, word) for word in words[first:last]]
            piece = mels[max(0, spans[first][0] - 4) : spans[last - 1][1] + 4]
            if "" in chosen or not 8 <= len(piece) < WINDOW_FRAMES - 30:
                continue
            text = " ".join(chosen)
            if text in phrases:
                exact.setdefault(text, []).append(piece)
            else:
                others.append(piece)
    return exact, others


@cache
def _digits() -> dict[tuple[int, ...], str]:
    return {
        tuple(units.units(pronunciation)): word
        for word in _DIGIT_WORDS
        for pronunciation in pronounce(word)
    }


def _digit(labels: NDArray[np.int16]) -> str:
    """The digit whose units these are, for clips whose text has digits; empty for other words."""
    runs = labels[np.flatnonzero(np.diff(labels, prepend=-2) != 0)]
    return _digits().get(tuple(int(u) for u in runs if u >= _FIRST_SPEECH_UNIT), "")


def _word_spans(labels: NDArray[np.int16]) -> list[tuple[int, int]]:
    """First and last frame of every word, by units that stand at a word's start."""
    if (labels == IGNORE).any():
        return []
    spans: list[tuple[int, int]] = []
    begins = np.flatnonzero(np.diff(labels, prepend=-2) != 0)
    for begin, end in zip(begins, [*begins[1:], len(labels)], strict=True):
        unit = int(labels[begin])
        if unit < _FIRST_SPEECH_UNIT:
            continue
        if (unit - _FIRST_SPEECH_UNIT) % units.N_CLASSES == 0:
            spans.append((int(begin), int(end)))
        elif spans:
            spans[-1] = (spans[-1][0], int(end))
    return spans


class WitnessBatches:
    """Draws pieces set into quiet, disturbed and normalised as in training the network."""

    def __init__(
        self,
        pieces: Pieces,
        phrases: Sequence[str],
        noises: Noises,
        prior: NDArray[np.float32],
        context: tuple[int, int],
    ) -> None:
        self._pieces = pieces
        self._phrases = list(phrases)
        self._noises = noises
        self._prior = prior
        self._context = context

    def draw(
        self, rng: np.random.Generator, size: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Features (size, N_MELS, frames) and the numbers of the phrases (size,)."""
        features, wanted = [], np.empty(size, np.int64)
        for i in range(size):
            piece, wanted[i] = self._one(rng)
            features.append(self._staged(piece, rng))
        return np.ascontiguousarray(np.stack(features).transpose(0, 2, 1)), wanted

    def _one(self, rng: np.random.Generator) -> tuple[LogMels, int]:
        if rng.random() < _OTHER_SHARE:
            source = self._pieces.others[rng.integers(len(self._pieces.others))]
            return source[rng.integers(len(source))], len(self._phrases)
        number = int(rng.integers(len(self._phrases)))
        sources = self._pieces.by_phrase[self._phrases[number]]
        source = sources[rng.integers(len(sources))]
        return source[rng.integers(len(source))], number

    def _staged(self, piece: LogMels, rng: np.random.Generator) -> NDArray[np.float32]:
        """The piece somewhere in a window, between repeats of its quietest frames."""
        left, right = self._context
        frames = WINDOW_FRAMES + left + right
        piece = piece.astype(np.float32)[: WINDOW_FRAMES - 6]
        level = piece.mean(axis=1)
        quiet = piece[level <= np.sort(level)[min(5, len(level) - 1)]] - np.float32(
            rng.uniform(0, 6) if len(piece) < 60 else 0
        )
        window = quiet[rng.integers(len(quiet), size=frames)].copy()
        start = left + int(rng.integers(3, max(4, WINDOW_FRAMES - len(piece) - 2)))
        window[start : start + len(piece)] = piece
        window = augment.disturb(window, self._noises, rng)
        heard = normalise(window[left : left + WINDOW_FRAMES], self._prior)
        return np.pad(heard, ((left, right), (0, 0)), mode="edge")


def train_head(
    network: Network,
    batches: WitnessBatches,
    n_phrases: int,
    steps: int,
    seed: int = 3,
) -> Head:
    """Trains a head on the network as it is."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network.eval()
    head = Head(network.shape.width, n_phrases)
    optimizer = torch.optim.AdamW(head.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    recent: list[tuple[float, float]] = []
    for step in range(steps):
        features, wanted = batches.draw(rng, 48)
        with torch.no_grad():
            hidden = hidden_states(network, torch.from_numpy(features))
        scores = head(hidden)
        target = torch.from_numpy(wanted)
        loss = functional.cross_entropy(scores, target, label_smoothing=0.02)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        recent.append((loss.item(), (scores.argmax(1) == target).float().mean().item()))
        if (step + 1) % 200 == 0:
            loss_mean, right = np.mean(recent[-200:], axis=0)
            print(f"witness step {step + 1} loss {loss_mean:.3f} right {right:.3f}", flush=True)
    return head.eval()


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


def write(model: Model, head: Head, phrases: Sequence[str], path: Path) -> None:
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
    parts.append(file.layer("head", head.out, **linear))
    shape = network.shape
    steps = head.reach * SUBSAMPLING
    context = (shape.left_context + steps, shape.right_context + SUBSAMPLING - 1 + steps)
    plan = {"phrases": list(phrases), "parts": parts, "context_frames": context}
    np.savez_compressed(
        path, plan=json.dumps(plan), prior_mean=model.prior_mean.astype(np.float32), **file.arrays
    )

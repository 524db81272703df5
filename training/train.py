"""Trains the network frame by frame for a given time, and aligns clips with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from training import units
from training.align import Alignment, NetworkAligner
from training.bank import Bank
from training.dataset import IGNORE, WEIGHTS, Batches, Kind, worthwhile
from training.features import CMN_PRIOR_FRAMES, N_MELS, log_mels, normalise
from training.network import SUBSAMPLING, Network, Shape
from training.sequence import SequenceLoss, count_pairs

Draw = Callable[[np.random.Generator], tuple[NDArray[Any], ...]]
"""Draws a batch at random."""

HAS_BFLOAT16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()  # noqa: SLF001 - no public way to ask
"""Half the time a step, where the processor multiplies such numbers; elsewhere they cost more."""

_RAREST_FRAMES = 700
"""A unit with fewer labelled frames (10 ms) shares a target with its phone's commonest unit."""

_AVERAGE_OVER_STEPS = 400
_SHARE_OF_ROWS = 0.7
_ASK_EVERY_SECONDS = 240.0


@dataclass(slots=True)
class Model:
    """A trained network with what is needed to use it."""

    network: Network
    target_of: NDArray[np.int64]
    """Target of every unit, shape (N_UNITS,)."""
    counts: NDArray[np.float64]
    """How often each target was labelled: its prior."""
    prior_mean: NDArray[np.float32]
    """Mean log-mel of the training material."""

    def save(self, path: Path) -> None:
        """Writes a checkpoint, whole or not at all."""
        state = {
            "network": self.network.state_dict(),
            "target_of": torch.from_numpy(self.target_of),
            "counts": torch.from_numpy(self.counts),
            "prior_mean": torch.from_numpy(self.prior_mean),
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    @classmethod
    def read(cls, path: Path) -> Model:
        """Reads a checkpoint."""
        state = torch.load(path, weights_only=True)
        weights = state["network"]
        width, narrow = weights["out.weight"].shape[1], len(weights["blocks.0.down.weight"])
        network = Network(len(state["counts"]), Shape(width=width, narrow=narrow))
        network.load_state_dict(weights)
        arrays = {k: state[k].numpy() for k in ("target_of", "counts", "prior_mean")}
        return cls(network, **arrays)


def unit_frames(kinds: dict[str, Kind], *, as_drawn: bool) -> NDArray[np.float64]:
    """Frames of every unit in the material; `as_drawn`: in a million frames of random batches."""
    frames = np.zeros(units.N_UNITS)
    for name, kind in kinds.items():
        if name in WEIGHTS:
            labels = worthwhile(kind)[1]
            found = np.bincount(labels, minlength=units.N_UNITS)
            frames += found * (1e6 * WEIGHTS[name] / len(labels) if as_drawn else 1.0)
    return frames


def tie_units(frames: NDArray[np.float64]) -> NDArray[np.int64]:
    """The target of every unit: rare units share their phone's commonest."""
    phones = np.array([units.phone_of(u) for u in range(units.N_UNITS)])
    stands_for = np.arange(units.N_UNITS)
    for phone in np.unique(phones):
        members = np.flatnonzero(phones == phone)
        commonest = members[frames[members].argmax()]
        stands_for[members[frames[members] < _RAREST_FRAMES]] = commonest
    return np.unique(stands_for, return_inverse=True)[1]


def target_counts(target_of: NDArray[np.int64], kinds: dict[str, Kind]) -> NDArray[np.float64]:
    """How often each target is drawn: its prior, up to a factor."""
    return np.bincount(target_of, unit_frames(kinds, as_drawn=True))


def target_pairs(target_of: NDArray[np.int64], kinds: dict[str, Kind]) -> NDArray[np.float64]:
    """How often each target follows each a step later, as drawn."""
    n_targets = int(target_of.max()) + 1
    pairs = np.zeros((n_targets, n_targets))
    for name in kinds.keys() & WEIGHTS.keys():
        found = count_pairs(target_of[worthwhile(kinds[name])[1]], n_targets, SUBSAMPLING)
        pairs += WEIGHTS[name] * found / found.sum()
    return pairs


def fresh_model(kinds: dict[str, Kind], shape: Shape | None = None) -> Model:
    """An untrained model whose targets fit the labels."""
    torch.manual_seed(0)
    target_of = tie_units(unit_frames(kinds, as_drawn=False))
    counts = target_counts(target_of, kinds)
    sums = [m.sum(axis=0, dtype=np.float64) for m in kinds["sentences"].features]
    mean = np.sum(sums, axis=0) / sum(len(m) for m in kinds["sentences"].features)
    # Speech is levelled for training and then played 7 dB softer on average.
    prior_mean = (mean - 7 * np.log(10) / 10).astype(np.float32)
    return Model(Network(len(counts), shape), target_of, counts, prior_mean)


class _Endless(IterableDataset[tuple[torch.Tensor, ...]]):
    """Batches without end."""

    def __init__(self, draw: Draw, seed: int) -> None:
        self._draw = draw
        self._seed = seed

    def __iter__(self) -> Iterator[tuple[torch.Tensor, ...]]:
        rng = np.random.default_rng(self._seed)
        while True:
            yield tuple(torch.from_numpy(array) for array in self._draw(rng))


def drawn_ahead(draw: Draw, seed: int) -> DataLoader[tuple[torch.Tensor, ...]]:
    """Batches without end, drawn in a process of its own while the last one is learned from."""
    return DataLoader(_Endless(draw, seed), batch_size=None, num_workers=1)


@dataclass(slots=True)
class BestCheckpoint:
    """A file that holds the model that did best so far: training stops early, looking back."""

    path: Path
    right: float = -1.0

    def offer(self, model: Model, right: float) -> None:
        """Keeps a model of which so much is right, if none before it was as good."""
        if right > self.right:
            self.right = right
            model.save(self.path)


class Trainer:
    """Stochastic gradient steps with a cosine schedule over a fixed time.

    Args:
        model: where to begin.
        batches: what to learn from.
        dev: set-aside speakers, for a report now and then.
        peak_rate: highest learning rate.
        sequence_loss: where given, most of what is minimised; frames are told right or wrong one by
            one for the rest.
    """

    def __init__(
        self,
        model: Model,
        batches: Batches,
        dev: Kind,
        peak_rate: float,
        sequence_loss: SequenceLoss | None = None,
    ) -> None:
        self.model = model
        self._batches = batches
        self._dev = dev
        self._peak_rate = peak_rate
        self._sequence_loss = sequence_loss
        self._optimizer = torch.optim.AdamW(
            model.network.parameters(), peak_rate, weight_decay=5e-3
        )
        self._average: dict[str, Any] = {}

    def run(self, minutes: float, checkpoint: Path, seed: int) -> None:
        """Trains for a time by the clock.

        The averaged weights that did best on the set-aside speakers are left in the model and on
        disk: what comes after them is not kept.
        """
        drawn = drawn_ahead(self._batches.draw, seed)
        best = BestCheckpoint(checkpoint)
        began = asked = time.monotonic()
        recent = []
        for step, (features, unit_labels) in enumerate(drawn, start=1):
            elapsed = time.monotonic() - began
            if elapsed >= minutes * 60:
                break
            self._set_rate(step, elapsed / (minutes * 60))
            recent.append(self._step(features, unit_labels))
            self._update_average(step - 1)
            if step % 100 == 0:
                loss, right = np.mean(recent[-100:], axis=0)
                print(f"step {step} {elapsed:.0f} s loss {loss:.3f} right {right:.3f}", flush=True)
            if time.monotonic() - asked > _ASK_EVERY_SECONDS:
                asked = time.monotonic()
                self._offer_to(best)
        self._offer_to(best)
        self.model = Model.read(checkpoint)

    def _offer_to(self, best: BestCheckpoint) -> None:
        model = self._averaged()
        best.offer(model, self._right(model))

    def _set_rate(self, step: int, progress: float) -> None:
        rate = self._peak_rate * min(1.0, step / 100)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * max(0.01, 0.5 * (1 + np.cos(np.pi * progress)))

    def _step(self, features: torch.Tensor, unit_labels: torch.Tensor) -> tuple[float, float]:
        target_of = torch.from_numpy(self.model.target_of)
        known = unit_labels != IGNORE
        wanted = torch.where(known, target_of[unit_labels.clamp(min=0)], IGNORE)
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
            scores = self.model.network(features).float()
        loss = self._loss(scores, wanted)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.network.parameters(), 2.0)
        self._optimizer.step()
        right = (scores.argmax(dim=1) == wanted)[known].float().mean()
        return loss.item(), right.item()

    def _loss(self, scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        of_frames = functional.cross_entropy(
            scores, wanted, ignore_index=IGNORE, label_smoothing=0.03
        )
        if self._sequence_loss is None:
            return of_frames
        of_rows = self._sequence_loss(functional.log_softmax(scores, dim=1), wanted)
        return _SHARE_OF_ROWS * of_rows + (1 - _SHARE_OF_ROWS) * of_frames

    def _update_average(self, step: int) -> None:
        keep = min(1 - 1 / _AVERAGE_OVER_STEPS, step / (step + 10))
        for name, value in self.model.network.state_dict().items():
            if not value.is_floating_point():
                self._average[name] = value.clone()
            elif name in self._average:
                self._average[name].lerp_(value, 1 - keep)
            else:
                self._average[name] = value.clone()

    def _averaged(self) -> Model:
        network = Network(len(self.model.counts), self.model.network.shape)
        network.load_state_dict(self._average)
        m = self.model
        return Model(network, m.target_of, m.counts, m.prior_mean)

    def _right(self, model: Model) -> float:
        """How many frames of the set-aside speakers are right, by target; told by phone as well."""
        phone_of_target = np.zeros(len(model.counts), int)
        for u in range(units.N_UNITS):
            phone_of_target[model.target_of[u]] = units.phone_of(u)
        same, same_phone = [], []
        for mels, labels in zip(self._dev.features[:150], self._dev.labels[:150], strict=True):
            found = log_posteriors(model, mels.astype(np.float32)).argmax(axis=1)
            known = labels[::SUBSAMPLING][: len(found)]
            found = found[: len(known)][known != IGNORE]
            wanted = model.target_of[known[known != IGNORE]]
            same.append(found == wanted)
            same_phone.append(phone_of_target[found] == phone_of_target[wanted])
        right = float(np.concatenate(same).mean())
        phones = np.concatenate(same_phone).mean()
        print(f"set-aside speakers: {right:.3f} of targets, {phones:.3f} of phones", flush=True)
        return right


@torch.no_grad()
def log_posteriors(model: Model, mels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-probability of every target, shape (steps, targets), one step per three frames."""
    model.network.eval()
    shape = model.network.shape
    normal = normalise(mels, model.prior_mean, CMN_PRIOR_FRAMES)
    around = ((shape.left_context, shape.right_context + SUBSAMPLING - 1), (0, 0))
    padded = np.pad(normal, around, mode="edge")
    inputs = torch.from_numpy(np.ascontiguousarray(padded.T)).reshape(1, N_MELS, -1)
    scores = functional.log_softmax(model.network(inputs)[0], dim=0)
    return scores.numpy().T


def realign(
    model: Model, bank: Bank, alignments: list[Alignment | None], doubted: float = 0.1
) -> list[Alignment | None]:
    """Aligns with the network the clips that have no alignment yet.

    Args:
        model: the network so far.
        bank: the clips.
        alignments: what is known; kept where it is.
        doubted: share of the newly aligned clips that fit their text worst and stay without.
    """
    aligner = NetworkAligner()
    log_prior = np.log((model.counts + 300) / (model.counts + 300).sum())
    found: dict[int, tuple[Alignment, float]] = {}
    for index in (i for i, known in enumerate(alignments) if known is None):
        targets = log_posteriors(model, log_mels(bank.samples(index))) - 0.5 * log_prior
        scores = targets[:, model.target_of].astype(np.float32)
        fit = aligner.align(scores, bank.clips[index].text, SUBSAMPLING)
        if fit is not None:
            found[index] = fit
    least = np.quantile([score for _, score in found.values()], doubted) if found else 0.0
    for index, (alignment, score) in found.items():
        if score > least:
            alignments[index] = alignment
    return alignments

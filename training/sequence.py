"""Trains the network to prefer the right row of sounds to all other rows.

Trained frame by frame alone, a network is too sure of itself and does not learn what decides
between a word and `[unk]`: how well the best *row* of other sounds fits. This is lattice-free
maximum mutual information (Povey et al. 2016, "Purely sequence-trained neural networks for ASR
based on lattice-free MMI") with a bigram of targets for all rows, and the aligned row, a step
early or late, for the right one.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from training.dataset import IGNORE

SCALE = 0.5
"""How much one step of 30 ms counts against the bigram; neighbouring steps tell the same twice."""
_LEAST = 1e-7


class SequenceLoss:
    """Mean over steps of log P(any row) - log P(right row), in nats.

    Args:
        pairs: how often target j follows target i a step later, shape (targets, targets).
    """

    def __init__(self, pairs: NDArray[np.float64]) -> None:
        share = pairs / pairs.sum() + _LEAST
        self._follows = torch.from_numpy(share / share.sum(axis=1, keepdims=True)).float()
        self._prior = torch.from_numpy(share.sum(axis=1)).float()

    def __call__(self, log_posteriors: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Log-posteriors (batch, targets, steps) and what is aligned (batch, steps) to a loss."""
        steps = targets.shape[1]
        scores = SCALE * (log_posteriors - torch.log(self._prior)[:, None])
        tops = scores.detach().amax(dim=1, keepdim=True)
        likelihoods = torch.exp(scores - tops).permute(2, 0, 1)
        right = likelihoods * _allowed(targets, len(self._prior)).permute(1, 0, 2)
        totals = self._log_sums(torch.cat([likelihoods, right], dim=1))
        of_any, of_right = totals.chunk(2)
        return ((of_any - of_right) / steps).mean()

    def _log_sums(self, likelihoods: torch.Tensor) -> torch.Tensor:
        """Forward algorithm over (steps, batch, targets), scaled anew at each step."""
        forward = self._prior * likelihoods[0]
        total = torch.zeros(likelihoods.shape[1])
        for step, likelihood in enumerate(likelihoods):
            if step:
                forward = (forward @ self._follows) * likelihood
            sums = forward.sum(dim=1) + 1e-30
            forward = forward / sums[:, None]
            total = total + torch.log(sums)
        return total


def _allowed(targets: torch.Tensor, n_targets: int) -> torch.Tensor:
    """Which targets may be at each step, (batch, steps, targets): the aligned ones around it."""
    unknown = targets == IGNORE
    marked = torch.zeros(*targets.shape, n_targets + 1)
    marked.scatter_(2, torch.where(unknown, n_targets, targets)[:, :, None], 1.0)
    near = marked.clone()
    near[:, 1:] += marked[:, :-1]
    near[:, :-1] += marked[:, 1:]
    is_anything = near[:, :, n_targets:] > 0
    return ((near[:, :, :n_targets] > 0) | is_anything).float()


def count_pairs(rows: NDArray[np.int64], n_targets: int, stride: int) -> NDArray[np.float64]:
    """How often target j stands `stride` frames after target i in a row of targets."""
    pairs = np.zeros((n_targets, n_targets))
    np.add.at(pairs, (rows[:-stride], rows[stride:]), 1.0)
    return pairs

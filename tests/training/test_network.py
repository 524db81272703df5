"""The network's growth and the loss over rows of sounds; skipped without the training extra."""

from itertools import pairwise, product

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from training.dataset import IGNORE
from training.network import Block, Network, Shape, grown
from training.sequence import SCALE, SequenceLoss, count_pairs

_BLOCKS = (Block(3, 3), Block(6, 0))


def test_a_grown_network_computes_the_same() -> None:
    small = Network(5, Shape(first=4, width=6, narrow=3, blocks=_BLOCKS))
    large = grown(small, Shape(first=4, width=9, narrow=5, blocks=_BLOCKS))
    features = torch.randn(2, 40, 60)

    assert torch.allclose(small.eval()(features), large.eval()(features), atol=1e-6)


def test_pairs_are_counted_a_step_apart() -> None:
    pairs = count_pairs(np.array([0, 0, 1, 1, 2]), 3, stride=2)

    assert pairs.tolist() == [[0, 2, 0], [0, 0, 1], [0, 0, 0]]


def _brute_force(
    scores: np.ndarray, pairs: np.ndarray, allowed: list[set[int]]
) -> tuple[float, float]:
    """Log-sums over all rows of targets, and over those allowed."""
    prior = pairs.sum(axis=1)
    follows = pairs / prior[:, None]
    of_any = of_allowed = 0.0
    for row in product(range(len(prior)), repeat=len(allowed)):
        weight = prior[row[0]] * np.prod([follows[a, b] for a, b in pairwise(row)])
        weight *= np.exp(sum(scores[target, step] for step, target in enumerate(row)))
        of_any += weight
        if all(target in may_be for target, may_be in zip(row, allowed, strict=True)):
            of_allowed += weight
    return np.log(of_any), np.log(of_allowed)


@pytest.mark.parametrize(
    ("aligned", "allowed"),
    [
        ([0, 1, 2, 2], [{0, 1}, {0, 1, 2}, {1, 2}, {2}]),
        ([0, 0, IGNORE, 1], [{0}, {0, 1, 2}, {0, 1, 2}, {0, 1, 2}]),
    ],
)
def test_loss_is_how_much_likelier_any_row_is_than_the_right_ones(
    aligned: list[int], allowed: list[set[int]]
) -> None:
    rng = np.random.default_rng(1)
    pairs = rng.uniform(0.1, 1, (3, 3))
    pairs /= pairs.sum()
    log_posteriors = np.log(rng.dirichlet(np.ones(3), size=4)).T
    of_any, of_right = _brute_force(
        SCALE * (log_posteriors - np.log(pairs.sum(axis=1))[:, None]), pairs, allowed
    )

    loss = SequenceLoss(pairs)(
        torch.from_numpy(log_posteriors)[None].float(), torch.tensor([aligned])
    )

    assert loss.item() == pytest.approx((of_any - of_right) / 4, abs=1e-4)

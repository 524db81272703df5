"""Training; skipped where torch is not installed."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from training.features import N_MELS
from training.network import SMALL, Network
from training.train import BestCheckpoint, Model


def _model(number: int) -> Model:
    """One that is told apart by its counts."""
    counts = np.array([number, 1.0])
    return Model(Network(2, SMALL), np.zeros(3, np.int64), counts, np.zeros(N_MELS, np.float32))


def test_what_did_best_on_the_set_aside_speakers_is_kept(tmp_path: Path) -> None:
    best = BestCheckpoint(tmp_path / "stage.pt")

    for number, right in enumerate([0.0, 0.61, 0.7, 0.64, 0.7]):
        best.offer(_model(number), right)

    assert Model.read(best.path).counts[0] == 2

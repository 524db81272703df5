import json
import os
import shutil
from pathlib import Path

import pytest

from voiceguide.commands.ears import (
    CALIBRATION_FILE,
    WITNESS_FILE,
    Calibration,
    load_calibration,
)
from voiceguide.commands.resources import SHIPPED_MODEL, shipped_models_dir
from voiceguide.core.acceptance import AcceptanceSettings
from voiceguide.errors import ModelError
from voiceguide.runtime.command_recognizers import PhraseWeights


def _write(folder: Path, text: str) -> None:
    (folder / CALIBRATION_FILE).write_text(text)


def test_a_model_without_calibration_has_the_defaults(tmp_path: Path) -> None:
    assert load_calibration(tmp_path) == Calibration()


def test_a_models_calibration_is_read(tmp_path: Path) -> None:
    tables = {
        "acceptance": {"quick_silence_seconds": 0.1},
        "weights": {"single_words": 5, "unknown": 2, "decoys": ["known", "nine"]},
    }
    _write(tmp_path, json.dumps(tables))

    calibration = load_calibration(tmp_path)

    assert calibration.acceptance == AcceptanceSettings(quick_silence_seconds=0.1)
    assert calibration.weights == PhraseWeights(5, 2, ("known", "nine"))
    assert calibration.endpointing == Calibration().endpointing


@pytest.mark.parametrize("text", ["{", "[]", '{"acceptance": {"no_such_setting": 1}}'])
def test_a_broken_calibration_says_what_to_do(tmp_path: Path, text: str) -> None:
    _write(tmp_path, text)

    with pytest.raises(ModelError, match="remove it to use the defaults"):
        load_calibration(tmp_path)


def test_a_witness_that_was_cut_short_says_what_to_do(tmp_path: Path) -> None:
    shutil.copy(shipped_models_dir() / SHIPPED_MODEL / WITNESS_FILE, tmp_path)
    os.truncate(tmp_path / WITNESS_FILE, 50)

    with pytest.raises(ModelError, match="install the model again"):
        load_calibration(tmp_path)

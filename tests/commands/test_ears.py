import json
import os
import shutil
from pathlib import Path

import pytest

from voiceguide.commands.ears import (
    CALIBRATION_FILE,
    WEIGHTS_FILE,
    WITNESS_FILE,
    Calibration,
    load_calibration,
)
from voiceguide.commands.resources import SHIPPED_MODEL, shipped_models_dir
from voiceguide.content.language import load_language
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


def test_weights_that_were_cut_short_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS_FILE).write_text("# learnt\n(start)\t-3\nnumb\t2\nting")

    with pytest.raises(ModelError, match="install the model again"):
        load_calibration(tmp_path)


def test_weights_without_a_bound_say_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS_FILE).write_text("(start)\t-3\nnumb\t2\n")

    with pytest.raises(ModelError, match="a bound is missing"):
        load_calibration(tmp_path)


SHIPPED = load_calibration(shipped_models_dir() / SHIPPED_MODEL)


@pytest.mark.parametrize(
    "text",
    [
        "my leg feels numb",
        "it's going numb again",
        "there is tingling in my arm",
        "my hand is numb",
    ],
)
def test_the_shipped_model_s_weights_doubt_no_plain_red_flag(text: str) -> None:
    assert SHIPPED.heard is not None
    assert not SHIPPED.heard.is_unlikely(text.split())


def test_no_command_is_suspicious_to_the_shipped_model() -> None:
    assert SHIPPED.heard is not None
    phrases = load_language("en").grammar.meanings

    assert [phrase for phrase in phrases if SHIPPED.heard.reason(phrase.split())] == []

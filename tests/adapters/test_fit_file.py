import json
from pathlib import Path

import numpy as np
import pytest

from voiceguide.adapters.fit_file import FitFile, Fitted
from voiceguide.audio.word_templates import WordTemplates
from voiceguide.core.fit import Fit
from voiceguide.core.intents import Intent
from voiceguide.errors import UsageError

FIT = Fit({"text": Intent.NEXT}, {"back": "previous"}, -70.0, 0.75, 1.5, "a-model")


def _broken(thresholds: str, examples: str) -> str:
    start = '{"version": 2, "model": "", "witness": "", "aliases": {}, "instead": {}'
    return f'{start}, "thresholds": {thresholds}, "examples": {examples}}}'


@pytest.fixture
def file(tmp_path: Path) -> FitFile:
    return FitFile(tmp_path / "new" / "fit.json")


def test_what_was_saved_is_loaded(file: FitFile) -> None:
    impression = np.linspace(-1, 1, 12, dtype=np.float32)
    file.save(Fitted(FIT, WordTemplates({"next": impression}, "a-witness")))
    loaded = file.load()

    assert loaded is not None
    assert loaded.fit == FIT
    assert loaded.templates.witness == "a-witness"
    assert np.abs(loaded.templates.words["next"] - impression).max() < 1e-4


def test_of_a_file_of_the_version_before_all_but_the_examples_is_kept(file: FitFile) -> None:
    file.save(Fitted(FIT))
    stored = json.loads(file.path.read_text())
    stored |= {"version": 1, "examples": {"next": [[1, 2], [3, 4]]}}
    file.path.write_text(json.dumps(stored))

    assert file.load() == Fitted(FIT)


def test_a_fit_of_nothing_is_loaded_as_it_was(file: FitFile) -> None:
    file.save(Fitted())
    loaded = file.load()

    assert loaded is not None
    assert loaded.fit == Fit()
    assert loaded.templates.words == {}


def test_a_person_can_read_the_file(file: FitFile) -> None:
    file.save(Fitted(FIT))

    assert ' "aliases": {"text": "next"},\n' in file.path.read_text()


def test_nothing_else_is_left_in_the_folder(file: FitFile) -> None:
    file.save(Fitted(FIT))

    assert [path.name for path in file.path.parent.iterdir()] == ["fit.json"]


def test_without_a_file_nothing_is_known(file: FitFile) -> None:
    assert file.load() is None
    assert not file.forget()


def test_a_forgotten_fit_is_gone(file: FitFile) -> None:
    file.save(Fitted(FIT))

    assert file.forget()
    assert file.load() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "\x00",
        '{"version": 3}',
        '{"version": 2}',
        '{"version": 2, "model": "", "aliases": {"a": "dance"}, "instead": {}, "thresholds": {}}',
        _broken("{}", '{"next": [[1, 2]]}'),
        _broken("{}", '{"next": []}'),
        _broken('{"min_level_dbfs": "loud"}', "{}"),
        _broken('{"min_level_dbfs": NaN}', "{}"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(file: FitFile, text: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(text)

    with pytest.raises(UsageError, match="--forget") as caught:
        file.load()
    assert "\n" not in str(caught.value)

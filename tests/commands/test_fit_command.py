"""`voiceguide fit` without sound devices, and what the other commands make of its file."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.audio.test_word_witness import loudness_witness, noise
from tests.voiceguide_process import voiceguide
from voiceguide.adapters.fit_file import FitFile, Fitted
from voiceguide.audio.pcm import Samples
from voiceguide.audio.word_templates import WordTemplates
from voiceguide.commands.doctor import _fit
from voiceguide.commands.ears import Calibration
from voiceguide.commands.fit import Takes
from voiceguide.commands.fitted import (
    calibration_as_fitted,
    examples_of,
    load_fitted,
    world_as_fitted,
)
from voiceguide.content.language import load_language
from voiceguide.core.fit import Fit
from voiceguide.core.fitting import KeepFit
from voiceguide.core.intents import Intent
from voiceguide.errors import ExitCode
from voiceguide.ports import Hypothesis
from voiceguide.runtime.own_words import ExampleSettings
from voiceguide.runtime.utterance import Utterance

MODEL = Path("some/model")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICEGUIDE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def file(home: Path) -> FitFile:
    return FitFile(home / "state" / "fit.json")


class NothingHeard:
    """A model whose recognizers hear nothing; keeps what they were asked to listen for."""

    def __init__(self) -> None:
        self.phrases: list[str] = []

    def recognizer(self, phrases: Sequence[str] | None) -> "NothingHeard":
        self.phrases = list(phrases or ())
        return self

    def missing_words(self, phrases: Sequence[str]) -> list[str]:  # noqa: ARG002 - the port's
        return []

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        return Hypothesis("")

    def finish(self) -> Hypothesis:
        return Hypothesis("")


def test_without_a_sound_device_it_says_so_in_one_sentence(home: Path) -> None:
    done = voiceguide("fit", home=home)

    assert done.code == ExitCode.NO_AUDIO_DEVICE
    assert len(done.err.splitlines()) == 1


def test_without_a_model_it_says_so_in_one_sentence(home: Path) -> None:
    done = voiceguide("fit", "--model", "nowhere", home=home)

    assert done.code == ExitCode.MODEL_OR_VOICE_MISSING
    assert len(done.err.splitlines()) == 1


def test_what_was_learned_can_be_forgotten(home: Path, file: FitFile) -> None:
    file.save(Fitted(Fit(instead={"next": "skip"})))

    assert voiceguide("fit", "--forget", home=home).out == "Forgotten.\n"
    assert not file.path.exists()
    assert voiceguide("fit", "--forget", home=home).out == "There is nothing to forget.\n"


def test_a_broken_file_is_told_and_ignored(file: FitFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text("{")
    told: list[str] = []

    assert load_fitted(told.append) == Fitted()
    assert len(told) == 1


def test_aliases_hold_for_the_model_that_heard_them() -> None:
    world = load_language().world(())
    fitted = Fitted(Fit(aliases={"text": Intent.NEXT}, model="model"))
    everything = frozenset(Intent)

    assert world_as_fitted(world, fitted, MODEL).grammar.match("text", everything) is not None
    assert world_as_fitted(world, fitted, Path("other")) is world


def test_thresholds_hold_for_every_model() -> None:
    fitted = Fitted(Fit(min_level_dbfs=-70.0))

    assert calibration_as_fitted(Calibration(), fitted).acceptance.min_level_dbfs == -70.0


def test_doctor_says_whether_the_voice_is_fitted(file: FitFile) -> None:
    (before,) = _fit(argparse.Namespace())
    file.save(Fitted(Fit(instead={"next": "skip"})))
    (after,) = _fit(argparse.Namespace())

    assert "voiceguide fit" in before.found
    assert 'Say "skip" for "next".' in after.found
    assert before.mend == after.mend == ""


def test_the_chosen_takes_become_examples() -> None:
    witness = loudness_witness()
    takes = Takes(witness)
    spoken = takes.tried(
        Utterance(0.0, 0.5, 0.7, "next", accepted=True, reason="", said="text"), noise(0.5, 0.1)
    )
    too_long = takes.tried(
        Utterance(1.0, 4.0, 4.2, "back", accepted=True, reason=""), noise(3.0, 0.1)
    )
    templates = takes.templates(
        KeepFit(Fit(), {Intent.NEXT: spoken.take, Intent.BACK: too_long.take})
    )

    assert (spoken.text, spoken.said, spoken.seconds) == ("next", "text", 0.5)
    assert set(templates.words) == {"next"}
    assert templates.witness == witness.mark


def test_without_a_witness_there_are_no_examples() -> None:
    takes = Takes(None)
    tried = takes.tried(Utterance(0.0, 0.5, 0.7, "next", accepted=True, reason=""), noise(0.5, 0.1))

    assert takes.templates(KeepFit(Fit(), {Intent.NEXT: tried.take})) == WordTemplates({})


def test_examples_count_only_for_a_model_with_which_a_gain_was_measured() -> None:
    witness = loudness_witness()
    word = np.ones(3, dtype=np.float32)
    two = Fitted(templates=WordTemplates({"next": word, "back": word}, witness.mark))
    one = Fitted(templates=WordTemplates({"next": word}, witness.mark))
    foreign = Fitted(templates=WordTemplates({"next": word, "back": word}, "another"))
    measured = Calibration(witness=witness, examples=ExampleSettings())

    assert examples_of(two, measured) is not None
    assert examples_of(two, Calibration(witness=witness)) is None
    assert examples_of(two, Calibration(examples=ExampleSettings())) is None
    assert examples_of(one, measured) is None
    assert examples_of(foreign, measured) is None

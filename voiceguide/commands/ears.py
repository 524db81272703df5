"""Builds a listener from a model and a language: what `run`, `rehearse` and `hear` share.

Thresholds that depend on the model stand in `calibration.json` beside it, written by
`benchmarks/hearing.py`; without that file the defaults hold.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

from voiceguide.adapters.silero_activity import SileroActivity
from voiceguide.audio.endpointing import EndpointSettings
from voiceguide.audio.word_witness import WordWitness, read_witness
from voiceguide.content.red_flag_lexicon import parse_weights
from voiceguide.core.acceptance import Acceptance, AcceptanceSettings
from voiceguide.core.grammar import Grammar
from voiceguide.core.red_flags import RedFlagLexicon
from voiceguide.core.second_opinion import OpinionSettings, SecondOpinion
from voiceguide.core.suspicion import Suspicion
from voiceguide.errors import ModelError
from voiceguide.ports import EchoCanceller, Examples, RecognizerFactory
from voiceguide.runtime.command_recognizers import CommandRecognizers, PhraseWeights
from voiceguide.runtime.front_end import NoEchoCanceller
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.own_words import ExampleSettings
from voiceguide.runtime.second_hearing import SecondHearing

CALIBRATION_FILE = "calibration.json"
WITNESS_FILE = "witness.npz"
WEIGHTS_FILE = "red_flag_weights.tsv"

_Settings = TypeVar(
    "_Settings",
    AcceptanceSettings,
    EndpointSettings,
    PhraseWeights,
    OpinionSettings,
    ExampleSettings,
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was tuned for one model.

    `heard`: weights of what the model makes of red flags and of talk, see
    `training/heard_weights.py`; None: those of texts.
    `examples`: when a user's own example of a word counts, see `benchmarks/fitting.py --tune`;
    None: never.
    """

    acceptance: AcceptanceSettings = field(default_factory=AcceptanceSettings)
    endpointing: EndpointSettings = field(default_factory=EndpointSettings)
    weights: PhraseWeights = field(default_factory=PhraseWeights)
    opinion: OpinionSettings = field(default_factory=OpinionSettings)
    witness: WordWitness | None = None
    heard: Suspicion | None = None
    examples: ExampleSettings | None = None


def load_calibration(model: Path) -> Calibration:
    """Read the model's calibration, the defaults where it has none, and its second witness.

    Raises:
        ModelError: a file is not what `benchmarks/hearing.py` or `training.witness` writes.
    """
    witness, heard = _load_witness(model / WITNESS_FILE), _load_weights(model / WEIGHTS_FILE)
    path = model / CALIBRATION_FILE
    if not path.is_file():
        return Calibration(witness=witness, heard=heard)
    try:
        tables = json.loads(path.read_text(encoding="utf-8"))
        return Calibration(
            acceptance=_settings(AcceptanceSettings, tables.get("acceptance", {})),
            endpointing=_settings(EndpointSettings, tables.get("endpointing", {})),
            weights=_settings(PhraseWeights, _with_tuples(tables.get("weights", {}))),
            opinion=_settings(OpinionSettings, tables.get("opinion", {})),
            witness=witness,
            heard=heard,
            examples=(
                _settings(ExampleSettings, tables["examples"]) if "examples" in tables else None
            ),
        )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path} can't be used ({error}): remove it to use the defaults."
        ) from None


def _load_weights(path: Path) -> Suspicion | None:
    if not path.is_file():
        return None
    try:
        return parse_weights(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be used ({error}): install the model again.") from None


def _load_witness(path: Path) -> WordWitness | None:
    if not path.is_file():
        return None
    try:
        return read_witness(path)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"{path} can't be used ({error}): install the model again.") from None


def _settings(kind: type[_Settings], table: Mapping[str, Any]) -> _Settings:
    unknown = set(table) - {each.name for each in fields(kind)}
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return kind(**table)


def _with_tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as tuples: what a frozen value may hold."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}


def build_listener(
    model: RecognizerFactory,
    grammar: Grammar,
    red_flags: RedFlagLexicon,
    calibration: Calibration | None = None,
    echo_canceller: EchoCanceller | None = None,
    examples: Examples | None = None,
) -> Listener:
    """A listener of its own, for one thread and one stream; the model may be shared."""
    calibration = calibration or Calibration()
    ears = Ears(
        activity=SileroActivity(),
        commands=CommandRecognizers(model.recognizer, grammar, calibration.weights),
        red_flags=model.recognizer(None),
        echo_canceller=echo_canceller or NoEchoCanceller(),
        witness=calibration.witness,
        examples=examples,
        second_hearing=SecondHearing(model.recognizer, calibration.weights.unknown_again),
    )
    rules = Acceptance(grammar, calibration.acceptance)
    opinion = SecondOpinion(grammar, rules, calibration.opinion)
    judge = red_flags.with_weights(calibration.heard) if calibration.heard else red_flags
    return Listener(ears, rules, judge, calibration.endpointing, opinion)

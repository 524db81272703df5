"""Builds a listener from a model and a language: what `run`, `rehearse` and `hear` share.

Thresholds that depend on the model stand in `calibration.json` beside it, written by
`benchmarks/hearing.py`; without that file the defaults hold.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from voiceguide.adapters.silero_activity import SileroActivity
from voiceguide.audio.endpointing import EndpointSettings
from voiceguide.core.acceptance import Acceptance, AcceptanceSettings
from voiceguide.core.grammar import Grammar
from voiceguide.errors import ModelError
from voiceguide.ports import EchoCanceller, RecognizerFactory, Examples
from voiceguide.runtime.listener import (
    CommandRecognizers,
    Ears,
    Listener,
    NoEchoCanceller,
    PhraseWeights,
    RedFlagJudge,
)
from voiceguide.runtime.own_words import ExampleSettings

CALIBRATION_FILE = "calibration.json"

_Settings = TypeVar(
    "_Settings", AcceptanceSettings, EndpointSettings, PhraseWeights, ExampleSettings
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was tuned for one model.

    `examples`: when a user's own example of a word counts, see `benchmarks/fitting.py --tune`;
    None: never.
    """

    acceptance: AcceptanceSettings = field(default_factory=AcceptanceSettings)
    endpointing: EndpointSettings = field(default_factory=EndpointSettings)
    weights: PhraseWeights = field(default_factory=PhraseWeights)
    examples: ExampleSettings | None = None


def load_calibration(model: Path) -> Calibration:
    """Read the model's calibration; the defaults where it has none.

    Raises:
        ModelError: the file is not what `benchmarks/hearing.py` writes.
    """
    path = model / CALIBRATION_FILE
    if not path.is_file():
        return Calibration()
    try:
        tables = json.loads(path.read_text(encoding="utf-8"))
        return Calibration(
            acceptance=_settings(AcceptanceSettings, tables.get("acceptance", {})),
            endpointing=_settings(EndpointSettings, tables.get("endpointing", {})),
            weights=_settings(PhraseWeights, _with_tuples(tables.get("weights", {}))),
            examples=_settings(ExampleSettings, tables["examples"]) if "examples" in tables else None,
        )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path} can't be used ({error}): remove it to use the defaults."
        ) from None


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
    red_flags: RedFlagJudge,
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
        examples=examples,
    )
    return Listener(
        ears, Acceptance(grammar, calibration.acceptance), red_flags, calibration.endpointing
    )

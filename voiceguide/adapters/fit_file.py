"""What was learnt of one user's voice: a small JSON file that a person can read and remove.

It holds no sound. `examples` are impressions, from which a word can be known again but not played.
"""

import json
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from voiceguide.audio.word_templates import WordTemplates
from voiceguide.audio.word_witness import Impression
from voiceguide.core.fit import Fit
from voiceguide.core.intents import Intent
from voiceguide.errors import UsageError

VERSION = 2
_WITHOUT_IMPRESSIONS = 1  # the version before: its examples can't be compared any more
_SCALE = 10_000  # ten-thousandths: an impression is of length 1
_THRESHOLDS = ("min_level_dbfs", "min_voice_probability", "first_word_seconds")
_MEND = "It is ignored; `voiceguide fit` makes a new one, `voiceguide fit --forget` removes it."


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit, and examples of words by which they can be known again."""

    fit: Fit = field(default_factory=Fit)
    templates: WordTemplates = field(default_factory=lambda: WordTemplates({}))


class FitFile:
    """Reads, writes and removes the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Fitted | None:
        """What was learnt; None where nothing was.

        Raises:
            UsageError: the file is not what `voiceguide fit` writes.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            raise self._unusable() from None
        try:
            return _fitted(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._unusable() from None

    def save(self, fitted: Fitted) -> None:
        """Write it whole or not at all.

        Raises:
            OSError: the disk refuses.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(_text(fitted))
            Path(name).replace(self.path)
        finally:
            Path(name).unlink(missing_ok=True)

    def forget(self) -> bool:
        """Remove the file; False where there is none.

        Raises:
            UsageError: the disk refuses.
        """
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise UsageError(f"{self.path} can't be removed: {error.strerror}.") from None
        return True

    def _unusable(self) -> UsageError:
        return UsageError(f"What was learned of your voice in {self.path} can't be used: {_MEND}")


def _fitted(stored: Any) -> Fitted:
    version = stored["version"]
    if version not in (VERSION, _WITHOUT_IMPRESSIONS):
        raise ValueError("another version")
    thresholds = {name: _number(stored["thresholds"].get(name)) for name in _THRESHOLDS}
    fit = Fit(
        aliases=MappingProxyType({str(k): Intent(v) for k, v in stored["aliases"].items()}),
        instead=MappingProxyType({str(k): str(v) for k, v in stored["instead"].items()}),
        model=str(stored["model"]),
        **thresholds,
    )
    if version == _WITHOUT_IMPRESSIONS:
        return Fitted(fit)
    examples = {str(k): _impression(v) for k, v in stored["examples"].items()}
    return Fitted(fit, WordTemplates(examples, str(stored["witness"])))


def _number(value: object) -> float | None:
    if value is None:
        return None
    number = float(str(value))
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _impression(values: object) -> Impression:
    impression = np.asarray(values, dtype=np.float32) / np.float32(_SCALE)
    if impression.ndim != 1 or not impression.size or not np.isfinite(impression).all():
        raise ValueError("no impression")
    return impression


def _text(fitted: Fitted) -> str:
    """One line for each value, so that a person can read it."""
    fit = fitted.fit
    wanted = {name: getattr(fit, name) for name in _THRESHOLDS}
    table: Mapping[str, object] = {
        "version": VERSION,
        "model": fit.model,
        "witness": fitted.templates.witness,
        "aliases": dict(fit.aliases),
        "instead": dict(fit.instead),
        "thresholds": {name: value for name, value in wanted.items() if value is not None},
    }
    parts = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in table.items()]
    examples = [
        f"  {json.dumps(word)}: {json.dumps(np.rint(template * _SCALE).astype(int).tolist())}"
        for word, template in fitted.templates.words.items()
    ]
    joined = ",\n".join(examples)
    parts.append(f' "examples": {{\n{joined}\n }}' if examples else ' "examples": {}')
    return "{\n" + ",\n".join(parts) + "\n}\n"

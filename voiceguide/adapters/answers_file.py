"""Clear answers of the last screenings: one small JSON file, written whole or not at all.

It exists only while answers are kept. A file that can't be read, or holds nonsense, holds no
answers: then every question is asked.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from voiceguide.core.last_answers import ClearNo
from voiceguide.core.routine import Audience

_MOST_BYTES = 100_000


class AnswersFile:
    """Reads and writes what was denied, by audience."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[ClearNo, ...]:
        """All that is kept."""
        return tuple(answer for answers in self._read().values() for answer in answers)

    def replace(self, audience: Audience, answers: tuple[ClearNo, ...]) -> None:
        """Keep these for an audience in place of its earlier ones; nothing left: no file.

        A disk that refuses costs the memory of them: what can't be replaced is removed.
        """
        kept = {**self._read(), audience: answers}
        try:
            if any(kept.values()):
                self._write(kept)
            else:
                self._path.unlink(missing_ok=True)
        except OSError:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _write(self, kept: dict[Audience, tuple[ClearNo, ...]]) -> None:
        table = {
            audience.value: [
                {"day": date.fromordinal(answer.day).isoformat(), "no_to": answer.ask}
                for answer in answers
            ]
            for audience, answers in kept.items()
            if answers
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(table, file, indent=2)
            Path(name).replace(self._path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _read(self) -> dict[Audience, tuple[ClearNo, ...]]:
        try:
            with self._path.open(encoding="utf-8") as file:
                table = json.loads(file.read(_MOST_BYTES))
            return {Audience(name): tuple(_answers(entries)) for name, entries in table.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}


def _answers(entries: list[dict[str, object]]) -> Iterator[ClearNo]:
    for entry in entries:
        ask = entry["no_to"]
        if not isinstance(ask, str):
            raise TypeError(ask)
        yield ClearNo(date.fromisoformat(str(entry["day"])).toordinal(), ask)

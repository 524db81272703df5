"""`config.toml`: what only the user can know, such as the number to call in an emergency.

Unlike the settings that the guide remembers by itself, this file is written by a person, so a
mistake in it is told, with its line and how to mend it, and never passed over: a number that is
silently ignored would be missed when it is needed.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voiceguide.errors import ContentError, Problem

_TOML_LINE = re.compile(r"line (\d+)")
_NUMBER = re.compile(r"[0-9][0-9 -]{0,18}[0-9]")
_ANSWER_SECONDS = (5, 60)


@dataclass(frozen=True, slots=True)
class Config:
    """The user's own settings.

    Attributes:
        emergency_number: digits only; empty where it is not set, and then never guessed.
        answer_seconds: silence after a question that counts as no answer, 5 to 60 s; None: usual.
    """

    emergency_number: str = ""
    answer_seconds: float | None = None


def load_config(path: Path) -> Config:
    """Read the file; a missing one is an empty one.

    Raises:
        ContentError: with every problem found in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        what = f"This file can't be read ({error})."
        raise ContentError(Problem(str(path), 1, "", what, "Make it a text file.")) from None
    table = _parsed(path, text)
    problems = [_problem(path, text, name, fault) for name, fault in _faults(table)]
    if problems:
        raise ContentError(*problems)
    seconds = table.get("answer_seconds")
    return Config(
        emergency_number=_digits(table.get("emergency_number", "")),
        answer_seconds=None if seconds is None else float(seconds),  # type: ignore[arg-type]
    )


def _parsed(path: Path, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else max(1, text.count("\n"))
        what = f"This is not TOML: {error}."
        mend = 'Write a line such as: emergency_number = "112"'
        raise ContentError(Problem(str(path), line, "", what, mend)) from None


def _faults(table: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each field that can't be used: what is wrong, and how to mend it."""
    for name, value in table.items():
        check = _CHECKS.get(name)
        if check is None:
            yield name, ("There is no such setting.", f"Use {' or '.join(_CHECKS)}.")
        elif (fault := check(value)) is not None:
            yield name, fault


def _number_fault(value: object) -> tuple[str, str] | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is not None:
        return None
    mend = 'Write its digits in quotes, as in: emergency_number = "112"'
    return "This is no telephone number.", mend


def _seconds_fault(value: object) -> tuple[str, str] | None:
    least, most = _ANSWER_SECONDS
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and least <= float(str(value)) <= most:
        return None
    return "This is no usable time.", f"Write a number of seconds from {least} to {most}."


_CHECKS: Mapping[str, Callable[[object], tuple[str, str] | None]] = {
    "emergency_number": _number_fault,
    "answer_seconds": _seconds_fault,
}


def _digits(value: object) -> str:
    return "".join(c for c in str(value) if c.isdigit())


def _problem(path: Path, text: str, name: str, fault: tuple[str, str]) -> Problem:
    begins = re.compile(rf"^\s*\[*\s*[\"']?{re.escape(name)}\b")
    lines = text.splitlines()
    line = next((i for i, each in enumerate(lines, start=1) if begins.match(each)), 1)
    what, mend = fault
    return Problem(str(path), line, name, what, mend)

"""`unsafe_words.yaml` to patterns: the words by which a routine's text would harm."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from voiceguide.content.mends import schema_problems
from voiceguide.content.routine_schema import FileModel, Screen, Text
from voiceguide.content.yaml_lines import read_document
from voiceguide.errors import ContentError

PATH = Path(__file__).with_name("unsafe_words.yaml")

_LIST = re.compile(r"<([a-z_]+)>")
_GAP = " ... "
_FIVE_WORDS = r",? (?:[\w'-]+,? ){0,5}?"

_Lines: TypeAlias = Annotated[list[Text], Field(min_length=1)]


class _WordingFile(FileModel):
    what: Text
    mend: Text
    say: _Lines
    unless: _Lines
    only_with_days_between: bool = False


class _File(FileModel):
    lists: dict[str, _Lines]
    wordings: list[_WordingFile]
    topics: dict[Annotated[Screen, Field(strict=False)], Text]


@dataclass(frozen=True, slots=True)
class Wording:
    """Something never to be said, what is wrong with it, and the mend.

    After `unless`, in the same clause, it is a warning.
    """

    what: str
    mend: str
    say: re.Pattern[str]
    unless: re.Pattern[str]
    only_with_days_between: bool


@dataclass(frozen=True, slots=True)
class UnsafeWords:
    """All of the file, to be looked for in text as `spoken_clauses.plain` leaves it."""

    lists: Mapping[str, re.Pattern[str]]
    wordings: tuple[Wording, ...]
    topics: Mapping[Screen, re.Pattern[str]]


@cache
def unsafe_words() -> UnsafeWords:
    """The words that ship."""
    return read_unsafe_words(PATH)


def read_unsafe_words(path: Path) -> UnsafeWords:
    """Reads the words from a file.

    Raises:
        ContentError: a field is missing or of the wrong kind.
    """
    document = read_document(path)
    try:
        file = TypeAdapter(_File).validate_python(document.value)
    except ValidationError as error:
        raise ContentError(*schema_problems(error, document)) from None
    sources = _spliced(file.lists)
    return UnsafeWords(
        {name: _pattern(source) for name, source in sources.items()},
        tuple(_wording(entry, sources) for entry in file.wordings),
        {screen: _pattern(line) for screen, line in file.topics.items()},
    )


def _wording(entry: _WordingFile, sources: Mapping[str, str]) -> Wording:
    say, unless = (_pattern(_source(lines, sources)) for lines in (entry.say, entry.unless))
    return Wording(entry.what, entry.mend, say, unless, entry.only_with_days_between)


def _spliced(lists: Mapping[str, list[str]]) -> dict[str, str]:
    """Each list as one pattern; those it names stand before it."""
    sources: dict[str, str] = {}
    for name, lines in lists.items():
        sources[name] = _source(lines, sources)
    return sources


def _source(lines: list[str], sources: Mapping[str, str]) -> str:
    text = "|".join(lines)
    return _LIST.sub(lambda found: f"(?:{sources[found[1]]})", text)


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{source})(?!\w)".replace(_GAP, _FIVE_WORDS))

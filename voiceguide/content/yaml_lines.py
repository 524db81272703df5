"""Reads one YAML file into plain values and remembers each value's line.

Less than YAML on purpose: no anchors, tags, tabs or second documents, and only `true`, `false`,
`null` and plain numbers are anything but text. So `yes` stays a word, `1:30` is not ninety, and a
file can neither grow in memory nor name a Python object. Works on the parser's events; nothing is
constructed by PyYAML.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, cast

import yaml

from voiceguide.errors import ContentError, Problem

MAX_BYTES = 1_000_000
"""A routine has some 20 kB; whatever is far larger was named by mistake."""

MAX_DEPTH = 16
"""Nesting that no routine reaches, and far below where Python's stack would end."""

Yaml: TypeAlias = "bool | int | float | str | list[Yaml] | dict[str, Yaml] | None"
Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands: keys, and list positions counted from 0."""

# libyaml parses some ten times faster, and start-up reads every shipped routine.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS: Mapping[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
# At most 15 digits: more is an identifier or an attack, not a number.
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_SYNTAX_MENDS = (
    ("mapping values", "Put a text that contains a colon in quotes."),
    ("block mapping", "Line up the fields of one block under one another."),
    ("block collection", "Line up the items of one list under one another."),
    ("quoted scalar", "Close the quotation mark."),
    ("flow", "Close the bracket, or put a comma between the items."),
    ("cannot start any token", "Put a text that begins with a special sign in quotes."),
    ("expected ':'", "Write a colon and a space after the field's name."),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and the line (from 1) on which each of them stands."""

    path: str
    value: Yaml
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of a value; for one that is absent, the line of what should hold it."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, what: str, mend: str) -> Problem:
        """A problem at that place; list positions are shown counted from 1, as steps are spoken."""
        shown = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        return Problem(self.path, self.line(place), shown, what, mend)


def read_document(path: Path) -> Document:
    """Reads a YAML file.

    Raises:
        ContentError: the file can't be read, or is not the YAML we take.
    """
    name = str(path)
    text = _read_text(path)
    _refuse_characters(name, text)
    try:
        return _Builder(name, yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        raise ContentError(_syntax_problem(name, error)) from None
    except yaml.YAMLError:
        raise _refused(
            name, 1, "This is not valid YAML.", "Retype the line with its signs."
        ) from None


def _read_text(path: Path) -> str:
    name = str(path)
    try:
        if not path.exists():
            raise _refused(name, 1, "There is no such file.", "Check the name and the folder.")
        if not path.is_file():
            raise _refused(name, 1, "This is not a file.", "Name a YAML file inside it.")
        if path.stat().st_size > MAX_BYTES:
            raise _refused(name, 1, "The file is larger than 1 MB.", "Name a routine's YAML file.")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _refused(
            name, line, "The file is not UTF-8 text.", "Save it again as UTF-8."
        ) from None
    except PermissionError:
        raise _refused(
            name, 1, "The file may not be read.", "Give yourself the right to read it."
        ) from None
    except (OSError, ValueError) as error:
        raise _refused(
            name, 1, f"The file can't be read ({error}).", "Copy it to this computer's disk."
        ) from None


def _refuse_characters(name: str, text: str) -> None:
    problems = []
    for number, line in enumerate(text.split("\n"), start=1):
        if _CONTROL.search(line):
            what = "There is a control character here, so this may not be a text file."
            problems.append(Problem(name, number, "", what, "Delete it, or name a YAML file."))
            break  # a binary file would have one on every line
        if "\t" in line:
            problems.append(
                Problem(name, number, "", "There is a tab.", "Put spaces in its place.")
            )
    if problems:
        raise ContentError(*problems)


def _syntax_problem(name: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    mend = "Compare the line with the examples in docs/reference/routine-format.md."
    mend = next((mend for sign, mend in _SYNTAX_MENDS if sign in said), mend)
    return Problem(name, mark.line + 1 if mark else 1, "", f"This is not valid YAML: {said}.", mend)


def _refused(name: str, line: int, what: str, mend: str) -> ContentError:
    return ContentError(Problem(name, line, "", what, mend))


class _Builder:
    """Turns the parser's events into a document."""

    def __init__(self, path: str, events: Iterator[yaml.Event]) -> None:
        self._path = path
        self._events = events
        self._lines: dict[Place, int] = {}
        self._duplicates: list[Problem] = []

    def document(self) -> Document:
        """Reads the whole file."""
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise self._refuse(1, "The file is empty.", "Write a routine into it.")
        value = self._value(next(self._events), ())
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            line = _line(after)
            raise self._refuse(line, "A second document begins here.", "Keep one in each file.")
        if self._duplicates:
            raise ContentError(*self._duplicates)
        return Document(self._path, value, self._lines)

    def _value(self, event: yaml.Event, place: Place) -> Yaml:
        line = _line(event)
        self._lines.setdefault(place, line)
        self._refuse_extras(event, line)
        if len(place) > MAX_DEPTH:
            what = f"The file is nested more than {MAX_DEPTH} levels deep."
            raise self._refuse(line, what, "Close the brackets that were opened before.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return _scalar(cast("yaml.ScalarEvent", event))

    def _refuse_extras(self, event: yaml.Event, line: int) -> None:
        # An alias repeats a value; ten levels of ten are a file of bytes and gigabytes of memory.
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            what = "Anchors and aliases (& and *) are not allowed."
            raise self._refuse(line, what, "Write the value out, or put the text in quotes.")
        if getattr(event, "tag", None):
            what = "Tags (!) are not allowed."
            raise self._refuse(line, what, "Delete the tag, or put the text in quotes.")

    def _mapping(self, place: Place) -> Yaml:
        mapping: dict[str, Yaml] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            line = _line(event)
            inner = (*place, key)
            if key in mapping:
                self._duplicates.append(self._duplicate(inner, line))
            self._lines[inner] = line
            mapping[key] = self._value(next(self._events), inner)
        return mapping

    def _key(self, event: yaml.Event) -> str:
        line = _line(event)
        self._refuse_extras(event, line)
        if not isinstance(event, yaml.ScalarEvent):
            what = "A field's name must be a word."
            raise self._refuse(line, what, "Write the name, a colon and then the value.")
        return str(event.value)

    def _duplicate(self, place: Place, line: int) -> Problem:
        what = f"`{place[-1]}` is there twice; the first is on line {self._lines[place]}."
        shown = Document(self._path, None, {place: line})
        return shown.problem(place, what, "Delete one of them.")

    def _sequence(self, place: Place) -> Yaml:
        items: list[Yaml] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*place, len(items))))
        return items

    def _refuse(self, line: int, what: str, mend: str) -> ContentError:
        return _refused(self._path, line, what, mend)


def _scalar(event: yaml.ScalarEvent) -> Yaml:
    text = str(event.value)
    if not event.implicit[0]:  # it was quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

"""`models/models.toml` -> the speech models that can be downloaded."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, StrictBool, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from voiceguide.errors import ContentError, Problem

_MEND = "Put the file back as it was published, or mend this line."
_TABLE = re.compile(r"^\s*\[\[\s*model\s*\]\]")


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model that can be downloaded. `sha256` is of the archive, in lower-case hex digits.

    `size_bytes` is the archive's; where `size_is_exact` is False it is a published round figure.
    The name becomes a folder's name, so it may hold no dot and no slash.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    description: Annotated[str, Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    address: Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(gt=0, strict=True)]
    size_is_exact: StrictBool = True

    @property
    def most_bytes(self) -> int:
        """More than this can't be the archive."""
        return self.size_bytes if self.size_is_exact else 2 * self.size_bytes


@dataclass(frozen=True, slots=True)
class _File:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    model: Annotated[list[CatalogueModel], Field(min_length=1)]


_ADAPTER = TypeAdapter(_File)


def load_catalogue(path: Path) -> tuple[CatalogueModel, ...]:
    """The models of a catalogue file, in its order: best first.

    Raises:
        ContentError: the file is missing, is no TOML, or says something that can't be right.
    """
    text = _read(path)
    try:
        models = tuple(_ADAPTER.validate_python(_parse(text, path)).model)
    except ValidationError as error:
        problems = [_problem(path, text, detail) for detail in error.errors()]
        raise ContentError(*problems) from None
    _refuse_twins(models, path)
    return models


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"the list of models can't be read ({error})."
        mend = "Install voiceguide again, or put the file back."
        raise ContentError(Problem(str(path), 1, "", what, mend)) from None


def _parse(text: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Python tells the line in words only, until 3.14.
        place = re.search(r"at line (\d+)", str(error))
        line = int(place.group(1)) if place else max(1, text.count("\n"))
        raise ContentError(Problem(str(path), line, "", f"no TOML: {error}.", _MEND)) from None


def _problem(path: Path, text: str, detail: ErrorDetails) -> Problem:
    place = [part for part in detail["loc"] if part != "model"]
    number = place[0] if place and isinstance(place[0], int) else -1
    field = str(place[-1]) if len(place) > 1 else ""
    counted_from_1 = [part + 1 if isinstance(part, int) else part for part in detail["loc"]]
    dotted = ".".join(map(str, counted_from_1))
    return Problem(str(path), _line(text, number, field), dotted, f"{detail['msg']}.", _MEND)


def _line(text: str, number: int, field: str) -> int:
    """The line, from 1, of a field of the model with this number (from 0), or of its header."""
    lines = text.splitlines()
    headers = [index for index, line in enumerate(lines) if _TABLE.match(line)]
    if not 0 <= number < len(headers):
        return 1
    end = [*headers, len(lines)][number + 1]
    for index in range(headers[number] + 1, end):
        if field and re.match(rf"\s*{re.escape(field)}\s*=", lines[index]):
            return index + 1
    return headers[number] + 1


def _refuse_twins(models: tuple[CatalogueModel, ...], path: Path) -> None:
    names = [model.name for model in models]
    for name in sorted({name for name in names if names.count(name) > 1}):
        what = f"two models are called {name}."
        raise ContentError(Problem(str(path), 1, "model", what, "Give each a name of its own."))

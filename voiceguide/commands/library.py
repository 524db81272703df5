"""The routines there are: those that ship, the user's own, and a file named on the command line."""

import difflib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voiceguide.commands.resources import shipped_routines_dir, user_config_dir
from voiceguide.content.loader import load_routine, load_routines
from voiceguide.core.routine import Routine
from voiceguide.errors import ContentError, UsageError


@dataclass(frozen=True, slots=True)
class Library:
    """All routines in menu order, and the one that was asked for."""

    routines: tuple[Routine, ...]
    chosen: Routine | None = None


def user_routines_dir() -> Path:
    """Where users put routines of their own."""
    return user_config_dir() / "routines"


def _warn(error: ContentError) -> None:
    sys.stderr.write(f"{error}\nThis routine of yours is left out until it is mended.\n")


def load_library(
    wanted: str | None = None, on_broken: Callable[[ContentError], None] = _warn
) -> Library:
    """All routines; `wanted` is an id or a YAML file.

    A broken file of the user's is told of and left out; the others still work. A routine of the
    user's takes the place of one that ships under the same id.

    Raises:
        UsageError: there is no such routine.
        ContentError: the file that was asked for is wrong.
    """
    own = _own_routines(on_broken)
    own_ids = {routine.id for routine in own}
    shipped = load_routines(shipped_routines_dir())
    routines = (*(routine for routine in shipped if routine.id not in own_ids), *own)
    if wanted is None:
        return Library(routines)
    if _is_file_name(wanted):
        named = load_routine(Path(wanted))
        others = tuple(routine for routine in routines if routine.id != named.id)
        return Library((*others, named), named)
    chosen = next((routine for routine in routines if routine.id == wanted), None)
    if chosen is None:
        raise UsageError(_no_such_routine(wanted, [routine.id for routine in routines]))
    return Library(routines, chosen)


def _is_file_name(wanted: str) -> bool:
    return Path(wanted).suffix in (".yaml", ".yml") or "/" in wanted or "\\" in wanted


def _no_such_routine(wanted: str, ids: list[str]) -> str:
    near = difflib.get_close_matches(wanted, ids, n=1)
    hint = f"did you mean {near[0]}?" if near else "`voiceguide list` names them all."
    return f"There is no routine {wanted!r}: {hint}"


def _own_routines(on_broken: Callable[[ContentError], None]) -> tuple[Routine, ...]:
    folder = user_routines_dir()
    found: list[Routine] = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        try:
            found.append(load_routine(path))
        except ContentError as error:
            on_broken(error)
    return tuple(found)

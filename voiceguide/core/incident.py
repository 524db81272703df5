"""A note for a clinician: what was said, when, at which step, and what was advised.

Pure text. Nothing is kept of a session but what its user has asked to be written down; that
question is the dialogue's (`noting`), the file is an adapter's.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from voiceguide.core.red_flags import Tier


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where the session stood when the note was asked for; what is unknown is empty.

    Attributes:
        step: which step of how many, in words, with the area that it works on.
        pressure: the pressure in words.
        tier: the gravest red flag that stands.
    """

    routine: str = ""
    step: str = ""
    pressure: str = ""
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Something said or done: the local time of day, by whom, and the words."""

    time: str
    who: str
    what: str


def compose(template: str, circumstances: Circumstances, said: Sequence[Said], written: str) -> str:
    """The whole note.

    Args:
        template: the language's words, with `{written}`, `{routine}`, `{step}`, `{pressure}`,
            `{tier}` and `{said}`.
        circumstances: where the session stood.
        said: in order, oldest first.
        written: local date and time of the note.
    """
    return (
        template.format(
            written=written,
            routine=circumstances.routine or _UNKNOWN,
            step=circumstances.step or _UNKNOWN,
            pressure=circumstances.pressure or _UNKNOWN,
            tier=circumstances.tier or _UNKNOWN,
            said="\n".join(map(_lines, said)) or _UNKNOWN,
        ).strip()
        + "\n"
    )


_UNKNOWN = "-"
_WIDTH = 100
"""Columns that a page prints without cutting lines off."""


def _lines(said: Said) -> str:
    """What was said behind its time and speaker, with long speech set in below its beginning."""
    head = f"{said.time}  {said.who:<6}  "
    words = _one_line(said.what)
    indent = " " * len(head)
    return textwrap.fill(words, _WIDTH, initial_indent=head, subsequent_indent=indent) or head


def _one_line(text: str) -> str:
    """Typed words may hold anything; in the note they can neither add lines nor hide others."""
    return "".join(c if c.isprintable() else " " for c in text).strip()

"""The last things said in a session, in memory only, for a note that its user may ask for."""

from collections import deque
from collections.abc import Callable

from voiceguide.core.acceptance import UNKNOWN
from voiceguide.core.actions import Action
from voiceguide.core.events import Event
from voiceguide.core.incident import Said
from voiceguide.runtime.transcript import Line, lines_of

LINES_KEPT = 40
"""About ten minutes of a session; enough for what led to an alarm, and for all of its triage."""


class Recollection:
    """What was said, heard and raised as red flags."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=LINES_KEPT)

    def follow(self, event: Event, actions: list[Action], now: float) -> None:
        """Take in one event and what followed from it."""
        told = lines_of(event, actions, now)
        self._lines.extend(line for line in told if _is_of_interest(line))

    def said(self, time_of: Callable[[float], str]) -> tuple[Said, ...]:
        """Everything kept, oldest first; `time_of` gives a moment's local time of day."""
        return tuple(
            Said(time_of(line.seconds), line.who, line.what.replace(UNKNOWN, "..."))
            for line in self._lines
        )


def _is_of_interest(line: Line) -> bool:
    return line.who != "system" or line.what.startswith("red flag")

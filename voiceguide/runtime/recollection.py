"""The last things said in a session, in memory only, for a note that its user may ask for."""

from collections import deque
from collections.abc import Callable

from voiceguide.core.acceptance import UNKNOWN
from voiceguide.core.actions import Action
from voiceguide.core.events import Event
from voiceguide.core.incident import Said
from voiceguide.runtime.transcript import Line, lines_of

LINES_KEPT = 40
"""About ten minutes of a session."""
_BEFORE_ALARM = 12
_AFTER_ALARM = 24  # all of a triage, with a question misunderstood
_ALARM_LINES_KEPT = 120


class Recollection:
    """What was said, heard and raised as red flags; what is said around a red flag is kept."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=LINES_KEPT)
        self._alarms: deque[Line] = deque(maxlen=_ALARM_LINES_KEPT)
        self._still_alarm = 0

    def follow(self, event: Event, actions: list[Action], now: float) -> None:
        """Take in one event and what followed from it."""
        for line in filter(_is_of_interest, lines_of(event, actions, now)):
            self._lines.append(line)
            self._keep_alarm(line)

    def said(self, time_of: Callable[[float], str]) -> tuple[Said, ...]:
        """Everything kept, oldest first; `time_of` gives a moment's local time of day."""
        earlier = [line for line in self._alarms if line not in self._lines]
        return tuple(
            Said(time_of(line.seconds), line.who, line.what.replace(UNKNOWN, "..."))
            for line in (*earlier, *self._lines)
        )

    def _keep_alarm(self, line: Line) -> None:
        """Two alarms close together share what lies between them."""
        if _is_red_flag(line):
            before = list(self._lines)[-_BEFORE_ALARM:]
            self._alarms.extend(each for each in before if each not in self._alarms)
            self._still_alarm = _AFTER_ALARM
        elif self._still_alarm:
            self._alarms.append(line)
            self._still_alarm -= 1


def _is_of_interest(line: Line) -> bool:
    return line.who != "system" or _is_red_flag(line)


def _is_red_flag(line: Line) -> bool:
    return line.who == "system" and line.what.startswith("red flag")

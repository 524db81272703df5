"""Limits kept across sessions: how much of a routine may still be done today, and when to rest.

Three rules, each from a routine's own `Limits`. The minutes a day count for all routines of one
audience together, so that five minutes of ball are five minutes, on the floor or at the wall. A
full massage leaves whole days between two. Who was sore afterwards rests.

A day is a local calendar date, as an ordinal number (`date.toordinal`); it is found at the edge,
for the core has no clock. Each day stands for itself: it ends at local midnight, however long it
was. Where the clock was set back by a day, or a traveller crossed the date line, the newer day's
work counts as today's: nobody gains minutes by it. Days further ahead can't be right, and are left
out of account, or one wrong clock would forbid a routine for years.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from voiceguide.core.routine import Audience, Region, Routine

LEAST_USEFUL_SECONDS = 20.0
"""With less time left than this a step is not worth getting ready for."""

FULL_MASSAGE_SECONDS = 300.0
"""Timed work from which a massage counts as one; one that was broken off early does not."""

_MOST_DAYS_AHEAD = 1


@dataclass(frozen=True, slots=True)
class Work:
    """Some seconds of work with contact, on one local day.

    Attributes:
        is_full: the routine leaves days between: a full massage.
    """

    day: int
    routine_id: str
    audience: Audience
    seconds: float
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Soreness:
    """What was answered on a day to "still sore from last time?"."""

    day: int
    audience: Audience
    is_sore: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """An area of whoever works alone that had enough on a day, after a red flag there."""

    day: int
    region: Region


@dataclass(frozen=True, slots=True)
class History:
    """What was done before this session, in any order."""

    work: tuple[Work, ...] = ()
    soreness: tuple[Soreness, ...] = ()
    closed: tuple[Closed, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """History as it is seen from a day."""

    today: int = 0
    history: History = field(default_factory=History)

    def days_ago(self, day: int) -> int | None:
        """How many days a record lies back; None for one that can't be right."""
        ago = self.today - day
        return max(0, ago) if ago >= -_MOST_DAYS_AHEAD else None


def seconds_left(routine: Routine, past: Past) -> float | None:
    """Seconds of work that today still allows, 0 or more; None where there is no limit."""
    minutes = routine.limits.minutes_per_day
    if minutes is None:
        return None
    done = sum(work.seconds for work, ago in _work(routine, past) if ago == 0)
    return max(0.0, minutes * 60 - done)


def days_since_full(routine: Routine, past: Past) -> int | None:
    """How many days ago a full massage was done, where that is too soon for another; else None."""
    seconds: dict[int, float] = {}
    for work, ago in _work(routine, past):
        if work.is_full and routine.limits.days_between and ago <= routine.limits.days_between:
            seconds[ago] = seconds.get(ago, 0.0) + work.seconds
    enough = [ago for ago, total in seconds.items() if total >= FULL_MASSAGE_SECONDS]
    return min(enough, default=None)


def closed_today(routine: Routine, past: Past) -> tuple[Region, ...]:
    """Areas that have had enough; none for a partner, who may be somebody else."""
    if routine.audience is not Audience.SELF:
        return ()
    found = (each.region for each in past.history.closed if past.days_ago(each.day) == 0)
    return tuple(dict.fromkeys(found))


def must_rest(routine: Routine, past: Past) -> bool:
    """Whether someone was sore so recently that the days of rest are not over."""
    answers = _answers(routine, past)
    return any(is_sore and ago < routine.limits.rest_days_if_sore for ago, is_sore in answers)


def asks_if_sore(routine: Routine, past: Past) -> bool:
    """Whether to ask, before the start, for soreness from the last time.

    Asked where the last time, or the last "yes", lies no further back than the days of rest; not
    where it was today, nor where it was answered today.
    """
    answers = _answers(routine, past)
    if any(ago == 0 for ago, _ in answers):
        return False
    worked = [ago for work, ago in _work(routine, past) if work.seconds > 0]
    sore = [ago for ago, is_sore in answers if is_sore]
    return any(0 < ago <= routine.limits.rest_days_if_sore for ago in (*worked, *sore))


def _work(routine: Routine, past: Past) -> Iterator[tuple[Work, int]]:
    """The work of the routine's kind, and how many days ago it was."""
    for work in past.history.work:
        ago = past.days_ago(work.day)
        if ago is not None and work.audience is routine.audience:
            yield work, ago


def _answers(routine: Routine, past: Past) -> list[tuple[int, bool]]:
    """How many days ago which answer was given; of one day's answers the grave one counts."""
    graver: dict[int, bool] = {}
    for answer in past.history.soreness:
        ago = past.days_ago(answer.day)
        if ago is not None and answer.audience is routine.audience:
            graver[ago] = graver.get(ago, False) or answer.is_sore
    return sorted(graver.items())

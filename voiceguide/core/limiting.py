"""Limits in the dialogue: questions and refusals before the start, and shorter steps in its course.

The rules are in `limits`. Seconds are counted where pressure is on: while the timer of a step with
contact runs.
"""

from dataclasses import dataclass, replace

from voiceguide.core import limits
from voiceguide.core.actions import End, RememberClosed, RememberSoreness, RememberWork
from voiceguide.core.areas import is_within, most_seconds, region_at
from voiceguide.core.prompts import Prompt
from voiceguide.core.routine import Audience, Region, Routine, ScreeningQuestion
from voiceguide.core.state import Hold, Phase, State
from voiceguide.core.turn import Turn

SAVED_EVERY_SECONDS = 30.0
"""Of work that goes on: what a flat battery may cost a day's count."""


@dataclass(slots=True)
class Meter:
    """Counts the seconds of work of one session.

    It stands beside the state: what was worked can be neither undone nor taken back by a rest.
    """

    worked_seconds: float = 0.0
    _unsaved_seconds: float = 0.0
    _seen_at: float = 0.0

    def pass_time(self, state: State, now: float) -> None:
        """Time has passed in this state."""
        if is_working(state):
            self.worked_seconds += now - self._seen_at
            self._unsaved_seconds += now - self._seen_at
        self._seen_at = now

    def settle(self, turn: Turn) -> None:
        """Have the work remembered now and then, and as soon as it has come to a halt.

        Silence and words go first.
        """
        routine = turn.state.routine
        least = SAVED_EVERY_SECONDS if is_working(turn.state) else 0.0
        if not self._unsaved_seconds or self._unsaved_seconds < least or routine is None:
            return
        seconds, self._unsaved_seconds = self._unsaved_seconds, 0.0
        is_full = routine.limits.days_between > 0
        has_ended = bool(turn.actions) and isinstance(turn.actions[-1], End)
        place = len(turn.actions) - has_ended
        done = RememberWork(routine.id, routine.audience, seconds, is_full)
        turn.actions.insert(place, done)


def is_working(state: State) -> bool:
    """Whether pressure is on: the timer of a step with contact runs."""
    hold = state.hold
    is_running = hold is not None and hold.since is not None and state.phase is not Phase.ENDED
    return is_running and _has_contact(state)


def _has_contact(state: State) -> bool:
    return state.step is not None and state.step.region is not Region.NONE


def refusal(turn: Turn, routine: Routine) -> str:
    """Why not to begin today, or nothing."""
    past = turn.world.past
    left = limits.seconds_left(routine, past)
    alone = routine.audience is Audience.SELF
    if alone and limits.must_rest(routine, past):
        return turn.text(Prompt.REST_WHILE_SORE)
    if _is_all_closed(routine, limits.closed_today(routine, past)):
        return turn.text(Prompt.CLOSED_TODAY)
    if left is not None and left < limits.LEAST_USEFUL_SECONDS:
        minutes = turn.number(round(routine.limits.minutes_per_day or 0))
        return turn.text(Prompt.LIMIT_USED_UP, minutes=minutes)
    if alone and limits.days_since_full(routine, past) is not None:
        return turn.text(Prompt.TOO_SOON)
    return ""


def _is_all_closed(routine: Routine, closed: tuple[Region, ...]) -> bool:
    """Whether nothing is left to work on; a routine that never touches anybody is not closed."""
    worked = [step.region for step in routine.steps if step.region is not Region.NONE]
    return bool(worked) and all(is_within(region, closed) for region in worked)


def remember_closed(turn: Turn) -> None:
    """At the end: what has had enough has it for the rest of the day."""
    routine = turn.state.routine
    if routine is None or routine.audience is not Audience.SELF:
        return
    known = limits.closed_today(routine, turn.world.past)
    new = tuple(region for region in turn.state.closed_regions if region not in known)
    if new:
        turn.do(RememberClosed(new))


def questions(turn: Turn, routine: Routine) -> tuple[ScreeningQuestion, ...]:
    """What the past asks before the routine's own questions; "yes" and silence stop as there."""
    past, found = turn.world.past, []
    since = limits.days_since_full(routine, past)
    if since is not None:
        when = turn.text(Prompt.TODAY if since == 0 else Prompt.YESTERDAY)
        if since > 1:
            when = turn.text(Prompt.DAYS_AGO, number=turn.number(since))
        ask = turn.text(Prompt.ASK_SAME_PERSON, when=when)
        found.append(ScreeningQuestion(ask, turn.text(Prompt.TOO_SOON)))
    alone = routine.audience is Audience.SELF
    sore_today = not alone and limits.must_rest(routine, past)  # it may have been someone else
    if sore_today or limits.asks_if_sore(routine, past):
        ask = turn.text(Prompt.ASK_STILL_SORE if alone else Prompt.ASK_PARTNER_STILL_SORE)
        advice = turn.text(Prompt.REST_WHILE_SORE)
        found.append(ScreeningQuestion(ask, advice, is_about_soreness=True))
    return tuple(found)


def note_soreness(turn: Turn, question: ScreeningQuestion, *, stops: bool) -> None:
    """Keep the answer to a question about soreness for the days after."""
    if question.is_about_soreness and turn.state.routine is not None:
        turn.do(RememberSoreness(turn.state.routine.audience, is_sore=stops))


def announcement(turn: Turn, routine: Routine) -> str:
    """How much is left today, where that is less than the routine takes, and what nobody counts."""
    is_limited = routine.limits.minutes_per_day is not None or routine.limits.days_between > 0
    if is_limited and not turn.world.keeps_limits:
        return turn.text(Prompt.LIMITS_NOT_KEPT)
    left = limits.seconds_left(routine, turn.world.past)
    needed = sum(
        step.timing.total_seconds
        for step in routine.steps
        if step.timing is not None and step.region is not Region.NONE
    )
    if left is None or left >= needed:
        return ""
    return turn.text(Prompt.LIMIT_LEFT, time=turn.world.prompts.duration(left))


def seconds_left(turn: Turn) -> float | None:
    """Seconds that today still allows, less what this session has done; None for no limit."""
    routine = turn.state.routine
    left = limits.seconds_left(routine, turn.world.past) if routine is not None else None
    return None if left is None else max(0.0, left - turn.worked_seconds)


def is_used_up(turn: Turn) -> bool:
    """Whether too little is left for another step with contact."""
    left = seconds_left(turn)
    return left is not None and left < limits.LEAST_USEFUL_SECONDS


def is_passed_over(turn: Turn, index: int) -> bool:
    """Whether a step needs time that today no longer allows, or gets ready for one that does."""
    return region_at(turn.state, index) is not Region.NONE and is_used_up(turn)


def capped(turn: Turn, hold: Hold) -> Hold:
    """The timer, not longer than today allows."""
    left = seconds_left(turn)
    if left is None or not _has_contact(turn.state):
        return hold
    most = hold.elapsed_at(turn.now) + left
    return hold if hold.total_seconds <= most else replace(hold, total_seconds=most)


def has_room(turn: Turn, seconds: float) -> bool:
    """Whether a step may take this much longer than is planned, for its area and for today."""
    state, left = turn.state, seconds_left(turn)
    if state.step is None or not _has_contact(state):
        return True
    timing = state.step.timing
    whole = (timing.total_seconds if timing is not None else 0.0) + state.added_seconds
    if whole + seconds > most_seconds(state.step.region):
        return False
    if left is None:
        return True
    planned = timing.total_seconds if timing is not None and state.phase is Phase.GUIDING else 0.0
    if state.hold is not None:
        planned = state.hold.left_at(turn.now)
    return left - planned >= seconds


def shortening(turn: Turn) -> str:
    """Said before a step that today's rest makes shorter than usual."""
    step = turn.state.step
    if step is None or step.timing is None or not _has_contact(turn.state):
        return ""
    left = seconds_left(turn)
    if left is None or left >= step.timing.total_seconds:
        return ""
    return turn.text(Prompt.LIMIT_STEP, time=turn.world.prompts.duration(left))

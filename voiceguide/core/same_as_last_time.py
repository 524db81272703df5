"""The offer before the questions: "is it all the same?", for answers that seldom change.

Only "yes" spares questions; "no", "not sure" and silence have every one of them put. What changes
from day to day is always asked. The rules are in `last_answers`.
"""

from collections.abc import Mapping
from dataclasses import replace

from voiceguide.core import limits
from voiceguide.core.actions import RememberAnswers
from voiceguide.core.last_answers import LEAST_SPARED, ClearNo, may_be_kept, still_good
from voiceguide.core.prompts import Prompt
from voiceguide.core.routine import Audience, Routine, ScreeningQuestion
from voiceguide.core.turn import Turn


def offer(turn: Turn, routine: Routine) -> tuple[ScreeningQuestion, ...]:
    """The one question that may stand for several; none where there is too little to spare.

    None either where the limits ask first whether it is the same person: who goes on from there
    is somebody else.
    """
    good = _good(turn, routine)
    is_someone_else = limits.days_since_full(routine, turn.world.past) is not None
    if len(good) < LEAST_SPARED or is_someone_else:
        return ()
    topics = (question.topic for question in routine.screening if question.ask in good)
    named = " ".join(f"{topic[:1].upper()}{topic[1:]}." for topic in topics)
    alone = routine.audience is Audience.SELF
    prompt = Prompt.SAME_AS_LAST_TIME if alone else Prompt.PARTNER_SAME_AS_LAST_TIME
    return (ScreeningQuestion(turn.text(prompt, topics=named), advice="", is_offer=True),)


def settle(turn: Turn, *, is_same: bool) -> None:
    """Leave out what has stayed the same; else every question stands behind the offer."""
    routine = turn.state.routine
    whole = next((each for each in turn.world.routines if routine and each.id == routine.id), None)
    if routine is None or whole is None:
        return
    good = _good(turn, whole) if is_same else {}
    to_ask = tuple(question for question in whole.screening if question.ask not in good)
    put = routine.screening[: turn.state.position + 1]
    turn.set(routine=replace(routine, screening=(*put, *to_ask)))


def remember(turn: Turn) -> None:
    """A screening is done: keep its clear answers, or nothing where answers are not kept.

    What was carried over keeps its own day, so that it is asked again in its time. Keeping nothing
    also forgets: what is kept is always of the last screening.
    """
    routine = turn.state.routine
    answers: tuple[ClearNo, ...] = ()
    if routine is not None and turn.world.answers is not None:
        answers = _clear_answers(turn, routine)
    _keep(turn, answers)


def forget(turn: Turn) -> None:
    """Something has changed: no earlier answer may be offered again."""
    _keep(turn, ())


def _keep(turn: Turn, answers: tuple[ClearNo, ...]) -> None:
    if turn.state.routine is not None:
        turn.do(RememberAnswers(turn.state.routine.audience, answers))


def _clear_answers(turn: Turn, routine: Routine) -> tuple[ClearNo, ...]:
    asked = tuple(question.ask for question in routine.screening if may_be_kept(question))
    whole = next((each for each in turn.world.routines if each.id == routine.id), routine)
    carried = (answer for ask, answer in _good(turn, whole).items() if ask not in asked)
    return (*(ClearNo(turn.world.past.today, ask) for ask in asked), *carried)


def _good(turn: Turn, routine: Routine) -> Mapping[str, ClearNo]:
    return still_good(routine.screening, turn.world.answers or (), turn.world.past)

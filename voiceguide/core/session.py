"""The session: events in, actions out, and one deadline. This file is the map of the dialogue.

How to read it. A session is in one `Phase`. `handle` takes one event and the present moment and
returns what to do; it never waits, and it owns no clock. `deadline` is the one moment at which it
wants a `DeadlineReached`; it is recomputed with the state, so no stale timer can fire.

What the user says goes through `_on_heard` in a fixed order: red flags first, in every living
phase; then the table `ANSWERS` decides whether the phase answers the intent; then `_ALWAYS` or
the phase's own function acts. What the guide says carries an id; a `PlaybackFinished` for any
other id changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from voiceguide.core import alarm, opening, replies, rests, steps
from voiceguide.core.actions import Action, End
from voiceguide.core.answers import ALL_INTENTS, ANSWERS
from voiceguide.core.events import (
    ClauseStarted,
    DeadlineReached,
    DeviceBack,
    DeviceLost,
    Event,
    Heard,
    PlaybackFinished,
    QuitRequested,
    Started,
    Unclear,
)
from voiceguide.core.grammar import normalize
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.prompts import Prompt
from voiceguide.core.red_flags import Tier
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.state import Phase, State
from voiceguide.core.turn import Turn, World

_AT_WORK = (Phase.GUIDING, Phase.HOLDING, Phase.WAITING)
_ALARMED = (Phase.TRIAGE, Phase.ESCALATED)
_UNDOABLE = frozenset(
    {Intent.NEXT, Intent.BACK, Intent.START_OVER, Intent.GO_TO_STEP, Intent.SOFTER, Intent.FIRMER}
    | {Intent.LOUDER, Intent.QUIETER, Intent.SLOWER, Intent.FASTER, Intent.FULL, Intent.BRIEF}
    | {Intent.VARIATION, Intent.AUTOMATIC, Intent.WAIT_FOR_ME, Intent.MORE_TIME, Intent.END}
)


class Session:
    """One run of the dialogue, from the greeting to the end.

    Args:
        world: routines and language; never changed.
        settings: how the guide speaks and paces at the start.
    """

    def __init__(self, world: World, settings: Settings | None = None) -> None:
        self._world = world
        self.state = State(settings=settings or Settings())

    @property
    def deadline(self) -> float | None:
        """When to send `DeadlineReached`, on the scale of `now`; None for never."""
        return self.state.deadline

    @property
    def active(self) -> frozenset[Intent]:
        """The intents that the present phase answers: the recognizer's active grammar."""
        return ANSWERS[self.state.phase]

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take one event at the moment `now` (seconds that only grow) and say what to do."""
        if self.state.phase is Phase.ENDED:
            return []
        turn = Turn(self.state, now, self._world)
        _dispatch(turn, event)
        self.state = turn.state
        return turn.actions


def _dispatch(turn: Turn, event: Event) -> None:
    match event:
        case Started(routine_id):
            opening.begin(turn, routine_id)
        case Heard(text):
            _on_heard(turn, text)
        case Unclear():
            _on_unclear(turn)
        case ClauseStarted(utterance_id, clause):
            _on_clause(turn, utterance_id, clause)
        case PlaybackFinished(utterance_id):
            _on_finished(turn, utterance_id)
        case DeadlineReached():
            _on_deadline(turn)
        case DeviceLost(device):
            rests.device_lost(turn, device)
        case DeviceBack(device):
            rests.device_back(turn, device)
        case QuitRequested():
            _end(turn)
        case _:
            assert_never(event)


def _on_heard(turn: Turn, text: str) -> None:
    judgement = turn.world.red_flags.judge(text)
    meaning = turn.world.grammar.match(text, ANSWERS[turn.state.phase])
    if turn.state.phase is Phase.TRIAGE:
        grave = judgement.tier is Tier.EMERGENCY and not judgement.ask
        if not grave and (meaning := meaning or _leading_answer(turn, text)) is not None:
            _on_intent(turn, meaning)
            return
        if judgement.tier is None or judgement.ask:
            alarm.on_unclear(turn)
            return
    if judgement.tier is not None:
        alarm.raise_red_flag(turn, text, judgement)
    elif meaning is not None:
        _on_intent(turn, meaning)
    else:
        _on_no_match(turn, text)


def _leading_answer(turn: Turn, text: str) -> Meaning | None:
    """A question is answered by the first word, as in "no, just my arm"."""
    first = normalize(text).split(" ", 1)[0]
    meaning = turn.world.grammar.match(first, ANSWERS[turn.state.phase])
    return meaning if meaning and meaning.intent in (Intent.YES, Intent.NO) else None


def _on_intent(turn: Turn, meaning: Meaning) -> None:
    before = rests.memory_of(turn.frozen_state())
    if meaning.intent is not Intent.HELP:
        turn.set(help_page=0)
    _ALWAYS.get(meaning.intent, _by_phase)(turn, meaning)
    if meaning.intent in _UNDOABLE and before.phase not in _ALARMED:
        turn.set(undo=before)


def _by_phase(turn: Turn, meaning: Meaning) -> None:
    match turn.state.phase:
        case Phase.CHOOSING:
            opening.on_menu_answer(turn, meaning)
        case Phase.SCREENING:
            _in_screening(turn, meaning.intent)
        case Phase.PREPARING:
            _in_preparing(turn, meaning.intent)
        case Phase.CHECKING_IN if meaning.intent in (Intent.YES, Intent.NO, Intent.NOT_SURE):
            replies.on_check_in_answer(turn, meaning.intent)
        case Phase.RATING:
            _in_rating(turn, meaning)
        case Phase.TRIAGE:
            alarm.on_answer(turn, meaning.intent)
        case Phase.ESCALATED:
            alarm.on_escalated_intent(turn, meaning.intent)
        case Phase.FINISHING:
            rests.resume_finished(turn)
        case Phase.ASLEEP:
            rests.wake(turn)
        case _:
            _at_work(turn, meaning)


def _in_screening(turn: Turn, intent: Intent) -> None:
    if intent is Intent.BACK:
        opening.screening_back(turn)
    elif intent is Intent.WHY:
        turn.say(turn.text(Prompt.SAFETY_NOTE), opening.screening_text(turn))
    else:
        opening.on_screening_answer(turn, intent)


def _in_preparing(turn: Turn, intent: Intent) -> None:
    if intent is Intent.BACK:
        opening.preparation_back(turn)
    else:
        opening.prepared(turn)


def _in_rating(turn: Turn, meaning: Meaning) -> None:
    number = meaning.slot("number")
    if isinstance(number, int):
        steps.on_rating(turn, number)
    elif meaning.intent is Intent.NEXT:
        steps.go_to(turn, turn.state.step_index + 1)
    else:  # "softer" and "not sure" are taken as too much
        steps.on_rating(turn, 10)


def _at_work(turn: Turn, meaning: Meaning) -> None:
    match meaning.intent:
        case Intent.NEXT if turn.state.phase is Phase.PAUSED:
            _resume(turn, meaning)
        case Intent.NEXT | Intent.BACK | Intent.START_OVER | Intent.GO_TO_STEP:
            _move(turn, meaning)
        case Intent.SOFTER | Intent.FIRMER:
            replies.change_pressure(turn, -1 if meaning.intent is Intent.SOFTER else 1)
        case Intent.JUST_RIGHT:
            replies.just_right(turn)
        case Intent.VARIATION:
            replies.choose_variation(turn, meaning)
        case Intent.MORE_TIME:
            replies.more_time(turn)
        case Intent.WHY:
            replies.why(turn)
        case Intent.AUTOMATIC:
            replies.change_pace(turn, Pace.AUTOMATIC)
        case _:
            replies.change_pace(turn, Pace.WAIT_FOR_ME)


def _move(turn: Turn, meaning: Meaning) -> None:
    index = turn.state.step_index
    match meaning.intent:
        case Intent.NEXT:
            steps.go_to(turn, index + 1)
        case Intent.BACK if index > 0:
            steps.go_to(turn, index - 1)
        case Intent.BACK:
            steps.say_step(turn, turn.text(Prompt.FIRST_STEP))
        case Intent.START_OVER:
            steps.go_to(turn, 0, turn.text(Prompt.STARTING_OVER))
        case _:
            _go_to_step(turn, meaning)


def _go_to_step(turn: Turn, meaning: Meaning) -> None:
    routine, number = turn.state.routine, meaning.slot("number")
    count = len(routine.steps) if routine else 0
    if isinstance(number, int) and 1 <= number <= count:
        steps.go_to(turn, number - 1)
    else:
        words = turn.world.prompts.number(count)
        replies.reply(turn, turn.text(Prompt.NO_SUCH_STEP, count=words))


def _resume(turn: Turn, _meaning: Meaning) -> None:
    if turn.state.phase is Phase.WAITING:
        steps.go_to(turn, turn.state.step_index + 1)
    elif turn.state.phase is Phase.FINISHING:
        rests.resume_finished(turn)
    elif turn.state.phase in (Phase.PAUSED, Phase.STOPPED):
        rests.resume(turn, turn.text(Prompt.RESUMING))
    else:
        rests.take_up(turn, turn.text(Prompt.RESUMING))


def _more_oil(turn: Turn, _meaning: Meaning) -> None:
    routine = turn.state.routine
    how = (routine.oil if routine else "") or turn.text(Prompt.OIL_USUAL)
    rests.pause(turn, turn.text(Prompt.MORE_OIL, how=how))


def _stop(turn: Turn) -> None:
    if turn.state.phase is Phase.DECLINED:
        _end(turn)
    else:
        rests.stop(turn)
        if turn.state.phase in _ALARMED:
            alarm.arm(turn)  # silence after "stop" is still silence after a question


def _end_gently(turn: Turn, _meaning: Meaning) -> None:
    if turn.state.phase in _ALARMED or turn.state.phase in (Phase.FINISHING, Phase.DECLINED):
        _end(turn)
        return
    turn.enter(Phase.FINISHING)
    turn.say(turn.text(Prompt.ENDING_EARLY), turn.text(Prompt.GOODBYE))


def _end(turn: Turn) -> None:
    alarmed = turn.state.phase in _ALARMED
    turn.fall_silent()
    turn.enter(Phase.ENDED)
    turn.do(End(turn.state.tier if alarmed else None))


_ALWAYS: Mapping[Intent, Callable[[Turn, Meaning], None]] = {
    Intent.STOP: lambda turn, _: _stop(turn),
    Intent.REPEAT: lambda turn, _: replies.repeat(turn),
    Intent.HELP: lambda turn, _: replies.help_(turn),
    Intent.END: _end_gently,
    Intent.PAUSE: lambda turn, _: rests.pause(turn),
    Intent.RESUME: _resume,
    Intent.SLEEP: lambda turn, _: rests.sleep(turn),
    Intent.UNDO: lambda turn, _: rests.undo(turn),
    Intent.MORE_OIL: _more_oil,
    Intent.HOW_LONG: lambda turn, _: replies.how_long(turn),
    Intent.WHERE_AM_I: lambda turn, _: replies.where(turn),
    Intent.LOUDER: lambda turn, m: replies.change_voice(turn, m.intent),
    Intent.QUIETER: lambda turn, m: replies.change_voice(turn, m.intent),
    Intent.SLOWER: lambda turn, m: replies.change_voice(turn, m.intent),
    Intent.FASTER: lambda turn, m: replies.change_voice(turn, m.intent),
    Intent.FULL: lambda turn, m: replies.change_voice(turn, m.intent),
    Intent.BRIEF: lambda turn, m: replies.change_voice(turn, m.intent),
}
"""Intents that act alike in every phase whose table row has them."""


def _on_no_match(turn: Turn, text: str) -> None:
    """Talk that is no active phrase: silence while asleep, else a hint of what can be said."""
    if turn.state.phase is Phase.ASLEEP:
        return
    known = turn.world.grammar.match(text, ALL_INTENTS) is not None
    prompt = Prompt.NOT_NOW if known else Prompt.NO_MATCH
    hint = turn.text(prompt, phrases=turn.phrases())
    if turn.state.phase in (*_AT_WORK, Phase.CHOOSING, Phase.PREPARING):
        replies.reply(turn, hint)
    elif turn.state.phase not in (Phase.FINISHING, Phase.DECLINED):
        turn.say(hint)
        turn.wake_in(None)


def _on_unclear(turn: Turn) -> None:
    """Speech without a known phrase is an answer only where a red flag is being asked about."""
    if turn.state.phase is Phase.TRIAGE:
        alarm.on_unclear(turn)


def _on_clause(turn: Turn, utterance_id: int, clause: int) -> None:
    utterance = turn.state.utterance
    if utterance is not None and utterance.id == utterance_id:
        turn.set(utterance=replace(utterance, clause=clause))


def _on_finished(turn: Turn, utterance_id: int) -> None:
    utterance = turn.state.utterance
    if utterance is not None and utterance.id == utterance_id:
        turn.set(utterance=None)
        _AFTER_SPEECH[turn.state.phase](turn)


def _on_deadline(turn: Turn) -> None:
    if turn.state.deadline is not None and turn.now >= turn.state.deadline:
        turn.set(deadline=None)
        _AT_DEADLINE[turn.state.phase](turn)


def _nothing(_turn: Turn) -> None:
    """Some phases wait for the user alone."""


_AFTER_SPEECH: Mapping[Phase, Callable[[Turn], None]] = {
    Phase.CHOOSING: opening.arm,
    Phase.SCREENING: opening.arm,
    Phase.PREPARING: opening.arm,
    Phase.GUIDING: steps.after_instruction,
    Phase.HOLDING: steps.arm,
    Phase.WAITING: steps.arm_wait,
    Phase.CHECKING_IN: steps.arm_check_in,
    Phase.RATING: steps.on_rating_finished,
    Phase.PAUSED: rests.arm,
    Phase.STOPPED: rests.arm,
    Phase.TRIAGE: alarm.arm,
    Phase.ESCALATED: alarm.arm,
    Phase.FINISHING: _end,
    Phase.DECLINED: _end,
    Phase.ASLEEP: _nothing,
    Phase.ENDED: _nothing,
}
"""What follows when the guide has finished speaking, by phase."""

_AT_DEADLINE: Mapping[Phase, Callable[[Turn], None]] = {
    Phase.CHOOSING: opening.on_quiet_opening,
    Phase.SCREENING: opening.on_screening_deadline,
    Phase.PREPARING: opening.on_quiet_opening,
    Phase.GUIDING: _nothing,
    Phase.HOLDING: steps.on_hold_deadline,
    Phase.WAITING: steps.on_wait_deadline,
    Phase.CHECKING_IN: steps.on_check_in_deadline,
    Phase.RATING: steps.on_rating_deadline,
    Phase.PAUSED: rests.on_rest_deadline,
    Phase.STOPPED: rests.on_rest_deadline,
    Phase.TRIAGE: alarm.on_unclear,
    Phase.ESCALATED: alarm.on_advice_deadline,
    Phase.FINISHING: _nothing,
    Phase.DECLINED: _nothing,
    Phase.ASLEEP: _nothing,
    Phase.ENDED: _nothing,
}
"""What follows when the deadline has come, by phase."""

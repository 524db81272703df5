"""The session: events in, actions out, and one deadline. This file is the map of the dialogue.

How to read it. A session is in one `Phase`. `handle` takes one event and the present moment and
returns what to do; it never waits, and it owns no clock. `deadline` is the one moment at which it
wants a `DeadlineReached`; it is recomputed with the state, so no stale timer can fire.

What the user says goes through `_on_heard` in a fixed order: red flags first, in every living
phase; then the table `ANSWERS` decides whether the phase answers the intent; then `_ALWAYS` or
the phase's own function acts. What the guide says carries an id; a `PlaybackFinished` for any
other id changes nothing. While the guide speaks there is no deadline: `_AFTER_SPEECH` sets it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from voiceguide.core import (
    alarm,
    check_ins,
    limiting,
    noting,
    opening,
    rating,
    replies,
    rests,
    steps,
    undoing,
)
from voiceguide.core.actions import Action, End
from voiceguide.core.answering import as_soreness, is_answer, meaning_of
from voiceguide.core.answers import ALL_INTENTS, ANSWERS
from voiceguide.core.areas import is_closed
from voiceguide.core.events import (
    ClauseStarted,
    DeadlineReached,
    DeviceBack,
    DeviceLost,
    Event,
    Glimpsed,
    Heard,
    Hindered,
    IncidentNotWritten,
    IncidentWritten,
    PlaybackFinished,
    QuitRequested,
    Started,
    Unclear,
)
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.limiting import Meter
from voiceguide.core.prompts import Prompt
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.settings import Settings
from voiceguide.core.state import ALARMED, AT_WORK, LEAVING, Phase, Question, State
from voiceguide.core.telling import put_again, reply, take_up
from voiceguide.core.turn import Turn, World


class Session:
    """One run of the dialogue, from the greeting to the end.

    Args:
        world: routines and language; never changed.
        settings: how the guide speaks and paces at the start.
    """

    def __init__(self, world: World, settings: Settings | None = None) -> None:
        self._world = world
        self.state = State(settings=settings or Settings())
        self._meter = Meter()

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
        self._meter.pass_time(self.state, now)
        turn = Turn(self.state, now, self._world, self._meter.worked_seconds)
        _dispatch(turn, event)
        self.state = turn.state
        self._meter.settle(turn)
        return turn.actions


def _dispatch(turn: Turn, event: Event) -> None:
    match event:
        case Started(routine_id):
            _on_started(turn, routine_id)
        case Heard() | Glimpsed() | Unclear():
            _on_speech(turn, event)
        case ClauseStarted(utterance_id, clause):
            _on_clause(turn, utterance_id, clause)
        case PlaybackFinished(utterance_id):
            _on_finished(turn, utterance_id)
        case DeadlineReached():
            _on_deadline(turn)
        case DeviceLost() | DeviceBack():
            _on_device(turn, event)
        case Hindered(hindrance):
            rests.hindered(turn, hindrance)
        case IncidentWritten() | IncidentNotWritten():
            noting.settle(turn, event)
        case QuitRequested():
            _end(turn)
        case _:
            assert_never(event)


def _on_started(turn: Turn, routine_id: str | None) -> None:
    """Only the first word of a session can be its beginning: a second start changes nothing."""
    if turn.state.last_utterance_id == 0:
        opening.begin(turn, routine_id)


def _on_speech(turn: Turn, event: Heard | Glimpsed | Unclear) -> None:
    match event:
        case Heard(text):
            _on_heard(turn, text)
        case Glimpsed(words):
            _on_glimpsed(turn, words)
        case Unclear():
            _on_unclear(turn)


def _on_heard(turn: Turn, text: str) -> None:
    judgement = turn.world.red_flags.judge(text)
    meaning = as_soreness(turn, meaning_of(turn, text, judgement), judgement)
    if judgement.tier is not None and not is_answer(turn, meaning, judgement):
        _on_red_flag(turn, text, judgement)
    elif meaning is not None:
        if turn.state.phase is Phase.TRIAGE:
            alarm.note_areas(turn, text)  # "no, it's just my arm"
        _on_intent(turn, meaning)
    else:
        _on_no_match(turn, text)


def _on_red_flag(turn: Turn, text: str, judgement: Judgement) -> None:
    """What rules a massage out is no alarm before it has begun."""
    if opening.is_ruled_out(turn, judgement):
        opening.rule_out(turn)
    else:
        alarm.raise_red_flag(turn, text, judgement)


def _on_glimpsed(turn: Turn, words: str) -> None:
    """Whether "numb" was said of a leg or denied, nobody knows: stop and ask, where it is grave.

    Words of which the lexicon knows nothing were found to be grave by how the ears mishear.
    """
    judgement = turn.world.red_flags.judge(words)
    if judgement.tier is not Tier.CAUTION:
        tier = judgement.tier or Tier.URGENT
        alarm.raise_red_flag(turn, words, replace(judgement, tier=tier, ask=True))


def _on_intent(turn: Turn, meaning: Meaning) -> None:
    before = rests.memory_of(turn.frozen_state())
    turn.set(asked=0, missed_check_ins=0, heard_at=turn.now)  # someone is there
    if meaning.intent is not Intent.HELP:
        turn.set(help_page=0)
    act = _ALWAYS.get(meaning.intent) or _IN_PHASE.get(turn.state.phase, _at_work)
    act(turn, meaning)
    if before.phase not in ALARMED:
        undoing.remember(turn, before, meaning.intent)


def _in_check_in(turn: Turn, meaning: Meaning) -> None:
    if meaning.intent in (Intent.YES, Intent.NO, Intent.NOT_SURE):
        check_ins.on_answer(turn, meaning.intent)
    else:
        _at_work(turn, meaning)


def _in_rating(turn: Turn, meaning: Meaning) -> None:
    number = meaning.slot("number")
    if meaning.intent is Intent.NUMBER and isinstance(number, int):
        rating.on_number(turn, number)
    elif meaning.intent in (Intent.SOFTER, Intent.NOT_SURE):
        rating.on_number(turn, rating.TOO_MUCH)
    else:
        _at_work(turn, meaning)


def _in_screening(turn: Turn, intent: Intent) -> None:
    if intent is Intent.BACK:
        opening.screening_back(turn)
    else:
        opening.on_screening_answer(turn, intent)


def _in_preparing(turn: Turn, intent: Intent) -> None:
    if intent in (Intent.NEXT, Intent.YES):
        opening.prepared(turn)
    elif intent is Intent.BACK:
        opening.preparation_back(turn)
    else:
        opening.not_prepared(turn)


def _in_finishing(turn: Turn, meaning: Meaning) -> None:
    """Come back from the last words; one who ended before the first step returns to there."""
    cut_short = turn.state.suspended
    if cut_short is not None and (
        cut_short.phase not in AT_WORK or meaning.intent in (Intent.BACK, Intent.RESUME)
    ):
        undoing.go_back_to(turn, cut_short)
    elif meaning.intent is Intent.RESUME:
        take_up(turn, turn.text(Prompt.RESUMING))
    elif meaning.intent is Intent.BACK:
        steps.go_to(turn, turn.state.step_index, by=-1)
    else:
        _move(turn, meaning)


def _at_work(turn: Turn, meaning: Meaning) -> None:
    match meaning.intent:
        case Intent.SOFTER | Intent.FIRMER:
            replies.change_pressure(turn, -1 if meaning.intent is Intent.SOFTER else 1)
        case Intent.JUST_RIGHT:
            replies.just_right(turn)
        case Intent.VARIATION:
            replies.choose_variation(turn, meaning)
        case Intent.MORE_TIME:
            replies.more_time(turn)
        case _:
            _move(turn, meaning)


def _move(turn: Turn, meaning: Meaning) -> None:
    index = turn.state.step_index
    match meaning.intent:
        case Intent.NEXT:
            steps.go_to(turn, index + 1)
        case Intent.BACK:
            steps.go_to(turn, index - 1, by=-1)
        case Intent.START_OVER | Intent.START_AGAIN:
            steps.go_to(turn, 0, turn.text(Prompt.STARTING_OVER))
        case _:
            _go_to_step(turn, meaning)


def _go_to_step(turn: Turn, meaning: Meaning) -> None:
    routine, number = turn.state.routine, meaning.slot("number")
    count = len(routine.steps) if routine else 0
    if not isinstance(number, int) or not 1 <= number <= count:
        reply(turn, turn.text(Prompt.NO_SUCH_STEP, count=turn.number(count)))
    elif is_closed(turn.state, number - 1):
        reply(turn, turn.text(Prompt.AREA_CLOSED))
    else:
        steps.go_to(turn, number - 1)


def _pause(turn: Turn, _meaning: Meaning) -> None:
    match turn.state.phase:
        case Phase.PREPARING:
            opening.not_prepared(turn)
        case Phase.PAUSED:
            put_again(turn)
        case _:
            rests.pause(turn)


def _resume(turn: Turn, meaning: Meaning) -> None:
    match turn.state.phase:
        case Phase.PAUSED | Phase.STOPPED:
            rests.resume(turn)
        case Phase.WAITING:
            steps.go_to(turn, turn.state.step_index + 1)
        case Phase.PREPARING:
            opening.prepared(turn)
        case Phase.CHECKING_IN:
            replies.just_right(turn)
        case Phase.FINISHING:
            _in_finishing(turn, meaning)
        case _:
            take_up(turn, turn.text(Prompt.RESUMING))


def _stop(turn: Turn, _meaning: Meaning) -> None:
    if turn.state.phase is Phase.DECLINED:
        _end(turn)
        return
    rests.stop(turn)
    if turn.state.phase is Phase.NOTING:
        noting.arm(turn)
    elif turn.state.phase in ALARMED:
        alarm.arm(turn)  # silence after "stop" is still silence after a question


def _end_gently(turn: Turn, _meaning: Meaning) -> None:
    alarm.close_unsettled(turn)
    match turn.state.phase:
        case Phase.TRIAGE | Phase.ESCALATED if not turn.state.notes_written:
            lead = (alarm.unsettled_advice(turn), turn.text(Prompt.ENDING_ALARMED))
            noting.ask(turn, Question.NOTE_BEFORE_END, *lead)
        case phase if phase in ALARMED or turn.state.tier is not None:
            ending = turn.text(Prompt.ENDING_ALARMED)
            steps.leave(turn, Phase.DECLINED, ending, turn.text(Prompt.GOODBYE))
        case Phase.FINISHING | Phase.DECLINED:
            _end(turn)
        case _:
            rest = turn.text(Prompt.REST_AFTER) if turn.state.is_begun else ""
            turn.set(suspended=rests.memory_of(turn.frozen_state()))
            words = (turn.text(Prompt.ENDING_EARLY), steps.reminder(turn), rest)
            steps.leave(turn, Phase.FINISHING, *words, turn.text(Prompt.GOODBYE))


def _end(turn: Turn) -> None:
    if turn.state.utterance is not None:
        turn.fall_silent()
    alarm.close_unsettled(turn)
    turn.enter(Phase.ENDED)
    limiting.remember_closed(turn)
    turn.do(End(alarm.gravest_of_session(turn.state)))


_ALWAYS: Mapping[Intent, Callable[[Turn, Meaning], None]] = {
    Intent.STOP: _stop,
    Intent.REPEAT: lambda turn, _: replies.repeat(turn),
    Intent.HELP: lambda turn, _: replies.help_(turn),
    Intent.END: _end_gently,
    Intent.PAUSE: _pause,
    Intent.RESUME: _resume,
    Intent.SLEEP: lambda turn, _: rests.sleep(turn),
    Intent.UNDO: lambda turn, _: undoing.undo(turn),
    Intent.WRITE_DOWN: lambda turn, _: noting.ask(turn, Question.NOTE_NOW),
    Intent.MORE_OIL: lambda turn, _: rests.more_oil(turn),
    Intent.HOW_LONG: lambda turn, _: replies.how_long(turn),
    Intent.WHERE_AM_I: lambda turn, _: replies.where(turn),
    Intent.WHY: lambda turn, _: replies.why(turn),
    Intent.LOUDER: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.QUIETER: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.SLOWER: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.FASTER: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.GIVE_TIME: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.USUAL_TIME: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.FULL: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.BRIEF: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.AUTOMATIC: lambda turn, m: replies.change_manner(turn, m.intent),
    Intent.WAIT_FOR_ME: lambda turn, m: replies.change_manner(turn, m.intent),
}
"""Intents that act alike in every phase whose table row has them."""

_IN_PHASE: Mapping[Phase, Callable[[Turn, Meaning], None]] = {
    Phase.CHOOSING: opening.on_menu_answer,
    Phase.SCREENING: lambda turn, m: _in_screening(turn, m.intent),
    Phase.PREPARING: lambda turn, m: _in_preparing(turn, m.intent),
    Phase.CHECKING_IN: _in_check_in,
    Phase.RATING: _in_rating,
    Phase.PAUSED: lambda turn, _: rests.resume(turn),
    Phase.TRIAGE: lambda turn, m: alarm.on_answer(turn, m.intent),
    Phase.ESCALATED: lambda turn, m: alarm.on_escalated_intent(turn, m.intent),
    Phase.ASLEEP: lambda turn, _: rests.wake(turn),
    Phase.NOTING: lambda turn, m: noting.on_answer(turn, m.intent),
    Phase.FINISHING: _in_finishing,
}
"""What the other intents do, where a phase has its own ways; elsewhere a step is under way."""


def _on_no_match(turn: Turn, text: str) -> None:
    """Talk that is no active phrase: a question is put again, else a hint of what can be said."""
    known = turn.world.grammar.match(text, ALL_INTENTS - ANSWERS[turn.state.phase]) is not None
    match turn.state.phase:
        case Phase.TRIAGE if known:  # "wait" is no answer, but no noise either
            put_again(turn, turn.text(Prompt.YES_NO_NOT_SURE))
        case Phase.TRIAGE:
            alarm.on_words(turn)
        case Phase.CHECKING_IN if not known:
            check_ins.on_words(turn)
        case Phase.RATING if not known and turn.state.hold is None:
            rating.on_words(turn)
        case Phase.ASLEEP:
            pass
        case Phase.FINISHING | Phase.DECLINED if not known:
            pass
        case _:
            replies.hint(turn, Prompt.NOT_NOW if known else Prompt.NO_MATCH)


def _on_unclear(turn: Turn) -> None:
    """Noise is an answer only where a red flag is asked about, and the question has been heard."""
    if turn.state.phase is Phase.TRIAGE and turn.state.utterance is None:
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


def _on_device(turn: Turn, event: DeviceLost | DeviceBack) -> None:
    if isinstance(event, DeviceBack):
        rests.device_back(turn, event.device)
        return
    rests.device_lost(turn, event.device)
    if turn.state.utterance is not None:
        return
    if turn.state.phase in LEAVING:
        turn.wake_in(rests.PAUSE_REMINDER_SECONDS)
    else:  # nothing will ever be said to the end: what follows speech follows now
        _AFTER_SPEECH[turn.state.phase](turn)


def _nothing(_turn: Turn) -> None:
    """Some phases wait for the user alone."""


_AFTER_SPEECH: Mapping[Phase, Callable[[Turn], None]] = {
    Phase.CHOOSING: opening.arm_quietly,
    Phase.SCREENING: opening.arm,
    Phase.PREPARING: opening.arm_quietly,
    Phase.GUIDING: steps.after_instruction,
    Phase.HOLDING: steps.arm,
    Phase.WAITING: steps.arm_wait,
    Phase.CHECKING_IN: check_ins.arm,
    Phase.RATING: rating.arm,
    Phase.PAUSED: rests.arm,
    Phase.STOPPED: rests.arm,
    Phase.TRIAGE: alarm.arm,
    Phase.ESCALATED: alarm.arm,
    Phase.NOTING: noting.arm,
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
    Phase.CHECKING_IN: check_ins.on_deadline,
    Phase.RATING: rating.on_deadline,
    Phase.PAUSED: rests.on_deadline,
    Phase.STOPPED: rests.on_deadline,
    Phase.TRIAGE: alarm.on_unclear,
    Phase.ESCALATED: alarm.on_advice_deadline,
    Phase.NOTING: noting.on_deadline,
    Phase.FINISHING: _end,
    Phase.DECLINED: _end,
    Phase.ASLEEP: _nothing,
    Phase.ENDED: _nothing,
}
"""What follows when the deadline has come, by phase."""

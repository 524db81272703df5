"""Red flags in the dialogue: stop first, then speak; one question at a time; silence is a yes.

The wording and the order of the questions follow `docs/explanation/safety.md`. Nothing here ever
goes on by itself: each way back to the work is an explicit act of the user.
"""

from dataclasses import replace

from voiceguide.core import pressure
from voiceguide.core.actions import AdjustVoice, Earcon, Play, RaiseRedFlag
from voiceguide.core.areas import area_of, is_closed, is_within, named_in, step_elsewhere
from voiceguide.core.intents import Intent
from voiceguide.core.noting import gravest_incident
from voiceguide.core.prompts import Prompt
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.rests import pause, resting_state, stop
from voiceguide.core.routine import Audience, Region
from voiceguide.core.settings import VOLUME_STEPS
from voiceguide.core.state import ALARMED, Phase, Question, State
from voiceguide.core.steps import go_to
from voiceguide.core.telling import put_again
from voiceguide.core.turn import Turn

ADVICE_AGAIN_SECONDS = 45.0
"""Advice is repeated once after this silence; then the guide only listens."""

_OPEN_ENDED = (Question.IS_IT_A_SYMPTOM, Question.ARE_YOU_ALL_RIGHT, Question.FALSE_ALARM)
"""Questions that a named symptom answers; the other two ask for particular ones."""


def raise_red_flag(turn: Turn, text: str, judgement: Judgement) -> None:
    """Fall silent, freeze everything, then ask or advise as the tier demands."""
    tier = judgement.tier
    if tier is None:
        return
    if turn.state.phase not in ALARMED:
        turn.set(suspended=resting_state(turn), alarm_regions=())
    note_areas(turn, text)
    turn.fall_silent()
    turn.do(RaiseRedFlag(tier, text, judgement.reason))
    turn.set(hold=None, notes_written=0)
    if judgement.ask:
        _in_doubt(turn, tier)
    else:
        _for_certain(turn, tier)


def note_areas(turn: Turn, text: str) -> None:
    """Keep which areas the red flag is about: where the hands are, and what the words name."""
    found = (area_of(turn.state), *named_in(text, turn.world.areas))
    known = (*turn.state.alarm_regions, *(r for r in found if r is not Region.NONE))
    turn.set(alarm_regions=tuple(dict.fromkeys(known)))


def _in_doubt(turn: Turn, tier: Tier) -> None:
    """Ask whether it is a symptom, unless graver advice stands or a question is open already."""
    if turn.state.phase is Phase.ESCALATED and _stands(turn, tier):
        advise(turn)
    elif turn.state.phase is Phase.TRIAGE and turn.state.question is not Question.ARE_YOU_ALL_RIGHT:
        if turn.state.question is Question.IS_IT_A_SYMPTOM:
            turn.set(doubt=gravest(turn.state.doubt, tier))
        on_unclear(turn)
    else:
        turn.set(doubt=tier)
        ask(turn, Question.IS_IT_A_SYMPTOM, stop_words(turn))


def _for_certain(turn: Turn, tier: Tier) -> None:
    already = _stands(turn, tier)
    question = turn.state.question if turn.state.phase is Phase.TRIAGE else None
    turn.set(tier=gravest(gravest(turn.state.tier, tier), turn.state.doubt), doubt=None)
    if turn.state.phase is Phase.ESCALATED and already:
        advise(turn)
    elif question is not None and question not in _OPEN_ENDED and already:
        on_unclear(turn)
    else:
        act_on_tier(turn, stop_words(turn))


def _stands(turn: Turn, tier: Tier) -> bool:
    return turn.state.tier is not None and turn.state.tier.rank >= tier.rank


def gravest(first: Tier | None, second: Tier | None) -> Tier | None:
    """The graver of two tiers."""
    found = [tier for tier in (first, second) if tier is not None]
    return max(found, key=lambda tier: tier.rank, default=None)


def gravest_of_session(state: State) -> Tier | None:
    """What stands, or was raised before and not taken back; of what is over, no mere caution."""
    before = state.incident.tier if state.incident is not None else None
    return gravest(gravest(state.tier, state.doubt), before)


def stop_words(turn: Turn) -> str:
    """What is said before anything else: whoever presses hears what to do with their hands."""
    routine = turn.state.routine
    giver = routine is not None and routine.audience is Audience.PARTNER
    return turn.text(Prompt.RED_FLAG_STOP_GIVER if giver else Prompt.RED_FLAG_STOP_SELF)


def act_on_tier(turn: Turn, lead: str = "") -> None:
    """What the gravest tier raised demands: advice, or a question first."""
    match turn.state.tier:
        case Tier.EMERGENCY:
            advise(turn, lead)
        case Tier.URGENT:
            ask(turn, Question.BOTH_LEGS_OR_SADDLE, lead)
        case _:
            caution(turn, lead)


def ask(turn: Turn, question: Question, lead: str = "") -> None:
    """Put one yes/no question."""
    turn.enter(Phase.TRIAGE)
    turn.set(question=question, asked=0)
    put_again(turn, lead)


def ask_if_all_right(turn: Turn) -> None:
    """Someone alone has not answered: ask as loudly as can be."""
    earlier = resting_state(turn)
    phase = Phase.WAITING if earlier.hold is None else Phase.HOLDING
    if earlier.phase is Phase.CHECKING_IN:  # who is all right is not asked the same again
        earlier = replace(earlier, phase=phase, question=None, position=0)
    turn.set(suspended=earlier, hold=None, missed_check_ins=0, alarm_regions=())
    turn.do(AdjustVoice(turn.state.settings.rate_wpm, VOLUME_STEPS[-1]))
    turn.do(Play(Earcon.TROUBLE))
    ask(turn, Question.ARE_YOU_ALL_RIGHT)


def on_answer(turn: Turn, intent: Intent) -> None:
    """Only "no" leads to the next question; "yes" and "not sure" take the grave branch."""
    question = turn.state.question
    if question is Question.ARE_YOU_ALL_RIGHT:
        _on_all_right_answer(turn, intent)
    elif question is Question.FALSE_ALARM or intent is Intent.FALSE_ALARM:
        _on_false_alarm(turn, intent)
    elif question is Question.IS_IT_A_SYMPTOM and intent is Intent.NO:
        _no_symptom(turn)
    elif question is Question.IS_IT_A_SYMPTOM:
        turn.set(tier=gravest(turn.state.tier, turn.state.doubt), doubt=None)
        act_on_tier(turn)
    elif question is Question.BOTH_LEGS_OR_SADDLE and intent is Intent.NO:
        ask(turn, Question.SUDDEN_OR_ONE_SIDED)
    elif intent is Intent.NO:
        advise(turn)
    else:
        turn.set(tier=Tier.EMERGENCY)
        advise(turn)


def _no_symptom(turn: Turn) -> None:
    turn.set(doubt=None)
    if turn.state.tier is None:
        _back_to_pause(turn, Prompt.NO_SYMPTOM)
    else:
        advise(turn)


def _on_false_alarm(turn: Turn, intent: Intent) -> None:
    """A red flag is taken back by saying so and then confirming it; anything else is no."""
    if turn.state.question is not Question.FALSE_ALARM:
        ask(turn, Question.FALSE_ALARM)
    elif intent in (Intent.YES, Intent.FALSE_ALARM):
        _back_to_pause(turn, Prompt.FALSE_ALARM_TAKEN)
    else:
        turn.set(tier=gravest(turn.state.tier, turn.state.doubt), doubt=None)
        act_on_tier(turn)


def _on_all_right_answer(turn: Turn, intent: Intent) -> None:
    if intent in (Intent.YES, Intent.FALSE_ALARM):
        _back_to_pause(turn, Prompt.FALSE_ALARM_TAKEN)
    else:
        turn.set(doubt=Tier.URGENT)
        ask(turn, Question.IS_IT_A_SYMPTOM)


def _back_to_pause(turn: Turn, prompt: Prompt) -> None:
    """Nothing was wrong: forget the alarm, and wait to be told to go on.

    An area that urgent advice was given about stays closed: both questions had been answered then.
    """
    earlier, now = turn.state.suspended, turn.state
    is_advised = now.tier is Tier.URGENT and now.closed_regions
    if earlier is not None:
        turn.restore(earlier)
        turn.set(
            caution_regions=earlier.caution_regions,
            closed_regions=now.closed_regions if is_advised else earlier.closed_regions,
            incident=earlier.incident,
            tier=None,
        )
    settings = turn.state.settings
    turn.do(AdjustVoice(settings.rate_wpm, settings.volume))  # it may have become loud
    closed = is_closed(turn.state, turn.state.step_index)
    pause(turn, turn.text(Prompt.AREA_CLOSED) if closed else "", turn.text(prompt))


def on_unclear(turn: Turn) -> None:
    """No answer, noise or other words: ask once more, then take the grave branch."""
    if turn.state.asked == 0:
        cut = turn.state.utterance is not None
        turn.set(asked=1)
        put_again(turn, stop_words(turn) if cut else "")
    elif turn.state.question is Question.ARE_YOU_ALL_RIGHT:
        _nobody_answers(turn)
    else:
        on_answer(turn, Intent.NOT_SURE)


def on_words(turn: Turn) -> None:
    """Words that are no answer, twice, are one all the same: somebody is there, and not well."""
    if turn.state.asked and turn.state.question is Question.ARE_YOU_ALL_RIGHT:
        on_answer(turn, Intent.NOT_SURE)
    else:
        on_unclear(turn)


def _nobody_answers(turn: Turn) -> None:
    """Alone and silent: stay stopped, and tell whoever may hear it."""
    earlier = turn.state.suspended
    if earlier is not None:
        turn.restore(earlier)
    stop(turn)
    turn.tell(turn.text(Prompt.NOBODY_ANSWERS))


def advise(turn: Turn, lead: str = "") -> None:
    """Give the advice of the gravest tier raised; but after a caution its areas are closed."""
    if turn.state.tier is not Tier.CAUTION:
        close_areas(turn, turn.state.alarm_regions)
    turn.set(incident=gravest_incident(turn))
    turn.enter(Phase.ESCALATED)
    turn.set(question=None, doubt=None, asked=0)
    put_again(turn, lead)


def caution(turn: Turn, lead: str = "") -> None:
    """Ease off; a second caution in the same area closes it for today."""
    before, regions = turn.state.caution_regions, turn.state.alarm_regions
    seconds = tuple(region for region in regions if is_within(region, before))
    turn.set(caution_regions=(*before, *regions)[-_CAUTIONS_KEPT:])
    close_areas(turn, seconds)
    advise(turn, " ".join((lead, turn.text(Prompt.AREA_CLOSED))) if seconds else lead)


_CAUTIONS_KEPT = 20


def unsettled_advice(turn: Turn) -> str:
    """What silence to the question that stands would have been told."""
    is_open = turn.state.phase is Phase.TRIAGE and turn.state.question not in _OPEN_ENDED
    return turn.text(Prompt.ADVICE_EMERGENCY) if is_open else ""


def close_unsettled(turn: Turn) -> None:
    """Whoever leaves a question of triage unanswered has not said that nothing was wrong."""
    found = gravest(turn.state.tier, turn.state.doubt)
    if turn.state.phase is Phase.TRIAGE and found not in (None, Tier.CAUTION):
        close_areas(turn, turn.state.alarm_regions)


def close_areas(turn: Turn, regions: tuple[Region, ...]) -> None:
    """No step works on these areas any more in this session."""
    turn.set(closed_regions=tuple(dict.fromkeys((*turn.state.closed_regions, *regions))))


def arm(turn: Turn) -> None:
    """The question or advice is said: wait for an answer."""
    if turn.state.phase is Phase.TRIAGE:
        turn.wake_in(turn.answer_seconds)
    else:
        turn.wake_in(ADVICE_AGAIN_SECONDS if turn.state.asked == 0 else None)


def on_advice_deadline(turn: Turn) -> None:
    """Silence after advice: say it once more."""
    turn.set(asked=1)
    put_again(turn)


def on_escalated_intent(turn: Turn, intent: Intent) -> None:
    """The explicit ways on: softer or start again after a caution, another area after `urgent`."""
    tier = turn.state.tier
    if intent is Intent.FALSE_ALARM:
        ask(turn, Question.FALSE_ALARM)
    elif tier is Tier.EMERGENCY:
        put_again(turn)
    elif tier is Tier.CAUTION and intent is not Intent.OTHER_AREA:
        _go_on_gently(turn)
    elif intent is Intent.SOFTER:
        put_again(turn)
    else:
        other_area(turn)


def _go_on_gently(turn: Turn) -> None:
    if not turn.state.is_begun:
        _back_to_pause(turn, Prompt.NO_SYMPTOM)
    elif is_closed(turn.state, turn.state.step_index):
        other_area(turn)
    else:
        words = pressure.change(turn, -1)
        _forget_alarm(turn)
        go_to(turn, turn.state.step_index, words)


def other_area(turn: Turn) -> None:
    """Go on with the next step elsewhere; where there is none, stay with the advice."""
    elsewhere = step_elsewhere(turn.state)
    if elsewhere is None:
        turn.tell(turn.text(Prompt.NO_OTHER_AREA))
        return
    close_areas(turn, turn.state.alarm_regions)
    _forget_alarm(turn)
    go_to(turn, elsewhere, turn.text(Prompt.OTHER_AREA))


def _forget_alarm(turn: Turn) -> None:
    """Go on by the user's will; what was before the alarm can't be undone into."""
    turn.set(tier=None, undo=None, undo_of=None)

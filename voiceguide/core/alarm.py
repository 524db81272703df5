"""Red flags in the dialogue: stop first, then speak; one question at a time; silence is a yes.

The wording and the order of the questions follow `docs/explanation/safety.md`. Nothing here ever
goes on by itself: each way back to the work is an explicit act of the user.
"""

from voiceguide.core.actions import RaiseRedFlag
from voiceguide.core.intents import Intent
from voiceguide.core.prompts import Prompt
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.rests import pause, resting_state
from voiceguide.core.routine import Audience, Region
from voiceguide.core.state import Phase, Question, State
from voiceguide.core.steps import ANSWER_SECONDS, go_to
from voiceguide.core.turn import Turn

ADVICE_AGAIN_SECONDS = 45.0
"""Advice is repeated once after this silence; then the guide only listens."""

QUESTIONS = {
    Question.IS_IT_A_SYMPTOM: Prompt.ASK_IS_IT_A_SYMPTOM,
    Question.BOTH_LEGS_OR_SADDLE: Prompt.ASK_BOTH_LEGS_OR_SADDLE,
    Question.SUDDEN_OR_ONE_SIDED: Prompt.ASK_SUDDEN_OR_ONE_SIDED,
    Question.FALSE_ALARM: Prompt.ASK_FALSE_ALARM,
}

ADVICE = {
    Tier.EMERGENCY: Prompt.ADVICE_EMERGENCY,
    Tier.URGENT: Prompt.ADVICE_URGENT,
    Tier.CAUTION: Prompt.ADVICE_CAUTION,
}


def raise_red_flag(turn: Turn, text: str, judgement: Judgement) -> None:
    """Fall silent, freeze everything, then ask or advise as the tier demands."""
    tier = judgement.tier
    if tier is None:
        return
    before = turn.state.tier
    turn.set(suspended=_interrupted_work(turn))
    turn.fall_silent()
    turn.do(RaiseRedFlag(tier, text, judgement.reason))
    turn.set(tier=gravest(before, tier), hold=None)
    advised = turn.state.phase is Phase.ESCALATED
    if advised and before is not None and before.rank >= tier.rank:
        advise(turn)
    elif judgement.ask:
        ask(turn, Question.IS_IT_A_SYMPTOM, stop_words(turn))
    elif tier is Tier.EMERGENCY:
        advise(turn, stop_words(turn))
    elif tier is Tier.URGENT:
        ask(turn, Question.BOTH_LEGS_OR_SADDLE, stop_words(turn))
    else:
        caution(turn)


def _interrupted_work(turn: Turn) -> State | None:
    in_alarm = turn.state.phase in (Phase.TRIAGE, Phase.ESCALATED)
    return turn.state.suspended if in_alarm else resting_state(turn)


def gravest(first: Tier | None, second: Tier) -> Tier:
    """The graver of two tiers."""
    return second if first is None or second.rank > first.rank else first


def stop_words(turn: Turn) -> str:
    """What is said before anything else: whoever presses hears what to do with their hands."""
    routine = turn.state.routine
    giver = routine is not None and routine.audience is Audience.PARTNER
    return turn.text(Prompt.RED_FLAG_STOP_GIVER if giver else Prompt.RED_FLAG_STOP_SELF)


def ask(turn: Turn, question: Question, lead: str = "") -> None:
    """Put one yes/no question."""
    turn.enter(Phase.TRIAGE)
    turn.set(question=question, asked=0)
    turn.say(lead, turn.text(QUESTIONS[question]))


def on_answer(turn: Turn, intent: Intent) -> None:
    """Only "no" leads to the next question; "yes" and "not sure" take the grave branch."""
    turn.set(asked=0)
    match turn.state.question, intent is Intent.NO:
        case Question.IS_IT_A_SYMPTOM, True:
            turn.set(tier=None, question=None)
            _back_to_pause(turn, Prompt.NO_SYMPTOM)
        case Question.IS_IT_A_SYMPTOM, False:
            _taken_for_a_symptom(turn)
        case Question.BOTH_LEGS_OR_SADDLE, True:
            ask(turn, Question.SUDDEN_OR_ONE_SIDED)
        case Question.SUDDEN_OR_ONE_SIDED, True:
            advise(turn)
        case Question.FALSE_ALARM, _:
            _on_false_alarm_answer(turn, intent)
        case _:
            turn.set(tier=Tier.EMERGENCY)
            advise(turn)


def _taken_for_a_symptom(turn: Turn) -> None:
    match turn.state.tier:
        case Tier.EMERGENCY:
            advise(turn)
        case Tier.CAUTION:
            caution(turn)
        case _:
            ask(turn, Question.BOTH_LEGS_OR_SADDLE)


def _on_false_alarm_answer(turn: Turn, intent: Intent) -> None:
    if intent is Intent.YES:
        turn.set(tier=None, question=None)
        _back_to_pause(turn, Prompt.FALSE_ALARM_TAKEN)
    else:
        advise(turn)


def _back_to_pause(turn: Turn, prompt: Prompt) -> None:
    earlier = turn.state.suspended
    if earlier is not None:
        turn.restore(earlier)
        turn.set(tier=None)
    pause(turn, turn.text(prompt))


def on_unclear(turn: Turn) -> None:
    """No answer, noise or other words: ask once more, then take the grave branch."""
    if turn.state.asked == 0:
        turn.set(asked=1)
        question = turn.state.question or Question.BOTH_LEGS_OR_SADDLE
        turn.say(turn.text(QUESTIONS[question]))
        turn.wake_in(None)
    elif turn.state.question is Question.FALSE_ALARM:
        advise(turn)
    else:
        on_answer(turn, Intent.NOT_SURE)


def advise(turn: Turn, lead: str = "") -> None:
    """Give the advice of the gravest tier raised."""
    turn.enter(Phase.ESCALATED)
    turn.set(question=None, asked=0)
    turn.say(lead, advice_text(turn))


def advice_text(turn: Turn) -> str:
    """The advice that stands."""
    return turn.text(ADVICE[turn.state.tier or Tier.CAUTION])


def caution(turn: Turn) -> None:
    """Ease off; a second caution in the same area closes it for today."""
    region = _region(turn)
    closed = region is not Region.NONE and region in turn.state.caution_regions
    turn.set(caution_regions=(*turn.state.caution_regions, region))
    advise(turn, turn.text(Prompt.AREA_CLOSED) if closed else "")


def _region(turn: Turn) -> Region:
    step = turn.state.step
    return step.region if step is not None else Region.NONE


def arm(turn: Turn) -> None:
    """The question or advice is said: wait for an answer."""
    if turn.state.phase is Phase.TRIAGE:
        turn.wake_in(ANSWER_SECONDS)
    else:
        turn.wake_in(ADVICE_AGAIN_SECONDS if turn.state.asked == 0 else None)


def on_advice_deadline(turn: Turn) -> None:
    """Silence after advice: say it once more."""
    turn.set(asked=1)
    turn.say(advice_text(turn))
    turn.wake_in(None)


def on_escalated_intent(turn: Turn, intent: Intent) -> None:
    """The explicit ways on: softer or start again after a caution, another area after `urgent`."""
    tier = turn.state.tier
    if intent is Intent.FALSE_ALARM:
        ask(turn, Question.FALSE_ALARM)
    elif intent is Intent.OTHER_AREA and tier is not Tier.EMERGENCY:
        other_area(turn)
    elif intent in (Intent.SOFTER, Intent.START_AGAIN) and tier is Tier.CAUTION:
        _go_on_gently(turn)
    elif intent is Intent.START_AGAIN and tier is Tier.URGENT:
        other_area(turn)
    else:
        turn.say(advice_text(turn))


def _go_on_gently(turn: Turn) -> None:
    region = _region(turn)
    if turn.state.caution_regions.count(region) > 1 and region is not Region.NONE:
        other_area(turn)
        return
    index, offset = turn.state.step_index, turn.state.pressure_offset - 1
    _leave(turn)
    turn.set(pressure_offset=offset)
    go_to(turn, index)


def other_area(turn: Turn) -> None:
    """Go on with the next step elsewhere; where there is none, stay with the advice."""
    routine, region = turn.state.routine, _region(turn)
    steps = routine.steps if routine else ()
    later = range(turn.state.step_index + 1, len(steps))
    elsewhere = next((i for i in later if steps[i].region is not region), None)
    if elsewhere is None:
        turn.say(turn.text(Prompt.NO_OTHER_AREA))
        return
    _leave(turn)
    go_to(turn, elsewhere, turn.text(Prompt.OTHER_AREA))


def _leave(turn: Turn) -> None:
    turn.set(tier=None, suspended=None, question=None)

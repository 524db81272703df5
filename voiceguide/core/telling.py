"""What belongs to a phase in words, and how an answer and what it cut off are said together."""

from collections.abc import Mapping

from voiceguide.core.areas import is_closed, step_elsewhere
from voiceguide.core.opening import menu_text, preparation_text, screening_text
from voiceguide.core.phrasing import clauses_of
from voiceguide.core.prompts import Prompt
from voiceguide.core.red_flags import Tier
from voiceguide.core.state import Phase, Question, State
from voiceguide.core.steps import how_to_go_on, instruction, start_hold
from voiceguide.core.turn import Turn

QUESTIONS: Mapping[Question, Prompt] = {
    Question.IS_IT_A_SYMPTOM: Prompt.ASK_IS_IT_A_SYMPTOM,
    Question.BOTH_LEGS_OR_SADDLE: Prompt.ASK_BOTH_LEGS_OR_SADDLE,
    Question.SUDDEN_OR_ONE_SIDED: Prompt.ASK_SUDDEN_OR_ONE_SIDED,
    Question.FALSE_ALARM: Prompt.ASK_FALSE_ALARM,
    Question.ARE_YOU_ALL_RIGHT: Prompt.ASK_ARE_YOU_ALL_RIGHT,
    Question.ALL_WELL_ALONE: Prompt.CHECK_IN_ALONE,
    Question.ALL_WELL_TOGETHER: Prompt.CHECK_IN_TOGETHER,
    Question.NOTE_NOW: Prompt.ASK_NOTE,
    Question.NOTE_BEFORE_END: Prompt.ASK_NOTE,
}

ADVICE: Mapping[Tier, Prompt] = {
    Tier.EMERGENCY: Prompt.ADVICE_EMERGENCY,
    Tier.URGENT: Prompt.ADVICE_URGENT,
    Tier.CAUTION: Prompt.ADVICE_CAUTION,
}

_IN_AN_INSTRUCTION = frozenset({Phase.GUIDING, Phase.HOLDING, Phase.WAITING})

BEING_WRITTEN = 1
"""`State.position` while a note that was consented to is on its way to the disk."""

HINTS: Mapping[Phase, Prompt] = {
    Phase.PAUSED: Prompt.PAUSED_WAITING,
    Phase.STOPPED: Prompt.STOPPED_HINT,
    Phase.ASLEEP: Prompt.ASLEEP,
}


def matter(turn: Turn) -> tuple[str, ...]:
    """What stands to be said in the present phase: the step, the question, the advice, the hint."""
    state = turn.state
    match state.phase:
        case phase if phase in _IN_AN_INSTRUCTION:
            return instruction(state, turn.world.prompts)
        case Phase.DECLINED | Phase.FINISHING:
            return state.farewell
        case _:
            return clauses_of(_question(turn))


def _question(turn: Turn) -> str:
    state = turn.state
    match state.phase:
        case Phase.CHOOSING:
            return menu_text(turn)
        case Phase.SCREENING:
            return screening_text(turn)
        case Phase.PREPARING:
            return preparation_text(turn)
        case Phase.CHECKING_IN:
            return _check_in(turn)
        case Phase.RATING:
            return turn.text(Prompt.RATING_ASK) if state.hold is None else time_left(turn)
        case Phase.NOTING if state.position == BEING_WRITTEN:
            return turn.text(Prompt.NOTING)
        case Phase.TRIAGE | Phase.NOTING:
            return turn.text(QUESTIONS[state.question or Question.BOTH_LEGS_OR_SADDLE])
        case Phase.ESCALATED:
            return f"{turn.text(ADVICE[state.tier or Tier.CAUTION])} {_ways_on(turn)}"
        case phase:
            return turn.text(HINTS[phase])


def _check_in(turn: Turn) -> str:
    """The check-in that stands: because time has passed, or at a step's end; then, which way."""
    state = turn.state
    if state.position > 0:
        return turn.text(Prompt.CHECK_IN_SOFTER_OR_FIRMER)
    if state.question is not None:
        return turn.text(QUESTIONS[state.question])
    return state.step.check_in if state.step else ""


def _ways_on(turn: Turn) -> str:
    """What can be said after advice; only what there is."""
    state = turn.state
    elsewhere = step_elsewhere(state) is not None
    gently = state.tier is Tier.CAUTION and not is_closed(state, state.step_index)
    match state.tier, gently, elsewhere:
        case Tier.EMERGENCY, _, _:
            return turn.text(Prompt.OFFER_REPEAT)
        case _, True, _ if not state.is_begun:
            return turn.text(Prompt.OFFER_START_AGAIN)
        case _, True, True:
            return turn.text(Prompt.OFFER_SOFTER_OR_OTHER_AREA)
        case _, True, False:
            return turn.text(Prompt.OFFER_SOFTER)
        case _, _, True:
            return turn.text(Prompt.OFFER_OTHER_AREA)
        case _:
            return turn.text(Prompt.OFFER_END)


def time_left(turn: Turn) -> str:
    """What is left on the step's timer."""
    hold = turn.state.hold
    left = hold.left_at(turn.now) if hold is not None else 0.0
    return turn.text(Prompt.SECONDS_LEFT, time=turn.world.prompts.duration(left))


def put_again(turn: Turn, *lead: str) -> None:
    """Say again what stands, after a lead-in."""
    origin = 0 if turn.state.phase in _IN_AN_INSTRUCTION else None
    turn.say(*lead, then=matter(turn), origin=origin)


def reply(turn: Turn, *texts: str) -> None:
    """Answer, then go on with what the answer has cut off; a timer keeps running."""
    utterance = turn.state.utterance
    if utterance is not None and utterance.origin is not None:
        tell_from(turn, utterance.place, *texts)
    elif turn.state.phase is Phase.GUIDING:
        tell_from(turn, 0, *texts)
    elif utterance is None and _is_asking(turn.state):
        put_again(turn, *texts)
    else:
        turn.say(*texts, then=utterance.unsaid if utterance is not None else ())


def _is_asking(state: State) -> bool:
    """Whether a question stands that an answer to something else may have made forget."""
    if state.phase is Phase.RATING:
        return state.hold is None
    return state.phase in (Phase.SCREENING, Phase.CHECKING_IN, Phase.TRIAGE, Phase.NOTING)


def tell_from(turn: Turn, place: int, *lead: str) -> None:
    """Say the instruction from one of its clauses on, with today's pressure."""
    rest = instruction(turn.state, turn.world.prompts)[place:]
    turn.say(*lead, then=rest, origin=place)


def take_up(turn: Turn, *lead: str) -> None:
    """Go on with the present phase after a lead-in: from where it was cut, its timer running."""
    state = turn.state
    match state.phase:
        case Phase.GUIDING:
            reply(turn, *lead)
        case Phase.HOLDING if state.hold is not None:
            turn.say(*lead, time_left(turn))
            start_hold(turn, state.hold)
        case Phase.WAITING:
            turn.say(*lead, how_to_go_on(turn))
        case _:
            put_again(turn, *lead)

"""What can be said now: the phrases that help and hints name, most needed first."""

from collections.abc import Callable, Mapping

from voiceguide.core.answers import ANSWERS
from voiceguide.core.areas import step_elsewhere
from voiceguide.core.intents import Intent
from voiceguide.core.prompts import Prompt, Prompts
from voiceguide.core.red_flags import Tier
from voiceguide.core.settings import Detail, Pace, Patience
from voiceguide.core.state import AT_WORK, Phase, State

PHRASES_AT_ONCE = 7
"""How many phrases help names in one breath; more can't be kept in mind."""

_I = Intent

FIRST: Mapping[Phase, tuple[Intent, ...]] = {
    Phase.CHOOSING: (_I.CHOOSE, _I.REPEAT, _I.LOUDER, _I.SLOWER, _I.STOP, _I.END),
    Phase.PREPARING: (_I.NEXT, _I.REPEAT, _I.BACK, _I.PAUSE, _I.STOP, _I.END),
    Phase.GUIDING: (_I.NEXT, _I.REPEAT, _I.SOFTER, _I.FIRMER, _I.PAUSE, _I.STOP, _I.END),
    Phase.HOLDING: (_I.SOFTER, _I.FIRMER, _I.PAUSE, _I.STOP, _I.NEXT, _I.HOW_LONG, _I.MORE_TIME),
    Phase.WAITING: (_I.NEXT, _I.REPEAT, _I.BACK, _I.MORE_TIME, _I.SOFTER, _I.STOP, _I.END),
    Phase.CHECKING_IN: (_I.YES, _I.SOFTER, _I.FIRMER, _I.JUST_RIGHT, _I.NEXT, _I.STOP),
    Phase.RATING: (_I.NUMBER, _I.SOFTER, _I.NEXT, _I.PAUSE, _I.STOP),
    Phase.PAUSED: (_I.RESUME, _I.REPEAT, _I.HOW_LONG, _I.WHERE_AM_I, _I.STOP, _I.END),
    Phase.ESCALATED: (
        _I.REPEAT,
        _I.SOFTER,
        _I.OTHER_AREA,
        _I.WRITE_DOWN,
        _I.END,
        _I.FALSE_ALARM,
    ),
    Phase.FINISHING: (_I.UNDO, _I.REPEAT, _I.BACK, _I.START_OVER, _I.STOP, _I.END),
}
"""The first breath of help where the general order is not the phase's own."""

HELP_ORDER: tuple[Intent, ...] = (
    _I.CHOOSE,
    _I.YES,
    _I.NO,
    _I.NOT_SURE,
    _I.ALL_WELL,
    _I.NUMBER,
    _I.RESUME,
    _I.WAKE,
    _I.NEXT,
    _I.BACK,
    _I.REPEAT,
    _I.SOFTER,
    _I.FIRMER,
    _I.JUST_RIGHT,
    _I.PAUSE,
    _I.STOP,
    _I.END,
    _I.VARIATION,
    _I.MORE_TIME,
    _I.HOW_LONG,
    _I.WHERE_AM_I,
    _I.WHY,
    _I.LOUDER,
    _I.QUIETER,
    _I.SLOWER,
    _I.FASTER,
    _I.GIVE_TIME,
    _I.USUAL_TIME,
    _I.MORE_OIL,
    _I.AUTOMATIC,
    _I.WAIT_FOR_ME,
    _I.BRIEF,
    _I.FULL,
    _I.GO_TO_STEP,
    _I.START_OVER,
    _I.UNDO,
    _I.SLEEP,
    _I.WRITE_DOWN,
    _I.START_AGAIN,
    _I.OTHER_AREA,
    _I.FALSE_ALARM,
)
"""The order in which help names what can be said, most needed first. "Help" names itself."""


def phrases(state: State, prompts: Prompts, page: int = 0) -> str:
    """A handful of what can be said now, as one choice."""
    start = page * PHRASES_AT_ONCE
    return prompts.one_of(available(state, prompts)[start : start + PHRASES_AT_ONCE])


def available(state: State, prompts: Prompts) -> list[str]:
    """The names of all that makes sense to say now, in the order of help."""
    order = dict.fromkeys((*FIRST.get(state.phase, ()), *HELP_ORDER))
    return [
        name
        for intent in order
        if intent in ANSWERS[state.phase] and _makes_sense(intent, state)
        for name in _names(intent, state, prompts)
    ]


def _names(intent: Intent, state: State, prompts: Prompts) -> list[str]:
    if intent is Intent.VARIATION:
        return [variation.name for variation in state.step.variations] if state.step else []
    if intent is Intent.NEXT and state.phase is Phase.PREPARING:
        return [prompts.text(Prompt.NAME_READY)]
    return [prompts.names[intent]]


def _makes_sense(intent: Intent, state: State) -> bool:
    """Whether an intent that is answered is worth naming; the rest is understood as well."""
    check = _CONDITIONS.get(intent)
    return check is None or check(state)


_CONDITIONS: Mapping[Intent, Callable[[State], bool]] = {
    _I.UNDO: lambda state: state.undo is not None,
    _I.NUMBER: lambda state: state.phase is not Phase.CHOOSING,
    _I.RESUME: lambda state: state.phase in (Phase.PAUSED, Phase.STOPPED),
    _I.PAUSE: lambda state: state.phase is not Phase.PAUSED,
    _I.NEXT: lambda state: state.phase is not Phase.PAUSED,
    _I.YES: lambda state: state.phase is not Phase.PREPARING,
    _I.NO: lambda state: state.phase is not Phase.PREPARING,
    _I.NOT_SURE: lambda state: state.phase is not Phase.PREPARING,
    _I.MORE_TIME: lambda state: state.phase is not Phase.PREPARING,
    _I.MORE_OIL: lambda state: state.routine is not None and bool(state.routine.oil),
    _I.AUTOMATIC: lambda state: state.settings.pace is not Pace.AUTOMATIC,
    _I.WAIT_FOR_ME: lambda state: state.settings.pace is not Pace.WAIT_FOR_ME,
    _I.GIVE_TIME: lambda state: state.settings.patience is not Patience.LONG,
    _I.USUAL_TIME: lambda state: state.settings.patience is not Patience.USUAL,
    _I.BRIEF: lambda state: state.settings.detail is not Detail.BRIEF,
    _I.FULL: lambda state: state.settings.detail is not Detail.FULL,
    _I.SOFTER: lambda state: (
        state.phase in AT_WORK or (state.tier is Tier.CAUTION and state.is_begun)
    ),
    _I.OTHER_AREA: lambda state: (
        state.tier is not Tier.EMERGENCY and step_elsewhere(state) is not None
    ),
    _I.START_AGAIN: lambda state: (
        state.phase is Phase.ESCALATED and state.tier is Tier.CAUTION and not state.is_begun
    ),
    _I.WHY: lambda state: state.phase is not Phase.PAUSED,
    _I.ALL_WELL: lambda state: state.phase is not Phase.TRIAGE,
}
"""When an answered intent is named; those not here always are."""

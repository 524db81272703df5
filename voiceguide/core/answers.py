"""Which intents each phase answers to.

The table decides what is understood, it is the recognizer's active grammar, it is the answer to
"what can I say?", and the diagram in `docs/explanation` is drawn from it. "Stop", "repeat" and
"help" are answered wherever the session lives. Red flags are not in the table: they are looked
at before it.
"""

from collections.abc import Mapping

from voiceguide.core.intents import Intent
from voiceguide.core.state import Phase

_I = Intent
_ALWAYS = frozenset({_I.STOP, _I.REPEAT, _I.HELP, _I.END})
_VOICE = frozenset({_I.LOUDER, _I.QUIETER, _I.SLOWER, _I.FASTER, _I.FULL, _I.BRIEF})
_PACE = frozenset({_I.AUTOMATIC, _I.WAIT_FOR_ME})
_PATIENCE = frozenset({_I.GIVE_TIME, _I.USUAL_TIME})
_MANNER = _VOICE | _PACE | _PATIENCE
_YES_NO = frozenset({_I.YES, _I.NO, _I.NOT_SURE})
_PRESSURE = frozenset({_I.SOFTER, _I.FIRMER, _I.JUST_RIGHT})
_MOVES = frozenset({_I.NEXT, _I.BACK, _I.START_OVER, _I.START_AGAIN, _I.GO_TO_STEP})
_REST = frozenset({_I.PAUSE, _I.RESUME, _I.SLEEP, _I.MORE_OIL, _I.UNDO})
_ASKS = frozenset({_I.HOW_LONG, _I.WHERE_AM_I, _I.WHY})

_IN_A_STEP = _ALWAYS | _MANNER | _PRESSURE | _MOVES | _REST | _ASKS | {_I.WRITE_DOWN}
_AT_WORK = _IN_A_STEP | {_I.MORE_TIME, _I.VARIATION}

ANSWERS: Mapping[Phase, frozenset[Intent]] = {
    Phase.CHOOSING: _ALWAYS | _MANNER | {_I.CHOOSE, _I.NUMBER, _I.SLEEP, _I.WHERE_AM_I},
    Phase.SCREENING: _ALWAYS | _MANNER | _YES_NO | {_I.PAUSE, _I.BACK, _I.WHY, _I.WHERE_AM_I},
    Phase.PREPARING: _ALWAYS
    | _MANNER
    | _REST
    | _YES_NO
    | {_I.NEXT, _I.BACK, _I.HOW_LONG, _I.WHERE_AM_I, _I.MORE_TIME, _I.WRITE_DOWN},
    Phase.GUIDING: _AT_WORK,
    Phase.HOLDING: _AT_WORK,
    Phase.WAITING: _AT_WORK,
    Phase.CHECKING_IN: _AT_WORK | _YES_NO | {_I.ALL_WELL},
    Phase.RATING: _IN_A_STEP | {_I.NUMBER, _I.NOT_SURE},
    Phase.PAUSED: _ALWAYS
    | _MANNER
    | _ASKS
    | {_I.RESUME, _I.NEXT, _I.PAUSE, _I.MORE_OIL, _I.UNDO, _I.SLEEP, _I.WRITE_DOWN},
    Phase.STOPPED: _ALWAYS | {_I.RESUME},
    Phase.TRIAGE: _ALWAYS
    | _YES_NO
    | {_I.ALL_WELL, _I.FALSE_ALARM, _I.LOUDER, _I.SLOWER, _I.GIVE_TIME},
    Phase.ESCALATED: _ALWAYS
    | {_I.START_AGAIN, _I.OTHER_AREA, _I.SOFTER, _I.FALSE_ALARM, _I.LOUDER, _I.SLOWER}
    | {_I.WRITE_DOWN},
    Phase.NOTING: _ALWAYS | _YES_NO | {_I.LOUDER, _I.SLOWER, _I.GIVE_TIME},
    Phase.DECLINED: _ALWAYS | {_I.LOUDER, _I.SLOWER},
    Phase.ASLEEP: frozenset({_I.WAKE, _I.STOP, _I.REPEAT, _I.HELP}),
    Phase.FINISHING: _ALWAYS
    | _VOICE
    | {_I.UNDO, _I.RESUME, _I.BACK, _I.START_OVER, _I.START_AGAIN, _I.GO_TO_STEP, _I.PAUSE},
    Phase.ENDED: frozenset(),
}

ALL_INTENTS: frozenset[Intent] = frozenset().union(*ANSWERS.values())
"""What is understood in some phase or other."""

"""Undo: takes the last command back, and only that.

A move goes back to where it was made. A change of pressure, voice or pace is taken back where the
dialogue stands now: its timer and its place are not the command's doing.
"""

from dataclasses import replace

from voiceguide.core.intents import Intent
from voiceguide.core.prompts import Prompt
from voiceguide.core.replies import adopt
from voiceguide.core.rests import pause
from voiceguide.core.state import AT_REST, AT_WORK, State
from voiceguide.core.steps import pressure_words, step_number
from voiceguide.core.telling import put_again, reply, take_up, time_left
from voiceguide.core.turn import Turn

_MANNER = frozenset(
    {Intent.LOUDER, Intent.QUIETER, Intent.SLOWER, Intent.FASTER, Intent.FULL, Intent.BRIEF}
    | {Intent.AUTOMATIC, Intent.WAIT_FOR_ME, Intent.GIVE_TIME, Intent.USUAL_TIME}
)
_PRESSURE = frozenset({Intent.SOFTER, Intent.FIRMER})
_MOVES = frozenset(
    {Intent.NEXT, Intent.BACK, Intent.START_OVER, Intent.START_AGAIN, Intent.GO_TO_STEP}
    | {Intent.END}
)
_WITHIN_A_STEP = frozenset({Intent.MORE_TIME, Intent.VARIATION})

UNDOABLE = _MANNER | _PRESSURE | _MOVES | _WITHIN_A_STEP
"""The commands that can be taken back."""


def has_effect(before: State, after: State) -> bool:
    """Whether a command has changed anything that can be taken back."""
    return any(
        getattr(before, name) != getattr(after, name)
        for name in ("phase", "step_index", "position", "pressure_offset", "variation", "settings")
    ) or (before.hold and before.hold.total_seconds) != (after.hold and after.hold.total_seconds)


def undo(turn: Turn) -> None:
    """Take the last command back, or say that there is none."""
    earlier, command = turn.state.undo, turn.state.undo_of
    turn.set(undo=None, undo_of=None)
    is_past = command in _WITHIN_A_STEP and not _is_same_step(earlier, turn.state)
    if earlier is None or is_past:
        reply(turn, turn.text(Prompt.NOTHING_TO_UNDO))
    elif command in _MANNER:
        adopt(turn, earlier.settings)
        reply(turn, turn.text(Prompt.UNDONE))
    elif command in _PRESSURE:
        turn.set(pressure_offset=earlier.pressure_offset)
        reply(turn, turn.text(Prompt.UNDONE), _pressure(turn))
    elif command is Intent.VARIATION:
        turn.set(variation=earlier.variation)
        put_again(turn, turn.text(Prompt.UNDONE))
    elif command is Intent.MORE_TIME and earlier.hold is not None and turn.state.hold is not None:
        turn.set(hold=replace(turn.state.hold, total_seconds=earlier.hold.total_seconds))
        reply(turn, turn.text(Prompt.UNDONE), time_left(turn))
    else:
        go_back_to(turn, earlier)


def _is_same_step(earlier: State | None, now: State) -> bool:
    return earlier is not None and earlier.step_index == now.step_index


def _pressure(turn: Turn) -> str:
    step = turn.state.step
    if step is None or step.pressure is None:
        return ""
    words = pressure_words(turn.state, step, turn.world.prompts)
    return turn.text(Prompt.PRESSURE_NOW, pressure=words)


def go_back_to(turn: Turn, earlier: State) -> None:
    """Return to where the command was given; a session at rest stays at rest."""
    resting = turn.state.phase in AT_REST
    turn.restore(earlier)
    turn.set(variation=earlier.variation)
    at_step = earlier.phase in AT_WORK
    place = step_number(turn.state, turn.world.prompts) if at_step else ""
    if resting and at_step:
        pause(turn, turn.text(Prompt.UNDONE), place, turn.text(Prompt.PAUSED))
    else:
        take_up(turn, turn.text(Prompt.UNDONE), place)


def remember(turn: Turn, before: State, command: Intent) -> None:
    """Keep the state before a command that can be taken back."""
    if command in UNDOABLE and has_effect(before, turn.state):
        turn.set(undo=replace(before, undo_of=None), undo_of=command)

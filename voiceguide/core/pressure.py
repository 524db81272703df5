"""Softer and firmer: the session's pressure, within each step's bounds."""

from voiceguide.core.prompts import Prompt
from voiceguide.core.steps import pressure_words
from voiceguide.core.turn import Turn

_MOST_OFFSET = 4
"""From one end of the scale of 1 to 5 to the other."""


def change(turn: Turn, by: int) -> str:
    """Softer (-1) or firmer (+1) from here on; the words are the step's own way of doing it."""
    step = turn.state.step
    if step is None or step.pressure is None:
        offset = turn.state.pressure_offset + by
        turn.set(pressure_offset=max(-_MOST_OFFSET, min(_MOST_OFFSET, offset)))
        return turn.text(Prompt.NO_PRESSURE_SOFTER if by < 0 else Prompt.NO_PRESSURE_FIRMER)
    before = step.pressure.at(turn.state.pressure_offset)
    if step.pressure.at(before + by - step.pressure.usual) == before:
        words = pressure_words(turn.state, step, turn.world.prompts)
        return turn.text(Prompt.SOFTEST if by < 0 else Prompt.FIRMEST, pressure=words)
    turn.set(pressure_offset=before + by - step.pressure.usual)
    words = pressure_words(turn.state, step, turn.world.prompts)
    how = step.softer if by < 0 else step.firmer
    return turn.text(Prompt.SOFTER if by < 0 else Prompt.FIRMER, how=how, pressure=words)

"""The rating loop of trigger point work: press, ask for 0 to 10, hold until the number falls.

The figures are seed 002's: hold until 4 to 6 is felt, at most six rounds.
"""

from voiceguide.core import limiting
from voiceguide.core.prompts import Prompt
from voiceguide.core.routine import RatingLoop
from voiceguide.core.state import Hold
from voiceguide.core.steps import wait
from voiceguide.core.telling import put_again
from voiceguide.core.turn import Turn

TOO_MUCH = 10
"""What "softer" and "not sure" count as."""


def on_number(turn: Turn, number: int) -> None:
    """Ease off above the step's bound, hold above its release value, else let go."""
    loop = _loop(turn)
    turn.set(position=turn.state.position + 1, hold=None)
    if number <= loop.release_at:
        wait(turn, turn.text(Prompt.RATING_RELEASE))
    elif turn.state.position >= loop.rounds or limiting.is_used_up(turn):
        wait(turn, turn.text(Prompt.RATING_ENOUGH))
    elif number > loop.ease_off_above:
        turn.set(pressure_offset=turn.state.pressure_offset - 1)
        turn.tell(turn.text(Prompt.RATING_EASE_OFF), turn.text(Prompt.RATING_ASK))
    else:
        turn.set(hold=Hold(loop.hold_seconds))
        seconds = turn.number(round(loop.hold_seconds))
        # The number is said back: a higher one that was misheard must not be worked on with.
        rating = turn.number(number)
        turn.say(turn.text(Prompt.RATING_HOLD, rating=rating, seconds=seconds))


def on_words(turn: Turn) -> None:
    """No number: ask once more, then let go, for the pressure is on meanwhile."""
    if turn.state.asked == 0:
        turn.set(asked=1)
        turn.tell(turn.text(Prompt.RATING_HOW_TO_ANSWER), turn.text(Prompt.RATING_ASK))
    else:
        wait(turn, turn.text(Prompt.RATING_SILENT))


def arm(turn: Turn) -> None:
    """The words are said: let the pressure hold run, or wait for the number."""
    hold = turn.state.hold
    if hold is None:
        turn.wake_in(turn.answer_seconds)
    else:
        turn.set(hold=hold.started_at(turn.now))
        turn.wake_in(hold.left_at(turn.now))


def on_deadline(turn: Turn) -> None:
    """A hold is over, or nobody gave a number: ask once more, then let go."""
    if turn.state.hold is not None:
        turn.set(hold=None)
        turn.tell(turn.text(Prompt.RATING_AGAIN))
    elif turn.state.asked == 0:
        turn.set(asked=1)
        put_again(turn)
    else:
        wait(turn, turn.text(Prompt.RATING_SILENT))


def _loop(turn: Turn) -> RatingLoop:
    step = turn.state.step
    return (step.rating if step else None) or RatingLoop()

"""Check-ins: is the pressure right? Silence is asked about once, and alone it is an alarm."""

from voiceguide.core.alarm import ask_if_all_right
from voiceguide.core.intents import Intent
from voiceguide.core.prompts import Prompt
from voiceguide.core.rests import pause
from voiceguide.core.settings import Pace
from voiceguide.core.steps import check_in_at, go_to, start_hold, wait
from voiceguide.core.telling import put_again
from voiceguide.core.turn import Turn

MISSED_CHECK_INS_ALONE = 2
"""Unanswered check-ins in a row after which someone working alone is asked to answer."""


AGAIN_SECONDS = 60.0
"""After a check-in that somebody alone has not answered the next one comes so soon."""


def arm(turn: Turn) -> None:
    """The check-in is said: wait for an answer."""
    turn.wake_in(turn.answer_seconds)


def on_answer(turn: Turn, intent: Intent) -> None:
    """A "yes" is just right; a "no" asks which way; a second one pauses, for something is wrong."""
    if intent is Intent.YES:
        answered(turn, turn.text(Prompt.RESUMING if _is_by_time(turn) else Prompt.JUST_RIGHT))
    elif turn.state.position == 0:
        turn.set(position=1)
        turn.tell(turn.text(Prompt.CHECK_IN_SOFTER_OR_FIRMER))
    else:
        turn.set(position=0)
        pause(turn, turn.text(Prompt.CHECK_IN_PAUSED))


def answered(turn: Turn, reply: str) -> None:
    """A check-in was answered: go on by itself or wait, after the reply."""
    turn.set(position=0)
    if _is_by_time(turn):
        _back_to_work(turn, reply)
    elif turn.state.settings.pace is Pace.AUTOMATIC:
        go_to(turn, turn.state.step_index + 1, reply)
    else:
        wait(turn, reply)


def on_deadline(turn: Turn) -> None:
    """No answer: ask once more, then wait; alone, a second missed check-in is an alarm.

    Whoever has said "no" and then falls silent is left in peace, or alone asked after at once.
    """
    if turn.state.asked == 0:
        turn.set(asked=1)
        put_again(turn)
        return
    if turn.state.position > 0:
        _nothing_behind_no(turn)
        return
    turn.set(missed_check_ins=turn.state.missed_check_ins + 1, position=0)
    if turn.state.is_alone and turn.state.missed_check_ins >= MISSED_CHECK_INS_ALONE:
        ask_if_all_right(turn)
    elif _is_by_time(turn):
        going_on = turn.state.hold is not None
        prompt = Prompt.CHECK_IN_GOING_ON if going_on else Prompt.CHECK_IN_SILENT
        _back_to_work(turn, turn.text(prompt))
    elif turn.state.settings.pace is Pace.AUTOMATIC:
        go_to(turn, turn.state.step_index + 1, turn.text(Prompt.CHECK_IN_GOING_ON))
    else:
        wait(turn, turn.text(Prompt.CHECK_IN_SILENT))


def on_words(turn: Turn) -> None:
    """Words that nobody understood may say that something is not right."""
    turn.set(position=1, asked=0)
    turn.tell(turn.text(Prompt.CHECK_IN_SOFTER_OR_FIRMER))


def _nothing_behind_no(turn: Turn) -> None:
    """Something is not right, and nobody says what: nothing goes on by itself."""
    turn.set(position=0)
    if turn.state.is_alone:
        ask_if_all_right(turn)
    else:
        pause(turn, turn.text(Prompt.CHECK_IN_PAUSED))


def _is_by_time(turn: Turn) -> bool:
    """Whether it was asked in the course of a step, rather than at its end."""
    return turn.state.question is not None


def _back_to_work(turn: Turn, words: str) -> None:
    """Go on where the question came between; alone and unanswered, it comes again soon."""
    hold = turn.state.hold
    turn.set(question=None, heard_at=turn.now)
    if turn.state.is_alone and turn.state.missed_check_ins > 0:
        sooner = max(0.0, check_in_at(turn) - turn.now - AGAIN_SECONDS)
        turn.set(heard_at=turn.now - sooner)
    if hold is not None:
        turn.say(words)
        start_hold(turn, hold)
    else:
        wait(turn, words)

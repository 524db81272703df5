"""Breaks in the dialogue - pause, stop, sleep, undo, lost devices - and how they end."""

from dataclasses import replace

from voiceguide.core.actions import Earcon, Play
from voiceguide.core.phrasing import split_clauses
from voiceguide.core.events import Device
from voiceguide.core.opening import menu_text, preparation_text, screening_text
from voiceguide.core.prompts import Prompt
from voiceguide.core.state import Phase, State
from voiceguide.core.steps import arm_wait, instruction, say_step, start_hold
from voiceguide.core.turn import Turn

PAUSE_REMINDER_SECONDS = 300.0
"""A paused guide says once, after five minutes, that it is still paused."""


def pause(turn: Turn, *texts: str) -> None:
    """Freeze everything until "resume"; the reason is said first."""
    resting = resting_state(turn)
    turn.set(suspended=resting, hold=resting.hold)
    turn.enter(Phase.PAUSED)
    turn.say(*(texts or (turn.text(Prompt.PAUSED),)))


def resting_state(turn: Turn) -> State:
    """What "resume" should give back: what is going on now, or what was before an earlier rest."""
    resting = turn.state.phase in (Phase.PAUSED, Phase.STOPPED, Phase.ASLEEP)
    earlier = turn.state.suspended if resting else None
    return earlier if earlier is not None else replace(turn.frozen_state(), suspended=None)


def memory_of(state: State) -> State:
    """A state without its own memories, so that what is kept never grows into a chain."""
    suspended = state.suspended
    inner = None if suspended is None else replace(suspended, undo=None, suspended=None)
    return replace(state, undo=None, suspended=inner)


def stop(turn: Turn) -> None:
    """Silence at once and timers frozen; an earcon is the only answer."""
    resting = resting_state(turn)
    turn.fall_silent()
    if turn.state.phase in (Phase.TRIAGE, Phase.ESCALATED, Phase.DECLINED, Phase.ASLEEP):
        return
    turn.set(suspended=resting, hold=resting.hold)
    turn.enter(Phase.STOPPED)
    turn.do(Play(Earcon.STOPPED))
    turn.wake_in(PAUSE_REMINDER_SECONDS)


def sleep(turn: Turn) -> None:
    """Ignore talk until "wake up"."""
    turn.set(suspended=resting_state(turn))
    turn.enter(Phase.ASLEEP)
    turn.do(Play(Earcon.ASLEEP))
    turn.say(turn.text(Prompt.ASLEEP))


def wake(turn: Turn) -> None:
    """Listen again; nothing goes on until "resume"."""
    turn.do(Play(Earcon.AWAKE))
    turn.enter(Phase.PAUSED)
    turn.say(turn.text(Prompt.AWAKE))


def resume(turn: Turn, lead: str) -> None:
    """Take up what was suspended, or repeat where nothing was."""
    earlier = turn.state.suspended
    if earlier is not None:
        turn.restore(earlier)
    take_up(turn, lead)


def resume_finished(turn: Turn) -> None:
    """Come back from the closing words to the step they cut short, or to its end."""
    if turn.state.undo is not None:
        undo(turn)
    else:
        say_step(turn)


def undo(turn: Turn) -> None:
    """Go back to before the last command."""
    earlier = turn.state.undo
    if earlier is None:
        turn.say(turn.text(Prompt.NOTHING_TO_UNDO))
        return
    settings = earlier.settings
    turn.restore(earlier)
    turn.set(settings=settings, undo=None)
    take_up(turn, turn.text(Prompt.UNDONE))


def take_up(turn: Turn, lead: str) -> None:
    """Say what belongs to the present phase again, after a lead-in, and let its timer go on."""
    state = turn.state
    if state.phase is Phase.GUIDING:
        turn.say(lead, then=unsaid(turn))
    elif state.phase is Phase.HOLDING and state.hold is not None:
        left = state.hold.total_seconds - state.hold.elapsed_at(turn.now)
        turn.say(lead, turn.text(Prompt.SECONDS_LEFT, time=turn.world.prompts.duration(left)))
        start_hold(turn, state.hold)
    elif state.phase is Phase.WAITING:
        turn.say(lead, turn.text(Prompt.SAY_NEXT))
        arm_wait(turn)
    else:
        turn.say(lead, what_is_asked(turn))


def unsaid(turn: Turn) -> tuple[str, ...]:
    """The rest of the instruction from the clause where it was cut, with today's pressure."""
    whole = instruction(turn.state, turn.world.prompts)
    utterance = turn.state.utterance
    left = len(utterance.unsaid_instruction) if utterance is not None else len(whole)
    return whole[len(whole) - min(left, len(whole)) :]


def what_is_asked(turn: Turn) -> str:
    """The question or hint that belongs to a phase in which the guide waits for an answer."""
    step = turn.state.step
    match turn.state.phase:
        case Phase.CHOOSING:
            return menu_text(turn)
        case Phase.SCREENING:
            return screening_text(turn)
        case Phase.PREPARING:
            return preparation_text(turn)
        case Phase.CHECKING_IN:
            return step.check_in if step else ""
        case Phase.RATING:
            return turn.text(Prompt.RATING_ASK)
        case Phase.PAUSED:
            return turn.text(Prompt.PAUSED_WAITING)
        case Phase.STOPPED:
            return turn.text(Prompt.STOPPED_HINT)
        case _:
            return turn.text(Prompt.HELP, phrases=turn.phrases())


def arm(turn: Turn) -> None:
    """The guide is silent and at rest: remind once, much later."""
    turn.wake_in(PAUSE_REMINDER_SECONDS if turn.state.asked == 0 else None)


def on_rest_deadline(turn: Turn) -> None:
    """Say once that the session still rests, so that nobody is left without a way on."""
    if turn.state.asked == 0:
        turn.set(asked=1)
        turn.say(what_is_asked(turn))
    turn.wake_in(None)


def device_lost(turn: Turn, device: Device) -> None:
    """Without ears or voice the guide must not go on: freeze, and say so where it is heard."""
    words = turn.text(Prompt.MICROPHONE_LOST) if device is Device.MICROPHONE else ""
    turn.do(Play(Earcon.TROUBLE))
    at_rest = (Phase.PAUSED, Phase.STOPPED, Phase.ASLEEP, Phase.TRIAGE, Phase.ESCALATED)
    if turn.state.phase in (*at_rest, Phase.DECLINED, Phase.FINISHING, Phase.ENDED):
        turn.say(words)
    else:
        pause(turn, words or turn.text(Prompt.PAUSED))


def device_back(turn: Turn, device: Device) -> None:
    """Say that it works again, and how to go on."""
    known = Prompt.MICROPHONE_BACK if device is Device.MICROPHONE else Prompt.SPEAKER_BACK
    turn.say(turn.text(known), *split_clauses(what_is_asked(turn)))

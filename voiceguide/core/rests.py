"""Breaks in the dialogue - pause, stop, sleep, lost devices - and how they end."""

from collections.abc import Mapping
from dataclasses import replace

from voiceguide.core.actions import AdjustVoice, Earcon, Play
from voiceguide.core.areas import is_closed
from voiceguide.core.events import Device, Hindrance
from voiceguide.core.prompts import Prompt
from voiceguide.core.state import ALARMED, AT_REST, AT_WORK, LEAVING, Phase, State
from voiceguide.core.steps import go_to
from voiceguide.core.telling import put_again, reply, take_up
from voiceguide.core.turn import Turn

PAUSE_REMINDER_SECONDS = 300.0
"""A paused guide says once, after five minutes, that it is still paused."""


def pause(turn: Turn, *texts: str) -> None:
    """Freeze everything until "resume"; the reason is said first."""
    suspend(turn, Phase.PAUSED)
    turn.tell(*(texts or (turn.text(Prompt.PAUSED),)))


def suspend(turn: Turn, phase: Phase) -> None:
    """Go into a rest that remembers what it has interrupted."""
    resting = resting_state(turn)
    turn.set(suspended=resting, hold=resting.hold)
    turn.enter(phase)


def resting_state(turn: Turn) -> State:
    """What "resume" should give back: what is going on now, or before an earlier rest."""
    state = turn.state
    if state.phase in AT_REST and state.suspended is not None:
        return state.suspended
    # Last words remember what they cut short: the way back from them is no way past the screening.
    kept = state.suspended if state.phase is Phase.FINISHING else None
    return replace(turn.frozen_state(), suspended=kept)


def memory_of(state: State) -> State:
    """A state without its own memories, so that what is kept never grows into a chain."""
    suspended = state.suspended
    inner = (
        None if suspended is None else replace(suspended, undo=None, undo_of=None, suspended=None)
    )
    return replace(state, undo=None, undo_of=None, suspended=inner)


def stop(turn: Turn) -> None:
    """Silence at once and timers frozen; an earcon is the only answer."""
    goes_on_resting = turn.state.phase in ALARMED | {Phase.ASLEEP, Phase.NOTING}
    if not goes_on_resting:
        suspend(turn, Phase.STOPPED)  # before the words are gone: "resume" goes on within them
    turn.fall_silent()
    turn.do(Play(Earcon.STOPPED))
    if not goes_on_resting:
        arm(turn)


def sleep(turn: Turn) -> None:
    """Ignore talk until "wake up"."""
    suspend(turn, Phase.ASLEEP)
    turn.do(Play(Earcon.ASLEEP))
    turn.tell(turn.text(Prompt.ASLEEP))


def wake(turn: Turn) -> None:
    """Listen again; nothing goes on until "resume"."""
    turn.do(Play(Earcon.AWAKE))
    turn.enter(Phase.PAUSED)
    turn.tell(turn.text(Prompt.AWAKE))


def resume(turn: Turn) -> None:
    """Take up what was suspended."""
    earlier = turn.state.suspended
    if earlier is not None:
        turn.restore(earlier)
    settings = turn.state.settings
    turn.do(AdjustVoice(settings.rate_wpm, settings.volume))  # an alarm may have made it loud
    if turn.state.phase in AT_WORK and is_closed(turn.state, turn.state.step_index):
        go_to(turn, turn.state.step_index, turn.text(Prompt.OTHER_AREA))
    else:
        take_up(turn, turn.text(Prompt.RESUMING))


def more_oil(turn: Turn) -> None:
    """Pause, say how to take more oil, and go on when told."""
    routine = turn.state.routine
    how = (routine.oil if routine else "") or turn.text(Prompt.OIL_USUAL)
    pause(turn, turn.text(Prompt.MORE_OIL, how=how))


def arm(turn: Turn) -> None:
    """The guide is silent and at rest: remind once, much later."""
    turn.wake_in(PAUSE_REMINDER_SECONDS if turn.state.asked == 0 else None)


def on_deadline(turn: Turn) -> None:
    """Say once that the session still rests, so that nobody is left without a way on."""
    turn.set(asked=1)
    put_again(turn)


def device_lost(turn: Turn, device: Device) -> None:
    """Without ears or voice the guide must not go on: freeze, and say so where it is heard."""
    turn.do(Play(Earcon.TROUBLE))
    words = turn.text(Prompt.MICROPHONE_LOST) if device is Device.MICROPHONE else ""
    if device is Device.SPEAKER:
        turn.fall_silent()  # nothing that was being said will ever be finished
    _freeze(turn, words)


def _freeze(turn: Turn, words: str) -> None:
    if turn.state.is_open:
        pause(turn, words, turn.text(Prompt.PAUSED))
    elif words:
        reply(turn, words)


_WHAT_HINDERS: Mapping[Hindrance, Prompt] = {
    Hindrance.HEARS_ITSELF: Prompt.HEARS_ITSELF,
    Hindrance.TOO_SLOW: Prompt.TOO_SLOW,
}
"""What is said of each."""


def hindered(turn: Turn, hindrance: Hindrance) -> None:
    """Who is not understood for seconds is not guided on; other hindrances are only told of.

    They are told where nothing graver is being said, and not right after a "stop".
    """
    words = turn.text(_WHAT_HINDERS[hindrance])
    if hindrance is Hindrance.TOO_SLOW:
        turn.do(Play(Earcon.TROUBLE))
        _freeze(turn, words)
    elif turn.state.is_open:
        reply(turn, words)


def device_back(turn: Turn, device: Device) -> None:
    """Say that it works again; what was said meanwhile was not heard, so it is said again."""
    is_microphone = device is Device.MICROPHONE
    words = turn.text(Prompt.MICROPHONE_BACK if is_microphone else Prompt.SPEAKER_BACK)
    if turn.state.phase in AT_WORK or (is_microphone and turn.state.phase in LEAVING):
        reply(turn, words)
    else:
        put_again(turn, words)

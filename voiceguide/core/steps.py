"""Being guided: a step is said, its timer or count runs, and the guide waits for "next"."""

from dataclasses import dataclass, replace

from voiceguide.core.actions import Earcon, Play
from voiceguide.core.phrasing import split_clauses
from voiceguide.core.prompts import Prompt, Prompts
from voiceguide.core.routine import Audience, Step, Timing
from voiceguide.core.settings import Detail, Pace
from voiceguide.core.state import Hold, Phase, State
from voiceguide.core.turn import Turn

STILL_HERE_SECONDS = 60.0
"""Silence after which a waiting guide says once that it is still there."""

AUTOMATIC_DWELL_SECONDS = 6.0
"""How long an automatic guide leaves an untimed step before it goes on."""

ANSWER_SECONDS = 12.0
"""Silence after a question that counts as no answer."""

COUNTED_ALOUD_FROM_SECONDS = 2.0
"""Repetitions closer together than this are not counted aloud: speech would lag behind."""

MISSED_CHECK_INS_ALONE = 2
"""Unanswered check-ins in a row after which someone working alone is asked to answer."""


@dataclass(frozen=True, slots=True)
class TimedCue:
    """Words due some seconds after the start of a step's work."""

    at_seconds: float
    say: str


def instruction(state: State, prompts: Prompts) -> tuple[str, ...]:
    """The clauses of the present step, with the session's pressure and chosen variation.

    Lowering the pressure changes words but no clause, so that a cut instruction can go on at the
    same clause with the new pressure.
    """
    step = state.step
    if step is None or state.routine is None:
        return ()
    full = state.settings.detail is Detail.FULL
    number = prompts.text(
        Prompt.STEP_NUMBER,
        number=prompts.number(state.step_index + 1),
        count=prompts.number(len(state.routine.steps)),
    )
    parts = [number, (step.say if full else step.brief or step.say)]
    parts += [v.say for v in step.variations if v.name == state.variation]
    if full:
        parts += step.cautions
        if step.variations and not state.variation:
            names = prompts.one_of([v.name for v in step.variations])
            parts.append(prompts.text(Prompt.VARIATIONS, names=names))
    if step.timing is None and state.settings.pace is Pace.WAIT_FOR_ME:
        parts.append(prompts.text(Prompt.SAY_NEXT))
    words = pressure_words(state, step, prompts)
    return tuple(c for part in parts for c in split_clauses(part.replace("{pressure}", words)))


def pressure_words(state: State, step: Step, prompts: Prompts) -> str:
    """The pressure of a step in words: "light"."""
    if step.pressure is None:
        return ""
    return prompts.pressures[step.pressure.at(state.pressure_offset) - 1]


def timed_cues(step: Step, prompts: Prompts) -> tuple[TimedCue, ...]:
    """All that is said while a step's timer runs, in order."""
    timing = step.timing
    if timing is None:
        return ()
    total = timing.total_seconds
    cues = [TimedCue(cue.at * total, cue.say) for cue in step.cues]
    taken = {round(cue.at_seconds) for cue in cues}
    spoken = _count_aloud(timing, prompts) + _side_changes(timing, prompts)
    cues += [cue for cue in spoken if round(cue.at_seconds) not in taken]
    return tuple(sorted(cues, key=lambda cue: cue.at_seconds))


def _count_aloud(timing: Timing, prompts: Prompts) -> list[TimedCue]:
    if timing.repetitions is None or timing.seconds_each < COUNTED_ALOUD_FROM_SECONDS:
        return []
    return [
        TimedCue(side * timing.side_seconds + i * timing.seconds_each, f"{prompts.number(i + 1)}.")
        for side in range(max(1, len(timing.sides)))
        for i in range(timing.repetitions)
        if side == 0 or i > 0  # the change of sides is said in place of a later side's first count
    ]


def _side_changes(timing: Timing, prompts: Prompts) -> list[TimedCue]:
    return [
        TimedCue(i * timing.side_seconds, prompts.text(Prompt.CHANGE_SIDES, side=side))
        for i, side in enumerate(timing.sides)
        if i > 0
    ]


def go_to(turn: Turn, index: int, lead: str = "") -> None:
    """Begin a step, or finish behind the last one."""
    routine = turn.state.routine
    if routine is None:
        return
    if index >= len(routine.steps):
        finish(turn)
        return
    turn.set(step_index=index, variation="", hold=None, position=0, question=None)
    say_step(turn, lead)


def say_step(turn: Turn, lead: str = "") -> None:
    """Say the whole present step; its timer starts afterwards."""
    turn.set(hold=None)
    turn.enter(Phase.GUIDING)
    turn.say(lead, then=instruction(turn.state, turn.world.prompts))


def finish(turn: Turn) -> None:
    """Say the closing words; the session ends after them."""
    routine = turn.state.routine
    turn.enter(Phase.FINISHING)
    turn.say(
        turn.text(Prompt.FINISHED),
        routine.finish if routine else "",
        *(routine.advice if routine else ()),
        turn.text(Prompt.GOODBYE),
    )


def after_instruction(turn: Turn) -> None:
    """The step has been said: start its timer, or wait."""
    step = turn.state.step
    if step is not None and step.rating is not None:
        start_rating(turn)
    elif step is not None and step.timing is not None:
        start_hold(turn, Hold(step.timing.total_seconds))
    else:
        wait(turn)


def start_hold(turn: Turn, hold: Hold) -> None:
    """Let a timer run from now."""
    turn.enter(Phase.HOLDING)
    turn.set(hold=replace(hold, since=turn.now))
    arm(turn)


def arm(turn: Turn) -> None:
    """Set the deadline to the timer's next cue or its end; none while the guide is speaking.

    A cue never cuts off an answer: it waits until the guide is silent again.
    """
    hold, step = turn.state.hold, turn.state.step
    if hold is None or step is None or turn.state.utterance is not None:
        turn.wake_in(None)
        return
    cues = timed_cues(step, turn.world.prompts)[hold.cues_said :]
    due = min([cue.at_seconds for cue in cues[:1]] + [hold.total_seconds])
    turn.wake_in(max(0.0, due - hold.elapsed_at(turn.now)))


def on_hold_deadline(turn: Turn) -> None:
    """Say the cue that is due, or end the hold."""
    hold, step = turn.state.hold, turn.state.step
    if hold is None or step is None:
        return
    elapsed = hold.elapsed_at(turn.now) + 1e-6
    cues = timed_cues(step, turn.world.prompts)
    due = [cue for cue in cues if cue.at_seconds <= elapsed]
    if len(due) > hold.cues_said and due[-1].at_seconds < hold.total_seconds:
        turn.set(hold=replace(hold, cues_said=len(due)))
        turn.say(due[-1].say)  # cues missed behind a long answer are not made up for
        turn.wake_in(None)
    elif elapsed >= hold.total_seconds:
        end_hold(turn)
    else:
        arm(turn)


def end_hold(turn: Turn) -> None:
    """Time is up: check in where the step asks for it, else go on or wait."""
    turn.do(Play(Earcon.TIME_UP))
    turn.set(hold=None)
    step = turn.state.step
    if step is not None and step.check_in:
        turn.enter(Phase.CHECKING_IN)
        turn.say(step.check_in)
    elif turn.state.settings.pace is Pace.AUTOMATIC:
        go_to(turn, turn.state.step_index + 1)
    else:
        wait(turn, turn.text(Prompt.TIME_UP), turn.text(Prompt.SAY_NEXT))


def wait(turn: Turn, *texts: str) -> None:
    """Wait for "next"; an automatic guide goes on by itself after a while."""
    turn.enter(Phase.WAITING)
    turn.set(hold=None)
    turn.say(*texts)
    arm_wait(turn)


def arm_wait(turn: Turn) -> None:
    """Set a waiting guide's deadline; none while it speaks."""
    if turn.state.utterance is not None:
        turn.wake_in(None)
    elif turn.state.settings.pace is Pace.AUTOMATIC:
        turn.wake_in(AUTOMATIC_DWELL_SECONDS)
    else:
        turn.wake_in(STILL_HERE_SECONDS if turn.state.asked == 0 else None)


def on_wait_deadline(turn: Turn) -> None:
    """Nobody has said anything for a while."""
    if turn.state.settings.pace is Pace.AUTOMATIC:
        go_to(turn, turn.state.step_index + 1)
        return
    turn.set(asked=1)
    turn.say(turn.text(Prompt.STILL_HERE))
    turn.wake_in(None)


def arm_check_in(turn: Turn) -> None:
    """The check-in is said: wait for an answer."""
    turn.wake_in(ANSWER_SECONDS)


def on_check_in_deadline(turn: Turn) -> None:
    """No answer to a check-in: ask once more, then wait; alone, a second silence is an alarm."""
    step, routine = turn.state.step, turn.state.routine
    if turn.state.asked == 0 and step is not None:
        turn.set(asked=1)
        turn.say(step.check_in)
        turn.wake_in(None)
        return
    missed = turn.state.missed_check_ins + 1
    turn.set(missed_check_ins=missed)
    alone = routine is not None and routine.audience is Audience.SELF
    if alone and missed >= MISSED_CHECK_INS_ALONE:
        turn.enter(Phase.WAITING)
        turn.set(asked=1)
        turn.say(turn.text(Prompt.CHECK_IN_MISSED_ALONE))
    else:
        wait(turn, turn.text(Prompt.CHECK_IN_SILENT))


def after_check_in(turn: Turn, reply: str) -> None:
    """A check-in was answered: go on by itself or wait, after the reply."""
    turn.set(missed_check_ins=0)
    if turn.state.settings.pace is Pace.AUTOMATIC:
        go_to(turn, turn.state.step_index + 1, reply)
    else:
        wait(turn, reply, turn.text(Prompt.SAY_NEXT))


def start_rating(turn: Turn) -> None:
    """Ask for a number from 0 to 10."""
    turn.enter(Phase.RATING)
    turn.say(turn.text(Prompt.RATING_ASK))


def on_rating(turn: Turn, number: int) -> None:
    """Ease off above the step's bound, hold above its release value, else let go.

    The loop is seed 002's trigger point work: hold until the number falls to 4 to 6, at most
    six rounds.
    """
    step = turn.state.step
    rating = step.rating if step else None
    if rating is None:
        return
    turn.set(asked=0, position=turn.state.position + 1)
    if number > rating.ease_off_above:
        turn.set(pressure_offset=turn.state.pressure_offset - 1)
        turn.say(turn.text(Prompt.RATING_EASE_OFF), turn.text(Prompt.RATING_ASK))
    elif number <= rating.release_at or turn.state.position >= rating.rounds:
        wait(turn, turn.text(Prompt.RATING_RELEASE), turn.text(Prompt.SAY_NEXT))
    else:
        seconds = turn.world.prompts.number(round(rating.hold_seconds))
        turn.say(turn.text(Prompt.RATING_HOLD, seconds=seconds))
        turn.set(hold=Hold(rating.hold_seconds))


def on_rating_finished(turn: Turn) -> None:
    """A rating's words are said: let the pressure hold run, or wait for the number."""
    hold = turn.state.hold
    if hold is None:
        turn.wake_in(ANSWER_SECONDS)
        return
    turn.set(hold=replace(hold, since=turn.now))
    turn.wake_in(hold.total_seconds)


def on_rating_deadline(turn: Turn) -> None:
    """A hold is over, or nobody gave a number: ask once more, then let go."""
    if turn.state.hold is not None:
        turn.set(hold=None)
        turn.say(turn.text(Prompt.RATING_AGAIN))
        turn.wake_in(None)
    elif turn.state.asked == 0:
        turn.set(asked=1)
        turn.say(turn.text(Prompt.RATING_ASK))
        turn.wake_in(None)
    else:
        wait(turn, turn.text(Prompt.RATING_SILENT), turn.text(Prompt.SAY_NEXT))

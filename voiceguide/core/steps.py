"""Being guided: a step is said, its timer or count runs, and the guide waits for "next"."""

from dataclasses import dataclass, replace

from voiceguide.core import limiting
from voiceguide.core.actions import Earcon, Play, RememberOffer
from voiceguide.core.areas import is_closed
from voiceguide.core.phrasing import clauses_of, split_clauses
from voiceguide.core.prompts import Prompt, Prompts
from voiceguide.core.routine import Audience, Region, Step, Timing
from voiceguide.core.settings import Detail, Pace
from voiceguide.core.state import Hold, Phase, Question, State
from voiceguide.core.turn import Turn

STILL_HERE_SECONDS = 60.0
"""Silence after which a waiting guide says once that it is still there."""

AUTOMATIC_DWELL_SECONDS = 6.0
"""How long an automatic guide leaves an untimed step before it goes on."""

CHECK_IN_SECONDS = {Audience.SELF: 180.0, Audience.PARTNER: 240.0}
"""How long a step goes on without a word from the user before the guide asks after them."""

ALONE_IN_SILENCE_SECONDS = 120.0
"""Silence behind "I am still here" after which someone alone is asked after."""

COUNTED_ALOUD_FROM_SECONDS = 2.0
"""Repetitions closer together than this are not counted aloud: speech would lag behind."""


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
    if step is None:
        return ()
    parts = [step_number(state, prompts), _step_words(state, step)]
    parts += [v.say for v in step.variations if v.name == state.variation]
    if state.settings.detail is Detail.FULL:
        parts += step.cautions
        if step.variations and not state.variation:
            names = prompts.one_of([v.name for v in step.variations])
            parts.append(prompts.text(Prompt.VARIATIONS, names=names))
    if step.timing is None and step.rating is None and state.settings.pace is Pace.WAIT_FOR_ME:
        parts.append(prompts.text(Prompt.SAY_NEXT))
    words = pressure_words(state, step, prompts)
    return tuple(c for part in parts for c in split_clauses(part.replace("{pressure}", words)))


def step_number(state: State, prompts: Prompts) -> str:
    """Which step it is: "Step two of nine."."""
    count = len(state.routine.steps) if state.routine else 0
    number = prompts.number(state.step_index + 1)
    return prompts.text(Prompt.STEP_NUMBER, number=number, count=prompts.number(count))


def end_of_own_words(state: State, prompts: Prompts) -> int:
    """Behind how many clauses of the instruction a variation's words have their place."""
    step = state.step
    return len(clauses_of(step_number(state, prompts), _step_words(state, step))) if step else 0


def _step_words(state: State, step: Step) -> str:
    return step.say if state.settings.detail is Detail.FULL else step.brief or step.say


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
        TimedCue(
            side * timing.side_seconds + i * timing.seconds_each,
            f"{prompts.number(i + 1).capitalize()}.",
        )
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


def go_to(turn: Turn, index: int, lead: str = "", by: int = 1) -> None:
    """Begin a step, or finish behind the last one; closed areas are passed over in steps of `by`.

    So are steps with contact, once today's time for them is used up.

    Backwards there may be no open step left: then the present one is said again.
    """
    while is_closed(turn.state, index) or limiting.is_passed_over(turn, index):
        if not is_closed(turn.state, index):
            lead = turn.text(Prompt.LIMIT_REACHED)
        index += by
    routine = turn.state.routine
    if routine is None:
        return
    if index < 0:
        is_first = turn.state.step_index == 0
        why = Prompt.FIRST_STEP if is_first else Prompt.AREA_CLOSED
        say_step(turn, lead or turn.text(why))
    elif index >= len(routine.steps):
        finish(turn, lead)
    else:
        turn.set(step_index=index, variation="", position=0, added_seconds=0.0, suspended=None)
        say_step(turn, " ".join(filter(None, (lead, limiting.shortening(turn)))))


def say_step(turn: Turn, lead: str = "") -> None:
    """Say the whole present step; its timer starts afterwards."""
    turn.set(hold=None, question=None)
    turn.enter(Phase.GUIDING)
    turn.say(lead, then=instruction(turn.state, turn.world.prompts), origin=0)


def finish(turn: Turn, lead: str = "") -> None:
    """Say the closing words; the session ends after them."""
    routine = turn.state.routine
    turn.set(suspended=None)
    leave(
        turn,
        Phase.FINISHING,
        lead or turn.text(Prompt.FINISHED),
        routine.finish if routine else "",
        *(routine.advice if routine else ()),
        reminder(turn),
        turn.text(Prompt.REST_AFTER),
        better_model(turn),
        turn.text(Prompt.GOODBYE),
    )


def reminder(turn: Turn) -> str:
    """Among the last words, of a red flag that was not taken back."""
    return turn.text(Prompt.SOMETHING_FELT_WRONG) if turn.state.incident is not None else ""


def better_model(turn: Turn) -> str:
    """The one mention, ever, of a speech model that hears better; nothing where it was made.

    Among the last words it delays nothing and waits for no answer, and the hands are free.
    """
    state, model = turn.state, turn.world.better_model
    if model is None or state.is_offer_made or state.caution_regions or state.closed_regions:
        return ""  # after a red flag there are other things to think of
    turn.set(is_offer_made=True)
    turn.do(RememberOffer())
    return turn.text(Prompt.BETTER_MODEL, size=turn.number(model.megabytes), name=model.name)


def leave(turn: Turn, phase: Phase, *texts: str) -> None:
    """Say the last words; the session ends after them."""
    turn.set(hold=None, farewell=clauses_of(*texts))
    turn.enter(phase)
    turn.say(then=turn.state.farewell)


def after_instruction(turn: Turn) -> None:
    """The step has been said: start its timer, or wait."""
    step = turn.state.step
    if step is not None and step.rating is not None:
        turn.enter(Phase.RATING)
        turn.tell(turn.text(Prompt.RATING_ASK))
    elif turn.state.hold is not None:
        start_hold(turn, turn.state.hold)
    elif step is not None and step.timing is not None:
        start_hold(turn, Hold(step.timing.total_seconds))
    else:
        wait(turn)


def start_hold(turn: Turn, hold: Hold) -> None:
    """Let a timer run from now."""
    turn.enter(Phase.HOLDING)
    turn.set(hold=limiting.capped(turn, hold).started_at(turn.now))
    arm(turn)


def arm(turn: Turn) -> None:
    """Set the deadline to the timer's next cue or its end; none while the guide is speaking.

    A cue never cuts off an answer: it waits until the guide is silent again.
    """
    hold, step = turn.state.hold, turn.state.step
    if hold is None or step is None or turn.state.utterance is not None:
        return
    cues = timed_cues(step, turn.world.prompts)[hold.cues_said :]
    due = min([cue.at_seconds for cue in cues[:1]] + [hold.total_seconds])
    left = min(due - hold.elapsed_at(turn.now), check_in_at(turn) - turn.now)
    turn.wake_in(max(0.0, left))


def check_in_at(turn: Turn) -> float:
    """The moment from which the user has been silent for too long."""
    routine = turn.state.routine
    if routine is None:
        return turn.state.heard_at + CHECK_IN_SECONDS[Audience.PARTNER]
    usual = CHECK_IN_SECONDS[routine.audience]
    minutes = routine.check_in_minutes
    return turn.state.heard_at + (usual if minutes is None else minutes * 60)


def check_in_by_time(turn: Turn) -> None:
    """Ask after someone who has been silent for long; the timer stands still meanwhile."""
    hold, alone = turn.state.hold, turn.state.is_alone
    turn.set(
        hold=hold.frozen_at(turn.now) if hold is not None else None,
        question=Question.ALL_WELL_ALONE if alone else Question.ALL_WELL_TOGETHER,
        position=0,
    )
    turn.enter(Phase.CHECKING_IN)
    turn.tell(turn.text(Prompt.CHECK_IN_ALONE if alone else Prompt.CHECK_IN_TOGETHER))


def on_hold_deadline(turn: Turn) -> None:
    """Say the cue that is due, or end the hold."""
    hold, step = turn.state.hold, turn.state.step
    if hold is None or step is None:
        return
    elapsed = hold.elapsed_at(turn.now) + 1e-6
    due = [cue for cue in timed_cues(step, turn.world.prompts) if cue.at_seconds <= elapsed]
    if elapsed >= hold.total_seconds:
        end_hold(turn)
    elif len(due) > hold.cues_said:
        turn.set(hold=replace(hold, cues_said=len(due)))
        turn.say(due[-1].say)  # cues missed behind a long answer are not made up for
    elif turn.now + 1e-6 >= check_in_at(turn):
        check_in_by_time(turn)
    else:
        arm(turn)


def end_hold(turn: Turn) -> None:
    """Time is up: check in where the step asks for it, else go on or wait."""
    turn.do(Play(Earcon.TIME_UP))
    turn.set(hold=None)
    step = turn.state.step
    if step is not None and step.check_in:
        turn.set(question=None)
        turn.enter(Phase.CHECKING_IN)
        turn.tell(step.check_in)
    elif turn.state.settings.pace is Pace.AUTOMATIC:
        go_to(turn, turn.state.step_index + 1)
    else:
        wait(turn, turn.text(_time_up(turn)))


def _time_up(turn: Turn) -> Prompt:
    """Who lies on a ball presses for as long as they wait, unless they are told not to."""
    step = turn.state.step
    on_it = step is not None and step.region is not Region.NONE
    return Prompt.TIME_UP_ALONE if turn.state.is_alone and on_it else Prompt.TIME_UP


def wait(turn: Turn, *texts: str) -> None:
    """Wait for "next"; an automatic guide goes on by itself after a while."""
    turn.enter(Phase.WAITING)
    turn.set(hold=None)
    if texts:
        turn.tell(*texts, how_to_go_on(turn))
    else:
        arm_wait(turn)


def how_to_go_on(turn: Turn) -> str:
    """The words that ask for "next", unless the guide goes on by itself."""
    is_automatic = turn.state.settings.pace is Pace.AUTOMATIC
    return "" if is_automatic else turn.text(Prompt.SAY_NEXT)


def arm_wait(turn: Turn) -> None:
    """Set a waiting guide's deadline."""
    if turn.state.settings.pace is Pace.AUTOMATIC:
        turn.wake_in(AUTOMATIC_DWELL_SECONDS)
    elif turn.state.asked == 0:
        turn.wake_in(STILL_HERE_SECONDS)
    else:
        turn.wake_in(ALONE_IN_SILENCE_SECONDS if turn.state.is_alone else None)


def on_wait_deadline(turn: Turn) -> None:
    """Nobody has said anything for a while."""
    if turn.state.settings.pace is Pace.AUTOMATIC:
        go_to(turn, turn.state.step_index + 1)
    elif turn.state.asked == 0:
        turn.set(asked=1)
        turn.say(turn.text(Prompt.STILL_HERE))
    else:
        check_in_by_time(turn)

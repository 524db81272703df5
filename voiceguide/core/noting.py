"""A note for the doctor: asked about first, and written only after a "yes".

On request at any time of a routine, and offered before the end of one that a red flag has stopped.
"Not sure" and silence are no. What is written stands in `incident`.
"""

from voiceguide.core.actions import WriteIncident
from voiceguide.core.events import IncidentNotWritten, IncidentWritten
from voiceguide.core.incident import Circumstances
from voiceguide.core.intents import Intent
from voiceguide.core.prompts import Prompt
from voiceguide.core.red_flags import Tier
from voiceguide.core.rests import pause, suspend
from voiceguide.core.routine import Region
from voiceguide.core.state import ALARMED, LEAVING, Phase, Question
from voiceguide.core.steps import leave, pressure_words, step_number
from voiceguide.core.telling import BEING_WRITTEN, put_again, reply
from voiceguide.core.turn import Turn


def ask(turn: Turn, question: Question, *lead: str) -> None:
    """Ask for consent; what is going on rests meanwhile."""
    if turn.state.phase in ALARMED:
        turn.enter(Phase.NOTING)  # what the alarm has interrupted stays remembered
    else:
        suspend(turn, Phase.NOTING)
    turn.set(question=question, position=0, asked=0)
    put_again(turn, *lead)


def on_answer(turn: Turn, intent: Intent) -> None:
    """Write after "yes" only; answers while it is being written change nothing."""
    if turn.state.position == BEING_WRITTEN:
        put_again(turn)
    elif intent is Intent.YES:
        turn.fall_silent()
        turn.set(position=BEING_WRITTEN)
        turn.do(WriteIncident(gravest_incident(turn) or circumstances(turn)))
        arm(turn)
    else:
        _go_on(turn, turn.text(Prompt.NOT_NOTED))


def circumstances(turn: Turn) -> Circumstances:
    """Where the session stands, in words."""
    state, prompts = turn.state, turn.world.prompts
    routine, step = state.routine, state.step
    if routine is None or step is None or not state.has_worked:
        return Circumstances(routine.title if routine else "", tier=state.tier)
    region = "" if step.region is Region.NONE else f" ({step.region.value})"
    number = step_number(state.underlying, prompts).rstrip(".")
    pressure = pressure_words(state, step, prompts)
    return Circumstances(routine.title, f"{number}{region}: {step.id}", pressure, state.tier)


def gravest_incident(turn: Turn) -> Circumstances | None:
    """Where the gravest red flag was raised, or stands now; None for no more than a caution."""
    now, before = circumstances(turn), turn.state.incident
    if now.tier in (None, Tier.CAUTION):
        return before
    is_graver = before is None or before.tier is None or now.tier.rank >= before.tier.rank
    return now if is_graver else before


def settle(turn: Turn, event: IncidentWritten | IncidentNotWritten) -> None:
    """The file is there, or the disk refused: say so, then go on as before the question."""
    is_written = isinstance(event, IncidentWritten)
    if isinstance(event, IncidentWritten):
        words = turn.text(Prompt.NOTED, folder=event.folder, parent=event.parent)
    else:
        words = turn.text(Prompt.NOTING_FAILED)
    turn.set(notes_written=turn.state.notes_written + is_written)
    if turn.state.phase is Phase.NOTING:
        _go_on(turn, words)
    elif turn.state.phase not in LEAVING:
        reply(turn, words)


def _go_on(turn: Turn, words: str) -> None:
    """Back to where the question was asked: to the last words, the advice, or a pause."""
    is_leaving = turn.state.question is Question.NOTE_BEFORE_END
    turn.set(question=None, position=0)
    if is_leaving:
        leave(turn, Phase.DECLINED, words, turn.text(Prompt.GOODBYE))
    elif turn.state.tier is not None:
        turn.enter(Phase.ESCALATED)
        put_again(turn, words)
    else:
        pause(turn, words, turn.text(Prompt.PAUSED))


def arm(turn: Turn) -> None:
    """The question is said, or the file is being written: wait."""
    turn.wake_in(turn.answer_seconds)


def on_deadline(turn: Turn) -> None:
    """No answer: ask once more, then it is no; no file after all that time: it failed."""
    if turn.state.position == BEING_WRITTEN:
        settle(turn, IncidentNotWritten())
    elif turn.state.asked == 0:
        turn.set(asked=1)
        put_again(turn)
    else:
        _go_on(turn, turn.text(Prompt.NOT_NOTED))

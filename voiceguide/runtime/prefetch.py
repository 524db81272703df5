"""What will probably be said next, so that it is rendered before it is needed."""

from dataclasses import replace

from voiceguide.core.phrasing import split_clauses
from voiceguide.core.prompts import Prompt, Prompts
from voiceguide.core.routine import Audience
from voiceguide.core.state import State
from voiceguide.core.steps import instruction, timed_cues

_AT_ANY_MOMENT = (
    Prompt.ASK_BOTH_LEGS_OR_SADDLE,
    Prompt.TIME_UP_ALONE,  # and in it TIME_UP
    Prompt.SAY_NEXT,
    Prompt.RESUMING,
)


def upcoming(state: State, prompts: Prompts) -> tuple[str, ...]:
    """The clauses most likely to be said soon, the most urgent first.

    The words of an alarm come first: they must never wait for a renderer.
    """
    routine = state.routine
    giver = routine is not None and routine.audience is Audience.PARTNER
    alarm = Prompt.RED_FLAG_STOP_GIVER if giver else Prompt.RED_FLAG_STOP_SELF
    texts = [prompts.text(prompt) for prompt in (alarm, *_AT_ANY_MOMENT)]
    clauses = [clause for text in texts for clause in split_clauses(text)]
    step = state.step
    if step is not None and routine is not None:
        clauses += [
            clause for cue in timed_cues(step, prompts) for clause in split_clauses(cue.say)
        ]
        if state.step_index + 1 < len(routine.steps):
            following = replace(state, step_index=state.step_index + 1, variation="")
            clauses += instruction(following, prompts)
    return tuple(dict.fromkeys(clauses))

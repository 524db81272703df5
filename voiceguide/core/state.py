"""Everything a session remembers, as one frozen value.

Because a state is a value, "pause", "stop", "sleep" and "undo" need no bookkeeping of their own:
they keep the state they came from and give it back.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from voiceguide.core.red_flags import Tier
from voiceguide.core.routine import Region, Routine, Step
from voiceguide.core.settings import Settings


class Phase(StrEnum):
    """Where the dialogue stands. There are no booleans beside it."""

    CHOOSING = "choosing"
    SCREENING = "screening"
    PREPARING = "preparing"
    GUIDING = "guiding"
    HOLDING = "holding"
    WAITING = "waiting"
    CHECKING_IN = "checking_in"
    RATING = "rating"
    PAUSED = "paused"
    STOPPED = "stopped"
    TRIAGE = "triage"
    ESCALATED = "escalated"
    DECLINED = "declined"
    ASLEEP = "asleep"
    FINISHING = "finishing"
    ENDED = "ended"


class Question(StrEnum):
    """The yes/no questions of triage."""

    IS_IT_A_SYMPTOM = "is_it_a_symptom"
    BOTH_LEGS_OR_SADDLE = "both_legs_or_saddle"
    SUDDEN_OR_ONE_SIDED = "sudden_or_one_sided"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is being said now: `lead` clauses of a reply, then clauses of the instruction."""

    id: int
    clauses: tuple[str, ...]
    lead: int
    clause: int = 0

    @property
    def unsaid_instruction(self) -> tuple[str, ...]:
        """The instruction from the beginning of the clause that is being said."""
        return self.clauses[max(self.clause, self.lead) :]


@dataclass(frozen=True, slots=True)
class Hold:
    """A running or frozen timer.

    Attributes:
        elapsed_seconds: time that had passed at `since`.
        since: the moment the timer was last started, or None while it is frozen.
        total_seconds: when it is over.
        cues_said: how many of the step's cues have been said.
    """

    total_seconds: float
    elapsed_seconds: float = 0.0
    since: float | None = None
    cues_said: int = 0

    def elapsed_at(self, now: float) -> float:
        """Seconds of work done at this moment."""
        return self.elapsed_seconds + (now - self.since if self.since is not None else 0.0)


@dataclass(frozen=True, slots=True)
class State:
    """One moment of a session.

    Attributes:
        deadline: when the session wants to be woken, or None.
        pressure_offset: added to each step's usual pressure, within its bounds.
        utterance: what is being said, or None in silence.
        last_utterance_id: ids only grow, whatever is restored.
        hold: the step's timer; kept while paused.
        asked: how often the present question has been put.
        position: which screening question, preparation or rating round is due, from 0.
        suspended: the state that "resume" gives back.
        undo: the state before the last command.
        tier: the gravest red flag that stands, or None.
        missed_check_ins: check-ins in a row that nobody answered.
    """

    phase: Phase = Phase.CHOOSING
    deadline: float | None = None
    routine: Routine | None = None
    step_index: int = 0
    pressure_offset: int = 0
    variation: str = ""
    settings: Settings = field(default_factory=Settings)
    utterance: Utterance | None = None
    last_utterance_id: int = 0
    hold: Hold | None = None
    asked: int = 0
    position: int = 0
    help_page: int = 0
    question: Question | None = None
    suspended: "State | None" = None
    undo: "State | None" = None
    tier: Tier | None = None
    caution_regions: tuple[Region, ...] = ()
    missed_check_ins: int = 0

    @property
    def step(self) -> Step | None:
        """The present step, or None before a routine is chosen."""
        if self.routine is None or not self.routine.steps:
            return None
        return self.routine.steps[min(self.step_index, len(self.routine.steps) - 1)]

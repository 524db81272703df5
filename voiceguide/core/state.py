"""Everything a session remembers, as one frozen value.

Because a state is a value, "pause", "stop", "sleep" and "undo" need no bookkeeping of their own:
they keep the state they came from and give it back.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from voiceguide.core.incident import Circumstances
from voiceguide.core.intents import Intent
from voiceguide.core.phrasing import sentence_start
from voiceguide.core.red_flags import Tier
from voiceguide.core.routine import Audience, Region, Routine, Step
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
    NOTING = "noting"
    FINISHING = "finishing"
    ENDED = "ended"


AT_WORK = frozenset({Phase.GUIDING, Phase.HOLDING, Phase.WAITING, Phase.CHECKING_IN, Phase.RATING})
"""The phases of a step: screening and preparation are behind, the closing words ahead."""

AT_REST = frozenset({Phase.PAUSED, Phase.STOPPED, Phase.ASLEEP, Phase.NOTING})
"""The phases that keep in `State.suspended` what "resume" gives back."""

ALARMED = frozenset({Phase.TRIAGE, Phase.ESCALATED})
"""The phases of a red flag."""

LEAVING = frozenset({Phase.DECLINED, Phase.FINISHING})
"""The phases of last words: the session ends behind them."""


class Question(StrEnum):
    """The yes/no questions that can stand in a phase: of triage, of time passing, of a note."""

    IS_IT_A_SYMPTOM = "is_it_a_symptom"
    BOTH_LEGS_OR_SADDLE = "both_legs_or_saddle"
    SUDDEN_OR_ONE_SIDED = "sudden_or_one_sided"
    FALSE_ALARM = "false_alarm"
    ARE_YOU_ALL_RIGHT = "are_you_all_right"
    ALL_WELL_ALONE = "all_well_alone"
    ALL_WELL_TOGETHER = "all_well_together"
    NOTE_NOW = "note_now"
    NOTE_BEFORE_END = "note_before_end"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is being said now: `lead` clauses of a reply, then the matter that a cut may not lose.

    Attributes:
        clause: the clause that is being said, counted from 0.
        origin: where in the step's instruction the matter begins; None where it is no instruction.
    """

    id: int
    clauses: tuple[str, ...]
    lead: int
    clause: int = 0
    origin: int | None = None

    @property
    def unsaid(self) -> tuple[str, ...]:
        """The matter from the beginning of the sentence that is being said."""
        return self.clauses[self.lead + self._said :]

    @property
    def place(self) -> int:
        """Where in the step's instruction `unsaid` begins."""
        return (self.origin or 0) + self._said

    @property
    def _said(self) -> int:
        return sentence_start(self.clauses[self.lead :], max(self.clause - self.lead, 0))


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

    def left_at(self, now: float) -> float:
        """Seconds of work still to do at this moment."""
        return max(0.0, self.total_seconds - self.elapsed_at(now))

    def started_at(self, now: float) -> "Hold":
        """The timer running from now, unless it runs already."""
        return self if self.since is not None else replace(self, since=now)

    def frozen_at(self, now: float) -> "Hold":
        """The timer standing still."""
        return replace(self, elapsed_seconds=self.elapsed_at(now), since=None)


@dataclass(frozen=True, slots=True)
class State:
    """One moment of a session.

    Attributes:
        deadline: when the session wants to be woken, or None.
        pressure_offset: added to each step's usual pressure, within its bounds.
        utterance: what is being said, or None in silence.
        last_utterance_id: ids only grow, whatever is restored.
        hold: the step's timer; kept while paused.
        added_seconds: what "more time" has added to this step.
        asked: how often the present question has met with silence.
        position: which screening question, preparation or rating round is due, from 0.
        suspended: the state that "resume" gives back.
        undo: the state before the last command that can be taken back.
        undo_of: that command.
        tier: the gravest red flag that stands, or None.
        doubt: what a "yes" to "is it a symptom?" would raise, or None.
        caution_regions: where a caution was given.
        alarm_regions: what the standing red flag is about: where the hands were, what was named.
        incident: where the gravest red flag that was not taken back was raised; no mere caution.
        closed_regions: areas that have had enough for today; no step works there.
        heard_at: when the user last said something that was understood.
        missed_check_ins: check-ins in a row that nobody answered.
        farewell: the last words, while they are being said.
        notes_written: since the last red flag.
        is_offer_made: the better model has been mentioned.
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
    added_seconds: float = 0.0
    asked: int = 0
    position: int = 0
    help_page: int = 0
    question: Question | None = None
    suspended: "State | None" = None
    undo: "State | None" = None
    undo_of: Intent | None = None
    tier: Tier | None = None
    doubt: Tier | None = None
    caution_regions: tuple[Region, ...] = ()
    alarm_regions: tuple[Region, ...] = ()
    closed_regions: tuple[Region, ...] = ()
    incident: Circumstances | None = None
    missed_check_ins: int = 0
    heard_at: float = 0.0
    farewell: tuple[str, ...] = ()
    notes_written: int = 0
    is_offer_made: bool = False

    @property
    def step(self) -> Step | None:
        """The present step, or None before a routine is chosen."""
        if self.routine is None or not self.routine.steps:
            return None
        return self.routine.steps[min(self.step_index, len(self.routine.steps) - 1)]

    @property
    def underlying(self) -> "State":
        """What a rest or an alarm has interrupted; the state itself where nothing is."""
        rests = self.phase in AT_REST or self.phase in ALARMED
        return self.suspended if rests and self.suspended is not None else self

    @property
    def is_open(self) -> bool:
        """Whether lesser things may be told: nothing graver is, and nobody has said "stop"."""
        return self.phase not in AT_REST | ALARMED | LEAVING

    @property
    def is_alone(self) -> bool:
        """Whether whoever is guided works on themselves, with nobody there to notice."""
        return self.routine is not None and self.routine.audience is Audience.SELF

    @property
    def has_worked(self) -> bool:
        """Whether a step is under way, or was when the last words began."""
        state = self.underlying
        last_words = state.phase is Phase.FINISHING
        if last_words and state.suspended is not None:
            return state.suspended.phase in AT_WORK
        return last_words or state.phase in AT_WORK

    @property
    def is_begun(self) -> bool:
        """Whether a step is under way, be it interrupted: all screening is done."""
        return self.underlying.phase in AT_WORK

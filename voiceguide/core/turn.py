"""One turn of the dialogue: a state being changed and the actions that go with it.

The modules of the dialogue (`opening`, `steps`, `check_ins`, `rating`, `telling`, `replies`,
`rests`, `undoing`, `alarm`) are functions that take a `Turn`; `session` decides which is called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from voiceguide.core.actions import Action, FallSilent, Say
from voiceguide.core.better_model import BetterModel
from voiceguide.core.grammar import Grammar
from voiceguide.core.last_answers import ClearNo
from voiceguide.core.limits import Past
from voiceguide.core.phrasing import clauses_of
from voiceguide.core.prompts import Prompt, Prompts
from voiceguide.core.red_flags import RedFlagLexicon
from voiceguide.core.routine import Region, Routine
from voiceguide.core.state import Phase, State, Utterance

ANSWER_SECONDS = 12.0
"""Silence after a question that counts as no answer, unless the user has set another time."""


LONGEST_ANSWER_SECONDS = 60.0
"""A question of safety is never left open for longer, however much time is given."""


@dataclass(frozen=True, slots=True)
class World:
    """What a session knows and never changes: its routines, its language, and its user.

    Attributes:
        areas: what parts of the body are called, and where that is.
        past: what was done before today and today.
        keeps_limits: what is done now will be known next time.
        answers: clear answers of the last screenings; None where answers are not kept.
        better_model: to be mentioned once at the end of a routine; None where there is no need.
        emergency_number: digits that the user has set; empty where none are, and never guessed.
        answer_seconds: silence after a question that counts as no answer.
    """

    routines: tuple[Routine, ...]
    grammar: Grammar
    prompts: Prompts
    red_flags: RedFlagLexicon
    areas: Mapping[str, Region] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    keeps_limits: bool = True
    answers: tuple[ClearNo, ...] | None = None
    better_model: BetterModel | None = None
    emergency_number: str = ""
    answer_seconds: float = ANSWER_SECONDS


class Turn:
    """Collects one event's consequences.

    Attributes: `state`, `now`, `world`, `actions`, and `worked_seconds`, the session's so far.
    """

    def __init__(self, state: State, now: float, world: World, worked_seconds: float = 0.0) -> None:
        self.state = state
        self.now = now
        self.world = world
        self.worked_seconds = worked_seconds
        self.actions: list[Action] = []

    @property
    def answer_seconds(self) -> float:
        """Silence after a question that counts as no answer; longer for who asked for time."""
        usual = self.world.answer_seconds
        longer = min(LONGEST_ANSWER_SECONDS, usual * self.state.settings.time_factor)
        return max(usual, longer)

    def set(self, **changes: object) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]

    def enter(self, phase: Phase) -> None:
        """Go into a phase; the deadline of the one before is forgotten."""
        fresh = phase is not self.state.phase
        self.set(phase=phase, deadline=None, asked=0 if fresh else self.state.asked)

    def wake_in(self, seconds: float | None) -> None:
        """Ask to be woken after this time, or not at all."""
        self.set(deadline=None if seconds is None else self.now + seconds)

    def do(self, *actions: Action) -> None:
        """Ask the runtime for something other than speech."""
        self.actions.extend(actions)

    def text(self, prompt: Prompt, **values: object) -> str:
        """A prompt's words."""
        return self.world.prompts.text(prompt, **values)

    def number(self, value: int) -> str:
        """A number in words."""
        return self.world.prompts.number(value)

    def say(self, *texts: str, then: Iterable[str] = (), origin: int | None = None) -> None:
        """Say these texts, then the clauses of `then`, which a later cut won't lose.

        Nothing is due while the guide speaks: what follows is settled when it has finished, so
        that no deadline cuts off an answer.
        """
        lead = clauses_of(*texts)
        clauses = tuple(map(self._with_number, (*lead, *then)))
        if not clauses:
            return
        number = self.state.last_utterance_id + 1
        utterance = Utterance(number, clauses, len(lead), origin=origin)
        self.set(utterance=utterance, last_utterance_id=number, deadline=None)
        self.do(Say(number, clauses))

    def _with_number(self, clause: str) -> str:
        """The words "your emergency number" as the user's own, digit by digit, where it is set."""
        digits = self.world.emergency_number
        if not digits:
            return clause
        spoken = " ".join(self.number(int(digit)) for digit in digits)
        return clause.replace(self.text(Prompt.EMERGENCY_NUMBER), spoken)

    def tell(self, *texts: str) -> None:
        """Say texts that matter: cut off by a reply, they go on behind it."""
        self.say(then=clauses_of(*texts))

    def fall_silent(self) -> None:
        """Stop speaking now."""
        self.set(utterance=None)
        self.do(FallSilent())

    def frozen_state(self) -> State:
        """The present state with its timer stopped: what "resume" and "undo" give back."""
        hold = self.state.hold
        frozen = hold.frozen_at(self.now) if hold is not None else None
        return replace(self.state, hold=frozen, deadline=None)

    def restore(self, earlier: State) -> None:
        """Take an earlier state's place in the dialogue.

        What was learnt since stays: ids, settings, pressure, what can be undone, and the areas that
        have had enough. The
        earlier state's utterance comes back as a memory of where it was cut; whoever restores says
        something next.
        """
        now = self.state
        same_step = now.step_index == earlier.step_index
        self.state = replace(
            earlier,
            last_utterance_id=now.last_utterance_id,
            settings=now.settings,
            pressure_offset=now.pressure_offset,
            variation=now.variation if same_step else earlier.variation,
            added_seconds=now.added_seconds if same_step else earlier.added_seconds,
            caution_regions=now.caution_regions,
            closed_regions=now.closed_regions,
            incident=now.incident,
            missed_check_ins=now.missed_check_ins,
            heard_at=now.heard_at,
            notes_written=now.notes_written,
            is_offer_made=now.is_offer_made,
            undo=now.undo,
            undo_of=now.undo_of,
            deadline=None,
            asked=0,
        )

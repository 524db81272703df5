"""One turn of the dialogue: a state being changed and the actions that go with it.

The modules of the dialogue (`opening`, `steps`, `replies`, `rests`, `alarm`, `devices`) are
functions that take a `Turn`; `session` decides which of them is called.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from voiceguide.core.actions import Action, FallSilent, Say
from voiceguide.core.answers import ANSWERS, HELP_ORDER
from voiceguide.core.phrasing import split_clauses
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent
from voiceguide.core.prompts import Prompt, Prompts
from voiceguide.core.red_flags import RedFlagLexicon
from voiceguide.core.routine import Routine
from voiceguide.core.state import Phase, State, Utterance

PHRASES_AT_ONCE = 7
"""How many phrases help names in one breath; more can't be kept in mind."""


@dataclass(frozen=True, slots=True)
class World:
    """What a session knows and never changes: its routines and its language."""

    routines: tuple[Routine, ...]
    grammar: Grammar
    prompts: Prompts
    red_flags: RedFlagLexicon


class Turn:
    """Collects one event's consequences. Attributes: `state`, `now`, `world`, `actions`."""

    def __init__(self, state: State, now: float, world: World) -> None:
        self.state = state
        self.now = now
        self.world = world
        self.actions: list[Action] = []

    def set(self, **changes: object) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]

    def enter(self, phase: Phase, deadline: float | None = None) -> None:
        """Go into a phase; the only writer of phase and deadline together."""
        fresh = phase is not self.state.phase
        self.set(phase=phase, deadline=deadline, asked=0 if fresh else self.state.asked)

    def wake_in(self, seconds: float | None) -> None:
        """Ask to be woken after this time, or not at all."""
        self.set(deadline=None if seconds is None else self.now + seconds)

    def do(self, *actions: Action) -> None:
        """Ask the runtime for something other than speech."""
        self.actions.extend(actions)

    def text(self, prompt: Prompt, **values: object) -> str:
        """A prompt's words."""
        return self.world.prompts.text(prompt, **values)

    def say(self, *texts: str, then: Iterable[str] = ()) -> None:
        """Say these texts, then go on with clauses of the instruction that was cut or is next."""
        lead = tuple(clause for text in texts if text for clause in split_clauses(text))
        clauses = (*lead, *then)
        if not clauses:
            return
        utterance = Utterance(self.state.last_utterance_id + 1, clauses, len(lead))
        self.set(utterance=utterance, last_utterance_id=utterance.id)
        self.do(Say(utterance.id, clauses))

    def fall_silent(self) -> None:
        """Stop speaking now."""
        self.set(utterance=None)
        self.do(FallSilent())

    def frozen_state(self) -> State:
        """The present state with its timer stopped: what "resume" and "undo" give back."""
        hold = self.state.hold
        if hold is None or hold.since is None:
            return replace(self.state, deadline=None)
        frozen = replace(hold, elapsed_seconds=hold.elapsed_at(self.now), since=None)
        return replace(self.state, hold=frozen, deadline=None)

    def restore(self, earlier: State) -> None:
        """Take an earlier state's place in the dialogue; ids, settings and red flags stay.

        The earlier state's utterance comes back as a memory of where it was cut; whoever restores
        says something next.
        """
        now = self.state
        self.state = replace(
            earlier,
            last_utterance_id=now.last_utterance_id,
            settings=now.settings,
            caution_regions=now.caution_regions,
            deadline=None,
            asked=0,
        )

    def phrases(self, page: int = 0) -> str:
        """What can be said now, a handful at a time, most needed first."""
        names = self.available()
        start = page * PHRASES_AT_ONCE
        return self.world.prompts.one_of(names[start : start + PHRASES_AT_ONCE])

    def available(self) -> list[str]:
        """The names of all intents that this phase answers, in the order of help."""
        return [
            self.world.prompts.names[intent]
            for intent in HELP_ORDER
            if intent in ANSWERS[self.state.phase] and self._is_possible(intent)
        ]

    def _is_possible(self, intent: Intent) -> bool:
        if intent is Intent.UNDO:
            return self.state.undo is not None
        if intent is Intent.NUMBER:
            return self.state.phase is not Phase.CHOOSING
        return True

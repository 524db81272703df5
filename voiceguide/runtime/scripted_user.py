"""Who takes part in a rehearsal: a person who follows a script, or one who just says "next"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from voiceguide.core.script import ScriptLine
from voiceguide.core.state import Phase, State

REACTION_SECONDS = 0.6
"""Silence between the guide's last word and a user's first."""


@dataclass(frozen=True, slots=True)
class Speak:
    """The user speaks aloud now."""

    line: ScriptLine


@dataclass(frozen=True, slots=True)
class Press:
    """The user answers by a key: no sound, the words arrive at once."""

    text: str


Move = Speak | Press


@dataclass(frozen=True, slots=True)
class Scene:
    """What a user perceives at a moment.

    `clause` is what the guide is saying now, lower case, empty in silence; `heard_so_far` all it
    has finished saying since the script's last move; `quiet_seconds` how long it has been silent.
    """

    seconds: float
    state: State
    clause: str
    heard_so_far: str
    quiet_seconds: float


class User(Protocol):
    """Someone who takes part."""

    def move(self, scene: Scene) -> Move | None:
        """What the user does at this moment, if anything."""

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to come from this user."""

    @property
    def waits_for_guide(self) -> bool:
        """Whether nothing more will come unless the guide says something."""


OBLIGING = {
    Phase.CHOOSING: "one",
    Phase.SCREENING: "no",
    Phase.PREPARING: "ready",
    Phase.WAITING: "next",
    Phase.CHECKING_IN: "yes",
    Phase.RATING: "five",
}
"""What a user says who wants to get through: no symptoms, ready, next."""

_OPENING = (Phase.CHOOSING, Phase.SCREENING, Phase.PREPARING)


class ObligingUser:
    """Answers every question with what leads on, and says "next" after each step."""

    is_done = True
    waits_for_guide = True

    def move(self, scene: Scene) -> Move | None:
        """The answer, once the guide has been silent for a moment."""
        words = OBLIGING.get(scene.state.phase)
        if words is None or scene.quiet_seconds < REACTION_SECONDS or scene.state.hold is not None:
            return None
        return Speak(ScriptLine(at_seconds=scene.seconds, say=words))


class SilentUser:
    """Says nothing aloud; answers by key what would keep the routine from being read through."""

    is_done = True
    waits_for_guide = True

    def move(self, scene: Scene) -> Move | None:
        """A key before the start and at check-ins, after which a silent guide would not go on."""
        wanted = (*_OPENING, Phase.CHECKING_IN)
        if scene.state.phase not in wanted or scene.quiet_seconds < REACTION_SECONDS:
            return None
        return Press(OBLIGING[scene.state.phase])


class ScriptedUser:
    """Does what the script says, in its order; `at` lines at their time.

    Where the script has no line for the questions before the start, they are answered by key, so
    that a script need not know a routine's screening.
    """

    def __init__(self, lines: Sequence[ScriptLine]) -> None:
        self._timed = sorted(
            (line for line in lines if line.at_seconds is not None),
            key=lambda line: line.at_seconds or 0.0,
        )
        self._cued = [line for line in lines if line.at_seconds is None]
        self._moved_at = 0.0

    @property
    def is_done(self) -> bool:
        """Whether every line has been said."""
        return not self.unsaid

    @property
    def unsaid(self) -> list[ScriptLine]:
        """The lines that are still to come."""
        return self._timed + self._cued

    @property
    def waits_for_guide(self) -> bool:
        """Whether the next line is a reply to words of the guide."""
        return not self._timed and bool(self._cued) and self._cued[0].wait_seconds is None

    def move(self, scene: Scene) -> Move | None:
        """The line that is due."""
        if self._timed and scene.seconds >= (self._timed[0].at_seconds or 0.0):
            return self._speak(self._timed, scene)
        if self._cued and _is_cued(self._cued[0], scene, self._moved_at):
            return self._speak(self._cued, scene)
        patience = 5 * REACTION_SECONDS  # the script's own line comes first
        if scene.state.phase in _OPENING and scene.quiet_seconds >= patience:
            return Press(OBLIGING[scene.state.phase])
        return None

    def _speak(self, lines: list[ScriptLine], scene: Scene) -> Speak:
        self._moved_at = scene.seconds
        return Speak(lines.pop(0))


def _is_cued(line: ScriptLine, scene: Scene, moved_at: float) -> bool:
    if line.wait_seconds is not None:
        return scene.seconds >= moved_at + line.wait_seconds
    if line.when:
        return line.when.lower() in scene.clause
    return line.after.lower() in scene.heard_so_far and scene.quiet_seconds >= REACTION_SECONDS

"""A line of a rehearsal's script."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One thing a user does: at a time, when the guide says a text, or after it has said it.

    Exactly one of `at_seconds`, `when` and `after` is set, and one of `say` and `wav`.
    `level_db` is relative to a normal voice. `voice` names the voice that speaks.
    """

    at_seconds: float | None = None
    when: str = ""
    after: str = ""
    say: str = ""
    wav: str = ""
    level_db: float = 0.0
    voice: str = ""

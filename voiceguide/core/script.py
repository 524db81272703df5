"""A line of a rehearsal's script."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One thing a user does: at a time, when the guide says a text, after it, or after a wait.

    Exactly one of `at_seconds`, `when`, `after` and `wait_seconds` is set, and one of `say` and
    `wav`. A wait counts from the line before. `wav` is a file's path.
    `level_db` is relative to a normal voice. `voice` names the voice that speaks.
    """

    at_seconds: float | None = None
    when: str = ""
    after: str = ""
    wait_seconds: float | None = None
    say: str = ""
    wav: str = ""
    level_db: float = 0.0
    voice: str = ""

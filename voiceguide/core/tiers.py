"""How grave a red flag is, and what a text means for safety."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How grave a red flag is, in rising order: see `rank`."""

    CAUTION = "caution"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """1 for caution, 2 for urgent, 3 for emergency."""
        return list(Tier).index(self) + 1


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a text means for safety.

    `tier` is None where nothing is raised. `ask` is True where the guide should stop and ask one
    yes/no question; `tier` is then what a "yes" (or silence) would raise. `reason` names the
    words and the rule that decided.
    """

    tier: Tier | None = None
    ask: bool = False
    reason: str = ""

"""How grave a red flag is, and what a text means for safety."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class Tier(StrEnum):
    """How grave a red flag is, in rising order: see `rank`."""

    CAUTION = "caution"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """1 for caution, 2 for urgent, 3 for emergency."""
        return list(Tier).index(self) + 1


class Grounds(Enum):
    """What a judgement rests on."""

    RULES = auto()
    """A symptom is named, and nothing speaks against it."""
    BOTH = auto()
    """A symptom is named, in words that mostly are red flags."""
    WEIGHTS = auto()
    """No rule knows any symptom in the words, but such words are mostly red flags."""
    UNLIKELY = auto()
    """A symptom is named among words that are hardly ever red flags: it may be misheard."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a text means for safety.

    `tier` is None where nothing is raised. `ask` is True where the guide should stop and ask one
    yes/no question; `tier` is then what a "yes" (or silence) would raise. `reason` names the
    words and the rule that decided. `rules_out` is True where nobody begins a massage with it.
    """

    tier: Tier | None = None
    ask: bool = False
    reason: str = ""
    grounds: Grounds = Grounds.RULES
    rules_out: bool = False

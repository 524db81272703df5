"""What the user can set by voice, kept for the next session."""

from dataclasses import dataclass
from enum import StrEnum

RATE_WPM_STEPS = (110, 130, 150, 170, 190, 215, 240)
VOLUME_STEPS = (0.15, 0.25, 0.4, 0.6, 0.8, 1.0)


class Pace(StrEnum):
    """Whether the guide goes on by itself after a step, or waits for "next"."""

    AUTOMATIC = "automatic"
    WAIT_FOR_ME = "wait for me"


class Detail(StrEnum):
    """How much of each step is said."""

    FULL = "full"
    BRIEF = "brief"


class Patience(StrEnum):
    """How long the guide waits for words: within a sentence, and for an answer."""

    USUAL = "usual"
    LONG = "long"


LONG_FACTOR = 2.0
"""How much longer a patient guide waits."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The guide's manner. `rate_wpm` is words a minute, `volume` a fraction of full scale."""

    rate_wpm: int = 170
    volume: float = 0.6
    pace: Pace = Pace.WAIT_FOR_ME
    detail: Detail = Detail.FULL
    patience: Patience = Patience.USUAL

    @property
    def time_factor(self) -> float:
        """How many times the usual silence the guide waits, 1 or more."""
        return LONG_FACTOR if self.patience is Patience.LONG else 1.0


def step_along(steps: tuple[float, ...], value: float, by: int) -> float:
    """The neighbour of a value on a scale of steps; stays at the ends."""
    nearest = min(range(len(steps)), key=lambda i: abs(steps[i] - value))
    return steps[max(0, min(len(steps) - 1, nearest + by))]

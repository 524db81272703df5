"""A routine as the session sees it: frozen values, already checked by `voiceguide.content`.

The facts behind each field are in `docs/reference/routine-format.md`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from voiceguide.core.red_flags import Tier


class Audience(StrEnum):
    """Who does the work: a partner gives the massage, or one works on oneself."""

    PARTNER = "partner"
    SELF = "self"


class Region(StrEnum):
    """Where a step works. Rules hang on it: never on the spine, less on the neck."""

    WHOLE_BACK = "whole back"
    LOWER_BACK = "lower back"
    UPPER_BACK = "upper back"
    BESIDE_SPINE = "beside the spine"
    SHOULDERS = "shoulders"
    SHOULDER_BLADES = "shoulder blades"
    NECK = "neck"
    UPPER_ARMS = "upper arms"
    NONE = "no contact"


@dataclass(frozen=True, slots=True)
class PressureBounds:
    """Pressure from 1 (very light) to 5 (very firm): where a step starts, and its bounds."""

    usual: int
    least: int = 1
    most: int = 5

    def at(self, offset: int) -> int:
        """The pressure with the session's offset, kept within the step's bounds."""
        return max(self.least, min(self.most, self.usual + offset))


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a step lasts: seconds, or repetitions at a pace; on each side where sides are named.

    Exactly one of `seconds` and `repetitions` is set. Both are per side.
    """

    seconds: float | None = None
    repetitions: int | None = None
    seconds_each: float = 4.0
    sides: tuple[str, ...] = ()

    @property
    def side_seconds(self) -> float:
        """Seconds spent on one side, or in all where no sides are named."""
        if self.seconds is not None:
            return self.seconds
        return (self.repetitions or 0) * self.seconds_each

    @property
    def total_seconds(self) -> float:
        """Seconds from the start of the step's work to its end."""
        return self.side_seconds * max(1, len(self.sides))


@dataclass(frozen=True, slots=True)
class Cue:
    """Something said while a timer runs, at a fraction (0 to 1) of the whole time."""

    at: float
    say: str


@dataclass(frozen=True, slots=True)
class Variation:
    """Another way of doing a step, chosen by its name: "fists", "elbows"."""

    name: str
    say: str


@dataclass(frozen=True, slots=True)
class RatingLoop:
    """Press, ask for 0 to 10, hold until the number falls; numbers are the seed 002's."""

    hold_seconds: float = 10.0
    rounds: int = 6
    ease_off_above: int = 8
    release_at: int = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction and everything that belongs to it.

    `say`, `brief` and a variation's `say` may contain `{pressure}`, which becomes the session's
    pressure in words.
    """

    id: str
    say: str
    brief: str = ""
    region: Region = Region.NONE
    technique: str = ""
    direction: str = ""
    pressure: PressureBounds | None = None
    timing: Timing | None = None
    cues: tuple[Cue, ...] = ()
    softer: str = ""
    firmer: str = ""
    variations: tuple[Variation, ...] = ()
    cautions: tuple[str, ...] = ()
    why: str = ""
    check_in: str = ""
    rating: RatingLoop | None = None


@dataclass(frozen=True, slots=True)
class ScreeningQuestion:
    """A yes/no question before the start; the answer `stop_if` ends the session with `advice`.

    Attributes:
        is_about_soreness: asked because of an earlier session; the answer is kept for later ones.
        topic: what it asks about, in a few words, where that seldom changes; else empty.
        is_offer: asks whether all is the same as last time; no answer to it ends the session.
    """

    ask: str
    advice: str
    stop_if: str = "yes"
    is_about_soreness: bool = False
    topic: str = ""
    is_offer: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a routine may be done; None where the seed gives no figure."""

    minutes_per_day: float | None = None
    days_between: int = 0
    rest_days_if_sore: int = 0


@dataclass(frozen=True, slots=True)
class RoutineRedFlag:
    """A phrase that this routine's author wants raised, and how gravely."""

    phrase: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Routine:
    """A whole routine, in the order in which it is said.

    `menu_order` is its place in the spoken menu, small first; equal ones go by title.
    `check_in_minutes` without a word from the user are as long as the guide goes on without asking
    after them; None for the usual time.
    """

    id: str
    title: str
    summary: str
    audience: Audience
    source: str
    steps: tuple[Step, ...]
    equipment: tuple[str, ...] = ()
    screening: tuple[ScreeningQuestion, ...] = ()
    preparation: tuple[str, ...] = ()
    finish: str = ""
    advice: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    oil: str = ""
    check_in_minutes: float | None = None
    limits: Limits = field(default_factory=Limits)
    red_flags: tuple[RoutineRedFlag, ...] = ()
    menu_order: int = 100

"""What to do: everything a session can ask the runtime for."""

from dataclasses import dataclass
from enum import StrEnum

from voiceguide.core.incident import Circumstances
from voiceguide.core.last_answers import ClearNo
from voiceguide.core.red_flags import Tier
from voiceguide.core.routine import Audience, Region
from voiceguide.core.settings import Settings


class Earcon(StrEnum):
    """Short sounds; their waveforms are in `voiceguide.audio.earcons`."""

    HEARD = "heard"
    STOPPED = "stopped"
    TIME_UP = "time_up"
    ASLEEP = "asleep"
    AWAKE = "awake"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Say:
    """Say these clauses one after the other; what is being said at the moment is cut off.

    `utterance_id` grows by one with each `Say` of a session. A clause is the unit at which
    speech can go on after it was cut.
    """

    utterance_id: int
    clauses: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole utterance."""
        return " ".join(self.clauses)


@dataclass(frozen=True, slots=True)
class FallSilent:
    """Stop speaking within one block. No `PlaybackFinished` follows for what was cut."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play an earcon; speech that follows in the same batch of actions comes after it."""

    earcon: Earcon


@dataclass(frozen=True, slots=True)
class AdjustVoice:
    """Change the guide's voice from the next clause on.

    `rate_wpm` is 100 to 300 words a minute, `volume` 0.1 to 1.0 of full scale.
    """

    rate_wpm: int
    volume: float


@dataclass(frozen=True, slots=True)
class RememberSettings:
    """Keep these settings for the next session."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class RememberWork:
    """Keep for the days to come that this much was done just now; `seconds` with contact."""

    routine_id: str
    audience: Audience
    seconds: float
    is_full: bool


@dataclass(frozen=True, slots=True)
class RememberSoreness:
    """Keep for the days to come what was answered to "still sore?"."""

    audience: Audience
    is_sore: bool


@dataclass(frozen=True, slots=True)
class RememberClosed:
    """Keep for the rest of the day that these areas of whoever works alone have had enough."""

    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class RememberAnswers:
    """Keep these clear answers of a screening in place of all earlier ones for this audience.

    None of them: keep nothing, and forget the earlier ones.
    """

    audience: Audience
    answers: tuple[ClearNo, ...]


@dataclass(frozen=True, slots=True)
class RememberOffer:
    """Keep that the better speech model has been spoken of, so that it never is again."""


@dataclass(frozen=True, slots=True)
class WriteIncident:
    """Write down, for a clinician, where the session stands and what was said last.

    Answered by `IncidentWritten` or `IncidentNotWritten`.
    """

    circumstances: Circumstances


@dataclass(frozen=True, slots=True)
class RaiseRedFlag:
    """Record that a red flag was raised: the tier, what was heard and why it was taken for one."""

    tier: Tier
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The session is over; `red_flag` is the gravest tier raised in it, or None."""

    red_flag: Tier | None = None


Remember = (
    RememberSettings
    | RememberWork
    | RememberSoreness
    | RememberClosed
    | RememberAnswers
    | RememberOffer
)
"""What is kept for the next session."""

Action = Say | FallSilent | Play | AdjustVoice | Remember | RaiseRedFlag | WriteIncident | End

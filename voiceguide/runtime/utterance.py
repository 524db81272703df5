"""What a listener takes and gives: what surrounds a block of sound, and what a person said."""

from dataclasses import dataclass, field

from voiceguide.core.acceptance import Reason
from voiceguide.core.intents import Intent, Meaning, Slot
from voiceguide.core.red_flags import Judgement, Tier

_UNCLEAR_SECONDS = 2.0  # longer than an answer takes: people talking to each other


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the session knows while a block is heard.

    `saying` are the words that the guide is saying at this moment, empty while it is silent.
    `time_factor` is how many times the usual silence may lie between a speaker's words, 1 or more.
    `is_echo_placed` is false while the echo comes sooner or later than the canceller has learned.
    """

    active: frozenset[Intent]
    saying: str = ""
    time_factor: float = 1.0
    is_echo_placed: bool = True


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something a person said, and what was made of it. Times are seconds of the stream.

    `said` are the open lane's words; empty where it was acted on before its end.
    """

    start_s: float
    end_s: float
    decided_s: float
    text: str
    accepted: bool
    reason: str
    meaning: Meaning | None = None
    red_flag: Judgement = field(default_factory=Judgement)
    is_glimpse: bool = False
    """Only the words in `text` were understood, of something longer."""
    said: str = ""
    level_dbfs: float = 0.0
    voice_probability: float = 1.0

    @property
    def intent(self) -> Intent | None:
        """What was meant; None where nothing was accepted or only a red flag was heard."""
        return self.meaning.intent if self.meaning is not None else None

    @property
    def slots(self) -> dict[str, Slot]:
        """The values within the meaning."""
        return dict(self.meaning.slots) if self.meaning is not None else {}

    @property
    def tier(self) -> Tier | None:
        """The red flag's tier, or None."""
        return self.red_flag.tier

    @property
    def is_unclear(self) -> bool:
        """Whether it may have been an answer that was not understood."""
        return (
            not self.accepted
            and self.reason in {Reason.UNKNOWN_WORDS, Reason.NO_PHRASE, Reason.NOT_ASKED_FOR}
            and self.end_s - self.start_s <= _UNCLEAR_SECONDS
        )

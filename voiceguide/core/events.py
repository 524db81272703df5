"""What happened: everything that can reach a session."""

from dataclasses import dataclass
from enum import StrEnum


class Device(StrEnum):
    """The two devices a session depends on."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"


class Hindrance(StrEnum):
    """Why the guide hears less than it should, as long as nobody changes it."""

    HEARS_ITSELF = "hears itself"
    """Its echo can't be removed: while it speaks, only "stop" and "wait" are heard."""
    TOO_SLOW = "too slow"
    """The recognizer is seconds late, or words are lost: the computer can't keep up with it."""


@dataclass(frozen=True, slots=True)
class Started:
    """The program is up. `routine_id` is None where the user is to choose from the spoken menu."""

    routine_id: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The user said (or typed) something that the listening chain accepted."""

    text: str


@dataclass(frozen=True, slots=True)
class Glimpsed:
    """Words of a red flag stood somewhere in what was said; nothing else of it was understood.

    `words` are as they came, with spaces between: "numb", "pain chest".
    """

    words: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Someone said something short that was no known phrase; counts as an answer to a question."""


@dataclass(frozen=True, slots=True)
class ClauseStarted:
    """The loudspeaker has begun a clause of an utterance; `clause` counts from 0."""

    utterance_id: int
    clause: int


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """The last sample of an utterance has been sent to the loudspeaker."""

    utterance_id: int


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """The moment that `Session.deadline` named has come."""


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """A device has stopped delivering or taking samples."""

    device: Device


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """A lost device works again."""

    device: Device


@dataclass(frozen=True, slots=True)
class Hindered:
    """The guide hears less than it should.

    That it hears itself is sent once, that it is too slow each time that it begins.
    """

    hindrance: Hindrance


@dataclass(frozen=True, slots=True)
class IncidentWritten:
    """A note has been written: into the folder of this name, in the one around it."""

    folder: str
    parent: str


@dataclass(frozen=True, slots=True)
class IncidentNotWritten:
    """A note could not be written."""


@dataclass(frozen=True, slots=True)
class QuitRequested:
    """The user pressed Ctrl-C or closed the input: a gentle, quick close."""


Event = (
    Started
    | Heard
    | Glimpsed
    | Unclear
    | ClauseStarted
    | PlaybackFinished
    | DeadlineReached
    | DeviceLost
    | DeviceBack
    | Hindered
    | IncidentWritten
    | IncidentNotWritten
    | QuitRequested
)

"""What can go wrong that a person can mend. Each message is one sentence that says what to do.

Anything else that is raised is a bug and keeps its traceback.
"""

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Process exit codes, documented in `docs/reference/exit-codes.md`."""

    OK = 0
    PROBLEMS_FOUND = 1
    USAGE = 2
    NO_AUDIO_DEVICE = 3
    MODEL_OR_VOICE_MISSING = 4
    RED_FLAG = 10


class VoiceguideError(Exception):
    """A problem a person can mend; `str()` is shown to them, without a traceback."""

    exit_code = ExitCode.USAGE


class UsageError(VoiceguideError):
    """The command line or a named file can't be used as given."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a content file. `line` counts from 1; `field` is a dotted path or empty."""

    path: str
    line: int
    field: str
    what: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" + (f": {self.field}" if self.field else "")
        return f"{where}: {self.what} {self.mend}"


class ContentError(VoiceguideError):
    """A YAML file of ours or the user's is wrong; carries every problem found in it."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class DeviceError(VoiceguideError):
    """A microphone or loudspeaker can't be opened."""

    exit_code = ExitCode.NO_AUDIO_DEVICE


class ModelError(VoiceguideError):
    """The speech model is missing, broken or of a kind that can't take a grammar."""

    exit_code = ExitCode.MODEL_OR_VOICE_MISSING


class VoiceError(VoiceguideError):
    """No text-to-speech engine works here."""

    exit_code = ExitCode.MODEL_OR_VOICE_MISSING

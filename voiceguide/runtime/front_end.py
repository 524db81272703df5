"""The first half of hearing: blocks without the guide's voice, and whether they hold another.

It waits for no recognizer, so whoever speaks over the guide silences it even while the second half
(`Listener`) is still busy with what was said before.
"""

from dataclasses import dataclass

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.ports import EchoCanceller, VoiceActivity
from voiceguide.runtime.second_voice import SecondVoice
from voiceguide.runtime.utterance import Surroundings

_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)


class NoEchoCanceller:
    """Passes the microphone's signal through, and can't tell what may be the guide's in it."""

    near_end_db: float | None = None
    is_failing = False
    hears_echo = False

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:  # noqa: ARG002 - the port's
        """The near end itself."""
        return near_end


class Headphones(NoEchoCanceller):
    """For a microphone that hears nothing of the guide: whatever it hears is somebody else."""

    near_end_db = 100.0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A block as the recognizers get it, and all that is known of it.

    Attributes:
        samples: without the guide's voice, shape (BLOCK_SAMPLES,).
        probability: of a voice that is not the guide's, 0 to 1.
        near_end_db: as the echo canceller gives it.
        is_echo_placed: the echo is where the canceller has learned it, or there is none.
        is_half_duplex: the guide's echo stays in the samples.
        surroundings: what the session knew when it was recorded.
    """

    samples: Samples
    probability: float
    near_end_db: float | None
    is_echo_placed: bool
    is_half_duplex: bool
    surroundings: Surroundings


class FrontEnd:
    """Cleans block by block; one thread only."""

    def __init__(self, echo_canceller: EchoCanceller, activity: VoiceActivity) -> None:
        self._echo_canceller = echo_canceller
        self._activity = activity
        self._second_voice = SecondVoice()
        self._voice_probability = 0.0

    @property
    def voice_probability(self) -> float:
        """That somebody talks over the guide in the newest block; 0 where its own echo stays."""
        return 0.0 if self.is_half_duplex else self._voice_probability

    @property
    def is_half_duplex(self) -> bool:
        """Whether only "stop" and "wait" are heard while the guide speaks: its echo stays."""
        return self._echo_canceller.is_failing or self._second_voice.is_far_end_missing

    def clean(self, near_end: Samples, far_end: Samples, surroundings: Surroundings) -> Cleaned:
        """Take one block of `BLOCK_SAMPLES`, and what was played in it.

        What the canceller leaves of the guide is kept from the detector: fed with it, Silero grows
        deaf to the user (`docs/explanation/audio.md`).
        """
        samples = self._echo_canceller.cancel(near_end, far_end)
        near_end_db = self._echo_canceller.near_end_db
        # Where there is no echo it does not matter where it is.
        is_echo_placed = surroundings.is_echo_placed or not self._echo_canceller.hears_echo
        self._second_voice.note(
            near_end_db,
            is_guide_speaking=bool(surroundings.saying),
            is_echo_placed=is_echo_placed,
        )
        is_possible = self._second_voice.is_possible
        heard = self._activity.probability(samples if is_possible else _SILENCE)
        probability = heard if is_possible else 0.0
        self._voice_probability = probability if is_echo_placed else 0.0
        return Cleaned(
            samples, probability, near_end_db, is_echo_placed, self.is_half_duplex, surroundings
        )

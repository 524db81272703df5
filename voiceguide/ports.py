"""What the runtime needs from outside. Adapters satisfy these; tests bring small fakes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from voiceguide.audio.pcm import Samples
from voiceguide.audio.stream_clock import Place


class Clock(Protocol):
    """Seconds that only grow; the zero is arbitrary."""

    def now(self) -> float:
        """The present moment in seconds."""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How a voice speaks. `name` is an engine's own voice name, or empty for the best present."""

    name: str = ""
    rate_wpm: int = 170


class Voice(Protocol):
    """Text to PCM. Renders; never plays."""

    @property
    def label(self) -> str:
        """Engine and voice, such as "flite slt"; part of the cache's key."""

    def render(self, text: str, rate_wpm: int) -> Samples:
        """Mono samples at `SAMPLE_RATE_HZ`; empty for a text without words.

        Raises:
            VoiceError: the engine failed or took longer than its deadline, also after a restart.
        """

    def close(self) -> None:
        """End the engine's process, if it has one."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a recognizer makes of the utterance so far.

    `text` is lower-case words with `[unk]` for what is none of the phrases; empty for silence.
    `confidence` is 0 to 1, or 1 where the recognizer gives none; it can't reject wrong words in
    grammar mode (vosk-api#741) and is for the record.
    """

    text: str
    confidence: float = 1.0


class Recognizer(Protocol):
    """PCM to hypotheses, for one thread. Utterance boundaries are decided by the caller."""

    def feed(self, samples: Samples) -> Hypothesis:
        """Take more of the utterance and return what it sounds like so far."""

    def finish(self) -> Hypothesis:
        """The utterance is over: return the final hypothesis and be ready for the next."""


class Examples(Protocol):
    """Knows examples of one user's words, and compares an utterance with them."""

    def word(self, samples: Samples) -> str:
        """The word that the utterance clearly is, or an empty text."""


class RecognizerFactory(Protocol):
    """A loaded model, from which recognizers are made."""

    def recognizer(self, phrases: Sequence[str] | None) -> Recognizer:
        """A recognizer for these phrases and `[unk]`; None for the model's own language model."""

    def missing_words(self, phrases: Sequence[str]) -> list[str]:
        """The words of the phrases that the model can't hear, sorted."""


class Witness(Protocol):
    """Knows some phrases by their sound as a whole."""

    def listen(self, samples: Samples) -> Mapping[str, float]:
        """How likely an utterance is each of the phrases; the rest to 1 is something else."""

    def spot(self, samples: Samples) -> Mapping[str, float]:
        """How likely each of some words is somewhere in an utterance, in the order they come."""


class VoiceActivity(Protocol):
    """The probability of speech, block by block."""

    def probability(self, block: Samples) -> float:
        """0 to 1 for the newest `BLOCK_SAMPLES` samples."""

    def reset(self) -> None:
        """Forget what came before."""


class EchoCanceller(Protocol):
    """Removes the guide's own voice (far end) from the microphone's signal (near end)."""

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:
        """The cleaned near end, as long as the input and at most 20 ms late; all are one block."""

    @property
    def near_end_db(self) -> float | None:
        """How far the newest block rises above what may be left of the guide in it, in dB.

        Infinite while the guide is silent; None where the canceller can't tell.
        """

    @property
    def is_failing(self) -> bool:
        """Whether the guide's echo stays in the signal, whatever the canceller does."""

    @property
    def hears_echo(self) -> bool:
        """Whether the microphone hears the guide at all: not so with headphones."""


class Stream(Protocol):
    """A running sound device."""

    @property
    def has_begun(self) -> bool:
        """Whether samples have flowed since it was opened."""

    def is_lost(self, now: float) -> bool:
        """Whether samples have ceased to flow; asked several times a second, in growing seconds."""

    def close(self) -> None:
        """Stop the stream; never blocks for long."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A block of `BLOCK_SAMPLES`, and where it began."""

    block: Samples
    at: Place


class Microphone(Stream, Protocol):
    """A running input stream."""

    def read(self, timeout_seconds: float) -> Captured | None:
        """The next block, or None when none came in time."""


class Speaker(Stream, Protocol):
    """A running output stream that pulls blocks from a source."""


BlockSource = Callable[[int], Samples]
"""Called by a speaker with a number of samples; returns exactly that many."""

BlockSent = Callable[[Samples, Place], None]
"""Told each of those blocks, and where it is played."""

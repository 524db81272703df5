"""When an utterance begins and ends, from the probability of speech in each block.

Pure: time is samples counted, so a second of silence is fifty blocks, not a second of waiting.
vosk's own endpointer answers 1.1 s after the last word [measured]; this one after the hangover.
"""

from dataclasses import dataclass, replace

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Thresholds of probability and times. The names are those of Silero's own iterator."""

    onset_probability: float = 0.5
    """A block at or above it is speech while we wait for an utterance."""
    offset_probability: float = 0.35
    """A block below it is silence while an utterance runs; lower, so that a dip does not end it."""
    onset_seconds: float = 0.04
    """Speech this long begins an utterance; a click is shorter."""
    hangover_seconds: float = 0.25
    """Silence this long ends an utterance."""
    patient_hangover_seconds: float = 0.6
    """The same, where more words may be coming ("go back to ...")."""
    pre_roll_seconds: float = 0.3
    """How much of what came before the onset belongs to the utterance: soft first consonants."""
    max_utterance_seconds: float = 12.0
    """An utterance is ended by force after this time, so that work and delay stay bounded."""

    def giving_time(self, factor: float) -> "EndpointSettings":
        """The same for someone who speaks slowly: silences may be `factor` times as long."""
        return replace(
            self,
            hangover_seconds=self.hangover_seconds * factor,
            patient_hangover_seconds=self.patient_hangover_seconds * factor,
        )


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Speech began `onset_sample` samples after the endpointer's first block."""

    onset_sample: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The last block of speech ended at `end_sample`. `is_forced`: the utterance grew too long."""

    end_sample: int
    is_forced: bool = False


class Endpointer:
    """Counts blocks of speech and silence. Give it each block's probability, in order."""

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        self.settings = settings or EndpointSettings()
        self._now_sample = 0
        self._onset_sample: int | None = None
        self._run_samples = 0  # of speech while waiting, of silence while an utterance runs

    @property
    def is_speaking(self) -> bool:
        """True from `SpeechStarted` to `SpeechStopped`."""
        return self._onset_sample is not None

    @property
    def silence_seconds(self) -> float:
        """How long the running utterance has been silent; 0 while there is none."""
        return self._run_samples / SAMPLE_RATE_HZ if self.is_speaking else 0.0

    @property
    def speech_seconds(self) -> float:
        """From the onset to the newest block of speech; 0 while there is no utterance."""
        if self._onset_sample is None:
            return 0.0
        return (self._now_sample - self._run_samples - self._onset_sample) / SAMPLE_RATE_HZ

    def step(
        self, probability: float, *, expects_more: bool = False
    ) -> SpeechStarted | SpeechStopped | None:
        """Take one block's probability of speech; `expects_more` waits the patient hangover."""
        self._now_sample += BLOCK_SAMPLES
        if self._onset_sample is None:
            return self._wait_for_onset(probability)
        return self._wait_for_end(probability, self._onset_sample, expects_more=expects_more)

    def stop(self) -> SpeechStopped | None:
        """End the running utterance now, as when the stream ends."""
        if self._onset_sample is None:
            return None
        return self._stopped(is_forced=False)

    def _wait_for_onset(self, probability: float) -> SpeechStarted | None:
        if probability < self.settings.onset_probability:
            self._run_samples = 0
            return None
        self._run_samples += BLOCK_SAMPLES
        if self._run_samples < self.settings.onset_seconds * SAMPLE_RATE_HZ:
            return None
        self._onset_sample = self._now_sample - self._run_samples
        self._run_samples = 0
        return SpeechStarted(self._onset_sample)

    def _wait_for_end(
        self, probability: float, onset_sample: int, *, expects_more: bool
    ) -> SpeechStopped | None:
        is_silent = probability < self.settings.offset_probability
        self._run_samples = self._run_samples + BLOCK_SAMPLES if is_silent else 0
        hangover_seconds = (
            self.settings.patient_hangover_seconds
            if expects_more
            else self.settings.hangover_seconds
        )
        if self._run_samples >= hangover_seconds * SAMPLE_RATE_HZ:
            return self._stopped(is_forced=False)
        length_samples = self._now_sample - onset_sample
        if length_samples >= self.settings.max_utterance_seconds * SAMPLE_RATE_HZ:
            return self._stopped(is_forced=True)
        return None

    def _stopped(self, *, is_forced: bool) -> SpeechStopped:
        end_sample = self._now_sample - self._run_samples
        self._onset_sample = None
        self._run_samples = 0
        return SpeechStopped(end_sample, is_forced)

"""Examples of one user's words: taken at a fitting, and a second examples afterwards."""

from dataclasses import dataclass

import numpy as np

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.word_templates import Frames, WordTemplates, frames_of
from voiceguide.ports import Recognizer

_LONGEST_SECONDS = 3.0  # a word of 1.5 s, what came before its onset, and the silence behind it


@dataclass(frozen=True, slots=True)
class ExampleSettings:
    """When a sound is clearly a word; measured by `benchmarks/fitting.py`."""

    most_distance: float = 1.6
    most_ratio: float = 1.0


class Take:
    """The sound of the newest utterance; a `Examples` that never says anything."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []
        self._samples = 0

    def begin(self) -> None:
        """Forget the one before."""
        self._blocks = []
        self._samples = 0

    def feed(self, samples: Samples) -> None:
        """Keep the sound, unless it grows too long for a word."""
        self._samples += len(samples)
        if self._samples <= _LONGEST_SECONDS * SAMPLE_RATE_HZ:
            self._blocks.append(samples)

    def word(self) -> str:
        """Nothing is known yet."""
        return ""

    @property
    def sound(self) -> Samples:
        """What was heard; empty where it was too long."""
        if not self._blocks or self._samples > _LONGEST_SECONDS * SAMPLE_RATE_HZ:
            return np.zeros(0, dtype=np.float32)
        return np.concatenate(self._blocks)

    @property
    def frames(self) -> Frames:
        """The same as a template."""
        return frames_of(self.sound)


class OwnWords(Take):
    """Knows the user's words again.

    `forced` is a recognizer that can say nothing but these words: it must agree. Each of the two
    takes many a sound for a word, but seldom for the same one.
    """

    def __init__(
        self,
        templates: WordTemplates,
        forced: Recognizer | None = None,
        settings: ExampleSettings | None = None,
    ) -> None:
        super().__init__()
        self._templates = templates
        self._forced = forced
        self._settings = settings or ExampleSettings()

    def word(self) -> str:
        """The user's word that this clearly is, by both witnesses."""
        near = self._templates.nearest(self.frames)
        settings = self._settings
        if near is None or near.distance > settings.most_distance:
            return ""
        if near.ratio > settings.most_ratio or not self._agrees(near.word):
            return ""
        return near.word

    def _agrees(self, word: str) -> bool:
        if self._forced is None:
            return True
        self._forced.feed(self.sound)
        return self._forced.finish().text == word

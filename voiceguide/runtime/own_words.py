"""One user's own words, known again by examples."""

from dataclasses import dataclass

from voiceguide.audio.pcm import Samples
from voiceguide.audio.word_templates import WordTemplates
from voiceguide.audio.word_witness import WordWitness


@dataclass(frozen=True, slots=True)
class ExampleSettings:
    """When a sound is clearly a word; chosen by `benchmarks/fitting.py --tune`."""

    least_likeness: float = 0.9
    least_lead: float = 0.05


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Knows the user's words again; satisfies `ports.Examples`."""

    templates: WordTemplates
    witness: WordWitness
    settings: ExampleSettings

    def word(self, samples: Samples) -> str:
        """The user's word that this clearly is, or an empty text."""
        impression = self.witness.impression(samples)
        near = None if impression is None else self.templates.nearest(impression)
        if near is None or near.likeness < self.settings.least_likeness:
            return ""
        return near.word if near.lead >= self.settings.least_lead else ""

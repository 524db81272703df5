"""One user's words as templates: which of them a sound is, if clearly one.

A template is the second witness's impression of one example: what the network that knows phrases by
their sound makes of it before it decides. It has learnt from many people what tells words apart and
what does not, so one example carries over to other days, noises and speeds, and to words that it
was never taught. Comparing cepstra by dynamic time warping, in which nothing is learnt, found
half as many words at the same false ones (`docs/decisions/0012-a-second-witness.md`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from voiceguide.audio.word_witness import Impression


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a sound is to the nearest template.

    Attributes:
        word: of that template.
        likeness: the cosine of the two impressions, 1 for the same.
        lead: by how much that is more than the likeness to any other word's template.
    """

    word: str
    likeness: float
    lead: float


@dataclass(frozen=True, slots=True)
class WordTemplates:
    """One user's words, each with the impression of one example.

    `witness` is the mark of the witness whose impressions they are; those of another can't be
    compared with them.
    """

    words: Mapping[str, Impression]
    witness: str = ""

    def nearest(self, sound: Impression) -> Nearness | None:
        """The nearest word; None where there are too few to compare."""
        # A person may have edited the file.
        comparable = {word: t for word, t in self.words.items() if len(t) == len(sound)}
        if len(comparable) < 2:
            return None
        likenesses = {word: float(sound @ template) for word, template in comparable.items()}
        (word, likeness), (_, next_likeness) = sorted(
            likenesses.items(), key=lambda item: item[1], reverse=True
        )[:2]
        return Nearness(word, likeness, likeness - next_likeness)

"""Suspicion: a second look at a text, by weights of its words.

Rules name wordings, and people find others. Words, pairs of words and beginnings of words have a
weight each: how much more often they stand in red flags than in harmless talk. Where no rule knows
any symptom and the weights add up, the guide asks; where a rule found one in words that speak of
anything but a body ("that meeting was mind numbing"), it asks before it raises. Weights alone never
raise anything and never dismiss anything, since nobody can say why they are right.

What a small recognizer makes of talk is another language: in a novel that is read it heard "one my
hand is dead again the house". So a model may have weights of its own, learnt from that as well;
what they find unlikely is not dismissed either, but has to be heard twice
(`runtime/red_flag_lane.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt

_UNKNOWN = "[unk]"
_BEGINNING = 5  # letters: "tingl" for all of tingle, tingled, tingling
_FEWEST = 3  # words: shorter texts are commands, or the rules know them
_FEWEST_TO_DOUBT = 5  # "my asthma is bad": what is said in haste is short
_NAMED = 3  # parts that a reason names


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Weights of one language.

    Attributes:
        weights: of each part of a text, as `parts` gives them.
        start: where the sum begins.
        limit: a score above it is suspicious.
        harmless: a score below it speaks against a red flag.
        unlikely: a score below it says that the words were likely misheard.
    """

    weights: Mapping[str, float]
    start: float
    limit: float
    harmless: float = -inf
    unlikely: float = -inf

    def score(self, words: Sequence[str]) -> float:
        """The weights' sum, evened out over texts of different length."""
        known = self._known(words)
        return self.start + sum(self.weights[part] for part in known) / sqrt(len(known) or 1)

    def reason(self, words: Sequence[str]) -> str:
        """The weightiest parts of a suspicious text, or nothing."""
        if len(words) < _FEWEST or self.score(words) <= self.limit:
            return ""
        heaviest = sorted(self._known(words), key=lambda part: -self.weights[part])
        return ", ".join(heaviest[:_NAMED])

    def is_harmless(self, words: Sequence[str]) -> bool:
        """Whether the words speak against a red flag that a rule has found in them."""
        return len(words) >= _FEWEST_TO_DOUBT and self.score(words) < self.harmless

    def is_unlikely(self, words: Sequence[str]) -> bool:
        """Whether nobody who says so many words would mean a red flag by them."""
        return len(words) >= _FEWEST_TO_DOUBT and self.score(words) < self.unlikely

    def _known(self, words: Sequence[str]) -> list[str]:
        return [part for part in sorted(set(parts(words))) if part in self.weights]


def parts(words: Sequence[str]) -> Iterator[str]:
    """What has a weight: words that were understood, pairs of them, and beginnings ("tingl-")."""
    said = [word for word in words if word != _UNKNOWN]
    yield from said
    yield from (f"{first} {second}" for first, second in pairwise(said))
    yield from (f"{word[:_BEGINNING]}-" for word in said if len(word) >= _BEGINNING)

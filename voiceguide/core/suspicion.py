"""Suspicion: a second look at texts in which no rule knows any symptom.

Rules name wordings, and people find others. Words, pairs of words and beginnings of words have a
weight each: how much more often they stand in red flags than in harmless talk. Where they add up,
the guide asks; it never raises anything by weights alone, since nobody can say why they are right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

_BEGINNING = 5  # letters: "tingl" for all of tingle, tingled, tingling
_FEWEST = 3  # words: shorter texts are commands, or the rules know them
_NAMED = 3  # parts that a reason names


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Weights of one language; `start` is where the sum begins, `limit` what it must pass."""

    weights: Mapping[str, float]
    start: float
    limit: float

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

    def _known(self, words: Sequence[str]) -> list[str]:
        return [part for part in sorted(set(parts(words))) if part in self.weights]


def parts(words: Sequence[str]) -> Iterator[str]:
    """What has a weight: words, pairs of them, and beginnings ("tingl-")."""
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
    yield from (f"{word[:_BEGINNING]}-" for word in words if len(word) >= _BEGINNING)

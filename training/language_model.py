"""The open lane's language model: what its words in threes are counted from.

Counts come from our own sentences about red flags, most often, from sentence templates, from
transcripts, and, as pseudo-counts, from the general English model in PocketSphinx's wheel. The
weights of what is heard (`heard_weights.py`) know what it makes of talk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from training import texts, vocabulary
from training.ngrams import Counts

_GENERAL_WORDS = 1_500
"""Bigrams of general English are taken between this many of the commonest words."""
_OWN_TIMES = 4
"""How often each of our own sentences counts."""


def count(
    vocabulary_words: list[str], transcripts: Iterable[str], own: Iterable[str], sentences: int
) -> Counts:
    """Counts everything within the vocabulary.

    Args:
        vocabulary_words: all others are unknown.
        transcripts: of recordings.
        own: our own sentences about red flags.
        sentences: how many to draw from the templates.
    """
    known = set(vocabulary_words)
    counts = Counts()
    rng = texts.draws(2)
    grammar = texts.sentence_grammar()
    for _ in range(sentences):
        counts.add(grammar.sentence(rng), known)
    for text in (*transcripts, *texts.phrases(rng)):
        counts.add(text, known)
    for text in own:
        counts.add(text, known, _OWN_TIMES)
    _add_general(counts, vocabulary_words, total=sum(counts.words.values()))
    return counts


def _add_general(counts: Counts, words: list[str], total: int) -> None:
    """Adds general English as if `total` words of it had been read."""
    chance = {w: math.exp(vocabulary.log_frequency(w)) for w in words}
    common = sorted(words, key=lambda w: -chance[w])[:_GENERAL_WORDS]
    for word in words:
        counts.words[word] += max(1, round(total * chance[word]))
    for first in common:
        for second in common:
            together = chance[first] * math.exp(vocabulary.log_frequency(second, after=first))
            expected = total * together
            # Pairs that are no commoner than their words by themselves are left to backing off.
            if expected > 2.5 and together > 2.0 * chance[first] * chance[second]:
                counts.pairs[first, second] += round(expected)

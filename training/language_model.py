"""The open lane's language model: a word bigram, as an OpenFst grammar.

Counts come from our own sentence templates, from transcripts, and, as pseudo-counts, from the
general English model in PocketSphinx's wheel.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from training import texts, vocabulary
from training.graph import UNKNOWN

START, END = "<s>", "</s>"
_DISCOUNT = 0.6
_GENERAL_WORDS = 1_500
"""Bigrams of general English are taken between this many of the commonest words."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often words and pairs of words were seen (or would be, for the general model)."""

    words: Counter[str]
    pairs: Counter[tuple[str, str]]


def count(vocabulary_words: list[str], transcripts: Iterable[str], sentences: int) -> Counts:
    """Counts templates, transcripts and general English within the vocabulary."""
    known = set(vocabulary_words)
    counts = Counts(Counter(), Counter())
    rng = texts.draws(2)
    grammar = texts.sentence_grammar()
    for _ in range(sentences):
        _add(counts, grammar.sentence(rng), known)
    for text in (*transcripts, *texts.phrases(rng)):
        _add(counts, text, known)
    _add_general(counts, vocabulary_words, total=sum(counts.words.values()))
    return counts


def _add(counts: Counts, text: str, known: set[str]) -> None:
    said = [word if word in known else None for word in text.split()]
    counts.words.update(word for word in said if word)
    previous: str | None = START
    for word in (*said, END):
        if previous and word:
            counts.pairs[previous, word] += 1
        previous = word


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


def grammar_text(
    counts: Counts, word_ids: dict[str, int], unknown: float, least_pairs: int = 2
) -> str:
    """The bigram with absolute discounting and backing off, in OpenFst's text form.

    Args:
        counts: of words and pairs.
        word_ids: numbers of the words in the graph.
        unknown: probability of `[unk]` wherever the model backs off.
        least_pairs: pairs seen less often are dropped, to save space.
    """
    words = [w for w in counts.words if w in word_ids]
    ends = sum(n for (_, w), n in counts.pairs.items() if w == END)
    total = sum(counts.words[w] for w in words) + ends
    single = {w: (1 - unknown) * counts.words[w] / total for w in words}
    single[END] = (1 - unknown) * ends / total
    followers: dict[str, list[tuple[str, int]]] = {}
    seen: Counter[str] = Counter()
    for (first, second), n in counts.pairs.items():
        seen[first] += n
        if n >= least_pairs:
            followers.setdefault(first, []).append((second, n))
    backed_off = 1
    states = {START: 0}
    states |= {w: i + 2 for i, w in enumerate(w for w in words if w in followers)}
    lines: list[str] = []
    for first in states:
        lines += _history_lines(
            first, followers.get(first, []), seen[first], states, single, word_ids
        )
    for word in words:
        lines.append(_arc(backed_off, states.get(word, backed_off), word_ids[word], single[word]))
    lines.append(_arc(backed_off, backed_off, word_ids[UNKNOWN], unknown))
    lines.append(f"{backed_off} {-math.log(single[END]):.3f}")
    return "\n".join(lines) + "\n"


def _history_lines(
    first: str,
    followers: list[tuple[str, int]],
    seen: int,
    states: dict[str, int],
    single: dict[str, float],
    word_ids: dict[str, int],
) -> list[str]:
    lines: list[str] = []
    kept = covered = 0.0
    for second, n in followers:
        chance = (n - _DISCOUNT) / seen
        kept += chance
        covered += single[second]
        if second == END:
            lines.append(f"{states[first]} {-math.log(chance):.3f}")
        else:
            lines.append(_arc(states[first], states.get(second, 1), word_ids[second], chance))
    backing_off = max(1e-4, 1 - kept) / max(1e-4, 1 - covered)
    lines.append(f"{states[first]} 1 0 0 {-math.log(backing_off):.3f}")
    return lines


def _arc(begin: int, end: int, word: int, chance: float) -> str:
    return f"{begin} {end} {word} {word} {-math.log(chance):.3f}"

"""Which words the model holds, and how often general English uses them.

Frequencies come from the general English language model in PocketSphinx's wheel (BSD licence).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

import pocketsphinx

from training import texts
from training.lexicon import dictionary, knows

N_WORDS = 5_600
_OWN_TIMES = 2
_LN_BASE = math.log(1.0001)
"""PocketSphinx counts log-probabilities in this base."""

_PLAIN_WORD = re.compile(r"[a-z][a-z']*")


@cache
def _model() -> pocketsphinx.NGramModel:
    return pocketsphinx.NGramModel.readfile(pocketsphinx.get_model_path("en-us/en-us.lm.bin"))


def log_frequency(word: str, after: str | None = None) -> float:
    """Natural log-probability of a word, by itself or after another; very low when unknown."""
    history = [word] if after is None else [word, after]
    return float(_model().prob(history)) * _LN_BASE


def frequent_words(count: int) -> list[str]:
    """The commonest words of general English that the dictionary can pronounce."""
    candidates = [w for w in dictionary() if _PLAIN_WORD.fullmatch(w)]
    candidates = [w for w in candidates if len(w) > 1 or w in {"a", "i"}]
    return sorted(candidates, key=lambda w: (-log_frequency(w), w))[:count]


def own_words() -> set[str]:
    """Every word of the commands, the templates and the core list."""
    grammar = texts.sentence_grammar()
    rng = texts.draws(0)
    said: set[str] = {w for p in texts.phrases(rng) for w in p.split()}
    for group in grammar.groups:
        for template in group.templates:
            for _ in range(40):
                said.update(texts.expand(template, rng, grammar.lists).split())
    for options in grammar.lists.values():
        said.update(w for option in options for w in option.split())
    return said | set(texts.core_words())


def choose(
    transcripts: Iterable[str], own_sentences: Iterable[str], count: int = N_WORDS
) -> list[str]:
    """All our own words, then transcript and general words by frequency, up to `count`.

    Args:
        transcripts: of recordings.
        own_sentences: about red flags; a word that stands in two of them is one of our own.
        count: how many words there are to be.
    """
    said = Counter(word for text in own_sentences for word in set(text.split()))
    chosen = own_words() | {word for word, times in said.items() if times >= _OWN_TIMES}
    spoken = {w for text in transcripts for w in text.split() if _PLAIN_WORD.fullmatch(w)}
    spoken = {w for w in spoken if knows(w) and log_frequency(w) > -12}
    for word in (*sorted(spoken, key=lambda w: -log_frequency(w)), *frequent_words(2 * count)):
        if len(chosen) >= count:
            break
        chosen.add(word)
    return sorted(chosen)

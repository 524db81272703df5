"""Finds decoys: ordinary words that a model takes for commands when somebody says them alone.

Voices that are not measured with say short words of the model's vocabulary, one by one; those that
the command lane takes for a phrase are what it confuses. In its grammar they stand for themselves.
A decoy that is heard where real people say a command costs more than it brings.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.hearing_data import real_clips, said
from benchmarks.hearing_rows import CLEAN, NOISY
from benchmarks.hearing_work import Bench, Workers
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.grammar import Grammar
from voiceguide.runtime.command_recognizers import CommandRecognizers, PhraseWeights

_VOICES = (("flite", "slt"), ("flite", "kal16"))
_SHORT = re.compile(r"[a-z]{2,7}")
_VOWELS = re.compile(r"[aeiouy]+")
_IN_ONE_TASK = 100
_IN_SO_MANY_TASKS = 8


@dataclass(frozen=True, slots=True)
class _Spoken:
    words: tuple[str, ...]
    voice: tuple[str, str]
    weights: PhraseWeights


@dataclass(frozen=True, slots=True)
class _Wanted:
    weights: PhraseWeights
    start: int


def decoys(workers: Workers, words: Sequence[str], weights: PhraseWeights) -> tuple[str, ...]:
    """Of these words, those that any of the voices makes sound like a command; sorted."""
    tasks = [
        _Spoken(tuple(words[first : first + _IN_ONE_TASK]), voice, weights)
        for voice in _VOICES
        for first in range(0, len(words), _IN_ONE_TASK)
    ]
    return tuple(sorted({word for taken in workers.each(_taken, tasks) for word in taken}))


def thieves(workers: Workers, weights: PhraseWeights) -> frozenset[str]:
    """Of the decoys in `weights`, those heard instead of a command by speakers for tuning."""
    tasks = [_Wanted(weights, start) for start in range(_IN_SO_MANY_TASKS)]
    return frozenset(word for stolen in workers.each(_stolen, tasks) for word in stolen)


def short_words(vocabulary: Sequence[str], grammar: Grammar) -> list[str]:
    """Words of one or two syllables that are no phrase."""
    return [
        word
        for word in vocabulary
        if _SHORT.fullmatch(word)
        and len(_VOWELS.findall(word)) in (1, 2)
        and grammar.match(word, ALL_INTENTS) is None
    ]


def _taken(bench: Bench, spoken: _Spoken) -> list[str]:
    grammar = bench.world.grammar
    recognizers = CommandRecognizers(bench.model.recognizer, grammar, spoken.weights)
    recognizer = recognizers(ALL_INTENTS)
    taken = []
    for word in spoken.words:
        recognizer.feed(said(word, spoken.voice).samples())
        if grammar.match(recognizer.finish().text, ALL_INTENTS) is not None:
            taken.append(word)
    return taken


def _stolen(bench: Bench, wanted: _Wanted) -> list[str]:
    recognizers = CommandRecognizers(bench.model.recognizer, bench.world.grammar, wanted.weights)
    recognizer = recognizers(ALL_INTENTS)
    clips = real_clips("tune", 1)[wanted.start :: _IN_SO_MANY_TASKS]
    heard = set()
    for samples in (place.stage(clip) for clip in clips for place in (CLEAN, NOISY)):
        recognizer.feed(samples)
        heard.update(recognizer.finish().text.split())
    return sorted(heard.intersection(wanted.weights.decoys))

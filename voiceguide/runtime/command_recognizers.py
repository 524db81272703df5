"""The command lane's recognizers, and what each of them listens for."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from voiceguide.core.acceptance import UNKNOWN
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent
from voiceguide.ports import Recognizer

_WITH_NUMBERS = frozenset({Intent.NUMBER, Intent.GO_TO_STEP})  # digits confuse: only where asked
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class PhraseWeights:
    """How the phrases of the command lane are weighed against each other.

    Attributes:
        single_words: how often a phrase of one word counts; without a weight the many long
            phrases make the words *inside* them likelier than the short commands.
        unknown: how often `[unk]` counts; more rejects more.
        decoys: words that are no phrase but sound like one; hearing one rejects.
        unknown_again: how often `[unk]` counts where words of a red flag are listened to again.
    """

    single_words: int = 10
    unknown: int = 1
    decoys: tuple[str, ...] = ()
    unknown_again: int = 1


class CommandRecognizers:
    """Finds the command recognizer for the active intents.

    A recognizer for each set of phrases is made once and kept: changing a recognizer's grammar is
    discouraged (vosk-api#1102) and refused while it holds audio; a second recognizer is cheap.
    """

    def __init__(
        self,
        make: Callable[[tuple[str, ...]], Recognizer],
        grammar: Grammar,
        weights: PhraseWeights | None = None,
    ) -> None:
        self._make = make
        self._grammar = grammar
        self._weights = weights or PhraseWeights()
        self._made: dict[frozenset[Intent], Recognizer] = {}

    def __call__(self, active: frozenset[Intent]) -> Recognizer:
        """The recognizer for these intents."""
        if active not in self._made:
            phrases = self._grammar.phrases_for(active)
            others = self._grammar.phrases_for(frozenset(Intent) - active - _WITH_NUMBERS)
            self._made[active] = self._make(weighted_phrases(phrases, others, self._weights))
        return self._made[active]


def weighted_phrases(
    active: Iterable[str], others: Iterable[str], weights: PhraseWeights
) -> tuple[str, ...]:
    """What a recognizer is told to listen for, so that likely phrases are likely in its grammar.

    vosk makes a bigram model of the list, in which a phrase counts as often as it stands there.
    The phrases of other phases are listened for as well: without them "louder" in a phase that
    knows only "yes", "no" and "stop" is forced into one of these [measured]. Phrases written with
    digits are for typing and are left out.
    """
    spoken = [phrase for phrase in active if not _DIGIT.search(phrase)]
    words = [phrase for phrase in spoken if " " not in phrase]
    more_words = [word for word in words for _ in range(weights.single_words - 1)]
    unspoken = [phrase for phrase in others if not _DIGIT.search(phrase)]
    decoys = sorted(frozenset(weights.decoys).difference(spoken, unspoken))
    return (*spoken, *more_words, *unspoken, *decoys, *[UNKNOWN] * (weights.unknown - 1))

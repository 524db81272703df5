"""Words in threes with backing off, as an OpenFst grammar."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from voiceguide.core.acceptance import UNKNOWN

START, END = "<s>", "</s>"
_DISCOUNTS = {1: 0.6, 2: 0.5}
"""Taken from each count after one word and after two (absolute discounting), for what is unseen."""
_LEAST_TIMES = 2
"""Pairs and triples seen less often are dropped, to save space."""

History = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How often words, pairs and triples were seen (or would be, for the general model)."""

    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    triples: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, text: str, known: set[str], times: int = 1) -> None:
        """Counts a sentence; what stands beside an unknown word tells nothing of its neighbours."""
        said = [START, *text.split(), END]
        for end, word in enumerate(said[1:], start=2):
            row = said[max(0, end - 3) : end]
            if word in known:
                self.words[word] += times
            if known.issuperset(set(row[-2:]) - {START, END}):
                self.pairs[row[-2], word] += times
            if len(row) == 3 and known.issuperset(set(row) - {START, END}):
                self.triples[row[0], row[1], word] += times


class _Chances:
    """Chances of a word after its history: discounted counts, backing off to a shorter history."""

    def __init__(self, counts: Counts, words: set[str], unknown: float) -> None:
        ends = sum(n for (_, word), n in counts.pairs.items() if word == END)
        total = sum(counts.words[word] for word in words) + ends
        shares = {word: counts.words[word] / total for word in words} | {END: ends / total}
        self.after: dict[History, dict[str, float]] = {
            (): {word: (1 - unknown) * share for word, share in shares.items()}
        }
        self.backing_off: dict[History, float] = {}
        known = words | {END}
        for rows in (counts.pairs, counts.triples):
            self._learn({(row[:-1], row[-1]): n for row, n in rows.items()}, known)

    def _learn(self, counts: Mapping[tuple[History, str], int], known: set[str]) -> None:
        seen: Counter[History] = Counter()
        kept: dict[History, dict[str, int]] = defaultdict(dict)
        for (history, word), n in counts.items():
            seen[history] += n
            if n >= _LEAST_TIMES and word in known and history[1:] in self.after:
                kept[history][word] = n
        for history, followers in kept.items():
            discount = _DISCOUNTS[len(history)]
            chances = {word: (n - discount) / seen[history] for word, n in followers.items()}
            covered = sum(self.of(word, history[1:]) for word in followers)
            left = max(1e-4, 1 - sum(chances.values()))
            self.after[history] = chances
            self.backing_off[history] = left / max(1e-4, 1 - covered)

    def of(self, word: str, history: History) -> float:
        """The chance of a word."""
        chances = self.after.get(history, {})
        if word in chances or not history:
            return chances[word]
        return self.backing_off.get(history, 1.0) * self.of(word, history[1:])

    def longest(self, row: History) -> History:
        """The longest end of a row of words after which something is known."""
        while row not in self.after:
            row = row[1:]
        return row


def grammar_text(counts: Counts, word_ids: dict[str, int], unknown: float) -> str:
    """The grammar in OpenFst's text form.

    Args:
        counts: of words, pairs and triples.
        word_ids: numbers of the words in the graph.
        unknown: probability of `[unk]` wherever nothing is known of what came before.
    """
    chances = _Chances(counts, {w for w in counts.words if w in word_ids}, unknown)
    first, nothing = (START,), ()
    others = (history for history in chances.after if history not in (first, nothing))
    states = {history: i for i, history in enumerate((first, nothing, *others))}
    lines: list[str] = []
    for history, state in states.items():
        for word, chance in chances.after[history].items():
            end = states[chances.longest((*history, word)[-2:])]
            number = word_ids.get(word)
            lines.append(
                f"{state} {_cost(chance)}" if number is None else _arc(state, end, number, chance)
            )
        if history:
            shorter = states[history[1:]]
            lines.append(f"{state} {shorter} 0 0 {_cost(chances.backing_off[history])}")
    lines.append(_arc(states[nothing], states[nothing], word_ids[UNKNOWN], unknown))
    return "\n".join(lines) + "\n"


def _arc(begin: int, end: int, word: int, chance: float) -> str:
    return f"{begin} {end} {word} {word} {_cost(chance)}"


def _cost(chance: float) -> str:
    return f"{-math.log(chance):.3f}"

"""Text to clauses: the units at which speech is rendered and can go on after it was cut."""

import re
from collections.abc import Sequence

_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")
_COMMA = re.compile(r"(?<=,)\s+")

LEAST_WORDS = 4
"""A comma splits only where both parts keep this many words, so that intonation stays whole."""


def split_clauses(text: str) -> tuple[str, ...]:
    """The clauses of a text in order; joined with blanks they are the text again."""
    return tuple(
        clause for sentence in _SENTENCE_END.split(text.strip()) for clause in _at_commas(sentence)
    )


def clauses_of(*texts: str) -> tuple[str, ...]:
    """The clauses of several texts in order; empty texts have none."""
    return tuple(clause for text in texts if text for clause in split_clauses(text))


def sentence_start(clauses: Sequence[str], index: int) -> int:
    """The clause with which the sentence of this clause begins.

    Speech that was cut goes on there: half a sentence alone ("with light pressure.") says nothing
    to someone who has just heard an answer to something else.
    """
    while index > 0 and not clauses[index - 1].endswith((".", "!", "?")):
        index -= 1
    return index


def _at_commas(sentence: str) -> list[str]:
    clauses: list[str] = []
    for part in _COMMA.split(sentence):
        short = len(part.split()) < LEAST_WORDS
        if clauses and (short or len(clauses[-1].split()) < LEAST_WORDS):
            clauses[-1] += " " + part
        elif part:
            clauses.append(part)
    return clauses


def word_at(clause: str, fraction: float) -> str:
    """The word at a fraction (0 to 1) of a clause's duration, by the words' lengths in letters."""
    words = clause.lower().split()
    ends = [sum(len(word) + 1 for word in words[: i + 1]) for i in range(len(words))]
    place = min(max(fraction, 0.0), 1.0) * (ends[-1] if ends else 0)
    return next((word for word, end in zip(words, ends, strict=True) if place <= end), "")

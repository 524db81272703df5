"""A routine's text as sentences and clauses, and whether a clause keeps hands off a place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from voiceguide.content.unsafe_words import unsafe_words

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_CLAUSE_END = re.compile(r"[.!?;:,]+(?:\s+|$)|\s-\s|\s(?:but|(?<!and )then)\s")
_OR_ON = re.compile(r"^(?:(?:and|or|nor) )*(?:on )?")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence in plain words, and the clause before it in the same sentence."""

    text: str
    before: "Clause | None" = None


def plain(text: str) -> str:
    """Lower case, single spaces, no short forms; `{pressure}` is a word like any other."""
    text = " ".join(text.lower().replace("\u2019", "'").split())
    text = text.replace("{pressure}", "light").replace("won't", "will not")
    return re.sub(r"(?:can't|cannot)\b", "can not", text).replace("n't", " not")


@lru_cache(maxsize=1024)  # each kind of rules asks for the same texts
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in plain words."""
    return tuple(sentence for sentence in _SENTENCE_END.split(plain(text)) if sentence)


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of a text, in plain words."""
    for sentence in sentences(text):
        before = None
        for part in _CLAUSE_END.split(sentence):
            if part.strip():
                before = Clause(part.strip(), before)
                yield before


def clause_start(sentence: str, position: int) -> int:
    """Where the clause begins that holds this position of a plain sentence."""
    ends = (found.end() for found in _CLAUSE_END.finditer(sentence, 0, position))
    return max(ends, default=0)


def keeps_off(clause: Clause, place: re.Match[str]) -> bool:
    """Whether the words keep hands off the place, or say what to do if it is touched by mistake."""
    words, text = unsafe_words().lists, clause.text
    before = text[: place.start()]
    if words["false_denials"].search(text):
        return False
    return bool(
        _is_beside(before)
        or words["denials"].search(before)
        or words["denials_after"].match(text, place.end() + 1)
        or words["postures"].search(text)
        or _only_looks(before, text)
        or _is_condition(text)
        or _goes_on_a_list(clause, before)
    )


def _is_beside(before: str) -> bool:
    """Whether "beside" or its like goes with the place: no verb or "on" comes between."""
    words = unsafe_words().lists
    gaps = (before[found.end() :] for found in words["keepers"].finditer(before))
    return any(len(gap.split()) <= 6 and not words["touches"].search(gap) for gap in gaps)


def _only_looks(before: str, text: str) -> bool:
    words = unsafe_words().lists
    return bool(words["looks"].search(before)) and not words["press_deeply"].search(text)


def _is_condition(text: str) -> bool:
    words = unsafe_words().lists
    found = words["conditions"].search(text)
    return found is not None and not words["press"].search(text, 0, found.start())


def _goes_on_a_list(clause: Clause, before: str) -> bool:
    """Whether it is the second of "never on the spine, the ribs or the kidneys"."""
    if clause.before is None:
        return False
    words, earlier = unsafe_words().lists, clause.before.text
    if words["denials"].search(earlier) and not words["false_denials"].search(earlier):
        before = _OR_ON.sub("", before)
    elif not _is_beside(earlier + " "):
        return False
    return not before or bool(words["listed"].fullmatch(before))

"""The pronouncing dictionary: CMU's, as PocketSphinx carries it, and a fallback for other words.

The dictionary has 134,000 entries and 39 phones without stress marks.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pocketsphinx

Pronunciation = tuple[str, ...]

PHONES: tuple[str, ...] = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH"),
    *("IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH"),
    *("UH", "UW", "V", "W", "Y", "Z", "ZH"),
)

_TEXT_DIR = Path(__file__).parent / "text"


def _table(name: str) -> list[list[str]]:
    """Rows of a text file, split at blanks."""
    lines = (_TEXT_DIR / name).read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if not line.startswith("#")]


@cache
def _letters() -> dict[str, list[str]]:
    return {spelling: sounds for spelling, *sounds in _table("letters.txt")}


@cache
def dictionary() -> dict[str, list[Pronunciation]]:
    """Word to pronunciations; our own come first."""
    entries: dict[str, list[Pronunciation]] = {}
    for word, *own in _table("own_words.dict"):
        entries.setdefault(word, []).append(tuple(own))
    path = pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            name, *phones = line.split()
            variants = entries.setdefault(re.sub(r"\(\d+\)$", "", name), [])
            if tuple(phones) not in variants:
                variants.append(tuple(phones))
    return entries


def knows(text: str) -> bool:
    """Whether every word of the text is in the dictionary."""
    return all(word in dictionary() for word in text.split())


def pronounce(word: str) -> list[Pronunciation]:
    """Pronunciations of a word: dictionary, else by its parts, else by its letters."""
    return dictionary().get(word) or _by_parts(word) or [spell_out(word)]


def _by_parts(word: str) -> list[Pronunciation]:
    """A plural or possessive of a known word, or two known words run together."""
    entries = dictionary()
    for ending in ("'s", "s"):
        stem = word.removesuffix(ending)
        if stem != word and stem in entries:
            return [(*p, _plural(p[-1])) for p in entries[stem][:1]]
    for cut in range(3, len(word) - 2):
        left, right = word[:cut], word[cut:]
        if left in entries and right in entries:
            return [entries[left][0] + entries[right][0]]
    return []


def _plural(last: str) -> str:
    return "S" if last in {"P", "T", "K", "F", "TH"} else "Z"


def spell_out(word: str) -> Pronunciation:
    """A guess from the letters alone."""
    phones: list[str] = []
    rest = re.sub(r"(?<=[a-z]{2}[^aeioul])e$", "", re.sub(r"[^a-z]", "", word.lower()))
    rest = re.sub(r"([b-df-hj-np-tv-z])\1", r"\1", rest)
    while rest:
        for size in (4, 3, 2, 1):
            if rest[:size] in _letters() and len(rest) >= size:
                phones += _letters()[rest[:size]]
                rest = rest[size:]
                break
    return tuple(phones) or ("AH",)

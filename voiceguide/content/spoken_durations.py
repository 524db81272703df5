"""Times that a text names in words or figures, in seconds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SECONDS_OF_A_BREATH = 4.0
"""A slow breath; only there so that "for thirty breaths" is not for ever."""

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LOOSE = {"a": 1, "an": 1, "another": 1, "couple": 2, "few": 3, "several": 4, "dozen": 12}
_PARTS = {"half": 0.5, "quarter": 0.25, "and-a-half": 0.5}
_NUMBERS: dict[str, float] = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: value * 10 for value, word in enumerate(_TENS, start=2)},
    **_LOOSE,
    **_PARTS,
}
_UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "breath": SECONDS_OF_A_BREATH}

_OPENED = (
    (re.compile(r"\b(seconds?|minutes?|hours?) and a half\b"), r"and-a-half \1"),
    (re.compile(r"\band a half\b"), "and-a-half"),
    (re.compile(r"\b(?:a )?(half|quarter)(?: of)? an? (?=minute|hour)"), r"\1 "),
    (re.compile(r"\b(?:three quarters of an|three-quarters of an) (?=hour)"), "forty-five minute "),
    (re.compile(r"\bcouple of\b"), "couple"),
    (re.compile(rf"\ban? (?=couple|few|dozen|\d|(?:{'|'.join((*_ONES, *_TENS))})\b)"), ""),
    (re.compile(r"\bcount (?:\w+ )?(?:up )?to ((?:a |one )?[\w-]+)"), r"\1 seconds"),
)
_WORD = rf"(?:{'|'.join(sorted([*_NUMBERS, 'hundred'], key=len, reverse=True))})"
_DURATION = re.compile(
    rf"\b((?:\d{{1,4}}|{_WORD})(?:(?:[ -]| and ){_WORD})*)[ -]"
    r"(?:(?:full|whole|long|slow|more|good|deep|calm|further|entire) )*"
    r"(second|minute|hour|breath)s?\b"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time and the words that name it."""

    words: str
    seconds: float


def durations(text: str) -> Iterator[Duration]:
    """Every length of time in a plain sentence; of "ten to thirty seconds" the thirty."""
    for pattern, opened in _OPENED:
        text = pattern.sub(opened, text)
    for found in _DURATION.finditer(text):
        yield Duration(found[0], _number(found[1]) * _UNITS[found[2]])


def _number(words: str) -> float:
    if words.isdigit():
        return float(words)
    total = 0.0
    for word in re.findall(r"and-a-half|\w+", words):
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _NUMBERS.get(word, 0)
    return total

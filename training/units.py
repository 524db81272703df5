"""The sounds the network tells apart, as small integers.

A unit is a phone together with the class of the phone to its left inside the word (0 at a word's
start). Left context only, and only inside the word: so a word's units are fixed by its
pronunciation, and the decoding graph needs no context transducer.
"""

from __future__ import annotations

from training.lexicon import PHONES, Pronunciation

SILENCE = 0
NOISE = 1
"""Coughs, barks, clatter: sound that is neither speech nor quiet."""

CLASSES: tuple[str, ...] = (
    "IY IH EH AE EY",
    "AA AO OW UH UW",
    "AH ER AY AW OY",
    "P B T D K G",
    "S Z SH ZH F V TH DH HH CH JH",
    "M N NG",
    "L R W Y",
)
"""Left-context classes 1 to 7: phones whose traces in the next phone are alike."""

N_CLASSES = len(CLASSES) + 1
N_UNITS = 2 + len(PHONES) * N_CLASSES

_PHONE_INDEX = {phone: i for i, phone in enumerate(PHONES)}
CLASS_OF = {phone: i + 1 for i, group in enumerate(CLASSES) for phone in group.split()}


def unit(phone: str, left: str | None) -> int:
    """Unit of a phone after `left` (None at a word's start); unknown phones are silence."""
    if phone not in _PHONE_INDEX:
        return NOISE if phone in {"+NSN+", "+SPN+"} else SILENCE
    return unit_of_class(phone, CLASS_OF.get(left, 0) if left else 0)


def unit_of_class(phone: str, left_class: int) -> int:
    """Unit of a phone after a phone of the given class (0: at a word's start)."""
    return 2 + _PHONE_INDEX[phone] * N_CLASSES + left_class


def phone_of(unit_id: int) -> int:
    """Index of the unit's phone: 0 silence, 1 noise, 2... the phones. For scoring and for ties."""
    return unit_id if unit_id < 2 else 2 + (unit_id - 2) // N_CLASSES


def units(pronunciation: Pronunciation) -> list[int]:
    """The units of a word."""
    lefts = (None, *pronunciation[:-1])
    return [unit(phone, left) for phone, left in zip(pronunciation, lefts, strict=True)]

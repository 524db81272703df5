"""Which of the recorded speakers of `audio/` is learned from, tuned with, or measured with.

By name, so that a speaker has one use everywhere, and more recordings change nothing for the rest.
"""

import hashlib
import re
from enum import StrEnum

_HEX_NAME = re.compile(r"[0-9a-f]{8}")
_USED_TO_MEASURE = frozenset({"nicolas"})
"""One of two speakers in a set where a hash would put both on one side."""


class Use(StrEnum):
    """What a speaker's recordings are for."""

    TRAIN = "train"
    """Half of all: the model learns from them."""
    TUNE = "tune"
    """A quarter: thresholds and settings are chosen with them."""
    REPORT = "report"
    """A quarter: nothing was ever chosen with them."""


def is_odd(name: str) -> bool:
    """Half of all names, at random but always the same."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def use_of(speaker: str) -> Use:
    """The one use of a speaker. Only hexadecimal names (Speech Commands) are ever for tuning."""
    if speaker in _USED_TO_MEASURE:
        return Use.REPORT
    if not is_odd(speaker):
        return Use.TRAIN
    is_for_tuning = _HEX_NAME.fullmatch(speaker) and int(speaker, 16) % 2 == 0
    return Use.TUNE if is_for_tuning else Use.REPORT

"""The words that make a "yes" or "no" clear, or leave it open."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """Phrases of one language, normalised.

    Attributes:
        faint: half a "yes" or "no" ("a bit", "not really").
        behind_yes: what changes nothing about a "yes" that all is right ("yes, I'm fine").
        behind_no: what changes nothing about a "no" to a symptom ("no, nothing like that").
        denials: the same, and a "no" by itself ("it came slowly").
        elsewhere: places that no question of triage asks about ("no, just my left foot").
        asked_about: what these questions ask about ("both legs", "suddenly").
        opens: words that leave open what they stand behind ("no, wait").
        denies: words by which what is named is denied, or is fine.
    """

    faint: frozenset[str] = frozenset()
    behind_yes: frozenset[str] = frozenset()
    behind_no: frozenset[str] = frozenset()
    denials: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    asked_about: frozenset[str] = frozenset()
    opens: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()
    _asked: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_asked", _any_of(self.asked_about))

    def names_asked(self, text: str) -> bool:
        """Whether a text names what a question of triage asks about."""
        return self._asked.search(text) is not None

    def is_open(self, text: str) -> bool:
        """Whether a word leaves open what was said."""
        return not self.opens.isdisjoint(text.split())

    def is_denied(self, text: str) -> bool:
        """Whether a word denies what was said."""
        return not self.denies.isdisjoint(text.split())


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of these, as whole words; nothing where there are none."""
    found = "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
    return re.compile(rf"\b(?:{found})\b" if found else r"(?!)")

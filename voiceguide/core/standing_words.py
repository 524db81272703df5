"""What mentions are judged by: how one may stand, and the words of a language that tell."""

from dataclasses import dataclass
from enum import Enum

from voiceguide.core.findings import Findings
from voiceguide.core.spoken_clauses import Clause
from voiceguide.core.spoken_words import Words


class Standing(Enum):
    """Whether what is mentioned is the case, here and now."""

    AFFIRMED = "not negated"
    NEGATED = "negated"
    QUESTION = "asked about"
    HYPOTHETICAL = "only imagined"
    PAST = "long past"
    RESOLVED = "over"
    OTHER = "someone else's"
    REPORTED = "only told of"
    THING = "said of a thing"
    DOUBTFUL = "in doubt"


@dataclass(frozen=True, slots=True)
class StandingWords:
    """The words of a language that these rules look for; see the language's YAML."""

    first_person: frozenset[str]
    second_person: frozenset[str]
    auxiliaries: frozenset[str]
    inverted_subjects: frozenset[str]
    requested: frozenset[str]
    requesting: frozenset[str]
    pronouns: frozenset[str]
    soft_links: frozenset[str]
    tell_me: frozenset[tuple[str, ...]]
    definite: frozenset[str]
    present: frozenset[str]
    stopped_before: frozenset[str]
    turned: frozenset[str]
    past_verbs: frozenset[str]
    present_verbs: frozenset[str]
    duties: frozenset[str]
    acute: frozenset[str]
    conditions: frozenset[str]
    not_conditions: frozenset[str]
    others: frozenset[str]
    departed: frozenset[tuple[str, ...]]
    anyone: frozenset[str]
    collisions: frozenset[str]
    addressed: frozenset[str]
    figurative: frozenset[str]
    pointing: frozenset[str]
    copulas: frozenset[str]
    bodily: frozenset[str]


class TextReader:
    """One text and its clauses, and what all rules look up in them."""

    def __init__(
        self,
        spoken: Words,
        clauses: tuple[Clause, ...],
        findings: Findings,
        words: StandingWords,
    ) -> None:
        self._spoken = spoken
        self._clauses = clauses
        self._findings = findings
        self._words = words

    def _word(self, at: int) -> str:
        return self._spoken.words[at] if at < len(self._spoken.words) else ""

    def _has(self, clause: Clause, words: frozenset[str]) -> bool:
        return any(word in words for word in self._spoken.words[clause.start : clause.end])

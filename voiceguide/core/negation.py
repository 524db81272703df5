"""Negation and its reach: "no numbness or tingling", but "no, it's numb" and "not numb but tingly".

A negator holds from where it stands to the end of its clause, less where "just", "because" and
their like end it, or where something positive begins ("no pain, a bit of tingling").
"""

from dataclasses import dataclass
from functools import cached_property

from voiceguide.core.findings import Findings, Hit, Kind
from voiceguide.core.spoken_clauses import Clause
from voiceguide.core.spoken_words import Break, Words

_REACH = 12  # words from a negator, or from the last thing it denied, to the next
_TRIED = 3  # a mention looks back at so many negators of its clause


@dataclass(frozen=True, slots=True)
class NegationWords:
    """The words of a language that these rules look for; see the language's YAML."""

    negators: frozenset[str]
    answer_follows: frozenset[str]
    bare_adjectives: frozenset[str]
    opaque: frozenset[str]
    can_not_carriers: frozenset[str]
    raising: frozenset[str]
    scope_stops: frozenset[str]
    positive_starts: frozenset[str]
    prepositions: frozenset[str]
    definite: frozenset[str]
    exceptions: frozenset[str]
    denials: frozenset[str]
    denial_goes_on: frozenset[str]
    denial_may_go_on: frozenset[str]
    articles: frozenset[str]
    owning: frozenset[str]


class NegationReader:
    """Finds what the negators of one text deny."""

    def __init__(
        self,
        spoken: Words,
        clauses: tuple[Clause, ...],
        findings: Findings,
        words: NegationWords,
    ) -> None:
        self._spoken = spoken
        self._clauses = clauses
        self._findings = findings
        self._words = words

    def negated(self, mention: Hit, number: int) -> bool | None:
        """True where the mention is denied, False where that is in doubt, None where it holds."""
        clause = self._clauses[number]
        for at in self._negators_back(mention.start, clause):
            if self._word(at) == "no" and self._is_bare_answer(at, mention, clause):
                return False
            if self._reaches(at, mention):
                return self._denial(at, mention, clause)
        if number and self._is_carried(number):
            return True
        return self._answered_no(mention)

    def _denial(self, negator: int, mention: Hit, clause: Clause) -> bool | None:
        if self._is_doubled(negator, clause):
            return None
        return self._certain(negator, mention, clause) and not self._has_exception(mention, clause)

    def ends_within(self, mention: Hit) -> int | None:
        """Where a denial of a mention ends before it does: `pain [just] a tingle down the arm`."""
        inside = range(mention.start + 1, mention.end)
        return next((at for at in inside if self._word(at) in self._words.scope_stops), None)

    def denies_between(self, start: int, end: int) -> bool:
        """Whether a negator stands in words `start` to `end` (exclusive)."""
        return any(word in self._words.negators for word in self._spoken.words[start:end])

    # Which words negate

    @cached_property
    def _negators(self) -> frozenset[int]:
        inert = {at for hit in self._findings.of(Kind.INERT) for at in range(hit.start, hit.end)}
        return frozenset(
            at
            for at, word in enumerate(self._spoken.words)
            if word in self._words.negators
            and at not in inert
            and at not in self._findings.mentioned
            and self._is_negator(at, word)
        )

    def _is_negator(self, at: int, word: str) -> bool:
        following = self._word(at + 1)
        match word:
            case "no" | "none":
                return not self._is_answer(at, following)
            case "free" | "lack" | "absence":
                return following in ("of", "from")
            case "negative":
                return following == "for"
            case "not" if at and self._word(at - 1) in ("can", "could"):
                carriers = self._words.can_not_carriers
                return following in carriers or self._word(at + 2) in carriers
            case _:
                return True

    def _is_answer(self, at: int, following: str) -> bool:
        """`no, it's numb` and `no my leg is numb`: an answer, which denies nothing after it."""
        if not following or self._spoken.breaks[at + 1] is not Break.NONE:
            return True
        if following in self._words.articles:
            # "It's a heaviness no a pain": put right, and not denied as in "I have no a fever".
            return at > 0 and self._word(at - 1) not in self._words.owning
        return following in self._words.answer_follows

    def _word(self, at: int) -> str:
        return self._spoken.words[at] if 0 <= at < len(self._spoken.words) else ""

    # How far they reach

    def _negators_back(self, before: int, clause: Clause) -> list[int]:
        found: list[int] = []
        for at in range(before - 1, clause.start - 1, -1):
            if at in self._negators:
                found.append(at)
                if len(found) == _TRIED:
                    break
        return found

    def _reaches(self, negator: int, mention: Hit) -> bool:
        denied_until = negator
        for at in range(negator + 1, mention.start):
            if at in self._findings.mentioned or self._word(at) in ("or", "nor", "any"):
                denied_until = at
            if at - denied_until > _REACH or self._ends_scope(negator, at, denied_until):
                return False
        if self._spoken.breaks[mention.start] is Break.COMMA and denied_until == negator:
            return mention.start - negator == 1
        return not self._is_opaque(negator, mention)

    def _ends_scope(self, negator: int, at: int, denied_until: int) -> bool:
        word, before = self._word(at), self._word(at - 1)
        if word in self._words.scope_stops and at > negator + 1:
            return True
        something_denied = denied_until > negator
        if word in self._words.positive_starts and something_denied and at != denied_until:
            return before not in self._words.prepositions and before not in ("or", "nor", "any")
        comma = self._spoken.breaks[at] is Break.COMMA
        return comma and not something_denied and word not in ("or", "nor", "any", "not", "no")

    def _is_opaque(self, negator: int, mention: Hit) -> bool:
        """`i did not mention the numbness`: what is denied is the mentioning."""
        between = self._spoken.words[negator + 1 : mention.start]
        if not any(word in self._words.opaque for word in between):
            return False
        return any(word in self._words.definite for word in between[-2:])

    def _is_doubled(self, negator: int, clause: Clause) -> bool:
        """`i can not walk without pain`: two negations affirm."""
        if self._word(negator) != "without":
            return False
        return self.denies_between(clause.start, negator)

    def _certain(self, negator: int, mention: Hit, clause: Clause) -> bool:
        """False for `not numb tingling`: a list of denials, or a denial and its contrary?"""
        at = mention.start
        follows = any(hit.end == at for hit in self._findings.mentions)
        if self._word(negator) != "not" or not follows:
            return True
        rest = self._spoken.words[at : clause.end]
        return self._spoken.breaks[at] is not Break.NONE or not {"or", "nor", "and"}.isdisjoint(
            rest
        )

    def _has_exception(self, mention: Hit, clause: Clause) -> bool:
        """`no numbness in my arms just between my legs`: denied of one place only."""
        for at in range(mention.start + 1, clause.end - 1):
            if at >= mention.end and at in self._findings.mentioned:
                return False
            if self._word(at) in self._words.exceptions:
                return self._word(at + 1) in self._words.prepositions
        return False

    def _is_bare_answer(self, negator: int, mention: Hit, clause: Clause) -> bool:
        """`no numb`: "no, numb", or "no numbness" half heard?"""
        if (
            mention.start != negator + 1
            or self._word(mention.start) not in self._words.bare_adjectives
        ):
            return False
        following = self._word(mention.start + 1)
        return mention.start + 1 >= clause.end or following in self._words.prepositions

    # From one clause to the next

    def _is_carried(self, number: int) -> bool:
        """`i don't think | it is numb`: a negated verb of thinking denies the next clause."""
        before, clause = self._clauses[number - 1], self._clauses[number]
        if before.chain != clause.chain or clause.link not in ("", "that", "if"):
            return False
        for at in self._negators_back(before.end, before):
            between = self._spoken.words[at + 1 : before.end]
            if between and all(word in self._words.raising for word in between):
                return True
        return False

    def _answered_no(self, mention: Hit) -> bool | None:
        """`numbness no`, `tingling no not that i noticed`: the one who was asked repeats it first.

        True where that is certain, None where a denial does not follow, False where it may be one.
        """
        if self._word(mention.end) not in self._words.denials:
            return None
        following = self._word(mention.end + 1)
        if mention.start == 0 and following in self._words.denial_goes_on:
            return True
        is_first = mention.start == 0 and following in self._words.denial_may_go_on
        return False if is_first or not following else None

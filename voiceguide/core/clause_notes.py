"""What holds of a whole clause: it asks, it only imagines, it is about somebody else."""

from dataclasses import dataclass
from functools import cached_property

from voiceguide.core.findings import Kind
from voiceguide.core.spoken_clauses import Clause
from voiceguide.core.spoken_words import Break
from voiceguide.core.standing_words import TextReader


@dataclass(frozen=True, slots=True)
class Note:
    """Of one clause.

    Attributes:
        question: it asks.
        conditional: it begins with "if" or the like.
        consequent: it follows one that does.
        other: another person or an animal is in it.
        anyone: it is about people as such.
    """

    question: bool
    conditional: bool
    consequent: bool
    other: bool
    anyone: bool


class ClauseReader(TextReader):
    """Reads the clauses of one text."""

    @cached_property
    def of_clause(self) -> tuple[Note, ...]:
        """For each clause what holds of it; some goes on from the one before."""
        notes: list[Note] = []
        last = Note(question=False, conditional=False, consequent=False, other=False, anyone=False)
        for number, clause in enumerate(self._clauses):
            last = self._note(clause, self._clauses[number - 1] if number else None, last)
            notes.append(last)
        return tuple(notes)

    def _note(self, clause: Clause, before: Clause | None, last: Note) -> Note:
        goes_on = before is not None and before.chain == clause.chain
        first = self._word(clause.body)
        own = first in ("i", "my")
        listed = clause.link in ("and", "or", "that", "nor", "which", "where", "who")
        carries_person = goes_on and first in self._words.pronouns and not own
        return Note(
            question=self._asks(clause) or (goes_on and last.question and not own),
            conditional=self.is_conditional(clause) or (goes_on and last.conditional and listed),
            consequent=goes_on and (last.conditional or last.consequent),
            other=self._names_other(clause) or (carries_person and last.other),
            anyone=self._has(clause, self._words.anyone) or (carries_person and last.anyone),
        )

    def _names_other(self, clause: Clause) -> bool:
        """Another person or an animal, but not one who is only run into: "tripped over the dog"."""
        for at in range(clause.start, clause.end):
            before = self._spoken.words[max(at - 2, 0) : at]
            named = self._word(at) in self._words.others and not self._is_addressed(at)
            named = named or self._spoken.words[at : at + 2] in self._words.departed
            if named and self._words.collisions.isdisjoint(before):
                return True
        return False

    def _is_addressed(self, at: int) -> bool:
        """`it is numb mate`: said to them, not of them."""
        is_last = at + 1 == len(self._spoken.words)
        return (
            is_last
            and at > 0
            and self._word(at) in self._words.addressed
            and (self._word(at - 1) not in self._words.definite)
        )

    def _asks(self, clause: Clause) -> bool:
        if self._spoken.breaks[clause.end] is Break.QUESTION:
            return True
        at = clause.body
        if self._word(at) == "no" and at + 1 < clause.end:
            at += 1
        # "that is the one ...", not "is the one ...?"
        is_statement = clause.link == "that" or self._is_relative(clause)
        if self._word(at) in self._words.auxiliaries and not is_statement:
            following = self._word(at + 1)
            if following == "not":
                following = self._word(at + 2)
            inverted = following in self._words.inverted_subjects
            if inverted and not (self._requests(at + 1) or self._tells_how(at)):
                return True
        if self._is_relative(clause):
            return False
        return bool(self._findings.within(Kind.QUESTION, clause.start, at + 1)) or self._asks_late(
            clause
        )

    def _is_relative(self, clause: Clause) -> bool:
        """`apart from my fingers | which are numb`: of what is the speaker's own."""
        before = self._spoken.words[max(clause.start - 3, 0) : clause.start]
        is_break = self._spoken.breaks[clause.start] >= Break.STOP
        return clause.link == "which" and "my" in before and not is_break

    def _requests(self, subject: int) -> bool:
        """`could you go easier`, `would you ever ring ...`: nothing is asked about."""
        asks = self._word(subject - 1) in self._words.requesting
        is_you = asks and self._word(subject) in self._words.second_person
        said = {self._word(subject + 1), self._word(subject + 2)}
        return is_you and not said.isdisjoint(self._words.requested)

    def _tells_how(self, at: int) -> bool:
        """`did it playing football`: the speaker is left out, nothing is asked about."""
        said = (self._word(at), self._word(at + 1))
        return said == ("did", "it") and self._word(at + 2).endswith("ing")

    def _asks_late(self, clause: Clause) -> bool:
        """`and the pain | does that go into your arm`: what is asked about stands first."""
        return any(
            self._word(at) in ("does", "did", "has")
            and self._word(at + 1) in ("that", "this", "it")
            and self._word(at - 1) not in ("it", "that", "what", "as", "so", "than")
            for at in range(clause.body + 1, clause.end)
        )

    def is_conditional(self, clause: Clause) -> bool:
        """`if it gets worse`."""
        links = range(max(clause.start - 1, 0), clause.body)
        for at in links:
            if self._word(at) in self._words.conditions:
                return not (at and self._word(at - 1) in self._words.not_conditions)
        return False

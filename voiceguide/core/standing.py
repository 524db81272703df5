"""Does a mention hold? Negation, questions, hypotheses, the past, other people, doubt.

A mention is affirmed unless a rule below says otherwise; where rules can't tell, it is doubtful,
and the guide asks. The order of the rules is the order of `StandingReader.standing`.
"""

from functools import cached_property

from voiceguide.core.clause_notes import ClauseReader, Note
from voiceguide.core.figures_of_speech import FigureReader
from voiceguide.core.findings import Findings, Hit, Kind
from voiceguide.core.negation import NegationReader
from voiceguide.core.spoken_clauses import Clause
from voiceguide.core.spoken_words import Words
from voiceguide.core.standing_words import Standing, StandingWords, TextReader
from voiceguide.core.tiers import Tier

_REACH = 14  # words that "tell me if" or "the film about" look ahead


class StandingReader(TextReader):
    """Judges the mentions of one text."""

    def __init__(
        self,
        spoken: Words,
        clauses: tuple[Clause, ...],
        findings: Findings,
        negation: NegationReader,
        words: StandingWords,
    ) -> None:
        super().__init__(spoken, clauses, findings, words)
        self._negation = negation
        self._notes = ClauseReader(spoken, clauses, findings, words)
        self._figures = FigureReader(spoken, clauses, findings, words)

    def standing(self, mention: Hit, number: int, tier: Tier) -> Standing:
        """The standing of a mention that begins in clause `number` and would raise `tier`."""
        clause = self._clauses[number]
        note = self._notes.of_clause[number]
        negated = self._negation.negated(mention, number)
        if negated is not None:
            return Standing.NEGATED if negated else Standing.DOUBTFUL
        if self._near_before(Kind.DOUBT, mention, clause):
            return Standing.DOUBTFUL if tier is not Tier.CAUTION else Standing.QUESTION
        if note.question and not self._is_own(mention, clause):
            wondering = tier is Tier.EMERGENCY and self._word(clause.body + 1) == "this"
            return Standing.DOUBTFUL if wondering else Standing.QUESTION
        return (
            self._imagined(mention, clause, note, tier)
            or self._planned(mention, number)
            or self._elsewhere(mention, clause, note, tier)
            or self._over(mention, number, tier)
            or self._told_to_another(mention, clause, tier)
            or self._figures.standing(mention, clause, tier)
            or Standing.AFFIRMED
        )

    def _is_own(self, mention: Hit, clause: Clause) -> bool:
        """The speaker's own body or feeling: "why is my arm numb" is no doctor's question."""
        words = self._spoken.words[clause.start : max(clause.end, mention.end)]
        for at, word in enumerate(words):
            if word in self._words.first_person and word != "me":
                around = {
                    words[max(at - 1, 0) : at + 1],
                    words[at : at + 2],
                    words[at - 2 : at + 1],
                }
                if around.isdisjoint(self._words.tell_me):
                    return True
        return False

    # Hypotheses, reports, other people

    def _near_before(self, kind: Kind, mention: Hit, clause: Clause) -> bool:
        hit = self._findings.last_before(kind, mention.start)
        return (
            hit is not None
            and mention.start - hit.end <= _REACH
            and self._chain_start(clause) <= hit.start
        )

    def _chain_start(self, clause: Clause) -> int:
        return self._chain_starts[clause.chain]

    @cached_property
    def _chain_starts(self) -> dict[int, int]:
        starts: dict[int, int] = {}
        for clause in self._clauses:
            starts.setdefault(clause.chain, clause.start)
        return starts

    def _definite(self, mention: Hit) -> bool:
        before = self._spoken.words[max(mention.start - 2, 0) : mention.start]
        return any(word in self._words.definite for word in before)

    def _imagined(self, mention: Hit, clause: Clause, note: Note, tier: Tier) -> Standing | None:
        if note.conditional or self._near_before(Kind.HYPOTHETICAL, mention, clause):
            # "You told me to say if it went numb, well, it has."
            has_come_true = self._findings.first_after(Kind.COME_TRUE, mention.end) is not None
            return Standing.DOUBTFUL if has_come_true else Standing.HYPOTHETICAL
        if note.consequent and self._has(clause, self._words.duties):
            return Standing.HYPOTHETICAL
        if self._near_before(Kind.RELIEF, mention, clause):
            graver = tier is not Tier.CAUTION and self._definite(mention)
            return None if graver else Standing.HYPOTHETICAL
        if self._near_before(Kind.FEAR, mention, clause) and not self._definite(mention):
            return Standing.DOUBTFUL if tier is Tier.EMERGENCY else Standing.HYPOTHETICAL
        return self._modal(mention, clause, tier)

    def _planned(self, mention: Hit, number: int) -> Standing | None:
        """`i will go to hospital | if it gets worse`: a plan, not a call for help."""
        group = mention.rule.group
        if group is None or not group.acts or number + 1 == len(self._clauses):
            return None
        clause, following = self._clauses[number : number + 2]
        if following.chain != clause.chain or not self._notes.is_conditional(following):
            return None
        subject = self._spoken.words[clause.start : mention.start]
        planned = any(word in self._words.duties for word in subject)
        return Standing.HYPOTHETICAL if planned else Standing.DOUBTFUL

    def _modal(self, mention: Hit, clause: Clause, tier: Tier) -> Standing | None:
        """`it might hurt` is imagined; `i might faint` is a warning."""
        hit = self._findings.last_before(Kind.MODAL, mention.start)
        if hit is None or hit.start < clause.start or mention.start - hit.end > 4:
            return None
        subject = self._spoken.words[clause.body : hit.start]
        if any(word in self._words.pronouns for word in subject):
            return None
        if tier is Tier.CAUTION or any(word in self._words.second_person for word in subject):
            return Standing.HYPOTHETICAL
        return Standing.DOUBTFUL

    def _elsewhere(self, mention: Hit, clause: Clause, note: Note, tier: Tier) -> Standing | None:
        if self._touches_me(mention):
            return None
        said = self._spoken.words[mention.start : mention.end]
        if note.anyone and self._words.anyone.isdisjoint(said):
            # "One of my clients has just fainted" is no talk of clients.
            is_one = tier is Tier.EMERGENCY and self._has(clause, frozenset({"one"}))
            return Standing.DOUBTFUL if is_one and self._is_acute(clause) else Standing.OTHER
        if note.other and not self._speaks_of_self(mention, clause):
            acute = tier is not Tier.CAUTION and self._is_acute(clause)
            return Standing.DOUBTFUL if acute else Standing.OTHER
        if self._near_before(Kind.REPORTED, mention, clause):
            hit = self._findings.last_before(Kind.REPORTED, mention.start)
            said = self._spoken.words[hit.end if hit else 0 : mention.start]
            if {"i", "my", "now"} & set(said):
                return None
            # "A patient had chest pains, and now I'm having them."
            has_come_true = self._findings.first_after(Kind.COME_TRUE, mention.end) is not None
            return Standing.DOUBTFUL if has_come_true else Standing.REPORTED
        return None

    def _is_acute(self, clause: Clause) -> bool:
        """`is just`, `this morning`; not "my dad's got angina" nor "my dad's arm was"."""
        features = self._findings.within(Kind.FEATURE, clause.start, clause.end)
        if any(hit.rule.feature == "just_now" for hit in features):
            return True
        return not self._has(clause, self._words.past_verbs) and any(
            self._word(at) in self._words.acute and self._word(at + 1) != "got"
            for at in range(clause.start, clause.end)
        )

    def _touches_me(self, mention: Hit) -> bool:
        """`my` or `me` within the mention or right behind it, as in "hit my arm"."""
        words = self._spoken.words[mention.start : mention.end + 3]
        for at, word in enumerate(words):
            if word in ("my", "me"):
                following = words[at + 1] if at + 1 < len(words) else ""
                return following not in self._words.others
        return False

    def _speaks_of_self(self, mention: Hit, clause: Clause) -> bool:
        """`i told my friend ... numb`: the speaker is the subject, the other one is addressed."""
        for at in range(clause.start, mention.start):
            if self._word(at) == "i":
                return True
            if self._word(at) in self._words.others:
                return False
        return False

    def _told_to_another(self, mention: Hit, clause: Clause, tier: Tier) -> Standing | None:
        if tier is Tier.CAUTION or self._is_own(mention, clause):
            return None
        words = self._spoken.words[clause.start : clause.end]
        if "me" not in words and any(word in self._words.second_person for word in words):
            return Standing.DOUBTFUL
        return None

    # The past

    def _over(self, mention: Hit, number: int, tier: Tier) -> Standing | None:
        if self._is_long_past(number):
            return Standing.PAST
        if self._is_resolved(mention, number):
            return Standing.DOUBTFUL if tier is Tier.EMERGENCY else Standing.RESOLVED
        return None

    def _is_long_past(self, number: int) -> bool:
        clause = self._clauses[number]
        if self._has(clause, self._words.present):
            return False
        around = self._clauses[max(number - 1, 0) : number + 2]
        for near in around:
            past = self._findings.within(Kind.PAST, near.start, near.end)
            # "I stop for breath, I never used to" tells of today.
            told = (not self._negation.denies_between(hit.start - 1, hit.start) for hit in past)
            if near.chain == clause.chain and any(told):
                return near is clause or not self._has(clause, self._words.present_verbs)
        return False

    def _is_another_matter(self, mention: Hit, clause: Clause, past: Hit) -> bool:
        """Of "my fingers feel numb | i had asthma as a child" only the asthma is long ago."""
        before = self._spoken.words[clause.start : mention.start]
        is_now = not self._words.present_verbs.isdisjoint(before)
        between = self._spoken.words[mention.end : past.start]
        return is_now and self._word(past.start) == "as" and "i" in between

    def _is_resolved(self, mention: Hit, number: int) -> bool:
        clause = self._clauses[number]
        before = self._word(mention.start - 1) if mention.start else ""
        if before in self._words.stopped_before and mention.start - 1 >= clause.start:
            return not self._negation.denies_between(clause.start, mention.start - 1)
        hit = self._findings.first_after(Kind.RESOLVED, mention.start)
        if hit is None or hit.start - mention.end > _REACH or hit.end <= mention.end:
            return False
        starts_with_no = self._negation.denies_between(hit.start, hit.start + 1)
        if starts_with_no and mention.start < hit.start < mention.end:
            return False  # "my toe feels [nothing since] you started"
        if not self._words.turned.isdisjoint(self._spoken.words[hit.end : hit.end + 2]):
            return False
        if self._is_another_matter(mention, clause, hit):
            return False
        between = self._spoken.words[mention.end : hit.end]
        if not self._words.second_person.isdisjoint(between):  # "tingling now you have stopped"
            return False
        if self._negation.denies_between(max(mention.end, hit.start - 3), hit.start):
            return False  # "has not got any better since"
        # Of "my leg is numb | the headache is gone" only the headache is over.
        later = self._findings.within(Kind.MENTION, mention.end, hit.start + 1)
        return not later or later[-1].rule.group is mention.rule.group

"""Does a mention hold? Negation, questions, hypotheses, the past, other people, doubt.

A mention is affirmed unless a rule below says otherwise; where rules can't tell, it is doubtful,
and the guide asks. The order of the rules is the order of `StandingReader.standing`.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from voiceguide.core.findings import Findings, Hit, Kind
from voiceguide.core.negation import NegationReader
from voiceguide.core.spoken_clauses import Clause
from voiceguide.core.spoken_words import Break, Words
from voiceguide.core.tiers import Tier

_OWNED = frozenset({"his", "her", "their"})
_REACH = 14  # words that "tell me if" or "the film about" look ahead


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


@dataclass(frozen=True, slots=True)
class _Note:
    """What holds of a whole clause."""

    question: bool
    conditional: bool
    consequent: bool
    other: bool
    anyone: bool


class StandingReader:
    """Judges the mentions of one text."""

    def __init__(
        self,
        spoken: Words,
        clauses: tuple[Clause, ...],
        findings: Findings,
        negation: NegationReader,
        words: StandingWords,
    ) -> None:
        self._spoken = spoken
        self._clauses = clauses
        self._findings = findings
        self._negation = negation
        self._words = words

    def standing(self, mention: Hit, number: int, tier: Tier) -> Standing:
        """The standing of a mention that begins in clause `number` and would raise `tier`."""
        clause = self._clauses[number]
        note = self._notes[number]
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
            or self._of_a_thing(mention, clause, tier)
            or Standing.AFFIRMED
        )

    # Questions and whole clauses

    @cached_property
    def _notes(self) -> tuple[_Note, ...]:
        notes: list[_Note] = []
        last = _Note(question=False, conditional=False, consequent=False, other=False, anyone=False)
        for number, clause in enumerate(self._clauses):
            last = self._note(clause, self._clauses[number - 1] if number else None, last)
            notes.append(last)
        return tuple(notes)

    def _note(self, clause: Clause, before: Clause | None, last: _Note) -> _Note:
        goes_on = before is not None and before.chain == clause.chain
        first = self._word(clause.body)
        own = first in ("i", "my")
        listed = clause.link in ("and", "or", "that", "nor", "which", "where", "who")
        carries_person = goes_on and first in self._words.pronouns and not own
        return _Note(
            question=self._asks(clause) or (goes_on and last.question and not own),
            conditional=self._is_conditional(clause) or (goes_on and last.conditional and listed),
            consequent=goes_on and (last.conditional or last.consequent),
            other=self._names_other(clause) or (carries_person and last.other),
            anyone=self._has(clause, self._words.anyone) or (carries_person and last.anyone),
        )

    def _word(self, at: int) -> str:
        return self._spoken.words[at] if at < len(self._spoken.words) else ""

    def _has(self, clause: Clause, words: frozenset[str]) -> bool:
        return any(word in words for word in self._spoken.words[clause.start : clause.end])

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

    def _is_conditional(self, clause: Clause) -> bool:
        links = range(max(clause.start - 1, 0), clause.body)
        for at in links:
            if self._word(at) in self._words.conditions:
                return not (at and self._word(at - 1) in self._words.not_conditions)
        return False

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

    def _imagined(self, mention: Hit, clause: Clause, note: _Note, tier: Tier) -> Standing | None:
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
        if following.chain != clause.chain or not self._is_conditional(following):
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

    def _elsewhere(self, mention: Hit, clause: Clause, note: _Note, tier: Tier) -> Standing | None:
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

    def _of_a_thing(self, mention: Hit, clause: Clause, tier: Tier) -> Standing | None:
        """`the boiler collapsed`, `that assembly was painful`: of what has no feeling in it.

        Which names are those of things is not known, only which are not: what is graver is asked.
        """
        figurative = self._words.figurative
        if figurative.isdisjoint(self._spoken.words[mention.start : mention.end]):
            return None
        # "That" may link clauses as well as point.
        first = clause.body - (clause.link == "that" and clause.body > clause.start)
        end = max(clause.end, mention.end)
        # Of "her" body a word may be unknown: what is graver holds.
        is_known = self._word(first) in self._words.pointing
        if not is_known and (tier is not Tier.CAUTION or self._word(first) not in _OWNED):
            return None
        verb = next((at for at in range(first + 1, end) if self._is_verb(at, mention)), end)
        if verb == first + 1 or verb == end or self._is_felt(first + 1, end, verb):
            return None
        if tier is not Tier.CAUTION:
            return Standing.DOUBTFUL
        whole = len(self._spoken.words)
        is_all = not (self._is_felt(0, first) or self._is_felt(verb, whole, verb))
        return Standing.THING if is_all else None

    def _is_verb(self, at: int, mention: Hit) -> bool:
        is_figure = at >= mention.start and self._word(at) in self._words.figurative
        return is_figure or self._word(at) in self._words.copulas

    def _is_felt(self, start: int, end: int, verb: int | None = None) -> bool:
        """Whether words name a body's part, someone, or what touches one.

        What is said from `verb` on may be a figure of speech.
        """
        figures_from = end if verb is None else verb
        return any(
            self._names_felt(at) and not (at >= figures_from and self._is_figure(at))
            for at in range(start, end)
        )

    def _is_figure(self, at: int) -> bool:
        """`was painful`, `is killing me`, `is a right pain`: no word of these names a body."""
        figurative = self._words.figurative
        match self._word(at):
            case "me" | "us":
                return self._word(at - 1) in figurative
            case "right":
                return self._word(at + 1) in figurative
            case word:
                return word in figurative

    def _names_felt(self, at: int) -> bool:
        words, word = self._words, self._word(at)
        own = word in words.first_person or word in words.second_person
        return own or word in words.bodily or word in words.others or word in words.anyone

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
        between = self._spoken.words[mention.end : hit.end]
        if not self._words.second_person.isdisjoint(between):  # "tingling now you have stopped"
            return False
        if self._negation.denies_between(max(mention.end, hit.start - 3), hit.start):
            return False  # "has not got any better since"
        # Of "my leg is numb | the headache is gone" only the headache is over.
        later = self._findings.within(Kind.MENTION, mention.end, hit.start + 1)
        return not later or later[-1].rule.group is mention.rule.group

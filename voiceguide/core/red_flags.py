"""Red flags in what was said: which tier, and whether to stop and ask.

A text is judged in five steps: its words (`spoken_words`), its clauses (`clauses`), the symptoms
mentioned (`findings`), what raises each of them (a region, both sides, suddenness), and whether it
holds (`standing`). The gravest mention that holds decides; where one is in doubt and would be
graver, the guide asks. Where no mention is found, the words alone may be suspicious, and where one
is, the words around it may be harmless: then the guide asks as well (`suspicion`). When rules can't
tell, asking is right: a lost red flag costs more.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from voiceguide.core.findings import Findings, Hit, Kind, Rule, Scanner, SymptomGroup
from voiceguide.core.negation import NegationReader, NegationWords
from voiceguide.core.spoken_clauses import Clause, ClauseSplitter, ClauseWords
from voiceguide.core.spoken_words import Spelling, Words, read_words
from voiceguide.core.standing import StandingReader
from voiceguide.core.standing_words import Standing, StandingWords
from voiceguide.core.suspicion import Suspicion
from voiceguide.core.templates import compile_template
from voiceguide.core.tiers import Grounds, Judgement, Tier

__all__ = ["Grounds", "Judgement", "RedFlagLexicon", "Tier"]

_NOTHING = Judgement()


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What one mention would raise, whether to ask first, and why."""

    tier: Tier
    asks: bool
    reason: str
    rules_out: bool = False


@dataclass(frozen=True, slots=True)
class RedFlagLexicon:
    """The words of one language for red flags, and the judgement made with them."""

    rules: tuple[Rule, ...]
    spelling: Spelling
    clause_words: ClauseWords
    standing_words: StandingWords
    negation_words: NegationWords
    phrases: tuple[str, ...] = ()
    suspicion: Suspicion | None = None
    _scanner: Scanner = field(init=False, repr=False, compare=False)
    _splitter: ClauseSplitter = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_scanner", Scanner(self.rules))
        object.__setattr__(self, "_splitter", ClauseSplitter(self.clause_words))

    @property
    def words(self) -> frozenset[str]:
        """All single words that a recognizer must be able to hear for the rules to work."""
        said = (rule.template.words for rule in self.rules if rule.kind in _HEARD)
        return frozenset().union(*said, self.negation_words.negators)

    def with_phrases(self, phrases: Iterable[tuple[str, Tier]]) -> "RedFlagLexicon":
        """This lexicon and a routine's own phrases, which are negated and asked like all others."""
        added = tuple(
            (" ".join(read_words(text, self.spelling).words), tier) for text, tier in phrases
        )
        rules = tuple(
            Rule(Kind.MENTION, compile_template(text, {}), SymptomGroup("the routine's own", tier))
            for text, tier in added
            if text
        )
        return replace(
            self,
            rules=self.rules + rules,
            phrases=self.phrases + tuple(text for text, _ in added if text),
        )

    def with_weights(self, suspicion: Suspicion) -> "RedFlagLexicon":
        """This lexicon for one recognizer's ears, with weights learnt from what it hears."""
        return replace(self, suspicion=suspicion)

    def holds_red_flag(self, text: str) -> bool:
        """Whether a text would raise or ask about one, or has a word that rules listen for."""
        judgement = self.judge(text)
        is_raised = judgement.tier is not None or judgement.ask
        return is_raised or not self.words.isdisjoint(text.split())

    def judge(self, text: str) -> Judgement:
        """What a text means for safety; takes time in proportion to its length."""
        spoken = read_words(text, self.spelling)
        findings = self._scanner.scan(spoken)
        if not findings.mentions:
            return self._suspected(spoken, findings)
        clauses = self._splitter.split(spoken)
        negation = NegationReader(spoken, clauses, findings, self.negation_words)
        reader = StandingReader(spoken, clauses, findings, negation, self.standing_words)
        starts = [clause.start for clause in clauses]
        whole = _Text(spoken, clauses, starts, findings, negation, reader)
        opinions = [each for mention in findings.mentions for each in whole.opinions(mention)]
        return self._doubted(spoken, _combined(opinions))

    def _doubted(self, spoken: Words, judgement: Judgement) -> Judgement:
        """A question in place of a red flag where all else that is said is harmless talk."""
        if self.suspicion is None or judgement.tier in (None, Tier.CAUTION):
            return judgement
        if self.suspicion.reason(spoken.words):
            return replace(judgement, grounds=Grounds.BOTH)
        # An emergency is believed at once: there may be no second time to say it.
        if judgement.tier is Tier.URGENT and self.suspicion.is_unlikely(spoken.words):
            return replace(judgement, grounds=Grounds.UNLIKELY)
        if not judgement.ask and self.suspicion.is_harmless(spoken.words):
            return replace(judgement, ask=True, reason=f"{judgement.reason}, in harmless words")
        return judgement

    def _suspected(self, spoken: Words, findings: Findings) -> Judgement:
        """A question where the rules know nothing and the words are those of red flags."""
        explained = any(findings.of(kind) for kind in _EXPLAINING)
        if self.suspicion is None or explained:
            return _NOTHING
        reason = self.suspicion.reason(spoken.words)
        if not reason:
            return _NOTHING
        told = f"suspicious: {reason}"
        return Judgement(Tier.URGENT, ask=True, reason=told, grounds=Grounds.WEIGHTS)


_EXPLAINING = (Kind.LOOKALIKE, Kind.QUESTION, Kind.HYPOTHETICAL, Kind.PAST, Kind.REPORTED)
_GOES_ON_LINKS = frozenset({"because", "when", "while", "whenever"})
_GOES_ON_SUBJECTS = frozenset({"it", "that", "they", "which"})
# What may be said one clause before or after: "i fell off a ladder | and i can not move my neck".
_MANNERS = frozenset(
    {
        "sudden",
        "help",
        "haste",
        "unwell",
        "stiff_neck",
        "cancer",
        "immobile",
        "great_force",
        "just_now",
    }
)
_HEARD = frozenset({Kind.MENTION, Kind.FEATURE})


@dataclass(frozen=True, slots=True)
class _Text:
    """One text with everything known about it."""

    spoken: Words
    clauses: tuple[Clause, ...]
    starts: list[int]
    """Of the clauses."""
    findings: Findings
    negation: NegationReader
    reader: StandingReader

    def opinions(self, mention: Hit) -> list[_Opinion]:
        """On a mention; where it does not hold, on what it says after "just" or a new subject."""
        number = self._clause_of(mention)
        opinion = _opinion(mention, number, self)
        if opinion is not None:
            return [opinion]
        later = [start for start in self.starts[number + 1 : number + 2] if start < mention.end]
        later += [at for at in (self.negation.ends_within(mention),) if at is not None]
        if not later:
            return []
        rest = self.findings.after_denial(mention, min(later)) or self._again(mention, min(later))
        found = [_opinion(hit, self._clause_of(hit), self) for hit in rest]
        return [each for each in found if each is not None]

    def _again(self, mention: Hit, start: int) -> tuple[Hit, ...]:
        """The same words with a later begin: `hand and my | legs are weak`."""
        pattern = mention.rule.template.pattern
        last = self.spoken.starts[mention.end - 1] + len(self.spoken.words[mention.end - 1]) + 1
        match = pattern.search(self.spoken.text, self.spoken.starts[start], last)
        if match is None:
            return ()
        begin = self.spoken.index_at(match.start())
        return (Hit(mention.rule, begin, self.spoken.index_at(match.end() - 1) + 1),)

    def _clause_of(self, mention: Hit) -> int:
        return bisect_right(self.starts, mention.start) - 1


def _opinion(mention: Hit, number: int, text: _Text) -> _Opinion | None:
    group = mention.rule.group
    if group is None:
        return None
    features = _features(mention, number, text)
    tier = _raised(group, features)
    standing = text.reader.standing(mention, number, tier)
    if standing is Standing.AFFIRMED and tier is Tier.CAUTION and text.findings.of(Kind.WHY_HERE):
        return None
    if standing not in (Standing.AFFIRMED, Standing.DOUBTFUL):
        return None
    asks = group.asks or standing is Standing.DOUBTFUL
    said = " ".join(text.spoken.words[mention.start : mention.end])
    with_features = "".join(f" + {feature}" for feature in sorted(features))
    reason = f"{said} ({group.name}){with_features}, {standing.value}"
    return _Opinion(tier, asks, reason, group.rules_out)


def _features(mention: Hit, number: int, text: _Text) -> frozenset[str]:
    """The features in a mention's clause, and in the next ones that go on about it."""
    clauses = text.clauses
    first = last = number
    if number and _goes_on(clauses[number], text):
        first = number - 1
    if number + 1 < len(clauses) and _goes_on(clauses[number + 1], text):
        last = number + 1
    start, end = clauses[first].start, max(clauses[last].end, mention.end)
    hits = text.findings.within(Kind.FEATURE, start, end)
    found = frozenset(hit.rule.feature for hit in hits)
    return found | _manner(number, text)


def _goes_on(clause: Clause, text: _Text) -> bool:
    """Goes on about what the clause before named: "it", "that", "when i sit", "because of"."""
    words = text.spoken.words
    if clause.link in _GOES_ON_LINKS:
        return True
    return clause.body < len(words) and words[clause.body] in _GOES_ON_SUBJECTS


def _manner(number: int, text: _Text) -> frozenset[str]:
    """`it came on suddenly | my arm went numb`: how it came may be said one clause off."""
    near = text.clauses[max(number - 1, 0) : number + 2]
    hits = text.findings.within(Kind.FEATURE, near[0].start, near[-1].end)
    return frozenset(hit.rule.feature for hit in hits if hit.rule.feature in _MANNERS)


def _raised(group: SymptomGroup, features: frozenset[str]) -> Tier:
    if any(needed <= features for needed in group.emergency):
        return Tier.EMERGENCY
    if group.tier is Tier.CAUTION and any(needed <= features for needed in group.urgent):
        return Tier.URGENT
    return group.tier


def _combined(opinions: list[_Opinion]) -> Judgement:
    """The gravest that holds; a graver one in doubt is asked unless an urgent one holds."""
    if not opinions:
        return _NOTHING
    held = max((o for o in opinions if not o.asks), key=lambda o: o.tier.rank, default=None)
    asked = max((o for o in opinions if o.asks), key=lambda o: o.tier.rank, default=None)
    if held and (asked is None or held.tier is not Tier.CAUTION or asked.tier is Tier.CAUTION):
        return Judgement(held.tier, reason=held.reason, rules_out=held.rules_out)
    if asked is None:
        return _NOTHING
    return Judgement(asked.tier, ask=True, reason=asked.reason)

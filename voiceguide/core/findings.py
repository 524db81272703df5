"""Where a language's templates occur in a text: one look-up for symptoms, regions and markers."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from voiceguide.core.spoken_words import Break, Words
from voiceguide.core.templates import Template
from voiceguide.core.tiers import Tier


class Kind(Enum):
    """What an occurrence of a template means."""

    MENTION = "mention"
    NEAR_HOMOPHONE = "near homophone"
    LOOKALIKE = "lookalike"
    FEATURE = "feature"
    INERT = "inert"
    QUESTION = "question_openers"
    HYPOTHETICAL = "hypothetical"
    COME_TRUE = "come_true"
    RELIEF = "relief"
    MODAL = "modal"
    FEAR = "fears"
    PAST = "past"
    RESOLVED = "resolved"
    REPORTED = "reported"
    DOUBT = "doubt"
    WHY_HERE = "why_here"


@dataclass(frozen=True, slots=True)
class SymptomGroup:
    """Symptoms of one kind: the tier that a mention raises, and what raises it further.

    Each entry of `urgent` and `emergency` is a set of features that must all be present.
    `asks` is True where the words alone are too vague to act on, `acts` where they name what
    someone does about it ("call an ambulance"), which can be a mere plan. `rules_out` is True where
    nobody begins a massage with it (blood thinners, a rash).
    """

    name: str
    tier: Tier
    urgent: tuple[frozenset[str], ...] = ()
    emergency: tuple[frozenset[str], ...] = ()
    asks: bool = False
    acts: bool = False
    rules_out: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A template and what it stands for: a symptom's group, or a feature's name."""

    kind: Kind
    template: Template
    group: SymptomGroup | None = None
    feature: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Words `start` to `end` (exclusive) that a rule's template fits."""

    rule: Rule
    start: int
    end: int


_GOES_ON_WORDS = 2
"""A mention that goes on for so many words after a lookalike is more than that."""


class Scanner:
    """Finds all rules in a text; only those are tried of which a necessary word is there."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        index: defaultdict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            for word in rule.template.needs[0]:
                index[word].append(number)
        self._index = {word: tuple(numbers) for word, numbers in index.items()}

    def scan(self, spoken: Words) -> "Findings":
        """Everything found, without what a lookalike explains."""
        said = frozenset(spoken.words)
        wanted = {number for word in said for number in self._index.get(word, ())}
        found: defaultdict[Kind, list[Hit]] = defaultdict(list)
        for number in sorted(wanted):
            rule = self._rules[number]
            if any(said.isdisjoint(need) for need in rule.template.needs[1:]):
                continue
            for match in rule.template.pattern.finditer(spoken.text):
                start = spoken.index_at(match.start())
                end = spoken.index_at(match.end() - 1) + 1
                if not _broken(spoken, start, end):
                    found[rule.kind].append(Hit(rule, start, end))
        return Findings(found)


def _broken(spoken: Words, start: int, end: int) -> bool:
    """Whether a sentence ends within, or an answer: "no, feeling is all there"."""
    inside = spoken.breaks[start + 1 : end]
    is_answer = spoken.words[start] == "no" and inside[:1] not in ((), (Break.NONE,))
    return is_answer or any(mark >= Break.STOP for mark in inside)


def _outermost(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits in order, without those inside another of the same tier or a graver one."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, -_rank(hit))):
        if not any(hit.end <= outer.end and _rank(hit) <= _rank(outer) for outer in kept[-4:]):
            kept.append(hit)
    return tuple(kept)


def _rank(hit: Hit) -> int:
    return hit.rule.group.tier.rank if hit.rule.group else 0


class Findings:
    """What was found in one text, by kind, in the order of the words."""

    def __init__(self, found: dict[Kind, list[Hit]]) -> None:
        self._hits = {
            kind: sorted(hits, key=lambda hit: (hit.start, -hit.end))
            for kind, hits in found.items()
        }
        self._starts = {kind: [hit.start for hit in hits] for kind, hits in self._hits.items()}
        self._ends = {
            kind: sorted((hit.end, place) for place, hit in enumerate(hits))
            for kind, hits in self._hits.items()
        }
        self._heard = [
            hit
            for kind in (Kind.MENTION, Kind.NEAR_HOMOPHONE)
            for hit in self.of(kind)
            if not self._is_explained(hit)
        ]
        self.mentions = _outermost(self._heard)
        self.mentioned = frozenset(at for hit in self.mentions for at in range(hit.start, hit.end))

    def _is_explained(self, hit: Hit) -> bool:
        """Overlapped by a lookalike, unless it says more: "leg has fallen asleep".

        "It is a pain" explains "pain"; it does not explain "pain in my chest", which goes on.
        """
        near = self.within(Kind.LOOKALIKE, hit.start - 8, hit.end)
        return any(
            look.end > hit.start
            and not (hit.start < look.start and look.end <= hit.end)
            and hit.end - look.end < _GOES_ON_WORDS
            for look in near
        )

    def after_denial(self, denied: Hit, start: int) -> tuple[Hit, ...]:
        """What is left of a denied mention from word `start`: "no pain it is my chest that ..."."""
        return _outermost(
            hit for hit in self._heard if start <= hit.start and hit.end <= denied.end
        )

    def of(self, kind: Kind) -> list[Hit]:
        """All hits of a kind."""
        return self._hits.get(kind, [])

    def within(self, kind: Kind, start: int, end: int) -> list[Hit]:
        """Hits of a kind that begin in words `start` to `end` (exclusive)."""
        starts = self._starts.get(kind, [])
        return self.of(kind)[bisect_left(starts, start) : bisect_left(starts, end)]

    def last_before(self, kind: Kind, at: int) -> Hit | None:
        """The hit of a kind that ends last at or before word `at`."""
        ends = self._ends.get(kind, [])
        place = bisect_right(ends, (at, len(ends)))
        return self.of(kind)[ends[place - 1][1]] if place else None

    def first_after(self, kind: Kind, at: int) -> Hit | None:
        """The hit of a kind that begins first at or after word `at`."""
        starts = self._starts.get(kind, [])
        place = bisect_left(starts, at)
        return self.of(kind)[place] if place < len(starts) else None

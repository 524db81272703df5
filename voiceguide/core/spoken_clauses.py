"""Words into clauses: where a subject starts anew, and which word links a clause to the one before.

English as it is spoken has no full stops. A clause begins at a full stop where there is one, at
"but", "because", "if" and their like, and wherever a new subject stands before its verb
("no numbness | my leg is fine").
"""

from dataclasses import dataclass

from voiceguide.core.spoken_words import Break, Words

_SUBJECT_REACH = 6  # a subject is at most that many words long: "the right side of my back"


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """The words of a language that begin, link and finish clauses; see the language's YAML."""

    contrast: frozenset[str]
    subordinators: frozenset[str]
    soft_links: frozenset[str]
    pronouns: frozenset[str]
    weak_pronouns: frozenset[str]
    determiners: frozenset[str]
    finite: frozenset[str]
    adverbs: frozenset[str]
    prepositions: frozenset[str]
    auxiliaries: frozenset[str]
    bare_auxiliaries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clause:
    """Words `start` to `end` (exclusive).

    `body` is the first word after the linking ones, `link` the strongest of those. `chain`
    counts runs of clauses that no full stop and no "but" divides.
    """

    start: int
    body: int
    end: int
    link: str
    chain: int


class ClauseSplitter:
    """Splits words into clauses with one language's words."""

    def __init__(self, words: ClauseWords) -> None:
        self._words = words
        self._hard = words.contrast | words.subordinators

    def split(self, spoken: Words) -> tuple[Clause, ...]:
        """All clauses, in order, covering every word."""
        starts = self._starts(spoken)
        clauses: list[Clause] = []
        chain = 0
        for start, end in zip(starts, [*starts[1:], len(spoken.words)], strict=True):
            body = self._body(spoken, start, end)
            link = self._link(spoken, start, body)
            if spoken.breaks[start] >= Break.STOP or link in self._words.contrast:
                chain += 1
            clauses.append(Clause(start, body, end, link, chain))
        return tuple(clauses)

    def _starts(self, spoken: Words) -> list[int]:
        starts: list[int] = []
        links_only = False
        for at, word in enumerate(spoken.words):
            hard = at == 0 or spoken.breaks[at] >= Break.STOP or word in self._hard
            if hard and not (links_only and spoken.breaks[at] < Break.STOP):
                starts.append(at)
                links_only = True
            elif not links_only and self._new_subject(spoken, at):
                starts.append(at)
            links_only = links_only and self._is_link(word)
        return starts

    def _is_link(self, word: str) -> bool:
        return word in self._hard or word in self._words.soft_links

    def _body(self, spoken: Words, start: int, end: int) -> int:
        at = start
        while at < end and self._is_link(spoken.words[at]):
            at += 1
        return at

    def _link(self, spoken: Words, start: int, body: int) -> str:
        links = spoken.words[start:body]
        if not links and start and self._is_link(spoken.words[start - 1]):
            links = spoken.words[start - 1 : start]
        strong = [word for word in links if word in self._hard]
        return next(iter(strong), links[-1] if links else "")

    def _new_subject(self, spoken: Words, at: int) -> bool:
        words, lists = spoken.words, self._words
        word = words[at]
        following = words[at + 1] if at + 1 < len(words) else ""
        if word in lists.pronouns:
            if at and words[at - 1] in lists.bare_auxiliaries and following in lists.finite:
                return False  # "should i go": not "i go", and no finite verb
            # "have i", "do i": the subject of a question stands after its verb
            return not (at and words[at - 1] in lists.auxiliaries and following not in lists.finite)
        if word in lists.auxiliaries and following == "you":
            return True
        if word in lists.weak_pronouns and following in lists.finite | lists.adverbs:
            return not (at and words[at - 1] in lists.auxiliaries | {"of"})  # "a friend of mine"
        return word in lists.determiners and self._noun_subject(spoken, at)

    def _noun_subject(self, spoken: Words, at: int) -> bool:
        """`my right arm is`: a determiner and a verb with nothing but a noun between them."""
        lists = self._words
        if at and spoken.words[at - 1] in lists.prepositions | lists.auxiliaries:
            return False
        for ahead in range(at + 1, min(at + 1 + _SUBJECT_REACH, len(spoken.words))):
            word = spoken.words[ahead]
            # No verb stands right behind a determiner: "my left leg", "the burning feeling".
            if word in lists.finite and ahead > at + 1:
                return True
            if spoken.breaks[ahead] or word in lists.pronouns or word in lists.weak_pronouns:
                return False
            if self._is_link(word):
                return False
        return False

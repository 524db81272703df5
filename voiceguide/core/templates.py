"""Sentence templates: a small notation for many ways of saying one thing.

`word` is itself, `(a|b c)` one of several, `[x]` may be left out, `<name>` is a named list of
words; `..`, `...` and `....` stand for up to two, six and eight words of any kind, `.....` for
ten that may name another subject; `^` and `$` are the text's begin and end. `a & b` is two
templates, `a .... b` and `b .... a`; `a && b` is the same with `.....`. A template becomes one
regular expression over words that each end in a space, so matching takes linear time.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

# The first alternative is a group of plain words, much the most frequent: it is read in one go.
_PIECE = re.compile(r"[(\[][^()\[\]<>.^$]+[)\]]|\.{2,5}|[()\[\]|^$]|<[a-z_]+>|[^\s()\[\]|<>^$]+")

_GAPS = {"..": 2, "...": 6, "....": 8, ".....": 10}
_WIDE = 10
_EDGES = {"^": r"(?<![\s\S])", "$": r"(?![\s\S])"}


class TemplateError(ValueError):
    """A template that can't be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Word:
    """A single word."""

    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any kind."""

    most: int


@dataclass(frozen=True, slots=True)
class Edge:
    """The begin or the end of the text."""

    sign: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences; `optional` where it may be left out."""

    options: tuple[tuple["Node", ...], ...]
    optional: bool = False


Node = Word | Gap | Edge | Choice
Sequence = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Slack:
    """What a text may say besides a template's words.

    A gap does not run over a word in `stops`, a wide one does, but not over `wide_stops`.
    Between any two words one of `skipped` may stand ("my leg really just went"), which changes
    nothing.
    """

    stops: tuple[str, ...] = ()
    wide_stops: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def gap(self, most: int) -> str:
        """Up to `most` words."""
        stops = self.wide_stops if most == _WIDE else self.stops
        unless = f"(?!(?:{'|'.join(map(re.escape, stops))}) )" if stops else ""
        return rf"(?:{unless}[^ ]+ ){{0,{most}}}?"

    @property
    def skip(self) -> str:
        """The place between two words."""
        return f"(?:(?:{'|'.join(self.skipped)}) )?" if self.skipped else ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template that has been read: `pattern` to search with, and what a search needs.

    Of each set in `needs` one word must be there; the smallest set comes first. The pattern is
    compiled when it is first wanted: a lexicon has hundreds, a sentence needs a few of them.
    """

    source: str
    needs: tuple[frozenset[str], ...]
    sequence: Sequence
    slack: Slack

    @property
    def words(self) -> frozenset[str]:
        """All words that it names."""
        return frozenset(_words(self.sequence))

    @property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression over words that each end in a space."""
        return _compiled(self.sequence, self.slack)


class _Parser:
    """Recursive descent over the pieces of one template."""

    def __init__(self, source: str, classes: Mapping[str, tuple[str, ...]]) -> None:
        self._source = source
        self._pieces = _PIECE.findall(source)
        self._classes = classes
        self._at = 0

    def parse(self) -> Sequence:
        sequence = self._sequence()
        if self._at < len(self._pieces):
            raise TemplateError(f"unexpected {self._pieces[self._at]!r} in {self._source!r}")
        return sequence

    def _sequence(self) -> Sequence:
        nodes: list[Node] = []
        while self._at < len(self._pieces) and self._pieces[self._at] not in ("|", ")", "]"):
            nodes.append(self._node())
        return tuple(nodes)

    def _node(self) -> Node:
        piece = self._pieces[self._at]
        self._at += 1
        if piece in _GAPS:
            return Gap(_GAPS[piece])
        if piece in _EDGES:
            return Edge(piece)
        if len(piece) > 1 and piece[0] in "([":
            return _flat(piece)
        if piece in ("(", "["):
            return self._choice(")" if piece == "(" else "]")
        if piece.startswith("<"):
            return self._named(piece[1:-1])
        return _word(piece)

    def _choice(self, closing: str) -> Choice:
        options = [self._sequence()]
        while self._at < len(self._pieces) and self._pieces[self._at] == "|":
            self._at += 1
            options.append(self._sequence())
        if self._at >= len(self._pieces) or self._pieces[self._at] != closing:
            raise TemplateError(f"no closing {closing!r} in {self._source!r}")
        self._at += 1
        return Choice(tuple(options), optional=closing == "]")

    def _named(self, name: str) -> Choice:
        if name not in self._classes:
            raise TemplateError(f"no list is called <{name}> in {self._source!r}")
        entries = tuple(self._classes[name])
        if not any("<" in entry for entry in entries):
            return _listed(entries)
        return Choice(tuple(_parse(entry, self._classes) for entry in _longest_first(entries)))


def _flat(piece: str) -> Choice:
    """A choice of plain words: `(a|b c)`, `[a]`."""
    closing = ")" if piece[0] == "(" else "]"
    if piece[-1] != closing:
        raise TemplateError(f"no closing {closing!r} in {piece!r}")
    options = tuple(tuple(map(_word, option.split())) for option in piece[1:-1].split("|"))
    return Choice(options, optional=closing == "]")


@cache
def _listed(entries: tuple[str, ...]) -> Choice:
    """A list that names no other one: read once, however many templates use it."""
    return Choice(tuple(_parse(entry, {}) for entry in _longest_first(entries)))


def _longest_first(entries: tuple[str, ...]) -> list[str]:
    return sorted(entries, key=len, reverse=True)


@cache
def _word(text: str) -> Word:
    return Word(text)


def _parse(source: str, classes: Mapping[str, tuple[str, ...]]) -> Sequence:
    return _Parser(source, classes).parse()


_TIGHT = Slack()


def both_orders(source: str) -> tuple[str, ...]:
    """`a & b` as `a .... b` and `b .... a`; a source without `&` as it is."""
    for sign, gap in ((" && ", "....."), (" & ", "....")):
        first, together, second = source.partition(sign)
        if together:
            return f"{first} {gap} {second}", f"{second} {gap} {first}"
    return (source,)


def compile_template(
    source: str, classes: Mapping[str, tuple[str, ...]], slack: Slack = _TIGHT
) -> Template:
    """Read one template.

    Raises:
        TemplateError: It can't be read, or no word of it must be said.
    """
    sequence = _parse(source, classes)
    needs = _needs(sequence)
    if not needs:
        raise TemplateError(f"{source!r} has no word that must be said")
    return Template(source, needs, sequence, slack)


@cache
def _compiled(sequence: Sequence, slack: Slack) -> re.Pattern[str]:
    return re.compile("(?<![^ ])" + _regex(sequence, slack))


@lru_cache(maxsize=512)
def _regex(sequence: Sequence, slack: Slack) -> str:
    pieces: list[str] = []
    for before, node in zip((None, *sequence), sequence, strict=False):
        said = isinstance(before, (Word, Choice)) and isinstance(node, (Word, Choice))
        pieces.append((slack.skip if said else "") + _node_regex(node, slack))
    return "".join(pieces)


def _node_regex(node: Node, slack: Slack) -> str:
    match node:
        case Word(text):
            return re.escape(text) + " "
        case Gap(most):
            return slack.gap(most)
        case Edge(sign):
            return _EDGES[sign]
        case Choice(options, optional):
            joined = "|".join(_regex(option, slack) for option in options)
            return f"(?:{joined}){'?' if optional else ''}"


def _words(sequence: Sequence) -> Iterator[str]:
    for node in sequence:
        if isinstance(node, Word):
            yield node.text
        elif isinstance(node, Choice):
            for option in node.options:
                yield from _words(option)


def _needs(sequence: Sequence) -> tuple[frozenset[str], ...]:
    """For each part that must be said, the words of which one opens or makes it."""
    if len(sequence) == 1 and isinstance(sequence[0], Word):
        return (frozenset({sequence[0].text}),)
    sets = [found for node in sequence if (found := _node_needs(node))]
    return tuple(sorted(sets, key=_commonness))


def _commonness(words: frozenset[str]) -> tuple[int, int]:
    """Few and long words are said seldom: "lot" decides whether "a lot" is looked for."""
    return len(words), -min(map(len, words))


def _node_needs(node: Node) -> frozenset[str]:
    match node:
        case Word(text):
            return frozenset({text})
        case Choice(options, False):
            sets = [_needs(option) for option in options]
            return frozenset().union(*(found[0] for found in sets)) if all(sets) else frozenset()
        case _:
            return frozenset()


def sayings(template: Template) -> Iterator[str]:
    """All plain wordings of a template, optional parts and gaps left out."""
    return (" ".join(words) for words in _expand(template.sequence))


def _expand(sequence: Sequence) -> Iterator[tuple[str, ...]]:
    parts = [tuple(_expand_node(node)) for node in sequence]
    for combination in product(*parts):
        yield tuple(word for part in combination for word in part)


def _expand_node(node: Node) -> Iterator[tuple[str, ...]]:
    match node:
        case Word(text):
            yield (text,)
        case Choice(options, False):
            for option in options:
                yield from _expand(option)
        case _:
            yield ()

"""A language's red-flag words: YAML of the package -> the core's `RedFlagLexicon`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from voiceguide.core.findings import Kind, Rule, SymptomGroup
from voiceguide.core.negation import NegationWords
from voiceguide.core.red_flags import RedFlagLexicon
from voiceguide.core.spoken_clauses import ClauseWords
from voiceguide.core.spoken_words import Spelling
from voiceguide.core.standing_words import StandingWords
from voiceguide.core.suspicion import Suspicion
from voiceguide.core.templates import (
    Slack,
    Template,
    TemplateError,
    both_orders,
    compile_template,
    sayings,
)
from voiceguide.core.tiers import Tier
from voiceguide.errors import ContentError, Problem


@dataclass(frozen=True, slots=True)
class _Notation:
    """What templates refer to: named lists, and the words that they stop at or pass over."""

    lists: Mapping[str, tuple[str, ...]]
    slack: Slack

    def read(self, source: str) -> Template:
        return compile_template(source, self.lists, self.slack)

    def read_all(self, block: str | list[str]) -> Iterator[Template]:
        """The templates of a block, `a & b` in both orders."""
        for line in _lines(block):
            yield from map(self.read, both_orders(line))


# libyaml reads some ten times faster, and every start reads this file.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_SafeLoader):  # type: ignore[misc]
    """PyYAML's safe loader with every scalar a string: `no`, `on` and `off` are words here."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own attribute)


BOUNDS = ("start", "limit", "harmless", "unlikely")


@cache
def load_red_flag_lexicon(language: str = "en") -> RedFlagLexicon:
    """The lexicon of a language; raises `ContentError` where its file is missing or wrong."""
    name = f"{language}_red_flags.yaml"
    languages = resources.files("voiceguide.content") / "languages"
    try:
        text = (languages / name).read_text(encoding="utf-8")
    except OSError as error:
        raise ContentError(
            Problem(name, 1, "", "There is no such file.", "Choose a language that has one.")
        ) from error
    lexicon = parse_red_flag_lexicon(text, name)
    weights = languages / f"{language}_red_flag_weights.tsv"
    return replace(lexicon, suspicion=parse_weights(weights.read_text(encoding="utf-8")))


def parse_weights(text: str) -> Suspicion:
    """Weights in lines of a part, a tab and its weight; see training/red_flag_weights.py.

    Raises:
        ValueError: a line is something else, or a bound is missing.
    """
    lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    weights = {part: float(weight) for part, weight in lines}
    bounds = {name: weights.pop(f"({name})") for name in BOUNDS if f"({name})" in weights}
    try:
        return Suspicion(weights, **bounds)
    except TypeError as error:
        raise ValueError("a bound is missing") from error


def parse_red_flag_lexicon(text: str, name: str) -> RedFlagLexicon:
    """The lexicon in a YAML text; `name` is for messages."""
    try:
        document = yaml.load(text, _PlainLoader)  # noqa: S506 (a safe loader, see above)
        return _lexicon(document)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # At the end of the text one parser names the last line, the other the one after it.
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
        raise ContentError(
            Problem(name, line, "", "This is not YAML.", "Check indents and quotes.")
        ) from error
    except TemplateError as error:
        raise ContentError(
            Problem(name, _line_of(text, str(error)), "", f"{error}.", "Mend the template.")
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContentError(
            Problem(
                name,
                1,
                "",
                f"Something is missing or of the wrong kind: {error}.",
                "Compare with en_red_flags.yaml.",
            )
        ) from error


def _line_of(text: str, message: str) -> int:
    """The first line that the message quotes, or 1."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line.strip()) > 3 and line.strip() in message:
            return number
    return 1


def _lexicon(document: Mapping[str, Any]) -> RedFlagLexicon:
    notation = _Notation(
        _lists(document["lists"]),
        Slack(*(_lines(document[key]) for key in ("gap_stops", "wide_gap_stops", "skipped"))),
    )
    standing = {**document["standing"], "bodily": _bodily(document, notation.lists)}
    rules = (
        *_symptom_rules(document, notation),
        *_feature_rules(document, notation),
        *_marker_rules(document, notation),
    )
    return RedFlagLexicon(
        rules=rules,
        spelling=_spelling(document["spelling"]),
        clause_words=ClauseWords(**_word_sets(ClauseWords, standing)),
        standing_words=StandingWords(**_word_sets(StandingWords, standing)),
        negation_words=NegationWords(**_word_sets(NegationWords, standing)),
        phrases=_phrases(document, notation),
    )


def _lines(entry: str | list[str]) -> tuple[str, ...]:
    """A block of lines or a list, as strings."""
    found = entry.splitlines() if isinstance(entry, str) else entry
    return tuple(line.strip() for line in found if line.strip())


def _lists(entries: Mapping[str, str | list[str]]) -> dict[str, tuple[str, ...]]:
    """The named lists; one named inside another is spliced in, if it stands before it."""
    lists: dict[str, tuple[str, ...]] = {}
    for name, entry in entries.items():
        spliced = (
            lists.get(line[1:-1], (line,)) if line[0] == "<" else (line,) for line in _lines(entry)
        )
        lists[name] = tuple(line for lines in spliced for line in lines)
    return lists


def _word_sets(kind: type, standing: Mapping[str, Any]) -> dict[str, Any]:
    """A frozen set for each field; phrases of several words become tuples where asked for."""
    sets: dict[str, Any] = {}
    for one in fields(kind):
        entries = _lines(standing[one.name])
        phrases = "tuple" in str(one.type)
        sets[one.name] = frozenset(tuple(e.split()) if phrases else e for e in entries)
    return sets


def _bodily(document: Mapping[str, Any], lists: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Each word that names or touches a body, those of the lists named there among them."""
    entries = _lines(document["standing"]["bodily"])
    spliced = (lists[entry[1:-1]] if entry[0] == "<" else (entry,) for entry in entries)
    return [word for phrases in spliced for phrase in phrases for word in phrase.split()]


def _spelling(entry: Mapping[str, Any]) -> Spelling:
    return Spelling(
        whole={word: tuple(opened.split()) for word, opened in entry["whole"].items()},
        endings={word: tuple(opened.split()) for word, opened in entry["endings"].items()},
        repeatable=frozenset(entry["repeatable"]),
        fillers=frozenset(tuple(filler.split()) for filler in entry["fillers"]),
    )


def _symptom_rules(document: Mapping[str, Any], notation: _Notation) -> Iterator[Rule]:
    for entry in document["mentions"]:
        group = SymptomGroup(
            name=entry["name"],
            tier=Tier(entry["tier"]),
            urgent=_needs(entry.get("urgent", [])),
            emergency=_needs(entry.get("emergency", [])),
            asks=entry.get("ask") == "true",
            acts=entry.get("act") == "true",
            rules_out=entry.get("before") == "true",
        )
        for template in notation.read_all(entry["say"]):
            yield Rule(Kind.MENTION, template, group)
    near = document["near_homophones"]
    group = SymptomGroup("near homophone", Tier(near["tier"]), asks=True)
    for template in notation.read_all(near["say"]):
        yield Rule(Kind.NEAR_HOMOPHONE, template, group)


def _phrases(document: Mapping[str, Any], notation: _Notation) -> tuple[str, ...]:
    """Every wording of the lines under `phrases`, each once, in order."""
    templates = (notation.read(source) for source in _lines(document["phrases"]))
    found = (saying for template in templates for saying in sayings(template))
    return tuple(dict.fromkeys(found))


def _needs(entries: list[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(entry.split("+")) for entry in entries)


def _feature_rules(document: Mapping[str, Any], notation: _Notation) -> Iterator[Rule]:
    for name, entry in document["features"].items():
        source = f"({'|'.join(_lines(entry))})"
        yield Rule(Kind.FEATURE, notation.read(source), feature=name)


def _marker_rules(document: Mapping[str, Any], notation: _Notation) -> Iterator[Rule]:
    for template in notation.read_all(document["lookalikes"]):
        yield Rule(Kind.LOOKALIKE, template)
    templated = set(Kind) - {Kind.MENTION, Kind.NEAR_HOMOPHONE, Kind.LOOKALIKE, Kind.FEATURE}
    for kind in sorted(templated, key=lambda kind: kind.value):
        for template in notation.read_all(document["standing"][kind.value]):
            yield Rule(kind, template)

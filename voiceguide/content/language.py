"""A language file to the core's grammar and prompts.

Templates are parsed and expanded by hassil, the field's library for them, when the program starts;
after that matching is a look-up in the pure core (see `docs/decisions/0010-hassil-for-phrases.md`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hassil import parse_sentence
from hassil.errors import HassilError
from hassil.intents import RangeSlotList, SlotList, TextSlotList
from hassil.parser import ParseError
from hassil.sample import sample_sentence

from voiceguide.content.red_flag_lexicon import load_red_flag_lexicon
from voiceguide.content.yaml_lines import Document, Place, read_document
from voiceguide.core.answer_words import AnswerWords
from voiceguide.core.grammar import Grammar, normalize
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.prompts import PLACEHOLDERS, Prompt, Prompts, placeholders_of
from voiceguide.core.red_flags import RedFlagLexicon
from voiceguide.core.routine import Region, Routine
from voiceguide.core.turn import World
from voiceguide.errors import ContentError, Problem

_COUNT_TO = 120

_NEIGHBOURS = 2
"""How far apart two numbers of one answer ("six or seven") may be."""

_SECTIONS: Mapping[str, type] = {
    "leading": list,
    "trailing": list,
    "homophones": dict,
    "answers": dict,
    "areas": dict,
    "lists": dict,
    "intents": dict,
    "variation_phrases": list,
    "routine_phrases": list,
    "ordinals": list,
    "pressures": list,
    "either": str,
    "both": str,
    "prompts": dict,
}
"""What a language file consists of."""


@dataclass(frozen=True, slots=True)
class Language:
    """All words of one language.

    Attributes:
        grammar: the phrases that need no routine.
        prompts: the guide's words.
        red_flags: what is judged before any command.
        areas: what parts of the body are called.
        variation_templates, routine_templates, ordinals: how a routine's own names are asked for.
    """

    grammar: Grammar
    prompts: Prompts
    red_flags: RedFlagLexicon
    areas: Mapping[str, Region]
    variation_templates: tuple[str, ...]
    routine_templates: tuple[str, ...]
    ordinals: tuple[str, ...]

    def world(self, routines: Sequence[Routine]) -> World:
        """The session's world: this language, with the routines' own names among its phrases."""
        red_flags = self.red_flags.with_phrases(
            (flag.phrase, flag.tier) for routine in routines for flag in routine.red_flags
        )
        grammar = self.grammar.with_phrases(self._names(routines))
        return World(tuple(routines), grammar, self.prompts, red_flags, self.areas)

    def _names(self, routines: Sequence[Routine]) -> Iterable[tuple[str, Meaning]]:
        names = {v.name for r in routines for step in r.steps for v in step.variations}
        for name in sorted(names):
            meaning = Meaning(Intent.VARIATION, (("variation", name),))
            ways: dict[str, SlotList] = {"variation": _text_list("variation", name)}
            yield from ((p, meaning) for p in expand(self.variation_templates, ways))
        for position, routine in enumerate(routines, start=1):
            meaning = Meaning(Intent.CHOOSE, (("routine", routine.id),))
            slots = self._routine_slots(routine, position)
            yield from ((p, meaning) for p in expand(self.routine_templates, slots))

    def _routine_slots(self, routine: Routine, position: int) -> dict[str, SlotList]:
        names = dict.fromkeys((normalize(routine.title), normalize(routine.id)))
        known = position <= len(self.ordinals)
        ordinal = self.ordinals[position - 1] if known else f"{position}th"
        return {
            "routine": _text_list("routine", *names),
            "position": RangeSlotList("position", position, position, words_language="en"),
            "ordinal": _text_list("ordinal", ordinal),
        }


@cache
def load_language(name: str = "en") -> Language:
    """Read a language file that ships with the program.

    Raises:
        ContentError: see `read_language`.
    """
    resource = resources.files("voiceguide.content").joinpath(f"languages/{name}.yaml")
    with resources.as_file(resource) as path:
        return read_language(path, load_red_flag_lexicon(name))


def read_language(path: Path, red_flags: RedFlagLexicon) -> Language:
    """Read a language file.

    Raises:
        ContentError: a section is missing, a prompt is too few or many, a placeholder is wrong, an
            intent is unknown or missing, a template can't be parsed, or one phrase has two
            meanings.
    """
    document = read_document(path)
    data = _sections(document)
    return Language(
        grammar=_grammar(document, data),
        prompts=_prompts(document, data),
        red_flags=red_flags,
        areas=_areas(document, data["areas"]),
        variation_templates=tuple(data["variation_phrases"]),
        routine_templates=tuple(data["routine_phrases"]),
        ordinals=tuple(data["ordinals"]),
    )


def expand(templates: Iterable[str], slots: Mapping[str, SlotList]) -> Iterable[str]:
    """Every sentence that the templates allow, normalised.

    Raises:
        HassilError, ParseError: a template is malformed.
    """
    for template in templates:
        for sentence in sample_sentence(parse_sentence(template), dict(slots), language="en"):
            yield normalize(sentence)


def _text_list(name: str, *texts: str) -> TextSlotList:
    return TextSlotList.from_strings(texts, name=name)


def _sections(document: Document) -> Mapping[str, Any]:
    data = document.value
    if not isinstance(data, dict):
        raise ContentError(document.problem((), "This is not a language file.", "Restore it."))
    problems = [
        document.problem((name,), "This section is missing.", "Copy it from en.yaml.")
        for name, kind in _SECTIONS.items()
        if not isinstance(data.get(name), kind)
    ]
    if problems:
        raise ContentError(*problems)
    return data


def _grammar(document: Document, data: Mapping[str, Any]) -> Grammar:
    book = _PhraseBook(document, data["lists"])
    for key, entry in data["intents"].items():
        book.add(key, entry)
    for intent in Intent:
        if intent.value not in data["intents"]:
            book.complain(("intents",), f"The intent {intent.value} is missing.", "Add it.")
    if book.problems:
        raise ContentError(*book.problems)
    return Grammar(
        meanings=MappingProxyType(book.meanings),
        quick=frozenset(book.quick),
        leading=_longest_first(data["leading"]),
        trailing=_longest_first(data["trailing"]),
        homophones=MappingProxyType(dict(data["homophones"])),
        answers=_answer_words(document, data["answers"]),
    )


def _areas(document: Document, names: Mapping[str, Sequence[str]]) -> Mapping[str, Region]:
    problems = [
        document.problem(("areas", key), "This is no area.", f"Use one of: {', '.join(Region)}.")
        for key in names
        if key not in set(Region)
    ]
    if problems:
        raise ContentError(*problems)
    return MappingProxyType(
        {normalize(name): Region(key) for key, called in names.items() for name in called}
    )


def _answer_words(document: Document, lists: Mapping[str, Sequence[str]]) -> AnswerWords:
    wanted = {each.name for each in fields(AnswerWords) if each.init}
    if set(lists) != wanted:
        mend = f"It has these lists: {', '.join(sorted(wanted))}."
        raise ContentError(document.problem(("answers",), "A list is missing or unknown.", mend))
    return AnswerWords(**{name: frozenset(expand(lists[name], {})) for name in wanted})


class _PhraseBook:
    """All phrases of a language file, and all that is wrong with them."""

    def __init__(self, document: Document, lists: Mapping[str, Mapping[str, int]]) -> None:
        self._document = document
        self._lists = lists
        self.meanings: dict[str, Meaning] = {}
        self.quick: set[str] = set()
        self.problems: list[Problem] = []

    def complain(self, place: Place, what: str, mend: str) -> None:
        """Note a problem."""
        self.problems.append(self._document.problem(place, what, mend))

    def add(self, key: str, entry: Mapping[str, Any]) -> None:
        """Expand one intent's phrases."""
        if key not in set(Intent):
            self.complain(("intents", key), "This is no intent.", "Correct its name.")
            return
        for i, template in enumerate(entry["phrases"]):
            place = ("intents", key, "phrases", i)
            try:
                for phrase, meaning in self._phrases(Intent(key), entry.get("slot"), template):
                    self._keep(place, phrase, meaning, quick=bool(entry.get("quick")))
            except (HassilError, ParseError) as error:
                self.complain(place, f"This template can't be read: {error}.", "Mend it.")

    def _keep(self, place: Place, phrase: str, meaning: Meaning, *, quick: bool) -> None:
        taken = self.meanings.setdefault(phrase, meaning)
        if taken != meaning:
            what = f'"{phrase}" is already a phrase of {taken.intent.value}.'
            self.complain(place, what, "Keep one of them.")
        if quick:
            self.quick.add(phrase)

    def _phrases(
        self, intent: Intent, slot: Mapping[str, str] | None, template: str
    ) -> Iterable[tuple[str, Meaning]]:
        """A template's phrases, expanded once for each value of the intent's slot."""
        ((name, list_name),) = (slot or {"": ""}).items()
        bounds = self._lists.get(list_name)
        if bounds is None:
            yield from ((phrase, Meaning(intent)) for phrase in expand([template], {}))
            return
        has_next_below = "{below}" in template
        for value in range(bounds["from"] + has_next_below, bounds["to"] + 1):
            meaning = Meaning(intent, ((name, value),))
            for phrase in expand([template], _number_slots(list_name, bounds["from"], value)):
                yield phrase, meaning


def _number_slots(list_name: str, least: int, value: int) -> dict[str, SlotList]:
    """The value itself, as `lower` the numbers just below it, as `below` the next one below."""
    lower, below = max(least, value - _NEIGHBOURS), max(least, value - 1)
    return {
        list_name: RangeSlotList(list_name, value, value, words_language="en"),
        "lower": RangeSlotList("lower", lower, value, digits=False, words_language="en"),
        "below": RangeSlotList("below", below, below, digits=False, words_language="en"),
    }


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(normalize, words), key=len, reverse=True))


def _prompts(document: Document, data: Mapping[str, Any]) -> Prompts:
    texts: Mapping[str, str] = data["prompts"]
    problems = [
        document.problem(("prompts", key), *fault)
        for key in sorted(set(texts) | set(Prompt))
        if (fault := _prompt_fault(texts, key)) is not None
    ]
    if problems:
        raise ContentError(*problems)
    return Prompts(
        texts=MappingProxyType({prompt: texts[prompt] for prompt in Prompt}),
        pressures=tuple(data["pressures"]),
        numbers=tuple(_number_words()),
        names=MappingProxyType({k: v["name"] for k, v in data["intents"].items()}),
        either=data["either"],
        both=data["both"],
    )


def _prompt_fault(texts: Mapping[str, str], key: str) -> tuple[str, str] | None:
    if key not in texts:
        return "This prompt is missing.", "Write what the guide says there."
    if key not in set(Prompt):
        return "This is no prompt of the guide's.", "Remove it, or correct its name."
    wanted = PLACEHOLDERS.get(Prompt(key), frozenset())
    try:
        found = placeholders_of(texts[key])
    except ValueError:
        return "This prompt's braces don't match.", "Close each brace."
    if found != wanted:
        names = ", ".join(sorted(wanted)) or "none"
        return "This prompt has the wrong placeholders.", f"Use these: {names}."
    return None


def _number_words() -> Iterable[str]:
    for value in range(_COUNT_TO + 1):
        words = RangeSlotList("n", value, value, digits=False, words_language="en")
        yield next(iter(expand(["{n}"], {"n": words})))

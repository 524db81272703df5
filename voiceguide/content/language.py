"""A language file to the core's grammar and prompts.

Templates are parsed and expanded by hassil, the field's library for them, when the program starts;
after that matching is a look-up in the pure core (see `docs/decisions/0010-hassil-for-phrases.md`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from hassil import parse_sentence
from hassil.intents import RangeSlotList, SlotList, TextSlotList
from hassil.sample import sample_sentence

from voiceguide.content.red_flag_lexicon import load_red_flag_lexicon
from voiceguide.content.yaml_lines import Document, read_document
from voiceguide.core.grammar import Grammar, normalize
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.prompts import PLACEHOLDERS, Prompt, Prompts, placeholders_of
from voiceguide.core.red_flags import RedFlagLexicon
from voiceguide.core.routine import Routine
from voiceguide.core.turn import World
from voiceguide.errors import ContentError

_COUNT_TO = 120


@dataclass(frozen=True, slots=True)
class Language:
    """All words of one language.

    Attributes:
        grammar: the phrases that need no routine.
        prompts: the guide's words.
        red_flags: what is judged before any command.
        variation_templates, routine_templates, ordinals: how a routine's own names are asked for.
    """

    grammar: Grammar
    prompts: Prompts
    red_flags: RedFlagLexicon
    variation_templates: tuple[str, ...]
    routine_templates: tuple[str, ...]
    ordinals: tuple[str, ...]

    def world(self, routines: Sequence[Routine]) -> World:
        """The session's world: this language, with the routines' own names among its phrases."""
        red_flags = self.red_flags.with_phrases(
            (flag.phrase, flag.tier) for routine in routines for flag in routine.red_flags
        )
        grammar = self.grammar.with_phrases(self._names(routines))
        return World(tuple(routines), grammar, self.prompts, red_flags)

    def _names(self, routines: Sequence[Routine]) -> Iterable[tuple[str, Meaning]]:
        names = {v.name for r in routines for step in r.steps for v in step.variations}
        for name in sorted(names):
            meaning = Meaning(Intent.VARIATION, (("variation", name),))
            slots = {"variation": _text_list("variation", name)}
            yield from ((p, meaning) for p in expand(self.variation_templates, slots))
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
        ContentError: the file has a prompt too few or many, a wrong placeholder, an unknown
            intent, a template that can't be parsed, or one phrase under two intents.
    """
    resource = resources.files("voiceguide.content").joinpath(f"languages/{name}.yaml")
    with resources.as_file(resource) as path:
        document = read_document(path)
    data = _values(document)
    return Language(
        grammar=_grammar(document),
        prompts=_prompts(document),
        red_flags=load_red_flag_lexicon(name),
        variation_templates=tuple(data["variation_phrases"]),
        routine_templates=tuple(data["routine_phrases"]),
        ordinals=tuple(data["ordinals"]),
    )


def expand(templates: Iterable[str], slots: Mapping[str, SlotList]) -> Iterable[str]:
    """Every sentence that the templates allow, normalised.

    Raises:
        hassil.ParseError: a template is malformed.
    """
    for template in templates:
        for sentence in sample_sentence(parse_sentence(template), dict(slots), language="en"):
            yield normalize(sentence)


def _text_list(name: str, *texts: str) -> TextSlotList:
    return TextSlotList.from_strings(texts, name=name)


def _values(document: Document) -> Mapping[str, Any]:
    if not isinstance(document.value, dict):
        raise ContentError(document.problem((), "This is not a language file.", "Restore it."))
    return document.value


def _grammar(document: Document) -> Grammar:
    data = _values(document)
    meanings: dict[str, Meaning] = {}
    quick: set[str] = set()
    problems: list[Problem] = []
    for key, entry in data["intents"].items():
        if key not in set(Intent):
            problems.append(document.problem(("intents", key), "This is no intent.", "Rename it."))
            continue
        for phrase, meaning in _phrases(Intent(key), entry, data["lists"]):
            if meanings.setdefault(phrase, meaning) != meaning:
                taken = meanings[phrase].intent.value
                what = f'"{phrase}" is already a phrase of {taken}.'
                problems.append(document.problem(("intents", key), what, "Keep one of them."))
            if entry.get("quick"):
                quick.add(phrase)
    if problems:
        raise ContentError(*problems)
    return Grammar(
        meanings=MappingProxyType(meanings),
        quick=frozenset(quick),
        leading=_longest_first(data["leading"]),
        trailing=_longest_first(data["trailing"]),
        homophones=MappingProxyType(dict(data["homophones"])),
    )


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(normalize, words), key=len, reverse=True))


def _phrases(
    intent: Intent, entry: Mapping[str, Any], lists: Mapping[str, Mapping[str, int]]
) -> Iterable[tuple[str, Meaning]]:
    """All phrases of an intent with their meanings, one expansion for each value of its slot."""
    ((slot, list_name),) = (entry.get("slot") or {"": ""}).items()
    bounds = lists.get(list_name)
    if bounds is None:
        yield from ((phrase, Meaning(intent)) for phrase in expand(entry["phrases"], {}))
        return
    for value in range(bounds["from"], bounds["to"] + 1):
        number = RangeSlotList(list_name, value, value, words_language="en")
        for phrase in expand(entry["phrases"], {list_name: number}):
            yield phrase, Meaning(intent, ((slot, value),))


def _prompts(document: Document) -> Prompts:
    data = _values(document)
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
    if placeholders_of(texts[key]) != wanted:
        names = ", ".join(sorted(wanted)) or "none"
        return "This prompt has the wrong placeholders.", f"Use these: {names}."
    return None


def _number_words() -> Iterable[str]:
    for value in range(_COUNT_TO + 1):
        words = RangeSlotList("n", value, value, digits=False, words_language="en")
        yield next(iter(expand(["{n}"], {"n": words})))

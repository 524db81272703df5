"""`languages/en_fitting.yaml` to the words and texts of a fitting."""

from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from voiceguide.content.mends import schema_problems
from voiceguide.content.routine_schema import FileModel, Text
from voiceguide.content.yaml_lines import Document, read_document
from voiceguide.core.fitting import FIT_PLACEHOLDERS, FitPrompt, FitWord, FitWords
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent
from voiceguide.core.prompts import placeholders_of
from voiceguide.errors import ContentError, Problem


class _Word(FileModel):
    word: Text
    instead: Annotated[list[Text], Field(min_length=1)]


class _File(FileModel):
    words: Annotated[list[_Word], Field(min_length=1)]
    common: list[Text]
    texts: dict[Annotated[FitPrompt, Field(strict=False)], Text]


@cache
def load_fitting_words(name: str = "en") -> FitWords:
    """Those that ship, of a language that ships."""
    from voiceguide.content.language import load_language  # noqa: PLC0415 - it takes its time

    resource = resources.files("voiceguide.content").joinpath(f"languages/{name}_fitting.yaml")
    with resources.as_file(resource) as path:
        return read_fitting_words(path, load_language(name).grammar)


def read_fitting_words(path: Path, grammar: Grammar) -> FitWords:
    """Read a file of fitting words for a grammar.

    Raises:
        ContentError: a word is no phrase, a synonym means something else, a text is missing or has
            the wrong placeholders.
    """
    document = read_document(path)
    try:
        file = TypeAdapter(_File).validate_python(document.value)
    except ValidationError as error:
        raise ContentError(*schema_problems(error, document)) from None
    problems = [*_word_problems(document, file, grammar), *_text_problems(document, file)]
    if problems:
        raise ContentError(*problems)
    words = (_fit_word(each, grammar) for each in file.words)
    return FitWords(tuple(words), MappingProxyType(file.texts), frozenset(file.common))


def _fit_word(each: _Word, grammar: Grammar) -> FitWord:
    return FitWord(each.word, grammar.meanings[each.word].intent, tuple(each.instead))


def _word_problems(document: Document, file: _File, grammar: Grammar) -> list[Problem]:
    """Each word and synonym that does not mean what it should."""
    wrong = []
    for i, each in enumerate(file.words):
        meaning = grammar.meanings.get(each.word)
        ways = [grammar.match(way, frozenset(Intent)) for way in each.instead]
        if meaning is None or any(way != meaning for way in ways):
            what = f'"{each.word}" and what to say instead are not phrases of one meaning.'
            wrong.append(document.problem(("words", i), what, "Take phrases of en.yaml."))
    return wrong


def _text_problems(document: Document, file: _File) -> list[Problem]:
    missing = [
        document.problem(("texts",), f"The text {prompt} is missing.", "Write it.")
        for prompt in FitPrompt
        if prompt not in file.texts
    ]
    wrong = [
        document.problem(("texts", prompt), "This text has the wrong placeholders.", "Mend them.")
        for prompt, text in file.texts.items()
        if not _has_its_placeholders(prompt, text)
    ]
    return [*missing, *wrong]


def _has_its_placeholders(prompt: FitPrompt, text: str) -> bool:
    try:
        return placeholders_of(text) == FIT_PLACEHOLDERS.get(prompt, frozenset())
    except ValueError:
        return False  # a brace that is not closed

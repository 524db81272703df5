"""Turns what pydantic found into sentences for the author of a file: the mistake, and its mend."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from voiceguide.content.routine_schema import (
    CueFile,
    LimitsFile,
    PressureFile,
    QuestionFile,
    RatingFile,
    RedFlagFile,
    RoutineFile,
    StepFile,
    TimingFile,
    VariationFile,
)
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.errors import Problem

MAX_PROBLEMS = 50
"""More than this in one file means that it is no routine; nobody reads on."""

_PARTS: dict[str, type[BaseModel]] = {
    "also_ask": QuestionFile,
    "cues": CueFile,
    "limits": LimitsFile,
    "pressure": PressureFile,
    "rating": RatingFile,
    "red_flags": RedFlagFile,
    "steps": StepFile,
    "timing": TimingFile,
    "variations": VariationFile,
}
"""Which fields a part may have, by the name under which it stands."""

_KINDS = {
    "string_type": ("a text", "Write a text; put a number that is meant as text in quotes."),
    "int_type": ("a whole number", "Write a whole number, without quotes."),
    "int_from_float": ("a whole number", "Write a whole number, without quotes."),
    "float_type": ("a number", "Write a number, without quotes."),
    "list_type": ("a list", "Write the items on lines of their own, each after a hyphen."),
    "model_type": ("a group of fields", "Write its fields on lines of their own, indented."),
    "model_attributes_type": ("a group of fields", "Write its fields indented below it."),
    "dict_type": ("a group of fields", "Write its fields on lines of their own, indented."),
}
"""Wrong types: what was wanted, and how to write it."""

_BOUNDS = {
    "greater_than_equal": ("ge", "less than {0:g}", "Write {0:g} or more."),
    "less_than_equal": ("le", "more than {0:g}", "Write {0:g} or less."),
    "greater_than": ("gt", "not more than {0:g}", "Write more than {0:g}."),
    "less_than": ("lt", "not less than {0:g}", "Write less than {0:g}."),
    "string_too_short": ("min_length", "empty", "Write a text."),
    "string_too_long": ("max_length", "longer than {0:g} characters", "Say it in fewer words."),
    "too_short": ("min_length", "too short a list", "Write at least {0:g} of them."),
    "too_long": ("max_length", "too long a list", "Keep at most {0:g} of them."),
}
"""Numbers, texts and lists out of bounds: where pydantic keeps the bound, what to say, the mend."""


def schema_problems(error: ValidationError, document: Document) -> tuple[Problem, ...]:
    """What pydantic found, each with its line, its field and a mend; at most `MAX_PROBLEMS`."""
    found = error.errors(include_url=False)[:MAX_PROBLEMS]
    return tuple(_problem(details, document) for details in found)


def _problem(details: ErrorDetails, document: Document) -> Problem:
    place: Place = tuple(part for part in details["loc"] if part != "[key]")
    what, mend = _explained(details, _name(place))
    return document.problem(place, what, mend)


def _explained(details: ErrorDetails, name: str) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "missing":
        return f"The field `{name}` is missing.", f"Add `{name}:` with its value."
    if kind == "mistake":
        return str(context["what"]), str(context["mend"])
    if kind == "extra_forbidden":
        return f"There is no field `{name}` here.", _did_you_mean(name, _fields_at(details["loc"]))
    if details["input"] is None:
        return f"`{name}` has no value.", "Write the value, or delete the field."
    if kind in _KINDS:
        wanted, mend = _KINDS[kind]
        return f"`{name}` should be {wanted}, and is {_shown(details['input'])}.", mend
    if kind in _BOUNDS:
        key, wrong, mend = _BOUNDS[kind]
        bound = float(context[key])
        return f"`{name}` is {wrong.format(bound)}.", mend.format(bound)
    return _of_a_set(kind, details["input"], context, name)


def _of_a_set(kind: str, value: object, context: dict[str, Any], name: str) -> tuple[str, str]:
    if kind == "enum":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return f"{_shown(value)} is not a value of `{name}`.", _did_you_mean(str(value), choices)
    if kind == "string_pattern_mismatch" and context["pattern"] != r"\S":
        mend = "Use lower-case letters, numbers and hyphens, such as `warm-the-oil`."
        return f"{_shown(value)} can't be used as `{name}`.", mend
    return f"`{name}` is blank.", "Write a text."


def _name(place: Place) -> str:
    """The innermost field's name; an item of a list goes by its list's."""
    return next((part for part in reversed(place) if isinstance(part, str)), "")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a group of fields"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def _fields_at(place: Iterable[int | str]) -> list[str]:
    names = [part for part in place if isinstance(part, str)][:-1]
    model = _PARTS.get(names[-1], RoutineFile) if names else RoutineFile
    return [field.alias or name for name, field in model.model_fields.items()]


def _did_you_mean(word: str, choices: list[str]) -> str:
    near = get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Choose from: {', '.join(choices)}."

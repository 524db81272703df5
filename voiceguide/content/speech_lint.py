"""Checks a routine's words: can they be heard, and do they promise too much?"""

import re
from collections.abc import Iterator

from voiceguide.content.routine_schema import RoutineFile, StepFile
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.errors import Problem

MAX_WORDS = 25
"""Words in one sentence that a listener can still follow."""

_PLACEHOLDER = re.compile(r"\{[^{}]*\}?|\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

_UNSPEAKABLE = re.compile(r"[^\w\s.,;:!?'\"\u2018\u2019\u201c\u201d{}-]|_|\.\.\.|https?:")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|approx|incl|mins?|secs?|cm|kg|dr|vs)\.|\b[A-Z]{2,}\b|\b\d+[a-z]+\b"
)

_CLAIM = re.compile(
    r"\b(?:cures?|cured|heals?|healing|immun\w+|toxins?|detox\w*|disappears?|guarantee\w*|proven"
    r"|boosts?|prevents?|treats?|treatment|lymph\w*|cortisol|serotonin|endorphins?|anti-?\w*flamm\w*)\b",
    re.IGNORECASE,
)


def speech_problems(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """Every problem in the routine's spoken words."""
    for index, step in enumerate(file.steps):
        yield from _pressure_words(step, ("steps", index), document)
    for place, text in spoken_texts(file):
        yield from _placeholders(file, place, text, document)
        yield from _hearing(place, text, document)
        yield from _claims(place, text, document)


def spoken_texts(file: RoutineFile) -> Iterator[tuple[Place, str]]:
    """Everything that the guide may say of a routine, and where it stands; empty texts left out."""
    texts: list[tuple[Place, str]] = [(("title",), file.title), (("summary",), file.summary)]
    for name in ("equipment", "preparation", "advice"):
        texts += [((name, i), text) for i, text in enumerate(getattr(file, name))]
    for i, question in enumerate(file.also_ask):
        texts += [
            (("also_ask", i, "ask"), question.ask),
            (("also_ask", i, "advice"), question.advice),
            (("also_ask", i, "same_as_last_time"), question.same_as_last_time),
        ]
    texts += [(("finish",), file.finish), (("oil",), file.oil)]
    for i, step in enumerate(file.steps):
        texts += step_texts(step, ("steps", i))
    return ((place, text) for place, text in texts if text.strip())


def step_texts(step: StepFile, place: Place) -> list[tuple[Place, str]]:
    """Everything that the guide may say of a step, and where it stands; empty texts too."""
    names = ("say", "brief", "direction", "softer", "firmer", "why", "check_in")
    texts: list[tuple[Place, str]] = [((*place, name), getattr(step, name)) for name in names]
    texts += [((*place, "cautions", i), text) for i, text in enumerate(step.cautions)]
    texts += [((*place, "cues", i, "say"), cue.say) for i, cue in enumerate(step.cues)]
    for i, way in enumerate(step.variations):
        texts += [((*place, "variations", i, name), getattr(way, name)) for name in ("name", "say")]
    sides = step.timing.sides if step.timing else []
    return texts + [((*place, "timing", "sides", i), side) for i, side in enumerate(sides)]


def _pressure_words(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    if step.pressure is None:
        return
    for name in ("say", "brief"):
        text = getattr(step, name)
        if text and "{pressure}" not in text:
            what = f"The step has a pressure, and `{name}` does not say it."
            mend = 'Write "with {pressure} pressure" into it.'
            yield document.problem((*place, name), what, mend)


def _placeholders(
    file: RoutineFile, place: Place, text: str, document: Document
) -> Iterator[Problem]:
    for found in _PLACEHOLDER.findall(text):
        if found != "{pressure}":
            what = f"`{found}` is not something the guide can fill in."
            yield document.problem(place, what, "Write {pressure}, or take the braces out.")
        elif not _may_say_pressure(file, place):
            what = "{pressure} can't be filled in here."
            mend = "Use it in `say`, `brief` or a variation of a step that has a pressure."
            yield document.problem(place, what, mend)


def _may_say_pressure(file: RoutineFile, place: Place) -> bool:
    if place[0] != "steps" or not isinstance(place[1], int):
        return False
    named = place[2] in ("say", "brief", "variations")
    return named and file.steps[place[1]].pressure is not None


def _hearing(place: Place, text: str, document: Document) -> Iterator[Problem]:
    for sentence in _SENTENCE_END.split(text):
        count = len(sentence.split())
        if count > MAX_WORDS:
            what = f"A sentence of {count} words is hard to follow by ear."
            yield document.problem(place, what, f"Make two of it, of {MAX_WORDS} words at most.")
    signs = sorted(set(_UNSPEAKABLE.findall(text)))
    if signs:
        what = f"{' '.join(signs)} can't be heard."
        yield document.problem(place, what, "Say it in words.")
    for short in _ABBREVIATION.findall(text):
        yield document.problem(place, f'"{short}" is an abbreviation.', "Write the whole word.")


def _claims(place: Place, text: str, document: Document) -> Iterator[Problem]:
    for word in _CLAIM.findall(text):
        what = f'"{word}" promises more than a massage can keep.'
        yield document.problem(place, what, "Say modestly what people feel, or leave it out.")

"""Checks that no words send hands or a ball to a place that takes no pressure.

The places are in `unsafe_words.yaml`. A warning ("never on the spine") is no problem.
"""

import re
from collections.abc import Iterator

from voiceguide.content.routine_clauses import Clause, clauses, keeps_off
from voiceguide.content.routine_schema import RoutineFile, StepFile
from voiceguide.content.speech_lint import spoken_texts, step_texts
from voiceguide.content.unsafe_words import unsafe_words
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.core.routine import Region
from voiceguide.errors import Problem

_EXPLAINS = "why"
"""A reason may say what pressing on pain does."""


def place_problems(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """Every place in the routine's words where nothing may press."""
    for place, text in spoken_texts(file):
        if place[0] != "also_ask":  # a question may name any part of the body
            for clause in clauses(text):
                yield from _forbidden(clause, place, document)
                yield from _comes_back(clause, place, document)
    for index, step in enumerate(file.steps):
        yield from _neck(step, ("steps", index), document)


def _forbidden(clause: Clause, place: Place, document: Document) -> Iterator[Problem]:
    for found in _places(clause, may_be_named=place[-1] == _EXPLAINS):
        if not keeps_off(clause, found):
            what = f'"{found[0]}": this may be heard as pressing there.'
            yield document.problem(place, what, f'Say "beside" or "never on" before "{found[0]}".')


def _places(clause: Clause, *, may_be_named: bool) -> list[re.Match[str]]:
    """What the clause names: places never touched; others only where something presses them."""
    words = unsafe_words().lists
    found = list(words["places"].finditer(clause.text))
    if may_be_named:
        return found
    named = "".join(each[0] for each in found)
    pressed = words["pressed_places"].finditer(clause.text)
    return found + [each for each in pressed if each[0] not in named and _is_pressed(each)]


def _is_pressed(place: re.Match[str]) -> bool:
    words = unsafe_words().lists
    before = place.string[: place.start()]
    touched = [each for each in words["touched"].finditer(before) if each.end() == len(before) - 1]
    return bool(touched) and bool(words["press"].search(before))


def _comes_back(clause: Clause, place: Place, document: Document) -> Iterator[Problem]:
    """Finds "beside the spine, or on it": kept off first, and then pressed as "it"."""
    words = unsafe_words().lists
    found = words["comes_back"].search(clause.text)
    named = clause.text[: found.start()] if found else ""
    if clause.before:
        named = f"{clause.before.text} {named}"
    if found and words["places"].search(named) and not words["denials"].search(clause.text):
        what = f'"{found[0]}": this may be heard as pressing on what was named before.'
        yield document.problem(place, what, 'Say "never on it", or leave it out.')


def _neck(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    """Words that work on the neck need the neck's region, so that the neck's limits hold."""
    if step.region is Region.NECK:
        return
    words = unsafe_words().lists
    for here, text in step_texts(step, place):
        for clause in clauses(text):
            found = words["neck"].search(clause.text)
            passed = words["neck_passed"].search(clause.text)
            taken = words["places"].search(clause.text)  # said already
            if found and not (passed or taken or keeps_off(clause, found)):
                what = f'"{found[0]}": this works on the neck, and the region is {step.region}.'
                yield document.problem(here, what, "Write `region: neck`, or keep off the neck.")

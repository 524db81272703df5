"""Checks a routine beyond its schema: is it safe to follow, and does it fit together?

Questions, figures, places and wordings have modules of their own (`*_lint`); here are the parts
that must fit one another.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from voiceguide.content.limits_lint import limit_problems
from voiceguide.content.place_lint import place_problems
from voiceguide.content.routine_schema import RoutineFile, StepFile, Technique
from voiceguide.content.screening_lint import screening_problems
from voiceguide.content.speech_lint import speech_problems
from voiceguide.content.wording_lint import wording_problems
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.core.routine import Region
from voiceguide.errors import Problem

SEEDS = re.compile(r"\b00[0-4]_[0-9a-f]{16}\b")

COMMAND_WORDS = frozenset(
    {"again", "back", "continue", "done", "end", "finish", "go", "help", "hold", "no", "next"}
    | {"pause", "ready", "repeat", "resume", "skip", "stop", "undo", "wait", "why", "yes"}
)
"""A variation of such a name could never be chosen, or would take a command's place."""


def lint(file: RoutineFile, document: Document) -> tuple[Problem, ...]:
    """Every problem of a routine that has passed the schema, in the order of the file."""
    found = [
        *_identity(file, document),
        *screening_problems(file, document),
        *limit_problems(file, document),
        *(problem for i, step in enumerate(file.steps) for problem in _step(step, i, document)),
        *speech_problems(file, document),
        *place_problems(file, document),
        *wording_problems(file, document),
    ]
    return tuple(sorted(found, key=lambda problem: problem.line))


def _identity(file: RoutineFile, document: Document) -> Iterator[Problem]:
    stem = Path(document.path).stem
    if file.id != stem:
        what = f"The id `{file.id}` is not the file's name, `{stem}`."
        yield document.problem(("id",), what, f"Write `id: {stem}`, or rename the file.")
    if not (SEEDS.search(file.source) or re.match(r"own: *\S", file.source)):
        what = "The source names none of the five articles."
        mend = (
            'Name its file, such as 000_1afd50af6103cbf3, or write "own: ..." and where it is from.'
        )
        yield document.problem(("source",), what, mend)
    for step_id, count in Counter(step.id for step in file.steps).items():
        if count > 1:
            last = max(i for i, step in enumerate(file.steps) if step.id == step_id)
            what = f"{count} steps have the id `{step_id}`."
            yield document.problem(("steps", last, "id"), what, "Give each step its own id.")
    if re.search(r"\b(oil|lotion)\b", " ".join(file.equipment)) and not file.oil:
        what = 'Oil is needed, and nothing is said at "more oil".'
        yield document.problem(("equipment",), what, "Add `oil:` with how to take more of it.")


def _step(step: StepFile, index: int, document: Document) -> Iterator[Problem]:
    place: Place = ("steps", index)
    yield from _first_side(step, (*place, "say"), document)
    yield from _trigger_point(step, place, document)
    yield from _cues(step, place, document)
    yield from _variations(step, place, document)


def _first_side(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    sides = step.timing.sides if step.timing else []
    if sides and sides[0].lower() not in step.say.lower():
        what = f"Nobody is told to begin with the {sides[0]}."
        yield document.problem(place, what, f'Write "Begin with the {sides[0]}." into it.')


def _trigger_point(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    is_trigger = step.technique is Technique.TRIGGER_POINT
    if is_trigger and step.rating is None:
        what = "A painful spot is pressed, and nobody is asked how it feels."
        yield document.problem(place, what, "Add `rating:`.")
    if step.rating is not None and not is_trigger:
        what = "Only work on a trigger point has a rating."
        yield document.problem((*place, "rating"), what, "Write `technique: trigger point`.")
    if is_trigger and step.region is Region.NECK:
        what = "Trigger points on the neck are not for lay hands."
        yield document.problem((*place, "region"), what, "Leave the neck out of this step.")
    if step.rating is not None and step.timing is not None:
        what = "A step with a rating has no timing: the answers decide how long it lasts."
        yield document.problem((*place, "timing"), what, "Delete the timing.")


def _cues(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    here = (*place, "cues")
    if step.cues and step.timing is None:
        what = "There are cues, and no time in which to say them."
        yield document.problem(here, what, "Add `timing:`, or delete the cues.")
    times = [cue.at for cue in step.cues]
    if times != sorted(set(times)):
        what = "The cues are not in the order of their times."
        yield document.problem(here, what, "Sort them by `at`, each time once.")


def _variations(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    names = [variation.name for variation in step.variations]
    for index, name in enumerate(names):
        here = (*place, "variations", index, "name")
        if not re.fullmatch(r"[a-z]+( [a-z]+)?", name):
            what = f'The variation "{name}" can\'t be chosen by voice.'
            yield document.problem(here, what, "Use one or two words in lower case.")
        if COMMAND_WORDS & set(name.split()):
            what = f'The variation "{name}" sounds like a command.'
            yield document.problem(here, what, "Choose another name.")
        if name in names[:index]:
            what = f'There are two variations "{name}".'
            yield document.problem(here, what, "Give each its own name.")

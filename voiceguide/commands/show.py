"""`voiceguide show`: one routine as plain text, to read before or without a session."""

import argparse
import sys
from collections.abc import Iterator

from voiceguide.commands.library import load_library
from voiceguide.content.language import load_language
from voiceguide.core.prompts import Prompts
from voiceguide.core.routine import Routine, Step
from voiceguide.core.state import State
from voiceguide.core.steps import pressure_words
from voiceguide.errors import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("routine", metavar="ROUTINE", help="a routine's id or YAML file")


def run(args: argparse.Namespace) -> int:
    """Print the routine.

    Raises:
        UsageError, ContentError: there is no such routine, or its file is wrong.
    """
    routine = load_library(args.routine).chosen
    if routine is not None:
        prompts = load_language("en").prompts
        sys.stdout.write("\n".join(routine_text(routine, prompts)) + "\n")
    return ExitCode.OK


def routine_text(routine: Routine, prompts: Prompts) -> Iterator[str]:
    """The routine's lines; headings end with a colon, items begin with a dash or a number."""
    yield routine.title
    yield routine.summary
    yield f"For: {routine.audience.value}. Source: {routine.source}."
    yield from _section("You need", routine.equipment)
    yield from _section("Before you start, answer", [q.ask for q in routine.screening])
    yield from _section("Prepare", routine.preparation)
    yield from ("", "Steps:")
    for number, step in enumerate(routine.steps, start=1):
        yield from _step(number, step, prompts)
    yield from _section("At the end", [routine.finish, *routine.advice])
    yield from _section("Notes", routine.notes)


def _section(title: str, items: "list[str] | tuple[str, ...]") -> Iterator[str]:
    if items:
        yield from ("", f"{title}:", *(f"- {item}" for item in items if item))


def _step(number: int, step: Step, prompts: Prompts) -> Iterator[str]:
    words = pressure_words(State(), step, prompts)
    yield f"{number}. {step.say.replace('{pressure}', words)}"
    if step.timing is not None:
        yield f"   Time: {prompts.duration(step.timing.total_seconds)}."
    for title, text in (("Softer", step.softer), ("Firmer", step.firmer), ("Why", step.why)):
        if text:
            yield f"   {title}: {text}"
    yield from (f"   Or with {variation.name}: {variation.say}" for variation in step.variations)
    yield from (f"   Take care: {caution}" for caution in step.cautions)

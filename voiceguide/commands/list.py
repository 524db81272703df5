"""`voiceguide list`: the library."""

import argparse
import json
import sys

from voiceguide.commands.library import load_library
from voiceguide.core.routine import Routine
from voiceguide.errors import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON array")


def run(args: argparse.Namespace) -> int:
    """Name each routine with what it is."""
    routines = load_library().routines
    if args.json:
        sys.stdout.write(json.dumps([_as_json(routine) for routine in routines], indent=2) + "\n")
        return ExitCode.OK
    for routine in routines:
        sys.stdout.write(f"{routine.id}: {routine.title}. {routine.summary}\n")
    return ExitCode.OK


def _as_json(routine: Routine) -> dict[str, object]:
    return {
        "id": routine.id,
        "title": routine.title,
        "summary": routine.summary,
        "for": routine.audience.value,
        "source": routine.source,
        "steps": len(routine.steps),
    }

"""`voiceguide schema`: the JSON Schema of routine files, for editors that complete and check."""

import argparse
import json
import sys

from voiceguide.content.routine_schema import routine_json_schema
from voiceguide.errors import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no arguments."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    """Print the schema."""
    sys.stdout.write(json.dumps(routine_json_schema(), indent=2) + "\n")
    return ExitCode.OK

"""The command line: parses, calls the command, and is the one place that prints errors."""

import argparse
import errno
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from voiceguide import __version__
from voiceguide.adapters.terminal import discard_output
from voiceguide.errors import ExitCode, VoiceguideError


@dataclass(frozen=True, slots=True)
class Command:
    """A verb: its module in `voiceguide.commands` has `add_arguments(parser)` and `run(args)`."""

    name: str
    help: str


COMMANDS = (
    Command("run", "guide me through a routine, by voice"),
    Command("list", "name the routines there are"),
    Command("show", "print one routine as plain text"),
    Command("rehearse", "play a session with a scripted user in a simulated room"),
    Command("fit", "learn how you say eight words"),
    Command("hear", "put recorded audio through the listening chain"),
    Command("understand", "tell what a text means"),
    Command("check", "look for mistakes in routine files"),
    Command("schema", "print the JSON Schema of routine files"),
    Command("doctor", "check microphone, loudspeaker, voice and model"),
    Command("devices", "name the sound devices there are"),
    Command("models", "list and get speech models"),
    Command("bench", "measure, and print the figures"),
)

_EPILOG = """exit codes: 0 done, 1 problems found, 2 usage or bad file, 3 no audio device,
4 model or voice missing, 10 the session ended on a red flag"""


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except VoiceguideError as error:
        sys.stderr.write(f"{error}\n")
        code = error.exit_code
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:  # the reader (`head`, say) has what it wanted
        discard_output()
        code = ExitCode.OK
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        discard_output()
        sys.stderr.write("The disk is full: make room on it, and try again.\n")
        code = ExitCode.USAGE
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="voiceguide",
        description="An offline, hands-free voice guide for back massage.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"voiceguide {__version__}")
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((argument for argument in arguments if not argument.startswith("-")), None)
    for command in COMMANDS:
        verb = verbs.add_parser(command.name, help=command.help, description=_sentence(command))
        if command.name == chosen:  # the others' modules need not be loaded
            _module(command.name).add_arguments(verb)
    args = parser.parse_args(arguments)
    code: int = _module(args.command).run(args)
    return code


def _module(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a module of functions
    return importlib.import_module(f"voiceguide.commands.{name}")


def _sentence(command: Command) -> str:
    return command.help[0].upper() + command.help[1:] + "."

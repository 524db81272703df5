"""`voiceguide bench`: the figures of `benchmarks/`, each by the script that measures it."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import voiceguide
from voiceguide.commands.resources import find_model
from voiceguide.errors import ExitCode, UsageError


def benchmarks() -> dict[str, Path]:
    """Every benchmark by its name; empty where only the program itself is installed."""
    folder = Path(voiceguide.__file__).parents[1] / "benchmarks"
    return {path.stem: path for path in sorted(folder.glob("*.py")) if _is_program(path)}


def _takes_model(script: Path) -> bool:
    """Some measure what needs no ears."""
    return '"--model"' in script.read_text(encoding="utf-8")


def _is_program(path: Path) -> bool:
    """Some files in the folder only serve the others."""
    return "__main__" in path.read_text(encoding="utf-8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as hearing; else all")
    parser.add_argument("--json", action="store_true", help="one JSON object for each benchmark")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where to write tables and plots")
    parser.add_argument("--model", metavar="DIR", type=Path, help="the folder of a vosk model")


def run(args: argparse.Namespace) -> int:
    """Run benchmarks one after the other; exit code 1 where one failed.

    Raises:
        UsageError: there is no such benchmark.
        ModelError: the folder holds no model.
    """
    if args.model is not None:
        find_model(args.model)
    known = benchmarks()
    if not known:
        raise UsageError("The benchmarks are in the repository: run this in a clone of it.")
    unknown = [name for name in args.names if name not in known]
    if unknown:
        raise UsageError(f"There is no benchmark {unknown[0]!r}: use {', '.join(known)}.")
    codes = [_measure(name, known[name], args) for name in args.names or known]
    return ExitCode.PROBLEMS_FOUND if any(codes) else ExitCode.OK


def _measure(name: str, script: Path, args: argparse.Namespace) -> int:
    command = [sys.executable, str(script)]
    if args.out is not None:
        command += ["--out", str(args.out)]
    if args.model is not None and _takes_model(script):
        command += ["--model", str(args.model)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if args.json:
        record = {"benchmark": name, "exit_code": done.returncode, "output": done.stdout}
        sys.stdout.write(json.dumps(record) + "\n")
    else:
        sys.stdout.write(f"# {name}\n\n{done.stdout}\n")
    sys.stdout.flush()
    return done.returncode

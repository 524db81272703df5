"""`voiceguide check`: mistakes in routine files, with the line and a mend for each."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from voiceguide.content.loader import check_file
from voiceguide.errors import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="routine files")
    parser.add_argument("--json", action="store_true", help="one JSON object for each problem")


def run(args: argparse.Namespace) -> int:
    """Print every problem of every file; exit code 1 where there is one."""
    found = [problem for path in args.files for problem in check_file(path)]
    for problem in found:
        line = json.dumps(asdict(problem)) if args.json else str(problem)
        sys.stdout.write(line + "\n")
    if not found and not args.json:
        files = "1 file" if len(args.files) == 1 else f"{len(args.files)} files"
        sys.stdout.write(f"No problems in {files}.\n")
    return ExitCode.PROBLEMS_FOUND if found else ExitCode.OK

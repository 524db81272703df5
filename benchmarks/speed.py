"""How fast the program is: start to first word, rehearsals in sound and in text.

    .venv/bin/python benchmarks/speed.py [--out DIR]

Figures are whole processes on whatever else this machine is doing; compare them side by side only.
The first word is timed at the guide's line on standard output, with a warm voice cache: that line
is printed when the first clause is handed to the playback.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from voiceguide.commands.resources import shipped_routines_dir
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routines
from voiceguide.core.events import Heard
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.state import Phase
from voiceguide.runtime.text_rehearsal import TextRehearsal

RUNS = 5
LONGEST = "back-massage-eight-techniques"
_ANSWERS = {Phase.SCREENING: "no", Phase.PREPARING: "ready", Phase.RATING: "five"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    what: str
    value: str
    how: str


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, metavar="DIR", help="also writes speed.md there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = [first_word(Path(home)), audio_rehearsal(Path(home)), text_rehearsal()]
    table = "| what | figure | how |\n|---|---|---|\n" + "".join(
        f"| {figure.what} | {figure.value} | {figure.how} |\n" for figure in figures
    )
    print(table)
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "speed.md").write_text(f"# Speed\n\n{table}", encoding="utf-8")


def first_word(home: Path) -> Figure:
    """Median seconds from the start of the process to the guide's first line."""
    command = [sys.executable, "-m", "voiceguide", "run", LONGEST, "--typed"]
    seconds = [_until_guide_speaks(command, home) for _ in range(RUNS + 1)][1:]
    spread = f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
    return Figure("start to first word", spread, f"median of {RUNS} runs after one to warm up")


def _until_guide_speaks(command: list[str], home: Path) -> float:
    environment = os.environ | {"VOICEGUIDE_HOME": str(home)}
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    output = process.stdout
    while output is not None and not output.readline().startswith("Guide:"):
        if process.poll() is not None:
            raise SystemExit("The session ended before the guide spoke.")
    seconds = time.monotonic() - began
    process.communicate(input="")
    return seconds


def audio_rehearsal(home: Path) -> Figure:
    """Processor and wall seconds for an hour of rehearsal with sound, rendering included."""
    command = [sys.executable, "-m", "voiceguide", "rehearse", LONGEST, "--script", "none"]
    environment = os.environ | {"VOICEGUIDE_HOME": str(home)}
    subprocess.run(command, env=environment, capture_output=True, check=True)
    began, before = time.monotonic(), _children_cpu_seconds()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    wall, cpu = time.monotonic() - began, _children_cpu_seconds() - before
    audio = float(done.stdout.splitlines()[-1].split()[0])
    value = f"{3600 * wall / audio:.0f} s, {3600 * cpu / audio:.0f} s of processor"
    return Figure("an hour's rehearsal with sound", value, f"from {audio / 60:.0f} min")


def _children_cpu_seconds() -> float:
    return os.times().children_user + os.times().children_system


def text_rehearsal() -> Figure:
    """Seconds for an hour of rehearsal in text, from the longest shipped routine."""
    world = load_language("en").world(load_routines(shipped_routines_dir()))
    session = Session(world, Settings(pace=Pace.AUTOMATIC))
    began = time.monotonic()
    rehearsal = TextRehearsal(session, lambda _event, _actions, _now: None)
    rehearsal.start(LONGEST)
    while not rehearsal.ended:
        words = _ANSWERS.get(session.state.phase)
        events = [(rehearsal.now + 1.0, Heard(words))] if words else []
        rehearsal.play(events, until=rehearsal.now + 5.0)
    wall = time.monotonic() - began
    value = f"{3600 * wall / rehearsal.now:.2f} s"
    return Figure("an hour's rehearsal in text", value, f"from {rehearsal.now / 60:.0f} min")


if __name__ == "__main__":
    main()

"""Runs the real program as a user would: its own process, its own home, its own output."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run of the program left: exit code and both outputs."""

    code: int
    out: str
    err: str


def home_environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a new user without sound devices, who owns nothing yet."""
    return os.environ | {"VOICEGUIDE_HOME": str(home), "PULSE_SERVER": "none"} | more


def voiceguide(
    *arguments: str,
    home: Path,
    typed: str = "",
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run one command to its end; `typed` is its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "voiceguide", *arguments],
        input=typed,
        env=home_environment(home, **(environment or {})),
        cwd=cwd or REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Return as soon as the condition holds.

    Raises:
        AssertionError: it did not in time.
    """
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        pause.wait(0.05)

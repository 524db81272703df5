"""The sources of PulseAudio or PipeWire by name: PortAudio shows them as one device, "pulse"."""

import shutil
import subprocess

_DEADLINE_SECONDS = 2.0


def pulse_sources() -> list[str]:
    """The names of all sources; empty where there is no such server, or no `pactl` to ask it."""
    pactl = shutil.which("pactl")
    if pactl is None:
        return []
    try:
        listing = subprocess.run(  # noqa: S603 - a fixed command
            [pactl, "list", "short", "sources"],
            capture_output=True,
            text=True,
            timeout=_DEADLINE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.split("\t")[1] for line in listing.stdout.splitlines() if line.count("\t") > 1]

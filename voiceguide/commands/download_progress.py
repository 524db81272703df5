"""How a download's progress is shown: a bar that redraws itself, or lines for who listens."""

import os
from typing import Protocol, TextIO

MEGABYTE = 1_000_000
_BAR_CHARACTERS = 20


class Progress(Protocol):
    """Shows how much is here. The expected total may be a round figure."""

    def __call__(self, here_bytes: int, total_bytes: int) -> None:
        """Show the new state, if it differs from what is shown."""

    def close(self) -> None:
        """Leave the cursor at the start of a line."""


def progress_for(stream: TextIO, *, plain: bool) -> Progress:
    """A bar on a terminal; lines elsewhere, where asked for, and on a terminal that can't redraw.

    A screen reader would read each redrawing of a bar anew.
    """
    if plain or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return ProgressLines(stream)
    return ProgressBar(stream)


class ProgressLines:
    """One line for each 10 %."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tenths = -1

    def __call__(self, here_bytes: int, total_bytes: int) -> None:
        """Write a line where another tenth is here."""
        tenths = _percent(here_bytes, total_bytes) // 10
        if tenths > self._tenths:
            self._tenths = tenths
            self._stream.write(f"{tenths * 10} %: {_amount(here_bytes, total_bytes)}\n")
            self._stream.flush()

    def close(self) -> None:
        """Every line is already ended."""


class ProgressBar:
    """One line that is drawn again at each per cent."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown_percent = -1

    def __call__(self, here_bytes: int, total_bytes: int) -> None:
        """Draw the line again where another per cent is here."""
        percent = _percent(here_bytes, total_bytes)
        if percent > self._shown_percent:
            self._shown_percent = percent
            bar = ("#" * (percent * _BAR_CHARACTERS // 100)).ljust(_BAR_CHARACTERS, ".")
            amount = _amount(here_bytes, total_bytes)
            self._stream.write(f"\r[{bar}] {percent:3d} %: {amount}")
            self._stream.flush()

    def close(self) -> None:
        """End the line, if one was begun."""
        if self._shown_percent >= 0:
            self._stream.write("\n")


def _percent(here_bytes: int, total_bytes: int) -> int:
    return min(100, here_bytes * 100 // total_bytes)


def _amount(here_bytes: int, total_bytes: int) -> str:
    return f"{here_bytes / MEGABYTE:.0f} of {total_bytes / MEGABYTE:.0f} MB"

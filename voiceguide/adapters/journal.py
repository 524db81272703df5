"""Writes a running session as a transcript: a bug report that is already a test."""

from pathlib import Path
from typing import TextIO

from voiceguide.errors import UsageError


class Journal:
    """A text file that grows line by line; what was written survives a crash.

    Raises:
        UsageError: the file can't be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file: TextIO = path.open("w", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"The journal {path} can't be written ({error.strerror}): name another file."
            ) from None

    def write(self, line: str) -> None:
        """Add a line."""
        self._file.write(line + "\n")
        self._file.flush()

    def close(self) -> None:
        """End the file."""
        self._file.close()

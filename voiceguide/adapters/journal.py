"""Writes a running session as a transcript: a bug report that is already a test."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from voiceguide.errors import UsageError

_MOST_JOURNALS = 1_000


class Journal:
    """A text file that grows line by line; what was written survives a crash.

    An older journal is never written over: beside `massage.txt` comes `massage-2.txt`. Only its
    owner may read it.

    Args:
        path: where to; `path` is afterwards where it is.
        tell: gets a sentence when a disk is full; the session goes on without a journal.

    Raises:
        UsageError: the file can't be written.
    """

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._tell = tell
        try:
            self.path = _unused(path)
            flags = os.O_WRONLY | os.O_CREAT
            handle = os.open(self.path, flags, 0o600)
            self._file: TextIO | None = os.fdopen(handle, "w", encoding="utf-8")
        except OSError as error:
            raise UsageError(_sentence(path, error, "name another file.")) from None

    def write(self, line: str) -> None:
        """Add a line."""
        if self._file is None:
            return
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            self._give_up()
            self._tell(_sentence(self.path, error, "the session goes on without it."))

    def _give_up(self) -> None:
        file, self._file = self._file, None
        try:
            if file is not None:
                file.close()
        except OSError:  # what could not be written is tried once more
            return

    def close(self) -> None:
        """End the file."""
        self._give_up()


def _sentence(path: Path, error: OSError, advice: str) -> str:
    return f"The journal {path} can't be written ({error.strerror}): {advice}"


def _unused(path: Path) -> Path:
    """The path, or the first with a number behind its name that holds nothing yet."""
    if not _holds_something(path):
        return path
    for number in range(2, _MOST_JOURNALS):
        other = path.with_stem(f"{path.stem}-{number}")
        if not _holds_something(other):
            return other
    raise FileExistsError(0, "there are too many of that name", str(path))


def _holds_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0

"""Writes a note for a clinician as a plain text file that only its owner may read."""

import os
from datetime import datetime
from pathlib import Path

_MOST_IN_A_MINUTE = 100


class IncidentFile:
    """A new file for each note; one that is there is never touched.

    Args:
        folder: made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, text: str, at: datetime) -> Path:
        """Write a note, named by its local date and time.

        Raises:
            OSError: it can't be written; nothing is left of it then.
        """
        content = text.encode()
        self._folder.mkdir(parents=True, exist_ok=True)
        path, handle = self._new_file(at)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path

    def _new_file(self, at: datetime) -> tuple[Path, int]:
        stem = at.strftime("note %Y-%m-%d %H.%M")
        for number in range(1, _MOST_IN_A_MINUTE + 1):
            path = self._folder / (f"{stem}.txt" if number == 1 else f"{stem} ({number}).txt")
            try:
                return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
        raise FileExistsError(self._folder)

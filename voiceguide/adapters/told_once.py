"""What is told to a user once and never again: an empty file for each such thing."""

import os
from pathlib import Path


class ToldOnce:
    """Remembers what has been told. `folder` is made when something is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has_told(self, what: str) -> bool:
        """Whether this was told before."""
        return (self._folder / what).exists()

    def is_first(self, what: str) -> bool:
        """Whether it may be told now; only one caller ever gets True.

        A disk that refuses gives False: rather never than every time.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            os.close(os.open(self._folder / what, flags, 0o600))
        except OSError:
            return False
        return True

"""A lock between processes that the system lifts by itself when its owner ends, however it ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class LockedError(Exception):
    """Another process holds the lock."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file, which is made if needed and stays: removing it would be a race.

    Raises:
        LockedError: another process holds it.
        OSError: the file can't be made, or its disk knows no locks.
    """
    with path.open("ab") as file:
        try:
            _take(file)
        except (BlockingIOError, PermissionError):  # as POSIX and as Windows say it
            raise LockedError(path) from None
        yield

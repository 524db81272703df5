"""Standard output, which may be gone: a closed window, or a reader that has what it wanted."""

import errno
import os
import sys


def write_line(line: str) -> None:
    """Print one line now; nothing where the terminal was closed, since the session goes on."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        discard_output()


def discard_output() -> None:
    """From now on nothing is printed: what is left would fail once more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""The keyboard (or a pipe) as a source of words."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO


class TypedLines:
    """Reads lines on a thread of its own, since reading can't be interrupted.

    Args:
        source: a text stream, such as standard input.
        on_line: told each line that has words in it.
        on_end: told when the source is closed.
    """

    def __init__(
        self, source: TextIO, on_line: Callable[[str], None], on_end: Callable[[], None]
    ) -> None:
        self._source = source
        self._on_line = on_line
        self._on_end = on_end

    def start(self) -> None:
        """Begin to read; the thread ends with the source or with the program."""
        threading.Thread(target=self._read, name="typed lines", daemon=True).start()

    def _read(self) -> None:
        with suppress(OSError):  # a terminal that was closed: the end as well
            for line in self._source:
                if words := line.strip():
                    self._on_line(words)
        self._on_end()

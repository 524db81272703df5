"""The thread that recognizes: it may fall behind, and holds nobody up."""

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence

from voiceguide.runtime.front_end import Cleaned
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.utterance import Utterance

MOST_BLOCKS = 400
"""8 s: what has waited for longer is dropped, since what was said last matters most."""

_BEHIND_BLOCKS = 15  # 0.3 s: a large model takes 0.1 s at once, and so does the witness
_CLOSE_SECONDS = 2.0


class UnderstandingThread:
    """Has a listener understand the blocks that it is given, in their order.

    An exception ends it; `failure` keeps it for the thread that gives the blocks.
    """

    def __init__(self, listener: Listener, take: Callable[[Sequence[Utterance]], None]) -> None:
        """`take` is called on the thread with what was decided with a block."""
        self._listener = listener
        self._take = take
        self._waiting: queue.SimpleQueue[Cleaned | None] = queue.SimpleQueue()
        self._decided: queue.SimpleQueue[Utterance] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="understanding", daemon=True)
        self.is_someone_speaking = False
        """Whether an utterance is running, as far as it has come."""
        self.dropped_blocks = 0
        self.failure: Exception | None = None

    @property
    def is_behind(self) -> bool:
        """Whether it is so late that it can't tell what is being said now."""
        return self._waiting.qsize() > _BEHIND_BLOCKS

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def give(self, cleaned: Cleaned) -> None:
        """The next block; never waits."""
        if self._waiting.qsize() >= MOST_BLOCKS:
            with contextlib.suppress(queue.Empty):
                self._waiting.get_nowait()
                self.dropped_blocks += 1
        self._waiting.put(cleaned)

    def decided(self) -> list[Utterance]:
        """What has been decided since it was asked last."""
        found: list[Utterance] = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._decided.get_nowait())
        return found

    def close(self) -> None:
        """Finish with what it was given, if that does not take long."""
        self._waiting.put(None)
        self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        try:
            while (cleaned := self._waiting.get()) is not None:
                self._understand(cleaned)
        except Exception as error:  # noqa: BLE001 - the thread that gives the blocks raises it again
            self.failure = error

    def _understand(self, cleaned: Cleaned) -> None:
        heard = self._listener.understand(cleaned)
        for utterance in heard:  # first, so that the answer to it is not held back
            self._decided.put(utterance)
        self._take(heard)
        self.is_someone_speaking = self._listener.is_someone_speaking

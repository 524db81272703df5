"""The thread that recognizes: it may fall behind, and holds nobody up."""

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from voiceguide.runtime.front_end import Cleaned
from voiceguide.runtime.utterance import Utterance

DEAF_BLOCKS = 200
"""4 s: whoever waits for longer to be understood is told so."""

MOST_BLOCKS = 1_500
"""30 s; the oldest of more is dropped."""

_BEHIND_BLOCKS = 15  # 0.3 s: a large model takes 0.1 s at once, and so does the witness
_STALE_BLOCKS = 100  # 2 s: what is understood later may be the answer to another question
_CLOSE_SECONDS = 1.0


class BlockListener(Protocol):
    """What a `Listener` is here."""

    @property
    def is_someone_speaking(self) -> bool:
        """Whether an utterance is running."""

    def understand(self, cleaned: Cleaned) -> list[Utterance]:
        """Take one block and return what has been decided with it."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    cleaned: Cleaned


class UnderstandingThread:
    """Has a listener understand the blocks that it is given, in their order.

    An exception ends it; `failure` keeps it for the thread that gives the blocks.
    """

    def __init__(
        self, listener: BlockListener, take: Callable[[Sequence[Utterance], bool], None]
    ) -> None:
        """`take` is called on the thread with what was decided with a block, and if it is stale."""
        self._listener = listener
        self._take = take
        self._waiting: queue.SimpleQueue[_Numbered | None] = queue.SimpleQueue()
        self._decided: queue.SimpleQueue[Utterance] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="understanding", daemon=True)
        self._is_closed = False
        # Each is written by one thread only.
        self._given = 0
        self._last_voice = 0
        self._understood = 0
        self._is_utterance_running = False
        self.failure: Exception | None = None

    @property
    def is_someone_speaking(self) -> bool:
        """Whether an utterance is running, as far as is known, or a voice is not understood yet."""
        return self._is_utterance_running or self._last_voice > self._understood

    @property
    def is_behind(self) -> bool:
        """Whether it is so late that it can't tell what is being said now."""
        return self._waiting.qsize() > _BEHIND_BLOCKS

    @property
    def is_deaf(self) -> bool:
        """Whether it is later than anybody would wait for."""
        return self._waiting.qsize() > DEAF_BLOCKS

    @property
    def is_caught_up(self) -> bool:
        """Whether all that it was given has been understood."""
        return self._understood == self._given

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def give(self, cleaned: Cleaned, *, hears_voice: bool) -> None:
        """The next block, and whether a voice is in it; never waits."""
        if self._waiting.qsize() >= MOST_BLOCKS:
            with contextlib.suppress(queue.Empty):
                self._waiting.get_nowait()
        self._given += 1
        if hears_voice:
            self._last_voice = self._given
        self._waiting.put(_Numbered(self._given, cleaned))

    def forget(self) -> None:
        """Leave out what waits: its microphone is gone."""
        with contextlib.suppress(queue.Empty):
            while self._waiting.get_nowait() is not None:
                pass
        self._last_voice = 0

    def decided(self) -> list[Utterance]:
        """What has been decided since it was asked last."""
        found: list[Utterance] = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._decided.get_nowait())
        return found

    def close(self) -> None:
        """Understand no more; what is stalled is left behind after a second."""
        self._is_closed = True
        self._waiting.put(None)
        self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        try:
            while (item := self._waiting.get()) is not None and not self._is_closed:
                self._understand(item)
        except Exception as error:  # noqa: BLE001 - the thread that gives the blocks raises it again
            self.failure = error

    def _understand(self, item: _Numbered) -> None:
        heard = self._listener.understand(item.cleaned)
        if self._is_closed:
            return
        for utterance in heard:  # first, so that the answer to it is not held back
            self._decided.put(utterance)
        self._take(heard, self._given - item.number > _STALE_BLOCKS)
        self._is_utterance_running = self._listener.is_someone_speaking
        self._understood = item.number

"""The lane on which speech is rendered: what is to be said now first, then what comes later."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

Task = Callable[[], None]

_AHEAD = 1000  # texts; more than a whole routine. The newest request pushes the oldest out.
_PATIENCE_SECONDS = 1.0


class RenderingLane(Protocol):
    """Where a talker leaves its work. Tasks do not raise."""

    def replace(self, tasks: Sequence[Task]) -> None:
        """Do these, in this order, and none of those that `replace` left earlier."""

    def add_ahead(self, tasks: Sequence[Task]) -> None:
        """Do these when there is nothing else to do, the newest request first."""

    def close(self) -> None:
        """Do no more."""


class ImmediateLane:
    """Does the work before it returns, for rehearsals on a virtual clock. Nothing ahead."""

    def replace(self, tasks: Sequence[Task]) -> None:
        """Do these now."""
        for task in tasks:
            task()

    def add_ahead(self, tasks: Sequence[Task]) -> None:
        """Leave it: rendering takes no time on this lane's clock."""

    def close(self) -> None:
        """Nothing is left undone."""


class WorkerLane:
    """One thread, so that a first clause sounds while the later ones are rendered."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._now: deque[Task] = deque()
        self._ahead: deque[Task] = deque(maxlen=_AHEAD)
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="voice", daemon=True)
        self._thread.start()

    def replace(self, tasks: Sequence[Task]) -> None:
        """Do these next; a task under way is finished first."""
        with self._changed:
            self._now = deque(tasks)
            self._changed.notify()

    def add_ahead(self, tasks: Sequence[Task]) -> None:
        """Do these once there is nothing to be said."""
        with self._changed:
            for task in reversed(tasks):
                self._ahead.appendleft(task)
            self._changed.notify()

    def close(self) -> None:
        """Drop what is left and end the thread; waits at most a second for a task under way."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(_PATIENCE_SECONDS)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            task()

    def _next(self) -> Task | None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._now or self._ahead)
            if self._is_closed:
                return None
            return (self._now or self._ahead).popleft()

"""The loop of a live session: one inbox, one thread that owns the session.

Everything that happens - heard words, finished clauses, lost devices, typed lines - is an event put
into the inbox by whoever noticed it. Only this loop reads it, so nothing is shared and nothing is
locked.
"""

import queue
from collections.abc import Callable
from typing import Protocol, TypeVar

from voiceguide.core.actions import Action, End
from voiceguide.core.events import DeadlineReached, Event
from voiceguide.core.red_flags import Tier
from voiceguide.ports import Clock

EventT = TypeVar("EventT")
EventT_contra = TypeVar("EventT_contra", contravariant=True)
ActionT = TypeVar("ActionT")

Inbox = queue.SimpleQueue[Event]
Perform = Callable[[Action], None]
Observe = Callable[[Event, list[Action], float], None]


class Dialogue(Protocol[EventT_contra, ActionT]):
    """A session, or something else that is made like one."""

    @property
    def deadline(self) -> float | None:
        """When to be sent `DeadlineReached`; None for never."""

    def handle(self, event: EventT_contra | DeadlineReached, now: float) -> list[ActionT]:
        """Take one event and say what to do."""


def run_session(
    session: Dialogue[EventT, ActionT],
    inbox: queue.SimpleQueue[EventT],
    clock: Clock,
    perform: Callable[[ActionT], None],
    observe: Callable[[EventT | DeadlineReached, list[ActionT], float], None],
) -> Tier | None:
    """Drive a dialogue until it ends.

    Args:
        session: owned by the calling thread from here on.
        inbox: where all events arrive; its first should be `Started`.
        clock: gives the moments that the session is told.
        perform: carries out one action; must not block.
        observe: told each event with its actions and moment, after they have been performed.

    Returns:
        The red flag on which the session ended, or None.
    """
    while True:
        event = _next_event(session, inbox, clock)
        now = clock.now()
        actions = session.handle(event, now)
        for action in actions:
            perform(action)
        observe(event, actions, now)
        end = next((action for action in actions if isinstance(action, End)), None)
        if end is not None:
            return end.red_flag


def _next_event(
    session: Dialogue[EventT, ActionT], inbox: queue.SimpleQueue[EventT], clock: Clock
) -> EventT | DeadlineReached:
    deadline = session.deadline
    if deadline is None:
        return inbox.get()
    try:
        return inbox.get(timeout=max(0.0, deadline - clock.now()))
    except queue.Empty:
        return DeadlineReached()

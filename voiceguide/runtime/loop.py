"""The loop of a live session: one inbox, one thread that owns the session.

Everything that happens - heard words, finished clauses, lost devices, typed lines - is an event put
into the inbox by whoever noticed it. Only this loop reads it, so nothing is shared and nothing is
locked.
"""

import queue
from collections.abc import Callable

from voiceguide.core.actions import Action, End
from voiceguide.core.events import DeadlineReached, Event
from voiceguide.core.red_flags import Tier
from voiceguide.core.session import Session
from voiceguide.ports import Clock

Inbox = queue.SimpleQueue[Event]
Perform = Callable[[Action], None]
Observe = Callable[[Event, list[Action], float], None]


def run_session(
    session: Session, inbox: Inbox, clock: Clock, perform: Perform, observe: Observe
) -> Tier | None:
    """Drive a session until it ends.

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


def _next_event(session: Session, inbox: Inbox, clock: Clock) -> Event:
    deadline = session.deadline
    if deadline is None:
        return inbox.get()
    try:
        return inbox.get(timeout=max(0.0, deadline - clock.now()))
    except queue.Empty:
        return DeadlineReached()

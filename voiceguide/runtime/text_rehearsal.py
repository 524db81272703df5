"""A whole session without sound, on a virtual clock: an hour's routine in a moment.

The guide's speech takes as long as its words would at the chosen rate; the user's lines arrive at
their times. Golden transcripts are played with this.
"""

from collections.abc import Callable, Iterable

from voiceguide.core.actions import Action, End, FallSilent, Say
from voiceguide.core.events import (
    ClauseStarted,
    DeadlineReached,
    Event,
    PlaybackFinished,
    Started,
)
from voiceguide.core.session import Session

CLAUSE_GAP_SECONDS = 0.25
"""The pause a voice leaves behind a clause."""

Record = Callable[[Event, list[Action], float], None]


class TextRehearsal:
    """Drives a session through virtual time.

    Args:
        session: a session that has not been started.
        record: called with each event, its actions and the moment in seconds.
    """

    def __init__(self, session: Session, record: Record) -> None:
        self.session = session
        self.now = 0.0
        self.ended = False
        self._record = record
        self._speech: list[tuple[float, Event]] = []

    def start(self, routine_id: str | None) -> None:
        """Begin at time zero."""
        self.post(Started(routine_id))

    def play(self, events: Iterable[tuple[float, Event]], until: float | None = None) -> None:
        """Post events at their seconds, in order, and let what lies between happen.

        After the last event time goes on to `until`, or until nothing more can happen.
        """
        for seconds, event in events:
            self.advance(seconds)
            self.post(event)
        self.advance(until)

    def advance(self, until: float | None) -> None:
        """Let time pass to a moment, or as long as something is due."""
        while not self.ended:
            due = self._next_due()
            if due is None or (until is not None and due[0] > until):
                break
            self.now, event = max(self.now, due[0]), due[1]
            if not isinstance(event, DeadlineReached):
                self._speech.pop(0)
            self.post(event)
        if until is not None:
            self.now = max(self.now, until)

    def let_guide_finish(self) -> None:
        """Let time pass until the guide has said all that it is saying."""
        while self._speech and not self.ended:
            self.advance(self._speech[0][0])

    def post(self, event: Event) -> None:
        """Let something happen now."""
        actions = self.session.handle(event, self.now)
        self._record(event, actions, self.now)
        for action in actions:
            match action:
                case Say():
                    self._speech = self._spoken(action)
                case FallSilent():
                    self._speech = []
                case End():
                    self.ended = True
                case _:
                    pass  # nothing that takes time or is heard

    def _next_due(self) -> tuple[float, Event] | None:
        due: list[tuple[float, Event]] = self._speech[:1]
        if self.session.deadline is not None:
            due.append((self.session.deadline, DeadlineReached()))
        return min(due, key=lambda pair: pair[0], default=None)

    def _spoken(self, say: Say) -> list[tuple[float, Event]]:
        """When each clause of an utterance would begin, and when the last would end."""
        events: list[tuple[float, Event]] = []
        at = self.now
        for index, clause in enumerate(say.clauses):
            events.append((at, ClauseStarted(say.utterance_id, index)))
            at += spoken_seconds(clause, self.session.state.settings.rate_wpm)
        return [*events, (at, PlaybackFinished(say.utterance_id))]


def spoken_seconds(clause: str, rate_wpm: int) -> float:
    """Roughly how long a voice needs for a clause, the pause behind it included."""
    return len(clause.split()) * 60 / rate_wpm + CLAUSE_GAP_SECONDS

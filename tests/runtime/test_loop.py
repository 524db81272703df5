"""The loop: events in order, the deadline kept, and what ends it."""

from dataclasses import dataclass, field

from voiceguide.content.language import load_language
from voiceguide.core.actions import Action, End, Say
from voiceguide.core.events import (
    DeadlineReached,
    Event,
    Heard,
    PlaybackFinished,
    QuitRequested,
    Started,
)
from voiceguide.core.red_flags import Tier
from voiceguide.core.session import Session
from voiceguide.runtime.loop import Inbox, run_session


class LeapingClock:
    """Each look at it is a minute later, so that every deadline has passed."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        self.seconds += 60.0
        return self.seconds


@dataclass
class Stage:
    """A session whose words are spoken at once."""

    inbox: Inbox = field(default_factory=Inbox)
    performed: list[Action] = field(default_factory=list)
    observed: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = Session(load_language("en").world([]))

    def run(self, *events: Event) -> Tier | None:
        for event in events:
            self.inbox.put(event)
        return run_session(self.session, self.inbox, LeapingClock(), self._perform, self._observe)

    def _perform(self, action: Action) -> None:
        self.performed.append(action)
        if isinstance(action, Say):
            self.inbox.put(PlaybackFinished(action.utterance_id))

    def _observe(self, event: Event, _actions: list[Action], _now: float) -> None:
        self.observed.append(event)


def test_the_loop_ends_with_the_session() -> None:
    stage = Stage()

    assert stage.run(Started()) is None
    assert stage.performed[-1] == End()


def test_quitting_ends_it_at_once() -> None:
    stage = Stage()
    stage.run(QuitRequested(), Heard("next"))

    assert stage.observed == [QuitRequested()]


def test_the_red_flag_on_which_it_ended_is_told() -> None:
    stage = Stage()

    assert stage.run(Heard("i have chest pain"), QuitRequested()) is Tier.EMERGENCY


def test_a_deadline_that_has_passed_is_an_event() -> None:
    stage = Stage()
    stage.session.handle(Heard("my arm feels numb"), 0.0)
    utterance = stage.session.state.utterance
    assert utterance is not None
    stage.session.handle(PlaybackFinished(utterance.id), 1.0)
    for _ in range(3):
        stage.inbox.put(PlaybackFinished(999))
    stage.performed.append(End())

    def quit_after(event: Event, _actions: list[Action], _now: float) -> None:
        stage.observed.append(event)
        if isinstance(event, DeadlineReached):
            stage.inbox.put(QuitRequested())

    run_session(stage.session, stage.inbox, LeapingClock(), lambda _action: None, quit_after)

    assert DeadlineReached() in stage.observed

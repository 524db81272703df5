"""Every state that a session can reach, with time and text abstracted away.

Breadth first over the events: the canonical phrase of each intent, a text for each kind of red
flag, noise, chatter, silence (the deadline), the end of speech, devices lost and back. Two states
are the same where they agree in all that decides what may follow: see `Place`. One concrete state
stands for each place.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from voiceguide.core.actions import Action
from voiceguide.core.events import (
    DeadlineReached,
    Device,
    DeviceBack,
    DeviceLost,
    Event,
    Glimpsed,
    Heard,
    Hindered,
    Hindrance,
    IncidentNotWritten,
    IncidentWritten,
    PlaybackFinished,
    QuitRequested,
    Started,
    Unclear,
)
from voiceguide.core.intents import Intent
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace
from voiceguide.core.state import ALARMED, AT_WORK, LEAVING, Hold, Phase, Question, State
from voiceguide.core.tiers import Tier
from voiceguide.core.turn import World

PHRASES: Mapping[Intent, str] = {
    Intent.NEXT: "next",
    Intent.BACK: "back",
    Intent.REPEAT: "repeat",
    Intent.START_OVER: "start over",
    Intent.GO_TO_STEP: "go to step two",
    Intent.SOFTER: "softer",
    Intent.FIRMER: "firmer",
    Intent.JUST_RIGHT: "just right",
    Intent.PAUSE: "pause",
    Intent.RESUME: "resume",
    Intent.STOP: "stop",
    Intent.END: "end session",
    Intent.MORE_TIME: "more time",
    Intent.HOW_LONG: "how long",
    Intent.WHERE_AM_I: "where am i",
    Intent.WHY: "why",
    Intent.HELP: "help",
    Intent.VARIATION: "fists",
    Intent.YES: "yes",
    Intent.NO: "no",
    Intent.NOT_SURE: "not sure",
    Intent.ALL_WELL: "i'm fine",
    Intent.NUMBER: "one",
    Intent.LOUDER: "louder",
    Intent.QUIETER: "quieter",
    Intent.SLOWER: "slower",
    Intent.FASTER: "faster",
    Intent.GIVE_TIME: "give me time",
    Intent.USUAL_TIME: "don't wait so long",
    Intent.FULL: "full",
    Intent.BRIEF: "brief",
    Intent.MORE_OIL: "more oil",
    Intent.AUTOMATIC: "automatic",
    Intent.WAIT_FOR_ME: "wait for me",
    Intent.SLEEP: "go to sleep",
    Intent.WAKE: "wake up",
    Intent.UNDO: "undo",
    Intent.CHOOSE: "the first one",
    Intent.WRITE_DOWN: "write it down",
    Intent.START_AGAIN: "start again",
    Intent.OTHER_AREA: "other area",
    Intent.FALSE_ALARM: "false alarm",
}
NUMBERS = ("eight", "ten")
RED_FLAGS: Mapping[str, tuple[Tier, bool]] = {
    "ouch": (Tier.CAUTION, False),
    "my foot is numb": (Tier.URGENT, False),
    "i can't feel my legs": (Tier.EMERGENCY, False),
    "is it supposed to tingle": (Tier.URGENT, True),
}
CHATTER = "how was your day"
HEDGED = ("no wait yes", "no i'm not sure", "not really", "yes it is not all right", "a bit")
"""Answers that are none, or not the one that their first word is."""

USER: tuple[Event, ...] = tuple(
    Heard(text) for text in (*PHRASES.values(), *NUMBERS, *RED_FLAGS, CHATTER, *HEDGED)
)
_OUTSIDE: tuple[Event, ...] = (
    Glimpsed("numb"),
    Unclear(),
    IncidentWritten("records", "Documents"),
    IncidentNotWritten(),
    *(Hindered(hindrance) for hindrance in Hindrance),
    *(lost_or_back(device) for device in Device for lost_or_back in (DeviceLost, DeviceBack)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A state without its figures; what does not matter in its phase is left at its default.

    `memory` is what a rest or alarm gives back, by the kind of its phase; so is `undoable`.
    """

    phase: Phase
    speaking: bool = False
    asked: int = 0
    question: Question | None = None
    tier: Tier | None = None
    doubt: Tier | None = None
    step: int = 0
    questions: int = 0
    timer: str = "none"
    closed: bool = False
    automatic: bool = False
    missed: bool = False
    noted: bool = False
    incident: Tier | None = None
    memory: str = ""
    undoable: str = ""


def place_of(state: State) -> Place:
    """Where a state is found in the search."""
    place = Place(state.phase, state.utterance is not None, min(state.asked, 1))
    if state.phase is Phase.ENDED:
        return Place(Phase.ENDED)
    if state.incident is not None:
        place = replace(place, incident=state.incident.tier)
    if state.phase is Phase.DECLINED:
        return replace(place, tier=state.tier, doubt=state.doubt)
    place = replace(place, memory=_kind(state.suspended), step=_where(state))
    if state.phase is Phase.SCREENING and state.routine is not None:
        place = replace(place, questions=len(state.routine.screening))
    if state.phase in ALARMED:
        alarm = replace(place, question=state.question, tier=state.tier, doubt=state.doubt)
        return replace(alarm, closed=bool(state.closed_regions), noted=state.notes_written > 0)
    if state.phase is Phase.NOTING:
        noting = replace(place, question=state.question, tier=state.tier, doubt=state.doubt)
        return replace(noting, step=state.position)
    place = replace(place, undoable=_kind(state.undo))
    if state.phase not in AT_WORK:
        return place
    return replace(
        place,
        timer=_timer(state.hold),
        question=state.question,
        automatic=state.settings.pace is Pace.AUTOMATIC,
        closed=bool(state.closed_regions),
        missed=state.missed_check_ins > 0,
    )


def _kind(state: State | None) -> str:
    if state is None:
        return ""
    if state.phase in AT_WORK:
        return "work"
    return "last words" if state.phase in LEAVING else "opening"


def _where(state: State) -> int:
    """The step; before the first one, the question or preparation."""
    if state.phase in (Phase.SCREENING, Phase.PREPARING):
        return state.position
    return state.step_index


def _timer(hold: Hold | None) -> str:
    if hold is None:
        return "none"
    return "runs" if hold.since is not None else "stands"


@dataclass(frozen=True, slots=True)
class Edge:
    """One event taken in one place."""

    source: Place
    event: Event
    target: Place
    actions: tuple[Action, ...]


@dataclass(slots=True)
class _Seen:
    state: State
    now: float


@dataclass
class Exploration:
    """All places reachable in a world, and all edges between them."""

    world: World
    starts: tuple[tuple[State, Started], ...]
    edges: list[Edge] = field(default_factory=list)
    _seen: dict[Place, _Seen] = field(default_factory=dict)

    def run(self) -> "Exploration":
        """Search until nothing new turns up."""
        queue: deque[Place] = deque()
        for state, started in self.starts:
            self._visit(_Seen(state, 0.0), started, queue)
        while queue:
            place = queue.popleft()
            for event, now in _possible(self._seen[place]):
                self._visit(_Seen(self._seen[place].state, now), event, queue)
        return self

    @property
    def places(self) -> list[Place]:
        """Every place found, the start excepted."""
        return list(self._seen)

    @cached_property
    def edges_from(self) -> dict[Place, list[Edge]]:
        """Each place's edges."""
        found: dict[Place, list[Edge]] = {place: [] for place in self._seen}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge)
        return found

    def _visit(self, before: _Seen, event: Event, queue: deque[Place]) -> None:
        session = Session(self.world)
        session.state = before.state
        actions = session.handle(event, before.now)
        target = place_of(session.state)
        self.edges.append(Edge(place_of(before.state), event, target, tuple(actions)))
        if target not in self._seen:
            self._seen[target] = _Seen(session.state, before.now)
            queue.append(target)


def _possible(seen: _Seen) -> Iterator[tuple[Event, float]]:
    """The events that can come in a state, and when."""
    if seen.state.phase is Phase.ENDED:
        return
    now = seen.now + 0.25
    for event in (*USER, *_OUTSIDE, QuitRequested()):
        yield event, now
    if seen.state.utterance is not None:
        yield PlaybackFinished(seen.state.utterance.id), now + 2.0
    if seen.state.deadline is not None:
        yield DeadlineReached(), max(now, seen.state.deadline)


def beginning(pace: Pace) -> State:
    """A session that has not been started."""
    fresh = State()
    return replace(fresh, settings=replace(fresh.settings, pace=pace))

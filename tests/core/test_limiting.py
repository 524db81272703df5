"""Limits in whole sessions: what a day allows is never exceeded, whatever is said."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transcript import FOLDER
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.actions import Action, RememberSoreness, RememberWork, Say
from voiceguide.core.events import Event, Heard, PlaybackFinished, QuitRequested, Started
from voiceguide.core.limits import History, Past, Soreness, Work
from voiceguide.core.routine import Audience
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.runtime.text_rehearsal import TextRehearsal

BALL, SHORT = (load_routine(FOLDER / name) for name in ("ball.yaml", "short.yaml"))
WORLD = load_language().world([replace(BALL, screening=()), replace(SHORT, screening=())])
TODAY = 1000

COMMANDS = (
    "next", "next", "back", "start over", "pause", "resume", "stop", "more time", "more time",
    "go to step two", "repeat", "undo", "softer", "how long", "yes", "end session",
)  # fmt: skip
SPEECH_SECONDS = 30.0
"""A timer that ends while the guide answers ends when it has answered."""


class Day:
    """Sessions of one day, one after the other; remembers what each asks to be remembered."""

    def __init__(self, *work: Work) -> None:
        self.work = work
        self.soreness: tuple[Soreness, ...] = ()
        self.said: list[str] = []

    def session(self, routine_id: str, *events: tuple[float, str], pace: Pace) -> None:
        past = Past(TODAY, History(self.work, self.soreness))
        session = Session(replace(WORLD, past=past), Settings(pace=pace))
        rehearsal = TextRehearsal(session, self._record)
        rehearsal.start(routine_id)
        for seconds, text in events:
            rehearsal.advance(rehearsal.now + seconds)
            if not rehearsal.ended:
                rehearsal.post(Heard(text))
        rehearsal.advance(rehearsal.now + 2000)

    def _record(self, _event: Event, actions: list[Action], _seconds: float) -> None:
        for action in actions:
            match action:
                case RememberWork(routine_id, audience, seconds, is_full):
                    done = Work(TODAY, routine_id, audience, seconds, is_full)
                    self.work = (*self.work, done)
                case RememberSoreness(audience, is_sore):
                    self.soreness = (*self.soreness, Soreness(TODAY, audience, is_sore))
                case Say():
                    self.said.append(action.text)
                case _:
                    pass

    def seconds(self, audience: Audience) -> float:
        return sum(work.seconds for work in self.work if work.audience is audience)


events = st.lists(st.tuples(st.floats(0.5, 120.0), st.sampled_from(COMMANDS)), max_size=14)


@settings(max_examples=60, deadline=None)
@given(
    before=st.floats(0, 300),
    sessions=st.lists(st.tuples(events, st.sampled_from(Pace)), min_size=1, max_size=4),
)
def test_no_conversation_gets_more_than_five_minutes_of_a_day(
    before: float, sessions: list[tuple[list[tuple[float, str]], Pace]]
) -> None:
    day = Day(Work(TODAY, "ball", Audience.SELF, before))
    for said, pace in sessions:
        day.session("ball", (20.0, "ready"), *said, pace=pace)

    assert day.seconds(Audience.SELF) <= 300 + SPEECH_SECONDS


def test_a_routine_left_alone_is_remembered_to_the_second() -> None:
    day = Day()
    day.session("ball", (20.0, "ready"), pace=Pace.AUTOMATIC)
    worked = [work.seconds for work in day.work]

    assert worked[0] == pytest.approx(40)
    assert sum(worked) == pytest.approx(240, abs=80)  # alone and silent, it stops to ask
    assert {work.audience for work in day.work} == {Audience.SELF}


def test_talk_in_the_course_of_a_step_does_not_cut_its_work_in_pieces() -> None:
    day = Day()
    talk = ((20.0, "how long"), (10.0, "softer"))
    day.session("ball", (20.0, "ready"), *talk, pace=Pace.AUTOMATIC)

    assert day.work[0].seconds == pytest.approx(40)


def test_pauses_and_talk_before_the_start_are_no_work() -> None:
    day = Day()
    day.session(
        "ball", (20.0, "ready"), (20.0, "pause"), (500.0, "end session"), pace=Pace.AUTOMATIC
    )

    assert 0 < day.seconds(Audience.SELF) < 20


def test_whoever_quits_in_the_middle_of_a_step_has_worked_all_the_same() -> None:
    worked: list[RememberWork] = []

    def record(_event: Event, actions: list[Action], _seconds: float) -> None:
        worked.extend(action for action in actions if isinstance(action, RememberWork))

    rehearsal = TextRehearsal(Session(WORLD, Settings(pace=Pace.AUTOMATIC)), record)
    rehearsal.start("ball")
    rehearsal.advance(20.0)
    rehearsal.post(Heard("ready"))
    rehearsal.advance(rehearsal.now + 25.0)
    assert not worked
    rehearsal.post(QuitRequested())
    rehearsal.advance(rehearsal.now + 1.0)

    assert 5 < worked[0].seconds <= 25


def test_a_disk_that_keeps_nothing_is_told_of_before_the_start() -> None:
    said: list[str] = []

    def record(_event: Event, actions: list[Action], _seconds: float) -> None:
        said.extend(action.text for action in actions if isinstance(action, Say))

    rehearsal = TextRehearsal(Session(replace(WORLD, keeps_limits=False)), record)
    rehearsal.start("ball")
    rehearsal.advance(20.0)

    assert any("keep count of it yourself" in text for text in said)


def test_a_full_massage_is_remembered_as_one() -> None:
    day = Day()
    day.session("short", (60.0, "ready"), (1.0, "ready"), pace=Pace.AUTOMATIC)

    assert day.work
    assert all(work.is_full for work in day.work)


def test_what_was_undone_was_worked_all_the_same() -> None:
    day = Day()
    moves = ((20.0, "ready"), (35.0, "next"), (1.0, "undo"), (10.0, "end session"))
    day.session("ball", *moves, pace=Pace.WAIT_FOR_ME)
    once = day.seconds(Audience.SELF)

    assert 25 < once <= 45


def test_the_third_session_of_a_day_is_refused() -> None:
    day = Day()
    for _ in range(3):
        chat = tuple((50.0, "how long") for _ in range(6))
        day.session("ball", (20.0, "ready"), *chat, pace=Pace.AUTOMATIC)

    assert any("used up" in text for text in day.said)


def spoken_limits() -> Iterator[str]:
    day = Day(Work(TODAY, "ball", Audience.SELF, 180.0))
    day.session("ball", (20.0, "ready"), pace=Pace.AUTOMATIC)
    yield from day.said


def test_what_is_left_is_said_in_words() -> None:
    assert any("You have about two minutes left today." in text for text in spoken_limits())


def test_soreness_asked_about_once_is_kept() -> None:
    day = Day(Work(TODAY - 1, "ball", Audience.SELF, 200.0))
    day.session("ball", (30.0, "yes"), pace=Pace.WAIT_FOR_ME)
    day.session("ball", (30.0, "no"), pace=Pace.WAIT_FOR_ME)

    assert day.soreness == (Soreness(TODAY, Audience.SELF, is_sore=True),)
    assert sum("Rest until" in text for text in day.said) == 2


def test_a_flat_battery_costs_half_a_minute_of_the_count_at_most() -> None:
    session = Session(replace(WORLD, past=Past(TODAY)), Settings(pace=Pace.AUTOMATIC))
    kept: list[float] = []
    session.handle(Started("ball"), 0.0)
    session.handle(Heard("go to step two"), 0.0)
    for text in ("ready", "go to step two"):
        session.handle(Heard(text), 0.0)
    assert session.state.utterance is not None
    session.handle(PlaybackFinished(session.state.utterance.id), 0.0)
    for second in range(1, 100):
        actions = session.handle(Heard("how long"), float(second))
        kept += [each.seconds for each in actions if isinstance(each, RememberWork)]

    assert kept == [30.0, 30.0, 30.0]

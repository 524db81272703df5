"""Whatever happens, in whatever order: what must hold of every conversation.

Each rule below was seen to fail on a fault planted by hand in a copy of `voiceguide.core`; the
list is kept so that whoever changes a rule can plant it again.

1. a red flag speaks without falling silent first
2. red flags are not looked at while asleep
3. advice goes on to the next step after silence
4. a stopped session resumes at its reminder
5. "stop" leaves the timer running
6. "help" is not answered in triage
7. any `PlaybackFinished` ends the utterance
8. any `ClauseStarted` moves the utterance
9. an utterance id comes back after a restore
10. a deadline stands while the guide speaks
11. a deadline is believed before its time
12. a deadline is set in the past
13. what is kept for undo keeps its own undo
14. an empty clause is said
15. the session remembers something outside its state
16. going back from the last words skips the screening
17. "softer" after a caution skips the screening
18. a closed area is entered by "next"
19. noise over the question counts as an answer
20. chatter wakes a sleeping guide
21. a lost microphone goes unheeded
22. a second start begins anew
23. no deadline after a question of triage
24. quitting says nothing of the end

Numbers 13, 16 to 18 and 20 lived until the machine had rules that lead to such places: many
commands in a row, an end taken back, a caution gone on from, an area left, sleep. A guide that goes
on when nobody alone has answered is rare here; `test_session` and the transcripts catch it.
"""

from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.transcript import FOLDER
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.actions import (
    Action,
    End,
    FallSilent,
    Play,
    RaiseRedFlag,
    RememberWork,
    Say,
    WriteIncident,
)
from voiceguide.core.areas import is_closed
from voiceguide.core.events import (
    ClauseStarted,
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
from voiceguide.core.limits import History, Past, Soreness, Work
from voiceguide.core.opening import screening_question
from voiceguide.core.routine import Audience
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.state import ALARMED, AT_REST, AT_WORK, LEAVING, Phase, State
from voiceguide.core.turn import Turn

LANGUAGE = load_language()
SHORT, ALONE = (load_routine(FOLDER / name) for name in ("short.yaml", "alone.yaml"))
WORLD = LANGUAGE.world([SHORT, ALONE])
PASTS = (
    Past(),
    Past(1000, History((Work(1000, "alone", Audience.SELF, 265.0),))),
    Past(1000, History((Work(999, "alone", Audience.SELF, 99.0),))),
    Past(1000, History((Work(999, "short", Audience.PARTNER, 900.0, is_full=True),))),
    Past(1000, History(soreness=(Soreness(1000, Audience.SELF, is_sore=True),))),
)
"""Nothing done; little time left; asked about soreness; about the person; a day of rest."""


COMMANDS = (
    "next", "back", "repeat", "start over", "go to step two", "go to step nine", "softer",
    "firmer", "just right", "pause", "resume", "more time", "how long", "where am i", "why",
    "help", "fists", "elbows", "louder", "quieter", "slower", "faster", "full", "brief",
    "more oil", "automatic", "wait for me", "go to sleep", "wake up", "undo", "end session",
    "start again", "other area", "false alarm",
    "write it down", "give me time", "one", "seven", "nine", "yes", "no", "not sure",
)  # fmt: skip
CHATTER = ("how was your day", "the soup was good", "no but wait and see")
RED_FLAGS = (
    "ouch", "my foot is numb", "i can't feel my legs", "is it supposed to tingle", "my chest hurts",
)  # fmt: skip
STAYING = AT_REST | ALARMED | LEAVING | {Phase.ENDED}
"""What nothing but a user's act may lead away from."""


def _depth(state: State | None) -> int:
    if state is None:
        return 0
    return 1 + max(_depth(state.suspended), _depth(state.undo))


class Conversation(RuleBasedStateMachine):
    """One session with every kind of event; keeps the utterance in flight, as a speaker would."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.in_flight: Say | None = None
        self.clause = 0
        self.last_id = 0
        self.log: list[tuple[Event, float]] = []
        self.told: list[list[Action]] = []
        self.missed_check_ins = 0

    @initialize(
        routine=st.sampled_from(["short", "short", "alone", None]),
        pace=st.sampled_from(Pace),
        answered=st.integers(0, 12),
        past=st.sampled_from(PASTS),
    )
    def begin(self, routine: str | None, pace: Pace, answered: int, past: Past) -> None:
        self.settings = Settings(pace=pace)
        self.world = replace(WORLD, past=past)
        self.session = Session(self.world, self.settings)
        self.send(Started(routine))
        for _ in range(answered):  # most conversations should get beyond the questions
            self.send(Heard("no" if self.session.state.phase is Phase.SCREENING else "ready"))

    def send(self, event: Event) -> list[Action]:
        """Post one event, and hold the session to what must be true of every turn."""
        before = self.session.state
        actions = self.session.handle(event, self.now)
        self.log.append((event, self.now))
        self.told.append(actions)
        self._follow(actions)
        after = self.session.state
        if not isinstance(event, Heard) and before.phase in STAYING:
            assert after.phase in STAYING, f"{before.phase} went on by itself"
        if after.phase in AT_WORK and before.phase not in AT_WORK:
            self._has_been_screened(after)
        self._watch_over_one_alone(event, before, after)
        return actions

    def _follow(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Say(number, clauses):
                    assert clauses
                    assert all(clause.strip() for clause in clauses)
                    assert number == self.last_id + 1
                    self.last_id, self.in_flight, self.clause = number, action, 0
                case FallSilent():
                    self.in_flight = None
                case End():
                    assert action is actions[-1]
                case WriteIncident():
                    assert self.log[-1][0] == Heard("yes"), "a note without consent"
                case _:
                    pass

    def _watch_over_one_alone(self, event: Event, before: State, after: State) -> None:
        if isinstance(event, Heard):
            self.missed_check_ins = 0
        elif before.phase is Phase.CHECKING_IN and after.phase is not Phase.CHECKING_IN:
            self.missed_check_ins += isinstance(event, DeadlineReached)
            if before.routine == ALONE and self.missed_check_ins == 2:
                assert after.phase is Phase.TRIAGE, "someone alone does not answer"

    def _has_been_screened(self, state: State) -> None:
        answers = [event.text for event, _ in self.log if isinstance(event, Heard)]
        assert state.routine is not None
        assert answers.count("no") >= len(state.routine.screening), "a step before all questions"

    def phase(self) -> Phase:
        return self.session.state.phase

    def is_alive(self) -> bool:
        return self.phase() is not Phase.ENDED

    @rule(text=st.sampled_from(COMMANDS))
    def command(self, text: str) -> None:
        self.send(Heard(text))

    @rule(text=st.sampled_from(("yes", "no", "not sure", "ready", "resume")))
    def likely_answer(self, text: str) -> None:
        self.send(Heard(text))

    @rule(texts=st.lists(st.sampled_from(COMMANDS), min_size=3, max_size=9))
    def many_commands(self, texts: list[str]) -> None:
        for text in texts:
            self.send(Heard(text))

    @rule(text=st.sampled_from(("back", "start over", "go to step two", "resume", "undo")))
    def end_and_come_back(self, text: str) -> None:
        for said in ("end session", "louder", text):
            self.send(Heard(said))

    @rule(text=st.sampled_from(("softer", "start again", "other area")))
    def caution_and_go_on(self, text: str) -> None:
        for said in ("ouch", text):
            self.send(Heard(said))

    @rule(
        texts=st.lists(
            st.sampled_from(("next", "back", "start over", "go to step one")), max_size=3
        )
    )
    def leave_an_area(self, texts: list[str]) -> None:
        for said in ("my foot is numb", "no", "no", "other area", *texts):
            self.send(Heard(said))

    @rule(text=st.sampled_from(CHATTER))
    def chatter(self, text: str) -> None:
        before = self.session.state
        self.send(Heard(text))
        after = self.session.state

        if before.phase is Phase.ASLEEP:
            assert after == before
        elif before.phase is not Phase.TRIAGE:
            assert after.phase is before.phase
            assert (after.hold, after.step_index) == (before.hold, before.step_index)

    @precondition(is_alive)
    @rule(text=st.sampled_from(RED_FLAGS))
    def red_flag(self, text: str) -> None:
        actions = self.send(Heard(text))

        if self.phase() is Phase.PAUSED:  # a hint that the flag cannot have been judged
            raise AssertionError("a red flag was lost")
        if actions and isinstance(actions[0], Say):  # an answer to a particular question
            assert self.phase() in ALARMED
            return
        assert isinstance(actions[0], FallSilent)
        assert any(isinstance(action, RaiseRedFlag) for action in actions)
        assert sum(isinstance(action, Say) for action in actions) == 1
        said_last = [a for a in actions if not isinstance(a, RememberWork)][-1]
        assert isinstance(said_last, Say)
        assert self.phase() in ALARMED
        kept = self.session.state.suspended
        assert kept is not None
        assert kept.hold is None or kept.hold.since is None, "the timer runs on"

    @precondition(is_alive)
    @rule()
    def stop(self) -> None:
        before = self.session.state
        actions = self.send(Heard("stop"))

        is_silent_already = before.phase is Phase.DECLINED and before.utterance is None
        assert isinstance(actions[0], End if is_silent_already else FallSilent)
        assert not any(isinstance(action, Say) for action in actions)
        assert self.in_flight is None
        if before.phase is not Phase.DECLINED:
            assert any(isinstance(action, Play) for action in actions)
        assert self.session.state.hold is None or self.session.state.hold.since is None

    @precondition(is_alive)
    @rule(text=st.sampled_from(("repeat", "help")))
    def always_answered(self, text: str) -> None:
        before = self.session.state
        actions = self.send(Heard(text))

        assert any(isinstance(action, Say) for action in actions)
        assert self.phase() is before.phase

    @rule(words=st.sampled_from(["numb", "tingling numb", "dizzy", "nothing"]))
    def glimpse(self, words: str) -> None:
        self.send(Glimpsed(words))

    @rule()
    def noise(self) -> None:
        before = self.session.state
        self.send(Unclear())

        if before.phase is not Phase.TRIAGE or before.utterance is not None:
            assert self.session.state == before

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def finish_speaking(self) -> None:
        assert self.in_flight is not None
        number, self.in_flight = self.in_flight.utterance_id, None
        self.now += 3.0
        self.send(PlaybackFinished(number))

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def reach_next_clause(self) -> None:
        assert self.in_flight is not None
        self.now += 1.0
        self.clause = min(self.clause + 1, len(self.in_flight.clauses) - 1)
        self.send(ClauseStarted(self.in_flight.utterance_id, self.clause))

    @rule()
    def long_silence(self) -> None:
        """Nobody says anything for a good while; the guide speaks when it is due."""
        for _ in range(24):
            if self.in_flight is not None:
                self.finish_speaking()
            elif self.session.deadline is not None:
                self.wait_for_deadline()

    @precondition(lambda self: self.phase() in AT_WORK)
    @rule()
    def fall_silent_before_an_automatic_guide(self) -> None:
        self.send(Heard("automatic"))
        self.long_silence()

    @rule(text=st.sampled_from(CHATTER))
    def sleep_and_chat(self, text: str) -> None:
        self.send(Heard("go to sleep"))
        self.chatter(text)

    @rule(late=st.integers(-3, 3).filter(bool), clause=st.integers(0, 3))
    def late_or_foreign_playback(self, late: int, clause: int) -> None:
        current = self.in_flight.utterance_id if self.in_flight else self.last_id + 50
        before = self.session.state
        for event in (PlaybackFinished(current + late), ClauseStarted(current + late, clause)):
            assert not self.send(event)
            assert self.session.state == before

    @precondition(lambda self: self.session.deadline is not None)
    @rule()
    def wait_for_deadline(self) -> None:
        assert self.session.deadline is not None
        self.now = max(self.now, self.session.deadline)
        self.send(DeadlineReached())

    @rule(seconds=st.floats(0.0, 5.0))
    def deadline_too_early(self, seconds: float) -> None:
        deadline = self.session.deadline
        if deadline is None or self.now + seconds < deadline:
            self.now += seconds
            before = self.session.state
            assert not self.send(DeadlineReached())
            assert self.session.state == before

    @rule(device=st.sampled_from(Device), lost=st.booleans())
    def device(self, device: Device, lost: bool) -> None:  # noqa: FBT001 - one of two events
        self.send(DeviceLost(device) if lost else DeviceBack(device))

        if lost and self.is_alive():
            assert self.phase() in STAYING

    @rule(hindrance=st.sampled_from(Hindrance))
    def hindered(self, hindrance: Hindrance) -> None:
        before = self.phase()

        self.send(Hindered(hindrance))

        if hindrance is Hindrance.TOO_SLOW:
            assert self.phase() in STAYING, "who is not understood is not guided on"
        else:
            assert self.phase() is before, "told, and nothing else"

    @rule(is_written=st.booleans())
    def note_settled(self, is_written: bool) -> None:  # noqa: FBT001 - one of two events
        self.send(IncidentWritten("records", "Documents") if is_written else IncidentNotWritten())

    @rule()
    def started_again(self) -> None:
        before = self.session.state
        assert not self.send(Started("short"))
        assert self.session.state == before

    @precondition(lambda self: len(self.log) > 25)
    @rule()
    def quit(self) -> None:
        alive = self.is_alive()
        actions = self.send(QuitRequested())

        assert not alive or isinstance(actions[-1], End)
        assert self.phase() is Phase.ENDED

    @invariant()
    def one_deadline_in_the_future_and_none_while_speaking(self) -> None:
        state = self.session.state
        if state.deadline is not None:
            assert state.deadline >= self.now
            assert state.utterance is None
            assert state.phase is not Phase.ENDED

    @invariant()
    def memory_does_not_grow_into_a_chain(self) -> None:
        assert _depth(self.session.state) <= 6
        assert len(self.session.state.caution_regions) <= 20

    @invariant()
    def pressure_stays_on_its_scale(self) -> None:
        assert -6 <= self.session.state.pressure_offset <= 6

    @invariant()
    def nobody_waits_for_ever_without_a_way_on(self) -> None:
        """A question that stands in silence has a deadline; a work timer runs only at work."""
        state = self.session.state
        asking = state.phase in (
            Phase.SCREENING, Phase.CHECKING_IN, Phase.TRIAGE, Phase.RATING, Phase.NOTING,
        )  # fmt: skip
        if asking and state.utterance is None:
            assert state.deadline is not None
        if state.phase in STAYING:
            assert state.hold is None or state.hold.since is None
        if state.phase is Phase.GUIDING:
            assert state.utterance is not None

    @invariant()
    def the_step_in_hand_is_on_no_closed_area(self) -> None:
        state = self.session.state
        if state.phase in AT_WORK and state.routine is not None:
            assert not is_closed(state, state.step_index)

    @invariant()
    def the_screening_question_exists(self) -> None:
        if self.phase() is Phase.SCREENING:
            assert screening_question(Turn(self.session.state, self.now, self.world)) is not None

    def teardown(self) -> None:
        """Replaying the log gives the same actions: nothing but the events decides."""
        if not self.log:
            return
        again = Session(self.world, self.settings)
        assert [again.handle(event, now) for event, now in self.log] == self.told


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

"""The offer to carry answers over: what is kept, what is forgotten, what is always asked."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcript import FOLDER
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.actions import Action, RememberAnswers
from voiceguide.core.events import DeadlineReached, Event, Heard, PlaybackFinished, Started
from voiceguide.core.last_answers import OFFER_DAYS, ClearNo, may_be_kept, still_good
from voiceguide.core.limits import Past
from voiceguide.core.routine import Audience
from voiceguide.core.session import Session
from voiceguide.core.state import Phase

SHORT = load_routine(FOLDER / "short.yaml")
TODAY = 1000
PAST = Past(TODAY)
KEPT = tuple(question.ask for question in SHORT.screening if may_be_kept(question))
ALWAYS = tuple(question.ask for question in SHORT.screening if not may_be_kept(question))
SAID = ("yes", "no", "not sure", "back", "well", "stop", "")
WORLD = replace(load_language().world([SHORT]), past=PAST)


def denied(days_ago: int = 3, asks: Iterable[str] = KEPT) -> tuple[ClearNo, ...]:
    return tuple(ClearNo(TODAY - days_ago, ask) for ask in asks)


def screened(
    texts: Iterable[str], answers: tuple[ClearNo, ...] | None
) -> tuple[Session, list[RememberAnswers]]:
    """A session after these words, and what it asked to be kept."""
    session = Session(replace(WORLD, answers=answers))
    kept: list[RememberAnswers] = []

    def handle(event: Event) -> None:
        actions: list[Action] = session.handle(event, 0.0)
        kept.extend(action for action in actions if isinstance(action, RememberAnswers))

    handle(Started("short"))
    for text in texts:
        handle(Heard(text))
    return session, kept


def test_a_screening_keeps_todays_clear_answers_to_what_seldom_changes() -> None:
    session, kept = screened(["no"] * len(SHORT.screening), ())

    assert session.state.phase is Phase.PREPARING
    assert kept == [RememberAnswers(Audience.PARTNER, denied(0))]


def test_without_a_journal_nothing_is_kept_and_what_was_is_forgotten() -> None:
    _, kept = screened(["no"] * len(SHORT.screening), None)

    assert kept == [RememberAnswers(Audience.PARTNER, ())]


def test_an_answer_that_is_carried_over_keeps_its_day() -> None:
    _, kept = screened(["yes", *["no"] * len(ALWAYS)], denied(20))

    assert kept == [RememberAnswers(Audience.PARTNER, denied(20))]


def test_what_was_asked_again_has_todays_date() -> None:
    asks = KEPT[:2]
    _, kept = screened(["yes", *["no"] * (len(ALWAYS) + 1)], denied(20, asks))

    assert kept == [RememberAnswers(Audience.PARTNER, (*denied(0, KEPT[2:]), *denied(20, asks)))]


@pytest.mark.parametrize("said", [["no"], ["not sure"], ["yes", "yes"], ["yes", "not sure"]])
def test_what_is_no_longer_so_is_forgotten(said: list[str]) -> None:
    _, kept = screened(said, denied())

    assert kept == [RememberAnswers(Audience.PARTNER, ())]


def test_one_question_alone_is_asked_and_not_offered() -> None:
    session, _ = screened([], denied(3, KEPT[:1]))

    assert session.state.routine is not None
    assert session.state.routine.screening == SHORT.screening


def test_a_question_in_other_words_is_asked_afresh() -> None:
    changed = replace(SHORT.screening[-1], ask="Does your partner take any medicine?")

    assert still_good([changed], denied(), PAST) == {}


@pytest.mark.parametrize(
    ("days_ago", "is_good"),
    [(0, True), (OFFER_DAYS, True), (OFFER_DAYS + 1, False), (-1, True), (-2, False)],
)
def test_an_answer_is_good_for_thirty_days_and_never_from_the_future(
    days_ago: int, *, is_good: bool
) -> None:
    assert bool(still_good(SHORT.screening, denied(days_ago), PAST)) is is_good


def test_of_two_days_for_one_question_the_older_counts() -> None:
    answers = (*denied(3), *denied(9), *denied(5))

    assert tuple(still_good(SHORT.screening, answers, PAST).values()) == denied(9)


def test_a_question_that_no_ends_is_never_kept() -> None:
    question = replace(SHORT.screening[-1], stop_if="no")

    assert not may_be_kept(question)


@given(
    days=st.lists(st.tuples(st.sampled_from(KEPT), st.integers(-5, 60)), max_size=6),
    said=st.lists(st.sampled_from(SAID), max_size=40),
)
def test_whatever_is_said_nobody_gets_past_a_question_that_may_have_changed(
    days: list[tuple[str, int]], said: list[str]
) -> None:
    """Silence ("") lets the guide finish, then its deadline come."""
    session = Session(replace(WORLD, answers=tuple(ClearNo(TODAY - d, ask) for ask, d in days)))
    session.handle(Started("short"), 0.0)
    denials: dict[str, bool] = {}
    now = 0.0
    for text in said:
        now += 1.0
        routine, position = session.state.routine, session.state.position
        in_screening = session.state.phase is Phase.SCREENING
        if text:
            session.handle(Heard("resume" if session.state.phase is Phase.STOPPED else text), now)
        elif session.state.utterance is not None:
            session.handle(PlaybackFinished(session.state.utterance.id), now)
        elif session.deadline is not None:
            now = session.deadline
            session.handle(DeadlineReached(), now)
        if in_screening and routine is not None and text in ("yes", "no", "not sure"):
            denials[routine.screening[position].ask] = text == "no"
        if session.state.phase is Phase.PREPARING:
            assert [ask for ask in ALWAYS if not denials.get(ask)] == []
            return

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.core import limits
from voiceguide.core.limits import History, Past, Soreness, Work
from voiceguide.core.routine import Audience, Limits, Routine

TODAY = 739_941  # any day will do

BALL = Routine(
    "ball", "Ball", "", Audience.SELF, "", (), limits=Limits(5, days_between=0, rest_days_if_sore=1)
)
ROLLER = replace(BALL, id="roller")
FULL = Routine(
    "full", "Full", "", Audience.PARTNER, "", (), limits=Limits(days_between=1, rest_days_if_sore=1)
)
LIGHT = replace(FULL, id="light", limits=Limits(rest_days_if_sore=1))


def worked(*records: tuple[int, float], routine: Routine = BALL, today: int = TODAY) -> Past:
    """Records of days (0: today, -1: yesterday) and seconds."""
    is_full = routine.limits.days_between > 0
    work = (
        Work(TODAY + day, routine.id, routine.audience, seconds, is_full)
        for day, seconds in records
    )
    return Past(today, History(work=tuple(work)))


def answered(*answers: tuple[int, bool], audience: Audience = Audience.SELF) -> Past:
    soreness = (Soreness(TODAY + day, audience, is_sore) for day, is_sore in answers)
    return Past(TODAY, History(soreness=tuple(soreness)))


days = st.integers(-40, 5)
works = st.lists(
    st.builds(
        Work,
        day=days.map(lambda day: TODAY + day),
        routine_id=st.sampled_from(["ball", "roller", "full"]),
        audience=st.sampled_from(Audience),
        seconds=st.floats(0, 3600),
        is_full=st.booleans(),
    ),
    max_size=12,
).map(tuple)


def test_a_new_day_allows_the_whole_time() -> None:
    assert limits.seconds_left(BALL, Past(TODAY)) == 300


def test_minutes_of_all_routines_of_a_kind_count_together() -> None:
    assert limits.seconds_left(ROLLER, worked((0, 100), (0, 80))) == 120


def test_work_on_a_partner_uses_up_no_minutes_alone() -> None:
    assert limits.seconds_left(BALL, worked((0, 1000), routine=FULL)) == 300


def test_minutes_come_back_at_midnight() -> None:
    assert limits.seconds_left(BALL, worked((-1, 300))) == 300


def test_never_less_than_nothing_is_left() -> None:
    assert limits.seconds_left(BALL, worked((0, 400))) == 0


def test_a_routine_without_a_limit_has_none() -> None:
    assert limits.seconds_left(FULL, worked((0, 4000), routine=FULL)) is None


def test_a_clock_set_back_by_a_day_gives_no_new_minutes() -> None:
    assert limits.seconds_left(BALL, worked((1, 200))) == 100


def test_a_day_far_ahead_is_a_mistake_that_forbids_nothing() -> None:
    assert limits.seconds_left(BALL, worked((2, 300), (2000, 300))) == 300


@given(works)
def test_what_is_left_lies_between_nothing_and_the_limit(work: tuple[Work, ...]) -> None:
    left = limits.seconds_left(BALL, Past(TODAY, History(work)))

    assert left is not None
    assert 0 <= left <= 300


@given(works, works)
def test_more_work_never_leaves_more(work: tuple[Work, ...], more: tuple[Work, ...]) -> None:
    left = limits.seconds_left(BALL, Past(TODAY, History(work)))
    less = limits.seconds_left(BALL, Past(TODAY, History(work + more)))

    assert left is not None
    assert less is not None
    assert less <= left


@given(works)
def test_the_order_of_records_does_not_matter(work: tuple[Work, ...]) -> None:
    past, turned = Past(TODAY, History(work)), Past(TODAY, History(work[::-1]))

    assert limits.seconds_left(BALL, past) == pytest.approx(limits.seconds_left(BALL, turned))
    assert limits.days_since_full(FULL, past) == limits.days_since_full(FULL, turned)
    assert limits.asks_if_sore(BALL, past) == limits.asks_if_sore(BALL, turned)


@given(works)
def test_a_clock_set_back_by_a_day_never_gives_more_time(work: tuple[Work, ...]) -> None:
    history = History(tuple(record for record in work if record.day <= TODAY))
    left = limits.seconds_left(BALL, Past(TODAY, history))
    set_back = limits.seconds_left(BALL, Past(TODAY - 1, history))

    assert left is not None
    assert set_back is not None
    assert set_back <= left


@given(works)
def test_after_two_days_away_every_minute_is_back(work: tuple[Work, ...]) -> None:
    history = History(tuple(record for record in work if record.day <= TODAY))

    assert limits.seconds_left(BALL, Past(TODAY + 1, history)) == 300


@pytest.mark.parametrize(("day", "since"), [(0, 0), (-1, 1), (-2, None), (1, 0), (3, None)])
def test_a_full_massage_is_not_for_every_day(day: int, since: int | None) -> None:
    assert limits.days_since_full(FULL, worked((day, 600), routine=FULL)) == since


def test_a_massage_broken_off_early_was_no_full_one() -> None:
    assert limits.days_since_full(FULL, worked((-1, 200), routine=FULL)) is None


def test_a_massage_in_two_halves_was_a_full_one() -> None:
    assert limits.days_since_full(FULL, worked((-1, 200), (-1, 200), routine=FULL)) == 1


def test_a_light_massage_may_follow_a_full_one() -> None:
    assert limits.days_since_full(LIGHT, worked((-1, 600), routine=FULL)) is None


def test_a_full_massage_may_follow_a_light_one() -> None:
    assert limits.days_since_full(FULL, worked((-1, 600), routine=LIGHT)) is None


def test_who_was_sore_today_rests_today_and_is_asked_tomorrow() -> None:
    assert limits.must_rest(BALL, answered((0, True)))
    assert not limits.must_rest(BALL, answered((-1, True)))
    assert limits.asks_if_sore(BALL, answered((-1, True)))
    assert not limits.asks_if_sore(BALL, answered((-2, True)))


def test_more_days_of_rest_forbid_more_days() -> None:
    slow = replace(BALL, limits=replace(BALL.limits, rest_days_if_sore=3))

    assert limits.must_rest(slow, answered((-2, True)))
    assert not limits.must_rest(slow, answered((-3, True)))
    assert limits.asks_if_sore(slow, answered((-3, True)))


def test_soreness_is_asked_about_the_day_after() -> None:
    assert limits.asks_if_sore(BALL, worked((-1, 60)))
    assert not limits.asks_if_sore(BALL, worked((-2, 60)))
    assert not limits.asks_if_sore(BALL, worked((0, 60)))
    assert not limits.asks_if_sore(BALL, Past(TODAY))


def test_soreness_is_asked_about_once_a_day() -> None:
    history = replace(worked((-1, 60)).history, soreness=answered((0, False)).history.soreness)

    assert not limits.asks_if_sore(BALL, Past(TODAY, history))


def test_of_two_answers_of_a_day_the_grave_one_counts() -> None:
    assert limits.must_rest(BALL, answered((0, True), (0, False)))


def test_a_partners_soreness_is_another_persons() -> None:
    assert not limits.must_rest(BALL, answered((0, True), audience=Audience.PARTNER))


def test_a_routine_that_needs_no_rest_asks_nothing() -> None:
    hardy = replace(BALL, limits=Limits(5))

    assert not limits.asks_if_sore(hardy, worked((-1, 60)))
    assert not limits.must_rest(hardy, answered((0, True)))

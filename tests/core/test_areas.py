"""Areas that have had enough, and how long one step may stay on one."""

import pytest

from tests.core.sessions import ALONE, LANGUAGE, at_step, finish_speaking, started
from voiceguide.core.actions import (
    RememberClosed,
)
from voiceguide.core.areas import named_in
from voiceguide.core.events import (
    DeadlineReached,
    Heard,
    QuitRequested,
)
from voiceguide.core.routine import Region
from voiceguide.core.state import Phase
from voiceguide.core.tiers import Tier


def test_getting_ready_for_a_closed_area_is_left_out_too() -> None:
    session = at_step("self-massage-floor", 3)
    for text in ("my leg is tingling", "no", "no", "other area", "start over"):
        session.handle(Heard(text), 1.0)

    assert session.state.closed_regions == (Region.LOWER_BACK,)
    assert session.state.step is not None
    assert session.state.step.id == "come-off"


def test_more_time_ends_where_an_area_has_had_enough_of_one_step() -> None:
    session = at_step("back-massage-kneading", 3)
    finish_speaking(session, 1.0)
    for second in range(2, 8):
        session.handle(Heard("more time"), float(second))

    assert session.state.hold is not None
    assert session.state.hold.total_seconds == 180.0


def test_more_time_behind_the_end_counts_for_the_area_as_well() -> None:
    session = at_step("back-massage-kneading", 3)
    finish_speaking(session, 1.0)
    holds = []
    for number in range(4):
        session.handle(Heard("more time"), 500.0 * (number + 1))
        while session.state.phase is not Phase.WAITING:
            if session.state.utterance is not None:
                finish_speaking(session, 500.0 * (number + 1))
            if session.state.hold is not None:
                holds.append(session.state.hold.total_seconds)
            session.handle(DeadlineReached(), session.deadline or 0.0)
            if session.state.phase is Phase.CHECKING_IN:
                session.handle(Heard("next"), 500.0 * (number + 1))

    assert max(holds) <= 180.0


@pytest.mark.parametrize(
    ("event", "tier"),
    [("end", Tier.URGENT), ("quit", Tier.URGENT), ("end", Tier.EMERGENCY)],
)
def test_an_alarm_that_is_left_closes_its_area_for_the_day(event: str, tier: Tier) -> None:
    session = started(ALONE)
    session.handle(Heard({Tier.URGENT: "my foot is numb"}.get(tier, "my legs are numb")), 1.0)
    actions = session.handle(Heard("end"), 2.0) if event == "end" else []
    actions += session.handle(QuitRequested(), 3.0)

    assert [a.regions for a in actions if isinstance(a, RememberClosed)] == [(Region.LOWER_BACK,)]


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("my shoulder blade hurts", (Region.SHOULDER_BLADES,)),
        ("it hurts in my neck and both arms", (Region.NECK, Region.UPPER_ARMS)),
        ("my back hurts", ()),
        ("the harmony of it", ()),
    ],
)
def test_areas_are_known_by_their_names(text: str, regions: tuple[Region, ...]) -> None:
    assert sorted(named_in(text, LANGUAGE.areas)) == sorted(regions)


def test_another_area_is_offered_where_the_symptom_was_named_before_the_first_touch() -> None:
    session = at_step("back-massage-kneading", 2)
    for text in ("my hand tingles", "no it's just my shoulder", "no", "other area"):
        session.handle(Heard(text), 1.0)

    assert session.state.closed_regions == (Region.SHOULDERS,)
    assert session.state.step is not None
    assert session.state.step.region is Region.NECK


def test_a_red_flag_in_the_last_words_knows_what_was_worked_on() -> None:
    session = started(ALONE)
    for text in ("end session", "my foot is numb", "no", "no"):
        session.handle(Heard(text), 1.0)

    assert session.state.closed_regions == (Region.LOWER_BACK,)
    assert session.state.incident is not None
    assert "lower back" in session.state.incident.step

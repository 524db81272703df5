"""What counts as an answer where a red flag, or the next step, hangs on it."""

import pytest

from tests.core.sessions import ALONE, at_step, finish_speaking, started, world
from voiceguide.core.events import (
    DeadlineReached,
    Heard,
    Started,
)
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.state import ALARMED, Phase, Question
from voiceguide.core.tiers import Tier

ANSWERED = [
    ("no", Question.SUDDEN_OR_ONE_SIDED),
    ("no not at all", Question.SUDDEN_OR_ONE_SIDED),
    ("no it's just my left foot", Question.SUDDEN_OR_ONE_SIDED),
    ("definitely not", Question.SUDDEN_OR_ONE_SIDED),
    ("no wait", Question.BOTH_LEGS_OR_SADDLE),
    ("no but it feels odd", Question.BOTH_LEGS_OR_SADDLE),
    ("no it's both legs", Question.BOTH_LEGS_OR_SADDLE),
    ("not really", Question.BOTH_LEGS_OR_SADDLE),
    ("never mind", Question.BOTH_LEGS_OR_SADDLE),
    ("no i'm not sure", None),
    ("no maybe", None),
    ("yes in both legs", None),
    ("not sure", None),
]


@pytest.mark.parametrize(("text", "next_question"), ANSWERED)
def test_only_a_clear_no_leads_to_the_next_question(
    text: str, next_question: Question | None
) -> None:
    session = started()
    session.handle(Heard("my foot is numb"), 1.0)
    session.handle(Heard(text), 2.0)

    if next_question is None:
        assert (session.state.phase, session.state.tier) == (Phase.ESCALATED, Tier.EMERGENCY)
    else:
        assert session.state.question is next_question


@pytest.mark.parametrize("text", ["not really", "no wait yes", "how was your day"])
def test_an_answer_that_is_not_clear_twice_is_a_yes(text: str) -> None:
    session = started()
    session.handle(Heard("my foot is numb"), 1.0)
    session.handle(Heard(text), 2.0)
    session.handle(Heard(text), 3.0)

    assert session.state.tier is Tier.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "yes it is",
        "yes i'm fine",
        "yes everything is all right thank you",
        "yes it was a false alarm",
        "yes you misheard me",
        "false alarm",
        "i'm fine",
        "nothing was wrong",
    ],
)
def test_a_clear_yes_takes_an_alarm_back(text: str) -> None:
    session = started()
    for said in ("i can't feel my legs", "false alarm", text):
        session.handle(Heard(said), 1.0)

    assert session.state.phase is Phase.PAUSED


@pytest.mark.parametrize(
    "text",
    [
        "absolutely not",
        "yes it is not all right",
        "yes wait no",
        "yes no",
        "yes i'm not",
        "yes in my arm",
        "yes it's just my foot",
        "yes none",
        "sure not",
        "just right",
        "good",
        "a bit",
        "i think so",
    ],
)
def test_no_other_answer_takes_an_alarm_back_said_once_or_twice(text: str) -> None:
    session = started()
    for said in ("i can't feel my legs", "false alarm", text, text):
        session.handle(Heard(said), 1.0)
        assert session.state.phase in ALARMED, said


@pytest.mark.parametrize(
    "text",
    [
        "no my legs feel weak",
        "no i can't go to the toilet",
        "no my feet are numb",
        "no my left and my right leg are numb",
        "no it's spreading to my other leg and tingling",
        "no my bladder hurts",
        "both legs",
        "down there",
    ],
)
def test_what_the_question_asks_about_is_never_a_no(text: str) -> None:
    session = started()
    for said in ("my foot is numb", text, text):
        session.handle(Heard(said), 1.0)

    assert session.state.tier is Tier.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "no my bladder is fine",
        "no to both",
        "no just one side",
        "no that's not it",
        "no not that",
        "no there's none",
        "no trouble with that",
        "no sir",
    ],
)
def test_a_no_may_have_words_behind_it(text: str) -> None:
    session = started()
    for said in ("my foot is numb", text):
        session.handle(Heard(said), 1.0)

    assert session.state.question is Question.SUDDEN_OR_ONE_SIDED


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "no trouble breathing",
        "no chest pain",
        "no it came on slowly",
        "not suddenly",
        "slowly",
    ],
)
def test_what_did_not_come_suddenly_is_urgent(text: str) -> None:
    session = started()
    for said in ("my foot is numb", "no", text):
        session.handle(Heard(said), 1.0)

    assert (session.state.phase, session.state.tier) == (Phase.ESCALATED, Tier.URGENT)


def asked_if_all_right() -> Session:
    """Somebody alone has missed two check-ins."""
    session = Session(world(ALONE), Settings(pace=Pace.AUTOMATIC))
    session.handle(Started("alone"), 0.0)
    session.handle(Heard("ready"), 0.0)
    now = 0.0
    while session.state.question is not Question.ARE_YOU_ALL_RIGHT:
        if session.state.utterance is not None:
            finish_speaking(session, now)
        now = session.deadline or now
        session.handle(DeadlineReached(), now)
    return session


@pytest.mark.parametrize("text", ["yes", "i'm fine", "i'm all right", "i'm still here"])
def test_whoever_is_all_right_is_left_in_peace(text: str) -> None:
    session = asked_if_all_right()
    session.handle(Heard(text), 1000.0)
    session.handle(Heard("resume"), 1001.0)

    assert session.state.phase is not Phase.CHECKING_IN


@pytest.mark.parametrize("text", ["help", "not good", "yes in my arm", "i'm not all right"])
def test_whoever_is_not_all_right_is_asked_what_is_wrong(text: str) -> None:
    session = asked_if_all_right()
    for second in (0.0, 1.0):
        session.handle(Heard(text), 1000.0 + second)

    assert session.state.phase is Phase.TRIAGE
    assert session.state.question is not Question.ARE_YOU_ALL_RIGHT


def test_no_number_twice_lets_go() -> None:
    session = at_step("back-massage-eight-techniques", 10)
    finish_speaking(session, 1.0)
    for second in (2.0, 3.0):
        assert session.state.phase is Phase.RATING
        session.handle(Heard("a lot"), second)

    assert session.state.phase is Phase.WAITING


@pytest.mark.parametrize(
    ("text", "phase"),
    [("no too hard", Phase.GUIDING), ("no she says it is too much", Phase.CHECKING_IN)],
)
def test_a_no_in_more_words_is_no_silence(text: str, phase: Phase) -> None:
    session = started(settings=Settings(pace=Pace.AUTOMATIC))
    now = 0.0
    while session.state.phase is not Phase.CHECKING_IN:
        if session.state.utterance is not None:
            finish_speaking(session, now)
        now = session.deadline or now
        session.handle(DeadlineReached(), now)
    finish_speaking(session, now)
    session.handle(Heard(text), now + 1)
    while session.state.phase is Phase.CHECKING_IN:
        if session.state.utterance is not None:
            finish_speaking(session, now + 1)
        now = session.deadline or now
        session.handle(DeadlineReached(), now)

    expected = Phase.PAUSED if phase is Phase.CHECKING_IN else phase
    assert session.state.phase is expected


@pytest.mark.parametrize("text", ["just right", "good", "that's perfect", "keep it like that"])
def test_what_is_said_of_the_pressure_is_no_answer_to_a_red_flag(text: str) -> None:
    session = started()
    for said in ("is it supposed to tingle", text):
        session.handle(Heard(said), 1.0)

    assert session.state.question is Question.IS_IT_A_SYMPTOM

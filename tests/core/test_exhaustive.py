"""Proved of every state that a session can reach, with time and text abstracted (`explore`).

The routine has three questions, one preparation and one step of each kind: timed with a check-in,
rated, untimed. Two of the questions have been answered last time, so that "the same as last time?"
stands before them.
"""

from collections import deque
from dataclasses import replace

import pytest

from tests.core.explore import (
    CHATTER,
    HEDGED,
    PHRASES,
    RED_FLAGS,
    USER,
    Edge,
    Exploration,
    Place,
    beginning,
)
from tests.proved import PROVED
from tests.transcript import FOLDER
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.actions import (
    End,
    FallSilent,
    RaiseRedFlag,
    RememberClosed,
    Say,
    WriteIncident,
)
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.events import DeadlineReached, Heard, PlaybackFinished, QuitRequested, Started
from voiceguide.core.last_answers import ClearNo, may_be_kept
from voiceguide.core.settings import Pace
from voiceguide.core.state import ALARMED, AT_REST, AT_WORK, LEAVING, Phase, Question

STAYING = AT_REST | ALARMED | LEAVING | {Phase.ENDED}
QUESTIONING = (Phase.SCREENING, Phase.CHECKING_IN, Phase.RATING, Phase.TRIAGE, Phase.NOTING)


@pytest.fixture(scope="module")
def explored(request: pytest.FixtureRequest) -> Exploration:
    alone, short = (load_routine(FOLDER / name) for name in ("alone.yaml", "short.yaml"))
    kept = tuple(question for question in short.screening if may_be_kept(question))[:2]
    routine = replace(
        alone,
        screening=(alone.screening[0], *kept),
        preparation=short.preparation[:1],
        oil=short.oil,
        steps=(
            replace(alone.steps[0], variations=short.steps[0].variations),
            alone.steps[1],
            short.steps[2],
        ),
    )
    answers = tuple(ClearNo(0, question.ask) for question in kept)
    world = replace(load_language().world([routine]), answers=answers)
    exploration = Exploration(world, ((beginning(Pace.AUTOMATIC), Started(None)),)).run()
    size = f"{len(exploration.places)} states, {len(exploration.edges)} edges"
    request.config.stash[PROVED].append(f"session machine explored: {size}")
    return exploration


def living(explored: Exploration) -> list[Place]:
    return [place for place in explored.places if place.phase is not Phase.ENDED]


def edges_on(explored: Exploration, text: str) -> list[Edge]:
    return [edge for edge in explored.edges if edge.event == Heard(text)]


def test_every_phase_and_intent_is_explored(explored: Exploration) -> None:
    assert {place.phase for place in explored.places} == set(Phase)
    assert set(PHRASES) == ALL_INTENTS


def test_stop_silences_every_living_state(explored: Exploration) -> None:
    edges = edges_on(explored, "stop")

    assert {edge.source for edge in edges} >= set(living(explored))
    for edge in edges:
        acts = [act for act in edge.actions if not isinstance(act, RememberClosed)]
        assert isinstance(acts[0], FallSilent | End)
        assert not any(isinstance(action, Say) for action in edge.actions)
        assert edge.target.phase in STAYING


@pytest.mark.parametrize("text", ["repeat", "help"])
def test_repeat_and_help_are_answered_in_every_living_state(
    explored: Exploration, text: str
) -> None:
    for edge in edges_on(explored, text):
        assert any(isinstance(action, Say) for action in edge.actions), edge.source
        assert edge.target.phase is edge.source.phase


@pytest.mark.parametrize("text", RED_FLAGS)
def test_a_red_flag_is_heard_in_every_living_state(explored: Exploration, text: str) -> None:
    for edge in edges_on(explored, text):
        assert edge.target.phase in ALARMED, edge.source
        assert isinstance(edge.actions[0], FallSilent)
        assert isinstance(edge.actions[1], RaiseRedFlag)
        assert isinstance(edge.actions[2], Say)


def test_nothing_goes_on_by_itself_after_a_stop_a_rest_or_a_red_flag(
    explored: Exploration,
) -> None:
    by_itself = [edge for edge in explored.edges if not isinstance(edge.event, Heard)]
    resting = [edge for edge in by_itself if edge.source.phase in STAYING]

    assert resting
    assert {edge.target.phase for edge in resting} <= STAYING


def test_chatter_and_noise_never_move_the_dialogue_but_to_safety(explored: Exploration) -> None:
    """In triage they are an answer; in a rating they end the pressure."""
    for edge in edges_on(explored, CHATTER):
        is_let_go = (edge.source.phase, edge.target.phase) == (Phase.RATING, Phase.WAITING)
        is_answer = edge.source.phase is Phase.TRIAGE
        assert edge.target.phase is edge.source.phase or is_answer or is_let_go


@pytest.mark.parametrize("text", HEDGED)
def test_no_alarm_is_taken_back_by_an_answer_that_is_not_clear(
    explored: Exploration, text: str
) -> None:
    edges = [edge for edge in edges_on(explored, text) if edge.source.phase in ALARMED]

    assert edges
    for edge in edges:
        assert edge.target.phase in ALARMED, edge.source
        assert edge.target.question is not Question.SUDDEN_OR_ONE_SIDED or (
            edge.source.question is Question.SUDDEN_OR_ONE_SIDED
        )


def test_no_step_begins_before_the_questions_are_answered(explored: Exploration) -> None:
    into_work = [edge for edge in explored.edges if edge.target.phase in AT_WORK]

    assert into_work
    for edge in into_work:
        assert edge.source.phase not in (Phase.CHOOSING, Phase.SCREENING)
        if edge.source.phase in STAYING:
            assert edge.source.memory != "opening", edge


def test_what_can_change_is_asked_whatever_is_said_to_the_offer(explored: Exploration) -> None:
    screening = {edge.target for edge in explored.edges if edge.target.phase is Phase.SCREENING}
    into_preparing = {
        edge.source
        for edge in explored.edges
        if edge.source.phase is Phase.SCREENING and edge.target.phase is Phase.PREPARING
    }

    assert {place.questions for place in screening} == {4, 2}, "with the offer; two are spared"
    assert {(place.step, place.questions) for place in into_preparing} == {(3, 4), (1, 2)}


def test_only_yes_to_the_offer_spares_questions(explored: Exploration) -> None:
    sparing = [
        edge.event
        for edge in explored.edges
        if (edge.source.phase, edge.target.phase) == (Phase.SCREENING, Phase.SCREENING)
        and edge.target.questions < edge.source.questions
    ]

    assert set(sparing) == {Heard("yes")}


def test_emergency_advice_is_left_only_by_the_end_or_a_false_alarm(explored: Exploration) -> None:
    for edge in explored.edges:
        if edge.source.phase is Phase.ESCALATED and edge.source.tier == "emergency":
            allowed = (
                Phase.ESCALATED, Phase.TRIAGE, Phase.NOTING, Phase.DECLINED, Phase.ENDED,
            )  # fmt: skip
            assert edge.target.phase in allowed, edge
            if edge.target.phase is Phase.TRIAGE:
                assert edge.event == Heard("false alarm")


def test_a_note_is_written_only_after_yes_to_the_question(explored: Exploration) -> None:
    writing = [
        edge for edge in explored.edges if any(isinstance(a, WriteIncident) for a in edge.actions)
    ]

    assert writing
    for edge in writing:
        assert (edge.source.phase, edge.event) == (Phase.NOTING, Heard("yes"))


def test_the_question_for_a_note_leads_an_alarm_back_to_its_advice(explored: Exploration) -> None:
    asked = [edge for edge in explored.edges if edge.source.phase is Phase.NOTING]
    alarmed = [edge for edge in asked if edge.source.tier is not None]
    allowed = {*ALARMED, Phase.NOTING, Phase.DECLINED, Phase.ENDED}

    assert alarmed
    assert {edge.target.phase for edge in alarmed} <= allowed
    for edge in alarmed:
        if edge.target.phase in (*ALARMED, Phase.NOTING):
            assert edge.target.tier is not None, edge


def test_every_question_has_a_way_out_on_silence(explored: Exploration) -> None:
    silence = {
        edge.source: edge.target
        for edge in explored.edges
        if isinstance(edge.event, PlaybackFinished | DeadlineReached)
    }
    for place in living(explored):
        if place.phase in QUESTIONING:
            here, turns = place, 0
            while (here.phase, here.question) == (place.phase, place.question):
                here, turns = silence[here], turns + 1
                assert turns < 12, f"{place} is asked for ever"


def test_no_state_is_a_dead_end(explored: Exploration) -> None:
    before: dict[Place, set[Place]] = {}
    for edge in explored.edges:
        if edge.event in USER:
            before.setdefault(edge.target, set()).add(edge.source)
    reached, queue = {Place(Phase.ENDED)}, deque([Place(Phase.ENDED)])
    for edge in explored.edges:  # last words end by themselves
        if edge.source.phase in LEAVING and edge.target.phase is Phase.ENDED:
            reached.add(edge.source)
            queue.append(edge.source)
    while queue:
        for place in before.get(queue.popleft(), ()):
            if place not in reached:
                reached.add(place)
                queue.append(place)

    assert reached >= set(living(explored))


def test_every_act_of_the_user_is_answered(explored: Exploration) -> None:
    """Only chatter may go unanswered, and whatever is said to a guide that is asleep."""
    for edge in explored.edges:
        if edge.event not in USER or edge.actions:
            continue
        said_by_the_way = edge.event in {Heard(text) for text in (CHATTER, *HEDGED)}
        assert edge.source.phase is Phase.ASLEEP or said_by_the_way, edge
        assert edge.source.phase is Phase.ASLEEP or edge.source.phase in LEAVING, edge


def test_quitting_ends_every_living_state(explored: Exploration) -> None:
    for edge in explored.edges:
        if isinstance(edge.event, QuitRequested):
            assert edge.target.phase is Phase.ENDED
            assert isinstance(edge.actions[-1], End)
            standing = edge.source.tier or edge.source.doubt or edge.source.incident
            assert (edge.actions[-1].red_flag is None) == (standing is None)

"""Single behaviours of the session that a transcript does not show."""

from dataclasses import replace

import pytest

from tests.transcript import FOLDER
from voiceguide.commands.library import load_library
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core import steps
from voiceguide.core.actions import (
    AdjustVoice,
    Earcon,
    End,
    FallSilent,
    Play,
    RaiseRedFlag,
    RememberClosed,
    RememberSettings,
    Say,
)
from voiceguide.core.answers import ANSWERS
from voiceguide.core.areas import is_same_area, named_in
from voiceguide.core.events import (
    ClauseStarted,
    DeadlineReached,
    Device,
    DeviceLost,
    Heard,
    PlaybackFinished,
    QuitRequested,
    Started,
)
from voiceguide.core.offers import PHRASES_AT_ONCE, available
from voiceguide.core.routine import Region, Routine
from voiceguide.core.session import Session
from voiceguide.core.settings import VOLUME_STEPS, Pace, Settings, step_along
from voiceguide.core.state import ALARMED, Hold, Phase, Question, State
from voiceguide.core.tiers import Tier
from voiceguide.core.turn import Turn, World

LANGUAGE = load_language()
SHORT = replace(load_routine(FOLDER / "short.yaml"), screening=(), preparation=())
ALONE = replace(load_routine(FOLDER / "alone.yaml"), screening=())


def world(routine: Routine = SHORT) -> World:
    return LANGUAGE.world([routine])


def started(routine: Routine = SHORT, settings: Settings | None = None) -> Session:
    """A session whose first step is being said."""
    session = Session(world(routine), settings)
    session.handle(Started(routine.id), 0.0)
    session.handle(Heard("ready"), 0.0)
    return session


def finish_speaking(session: Session, now: float) -> None:
    assert session.state.utterance is not None
    session.handle(PlaybackFinished(session.state.utterance.id), now)


def test_a_session_begins_with_the_voice_as_it_was_left() -> None:
    session = Session(world(), Settings(rate_wpm=130, volume=0.8))

    assert session.handle(Started("short"), 0.0)[0] == AdjustVoice(130, 0.8)


def test_the_active_grammar_is_the_row_of_the_phase() -> None:
    session = started()

    assert session.active == ANSWERS[Phase.GUIDING]
    session.handle(Heard("stop"), 1.0)
    assert session.active == ANSWERS[Phase.STOPPED]


def test_stop_is_answered_with_silence_and_a_short_sound_only() -> None:
    assert started().handle(Heard("stop"), 1.0) == [FallSilent(), Play(Earcon.STOPPED)]


def test_nothing_happens_after_the_end() -> None:
    session = started()
    session.handle(QuitRequested(), 1.0)

    assert session.handle(Heard("help"), 2.0) == []
    assert session.deadline is None


def test_a_red_flag_is_recorded_with_its_words_and_reason() -> None:
    actions = started().handle(Heard("my arm feels numb"), 1.0)

    assert isinstance(actions[1], RaiseRedFlag)
    assert actions[1].text == "my arm feels numb"
    assert actions[1].reason


def test_the_end_tells_the_gravest_red_flag_that_stands() -> None:
    session = started()
    session.handle(Heard("ouch"), 1.0)
    session.handle(Heard("i can't feel my legs"), 2.0)

    assert session.handle(QuitRequested(), 3.0)[-1] == End(session.state.tier)


def test_a_caution_gone_on_from_is_no_red_flag_at_the_end() -> None:
    session = started()
    session.handle(Heard("ouch"), 1.0)
    session.handle(Heard("softer"), 2.0)

    assert session.handle(QuitRequested(), 3.0)[-1] == End(None)


def test_a_change_of_voice_is_kept_for_next_time_and_undone_with_the_words() -> None:
    session = started()
    louder = session.handle(Heard("louder"), 1.0)
    undone = session.handle(Heard("undo"), 2.0)

    assert louder[:2] == [
        AdjustVoice(170, 0.8),
        RememberSettings(Settings(volume=0.8)),
    ]
    assert undone[:2] == [AdjustVoice(170, 0.6), RememberSettings(Settings())]


def test_at_the_end_of_a_scale_nothing_is_changed_or_kept() -> None:
    session = started(settings=Settings(volume=VOLUME_STEPS[-1]))

    assert [type(action) for action in session.handle(Heard("louder"), 1.0)] == [Say]


def test_scales_stay_at_their_ends() -> None:
    assert step_along((1.0, 2.0, 3.0), 3.0, 1) == 3.0
    assert step_along((1.0, 2.0, 3.0), 1.9, -1) == 1.0


def test_a_cut_instruction_goes_on_at_the_sentence_that_was_cut() -> None:
    session = started()
    said = session.state.utterance
    assert said is not None
    session.handle(ClauseStarted(said.id, 3), 5.0)
    (say,) = session.handle(Heard("softer"), 5.5)

    assert isinstance(say, Say)
    assert say.clauses[2] == "Stroke slowly up to the ribs, with light pressure,"


def test_a_cue_waits_until_an_answer_has_been_said() -> None:
    session = started()
    finish_speaking(session, 10.0)
    session.handle(Heard("how long"), 29.0)

    assert session.deadline is None
    finish_speaking(session, 33.0)
    assert session.deadline == 33.0
    (cue,) = session.handle(DeadlineReached(), 33.0)
    assert isinstance(cue, Say)
    assert cue.text == "Half of the time is over."


def test_two_cautions_in_the_same_area_close_it() -> None:
    session = started()
    for text in ("ouch", "softer", "ouch"):
        session.handle(Heard(text), 1.0)

    assert session.state.closed_regions == (Region.LOWER_BACK,)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Region.WHOLE_BACK, Region.LOWER_BACK, True),
        (Region.LOWER_BACK, Region.WHOLE_BACK, True),
        (Region.NECK, Region.NECK, True),
        (Region.NECK, Region.SHOULDERS, False),
        (Region.NONE, Region.NONE, False),
        (Region.LOWER_BACK, Region.UPPER_BACK, False),
    ],
)
def test_areas_that_touch_are_the_same(first: Region, second: Region, *, same: bool) -> None:
    assert is_same_area(first, second) is same


def test_a_whole_back_that_has_had_enough_closes_its_parts() -> None:
    whole = replace(SHORT.steps[0], region=Region.WHOLE_BACK)
    session = started(replace(SHORT, steps=(whole, *SHORT.steps)))
    for text in ("my foot is numb", "no", "no", "other area"):
        session.handle(Heard(text), 1.0)

    assert session.state.step is not None
    assert session.state.step.region is Region.UPPER_ARMS


def test_someone_alone_is_asked_as_loudly_as_can_be() -> None:
    session = started(ALONE, Settings(pace=Pace.AUTOMATIC))
    now, actions = 0.0, []
    while session.state.phase is not Phase.TRIAGE:
        now += 10.0
        if session.state.utterance is not None:
            finish_speaking(session, now)
        else:
            assert session.deadline is not None
            now = max(now, session.deadline)
            actions = session.handle(DeadlineReached(), now)

    assert AdjustVoice(170, VOLUME_STEPS[-1]) in actions
    session.handle(Heard("yes"), now)
    assert AdjustVoice(170, 0.6) in session.handle(Heard("resume"), now)


def test_a_lost_loudspeaker_in_the_last_words_ends_the_session_after_a_while() -> None:
    session = started()
    session.handle(Heard("end session"), 1.0)
    session.handle(DeviceLost(Device.SPEAKER), 2.0)

    assert session.deadline is not None
    assert session.handle(DeadlineReached(), session.deadline) == [End(None)]


def test_help_names_everything_that_is_answered_and_a_handful_at_a_time() -> None:
    session = started()
    names = available(session.state, LANGUAGE.prompts)
    told = []
    for _ in range(-(-len(names) // PHRASES_AT_ONCE)):
        (say,) = session.handle(Heard("help"), 1.0)
        assert isinstance(say, Say)
        told.append(say.text)

    assert all(any(name in text for text in told) for name in names)
    assert "resume" not in names
    assert "fists" in names


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ENDED])
def test_the_first_breath_of_help_in_each_phase_is_a_handful(phase: Phase) -> None:
    names = available(State(phase=phase, routine=SHORT), LANGUAGE.prompts)[:PHRASES_AT_ONCE]

    assert len(names) >= 3
    assert len(set(names)) == len(names)


def test_an_empty_text_is_not_said() -> None:
    turn = Turn(State(), 0.0, world())
    turn.say("")

    assert turn.actions == []


def test_a_timer_counts_only_while_it_runs() -> None:
    hold = Hold(60.0).started_at(10.0)

    assert hold.elapsed_at(30.0) == 20.0
    assert hold.started_at(20.0) is hold
    assert hold.frozen_at(30.0).elapsed_at(500.0) == 20.0
    assert hold.left_at(500.0) == 0.0


def test_steps_without_a_routine_have_nothing_to_say() -> None:
    turn = Turn(State(), 0.0, world())
    steps.go_to(turn, 1)

    assert turn.actions == []
    assert steps.instruction(turn.state, LANGUAGE.prompts) == ()


def test_fast_repetitions_are_not_counted_aloud() -> None:
    timing = SHORT.steps[1].timing
    assert timing is not None
    slow = steps.timed_cues(SHORT.steps[1], LANGUAGE.prompts)
    fast = replace(SHORT.steps[1], timing=replace(timing, seconds_each=1.0))

    assert [cue.say for cue in slow[:4]] == ["One.", "Two.", "Three.", "Now the right side."]
    assert [cue.say for cue in steps.timed_cues(fast, LANGUAGE.prompts)] == ["Now the right side."]
    assert steps.timed_cues(SHORT.steps[3], LANGUAGE.prompts) == ()


ROUTINES = {routine.id: routine for routine in load_library().routines}


def at_step(routine_id: str, number: int) -> Session:
    """A session of a shipped routine in one of its steps."""
    routine = replace(ROUTINES[routine_id], screening=(), preparation=())
    session = started(routine)
    session.handle(Heard(f"go to step {number}"), 0.0)
    return session


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


@pytest.mark.parametrize("text", ["just right", "good", "that's perfect", "keep it like that"])
def test_what_is_said_of_the_pressure_is_no_answer_to_a_red_flag(text: str) -> None:
    session = started()
    for said in ("is it supposed to tingle", text):
        session.handle(Heard(said), 1.0)

    assert session.state.question is Question.IS_IT_A_SYMPTOM

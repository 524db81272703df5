"""Single behaviours of the session that a transcript does not show."""

from dataclasses import replace

import pytest

from tests.core.sessions import ALONE, LANGUAGE, SHORT, finish_speaking, started, world
from voiceguide.core import steps
from voiceguide.core.actions import (
    AdjustVoice,
    Earcon,
    End,
    FallSilent,
    Play,
    RaiseRedFlag,
    RememberSettings,
    Say,
)
from voiceguide.core.answers import ANSWERS
from voiceguide.core.areas import is_same_area
from voiceguide.core.events import (
    ClauseStarted,
    DeadlineReached,
    Device,
    DeviceLost,
    Heard,
    QuitRequested,
    Started,
)
from voiceguide.core.offers import PHRASES_AT_ONCE, available
from voiceguide.core.routine import Region
from voiceguide.core.session import Session
from voiceguide.core.settings import VOLUME_STEPS, Pace, Settings, step_along
from voiceguide.core.state import Hold, Phase, State
from voiceguide.core.turn import Turn


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

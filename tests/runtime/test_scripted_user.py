"""Who takes part in a rehearsal, and when they speak."""

from voiceguide.core.script import ScriptLine
from voiceguide.core.state import Phase, State
from voiceguide.runtime.scripted_user import (
    REACTION_SECONDS,
    ObligingUser,
    Press,
    Scene,
    ScriptedUser,
    SilentUser,
    Speak,
)


def scene(
    phase: Phase = Phase.WAITING,
    seconds: float = 10.0,
    clause: str = "",
    heard: str = "",
    quiet: float = REACTION_SECONDS,
) -> Scene:
    return Scene(seconds, State(phase=phase), clause, heard, quiet)


def test_an_obliging_user_says_next_once_the_guide_is_silent() -> None:
    user = ObligingUser()
    move = user.move(scene())

    assert isinstance(move, Speak)
    assert move.line.say == "next"
    assert user.move(scene(quiet=0.1)) is None


def test_an_obliging_user_says_nothing_while_a_timer_runs() -> None:
    assert ObligingUser().move(scene(Phase.HOLDING)) is None


def test_a_silent_user_answers_by_key_what_would_keep_the_guide_from_going_on() -> None:
    assert SilentUser().move(scene(Phase.SCREENING)) == Press("no")
    assert SilentUser().move(scene(Phase.CHECKING_IN)) == Press("yes")
    assert SilentUser().move(scene(Phase.WAITING)) is None


def test_a_timed_line_comes_at_its_time_whatever_the_guide_does() -> None:
    user = ScriptedUser([ScriptLine(at_seconds=12.0, say="stop")])

    assert user.move(scene(seconds=11.9)) is None
    assert user.move(scene(seconds=12.0, clause="now press", quiet=0.0)) is not None
    assert user.is_done


def test_a_line_for_when_comes_while_the_guide_says_it() -> None:
    user = ScriptedUser([ScriptLine(when="Half", say="softer")])

    assert user.move(scene(clause="stay beside the spine")) is None
    assert user.move(scene(clause="half of the time is over.", quiet=0.0)) is not None


def test_a_line_for_after_waits_until_the_guide_is_silent() -> None:
    user = ScriptedUser([ScriptLine(after="say next", say="next")])

    assert user.move(scene(heard="say next when you are ready.", quiet=0.0)) is None
    assert user.move(scene(heard="say next when you are ready.")) is not None


def test_a_wait_counts_from_the_line_before() -> None:
    user = ScriptedUser(
        [ScriptLine(at_seconds=5.0, say="stop"), ScriptLine(wait_seconds=3.0, say="resume")]
    )
    user.move(scene(seconds=5.0))

    assert user.move(scene(seconds=7.9)) is None
    assert user.move(scene(seconds=8.0)) is not None


def test_cued_lines_keep_their_order() -> None:
    user = ScriptedUser([ScriptLine(when="one", say="a"), ScriptLine(when="two", say="b")])

    assert user.move(scene(clause="two")) is None
    assert user.waits_for_guide
    assert [line.say for line in user.unsaid] == ["a", "b"]


def test_a_script_need_not_know_the_screening() -> None:
    user = ScriptedUser([ScriptLine(when="step one", say="next")])

    assert user.move(scene(Phase.SCREENING, quiet=REACTION_SECONDS)) is None
    assert user.move(scene(Phase.SCREENING, quiet=6 * REACTION_SECONDS)) == Press("no")

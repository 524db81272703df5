from pathlib import Path

import pytest

from tests.fitting_transcript import FITTINGS, PlayedFitting, play_fitting
from voiceguide.core.acceptance import AcceptanceSettings, Reason
from voiceguide.core.actions import End, FallSilent
from voiceguide.core.events import DeadlineReached, PlaybackFinished, QuitRequested, Started
from voiceguide.core.fit import Tried
from voiceguide.core.fitting import FitNotWritten, FitPhase, FitWritten
from voiceguide.core.intents import Intent, Meaning

TRANSCRIPTS = sorted(FITTINGS.glob("*.txt"))


@pytest.fixture
def played() -> PlayedFitting:
    """A fitting that has asked for its first word."""
    playing = PlayedFitting()
    playing.post(Started())
    playing.let_guide_finish()
    return playing


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_guide_still_says_what_the_golden_transcript_says(path: Path, accept: bool) -> None:  # noqa: FBT001
    golden = path.read_text(encoding="utf-8")
    told = play_fitting(golden)
    if accept:
        path.write_text(told, encoding="utf-8")
        return

    assert told == golden


def test_eight_words_understood_at_once_take_about_a_minute() -> None:
    last = play_fitting((FITTINGS / "all_heard.txt").read_text(encoding="utf-8")).splitlines()[-1]

    assert float(last.split()[0]) < 75


def test_what_is_heard_of_the_guide_itself_is_no_try(played: PlayedFitting) -> None:
    before = list(played.told)
    played.post(Tried("next", None, "next", Reason.SELF_ECHO))

    assert played.told == before


def test_talk_over_the_guides_question_is_no_try(played: PlayedFitting) -> None:
    played.post(played.tried("next"))
    before = list(played.told)
    played.post(played.tried("(unclear) bang"))

    assert played.told == before


def test_the_word_said_over_the_end_of_the_question_counts(played: PlayedFitting) -> None:
    played.post(played.tried("next"))
    played.post(played.tried("back"))

    assert "Now stop, after" in played.told[-1]


def test_a_word_that_is_only_too_long_for_the_usual_threshold_is_understood_and_kept(
    played: PlayedFitting,
) -> None:
    slow = Tried("next", None, "next", Reason.TOO_LONG, take=1, seconds=1.4)
    played.post(slow)

    assert "Now back, after" in played.told[-1]
    assert played.fitting.fit.first_word_seconds == pytest.approx(1.4 * 1.25)


def test_late_and_foreign_events_change_nothing(played: PlayedFitting) -> None:
    before = list(played.told)
    played.post(PlaybackFinished(99))
    played.post(PlaybackFinished(1))

    assert played.told == before


def test_a_deadline_while_the_guide_speaks_changes_nothing(played: PlayedFitting) -> None:
    played.post(played.tried("next"))
    before = list(played.told)
    played.post(DeadlineReached())

    assert played.told == before


def test_a_second_ctrl_c_ends_at_once(played: PlayedFitting) -> None:
    played.post(played.tried("next"))
    played.post(QuitRequested())

    assert played.fitting.handle(QuitRequested(), played.now) == [FallSilent(), End()]
    assert played.fitting.phase is FitPhase.ENDED
    assert played.fitting.handle(QuitRequested(), played.now) == []


def test_a_second_answer_of_the_disk_changes_nothing(played: PlayedFitting) -> None:
    played.post(played.tried("next"))
    played.post(QuitRequested())

    assert played.fitting.handle(FitWritten("fit.json"), played.now) == []
    assert played.fitting.handle(FitNotWritten(), played.now) == []


def test_only_the_word_itself_becomes_an_example_of_it(played: PlayedFitting) -> None:
    played.post(Tried("skip", Meaning(Intent.NEXT), "skip", Reason.WHOLE_PHRASE, take=7))
    played.post(QuitRequested())

    assert played.kept is not None
    assert played.kept.takes == {}


def test_thresholds_stay_as_they_are_for_a_usual_voice(played: PlayedFitting) -> None:
    played.post(played.tried("next"))

    assert played.fitting.fit.acceptance(AcceptanceSettings()) == AcceptanceSettings()

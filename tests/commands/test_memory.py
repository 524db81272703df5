"""What outlives a session: limits, and the note that was asked for."""

import re
from pathlib import Path

import pytest

from tests.voiceguide_process import voiceguide
from voiceguide.commands.memory import Memory
from voiceguide.content.language import load_language
from voiceguide.core.actions import (
    RememberClosed,
    RememberSettings,
    RememberSoreness,
    RememberWork,
    WriteIncident,
)
from voiceguide.core.events import Heard, IncidentNotWritten, IncidentWritten, Unclear
from voiceguide.core.incident import Circumstances
from voiceguide.core.routine import Audience, Region
from voiceguide.core.settings import Settings
from voiceguide.core.tiers import Tier
from voiceguide.errors import ExitCode

SCREENED = "no\n" * 8
PREPARED = "ready\n" * 5


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICEGUIDE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def memory(home: Path) -> Memory:  # the home comes first
    return Memory(load_language().prompts)


def notes(home: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in (home / "records").glob("*.txt")]


def test_work_and_soreness_are_there_in_the_next_session(home: Path, memory: Memory) -> None:
    memory.keep(RememberWork("ball", Audience.SELF, 61.0, is_full=False))
    memory.keep(RememberSoreness(Audience.SELF, is_sore=True))
    memory.keep(RememberClosed((Region.LOWER_BACK, Region.NECK)))
    memory.keep(RememberSettings(Settings(volume=0.8)))
    again = Memory(load_language().prompts)
    past = again.past()

    assert [work.seconds for work in past.history.work] == [61.0]
    assert [past.days_ago(answer.day) for answer in past.history.soreness] == [0]
    assert [closed.region for closed in past.history.closed] == [Region.LOWER_BACK, Region.NECK]
    assert again.settings().volume == 0.8


def test_a_note_holds_what_was_said_with_the_time_of_day(home: Path, memory: Memory) -> None:
    memory.follow(Heard("my foot is numb"), [], 100.0)
    memory.follow(Unclear(), [], 101.0)
    circumstances = Circumstances("Ball", "Step one of two (lower back): lie", "light", Tier.URGENT)
    settled = memory.write(WriteIncident(circumstances), 130.0)

    assert settled == IncidentWritten("records", "home")
    (note,) = notes(home)
    assert re.search(r"^\d\d:\d\d:\d\d  user    my foot is numb$", note, re.MULTILINE)
    for words in ("Ball", "Step one of two (lower back): lie", "light", "urgent"):
        assert words in note
    assert "no diagnosis" in note


def test_a_long_session_is_not_kept_whole(home: Path, memory: Memory) -> None:
    for second in range(500):
        memory.follow(Heard(f"word {second}"), [], float(second))
    memory.write(WriteIncident(Circumstances()), 500.0)

    assert "word 499" in notes(home)[0]
    assert "word 400" not in notes(home)[0]


def test_a_disk_that_refuses_is_an_answer_and_no_crash(home: Path, memory: Memory) -> None:
    home.mkdir()
    (home / "records").write_text("in the way")

    assert memory.write(WriteIncident(Circumstances()), 0.0) == IncidentNotWritten()


def test_a_typed_session_writes_the_note_after_consent_and_prints_where(home: Path) -> None:
    typed = f"{SCREENED}{PREPARED}my arm feels numb\nno\nno\nend\nyes\n"
    done = voiceguide("run", "back-massage-basic", "--typed", home=home, typed=typed)
    (note,) = notes(home)

    assert done.code == ExitCode.RED_FLAG
    assert f"Written to {home / 'records'}" in done.out
    assert "my arm feels numb" in note
    assert "Is it between the legs" in note
    assert "red flag urgent" in note


@pytest.mark.parametrize("answer", ["no", "not sure", ""])
def test_without_a_yes_nothing_is_written(answer: str, home: Path) -> None:
    typed = f"{SCREENED}{PREPARED}my arm feels numb\nno\nno\nend\n{answer}\n"
    voiceguide("run", "back-massage-basic", "--typed", home=home, typed=typed)

    assert notes(home) == []


def test_minutes_used_up_today_are_refused_by_the_program(home: Path, memory: Memory) -> None:
    memory.keep(RememberWork("self-massage-floor", Audience.SELF, 290.0, is_full=False))
    done = voiceguide("run", "self-massage-wall", "--typed", home=home)

    assert "The five minutes for today are used up." in done.out
    assert done.code == ExitCode.OK


def test_the_users_emergency_number_is_said(home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text('emergency_number = "112"\n')
    typed = f"{SCREENED}{PREPARED}i can't feel my legs\n"
    done = voiceguide("run", "back-massage-basic", "--typed", home=home, typed=typed)

    assert "Call one one two now." in done.out


def test_a_mistake_in_the_users_file_is_told_before_anything_begins(home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("\nemergency_number = 112\n")
    done = voiceguide("run", "back-massage-basic", "--typed", home=home)

    assert done.code == ExitCode.USAGE
    assert "config.toml:2: emergency_number: This is no telephone number." in done.err
    assert "Guide:" not in done.out


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("", "not set"),
        ('emergency_number = "112"\n', "112."),
        ("emergency_number = 112\n", "config.toml:1: emergency_number: This is no telephone"),
    ],
)
def test_the_doctor_tells_which_number_would_be_said(written: str, found: str, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(written)
    done = voiceguide("doctor", home=home)

    assert found in done.out.splitlines()[0]


SAME = "Is it the same person, and is it all the same today?"


def massage(home: Path, typed: str, *, journal: bool = True) -> str:
    to_file = ("--journal", str(home.parent / "journal.txt")) if journal else ()
    return voiceguide("run", "back-massage-basic", "--typed", *to_file, home=home, typed=typed).out


def test_with_a_journal_the_next_session_offers_what_seldom_changes(home: Path) -> None:
    assert SAME not in massage(home, SCREENED)

    again = massage(home, "yes\n" + "no\n" * 6)

    assert SAME in again
    assert "thinners, or bruise" not in again
    assert "You can begin." in again


def test_an_answer_that_ends_the_session_is_the_end_of_the_offer(home: Path) -> None:
    massage(home, SCREENED)
    massage(home, "yes\nyes\n")

    assert SAME not in massage(home, "")


def test_without_a_journal_nothing_is_kept_nothing_offered_and_all_forgotten(home: Path) -> None:
    massage(home, SCREENED)
    assert (home / "state" / "answers.json").exists()

    assert SAME not in massage(home, SCREENED, journal=False)
    assert not (home / "state" / "answers.json").exists()

"""Clear answers between sessions: the last screening's, or none."""

import json
from pathlib import Path

import pytest

from voiceguide.adapters.answers_file import AnswersFile
from voiceguide.core.last_answers import ClearNo
from voiceguide.core.routine import Audience

BONES = ClearNo(739_000, "Has a doctor told you that your bones are weak or brittle?")
CANCER = ClearNo(738_990, "Does your partner have cancer, or has your partner ever had it?")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "answers.json"


def test_what_was_kept_is_loaded_with_its_day_and_words(path: Path) -> None:
    AnswersFile(path).replace(Audience.SELF, (BONES,))

    assert AnswersFile(path).load() == (BONES,)


def test_only_the_same_audience_is_replaced(path: Path) -> None:
    answers = AnswersFile(path)
    answers.replace(Audience.SELF, (BONES,))
    answers.replace(Audience.PARTNER, (CANCER,))
    answers.replace(Audience.SELF, ())

    assert answers.load() == (CANCER,)


def test_where_nothing_is_kept_there_is_no_file(path: Path) -> None:
    answers = AnswersFile(path)
    answers.replace(Audience.SELF, ())
    assert not path.parent.exists()

    answers.replace(Audience.SELF, (BONES,))
    answers.replace(Audience.SELF, ())
    assert not path.exists()


def test_a_person_can_read_the_file_and_nobody_else(path: Path) -> None:
    AnswersFile(path).replace(Audience.SELF, (BONES,))

    assert json.loads(path.read_text()) == {"self": [{"day": "2024-04-24", "no_to": BONES.ask}]}
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == ["answers.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "\x00",
        '{"self": [{"day": "soon", "no_to": "x"}]}',
        '{"self": [{"day": "2024-04-26"}]}',
        '{"self": [{"day": "2024-04-26", "no_to": 5}]}',
        '{"somebody": []}',
        '{"self": 5}',
        "[" * 100_000,
    ],
)
def test_nonsense_holds_no_answers_and_is_replaced(content: str, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(content)

    assert AnswersFile(path).load() == ()
    AnswersFile(path).replace(Audience.SELF, (BONES,))
    assert AnswersFile(path).load() == (BONES,)


def test_a_disk_that_refuses_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")

    AnswersFile(tmp_path / "state" / "answers.json").replace(Audience.SELF, (BONES,))

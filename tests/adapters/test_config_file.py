from pathlib import Path

import pytest

from voiceguide.adapters.config_file import Config, load_config
from voiceguide.errors import ContentError


def load(text: str, tmp_path: Path) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def problems(text: str, tmp_path: Path) -> list[str]:
    with pytest.raises(ContentError) as raised:
        load(text, tmp_path)
    return [f"{p.line}: {p.field}: {p.what} {p.mend}" for p in raised.value.problems]


def test_without_a_file_nothing_is_set_and_nothing_guessed(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == Config(emergency_number="")


def test_all_settings_are_read(tmp_path: Path) -> None:
    text = 'emergency_number = "112" # Europe\nanswer_seconds = 20\n'

    assert load(text, tmp_path) == Config("112", 20.0)


@pytest.mark.parametrize(
    ("written", "digits"), [("000", "000"), ("1 1 2", "112"), ("1-1-2", "112")]
)
def test_a_number_is_kept_digit_by_digit(written: str, digits: str, tmp_path: Path) -> None:
    assert load(f'emergency_number = "{written}"', tmp_path).emergency_number == digits


@pytest.mark.parametrize(
    "value", ["112", '""', '"1"', '"call mum"', '["112"]', '"\uff11\uff12"', '"112;"']
)
def test_what_is_no_number_is_told_with_line_and_mend(value: str, tmp_path: Path) -> None:
    assert problems(f"# mine\n\nemergency_number = {value}\n", tmp_path) == [
        (
            "3: emergency_number: This is no telephone number. "
            'Write its digits in quotes, as in: emergency_number = "112"'
        )
    ]


@pytest.mark.parametrize("value", ["4", "61", '"20"', "true", "nan", "[]"])
def test_a_time_out_of_bounds_is_told(value: str, tmp_path: Path) -> None:
    assert problems(f"answer_seconds = {value}", tmp_path) == [
        "1: answer_seconds: This is no usable time. Write a number of seconds from 5 to 60."
    ]


def test_a_misspelt_setting_is_told_rather_than_passed_over(tmp_path: Path) -> None:
    assert problems('answer_seconds = 9\nemergency_nummer = "112"', tmp_path) == [
        "2: emergency_nummer: There is no such setting. Use emergency_number or answer_seconds."
    ]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    assert len(problems("emergency_number = 112\nanswer_seconds = 1\n[more]\n", tmp_path)) == 3


@pytest.mark.parametrize(
    "text", ["emergency_number = 000", "emergency number", "x = ", "a = 1\na = 2"]
)
def test_a_file_that_is_no_toml_says_how_a_line_looks(text: str, tmp_path: Path) -> None:
    (problem,) = problems(text, tmp_path)

    assert "This is not TOML" in problem
    assert problem.endswith('Write a line such as: emergency_number = "112"')


def test_the_line_of_a_toml_mistake_is_named(tmp_path: Path) -> None:
    (problem,) = problems("# one\n# two\nemergency_number = 000\n", tmp_path)

    assert problem.startswith("3: ")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ContentError, match="Make it a text file"):
        load_config(path)

"""The linter finds what the schema can't: unsafe steps, and words that can't be heard."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from voiceguide.content.loader import check_file
from voiceguide.core.routine import Region

HERE = Path(__file__).parent
FULL = (HERE / "full.yaml").read_text()
CASES = yaml.safe_load((HERE / "unsafe_edits.yaml").read_text())


def said(tmp_path: Path, *edits: tuple[str, str]) -> list[str]:
    text = FULL
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "full.yaml"
    path.write_text(text)
    return [f"{p.line}: {p.field}: {p.what} {p.mend}" for p in check_file(path)]


def test_the_unchanged_routine_is_fine(tmp_path: Path) -> None:
    assert said(tmp_path) == []


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{i}-{c['edit'][-1]}"[:60] for i, c in enumerate(CASES)]
)
def test_every_unsafe_edit_is_found_with_line_field_and_mend(
    tmp_path: Path, case: dict[str, list[Any]]
) -> None:
    edits = [(old, new) for old, new in case["edit"]]

    assert said(tmp_path, *edits) == case["found"]


@pytest.mark.parametrize(
    "harmless",
    [
        "Work beside the spine.",
        "Keep your hands on either side of the spine.",
        "Push away from the spine.",
        "Stay off the bones.",
        "Never press the spine.",
        "If a ball touches a bone, move it.",
        "Stop if you feel pain in a bone.",
        "One hand goes on each side of the spine, never on it.",
        "Hold it for ten to thirty seconds.",
        "Hold it for twenty-five seconds.",
        "Let your partner rest for ten minutes.",
        "Don't go near the front of the neck.",
        "Say no. It's fine - \u201creally\u201d.",
        "Some people say it feels warm!",
        "Say the number 5 or 10.",
        "word " * 24 + "word. " + "word " * 25,
    ],
)
def test_careful_words_are_left_alone(tmp_path: Path, harmless: str) -> None:
    assert (
        said(tmp_path, ("finish: Done.", f"finish: '{harmless.replace(chr(39), chr(39) * 2)}'"))
        == []
    )


@pytest.mark.parametrize(
    "unsafe",
    [
        "Work on the spine.",
        "Press the spine firmly.",
        "Put the ball under your spine.",
        "Roll over the backbone.",
        "Press, but never gently, then press the vertebrae.",
        "Tap the kidneys.",
        "Press the spine without fear.",
        "Press the sides of the neck.",
        "Press the throat.",
        "Work behind your knees.",
        "Press into the back of the knee.",
        "Rub the belly.",
    ],
)
def test_words_that_send_hands_to_a_forbidden_place_are_found(tmp_path: Path, unsafe: str) -> None:
    found = said(tmp_path, ("finish: Done.", f"finish: '{unsafe}'"))

    assert len(found) == 1
    assert "may be heard as pressing there" in found[0]


def test_a_question_may_name_any_part_of_the_body(tmp_path: Path) -> None:
    assert said(tmp_path, ("ask: Have you got time?", "ask: Have you broken a bone?")) == []


@pytest.mark.parametrize(("region", "most"), [("neck", 2), ("upper arms", 3), ("lower back", 4)])
def test_the_highest_pressure_that_a_region_takes_is_allowed(
    tmp_path: Path, region: str, most: int
) -> None:
    edits = (("region: shoulders", f"region: {region}"), ("least: 1, most: 3", f"most: {most}"))

    assert said(tmp_path, *edits) == []


@pytest.mark.parametrize("region", [region for region in Region if region is not Region.NONE])
def test_a_pressure_of_five_is_too_much_anywhere(tmp_path: Path, region: Region) -> None:
    edits = (("region: shoulders", f"region: {region.value}"), ("least: 1, most: 3", "most: 5"))

    found = said(tmp_path, *edits)

    assert [line for line in found if "is too much" in line] == found
    assert len(found) == 1


@pytest.mark.parametrize(
    "edit",
    [
        ("repetitions: 5, seconds_each: 6", "seconds: 300"),
        ("equipment: [a towel]", "equipment: [some oil]"),
        ('source: "own: a test"', "source: 000_1afd50af6103cbf3, with a change"),
        ("least: 1, most: 3", "least: 2, most: 2"),
        ("say stop", "Say Stop"),
    ],
)
def test_what_is_just_within_the_rules_is_allowed(tmp_path: Path, edit: tuple[str, str]) -> None:
    assert said(tmp_path, edit) == []


def test_fixed_pressure_needs_no_softer_or_firmer(tmp_path: Path) -> None:
    edits = (
        ("least: 1, most: 3", "least: 2, most: 2"),
        ("    softer: Use your palms.\n", ""),
        ("    firmer: Lean in.\n", ""),
    )

    assert said(tmp_path, *edits) == []


def test_a_routine_for_one_that_keeps_to_its_limits_is_allowed(tmp_path: Path) -> None:
    edits = (
        ("for: partner", "for: self"),
        ("minutes_per_day: 20", "minutes_per_day: 5"),
        ("weight-loss, cancer", "weight-loss, cancer, bones"),
        ("Have you got time?", "Have you had severe pain?"),
        ("stop_if: no", "stop_if: yes"),
    )

    assert said(tmp_path, *edits) == []

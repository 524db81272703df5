"""Routine files become core values, or every mistake is told with line, field and mend."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from voiceguide.content import standard_screening
from voiceguide.content.loader import check_file, load_routine, load_routines
from voiceguide.content.routine_schema import (
    CueFile,
    FileModel,
    LimitsFile,
    PressureFile,
    QuestionFile,
    RatingFile,
    RedFlagFile,
    RoutineFile,
    Screen,
    StepFile,
    Technique,
    TimingFile,
    VariationFile,
    routine_json_schema,
)
from voiceguide.core.last_answers import may_be_kept
from voiceguide.core.red_flags import Tier
from voiceguide.core.routine import (
    Audience,
    Cue,
    Limits,
    PressureBounds,
    RatingLoop,
    Region,
    RoutineRedFlag,
    ScreeningQuestion,
    Timing,
    Variation,
)
from voiceguide.errors import ContentError, Problem, UsageError

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "write-a-routine.md"
REFERENCE = ROOT / "docs" / "reference" / "routine-format.md"
SCHEMA = ROOT / "docs" / "reference" / "routine.schema.json"
MISTAKES = yaml.safe_load(Path(__file__).with_name("routine_mistakes.yaml").read_text())
FULL = Path(__file__).with_name("full.yaml").read_text()


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "full.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path: Path, *edits: tuple[str, str]) -> list[Problem]:
    text = FULL
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return list(check_file(write(tmp_path, text)))


def only(found: list[Problem]) -> Problem:
    assert len(found) == 1, found
    return found[0]


def test_every_field_arrives_in_the_core(tmp_path: Path) -> None:
    routine = load_routine(write(tmp_path, FULL))
    step, spot = routine.steps

    assert (routine.id, routine.title, routine.menu_order) == ("full", "Full", 7)
    assert routine.summary == "All fields at once."
    assert routine.audience is Audience.PARTNER
    assert routine.source == "own: a test"
    assert routine.equipment == ("a towel",)
    assert routine.preparation == ("If anything hurts, say stop.",)
    assert (routine.finish, routine.oil, routine.notes) == ("Done.", "Warm the oil.", ("Nothing.",))
    assert routine.advice == ("If pain stays, see a doctor.",)
    assert routine.limits == Limits(minutes_per_day=20, days_between=2, rest_days_if_sore=3)
    assert routine.red_flags == (RoutineRedFlag("my ear rings", Tier.URGENT),)
    assert step.say == "Knead with {pressure} pressure. Begin on the right side."
    assert step.brief == "Knead, {pressure} pressure."
    assert (step.region, step.technique, step.direction) == (
        Region.SHOULDERS,
        "kneading",
        "outward",
    )
    assert step.pressure == PressureBounds(usual=2, least=1, most=3)
    assert step.timing == Timing(repetitions=5, seconds_each=6, sides=("right side", "left side"))
    assert step.cues == (Cue(0.25, "Go on."),)
    assert (step.softer, step.firmer) == ("Use your palms.", "Lean in.")
    assert step.variations == (Variation("fists", "Use loose fists."),)
    assert step.cautions == ("Never on the spine.",)
    assert (step.why, step.check_in) == ("People like it.", "Is it comfortable?")
    assert step.rating is None
    assert spot.rating == RatingLoop(hold_seconds=8, rounds=3, ease_off_above=7, release_at=4)
    assert spot.timing is None


def test_standard_questions_come_first_in_the_words_for_the_audience(tmp_path: Path) -> None:
    routine = load_routine(write(tmp_path, FULL))
    fever = standard_screening.questions()[Screen.FEVER]

    assert len(routine.screening) == 12
    assert routine.screening[1] == ScreeningQuestion(fever.partner, fever.advice, "yes")
    assert routine.screening[-1] == ScreeningQuestion(
        "Have you got time?", "Come back later.", "no"
    )


def test_someone_alone_is_asked_about_themselves() -> None:
    routine = load_routine(ROOT / "routines" / "self-massage-wall.yaml")

    assert routine.screening[1].ask == standard_screening.questions()[Screen.FEVER].self


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake['new']}")
def test_each_mistake_is_told_with_line_field_and_mend(
    tmp_path: Path, mistake: dict[str, str]
) -> None:
    old, new = mistake["old"], mistake["new"]
    line = FULL[: FULL.index(old)].count("\n") + 1

    # Renaming a field is two mistakes: the new name, and the old one's absence (not shown here).
    found = [p for p in problems(tmp_path, (old, new)) if "is missing" not in p.what]

    problem = only(found)
    assert (problem.line, problem.field) == (line, mistake["field"])
    assert f"{problem.what} {problem.mend}" == mistake["said"]
    assert "\n" not in str(problem)


def test_a_text_that_is_too_long_is_told(tmp_path: Path) -> None:
    problem = only(problems(tmp_path, ("finish: Done.", f"finish: {'x' * 1300}")))

    assert problem.what == "`finish` is longer than 1200 characters."
    assert problem.mend == "Say it in fewer words."


@pytest.mark.parametrize(
    ("field", "line_of"),
    [
        ("title: Full\n", "id: full"),
        ("    say: Hold the spot with {pressure} pressure.\n", "- id: spot"),
    ],
)
def test_a_missing_field_is_told_at_what_should_hold_it(
    tmp_path: Path, field: str, line_of: str
) -> None:
    name = field.strip().partition(":")[0]

    problem = only(problems(tmp_path, (field, "")))

    assert problem.line == FULL[: FULL.index(line_of)].count("\n") + 1
    assert problem.what == f"The field `{name}` is missing."
    assert problem.mend == f"Add `{name}:` with its value."


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    edits = (("title: Full", "title: 5"), ("most: 3", "most: 9"), ("finish: Done.", "end: Done."))

    found = problems(tmp_path, *edits)

    assert [p.field for p in found] == ["finish", "title", "steps.1.pressure.most", "end"]
    assert [p.line for p in found] == sorted(p.line for p in found)


def test_a_file_of_nothing_but_mistakes_is_told_in_bounds(tmp_path: Path) -> None:
    text = "".join(f"field-{i}: x\n" for i in range(1000))

    assert len(check_file(write(tmp_path, text))) == 50


def test_all_unsafe_places_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    edits = (("Never on the spine.", "Press the spine."), ("for: partner", "for: self"))

    found = problems(tmp_path, *edits)

    assert {p.field for p in found} == {
        *("screening", "limits.minutes_per_day", "steps.1.cautions.1"),
    }


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "5\n", "null\n"])
def test_anything_but_named_fields_is_one_problem(tmp_path: Path, text: str) -> None:
    assert "something else" in only(list(check_file(write(tmp_path, text)))).what


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_a_file_that_can_not_be_read_is_a_problem_and_no_exception(
    tmp_path: Path, name: str
) -> None:
    assert len(check_file(tmp_path / name)) == 1


def test_the_error_names_file_line_and_field(tmp_path: Path) -> None:
    path = write(tmp_path, FULL.replace("title: Full", "title: 5"))

    with pytest.raises(ContentError) as caught:
        load_routine(path)

    assert str(caught.value).startswith(f"{path}:3: title: ")


def test_a_folder_is_loaded_in_menu_order(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "routines", tmp_path, dirs_exist_ok=True)
    write(tmp_path, FULL)

    routines = load_routines(tmp_path)

    assert [r.id for r in routines[:2]] == ["full", "back-massage-basic"]
    assert [r.menu_order for r in routines] == sorted(r.menu_order for r in routines)


def test_equal_places_in_the_menu_go_by_title(tmp_path: Path) -> None:
    for name, title in (("b", "Bravo"), ("a", "Zulu"), ("c", "Alpha")):
        text = FULL.replace("id: full", f"id: {name}").replace("title: Full", f"title: {title}")
        (tmp_path / f"{name}.yaml").write_text(text)

    assert [r.title for r in load_routines(tmp_path)] == ["Alpha", "Bravo", "Zulu"]


def test_every_bad_file_of_a_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path, FULL)
    (tmp_path / "one.yaml").write_text("")
    (tmp_path / "two.yaml").write_text("[]")

    with pytest.raises(ContentError) as caught:
        load_routines(tmp_path)

    assert [Path(p.path).name for p in caught.value.problems] == ["one.yaml", "two.yaml"]


def test_a_folder_without_routines_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no routines"):
        load_routines(tmp_path / "absent")


def test_the_standard_questions_must_be_complete(tmp_path: Path) -> None:
    path = tmp_path / "screening.yaml"
    path.write_text(standard_screening.PATH.read_text().split("\nbladder:")[0])

    with pytest.raises(ContentError, match="bladder are missing"):
        standard_screening.read_questions(path)


def test_an_unknown_standard_question_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "screening.yaml"
    path.write_text("skni: {partner: a, self: b, advice: c}\n")

    with pytest.raises(ContentError, match=r"screening.yaml:1: skni: .*Did you mean `skin`"):
        standard_screening.read_questions(path)


@pytest.mark.parametrize("screen", sorted(set(Screen) - standard_screening.SELDOM_CHANGE))
def test_what_may_be_new_today_can_not_be_marked_as_the_same(
    screen: Screen, tmp_path: Path
) -> None:
    path = tmp_path / "screening.yaml"
    text = standard_screening.PATH.read_text()
    marked = text.replace(f"\n{screen}:\n", f"\n{screen}:\n  same_as_last_time: that\n")
    path.write_text(marked)
    line = marked[: marked.index("same_as_last_time: that")].count("\n") + 1

    with pytest.raises(ContentError) as caught:
        standard_screening.read_questions(path)

    assert str(caught.value) == (
        f"{path}:{line}: {screen}.same_as_last_time: This may have changed since last time, "
        "so it is asked each time. Delete `same_as_last_time`."
    )


def test_skin_fever_falls_numbness_and_pregnancy_are_always_asked() -> None:
    routines = load_routines(ROOT / "routines")
    words = ("rash", "fever", "accident", "numb", "pregnant", "pain", "calves", "lost a lot")
    kept = {q.ask for routine in routines for q in routine.screening if may_be_kept(q)}

    assert kept
    assert [ask for ask in kept if any(word in ask for word in words)] == []


def test_a_question_of_the_routines_own_may_be_carried_over(tmp_path: Path) -> None:
    edit = "    stop_if: yes\n    same_as_last_time: high blood pressure\n"
    routine = load_routine(write(tmp_path, FULL.replace("    stop_if: no\n", edit)))

    assert routine.screening[-1].topic == "high blood pressure"
    assert may_be_kept(routine.screening[-1])


def test_the_published_json_schema_is_the_generated_one() -> None:
    assert json.loads(SCHEMA.read_text()) == routine_json_schema()


def test_the_smallest_routine_of_the_how_to_loads_and_has_twelve_lines(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert example
    path = tmp_path / "shoulder-break.yaml"
    path.write_text(example[1])

    assert load_routine(path).steps[0].region is Region.SHOULDERS
    assert len(example[1].splitlines()) == 12


def test_the_problem_that_the_how_to_shows_is_the_one_that_comes(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert example
    path = tmp_path / "shoulder-break.yaml"
    path.write_text(example[1].replace("most: 3", "most: 5"))

    assert str(only(list(check_file(path)))).removeprefix(f"{tmp_path}/") in HOW_TO.read_text()


MODELS: tuple[type[FileModel], ...] = (
    RoutineFile, StepFile, PressureFile, TimingFile, CueFile, VariationFile, RatingFile,
    QuestionFile, LimitsFile, RedFlagFile,
)  # fmt: skip


def test_the_reference_names_every_field_and_every_word() -> None:
    text = REFERENCE.read_text()
    fields = {f.alias or name for model in MODELS for name, f in model.model_fields.items()}
    words = fields | set(Screen) | set(Technique) | set(Region) | set(Audience) | set(Tier)

    assert {word for word in words if f"`{word}`" not in text} == set()


def test_every_field_is_described_for_editors() -> None:
    silent = [
        f"{model.__name__}.{name}"
        for model in MODELS
        for name, field in model.model_fields.items()
        if not field.description
    ]

    assert silent == []

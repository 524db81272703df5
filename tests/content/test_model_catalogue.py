from pathlib import Path

import pytest

from voiceguide.content.model_catalogue import load_catalogue
from voiceguide.errors import ContentError, Problem

SHIPPED = Path(__file__).parents[2] / "models" / "models.toml"
GOOD = """\
# A comment.
[[model]]
name = "small-en-us"
description = "English."
licence = "Apache-2.0"
address = "https://example.org/model.zip"
sha256 = "{}"
size_bytes = 1_000
""".format("a1" * 32)


def problems_of(text: str, tmp_path: Path) -> tuple[Problem, ...]:
    path = tmp_path / "models.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_catalogue(path)
    return caught.value.problems


def test_the_shipped_catalogue_names_the_published_archives() -> None:
    large, small = load_catalogue(SHIPPED)

    assert (large.name, large.size_is_exact) == ("lgraph-en-us", False)
    assert large.sha256 == "d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334"
    assert large.address == "https://alphacephei.com/vosk/models/vosk-model-en-us-0.22-lgraph.zip"
    assert (small.name, small.size_bytes, small.size_is_exact) == ("small-en-us", 41_205_931, True)
    assert small.sha256 == "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498"
    assert small.address == "https://alphacephei.com/vosk/models/vosk-model-small-en-us-0.15.zip"


def test_every_shipped_model_has_a_free_licence_and_a_safe_address() -> None:
    for model in load_catalogue(SHIPPED):
        assert model.licence == "Apache-2.0"
        assert model.address.startswith("https://")


def test_a_size_is_exact_unless_said_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(GOOD)
    exact = load_catalogue(path)[0]
    path.write_text(GOOD + "size_is_exact = false\n")
    rough = load_catalogue(path)[0]

    assert (exact.size_is_exact, exact.most_bytes) == (True, 1_000)
    assert (rough.size_is_exact, rough.most_bytes) == (False, 2_000)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"small-en-us"', '"../etc"', 3),
        ('"small-en-us"', '"Small"', 3),
        ('"small-en-us"', '""', 3),
        ('"English."', '""', 4),
        ('"Apache-2.0"', "7", 5),
        ("https://example.org/model.zip", "file:///model.zip", 6),
        ("https://example.org/model.zip", "https://example.org", 6),
        ("https://example.org/model.zip", "https://example.org/a b", 6),
        ("a1a1", "A1A1", 7),
        ("a1a1", "", 7),
        ("1_000", "0", 8),
        ("1_000", "-1", 8),
        ("1_000", '"1000"', 8),
        ("1_000", "true", 8),
        ("1_000", "1.5", 8),
    ],
)
def test_a_value_that_cant_be_right_is_named_with_its_line(
    old: str, new: str, line: int, tmp_path: Path
) -> None:
    problem = problems_of(GOOD.replace(old, new, 1), tmp_path)[0]

    assert problem.line == line
    assert problem.field.startswith("model.1.")


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    text = GOOD + GOOD.replace("Apache-2.0", "").replace("small", "other").replace("1_000", "0")

    assert [problem.line for problem in problems_of(text, tmp_path)] == [13, 16]


def test_an_unknown_field_is_named(tmp_path: Path) -> None:
    problem = problems_of(GOOD + 'colour = "red"\n', tmp_path)[0]

    assert (problem.line, problem.field) == (9, "model.1.colour")


def test_a_missing_field_is_said_at_the_models_header(tmp_path: Path) -> None:
    without_licence = GOOD.replace('licence = "Apache-2.0"\n', "")
    problem = problems_of(without_licence + GOOD, tmp_path)[0]

    assert (problem.line, problem.field) == (2, "model.1.licence")


@pytest.mark.parametrize(
    "text", ["", "model = []", "model = 3", "[[models]]\n", GOOD + "[extra]\n"]
)
def test_a_file_without_models_or_with_more_is_refused(text: str, tmp_path: Path) -> None:
    assert problems_of(text, tmp_path)


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    problem = problems_of(GOOD + GOOD, tmp_path)[0]

    assert "two models are called small-en-us" in problem.what


@pytest.mark.parametrize(
    ("text", "line"), [(GOOD + "size = = 3\n", 9), (GOOD + 'x = """', 8), ('name = "', 1)]
)
def test_what_is_no_toml_is_said_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    problem = problems_of(text, tmp_path)[0]

    assert problem.line == line
    assert problem.what.startswith("no TOML: ")


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="the list of models can't be read"):
        load_catalogue(tmp_path / "missing.toml")


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ContentError, match="the list of models can't be read"):
        load_catalogue(path)

"""list, show, check, schema, understand and doctor, as a user runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.voiceguide_process import REPOSITORY, voiceguide
from voiceguide.errors import ExitCode

ROUTINES = sorted((REPOSITORY / "routines").glob("*.yaml"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_the_list_names_each_routine_on_its_line(home: Path) -> None:
    done = voiceguide("list", home=home)

    assert sorted(line.split(":")[0] for line in done.out.splitlines()) == [
        path.stem for path in ROUTINES
    ]


def test_the_list_is_there_for_programs_too(home: Path) -> None:
    listed = json.loads(voiceguide("list", "--json", home=home).out)

    assert {"id", "title", "summary", "for", "source", "steps"} == set(listed[0])


def test_the_users_own_routines_are_listed_and_a_broken_one_is_left_out(home: Path) -> None:
    own = home / "config" / "routines"
    own.mkdir(parents=True)
    good = ROUTINES[0].read_text().replace(ROUTINES[0].stem, "mine")
    (own / "mine.yaml").write_text(good)
    (own / "broken.yaml").write_text("title: [")
    done = voiceguide("list", home=home)

    assert "\nmine:" in done.out
    assert "broken.yaml:2" in done.err
    assert done.code == ExitCode.OK


@pytest.mark.parametrize("path", ROUTINES, ids=lambda path: str(path.stem))
def test_every_shipped_routine_can_be_shown_and_is_without_problems(path: Path, home: Path) -> None:
    shown = voiceguide("show", path.stem, home=home)
    checked = voiceguide("check", str(path), home=home)

    assert "{pressure}" not in shown.out
    assert "Steps:\n1. " in shown.out
    assert checked.out == "No problems in 1 file.\n"


def test_the_schema_is_a_json_schema(home: Path) -> None:
    schema = json.loads(voiceguide("schema", home=home).out)

    jsonschema.Draft202012Validator.check_schema(schema)


def test_problems_are_there_for_programs_too(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("colour: red\n")
    done = voiceguide("check", str(path), "--json", home=home)
    problems = [json.loads(line) for line in done.out.splitlines()]

    assert {"path", "line", "field", "what", "mend"} == set(problems[0])
    assert done.code == ExitCode.PROBLEMS_FOUND


def test_understand_takes_arguments_or_lines(home: Path) -> None:
    by_argument = voiceguide("understand", "--json", "go to step three", home=home)
    by_line = voiceguide("understand", "--json", home=home, typed="go to step three\n")

    assert by_argument.out == by_line.out
    understood = json.loads(by_argument.out)
    assert understood["intent"] == "go_to_step"
    assert understood["slots"] == {"number": 3}
    assert understood["red_flag"] is None
    assert understood["ask"] is False


def test_understand_names_the_tier_of_a_red_flag(home: Path) -> None:
    assert json.loads(voiceguide("understand", "--json", "my arm is numb", home=home).out)[
        "red_flag"
    ] == ("urgent")


def test_nothing_typed_is_nothing_understood(home: Path) -> None:
    assert voiceguide("understand", "--json", home=home, typed="").out == ""


def test_the_doctor_says_what_is_missing_and_what_to_do(home: Path) -> None:
    done = voiceguide("doctor", home=home)

    assert done.code == ExitCode.PROBLEMS_FOUND
    assert "OK    routines: 7 can be used." in done.out
    assert "MEND  sound: not usable." in done.out
    assert "Traceback" not in done.err


def test_the_doctor_tells_of_a_broken_routine_of_yours_once(home: Path) -> None:
    folder = home / "config" / "routines"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("id: mine\nwhat: nothing\n")

    done = voiceguide("doctor", home=home)

    assert "MEND  routine of yours: it is left out." in done.out
    assert done.err == ""


def test_the_doctor_tells_where_nothing_can_be_kept(home: Path) -> None:
    (home / "state").mkdir(parents=True)
    (home / "state" / "history").write_text("no folder")

    assert "MEND  memory: nothing can be kept" in voiceguide("doctor", home=home).out


def test_a_routine_of_yours_takes_the_place_of_one_that_ships(home: Path) -> None:
    folder = home / "config" / "routines"
    folder.mkdir(parents=True)
    shipped = (REPOSITORY / "routines" / "self-massage-wall.yaml").read_text(encoding="utf-8")
    (folder / "mine.yaml").write_text(shipped, encoding="utf-8")

    assert voiceguide("list", home=home).out.count("self-massage-wall") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(home: Path) -> None:
    command = [sys.executable, "-m", "voiceguide", "list"]
    with Path("/dev/full").open("w") as full:
        environment = {**os.environ, "VOICEGUIDE_HOME": str(home)}
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment
        )

    assert done.returncode == ExitCode.USAGE
    assert done.stderr == "The disk is full: make room on it, and try again.\n"


def test_the_doctor_reports_to_programs_too(home: Path) -> None:
    done = voiceguide("doctor", "--json", home=home)
    findings = [json.loads(line) for line in done.out.splitlines()]

    assert {"what", "found", "mend"} == set(findings[0])

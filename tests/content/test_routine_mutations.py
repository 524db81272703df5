"""Shipped routines made unsafe in many ways are refused; sane changes of them are not."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from voiceguide.content import routine_lint
from voiceguide.content.loader import check_file
from voiceguide.errors import Problem

HERE = Path(__file__).parent
ROUTINES = HERE.parents[1] / "routines"


class Edit(NamedTuple):
    """One text of a shipped routine in place of another, and where a finding is expected."""

    routine: str
    old: str
    new: str
    kind: str = "sane"
    at: str = ""


def edits_of(table: str) -> Iterator[Edit]:
    for entry in yaml.safe_load((HERE / table).read_text()):
        names = {name: entry[name] for name in ("kind", "at") if name in entry}
        for new in entry["new"]:
            yield Edit(entry["in"], entry["old"], new, **names)


UNSAFE = list(edits_of("unsafe_mutations.yaml"))
SANE = list(edits_of("sane_edits.yaml"))


def findings(folder: Path, edit: Edit) -> tuple[Problem, ...]:
    text = (ROUTINES / f"{edit.routine}.yaml").read_text()
    assert edit.old in text
    path = folder / f"{edit.routine}.yaml"
    path.write_text(text.replace(edit.old, edit.new, 1))
    return check_file(path)


def missed(folder: Path, edits: list[Edit]) -> list[Edit]:
    """The edits without a finding at the field where they are."""
    return [
        edit
        for edit in edits
        if not any(found.field.startswith(edit.at) for found in findings(folder, edit))
    ]


def test_the_tables_are_large_and_each_edit_is_there_once() -> None:
    assert len({edit[:3] for edit in UNSAFE}) == len(UNSAFE) >= 150
    assert len({edit.kind for edit in UNSAFE}) >= 30
    assert len({edit[:3] for edit in SANE}) == len(SANE) >= 25
    assert [edit for edit in UNSAFE if not edit.at or edit.old == edit.new] == []


def test_unsafe_edits_are_refused_where_they_are(tmp_path: Path) -> None:
    """All of them: two in a hundred, left out, could be a whole kind."""
    assert missed(tmp_path, UNSAFE) == []


def test_every_finding_has_its_line_and_a_mend_in_one_sentence(tmp_path: Path) -> None:
    for edit in UNSAFE:
        for found in findings(tmp_path, edit):
            lines = Path(found.path).read_text().splitlines()

            assert found.field, f"{edit} is no routine any more: {found}"
            assert lines[found.line - 1].strip()
            assert 1 < found.line <= len(lines)
            assert found.mend[0].isupper()
            assert found.mend.endswith((".", '."'))
            assert "\n" not in str(found)


@pytest.mark.parametrize("edit", SANE, ids=lambda edit: edit.new[:60])
def test_sane_edits_pass(tmp_path: Path, edit: Edit) -> None:
    assert findings(tmp_path, edit) == ()


@pytest.mark.parametrize(
    "rules", ["screening_problems", "limit_problems", "place_problems", "wording_problems"]
)
def test_without_one_kind_of_rules_the_edits_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str
) -> None:
    """So the tables depend on each of them: a check that finds nothing would be noticed."""
    monkeypatch.setattr(routine_lint, rules, lambda *_: ())

    assert missed(tmp_path, UNSAFE[::3])

"""YAML files: lines are kept, and what could surprise is refused in one clear line."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from voiceguide.content.yaml_lines import MAX_BYTES, Document, read_document
from voiceguide.errors import ContentError, Problem

NOBODY = 65534


def document(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path)


def problems(tmp_path: Path, content: bytes) -> tuple[Problem, ...]:
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    with pytest.raises(ContentError) as caught:
        read_document(path)
    return caught.value.problems


def test_every_value_keeps_its_line(tmp_path: Path) -> None:
    text = "a: 1\nb:\n  - x\n  - c: |\n      two\n      lines\n    d: [p,\n        q]\n"

    found = document(tmp_path, text)

    assert found.value == {"a": 1, "b": ["x", {"c": "two\nlines\n", "d": ["p", "q"]}]}
    assert found.line(("a",)) == 1
    assert found.line(("b", 0)) == 3
    assert found.line(("b", 1, "c")) == 4
    assert found.line(("b", 1, "d", 1)) == 8


def test_a_missing_value_has_the_line_of_what_should_hold_it(tmp_path: Path) -> None:
    found = document(tmp_path, "a: 1\nb:\n  - c: 2\n")

    assert found.line(("b", 0, "absent", "deeper")) == 3
    assert found.line(("absent",)) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("9" * 5000, "9" * 5000),
        ("-3", -3),
        ("0.5", 0.5),
        ("'5'", "5"),
        ("true", True),
        ("~", None),
        ("", None),
    ],
)
def test_only_plain_numbers_and_true_false_null_are_not_text(
    tmp_path: Path, written: str, read: object
) -> None:
    assert document(tmp_path, f"a: {written}\n").value == {"a": read}


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert document(tmp_path, "\ufeffa: 1\n").value == {"a": 1}


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b"", 1, "empty"),
        (b"# only a comment\n", 1, "empty"),
        (b"a: 1\nb: [1, 2\n", 3, "not valid YAML"),
        (b"a: b: c\n", 1, "not valid YAML"),
        (b"a: 'open\n", 2, "not valid YAML"),
        (b"a: 1\n  b: 2\n", 2, "not valid YAML"),
        (b"a: @x\n", 1, "not valid YAML"),
        (b"a: 1\nb:\t2\n", 2, "tab"),
        (b"a: 1\nb: \x00\n", 2, "control character"),
        (b"a: 1\nb: \x1b[0m\n", 2, "control character"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "not UTF-8"),
        (b"a: 1\n---\nb: 2\n", 2, "second document"),
        (b"a: &x 1\nb: *x\n", 1, "Anchors"),
        (b"a: *x\n", 1, "Anchors"),
        (b"a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "Tags"),
        (b"a: !secret x\n", 1, "Tags"),
        (b"a: 1\n? [b]\n: 2\n", 2, "name must be a word"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, 1, "levels deep"),
        (b"a: \xef\xbf\xbe\n", 1, "not valid YAML"),
    ],
)
def test_what_we_do_not_take_is_told_with_its_line_and_a_mend(
    tmp_path: Path, content: bytes, line: int, what: str
) -> None:
    found = problems(tmp_path, content)

    assert len(found) == 1
    assert what in found[0].what
    assert found[0].line == line
    assert found[0].mend.endswith(".")
    assert "\n" not in str(found[0])


def test_every_duplicate_field_is_told_with_the_line_of_the_first(tmp_path: Path) -> None:
    found = problems(tmp_path, b"a: 1\nb: 2\na: 3\nc:\n  - d: 1\n    d: 2\n")

    assert [(p.line, p.field) for p in found] == [(3, "a"), (6, "c.1.d")]
    assert "line 1" in found[0].what


def test_every_tab_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path, b"a: 1\nb:\t2\nc: 3\nd:\t4\n")

    assert [p.line for p in found] == [2, 4]


def test_a_yaml_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    levels = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [b"a%d: &a%d [%s]" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 9)]

    found = problems(tmp_path, b"\n".join(levels))

    assert [p.line for p in found] == [1]


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    found = problems(tmp_path, b"a: " + b"x" * MAX_BYTES)

    assert [p.what for p in found] == ["The file is larger than 1 MB."]


def test_a_file_of_just_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"a: " + b"x" * (MAX_BYTES - 3))

    assert isinstance(read_document(path).value, dict)


@pytest.mark.parametrize("name", ["absent.yaml", ".", "nul\x00.yaml", "x" * 5000])
def test_what_is_no_readable_file_is_a_problem(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_document(tmp_path / name)

    assert len(caught.value.problems) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)

    with pytest.raises(ContentError, match="not a file"):
        read_document(path)


@pytest.fixture
def locked_file(tmp_path: Path) -> Iterator[Path]:
    """A file that nobody may read, and no root's right to read it all the same."""
    path = tmp_path / "file.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    yield path
    if is_root:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="no such rights here")
def test_a_file_that_may_not_be_read_is_a_problem(locked_file: Path) -> None:
    with pytest.raises(ContentError, match="may not be read"):
        read_document(locked_file)

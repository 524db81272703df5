from pathlib import Path

from voiceguide.adapters.told_once import ToldOnce


def test_a_thing_is_told_once_whoever_asks(tmp_path: Path) -> None:
    assert not ToldOnce(tmp_path / "told").has_told("this")

    asked = [ToldOnce(tmp_path / "told").is_first("this") for _ in range(3)]

    assert asked == [True, False, False]
    assert ToldOnce(tmp_path / "told").has_told("this")
    assert ToldOnce(tmp_path / "told").is_first("something else")


def test_where_it_can_not_be_remembered_it_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "told").write_text("in the way")

    assert not ToldOnce(tmp_path / "told").is_first("this")

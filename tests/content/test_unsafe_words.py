import re
from pathlib import Path

import pytest

from voiceguide.content.unsafe_words import PATH, read_unsafe_words, unsafe_words
from voiceguide.errors import ContentError


def test_every_list_is_looked_for_and_every_list_looked_for_is_there() -> None:
    code = "".join(path.read_text() for path in PATH.parent.glob("*.py"))
    named = set(re.findall(r'"([a-z_]+)"', code)) | set(re.findall("<([a-z_]+)>", PATH.read_text()))
    looked_for = set(re.findall(r'(?:words|lists)\["([a-z_]+)"', code))

    assert set(unsafe_words().lists) - named == set()
    assert looked_for - set(unsafe_words().lists) == set()


def test_a_gap_is_up_to_five_words_and_a_list_is_put_in(tmp_path: Path) -> None:
    path = tmp_path / "unsafe_words.yaml"
    path.write_text("lists: {the: [the|a], edge: [on ... <the> edge]}\nwordings: []\ntopics: {}\n")
    edge = read_unsafe_words(path).lists["edge"]

    assert edge.search("on the edge")
    assert edge.search("on one two three four five a edge")
    assert not edge.search("on one two three four five six the edge")
    assert not edge.search("on the edges")


def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "unsafe_words.yaml"
    path.write_text(PATH.read_text().replace("    mend: Name the seconds", "    mand: Name", 1))

    with pytest.raises(ContentError, match=r"unsafe_words.yaml:\d+: .*`mand`"):
        read_unsafe_words(path)

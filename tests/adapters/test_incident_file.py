import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voiceguide.adapters.incident_file import IncidentFile

AT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)


def test_a_note_is_a_text_file_named_by_its_time(tmp_path: Path) -> None:
    path = IncidentFile(tmp_path / "voiceguide records").write("numb foot\n", AT)

    assert path == tmp_path / "voiceguide records" / "note 2026-11-21 14.03.txt"
    assert path.read_text(encoding="utf-8") == "numb foot\n"


def test_two_notes_in_a_minute_are_two_files(tmp_path: Path) -> None:
    file = IncidentFile(tmp_path)
    paths = [file.write(f"{number}\n", AT) for number in range(3)]

    assert [path.read_text() for path in paths] == ["0\n", "1\n", "2\n"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_only_its_owner_may_read_a_note(tmp_path: Path) -> None:
    path = IncidentFile(tmp_path).write("numb foot\n", AT)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_refuses_is_told(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    with pytest.raises(OSError, match="file"):
        IncidentFile(in_the_way / "records").write("numb foot\n", AT)


def test_what_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        IncidentFile(tmp_path).write("\udc00", AT)

    assert list(tmp_path.iterdir()) == []

import stat
import zipfile
from pathlib import Path

import pytest

from tests.model_server import model_zip
from voiceguide.adapters import model_archive
from voiceguide.adapters.model_archive import unpack
from voiceguide.errors import ModelError

MEGABYTE = 1_000_000


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "unpacking"


def archive_of(tmp_path: Path, *names: str) -> Path:
    path = tmp_path / "model.zip"
    path.write_bytes(model_zip(dict.fromkeys(names, b"content")))
    return path


def special_file(name: str, kind: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (kind | 0o777) << 16
    return entry


def everything_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def test_the_top_folder_is_returned_with_all_its_files(tmp_path: Path, target: Path) -> None:
    archive = archive_of(tmp_path, "vosk/am/final.mdl", "vosk/conf/mfcc.conf", "vosk/README")

    top = unpack(archive, target, MEGABYTE)

    assert top == target / "vosk"
    assert (top / "am" / "final.mdl").read_bytes() == b"content"
    assert everything_in(top) == {"am", "final.mdl", "conf", "mfcc.conf", "README"}


def test_folders_with_an_entry_of_their_own_are_made(tmp_path: Path, target: Path) -> None:
    archive = tmp_path / "model.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("vosk/", b"")
        out.writestr("vosk/empty/", b"")

    assert (unpack(archive, target, MEGABYTE) / "empty").is_dir()


@pytest.mark.parametrize(
    "name",
    [
        "/etc/outside",
        "../outside",
        "vosk/../../outside",
        "vosk/..",
        "..\\outside",
        "vosk\\..\\..\\outside",
        "C:/outside",
        "vosk/C:outside",
        ".",
    ],
)
def test_a_name_that_leads_outside_is_refused_and_nothing_is_written(
    name: str, tmp_path: Path, target: Path
) -> None:
    archive = archive_of(tmp_path, "vosk/am/final.mdl", name)

    with pytest.raises(ModelError, match="would lie outside its folder"):
        unpack(archive, target, MEGABYTE)

    assert everything_in(tmp_path) == {"model.zip"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_device_is_refused(kind: int, tmp_path: Path, target: Path) -> None:
    archive = tmp_path / "model.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("vosk/am/final.mdl", b"content")
        out.writestr(special_file("vosk/passwords", kind), b"/etc/passwd")

    with pytest.raises(ModelError, match="vosk/passwords is a link or a device"):
        unpack(archive, target, MEGABYTE)

    assert not target.exists()


@pytest.mark.parametrize(
    "names", [("vosk/a", "other/a"), ("vosk/a", "README"), ("README",), ("a", "b")]
)
def test_anything_but_one_top_folder_is_refused(
    names: tuple[str, ...], tmp_path: Path, target: Path
) -> None:
    with pytest.raises(ModelError, match="exactly one folder"):
        unpack(archive_of(tmp_path, *names), target, MEGABYTE)


def test_an_empty_archive_is_refused(tmp_path: Path, target: Path) -> None:
    archive = tmp_path / "model.zip"
    zipfile.ZipFile(archive, "w").close()

    with pytest.raises(ModelError, match="exactly one folder"):
        unpack(archive, target, MEGABYTE)


def test_a_zip_bomb_is_stopped_and_removed(tmp_path: Path, target: Path) -> None:
    archive = tmp_path / "model.zip"
    archive.write_bytes(model_zip({"vosk/a": bytes(600_000), "vosk/b": bytes(600_000)}))
    assert archive.stat().st_size < 5_000

    with pytest.raises(ModelError, match="far larger unpacked"):
        unpack(archive, target, MEGABYTE)

    assert not target.exists()


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path, target: Path) -> None:
    honest = model_zip({"vosk/a": bytes(5 * MEGABYTE)})
    archive = tmp_path / "model.zip"
    archive.write_bytes(honest.replace((5 * MEGABYTE).to_bytes(4, "little"), b"\x10\0\0\0"))

    with pytest.raises(ModelError):
        unpack(archive, target, MEGABYTE)

    assert not target.exists()


def test_too_many_files_are_refused(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_archive, "MOST_ENTRIES", 3)

    with pytest.raises(ModelError, match="it holds 4 files"):
        unpack(archive_of(tmp_path, "v/a", "v/b", "v/c", "v/d"), target, MEGABYTE)


@pytest.mark.parametrize("names", [("vosk/a", "vosk/a/b"), ("vosk/a/b", "vosk/a")])
def test_a_file_that_is_a_folder_too_is_refused(
    names: tuple[str, ...], tmp_path: Path, target: Path
) -> None:
    with pytest.raises(ModelError, match="can't be unpacked"):
        unpack(archive_of(tmp_path, *names), target, MEGABYTE)

    assert not target.exists()


def test_two_files_of_one_name_are_refused(tmp_path: Path, target: Path) -> None:
    archive = tmp_path / "model.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("vosk/a", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            out.writestr("vosk/a", b"two")

    with pytest.raises(ModelError, match="can't be unpacked"):
        unpack(archive, target, MEGABYTE)


@pytest.mark.parametrize("content", [None, {"vosk/a": b"easy to pack " * 1000}])
def test_damage_inside_the_archive_is_one_sentence(
    content: dict[str, bytes] | None, tmp_path: Path, target: Path
) -> None:
    damaged = bytearray(model_zip(content))
    damaged[45:55] = b"\xff" * 10
    archive = tmp_path / "model.zip"
    archive.write_bytes(damaged)

    with pytest.raises(ModelError, match="can't be unpacked"):
        unpack(archive, target, MEGABYTE)

    assert not target.exists()


def test_what_is_no_zip_at_all_is_one_sentence(tmp_path: Path, target: Path) -> None:
    archive = tmp_path / "model.zip"
    archive.write_bytes(b"<html>Log in to this network</html>")

    with pytest.raises(ModelError, match="can't be unpacked: File is not a zip file"):
        unpack(archive, target, MEGABYTE)

    assert not target.exists()

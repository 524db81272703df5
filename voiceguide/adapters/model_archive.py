"""Unpack a model's zip file without trusting it: names, kinds and sizes are checked as it goes.

`zipfile.extractall` would mend bad names silently; here a strange archive is refused as a whole.
"""

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from voiceguide.errors import ModelError

MOST_ENTRIES = 10_000
_CHUNK_BYTES = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)


def unpack(archive: Path, folder: Path, most_bytes: int) -> Path:
    """Unpack into a new folder and return the archive's one top folder, inside it.

    On any failure the new folder is removed again.

    Raises:
        ModelError: the archive is broken or unsafe, has not exactly one top folder, would fill
            more than `most_bytes`, or the disk is full.
    """
    try:
        folder.mkdir()
        with zipfile.ZipFile(archive) as source:
            top = _checked_top(source)
            _unpack_all(source, folder, most_bytes)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, _BROKEN):
            raise ModelError(f"The model's archive can't be unpacked: {error}.") from None
        raise
    return folder / top


def _checked_top(source: zipfile.ZipFile) -> str:
    entries = source.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _unsafe(f"it holds {len(entries)} files")
    paths = [_checked_path(entry) for entry in entries]
    tops = {path.parts[0] for path in paths}
    if len(tops) != 1 or all(len(path.parts) == 1 for path in paths):
        raise _unsafe("it does not hold exactly one folder")
    return tops.pop()


def _checked_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise _unsafe(f"{entry.filename} is a link or a device")
    strange = any(mark in entry.filename for mark in "\\:\0")
    if strange or not path.parts or path.is_absolute() or ".." in path.parts:
        raise _unsafe(f"{entry.filename} would lie outside its folder")
    return path


def _unpack_all(source: zipfile.ZipFile, folder: Path, most_bytes: int) -> None:
    left = most_bytes
    for entry in source.infolist():
        target = folder / PurePosixPath(entry.filename)
        if entry.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            left -= _unpack_one(source, entry, target, left)


def _unpack_one(source: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one file and return its size; the sizes that the archive declares are not trusted."""
    written = 0
    with source.open(entry) as packed, target.open("xb") as file:
        while chunk := packed.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > left:
                raise _unsafe("it is far larger unpacked than a model can be")
            file.write(chunk)
    return written


def _unsafe(why: str) -> ModelError:
    return ModelError(f"The model's archive is not what it should be, nothing was unpacked: {why}.")

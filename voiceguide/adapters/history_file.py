"""What was done on which day, between sessions: a line of JSON for each, in a file a day.

A line is appended in one write, which the system keeps whole, so that two programs may write at
once and neither waits. A file a day needs no clearing out: old ones are removed whole. A line that
can't be read - a disk that was full, a hand that slipped - costs only itself, and a copy of its
file is kept aside as `.bad`.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from voiceguide.core.limits import Closed, History, Soreness, Work
from voiceguide.core.routine import Audience, Region

KEEP_DAYS = 62
"""Days kept; no limit of a routine looks further back than thirty."""

_MOST_BYTES = 1_000_000
_MOST_SECONDS = 86_400.0


class HistoryFile:
    """Reads and writes `History`.

    Args:
        folder: made when something is written.
        today: gives the local date at the moment of asking.
    """

    def __init__(self, folder: Path, today: Callable[[], date]) -> None:
        self._folder = folder
        self._today = today

    def can_write(self) -> bool:
        """Whether anything could be remembered here now."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                return True
        except OSError:
            return False

    def load(self) -> History:
        """All that is remembered; nothing where the folder can't be read."""
        records = [record for path in self._files() for record in _records(path)]
        return History(
            work=tuple(record for record in records if isinstance(record, Work)),
            soreness=tuple(record for record in records if isinstance(record, Soreness)),
            closed=tuple(record for record in records if isinstance(record, Closed)),
        )

    def add_work(
        self, routine_id: str, audience: Audience, seconds: float, *, is_full: bool
    ) -> None:
        """Note that this much was done just now."""
        entry = {"routine": routine_id, "for": audience.value, "seconds": round(seconds, 1)}
        self._add({"kind": "work", **entry, "full": is_full})

    def add_soreness(self, audience: Audience, *, is_sore: bool) -> None:
        """Note today's answer."""
        self._add({"kind": "sore", "for": audience.value, "sore": is_sore})

    def add_closed(self, regions: Sequence[Region]) -> None:
        """Note that these areas have had enough today."""
        for region in regions:
            self._add({"kind": "closed", "area": region.value})

    def _add(self, entry: dict[str, object]) -> None:
        """Append a line; a disk that refuses costs only the memory of it."""
        day = self._today()
        # A line of its own even behind one that was torn: hence the line break before it.
        line = "\n" + json.dumps({"day": day.isoformat(), **entry}) + "\n"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{day.isoformat()}.jsonl"
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            handle = os.open(path, flags, 0o600)
            try:
                os.write(handle, line.encode())
            finally:
                os.close(handle)
            self._forget_old(day)
        except OSError:
            return

    def _forget_old(self, day: date) -> None:
        """Remove what no limit looks at any more."""
        oldest = day - timedelta(days=KEEP_DAYS)
        for path in self._files():
            if path.stem < oldest.isoformat():
                path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        try:
            return sorted(self._folder.glob("????-??-??.jsonl"))
        except OSError:
            return []


def _records(path: Path) -> Iterator[Work | Soreness | Closed]:
    """The good lines of a file; where one is bad, a copy is kept for whoever looks into it."""
    spoilt = False
    for line in _lines(path):
        try:
            yield _record(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            spoilt = True
    if spoilt:
        _keep_aside(path)


def _lines(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line for line in file.read(_MOST_BYTES).splitlines() if line.strip()]
    except OSError:
        return []


def _record(entry: dict[str, object]) -> Work | Soreness | Closed:
    """A line's record.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: the line is none of ours.
    """
    day = date.fromisoformat(str(entry["day"])).toordinal()
    if entry["kind"] == "closed":
        return Closed(day, Region(str(entry["area"])))
    audience = Audience(str(entry["for"]))
    if entry["kind"] == "sore":
        return Soreness(day, audience, _flag(entry["sore"]))
    if entry["kind"] != "work":
        raise ValueError(entry["kind"])
    seconds = float(str(entry["seconds"]))
    if not 0 <= seconds <= _MOST_SECONDS:
        raise ValueError(seconds)
    return Work(day, str(entry["routine"]), audience, seconds, _flag(entry["full"]))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _keep_aside(path: Path) -> None:
    aside = path.with_suffix(".bad")
    try:
        if not aside.exists():
            shutil.copyfile(path, aside)
    except OSError:
        return

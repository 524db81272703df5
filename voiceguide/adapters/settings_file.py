"""The user's settings between sessions: one small JSON file, written whole or not at all."""

import json
import os
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from voiceguide.core.settings import Detail, Pace, Patience, Settings


class SettingsFile:
    """Reads and writes `Settings`.

    A file that can't be read or holds nonsense gives the defaults: nobody should be unable to
    start because of it. It is replaced at the next change.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Settings:
        """The settings of last time, or the defaults."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            settings = replace(Settings(), **stored)
            return replace(
                settings,
                rate_wpm=min(300, max(80, int(settings.rate_wpm))),
                volume=min(1.0, max(0.05, float(settings.volume))),
                pace=Pace(settings.pace),
                detail=Detail(settings.detail),
                patience=Patience(settings.patience),
            )
        except (OSError, ValueError, TypeError):
            return Settings()

    def save(self, settings: Settings) -> None:
        """Keep the settings; a disk that refuses costs only the memory of them."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(settings), file, indent=2)
            Path(name).replace(self._path)
        except OSError:
            return

"""A model's `calibration.json`, as the benchmarks write it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voiceguide.commands.ears import CALIBRATION_FILE


def read(folder: Path) -> dict[str, Any]:
    """Its tables; none where there is no file yet."""
    path = folder / CALIBRATION_FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def update(folder: Path, tables: Mapping[str, object]) -> None:
    """Write these, and keep the others."""
    text = json.dumps({**read(folder), **tables}, indent=1) + "\n"
    (folder / CALIBRATION_FILE).write_text(text, encoding="utf-8")

"""The figures of `fitting.py` as the page `docs/reference/fitting.md`."""

from collections.abc import Mapping
from typing import Any


def as_markdown(figures: Mapping[str, Any]) -> str:
    """All of it."""
    return ""

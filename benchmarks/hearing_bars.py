"""What `hearing.py` measured beside what was wanted of the model that ships."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Figures = Mapping[str, Any]

_TALK = ("read speech", "orders", "noise and music")
_FLAGS = "red flags in sentences (synthetic)"


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure; `wanted` is the most of it where less is better, else the least.

    Attributes:
        name: what is measured, and of what.
        wanted: the bar.
        figure: the figure, and of how many clips it is; none for one that no clips are counted for.
        is_most: whether less is better.
        unit: behind the number.
    """

    name: str
    wanted: float
    figure: Callable[[Figures], tuple[float, int | None]]
    is_most: bool = False
    unit: str = ""


def _share(row: str, column: str) -> Callable[[Figures], tuple[float, int | None]]:
    return lambda figures: (figures[row][column], figures[row]["clips"])


def _cost(name: str) -> Callable[[Figures], tuple[float, int | None]]:
    return lambda figures: (figures["cost"][name], None)


def _an_hour(*names: str) -> Callable[[Figures], tuple[float, int | None]]:
    """Events an hour in everything in which nothing may be acted on."""

    def figure(figures: Figures) -> tuple[float, int | None]:
        rows = [figures[row] for row in _TALK]
        hours = sum(row["hours"] for row in rows)
        events = sum(row[f"{name}_an_hour"] * row["hours"] for row in rows for name in names)
        return events / hours, None

    return figure


def _raised(*tiers: str) -> Callable[[Figures], tuple[float, int | None]]:
    def figure(figures: Figures) -> tuple[float, int | None]:
        rows = [figures[_FLAGS][tier] for tier in tiers]
        sentences = sum(row["sentences"] for row in rows)
        return sum(row["raised"] * row["sentences"] for row in rows) / sentences, sentences

    return figure


def _delay(percent: float) -> Callable[[Figures], tuple[float, int | None]]:
    """Of real words, clean."""

    def figure(figures: Figures) -> tuple[float, int | None]:
        delays = figures[_ANSWERS]["delays_ms"]
        return float(np.percentile(delays, percent)), len(delays)

    return figure


_ANSWERS = "stop, yes, no (real), near"
_DIGITS = "digits where asked for (real), near"
_OTHERS = "other words (real), near"
_COMMANDS = "13 commands (synthetic), near"

BARS = (
    Bar("stop, yes, no (real), clean: right", 0.95, _share(_ANSWERS, "right")),
    Bar("the same: wrong", 0.01, _share(_ANSWERS, "wrong"), is_most=True),
    Bar("the same, 10 dB: right", 0.85, _share(f"{_ANSWERS}, 10 dB", "right")),
    Bar("digits where asked for (real), clean: right", 0.90, _share(_DIGITS, "right")),
    Bar("other words (real) taken for a command", 0.03, _share(_OTHERS, "wrong"), is_most=True),
    Bar("13 commands (synthetic), clean: right", 0.95, _share(_COMMANDS, "right")),
    Bar("the same, 10 dB: right", 0.85, _share(f"{_COMMANDS}, 10 dB", "right")),
    Bar(
        "moving and stopping in talk, orders, music, noise",
        1,
        _an_hour("moving"),
        is_most=True,
        unit=" an hour",
    ),
    Bar("all commands in the same", 2, _an_hour("moving", "other"), is_most=True, unit=" an hour"),
    Bar("grave sentences (synthetic) raised or asked about", 0.9, _raised("urgent", "emergency")),
    Bar(
        "harmless sentences (synthetic) raised or asked about", 0.02, _raised("none"), is_most=True
    ),
    Bar("quick words, end to decision, p50", 150, _delay(50), is_most=True, unit=" ms"),
    Bar("the same, p95", 350, _delay(95), is_most=True, unit=" ms"),
    Bar("size", 12, _cost("model_mb"), is_most=True, unit=" MB"),
    Bar("load", 0.3, _cost("load_s"), is_most=True, unit=" s"),
    Bar("memory of a process that listens", 150, _cost("memory_mb"), is_most=True, unit=" MB"),
    Bar("both lanes and voice activity", 0.3, _cost("cores"), is_most=True, unit=" of a core"),
)


def as_table(figures: Figures) -> str:
    """A line for each bar of which anything was played."""
    lines = [
        "## Beside what was wanted",
        "",
        "| | wanted | measured | clips | |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *filter(None, (_line(bar, figures) for bar in BARS)), ""])


def _line(bar: Bar, figures: Figures) -> str | None:
    """None where nothing was played: a voice is missing, or the sample is small."""
    try:
        value, clips = bar.figure(figures)
    except (LookupError, ZeroDivisionError):
        return None
    is_held = value <= bar.wanted if bar.is_most else value >= bar.wanted
    sign = "at most" if bar.is_most else "at least"
    verdict = "held" if is_held else "**missed**"
    count = "" if clips is None else clips
    return (
        f"| {bar.name} | {sign} {bar.wanted:g}{bar.unit} | {value:.3g}{bar.unit} "
        f"| {count} | {verdict} |"
    )

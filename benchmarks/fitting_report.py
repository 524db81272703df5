"""The figures of `fitting.py` as the page `docs/reference/fitting.md`."""

from collections.abc import Mapping
from typing import Any

_INTRODUCTION = """# What fitting gains

Written by `python benchmarks/fitting.py --out docs/reference{share}`; do not edit. One clip of each
word is enrolled, the first and then the last of each speaker; the others are played, through the
real listening chain with every phrase active. No speaker here was used for tuning.

Model: `{model}`, {model_bytes} bytes; another one gives other figures.
"""

_NOTE = """
*With examples*: where nothing was understood and every other rule would let a word pass, the user's
nearest example counts, if its likeness is at least {least_likeness} and its lead over the next word
at least {least_lead}. "Asked" are the clips that reached the examples.

Commands: "stop", "yes" and "no" of Speech Commands. Words that are no command: "right", "on", "off"
and "go", enrolled as if they were; the program does not know them, so they stand for words that it
can't understand as the user says them. "Up", "down" and "left" are the other words of the same
speakers. Synthetic: voices that nothing learned from, enrolled at their own speed, played a quarter
slower and a seventh faster; these are easier than people. A clip counts once for each enrolment.
"""


def as_markdown(figures: Mapping[str, Any]) -> str:
    """The page."""
    share = figures["share"]
    sample = "" if share == 1 else f" --share {share}"
    introduction = _INTRODUCTION.format(**{**figures, "share": sample})
    rows = "\n".join(_row(name, row) for name, row in figures["rows"].items())
    return "\n".join([introduction, _HEAD + rows, _NOTE.format(**figures), _aliases(figures)])


_HEAD = """## Words, and what is taken for one

| | clips | asked | as shipped: right / wrong | with examples: right / wrong |
|---|---|---|---|---|
"""


def _row(name: str, row: Mapping[str, Any]) -> str:
    pairs = (f"{row[f'right{kind}']:.3f} / {row[f'wrong{kind}']:.3f}" for kind in ("", "_with"))
    return f"| {name} | {row['clips']} | {row['asked']} | " + " | ".join(pairs) + " |"


def _aliases(figures: Mapping[str, Any]) -> str:
    found = figures["aliases"]
    listed = ", ".join(f"`{alias}`" for alias in found["aliases"]) or "none"
    return (
        "## Aliases\n\n"
        f"Had the first two clips of each of {found['speakers and words']} words been tried, these "
        f"would be aliases now: {listed}.\n"
    )

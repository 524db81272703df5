"""The figures of `hearing.py` as the page `docs/reference/hearing.md`."""

from collections.abc import Mapping
from typing import Any

_INTRODUCTION = """# How well it hears

Written by `python benchmarks/hearing.py --out docs/reference`; do not edit. Everything goes through
the chain that `voiceguide hear` uses. Thresholds were tuned on one half of the speakers, these
figures are from the other half. *Real*: recorded people (Speech Commands, Free Spoken Digit
Dataset, LibriSpeech, coffee orders). *Synthetic*: flite's voices, which are easier than people.
"""

_WORDS_NOTE = (
    'For other words, "right" is to accept nothing. The delay is from the end of the word to the '
    "decision, for those that were accepted before the utterance had ended."
)
_FLAGS_NOTE = (
    "How often one was raised, by the tier that the sentence's text deserves; for `none` each is a "
    "false alarm."
)


def as_markdown(figures: Mapping[str, Any]) -> str:
    """All tables, in the order of the figures."""
    words = {k: v for k, v in figures.items() if "clips" in v}
    talk = {k: v for k, v in figures.items() if "hours" in v}
    flags: Mapping[str, Any] = next((v for k, v in figures.items() if k.startswith("red")), {})
    parts = [_INTRODUCTION, _cost(figures["cost"]), _words(words), _talk(talk), _flags(flags)]
    return "\n".join([*parts, _confusions(words)])


def _cost(cost: Mapping[str, Any]) -> str:
    share = cost["share"]
    sample = "" if share == 1 else f" Only each {share}th recording was played."
    return (
        f"Model `{cost['model']}`: {cost['model_mb']} MB, loaded in {cost['load_s']} s; listening "
        f"with both lanes and the voice activity detector takes {cost['cores']} of a core and "
        f"{cost['memory_mb']} MB in all (this benchmark's own included).{sample}\n"
    )


def _words(rows: Mapping[str, Any]) -> str:
    lines = [
        "## Single words",
        "",
        _WORDS_NOTE,
        "",
        "| | clips | right | wrong | quick | delay p50 | delay p95 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        delays = [f"{d} ms" if d is not None else "" for d in _delays(row)]
        lines.append(
            f"| {name} | {row['clips']} | {row['right']:.3f} | {row['wrong']:.3f} "
            f"| {row['quick']} | {delays[0]} | {delays[1]} |"
        )
    return "\n".join([*lines, ""])


def _delays(row: Mapping[str, Any]) -> tuple[int | None, int | None]:
    return row["delay_ms_p50"], row["delay_ms_p95"]


def _talk(rows: Mapping[str, Any]) -> str:
    lines = [
        "## False commands an hour",
        "",
        "| | hours | moving and stopping | other commands | red flags | what was heard |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        heard = "; ".join(f"{what} ({times})" for what, times in row["heard"].items())
        lines.append(
            f"| {name} | {row['hours']} | {row['moving_an_hour']} | {row['other_an_hour']} "
            f"| {row['red_flags_an_hour']} | {heard} |"
        )
    return "\n".join([*lines, ""])


def _flags(tiers: Mapping[str, Any]) -> str:
    lines = [
        "## Red flags in sentences (synthetic voices)",
        "",
        _FLAGS_NOTE,
        "",
        "| tier | sentences | raised |",
        "|---|---|---|",
    ]
    lines += [f"| {tier} | {row['sentences']} | {row['raised']} |" for tier, row in tiers.items()]
    return "\n".join([*lines, ""])


def _confusions(rows: Mapping[str, Any]) -> str:
    lines = ["## What went wrong", ""]
    for name, row in rows.items():
        if row["confusions"]:
            wrongs = ", ".join(f"{what} ({n})" for what, n in row["confusions"].items())
            lines.append(f"- {name}: {wrongs}")
    return "\n".join([*lines, ""])

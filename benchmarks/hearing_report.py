"""The figures of `hearing.py` as the page `docs/reference/hearing.md`, and its plots."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.hearing_bars import as_table

_INTRODUCTION = """# How well it hears

Written by `{command}`; do not edit. Everything goes through the chain that `voiceguide hear` uses.
Of the speakers half were learned from (`training/speakers.py`); thresholds were tuned with a
quarter; these figures are of the last quarter, in noises that no model was trained on. *Real*:
recorded people (Speech Commands, Free Spoken Digit Dataset, LibriSpeech, coffee orders).
*Synthetic*: flite's "awb" and Festival's "ked", voices that no model was trained on. *Across the
room*: a simulated living room, three quarters of the sound reverberant. No figure here is from a
real massage, or from elderly people.
"""
_WORDS_NOTE = (
    'For other words, "right" is to accept nothing. The delay is from the end of the word to the '
    "decision, for those that were accepted before the utterance had ended."
)
_FLAGS_NOTE = (
    "How often one was raised or asked about, by the tier that the sentence's text deserves; for "
    "`none` each is a false alarm."
)
_TRIED = Path(__file__).with_name("hearing_tried.tsv")
_TRIED_NOTE = (
    "Of 118 commands and digits by the speakers for tuning, clean and at 10 dB, and of other words "
    "by them. The trade-off below is between thresholds, for the model that ships. More of each "
    "stands in `docs/explanation/model.md`."
)
_COLOURS = ("#1f6f8b", "#e07a5f", "#81b29a", "#3d405b")


def as_markdown(figures: Mapping[str, Any], plots: Sequence[str] = ()) -> str:
    """All tables, in the order of the figures."""
    words = {k: v for k, v in figures.items() if "clips" in v}
    talk = {k: v for k, v in figures.items() if "hours" in v}
    flags: Mapping[str, Any] = next((v for k, v in figures.items() if k.startswith("red")), {})
    introduction = _INTRODUCTION.format(command=figures["command"])
    parts = [introduction, _cost(figures["cost"]), as_table(figures)]
    parts += [_words(words), _talk(talk), _flags(flags)]
    if "beside" in figures:
        parts.append(_beside(figures, figures["beside"]))
    parts.append(_tried(_TRIED.read_text(encoding="utf-8")))
    pictures = [f"![{name.removesuffix('.png').replace('_', ' ')}]({name})\n" for name in plots]
    return "\n".join([*parts, *pictures, _confusions(words)])


def _cost(cost: Mapping[str, Any]) -> str:
    share = cost["share"]
    sample = "" if share == 1 else f" Only one recording in {share} was played."
    return (
        f"Model `{cost['model']}`: {cost['model_mb']} MB, loaded in {cost['load_s']} s; listening "
        f"with both lanes and the voice activity detector takes {cost['cores']} of a core, and a "
        f"process that only listens {cost['memory_mb']} MB.{sample}\n"
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


def _beside(ours: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    systems = {"voiceguide": {**ours, "cores": ours["cost"]["cores"]}, **beside}
    lines = [
        "## Side by side",
        "",
        "The same clips, with the same phrases to listen for: vosk with the same model, used as in",
        "its own example (one grammar, final results, confidence above 0.7), and PocketSphinx with",
        "a grammar of all phrases, which takes six seconds a word and so hears only some. Right /",
        "wrong; of talk, false commands for moving and stopping + others, in a twelfth of it.",
        "",
        f"| | {' | '.join(systems)} |",
        "|---|" + "---|" * len(systems),
    ]
    first: Mapping[str, Any] = next(iter(beside.values()), {})
    for row in (name for name in first if name != "cores"):
        cells = " | ".join(_cell(system.get(row, {})) for system in systems.values())
        lines.append(f"| {row} | {cells} |")
    costs = " | ".join(f"{system['cores']}" for system in systems.values())
    return "\n".join([*lines, f"| cores | {costs} |", ""])


def _cell(row: Mapping[str, Any]) -> str:
    if "clips" in row:
        return f"{row['right']:.3f} / {row['wrong']:.3f} (n={row['clips']})"
    if not row:
        return ""
    return f"{row['moving_an_hour']} + {row['other_an_hour']} an hour"


def _tried(table: str) -> str:
    """What was tried on the way to the bars that are missed."""
    rows = [line.split("\t") for line in table.splitlines()]
    header, *rest = [f"| {' | '.join(row)} |" for row in rows]
    dashes = "|---" * len(rows[0]) + "|"
    return "\n".join(["## What was tried", "", _TRIED_NOTE, "", header, dashes, *rest, ""])


def _confusions(rows: Mapping[str, Any]) -> str:
    lines = ["## What went wrong", ""]
    for name, row in rows.items():
        if row["confusions"]:
            wrongs = ", ".join(f"{what} ({n})" for what, n in row["confusions"].items())
            lines.append(f"- {name}: {wrongs}")
    return "\n".join([*lines, ""])


def write_plots(figures: Mapping[str, Any], folder: Path) -> list[str]:
    """Accuracy against noise, delays, misses against false commands; none without matplotlib."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 - a development extra
    except ImportError:
        return []
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    plots = {
        "hearing_noise.png": _plot_noise,
        "hearing_delay.png": _plot_delays,
        "hearing_trade_off.png": _plot_trade_off,
        "hearing_confusions.png": _plot_confusions,
    }
    written = []
    for name, draw in plots.items():
        figure, axes = plt.subplots(figsize=(6.4, 3.6))
        if draw(axes, figures):
            figure.tight_layout()
            figure.savefig(folder / name, dpi=110)
            written.append(name)
        plt.close(figure)
    return written


def _plot_noise(axes: Any, figures: Mapping[str, Any]) -> bool:
    names = ("stop, yes, no (real)", "digits where asked for (real)", "13 commands (synthetic)")
    for name, colour in zip(names, _COLOURS, strict=False):
        rows = {k: v for k, v in figures.items() if k.startswith(f"{name}, near")}
        ratios = [30.0 if " dB" not in k else float(k.split(", ")[-1].split()[0]) for k in rows]
        axes.plot(ratios, [row["right"] for row in rows.values()], "o-", color=colour, label=name)
    axes.set(xlabel="signal-to-noise ratio, dB (30: clean)", ylabel="right", ylim=(0, 1))
    axes.legend(fontsize=8)
    return True


def _plot_delays(axes: Any, figures: Mapping[str, Any]) -> bool:
    delays = [d for row in figures.values() if "clips" in row for d in row.get("delays_ms", ())]
    axes.hist(delays, bins=np.arange(-100, 600, 20).tolist(), color=_COLOURS[0])
    axes.set(xlabel="word end to decision, ms (quick words)", ylabel="decisions")
    return bool(delays)


def _plot_trade_off(axes: Any, figures: Mapping[str, Any]) -> bool:
    trials = figures.get("trials", [])
    axes.scatter([t[1] for t in trials], [t[0] for t in trials], color=_COLOURS[3], s=14)
    for missed, false in trials[-1:]:
        axes.scatter([false], [missed], color=_COLOURS[1], label="chosen")
        axes.legend(fontsize=8)
    axes.set(
        xlabel="false (other words and wrong phrases)", ylabel="missed", title="speakers for tuning"
    )
    return bool(trials)


def _plot_confusions(axes: Any, figures: Mapping[str, Any]) -> bool:
    row = figures.get("13 commands (synthetic), near, 10 dB", {"confusions": {}})
    pairs = list(row["confusions"].items())[::-1]
    axes.barh([name for name, _ in pairs], [n for _, n in pairs], color=_COLOURS[2])
    axes.set(xlabel="times", title="synthetic commands at 10 dB")
    axes.tick_params(labelsize=7)
    return bool(pairs)

"""The figures of `own_voice.py` as the page `docs/reference/own_voice.md`, and its plots."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_INTRODUCTION = """# Its own voice

Written by `python benchmarks/own_voice.py --out docs/reference`; do not edit. The program's own
parts in simulated rooms: playback, talk-over, canceller, voice activity, both recognizers and the
rules of acceptance. An echo of 0 dB is as loud as a normal user, +10 dB ten times its power.
With ours every routine is read to its end in every room, and every word is said. Canceller and
mask were tuned in other rooms, with other voices of the guide; talk-over in other rooms, with this
voice. The people who say the real words were never tuned with; the synthetic voices were, in other
rooms. That numbers and answers need certainty was learned here, from a "one" and a "no" in earlier
readings for this page. *Real* words: "stop", "yes", "no" (Speech Commands); all others are
synthetic (flite, Festival).
"""
_MEASURED_INTRODUCTION = """# Its own voice in measured rooms

Written by `python benchmarks/own_voice.py --measured --out docs/reference`; do not edit. As on
[the page about simulated rooms](own_voice.md), in rooms that nobody here invented: responses that
others measured (`am_`, `sb_`: the test recordings of audiomentations and SpeechBrain), which stand
for the way from the loudspeaker and from the user alike, so that the user is as far away as the
loudspeaker or as near; and boxes by image sources (pyroomacoustics), with the loudspeaker 10 to 36
cm from the microphone and the user 1.3 to 3.2 m away. Loudspeaker, delay and clocks are those of
the simulated living room. Nothing was tuned here.
"""
_COLOURS = ("#1f6f8b", "#e07a5f", "#81b29a", "#3d405b")


def as_markdown(figures: Mapping[str, Any]) -> str:
    """All tables."""
    others = "too" if figures["full"] else "every tenth (`--full` for all)"
    parts = [
        _INTRODUCTION,
        f"Model: `{figures['model']}`. {figures['words']} words; with other cancellers {others}.\n",
        *_own_voice(figures["own_voice"]),
        *_over(figures["over"]),
        "\n![Commands over the guide](img/own_voice_commands.svg)\n",
        *_stops(figures["over"]["ours"]),
        "\n![Stop to silence](img/own_voice_stop.svg)\n",
        *_rest(figures),
    ]
    return "\n".join(parts)


def measured_markdown(figures: Mapping[str, Any]) -> str:
    """The tables of measured rooms."""
    are_boxes_in = any("image sources" in room for room in figures["over"]["ours"])
    missing = "The boxes were not measured: `pyroomacoustics` is missing.\n"
    parts = [
        _MEASURED_INTRODUCTION,
        f"Model: `{figures['model']}`. Every third word, and every routine to its end.\n",
        *([] if are_boxes_in else [missing]),
        *_own_voice(figures["own_voice"]),
        *_over(figures["over"]),
        "",
        *_stops(figures["over"]["ours"]),
    ]
    return "\n".join(parts)


def _own_voice(figures: Mapping[str, Any]) -> Iterable[str]:
    yield "## What it takes its own voice for\n"
    yield "| canceller | minutes read | commands | red flags | false pauses | taken for |"
    yield "|---|---|---|---|---|---|"
    for name, cells in figures.items():
        sums = {key: sum(cell[key] for cell in cells.values()) for key in _SUMMED}
        heard = sorted({text for cell in cells.values() for text in cell["heard"]})
        counts = " | ".join(f"{sums[key]:g}" for key in _SUMMED[1:])
        yield f"| {name} | {sums['minutes']:.1f} | {counts} | {', '.join(heard[:6]) or '-'} |"
    yield "\nOurs by room and level:\n"
    yield "| room and level | minutes | commands | red flags | false pauses | longest |"
    yield "|---|---|---|---|---|---|"
    for cell, row in figures["ours"].items():
        counts = " | ".join(f"{row[key]}" for key in _SUMMED)
        yield f"| {cell} | {counts} | {_longest(row)} |"


def _longest(row: Mapping[str, Any]) -> str:
    return f"{max(row['resumed_s']):.2f} s" if row["resumed_s"] else "-"


_SUMMED = ("minutes", "commands", "red_flags", "pauses")


def _over(figures: Mapping[str, Any]) -> Iterable[str]:
    yield "\n## Commands said over the guide\n"
    yield "Acted on, beside the same chain in the same room without the guide speaking. Bars: 0.9"
    yield "of it at 0 dB, 0.75 at +10 dB.\n"
    yield "| canceller | room | words | guide silent | 0 dB | ratio | +10 dB | ratio | wrong |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, rooms in figures.items():
        for room, row in rooms.items():
            zero, ten = row["+0 dB"], row["+10 dB"]
            yield (
                f"| {name} | {room} | {row['words']} | {row['alone']} | {zero['hits']} "
                f"| {zero['ratio']} | {ten['hits']} | {ten['ratio']} "
                f"| {zero['wrong'] + ten['wrong']} |"
            )
        yield _all_rooms(name, rooms)


def _all_rooms(name: str, rooms: Mapping[str, Any]) -> str:
    words = sum(row["words"] for row in rooms.values())
    alone = sum(row["alone"] for row in rooms.values())
    parts = [f"| **{name}** | all | {words} | {alone}"]
    for level in ("+0 dB", "+10 dB"):
        hits = sum(row[level]["hits"] for row in rooms.values())
        parts.append(f"| {hits} | **{hits / max(alone, 1):.2f}**")
    wrong = sum(row[level]["wrong"] for row in rooms.values() for level in ("+0 dB", "+10 dB"))
    return " ".join(parts) + f" | {wrong} |"


def _stops(rooms: Mapping[str, Any]) -> Iterable[str]:
    yield '## "Stop" over the guide: end of the word to its last audible sample\n'
    yield "Negative: the guide was silent before the word had ended. Of those that silenced it; the"
    yield "device's own latency (measured: 60 to 140 ms) comes on top.\n"
    yield "| level | stops | p50 | p95 |\n|---|---|---|---|"
    for level in ("+0 dB", "+10 dB"):
        seconds = [s for row in rooms.values() for s in row[level]["stops_s"]]
        if seconds:
            middle, late = np.percentile(seconds, [50, 95]) * 1000
            yield f"| {level} | {len(seconds)} | {middle:.0f} ms | {late:.0f} ms |"


def _rest(figures: Mapping[str, Any]) -> Iterable[str]:
    pauses = figures["false_pauses"]
    longest = max(pauses["resumed_s"], default=0.0)
    yield "## False pauses in the living room, with coughs, dogs and kitchens 10 dB below a user\n"
    yield f"{pauses['sounds']} sounds in turn, one every 10 s for {pauses['minutes']} minutes."
    yield f"False pauses: {pauses['pauses']}; it went on after at most"
    yield f"{longest:.1f} s. Bar: 1 in 10 minutes, going on within 2 s.\n"
    cost = figures["cost"]
    yield "## Cost of the canceller while the guide speaks\n"
    yield "| canceller | of one core |\n|---|---|"
    for name in figures["over"]:
        yield f"| {name} | {cost[name]} |"
    yield f"\nMemory that ours gains in an hour: {cost['growth_kb_an_hour']} KB."
    yield "Bar: 0.03 of a core; memory flat."
    yield "" if "WebRTC" in cost else "WebRTC's was not measured: `pywebrtc-audio` is missing."


def write_plots(figures: Mapping[str, Any], folder: Path) -> None:
    """Both plots as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    bars = {
        name: [_ratio(rooms, level) for level in ("+0 dB", "+10 dB")]
        for name, rooms in figures["over"].items()
    }
    (folder / "own_voice_commands.svg").write_text(
        _bar_chart("Acted on, of what is heard without the guide", ("0 dB", "+10 dB"), bars),
        encoding="utf-8",
    )
    seconds = [
        s for row in figures["over"]["ours"].values() for lv in ("+0 dB", "+10 dB")
        for s in row[lv]["stops_s"]
    ]  # fmt: skip
    (folder / "own_voice_stop.svg").write_text(_histogram(seconds), encoding="utf-8")


def _ratio(rooms: Mapping[str, Any], level: str) -> float:
    alone: int = sum(row["alone"] for row in rooms.values())
    hits: int = sum(row[level]["hits"] for row in rooms.values())
    return hits / max(alone, 1)


def _bar_chart(title: str, groups: Sequence[str], bars: Mapping[str, Sequence[float]]) -> str:
    parts = [_text(20, 24, title, 15)]
    width = 44
    for group, label in enumerate(groups):
        left = 60 + group * (width * len(bars) + 60)
        parts.append(_text(left, 250, label))
        for number, (name, values) in enumerate(bars.items()):
            height = 180 * min(values[group], 1.1)
            x, y = left + number * width, 230 - height
            colour = _COLOURS[number % len(_COLOURS)]
            parts.append(_box(x, y, width - 6, height, colour))
            parts.append(_text(x, y - 4, f"{values[group]:.2f}", 11))
            parts.append(_text(x, 268, name, 10))
    return _svg(60 + len(groups) * (width * len(bars) + 60), 285, parts)


def _histogram(seconds: Sequence[float]) -> str:
    counts, edges = np.histogram(np.array(seconds) * 1000, bins=np.arange(-600, 1001, 50))
    tallest = max(int(counts.max(initial=0)), 1)
    parts = [_text(20, 24, "End of 'stop' to the guide's last audible sample, ms", 15)]
    for count, edge in zip(counts, edges, strict=False):
        x = 30 + (float(edge) + 600) * 0.4
        height = 180 * int(count) / tallest
        parts.append(_box(x, 230 - height, 18, height, _COLOURS[0]))
        if float(edge) % 200 == 0:
            parts.append(_text(x, 248, f"{edge:.0f}", 11))
    return _svg(700, 265, parts)


def _text(x: float, y: float, words: str, size: int = 12) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-family="sans-serif">{words}</text>'
    )


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.0f}" y="{y:.1f}" width="{width:.0f}" height="{height:.1f}" fill="{colour}"/>'
    )


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}"'
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>\n'

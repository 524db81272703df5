"""A session as a picture: who spoke when, and in which phase; plain SVG."""

from collections.abc import Sequence
from html import escape

from voiceguide.runtime.event_log import Record

_WIDTH_A_SECOND = 8
_LANES = {"said": (20, "#3b6ea5"), "heard": (60, "#4f9d57"), "phase": (100, "#8a8a8a")}
_LEFT = 60


def timeline_svg(records: Sequence[Record], seconds: float) -> str:
    """An SVG document with a lane for the guide, the user and the phase; one mark a record."""
    width = _LEFT + int(seconds * _WIDTH_A_SECOND) + 240
    marks = "".join(_mark(record) for record in records if record["kind"] in (*_LANES, "red_flag"))
    labels = "".join(
        f'<text x="4" y="{y + 14}" font-weight="bold">{name}</text>'
        for name, (y, _) in _LANES.items()
    )
    ticks = "".join(
        f'<text x="{_x(second)}" y="150" fill="#888">{second} s</text>'
        for second in range(0, int(seconds) + 1, 10)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="160" '
        f'font-family="sans-serif" font-size="11">{labels}{marks}{ticks}</svg>\n'
    )


def _x(seconds: float) -> int:
    return _LEFT + int(seconds * _WIDTH_A_SECOND)


def _mark(record: Record) -> str:
    seconds = float(str(record["t_s"]))
    if record["kind"] == "red_flag":
        return f'<rect x="{_x(seconds)}" y="0" width="3" height="130" fill="#c0392b"/>'
    y, colour = _LANES[str(record["kind"])]
    if record["kind"] == "heard" and not record["accepted"]:
        colour = "#bbbbbb"
    text = escape(str(record.get("text") or record.get("phase") or ""))
    short = text if len(text) <= 40 else text[:39] + "\N{HORIZONTAL ELLIPSIS}"
    return (
        f"<g><title>{seconds:.1f} s: {text}</title>"
        f'<rect x="{_x(seconds)}" y="{y}" width="4" height="18" fill="{colour}"/>'
        f'<text x="{_x(seconds) + 6}" y="{y + 13}">{short}</text></g>'
    )

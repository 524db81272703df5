# ruff: noqa: INP001 - a script beside the pages that it draws
"""Draws the phases of a session into `docs/explanation/dialogue.md`, from the tables themselves.

The arrows are found by asking: from a state of each phase, where does each intent lead? So the
picture cannot differ from the code. Run it after a change: `python docs/make_diagram.py`.
"""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.answers import ANSWERS
from voiceguide.core.events import DeadlineReached, Event, Heard, PlaybackFinished, Started
from voiceguide.core.session import Session
from voiceguide.core.state import Phase
from voiceguide.core.turn import World

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "explanation" / "dialogue.md"
BEGIN, END = "<!-- diagram: begin -->", "<!-- diagram: end -->"

_TALKS: tuple[tuple[str, ...], ...] = (
    ("one", "no", "ready", "+", "+", "+", "yes", "next", "+", "five", "next", "+"),
    ("one", "yes", "+"),
    ("one", "+", "+", "+", "+"),
    ("one", "no", "no", "stop", "resume", "pause", "resume", "go to sleep", "wake up", "resume"),
    ("one", "no", "ready", "stop", "resume", "pause", "resume", "go to sleep", "wake up"),
    ("one", "no", "ready", "+", "stop", "resume", "pause", "resume", "next", "back"),
    ("one", "no", "ready", "my foot is numb", "no", "no", "other area"),
    ("one", "no", "ready", "my foot is numb", "yes", "false alarm", "yes", "resume"),
    ("one", "no", "ready", "ouch", "softer", "end session", "undo", "end session", "+"),
    ("one", "no", "ready", "+", "+", "+", "+", "+", "+", "next"),
    ("one", "no", "ready", "ouch", "end session", "+"),
)
"""Conversations that pass through every phase; "+" lets the guide finish, or silence pass."""


def diagram() -> str:
    """The phases and what leads from one to another, in Mermaid's notation."""
    arrows: dict[tuple[Phase, Phase], list[str]] = {}
    for talk in _TALKS:
        for source, label, target in _walk(talk):
            labels = arrows.setdefault((source, target), [])
            if source is not target and label not in labels:
                labels.append(label)
    lines = ["stateDiagram-v2", f"    [*] --> {Phase.CHOOSING}"]
    for (source, target), labels in sorted(arrows.items()):
        if source is not target:
            lines.append(f"    {source} --> {target}: {', '.join(labels)}")
    lines.append(f"    {Phase.ENDED} --> [*]")
    return "\n".join(lines)


def _walk(talk: Iterable[str]) -> Iterable[tuple[Phase, str, Phase]]:
    session, now = Session(_world()), 0.0
    session.handle(Started(), now)
    for said in talk:
        now += 1.0
        event, label = _event(session, said)
        source = session.state.phase
        if isinstance(event, DeadlineReached):
            now = max(now, session.deadline or now)
        session.handle(event, now)
        yield source, label, session.state.phase


def _event(session: Session, said: str) -> tuple[Event, str]:
    if said != "+":
        return Heard(said), said
    if session.state.utterance is not None:
        return PlaybackFinished(session.state.utterance.id), "(said)"
    return DeadlineReached(), "(time)"


def _world() -> World:
    routine = load_routine(ROOT / "tests" / "transcripts" / "short.yaml")
    routine = replace(routine, screening=routine.screening[:1], preparation=())
    steps = (replace(routine.steps[0], cues=()), *routine.steps[2:])
    return load_language().world([replace(routine, steps=steps)])


def table() -> str:
    """What each phase answers to, as a Markdown table."""
    rows = [
        f"| `{phase}` | {', '.join(sorted(intent.value for intent in intents)) or 'nothing'} |"
        for phase, intents in ANSWERS.items()
    ]
    return "\n".join(("| phase | answers |", "|---|---|", *rows))


def page() -> str:
    """The page with the part between its marks drawn anew."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n```mermaid\n{diagram()}\n```\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    new = page()
    if sys.argv[1:] == ["--check"]:
        sys.exit(PAGE.read_text(encoding="utf-8") != new)
    PAGE.write_text(new, encoding="utf-8")

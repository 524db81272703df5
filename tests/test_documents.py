"""What the documents say is true: links lead somewhere, and the tutorial's dialogue happens so."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routines
from voiceguide.core.actions import Action, Say
from voiceguide.core.events import Event, Heard
from voiceguide.core.session import Session
from voiceguide.core.state import Phase
from voiceguide.errors import ExitCode
from voiceguide.runtime.text_rehearsal import TextRehearsal

REPOSITORY = Path(__file__).parents[1]
TUTORIAL = REPOSITORY / "docs" / "tutorial" / "first-massage.md"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "models/**/*.md", "training/**/*.md")
    for path in REPOSITORY.glob(pattern)
)


class Tutorial:
    """A session to which the tutorial's words are said; keeps what the guide said."""

    def __init__(self) -> None:
        world = load_language("en").world(load_routines(REPOSITORY / "routines"))
        self.said = ""
        self.session = Session(world)
        self._rehearsal = TextRehearsal(self.session, self._record)
        self._rehearsal.start(None)

    def is_in(self, *phases: Phase) -> bool:
        return self.session.state.phase in phases

    def say(self, *texts: str) -> None:
        """The user speaks a second after the guide has said the last thing or while it speaks."""
        for text in texts:
            self._rehearsal.play([(self._rehearsal.now + 1, Heard(text))], self._rehearsal.now + 2)

    def _record(self, _event: Event, actions: list[Action], _seconds: float) -> None:
        self.said += " ".join(a.text for a in actions if isinstance(a, Say)) + " "


@pytest.fixture
def tutorial() -> Tutorial:
    return Tutorial()


def quotes_of(path: Path) -> list[str]:
    """The guide's words in a document: block quotes, cut where something is left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line.removeprefix("> ") if line.startswith("> ") else "" for line in lines)
    blocks = [" ".join(block.split()) for block in re.split(r"\n\n+", text) if block.strip()]
    told = [block for block in blocks if not block.startswith("voiceguide is not")]
    return [part.strip() for block in told for part in block.split("…") if part.strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    gone = [link for link in links if "://" not in link and not (document.parent / link).exists()]

    assert gone == []


def test_the_index_names_every_document() -> None:
    index = (REPOSITORY / "docs" / "index.md").read_text(encoding="utf-8")
    documents = {
        str(path.relative_to(REPOSITORY / "docs")) for path in REPOSITORY.glob("docs/**/*.md")
    }

    assert {path for path in documents - {"index.md"} if f"]({path})" not in index} == set()


def test_the_sessions_page_names_every_phase() -> None:
    page = (REPOSITORY / "docs" / "explanation" / "the-session.md").read_text(encoding="utf-8")

    assert [phase for phase in Phase if f"`{phase}`" not in page] == []


def test_the_reference_names_every_event_and_action_with_its_fields() -> None:
    page = (REPOSITORY / "docs" / "reference" / "events-and-actions.md").read_text(encoding="utf-8")
    rows = {
        name: line
        for line in page.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }

    kinds = [*get_args(Event), *get_args(Action)]
    assert set(rows) == {kind.__name__ for kind in kinds}
    for kind in kinds:
        assert [f.name for f in fields(kind) if f"`{f.name}`" not in rows[kind.__name__]] == []


def test_the_reference_names_every_exit_code() -> None:
    page = (REPOSITORY / "docs" / "reference" / "exit-codes.md").read_text(encoding="utf-8")

    assert [code for code in ExitCode if f"| {int(code)} |" not in page] == []


def test_the_tutorial_can_be_followed_word_by_word(tutorial: Tutorial) -> None:
    tutorial.say("one", "stop")
    assert tutorial.is_in(Phase.STOPPED)
    tutorial.say("resume")
    assert tutorial.is_in(Phase.SCREENING)
    tutorial.say(*["no"] * 8)
    assert tutorial.is_in(Phase.PREPARING)
    while tutorial.is_in(Phase.PREPARING):
        tutorial.say("ready")
    tutorial.say("next", "next", "next", "softer")
    assert tutorial.session.state.step_index == 3
    tutorial.say("pause", "resume", "how long", "more oil", "ready", "louder", "slower")
    tutorial.say("go to sleep", "wake up", "resume", "help")
    assert tutorial.is_in(Phase.GUIDING, Phase.HOLDING)
    tutorial.say("my arm feels numb", "no", "no")
    assert tutorial.is_in(Phase.ESCALATED)
    tutorial.say("false alarm", "yes")
    assert tutorial.is_in(Phase.PAUSED)
    tutorial.say("resume", "end session", "undo")
    assert tutorial.is_in(Phase.GUIDING, Phase.HOLDING)

    said = " ".join(tutorial.said.lower().split())
    quotes = quotes_of(TUTORIAL)
    assert len(quotes) >= 6
    assert [quote for quote in quotes if quote.lower() not in said] == []

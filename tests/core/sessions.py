"""Sessions of small routines, as far as a test needs them."""

from dataclasses import replace

from tests.transcript import FOLDER
from voiceguide.commands.library import load_library
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.events import (
    Heard,
    PlaybackFinished,
    Started,
)
from voiceguide.core.routine import Routine
from voiceguide.core.session import Session
from voiceguide.core.settings import Settings
from voiceguide.core.turn import World

LANGUAGE = load_language()
SHORT = replace(load_routine(FOLDER / "short.yaml"), screening=(), preparation=())
ALONE = replace(load_routine(FOLDER / "alone.yaml"), screening=())


def world(routine: Routine = SHORT) -> World:
    return LANGUAGE.world([routine])


def started(routine: Routine = SHORT, settings: Settings | None = None) -> Session:
    """A session whose first step is being said."""
    session = Session(world(routine), settings)
    session.handle(Started(routine.id), 0.0)
    session.handle(Heard("ready"), 0.0)
    return session


def finish_speaking(session: Session, now: float) -> None:
    assert session.state.utterance is not None
    session.handle(PlaybackFinished(session.state.utterance.id), now)


ROUTINES = {routine.id: routine for routine in load_library().routines}


def at_step(routine_id: str, number: int) -> Session:
    """A session of a shipped routine in one of its steps."""
    routine = replace(ROUTINES[routine_id], screening=(), preparation=())
    session = started(routine)
    session.handle(Heard(f"go to step {number}"), 0.0)
    return session

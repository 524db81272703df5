"""Every shipped routine hears every kind of red flag in every phase that it can reach."""

from functools import cache
from pathlib import Path

import pytest

from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routines
from voiceguide.core.actions import Action, FallSilent, Say
from voiceguide.core.events import Event, Heard
from voiceguide.core.opening import screening_question
from voiceguide.core.routine import Routine, ScreeningQuestion
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.state import ALARMED, Phase, State
from voiceguide.core.turn import Turn, World
from voiceguide.runtime.text_rehearsal import TextRehearsal

REPOSITORY = Path(__file__).resolve().parents[2]
ROUTINES = load_routines(REPOSITORY / "routines")
IN_EVERY_ROUTINE = set(Phase) - {Phase.CHOOSING, Phase.RATING, Phase.ENDED}

RED_FLAGS = (
    "my foot is numb",
    "it tingles down my arm",
    "i can't feel my leg",
    "both my legs are weak",
    "i can't move my hand",
    "it's numb between my legs",
    "i can't control my bladder",
    "i have chest pain",
    "i can't breathe",
    "her face is drooping",
    "my speech is slurred",
    "i feel dizzy",
    "that hurts a lot",
    "a sharp stabbing pain",
    "ouch",
    "my calf is hot and swollen",
    "it burns",
    "call an ambulance",
)


@cache
def world() -> World:
    return load_language().world(ROUTINES)


class Walk:
    """One routine from the menu to its end, with a state kept of each phase on the way."""

    def __init__(self, routine: Routine) -> None:
        self.states: dict[Phase, tuple[State, float]] = {}
        self._routine = routine

    def run(self) -> dict[Phase, tuple[State, float]]:
        self._session("yes" if self._first_question().stop_if == "yes" else "no")
        for word in ("pause", "stop", "go to sleep", "write it down", "my foot is numb"):
            self._begun(word)
        self._begun("i can't feel my legs")
        self._begun("end session")
        self._begun(*["next"] * 60)
        self._begun(*["(wait)", "next"] * 20)
        return self.states

    def _first_question(self) -> ScreeningQuestion:
        return self._routine.screening[0]

    def _session(self, *said: str) -> TextRehearsal:
        session = Session(world(), Settings(pace=Pace.WAIT_FOR_ME))

        def record(_event: Event, _actions: list[Action], seconds: float) -> None:
            self.states.setdefault(session.state.phase, (session.state, seconds))

        rehearsal = TextRehearsal(session, record)
        rehearsal.start(self._routine.id)
        for word in said:
            self._say(rehearsal, word)
        return rehearsal

    def _say(self, rehearsal: TextRehearsal, word: str) -> None:
        rehearsal.let_guide_finish()
        rehearsal.advance(rehearsal.now + (700.0 if word == "(wait)" else 1.0))
        if not rehearsal.ended and word != "(wait)":
            rehearsal.post(Heard(word))

    def _begun(self, *said: str) -> None:
        rehearsal = self._session()
        session = rehearsal.session
        while session.state.phase in (Phase.SCREENING, Phase.PREPARING):
            question = screening_question(Turn(session.state, rehearsal.now, world()))
            if session.state.phase is Phase.PREPARING or question is None:
                self._say(rehearsal, "ready")
            else:
                self._say(rehearsal, "yes" if question.stop_if == "no" else "no")
        for word in said:
            self._say(rehearsal, word)


@cache
def walked(routine: Routine) -> dict[Phase, tuple[State, float]]:
    return Walk(routine).run()


@pytest.mark.parametrize("routine", ROUTINES, ids=lambda routine: routine.id)
def test_every_phase_is_reached(routine: Routine) -> None:
    assert set(walked(routine)) >= IN_EVERY_ROUTINE


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.CHOOSING, Phase.ENDED}))
@pytest.mark.parametrize("routine", ROUTINES, ids=lambda routine: routine.id)
def test_every_red_flag_is_heard(routine: Routine, phase: Phase) -> None:
    if phase not in walked(routine):
        pytest.skip("this routine has no such phase")
    state, now = walked(routine)[phase]
    for text in RED_FLAGS:
        session = Session(world())
        session.state = state
        actions = session.handle(Heard(text), now + 1.0)

        assert session.state.phase in ALARMED, text
        assert session.state.hold is None, text
        assert any(isinstance(action, Say) for action in actions), text
        if phase is not Phase.TRIAGE:  # there it may be an answer
            assert isinstance(actions[0], FallSilent), text

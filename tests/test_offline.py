"""Nothing leaves the machine: a whole session runs with every socket refused."""

import socket

import pytest

from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.commands.ears import build_listener
from voiceguide.commands.resources import find_model, shipped_routines_dir
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routines
from voiceguide.core.actions import Action
from voiceguide.core.events import Event, Heard
from voiceguide.core.session import Session
from voiceguide.core.state import Phase
from voiceguide.runtime.text_rehearsal import TextRehearsal


class RefusedError(Exception):
    """Something asked for a network."""


class NoSocket:
    """Takes the place of every socket and refuses to exist."""

    def __init__(self, *_args: object, **_more: object) -> None:
        raise RefusedError


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", NoSocket)
    with pytest.raises(RefusedError):
        socket.socket()


def test_a_session_and_its_ears_need_no_network(no_network: None) -> None:
    world = load_language("en").world(load_routines(shipped_routines_dir()))
    build_listener(load_model(find_model()), world.grammar, world.red_flags)
    session = Session(world)
    log: list[tuple[Event, list[Action]]] = []
    rehearsal = TextRehearsal(session, lambda event, actions, _now: log.append((event, actions)))
    rehearsal.start("self-massage-wall")
    answers = {Phase.SCREENING: "no", Phase.PREPARING: "ready", Phase.CHECKING_IN: "yes"}
    for _ in range(200):
        if rehearsal.ended:
            break
        words = answers.get(session.state.phase, "next")
        rehearsal.play([(rehearsal.now + 1.0, Heard(words))], until=rehearsal.now + 2.0)

    assert session.state.phase in (Phase.ENDED, Phase.FINISHING)

"""Words that the model can't hear are named, and only those that may be said in this session."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.transcript import FOLDER
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.commands.library import Library
from voiceguide.commands.resources import SHIPPED_MODEL, shipped_models_dir
from voiceguide.commands.vocabulary import phrases_of, unheard_at_start
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.red_flags import Tier
from voiceguide.core.routine import Routine, RoutineRedFlag
from voiceguide.ports import Recognizer

LANGUAGE = load_language()
SHORT, BALL = (load_routine(FOLDER / name) for name in ("short.yaml", "ball.yaml"))
RINGING = replace(BALL, red_flags=(RoutineRedFlag("My ear rings!", Tier.URGENT),))


class SmallModel:
    """Knows all words but a few."""

    def __init__(self, *unknown: str) -> None:
        self._unknown = set(unknown)

    def recognizer(self, phrases: Sequence[str] | None) -> Recognizer:
        raise NotImplementedError

    def missing_words(self, phrases: Sequence[str]) -> list[str]:
        return sorted({word for phrase in phrases for word in phrase.split()} & self._unknown)


def told(library: Library, *unknown: str) -> str:
    return unheard_at_start(SmallModel(*unknown), phrases_of(LANGUAGE, library))


def test_a_word_of_a_command_is_named_with_what_to_do() -> None:
    assert told(Library((SHORT,), SHORT), "softer", "hush") == (
        "The speech model can't hear these words: hush, softer. "
        "Say something else for them; `voiceguide doctor` tells more."
    )


def test_a_model_that_hears_everything_needs_no_words() -> None:
    assert told(Library((SHORT,), SHORT)) == ""


@pytest.mark.parametrize(("chosen", "is_named"), [(SHORT, True), (RINGING, False), (None, True)])
def test_a_variation_counts_only_in_its_own_routine(
    chosen: Routine | None, *, is_named: bool
) -> None:
    library = Library((SHORT, RINGING), chosen)

    assert ("forearms" in told(library, "forearms")) is is_named


def test_titles_are_said_only_where_there_is_a_menu() -> None:
    assert "massage" in told(Library((SHORT,)), "massage")
    chosen = told(Library((SHORT,), SHORT), "short")
    assert "short" in chosen, "it is also a command's word: the short version"
    assert told(Library((RINGING,), RINGING), "ball") == ""


def test_a_routines_own_red_flag_counts() -> None:
    assert "rings" in told(Library((SHORT, RINGING), RINGING), "rings")
    assert told(Library((SHORT, RINGING), SHORT), "rings") == ""


def test_the_model_that_ships_is_asked_for_real() -> None:
    model = load_model(shipped_models_dir() / SHIPPED_MODEL)
    routine = replace(SHORT, red_flags=(RoutineRedFlag("florbling ears", Tier.URGENT),))

    assert "florbling" in unheard_at_start(model, phrases_of(LANGUAGE, Library((routine,))))

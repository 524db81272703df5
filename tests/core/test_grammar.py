from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.transcript import FOLDER
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.answers import ALL_INTENTS, ANSWERS
from voiceguide.core.grammar import Grammar, normalize
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.state import Phase

PHRASES = FOLDER.parent / "core" / "phrases.yaml"
WORLD = load_language().world(
    [load_routine(FOLDER / f"{name}.yaml") for name in ("short", "alone")]
)
TABLES: list[dict[str, Any]] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))


def active(phase: str) -> frozenset[Intent]:
    return ALL_INTENTS if phase == "any" else ANSWERS[Phase(phase)]


def told(meaning: Meaning | None) -> str:
    if meaning is None:
        return "nothing"
    return " ".join(str(part) for part in (meaning.intent, *(value for _, value in meaning.slots)))


def rows() -> Iterator[tuple[str, str, str]]:
    for table in TABLES:
        for meaning, phrases in table["means"].items():
            yield from ((table["phase"], phrase, meaning) for phrase in phrases)
        yield from ((table["phase"], phrase, "nothing") for phrase in table["nothing"])


@pytest.mark.parametrize(("phase", "phrase", "meaning"), list(rows()))
def test_phrase_means_what_the_table_says(phase: str, phrase: str, meaning: str) -> None:
    assert told(WORLD.grammar.match(phrase, active(phase))) == meaning


def test_every_intent_has_a_row() -> None:
    assert {meaning.split()[0] for _, _, meaning in rows()} >= {intent.value for intent in Intent}


def test_no_command_is_taken_for_a_red_flag() -> None:
    said = (phrase for phrase in WORLD.grammar.meanings if not phrase.isdigit())
    raised = [phrase for phrase in said if WORLD.red_flags.judge(phrase).tier is not None]

    assert raised == []


def test_every_quick_phrase_is_a_phrase() -> None:
    assert set(WORLD.grammar.meanings) >= WORLD.grammar.quick
    assert WORLD.grammar.is_quick("Stop!")
    assert not WORLD.grammar.is_quick("where am i")


def test_a_longer_phrase_may_follow() -> None:
    assert WORLD.grammar.is_prefix("how", ALL_INTENTS)
    assert not WORLD.grammar.is_prefix("undo", frozenset({Intent.NEXT}))


def test_the_recognizer_listens_for_the_phrases_of_the_active_intents_only() -> None:
    phrases = WORLD.grammar.phrases_for(frozenset({Intent.WAKE}))

    assert "wake up" in phrases
    assert "next" not in phrases


def test_what_is_known_keeps_its_meaning_when_a_routine_brings_names() -> None:
    grammar = Grammar({"next": Meaning(Intent.NEXT)})
    more = grammar.with_phrases([("Next", Meaning(Intent.UNDO)), ("Fists", Meaning(Intent.HELP))])

    assert more.match("next", ALL_INTENTS) == Meaning(Intent.NEXT)
    assert more.match("fists", ALL_INTENTS) == Meaning(Intent.HELP)


def test_text_is_normalised_to_plain_words() -> None:
    assert (
        normalize("  I\N{RIGHT SINGLE QUOTATION MARK}m READY -- go! [unk]") == "i'm ready go [unk]"
    )

from importlib import resources

import pytest

from voiceguide.content.language import load_language
from voiceguide.content.red_flag_lexicon import load_red_flag_lexicon, parse_red_flag_lexicon
from voiceguide.core.red_flags import Tier
from voiceguide.errors import ContentError

NAME = "en_red_flags.yaml"
ENGLISH = (resources.files("voiceguide.content") / "languages" / NAME).read_text(encoding="utf-8")


def _problem(text: str) -> str:
    with pytest.raises(ContentError) as caught:
        parse_red_flag_lexicon(text, NAME)
    return str(caught.value)


def test_english_is_loaded_once() -> None:
    assert load_red_flag_lexicon("en") is load_red_flag_lexicon("en")
    assert load_red_flag_lexicon("en").judge("my arm is numb").tier is Tier.URGENT


def test_the_file_asks_for_a_clinicians_review() -> None:
    assert "REVIEW BY A CLINICIAN BEFORE RELEASE" in ENGLISH


def test_words_that_yaml_would_read_as_truth_values_stay_words() -> None:
    lexicon = load_red_flag_lexicon("en")

    assert "no" in lexicon.negation_words.negators
    assert "on" in lexicon.clause_words.prepositions


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ContentError, match=r"xx_red_flags\.yaml"):
        load_red_flag_lexicon("xx")


def test_broken_yaml_is_reported_with_its_line() -> None:
    assert _problem("spelling: [").startswith(f"{NAME}:1: ")


def test_a_broken_template_is_reported_with_its_line() -> None:
    broken = ENGLISH.replace("(pin|pins) [and|in|n]", "(pin|pins [and|in|n]")
    line = next(n for n, row in enumerate(broken.splitlines(), 1) if "(pin|pins [" in row)

    assert _problem(broken).startswith(f"{NAME}:{line}: ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tier: urgent", "tier: grave"),
        ("mentions:", "mention:"),
        ("  negators:", "  denials:"),
        ("<part> a shock", "<parts> a shock"),
        ("<part> a shock", "[a] ..."),
        ("<part> a shock", "a shock)"),
    ],
)
def test_a_wrong_entry_is_a_content_error(old: str, new: str) -> None:
    assert old in ENGLISH
    assert NAME in _problem(ENGLISH.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "lists: 3\nstanding: 4"])
def test_a_file_of_another_kind_is_a_content_error(text: str) -> None:
    assert NAME in _problem(text)


def test_no_command_sounds_like_a_red_flag() -> None:
    language = load_language("en")

    raised = [
        phrase for phrase in language.grammar.meanings if language.red_flags.judge(phrase).tier
    ]

    assert len(language.grammar.meanings) > 1000
    assert raised == []

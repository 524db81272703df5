from collections.abc import Callable
from pathlib import Path

import pytest

from voiceguide.content import language
from voiceguide.content.language import load_language, read_language
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.intents import Intent
from voiceguide.core.offers import HELP_ORDER
from voiceguide.core.prompts import PLACEHOLDERS, Prompt
from voiceguide.errors import ContentError

ENGLISH = Path(language.__file__).with_name("languages") / "en.yaml"


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[[str, str], str]:
    """What is said of the English file after replacing one text by another, once."""

    def edit(before: str, after: str) -> str:
        text = ENGLISH.read_text(encoding="utf-8")
        assert before in text
        path = tmp_path / "en.yaml"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(ContentError) as caught:
            read_language(path, load_language().red_flags)
        return str(caught.value)

    return edit


def line_of(text: str) -> int:
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_the_shipped_file_has_every_prompt_with_its_placeholders() -> None:
    prompts = load_language().prompts

    for prompt in Prompt:
        words = prompts.text(prompt, **dict.fromkeys(PLACEHOLDERS.get(prompt, ()), "x"))
        assert words.strip()


def test_every_intent_has_a_name_and_a_place_in_help() -> None:
    assert set(load_language().prompts.names) == {intent.value for intent in Intent}
    assert set(HELP_ORDER) == ALL_INTENTS - {Intent.HELP}
    assert len(HELP_ORDER) == len(set(HELP_ORDER))


@pytest.mark.parametrize(
    ("before", "after", "at", "what"),
    [
        ("  still_here: ", "  still_there: ", "prompts:", "still_here: This prompt is missing."),
        ("  still_here: ", "  still_there: ", "  still_here: ", "This is no prompt"),
        (
            "{pressure}.",
            "{pressur}.",
            '  softer: "{how}',
            "Use these: how, pressure.",
        ),
        ("  time_up: That", "  time_up: That {x}", "  time_up: ", "Use these: none."),
        (
            "  time_up: That",
            "  time_up: That {",
            "  time_up: ",
            "braces don't match.",
        ),
        ("\n  wake:\n", "\n  awaken:\n", "  wake:", "intents.awaken: This is no intent."),
        ("\n  wake:\n", "\n  awaken:\n", "intents:", "The intent wake is missing."),
        (
            "      - wake up",
            "      - next",
            "      - wake up",
            "already a phrase of next.",
        ),
        ("      - wake up", "      - wake (up", "      - wake up", "can't be read"),
        (
            "      - wake up",
            '      - "{hour} up"',
            "      - wake up",
            "can't be read",
        ),
        ("either: or", "neither: or", "language:", "either: This section is missing."),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_mend(
    problems_of: Callable[[str, str], str], before: str, after: str, at: str, what: str
) -> None:
    told = problems_of(before, after)

    assert what in told
    if at != "language:" and not at.endswith(":"):
        assert f":{line_of(at)}: " in told


def test_a_file_that_is_no_language_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- one\n", encoding="utf-8")

    with pytest.raises(ContentError, match="This is not a language file"):
        read_language(path, load_language().red_flags)


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (0, "five seconds"),
        (12, "ten seconds"),
        (43, "forty five seconds"),
        (60, "about one minute"),
        (90, "about one and a half minutes"),
        (130, "about two minutes"),
        (1200, "about twenty minutes"),
    ],
)
def test_times_are_told_as_people_say_them(seconds: float, spoken: str) -> None:
    assert load_language().prompts.duration(seconds) == spoken


def test_numbers_beyond_the_words_are_told_in_digits() -> None:
    assert load_language().prompts.number(3) == "three"
    assert load_language().prompts.number(1000) == "1000"


def test_a_sentence_that_begins_with_a_value_has_a_capital() -> None:
    prompts = load_language().prompts

    assert prompts.text(Prompt.SECONDS_LEFT, time="ten seconds") == "Ten seconds left in this step."
    assert prompts.text(Prompt.SOFTER, how="", pressure="light") == "The pressure is now light."

from collections.abc import Callable
from pathlib import Path

import pytest

from voiceguide.content import fitting_words
from voiceguide.content.fitting_words import load_fitting_words, read_fitting_words
from voiceguide.content.language import load_language
from voiceguide.core.fitting import FitPrompt
from voiceguide.core.intents import Intent
from voiceguide.errors import ContentError

ENGLISH = Path(fitting_words.__file__).with_name("languages") / "en_fitting.yaml"


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[[str, str], str]:
    """What is said of the English file after replacing one text by another, once."""

    def edit(before: str, after: str) -> str:
        text = ENGLISH.read_text(encoding="utf-8")
        assert before in text
        path = tmp_path / "en_fitting.yaml"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(ContentError) as caught:
            read_fitting_words(path, load_language().grammar)
        return str(caught.value)

    return edit


def test_the_shipped_file_asks_for_eight_words_and_has_every_text() -> None:
    words = load_fitting_words()

    assert [each.word for each in words.words] == [
        *("next", "back", "stop", "pause", "resume", "softer", "yes", "no"),
    ]
    assert set(words.texts) == set(FitPrompt)


def test_each_way_to_say_a_word_means_the_same() -> None:
    grammar = load_language().grammar
    for each in load_fitting_words().words:
        meanings = [grammar.match(way, frozenset(Intent)) for way in each.instead]

        assert [meaning.intent for meaning in meanings if meaning] == [each.intent] * len(meanings)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[skip, done]", "[skip, stop]", "not phrases of one meaning"),
        ("{word: next,", "{word: dance,", "not phrases of one meaning"),
        ("{word: next, instead: [skip, done]}", "{word: next, instead: []}", "instead"),
        ("  welcome:", "  greeting:", "greeting"),
        ('  silent: "I hear nothing, so I end here."\n', "", "silent is missing"),
        ("Now {word}, after", "Now it, after", "wrong placeholders"),
        ("Now {word}, after", "Now {word, after", "wrong placeholders"),
    ],
)
def test_a_mistake_in_the_file_is_told(
    problems_of: Callable[[str, str], str], before: str, after: str, told: str
) -> None:
    assert told in problems_of(before, after)

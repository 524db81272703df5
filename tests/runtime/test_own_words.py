import numpy as np
import pytest

from tests.audio.test_word_witness import noise, shape_witness, tone
from voiceguide.audio.pcm import Samples
from voiceguide.audio.word_templates import WordTemplates
from voiceguide.runtime.own_words import ExampleSettings, OwnWords

WITNESS = shape_witness()
ANY = ExampleSettings(least_likeness=-1.0, least_lead=-1.0)


def templates(**sounds: Samples) -> WordTemplates:
    impressions = {word: WITNESS.impression(sound) for word, sound in sounds.items()}
    return WordTemplates({w: i for w, i in impressions.items() if i is not None}, WITNESS.mark)


TEMPLATES = templates(low=tone(300), high=tone(2500))


@pytest.mark.parametrize(("hertz", "word"), [(330, "low"), (2300, "high")])
def test_the_users_word_is_known_again(hertz: float, word: str) -> None:
    assert OwnWords(TEMPLATES, WITNESS, ANY).word(tone(hertz, seconds=0.7)) == word


@pytest.mark.parametrize("settings", [ExampleSettings(1.01, -1.0), ExampleSettings(-1.0, 1.01)])
def test_what_is_not_near_or_not_clear_is_no_word(settings: ExampleSettings) -> None:
    assert OwnWords(TEMPLATES, WITNESS, settings).word(tone(300)) == ""


@pytest.mark.parametrize("seconds", [0.01, 3.0])
def test_what_is_too_short_or_too_long_is_no_word(seconds: float) -> None:
    assert OwnWords(TEMPLATES, WITNESS, ANY).word(noise(seconds, 0.1)) == ""


def test_one_word_alone_can_not_be_told_from_any_other() -> None:
    assert OwnWords(templates(low=tone(300)), WITNESS, ANY).word(tone(300)) == ""


def test_an_example_that_was_cut_short_by_hand_is_passed_over() -> None:
    cut = {word: impression[:-1] for word, impression in TEMPLATES.words.items()}
    words = WordTemplates({**TEMPLATES.words, "cut": cut["low"]}, WITNESS.mark)

    assert OwnWords(words, WITNESS, ANY).word(tone(330)) == "low"
    assert OwnWords(WordTemplates(cut, WITNESS.mark), WITNESS, ANY).word(tone(330)) == ""


def test_an_impression_is_of_length_one() -> None:
    impression = WITNESS.impression(tone(300))

    assert impression is not None
    assert np.linalg.norm(impression) == pytest.approx(1.0, abs=1e-5)


def test_an_impression_is_the_strongest_that_each_channel_answered() -> None:
    """So a pause behind the word changes nothing."""
    word, pause = tone(300), np.zeros(8_000, dtype=np.float32)
    alone, with_pause = WITNESS.impression(word), WITNESS.impression(np.concatenate([word, pause]))

    assert alone is not None
    assert with_pause is not None
    assert float(alone @ with_pause) > 0.99

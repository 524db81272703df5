import numpy as np
import pytest

from tests.audio.test_word_templates import vowels
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.word_templates import WordTemplates, frames_of
from voiceguide.ports import Hypothesis
from voiceguide.runtime.own_words import ExampleSettings, OwnWords, Take

RISING = vowels(500, 1000, 2500)
TEMPLATES = WordTemplates({"next": frames_of(RISING), "back": frames_of(vowels(2500, 1000, 500))})


class Stubborn:
    """Takes everything for one word."""

    def __init__(self, word: str) -> None:
        self._word = word

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        return Hypothesis("")

    def finish(self) -> Hypothesis:
        return Hypothesis(self._word)


def played(examples: Take, sound: Samples) -> str:
    examples.begin()
    for start in range(0, len(sound), 320):
        examples.feed(sound[start : start + 320])
    return examples.word()


def test_the_users_word_is_known_again() -> None:
    assert played(OwnWords(TEMPLATES), vowels(500, 1000, 2500, seconds=0.6, seed=3)) == "next"


@pytest.mark.parametrize(("forced", "expected"), [("next", "next"), ("back", ""), ("", "")])
def test_the_recognizer_that_must_choose_has_to_agree(forced: str, expected: str) -> None:
    assert played(OwnWords(TEMPLATES, Stubborn(forced)), RISING) == expected


@pytest.mark.parametrize(
    "settings", [ExampleSettings(most_distance=-1.0), ExampleSettings(most_ratio=-1.0)]
)
def test_what_is_not_near_or_not_clear_is_no_word(settings: ExampleSettings) -> None:
    assert played(OwnWords(TEMPLATES, settings=settings), RISING) == ""


def test_a_take_says_nothing_and_keeps_only_the_newest_utterance() -> None:
    take = Take()
    played(take, vowels(2500, 500))

    assert played(take, RISING) == ""
    assert np.array_equal(take.sound, RISING[: len(take.sound)])
    assert len(take.frames)


def test_a_take_of_talk_is_no_example() -> None:
    take = Take()
    played(take, np.ones(4 * SAMPLE_RATE_HZ, dtype=np.float32))

    assert len(take.sound) == 0
    assert len(take.frames) == 0

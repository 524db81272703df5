"""What is left of an utterance that is listened to again."""

from collections.abc import Sequence

import numpy as np
import pytest

from voiceguide.audio.pcm import Samples
from voiceguide.ports import Hypothesis
from voiceguide.runtime.second_hearing import SecondHearing, in_both

_SOUND = np.zeros(1_600, dtype=np.float32)


class Hearing:
    """Recognizers that hear one thing, whatever they listen for, and remember what that was."""

    def __init__(self, heard: str) -> None:
        self._heard = heard
        self.listened_for: list[list[str]] = []

    def __call__(self, phrases: Sequence[str]) -> "Hearing":
        self.listened_for.append(list(phrases))
        return self

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        return Hypothesis("")

    def finish(self) -> Hypothesis:
        return Hypothesis(self._heard)


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("arm numb", "", "[unk] [unk]"),
        ("my leg feels numb", "my leg feels numb", "my leg feels numb"),
        ("my leg feels numb", "[unk] leg [unk] numb", "[unk] leg [unk] numb"),
        ("numb my leg", "my leg", "[unk] my leg"),
        ("my my leg", "my leg", "[unk] my leg"),
        ("leg numb", "numb leg", "leg [unk]"),
        ("", "", ""),
    ],
)
def test_only_words_that_are_heard_in_both_are_left(first: str, second: str, left: str) -> None:
    assert in_both(first.split(), second.split()) == left


def test_a_sentence_is_expected_whole_beside_more_or_fewer_unknown_words() -> None:
    hearing = Hearing("my leg")

    assert SecondHearing(hearing, unknown=3).as_sentence("my leg numb", _SOUND) == "my leg [unk]"
    assert hearing.listened_for == [["my leg numb", "[unk]", "[unk]"]]


def test_words_one_by_one_are_expected_once_each() -> None:
    hearing = Hearing("leg")

    assert SecondHearing(hearing, 30).word_by_word("leg to leg", _SOUND) == "leg [unk] [unk]"
    assert hearing.listened_for == [["leg", "to"]]

"""Which word is being said at this moment."""

import numpy as np
import pytest

from voiceguide.audio.pcm import SAMPLE_RATE_HZ
from voiceguide.audio.playback import Playback
from voiceguide.core.actions import Say
from voiceguide.core.phrasing import word_at
from voiceguide.runtime.spoken_word import SpokenWord


@pytest.mark.parametrize(
    ("fraction", "word"),
    [(-1.0, "say"), (0.0, "say"), (0.4, "when"), (1.0, "ready."), (9.0, "ready.")],
)
def test_words_are_placed_by_their_length(fraction: float, word: str) -> None:
    assert word_at("Say next when you are ready.", fraction) == word


def test_a_clause_without_words_has_none() -> None:
    assert word_at("", 0.5) == ""


def test_the_word_follows_the_playback_and_ends_with_it() -> None:
    playback = Playback()
    word = SpokenWord(playback)
    say = Say(1, ("alpha omega",))
    word.follow(say)

    assert word.now() == ""
    playback.say(1, 1)
    playback.supply(1, 0, np.ones(4 * SAMPLE_RATE_HZ, dtype=np.float32))
    playback.next_block(320)
    assert word.now() == "alpha"
    playback.next_block(3 * SAMPLE_RATE_HZ)
    assert word.now() == "omega"
    playback.fall_silent()
    playback.next_block(320)
    assert word.now() == ""

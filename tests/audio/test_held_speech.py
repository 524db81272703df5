"""Speech that is held back while a user talks, and goes on or is replaced."""

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.audio.playback import FADE_SAMPLES, Playback
from voiceguide.core.events import ClauseStarted, PlaybackFinished

BLOCKS = 10


def clause(value: float, blocks: float = BLOCKS) -> Samples:
    return np.full(round(blocks * BLOCK_SAMPLES), value, dtype=np.float32)


def speaking(*clauses: Samples) -> Playback:
    playback = Playback()
    playback.say(1, len(clauses))
    for number, samples in enumerate(clauses):
        playback.supply(1, number, samples)
    return playback


def sent(playback: Playback, blocks: int) -> Samples:
    return np.concatenate([playback.next_block(BLOCK_SAMPLES) for _ in range(blocks)])


def test_held_speech_falls_silent_within_one_block_and_a_short_fade() -> None:
    playback = speaking(clause(0.5))
    sent(playback, 3)
    playback.hold(1)

    after = sent(playback, 2)

    assert after[0] > 0.4
    assert not after[FADE_SAMPLES:].any()
    assert FADE_SAMPLES <= BLOCK_SAMPLES
    assert playback.playing is None
    assert not playback.is_idle


def test_it_goes_on_from_the_start_of_the_clause_that_was_cut() -> None:
    playback = speaking(clause(0.1), clause(0.2), clause(0.3))
    sent(playback, 14)
    playback.take_events()
    playback.hold(1)
    sent(playback, 50)
    playback.go_on()

    rest = sent(playback, 21)

    assert np.allclose(rest[: 10 * BLOCK_SAMPLES], 0.2)
    assert np.allclose(rest[10 * BLOCK_SAMPLES : 20 * BLOCK_SAMPLES], 0.3)
    assert playback.take_events() == [
        ClauseStarted(1, 1),
        ClauseStarted(1, 2),
        PlaybackFinished(1),
    ]
    assert playback.is_idle


def test_speech_held_in_a_pause_goes_on_with_the_next_clause() -> None:
    playback = speaking(np.concatenate([clause(0.1, 5), clause(0.0, 5)]), clause(0.2))
    sent(playback, 7)
    playback.hold(1)
    sent(playback, 5)
    playback.go_on()

    assert not np.isclose(sent(playback, 13), 0.1).any()


def test_what_is_said_instead_replaces_what_was_held() -> None:
    playback = speaking(clause(0.1), clause(0.2))
    sent(playback, 12)
    playback.hold(1)
    sent(playback, 2)
    playback.say(2, 1)
    playback.supply(2, 0, clause(0.4))

    said = sent(playback, 12)
    playback.go_on()

    assert np.allclose(said[: 10 * BLOCK_SAMPLES], 0.4)
    assert not said[10 * BLOCK_SAMPLES :].any()
    assert not sent(playback, 30).any()


def test_speech_that_was_dropped_while_held_never_goes_on() -> None:
    playback = speaking(clause(0.1))
    sent(playback, 3)
    playback.hold(1)
    sent(playback, 2)
    playback.fall_silent()
    sent(playback, 2)
    playback.go_on()

    assert not sent(playback, 30).any()
    assert playback.is_idle


def test_a_hold_before_the_first_word_or_in_silence_does_nothing() -> None:
    playback = Playback()
    playback.hold(1)
    sent(playback, 2)
    playback.say(1, 1)
    playback.supply(1, 0, clause(0.3))

    assert np.allclose(sent(playback, 10), 0.3)


def test_holding_twice_is_holding_once() -> None:
    playback = speaking(clause(0.1), clause(0.2))
    sent(playback, 13)
    playback.hold(1)
    sent(playback, 3)
    playback.hold(1)
    after = sent(playback, 3)
    playback.go_on()

    assert not after.any()
    assert np.allclose(sent(playback, 10), 0.2)


def test_what_is_said_instead_by_then_is_not_held() -> None:
    """The order comes from another thread than the answer."""
    playback = speaking(clause(0.5))
    sent(playback, 3)
    playback.say(2, 1)
    playback.supply(2, 0, clause(0.2))
    sent(playback, 2)

    playback.hold(1)

    assert np.allclose(sent(playback, 3), 0.2)

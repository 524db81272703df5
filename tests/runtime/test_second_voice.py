"""What the canceller's evidence says about who speaks."""

import math

from voiceguide.runtime.second_voice import CERTAIN_DB, POSSIBLE_DB, SecondVoice


def after(*figures: float | None, speaking: bool = True) -> SecondVoice:
    voice = SecondVoice()
    voice.note(-10.0, is_guide_speaking=speaking)
    voice.begin_utterance()
    for near_end_db in figures:
        voice.note(near_end_db, is_guide_speaking=speaking)
    return voice


def test_echo_alone_is_nobody() -> None:
    assert not after(*[POSSIBLE_DB - 1] * 50).is_possible


def test_a_user_stands_out_and_short_gaps_in_a_word_do_not_count() -> None:
    assert after(*[POSSIBLE_DB + 1], *[-20.0] * 4).is_possible
    assert not after(*[POSSIBLE_DB + 1], *[-20.0] * 5).is_possible


def test_an_eighth_of_a_second_well_above_the_echo_is_certain() -> None:
    assert after(*[CERTAIN_DB] * 6).is_certain
    assert not after(*[CERTAIN_DB] * 5, *[CERTAIN_DB - 1] * 50).is_certain


def test_most_of_a_word_well_above_the_echo_leaves_no_doubt() -> None:
    assert after(*[CERTAIN_DB] * 15).is_beyond_doubt
    assert not after(*[CERTAIN_DB] * 14, *[CERTAIN_DB - 1] * 50).is_beyond_doubt


def test_each_utterance_needs_evidence_of_its_own() -> None:
    voice = after(*[CERTAIN_DB + 5] * 30, *[0.0] * 10)
    voice.begin_utterance()

    assert not voice.is_certain


def test_a_silent_guide_leaves_no_doubt() -> None:
    voice = after(*[math.inf] * 10, speaking=False)

    assert voice.is_possible
    assert voice.is_certain


def test_without_evidence_anybody_may_speak_but_nobody_is_certain() -> None:
    voice = after(*[None] * 100)

    assert voice.is_possible
    assert not voice.is_certain


def test_a_guide_without_a_far_end_is_no_evidence_and_noticed_after_a_while() -> None:
    assert not after(*[math.inf] * 30).is_certain
    assert not after(*[math.inf] * 30).is_far_end_missing
    assert after(*[math.inf] * 80).is_far_end_missing
    assert not after(*[math.inf] * 80, 0.0).is_far_end_missing


def test_an_echo_that_has_moved_is_no_second_voice() -> None:
    voice = after(*[CERTAIN_DB] * 30)
    assert voice.is_beyond_doubt

    voice.note(CERTAIN_DB, is_guide_speaking=True, is_echo_placed=False)
    voice.note(CERTAIN_DB, is_guide_speaking=True)

    assert voice.has_echo_moved
    assert not voice.is_certain
    assert not voice.is_beyond_doubt


def test_the_next_utterance_is_believed_again() -> None:
    voice = after(*[CERTAIN_DB] * 30)
    voice.note(CERTAIN_DB, is_guide_speaking=True, is_echo_placed=False)
    voice.begin_utterance()
    assert voice.has_echo_moved
    for _ in range(30):
        voice.note(CERTAIN_DB, is_guide_speaking=True)
    assert not voice.is_certain
    voice.begin_utterance()

    voice.note(CERTAIN_DB, is_guide_speaking=True)
    assert voice.is_certain

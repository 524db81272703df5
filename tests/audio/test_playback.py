import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import FADE_SAMPLES, Playback, PlaybackEvent, Playing
from voiceguide.core.events import ClauseStarted, PlaybackFinished


def _level(value: float, count: int) -> Samples:
    """A clause that is recognised by its value."""
    return np.full(count, value, dtype=np.float32)


def _say(playback: Playback, utterance_id: int, *clauses: Samples) -> None:
    playback.say(utterance_id, len(clauses))
    for number, samples in enumerate(clauses):
        playback.supply(utterance_id, number, samples)


def _blocks(playback: Playback, count: int) -> Samples:
    return np.concatenate([playback.next_block(BLOCK_SAMPLES) for _ in range(count)])


def test_with_nothing_to_say_there_is_silence() -> None:
    assert not _blocks(Playback(), 3).any()


@given(
    lengths=st.lists(st.integers(0, 900), max_size=5),
    sizes=st.lists(st.integers(1, 700), min_size=1, max_size=40),
)
def test_clauses_come_out_whole_and_in_order_in_blocks_of_any_size(
    lengths: list[int], sizes: list[int]
) -> None:
    clauses = [_level((number + 1) / 10, length) for number, length in enumerate(lengths)]
    playback = Playback()
    _say(playback, 1, *clauses)

    blocks = [playback.next_block(size) for size in sizes]

    assert [len(block) for block in blocks] == sizes
    signal = np.concatenate([*clauses, np.zeros(sum(sizes), dtype=np.float32)])
    assert np.concatenate(blocks) == pytest.approx(signal[: sum(sizes)])
    assert playback.sent_samples == sum(sizes)


@given(
    lengths=st.lists(st.integers(0, 900), min_size=1, max_size=5),
    size=st.integers(1, 700),
)
def test_each_event_comes_with_the_block_that_holds_its_sample(
    lengths: list[int], size: int
) -> None:
    playback = Playback()
    _say(playback, 4, *(_level(0.1, length) for length in lengths))
    first_samples = np.cumsum([0, *lengths])[:-1]
    total = sum(lengths)
    seen: list[tuple[int, PlaybackEvent]] = []
    for block in range(total // size + 2):
        playback.next_block(size)
        seen += [(block, event) for event in playback.take_events()]

    started = [block for block, event in seen if isinstance(event, ClauseStarted)]
    for block, first, length in zip(started, first_samples, lengths, strict=True):
        if length:
            assert block == first // size
    assert [event for _, event in seen] == [
        *(ClauseStarted(4, clause) for clause in range(len(lengths))),
        PlaybackFinished(4),
    ]
    assert seen[-1][0] == max(total - 1, 0) // size


def test_a_late_clause_is_waited_for_in_silence_and_then_said() -> None:
    playback = Playback()
    playback.say(1, 2)
    playback.supply(1, 0, _level(0.1, 400))

    before = _blocks(playback, 5)

    assert np.count_nonzero(before) == 400
    assert playback.take_events() == [ClauseStarted(1, 0)]
    assert not playback.is_idle

    playback.supply(1, 1, _level(0.2, 100))

    assert np.count_nonzero(playback.next_block(BLOCK_SAMPLES)) == 100
    assert playback.take_events() == [ClauseStarted(1, 1), PlaybackFinished(1)]
    assert playback.is_idle


def test_fall_silent_is_silence_within_one_block() -> None:
    playback = Playback()
    _say(playback, 1, _level(0.5, 16_000))
    _blocks(playback, 3)

    playback.fall_silent()
    block = playback.next_block(BLOCK_SAMPLES)

    assert not block[FADE_SAMPLES:].any()
    assert FADE_SAMPLES <= SAMPLE_RATE_HZ * 0.005
    assert (np.diff(block[:FADE_SAMPLES]) < 0).all()  # dies away without a click
    assert not _blocks(playback, 50).any()
    assert playback.is_idle


def test_fall_silent_drops_earcons_too() -> None:
    playback = Playback()
    playback.play(_level(0.2, 2000))
    _blocks(playback, 1)

    playback.fall_silent()

    assert not playback.next_block(BLOCK_SAMPLES)[FADE_SAMPLES:].any()
    assert not _blocks(playback, 10).any()


def test_what_was_cut_off_never_finishes() -> None:
    playback = Playback()
    _say(playback, 1, _level(0.5, BLOCK_SAMPLES + FADE_SAMPLES // 2), _level(0.5, 10))
    _blocks(playback, 1)
    playback.take_events()

    playback.fall_silent()
    _blocks(playback, 5)

    assert playback.take_events() == []


def test_what_was_never_begun_makes_no_sound_when_cut() -> None:
    playback = Playback()
    _say(playback, 1, _level(0.5, 1000))
    playback.fall_silent()

    assert not _blocks(playback, 5).any()
    assert playback.take_events() == []


def test_a_new_utterance_cuts_off_the_old_one_and_late_clauses_of_it_are_ignored() -> None:
    playback = Playback()
    playback.say(1, 2)
    playback.supply(1, 0, _level(0.5, 4000))
    _blocks(playback, 2)

    _say(playback, 2, _level(0.25, 4000))
    playback.supply(1, 1, _level(0.5, 4000))
    signal = _blocks(playback, 15)

    assert signal[FADE_SAMPLES:4000] == pytest.approx(_level(0.25, 4000 - FADE_SAMPLES))
    assert not signal[4000:].any()
    assert playback.take_events() == [
        ClauseStarted(1, 0),
        ClauseStarted(2, 0),
        PlaybackFinished(2),
    ]


def test_speech_ordered_after_an_earcon_waits_until_it_has_sounded() -> None:
    playback = Playback()
    playback.play(_level(0.2, 1000))
    _say(playback, 1, _level(0.5, 1000))

    signal = _blocks(playback, 10)

    assert signal[:1000] == pytest.approx(_level(0.2, 1000))
    assert signal.max() == pytest.approx(0.5)  # never both at once
    assert np.count_nonzero(signal > 0.4) == 1000
    assert np.flatnonzero(signal > 0.4)[0] < 1000 + BLOCK_SAMPLES


def test_an_earcon_sounds_at_once_over_speech_and_does_not_delay_it() -> None:
    playback = Playback()
    _say(playback, 1, _level(0.5, 3 * BLOCK_SAMPLES))
    _blocks(playback, 1)

    playback.play(_level(0.2, BLOCK_SAMPLES))

    assert playback.next_block(BLOCK_SAMPLES) == pytest.approx(_level(0.7, BLOCK_SAMPLES))
    assert playback.next_block(BLOCK_SAMPLES) == pytest.approx(_level(0.5, BLOCK_SAMPLES))
    assert playback.is_idle


def test_two_earcons_sound_one_after_the_other() -> None:
    playback = Playback()
    playback.play(_level(0.2, 500))
    playback.play(_level(0.1, 500))

    signal = _blocks(playback, 4)

    assert signal[:1000] == pytest.approx(np.concatenate([_level(0.2, 500), _level(0.1, 500)]))


def test_a_clause_may_be_replaced_until_it_has_begun() -> None:
    playback = Playback()
    _say(playback, 1, _level(0.1, 400), _level(0.2, 400), _level(0.3, 400))
    playback.next_block(500)  # the second one has begun

    for clause in range(3):
        playback.supply(1, clause, _level(0.9, 400))
    signal = playback.next_block(800)

    assert signal[:300] == pytest.approx(_level(0.2, 300))
    assert signal[300:700] == pytest.approx(_level(0.9, 400))


def test_it_knows_which_clause_is_playing_and_how_far() -> None:
    playback = Playback()
    _say(playback, 7, _level(0.1, 500), _level(0.1, 500))

    assert playback.playing is None

    playback.next_block(320)

    assert playback.playing == Playing(7, 0, 320, 500)

    playback.next_block(320)

    assert playback.playing == Playing(7, 1, 140, 500)

    playback.next_block(360)

    assert playback.playing is None


def test_the_volume_glides_to_its_new_value_without_a_jump() -> None:
    playback = Playback(volume=1.0)
    _say(playback, 1, _level(0.5, 8000))
    playback.next_block(BLOCK_SAMPLES)

    playback.set_volume(0.2)
    signal = _blocks(playback, 20)

    assert np.abs(np.diff(signal)).max() < 0.001
    assert signal[SAMPLE_RATE_HZ // 10 :] == pytest.approx(_level(0.1, 4800), abs=1e-6)


def test_nothing_ever_exceeds_full_scale() -> None:
    playback = Playback()
    _say(playback, 1, _level(0.9, 1000))
    playback.next_block(BLOCK_SAMPLES)

    playback.play(_level(0.2, 1000))

    assert _blocks(playback, 4).max() == 1.0


def test_orders_from_other_threads_never_disturb_the_signal() -> None:
    playback = Playback()
    is_done = threading.Event()

    def give_orders() -> None:
        for utterance_id in range(1, 400):
            _say(playback, utterance_id, _level(0.5, 700), _level(0.25, 700))
            playback.play(_level(0.1, 50))
            if utterance_id % 3 == 0:
                playback.fall_silent()
        is_done.set()

    thread = threading.Thread(target=give_orders)
    thread.start()
    events: list[PlaybackEvent] = []
    while not (is_done.is_set() and playback.is_idle):
        block = playback.next_block(BLOCK_SAMPLES)
        assert len(block) == BLOCK_SAMPLES
        events += playback.take_events()
    thread.join()

    ids = [event.utterance_id for event in events]
    assert ids == sorted(ids)
    assert not playback.next_block(BLOCK_SAMPLES).any()

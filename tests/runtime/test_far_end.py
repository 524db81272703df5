"""What the loudspeaker was sent lies where it is played, whatever the order of the threads."""

import numpy as np
import pytest

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.stream_clock import Place
from voiceguide.runtime.far_end import LEAD_SAMPLES, FarEnd

SOMEWHERE = 1_000_003


def block(value: float) -> Samples:
    return np.full(BLOCK_SAMPLES, value, dtype=np.float32)


def put(far_end: FarEnd, number: int, value: float, word: str = "") -> None:
    far_end.put(block(value), Place(SOMEWHERE + number * BLOCK_SAMPLES + LEAD_SAMPLES), word)


def taken(far_end: FarEnd, number: float) -> list[float]:
    """The different values in the block that goes with the microphone's of this number."""
    values = far_end.take(Place(SOMEWHERE + round(number * BLOCK_SAMPLES))).block
    return [float(value) for value in dict.fromkeys(values.round(3).tolist())]


def test_the_lead_leaves_room_for_stamps_that_are_wrong() -> None:
    far_end = FarEnd()
    far_end.put(block(0.5), Place(SOMEWHERE))

    assert far_end.take(Place(SOMEWHERE - LEAD_SAMPLES)).block.all()
    assert pytest.approx(0.06) == LEAD_SAMPLES / SAMPLE_RATE_HZ


def test_a_block_of_the_microphone_may_lie_across_two() -> None:
    far_end = FarEnd()
    put(far_end, 0, 0.1)
    put(far_end, 1, 0.2)

    assert taken(far_end, 0) == pytest.approx([0.1])
    assert taken(far_end, 0.5) == pytest.approx([0.1, 0.2])
    assert taken(far_end, 1.5) == pytest.approx([0.2, 0.0])


def test_where_the_loudspeaker_was_starved_there_is_silence() -> None:
    far_end = FarEnd()
    put(far_end, 0, 0.1)
    put(far_end, 10, 0.2)

    assert [taken(far_end, number) for number in (0, 1, 9)] == [pytest.approx([0.1]), [0.0], [0.0]]
    assert taken(far_end, 10) == pytest.approx([0.2])


def test_a_stream_that_was_opened_anew_replaces_what_was_never_played() -> None:
    far_end = FarEnd()
    for number in range(5):
        put(far_end, number, 0.1)
    put(far_end, 2, 0.2)

    assert [taken(far_end, number) for number in (1, 2, 3)] == [
        pytest.approx([0.1]),
        pytest.approx([0.2]),
        [0.0],
    ]


@pytest.mark.parametrize("number", [-1, 1, 310, 100_000, -100_000])
def test_nothing_is_heard_where_nothing_was_sent(number: int) -> None:
    far_end = FarEnd()
    assert taken(far_end, number) == [0.0]
    put(far_end, 0, 0.1, "softly")

    assert taken(far_end, number) == [0.0]
    assert far_end.take(Place(SOMEWHERE + number * BLOCK_SAMPLES)).word == ""


def test_after_a_long_gap_nothing_old_is_left() -> None:
    far_end = FarEnd()
    for number in range(320):
        put(far_end, number, 0.1)
    put(far_end, 5_000, 0.2)

    assert {value for number in range(4_701, 5_000) for value in taken(far_end, number)} == {0.0}


def test_the_word_comes_with_the_samples_that_it_was_said_in() -> None:
    far_end = FarEnd()
    for number in range(100):
        put(far_end, number, 0.1, f"word {number}")

    assert [far_end.take(Place(SOMEWHERE + n * BLOCK_SAMPLES + 5)).word for n in (3, 4, 90)] == [
        "word 3",
        "word 4",
        "word 90",
    ]


def test_by_their_stamps_the_streams_lie_together() -> None:
    far_end = FarEnd()
    far_end.put(block(0.5), Place(SOMEWHERE + LEAD_SAMPLES, late_samples=1000.0))

    assert far_end.take(Place(SOMEWHERE + 1200, late_samples=-200.0)).block.all()


class Streams:
    """A loudspeaker that has played all of its blocks before the microphone's first is taken."""

    def __init__(self) -> None:
        self.far_end = FarEnd()
        self._count = 0

    def play(self, blocks: int, value: float = 0.1, late_samples: float = 0.0) -> None:
        for _ in range(blocks):
            at = Place(SOMEWHERE + self._count * BLOCK_SAMPLES, late_samples)
            self.far_end.put(block(value), at)
            self._count += 1

    def are_placed(self, *numbers: int) -> list[bool]:
        at = [Place(SOMEWHERE + number * BLOCK_SAMPLES) for number in numbers]
        return [self.far_end.take(place).is_placed for place in at]


def test_a_slip_leaves_the_echo_in_doubt_for_two_seconds_of_sound() -> None:
    streams = Streams()
    streams.play(50)
    streams.play(200, late_samples=400.0)

    placed = streams.are_placed(*range(220))

    jump_is_seen_blocks = 25
    assert placed[:50] == [True] * 50
    assert not any(placed[50:150])
    assert all(placed[150 + jump_is_seen_blocks :])


def test_silence_teaches_nothing_of_where_the_echo_is() -> None:
    streams = Streams()
    streams.play(10)
    streams.play(200, value=0.0, late_samples=400.0)

    assert not any(streams.are_placed(*range(200))[10:])


def test_a_listener_that_is_behind_is_not_told_of_a_slip_before_it_hears_it() -> None:
    streams = Streams()
    streams.play(150)
    streams.play(50, late_samples=800.0)

    before = [streams.far_end.take(Place(SOMEWHERE + n * BLOCK_SAMPLES)) for n in range(140)]

    assert all(sent.is_placed for sent in before)

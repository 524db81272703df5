"""Blocks are counted; two streams are held together until their stamps say clearly otherwise."""

from math import pi, sin

import numpy as np
import pytest

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from voiceguide.audio.stream_clock import Alignment, Place, Stamp, StreamClock

BLOCK_S = BLOCK_SAMPLES / SAMPLE_RATE_HZ
LATENCY_S = 0.08
NOTICED_BLOCKS = 15


class Stream:
    """A device that calls for a block every 20 ms, stamps it, and may be starved."""

    def __init__(self, offset_s: float = 1e9, latency_s: float = LATENCY_S) -> None:
        self._clock = StreamClock()
        self._offset_s = offset_s
        self._latency_s = latency_s
        self.true_s = 50.0
        """When the next block is played, on the shared clock."""

    def place(
        self,
        *,
        jitter_s: float = 0.0,
        read_late_s: float = 0.0,
        stamp_s: float | None = None,
    ) -> Place:
        called_s = self.true_s - self._latency_s
        block_s = self.true_s + self._offset_s + jitter_s if stamp_s is None else stamp_s
        stamp = Stamp(block_s, called_s + self._offset_s, self._latency_s)
        self.true_s += BLOCK_S
        return self._clock.place(stamp, called_s + read_late_s, BLOCK_SAMPLES)

    def error(self, **how: float) -> float:
        """Where the next block is put, in samples after where it is played."""
        true_s = self.true_s
        place = self.place(**how)
        return place.sample + place.late_samples - true_s * SAMPLE_RATE_HZ


class Room:
    """A loudspeaker and a microphone that begin at the same time, block by block."""

    def __init__(self) -> None:
        self.speaker = Stream()
        self._microphone = Stream(offset_s=0.0, latency_s=-0.03)
        self._alignment = Alignment()

    def told(self, **how: float) -> float:
        """How many samples the microphone's count is ahead of the loudspeaker's by the stamps."""
        sent, heard = self.speaker.place(**how), self._microphone.place()
        return heard.late_samples - sent.late_samples

    def ahead(self, **how: float) -> int:
        """How many it is taken to be."""
        return self._alignment.follow(self.told(**how))


def test_a_steady_stream_is_put_where_it_is_played() -> None:
    stream = Stream()

    assert [stream.error() for _ in range(100)] == pytest.approx([0.0] * 100, abs=1.0)


def test_blocks_are_counted_whatever_the_stamps_say() -> None:
    stream, random = Stream(), np.random.default_rng(1)

    places = [stream.place(jitter_s=float(random.normal(0.0, 0.02))) for _ in range(300)]

    assert set(np.diff([place.sample for place in places])) == {BLOCK_SAMPLES}


def test_stamps_that_jitter_and_wander_move_nothing() -> None:
    room, random = Room(), np.random.default_rng(1)
    for _ in range(NOTICED_BLOCKS):
        room.ahead()

    moved = {
        room.ahead(jitter_s=0.006 * sin(2 * pi * n / 250) + float(random.normal(0.0, 0.003)))
        for n in range(3000)
    }

    assert moved == {0}


@pytest.mark.parametrize("slip_s", [0.015, 0.2, -0.05])
def test_a_loudspeaker_that_slipped_is_followed_within_a_third_of_a_second(slip_s: float) -> None:
    room = Room()
    for _ in range(50):
        room.ahead()
    room.speaker.true_s += slip_s

    ahead = [room.ahead() for _ in range(50)]

    assert ahead[NOTICED_BLOCKS:] == pytest.approx(
        [-slip_s * SAMPLE_RATE_HZ] * (50 - NOTICED_BLOCKS), abs=1.0
    )


def test_one_wrong_stamp_moves_nothing() -> None:
    room = Room()
    for _ in range(50):
        room.ahead()

    assert {room.ahead(jitter_s=0.1 * (n == 3)) for n in range(50)} == {0}


def test_after_stamps_that_came_to_rest_slowly_the_new_place_is_the_right_one() -> None:
    room, alignment = Room(), Alignment()
    for _ in range(50):
        alignment.follow(room.told())
    room.speaker.true_s += 0.03

    coming_to_rest = [0.015, -0.012, 0.01, -0.016, 0.014, 0.0, 0.012, 0.016, 0.015, 0.013]
    for jitter_s in coming_to_rest + [0.0] * 2 * NOTICED_BLOCKS:
        ahead = alignment.follow(room.told(jitter_s=jitter_s))

    assert ahead == pytest.approx(-0.03 * SAMPLE_RATE_HZ, abs=1.0)


@pytest.mark.parametrize(("slip_s", "is_shaky"), [(0.007, True), (0.003, False)])
def test_a_slip_too_small_to_be_followed_makes_the_place_doubtful(
    slip_s: float, *, is_shaky: bool
) -> None:
    room, alignment = Room(), Alignment()
    for _ in range(100):
        alignment.follow(room.told())
        assert not alignment.is_shaky
    room.speaker.true_s += slip_s
    shaky = []
    for _ in range(100):
        assert alignment.follow(room.told()) == 0
        shaky.append(alignment.is_shaky)

    assert any(shaky[:NOTICED_BLOCKS]) is is_shaky
    assert not any(shaky[50:])


@pytest.mark.parametrize("drift", [100e-6, -50e-6])
def test_a_clock_that_drifts_is_left_to_the_canceller_while_the_echo_is_in_its_span(
    drift: float,
) -> None:
    room = Room()
    ahead, true = [], []
    for n in range(50_000):
        true.append(-n * BLOCK_S * drift * SAMPLE_RATE_HZ)
        ahead.append(room.ahead())
        room.speaker.true_s += BLOCK_S * drift

    assert np.abs(np.subtract(ahead, true)).max() < 0.035 * SAMPLE_RATE_HZ
    assert np.count_nonzero(np.diff(ahead)) == abs(drift) * 1000 // 0.03


def test_a_callback_that_is_late_in_python_does_not_move_its_block() -> None:
    stream, random = Stream(), np.random.default_rng(1)
    stream.place()

    errors = [stream.error(read_late_s=float(random.exponential(0.05))) for _ in range(1000)]

    assert errors == pytest.approx([0.0] * 1000, abs=1.0)


def test_streams_with_clocks_of_their_own_agree() -> None:
    one, other = Stream(offset_s=0.0), Stream(offset_s=1e9, latency_s=-0.03)

    assert [one.error() for _ in range(9)] == pytest.approx(
        [other.error() for _ in range(9)], abs=1
    )


@pytest.mark.parametrize("broken_s", [0.0, -1.0, float("nan"), float("inf")])
def test_a_driver_without_stamps_has_its_usual_latency(broken_s: float) -> None:
    stream = Stream()

    errors = [stream.error(stamp_s=broken_s) for _ in range(50)]

    assert errors == pytest.approx([0.0] * 50, abs=1.0)


def test_a_loudspeaker_that_says_that_it_plays_very_late_is_believed_in_part() -> None:
    stamp = Stamp(block_s=100.9, called_s=100.0, usual_s=0.06)

    assert stamp.after_call_s == pytest.approx(0.12)
    assert Stamp(block_s=99.7, called_s=100.0, usual_s=-0.06).after_call_s == pytest.approx(-0.3)

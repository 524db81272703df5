import itertools
from dataclasses import replace

import numpy as np
import pytest

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples, level_dbfs
from voiceguide.audio.room import (
    ROOMS,
    Echo,
    Room,
    active_level_dbfs,
    at_level,
    blocks_of,
    measured_room,
    microphone_noise,
    repeated,
    reverberated,
    room_response,
)

QUIET_ROOM = Room(0.0, 0.05)


def noise(seconds: float, level: float = 0.1, seed: int = 1) -> Samples:
    count = round(seconds * SAMPLE_RATE_HZ) // BLOCK_SAMPLES * BLOCK_SAMPLES
    return np.random.default_rng(seed).standard_normal(count, dtype=np.float32) * np.float32(level)


def heard(echo: Echo, far_end: Samples) -> Samples:
    return np.concatenate([echo.block(block) for block in far_end.reshape(-1, BLOCK_SAMPLES)])


def delay_of(far_end: Samples, near_end: Samples) -> int:
    """The lag in samples at which the two agree best."""
    size = 2 * len(far_end)
    spectrum = np.fft.rfft(near_end, size) * np.conj(np.fft.rfft(far_end, size))
    return int(np.argmax(np.abs(np.fft.irfft(spectrum)[: len(far_end)])))


@pytest.mark.parametrize("delay_seconds", [0.02, 0.09, 0.15])
def test_the_echo_comes_after_the_delay(delay_seconds: float) -> None:
    far_end = noise(1.0)
    room = replace(ROOMS["living-room"], delay_seconds=delay_seconds, drift_ppm=0)

    lag = delay_of(far_end, heard(Echo(room, 0.0, 3), far_end))

    assert lag == pytest.approx(delay_seconds * SAMPLE_RATE_HZ, abs=3)


def test_clocks_drift_apart_and_together_again() -> None:
    far_end = noise(122.0)
    near_end = heard(Echo(replace(QUIET_ROOM, drift_ppm=100), 0.0, 1), far_end)
    second = SAMPLE_RATE_HZ

    lags = [delay_of(far_end[t * second :][:second], near_end[t * second :][:second])
            for t in (1, 60, 120)]  # fmt: skip

    assert lags[1] - lags[0] == pytest.approx(0.0001 * 59 * SAMPLE_RATE_HZ, abs=3)
    assert lags[2] == pytest.approx(lags[0], abs=3)


def test_a_small_loudspeaker_clips_softly() -> None:
    tone = np.sin(np.arange(BLOCK_SAMPLES * 50) * 2 * np.pi * 500 / SAMPLE_RATE_HZ) * 0.6
    far_end = tone.astype(np.float32)

    def harmonic(drive: float) -> float:
        spectrum = np.abs(np.fft.rfft(heard(Echo(Room(0, 0.02, drive), 0, 0), far_end)[-8000:]))
        return float(spectrum[750] / spectrum[250])  # of 2 Hz: 1500 Hz, 500 Hz

    assert harmonic(3.0) > 5 * harmonic(1.0)
    assert harmonic(1.0) < 0.05


def test_sound_dies_away_in_the_time_of_reverberation() -> None:
    response = room_response(Room(0.5, 0.02, reverberant_share=0.9), seed=4)
    early, late = response[800:1600], response[4800:5600]  # 0.25 s apart: half of 60 dB

    assert level_dbfs(early) - level_dbfs(late) == pytest.approx(30, abs=4)
    assert np.sum(response**2) == pytest.approx(1.0, abs=1e-3)


def test_a_mouth_near_by_is_heard_with_less_of_the_room() -> None:
    room = ROOMS["bathroom"]

    assert room_response(room, 1, close=True)[0] > room_response(room, 1)[0]
    assert len(reverberated(noise(0.5), room, 1)) > SAMPLE_RATE_HZ


def test_a_measured_response_takes_the_place_of_the_simulated_one() -> None:
    measured = np.zeros(400, dtype=np.float32)
    measured[100], measured[300] = 0.5, 0.25
    room = Room(0.5, 0.02, response=measured)

    response = room_response(room, seed=1)

    assert response[0] == pytest.approx(2 * response[200])
    assert np.sum(response**2) == pytest.approx(1.0)


def test_a_measured_response_begins_where_it_rises_and_not_at_a_later_reflection() -> None:
    measured = np.full(400, 0.001, dtype=np.float32)
    measured[100], measured[150] = 0.3, 0.5

    response = room_response(measured_room(measured), seed=1)

    assert np.argmax(response) == 50
    assert response[0] == pytest.approx(0.6 * response[50])


def test_a_user_who_stands_elsewhere_is_heard_by_another_response() -> None:
    loudspeaker, user = np.eye(1, 9, dtype=np.float32)[0], np.eye(1, 9, dtype=np.float32)[0]
    user[4] = 0.5
    room = measured_room(loudspeaker, user)

    assert room_response(room, 1)[4] == 0
    assert room_response(room, 1, close=True)[4] > 0
    assert measured_room(user).user_response is None


def test_the_seed_decides_everything() -> None:
    far_end = noise(0.5)
    one, same, other = (heard(Echo(ROOMS["bathroom"], 0.0, seed), far_end) for seed in (1, 1, 2))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_silence_gives_silence_and_a_block_gives_a_block() -> None:
    echo = Echo(ROOMS["loud-speaker"], 0.0, 1)
    silence = np.zeros(BLOCK_SAMPLES, dtype=np.float32)

    for _ in range(20):
        block = echo.block(silence)

        assert block.shape == (BLOCK_SAMPLES,)
        assert block.dtype == np.float32
        assert not block.any()


def test_levels_are_of_the_active_part() -> None:
    speech = np.concatenate([np.zeros(SAMPLE_RATE_HZ, dtype=np.float32), noise(1.0)])

    assert active_level_dbfs(at_level(speech, -26.0)) == pytest.approx(-26.0, abs=0.1)
    assert active_level_dbfs(np.zeros(9, dtype=np.float32)) is None
    assert not at_level(np.zeros(9, dtype=np.float32), -26.0).any()


def test_the_microphone_hisses_as_loud_as_the_room_says() -> None:
    hiss = np.concatenate(list(itertools.islice(microphone_noise(Room(0, 0.02), 1), 50)))

    assert level_dbfs(hiss) == pytest.approx(-70.0, abs=0.5)


def test_noise_goes_on_from_its_beginning() -> None:
    sound = np.arange(500, dtype=np.float32)
    blocks = np.concatenate(list(itertools.islice(repeated(sound), 5)))

    assert np.array_equal(blocks, np.resize(sound, 1600))
    assert [len(block) for block in blocks_of(sound)] == [BLOCK_SAMPLES, BLOCK_SAMPLES]

"""What the canceller learns beside the room: how the loudspeaker clips, how the clocks drift."""

import numpy as np
import numpy.typing as npt
import pytest

from voiceguide.audio.clock_drift import ClockDrift
from voiceguide.audio.loudspeaker import Loudspeaker
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.slow_parameter import SlowParameter

PARTITIONS = 4


def voice_like(seconds: float, seed: int, level: float = 0.15) -> npt.NDArray[np.float32]:
    """Blocks of noise with little above 2 kHz."""
    generator = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE_HZ) // BLOCK_SAMPLES * BLOCK_SAMPLES
    spectrum = np.fft.rfft(generator.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    shaped = np.fft.irfft(spectrum / (1 + (hertz / 800) ** 2))
    shaped *= level / np.sqrt(np.mean(shaped**2))
    return shaped.astype(np.float32).reshape(-1, BLOCK_SAMPLES)


def learned_drive(true_drive: float, user_level: float = 0.0) -> float:
    loudspeaker = Loudspeaker()
    user = voice_like(10, seed=2, level=user_level or 1.0) * np.float32(user_level > 0)
    for sent, voice in zip(voice_like(10, seed=1), user, strict=True):
        played, slope = loudspeaker.play(sent)
        loudspeaker.learn(np.tanh(true_drive * sent) / true_drive + voice - played, slope)
    return loudspeaker.drive


@pytest.mark.parametrize("true_drive", [1.0, 2.0, 3.0])
def test_how_much_a_loudspeaker_clips_is_learned(true_drive: float) -> None:
    assert learned_drive(true_drive) == pytest.approx(true_drive, abs=0.1)


def test_a_user_who_speaks_meanwhile_hardly_moves_it() -> None:
    assert learned_drive(2.0, user_level=0.1) == pytest.approx(2.0, abs=0.4)


def test_a_loudspeaker_that_does_not_clip_is_left_nearly_as_it_is() -> None:
    loudspeaker = Loudspeaker()
    quiet = np.full(BLOCK_SAMPLES, 0.1, dtype=np.float32)

    played, _ = loudspeaker.play(quiet)

    assert learned_drive(1e-3) == pytest.approx(0.2)
    assert played == pytest.approx(quiet, rel=1e-3)


def test_the_slope_is_what_the_sound_grows_by() -> None:
    loudspeaker, sent = Loudspeaker(), voice_like(0.02, seed=3)[0]
    before, slope = loudspeaker.play(sent)
    loudspeaker._drive.value += 0.01

    after, _ = loudspeaker.play(sent)

    assert (after - before) / 0.01 == pytest.approx(slope, abs=1e-3)


def response_of(shape: Samples) -> npt.NDArray[np.complex64]:
    parts = shape.reshape(PARTITIONS, BLOCK_SAMPLES)
    return np.fft.rfft(parts, 2 * BLOCK_SAMPLES, axis=1).astype(np.complex64)


def test_what_is_known_of_the_room_is_moved_without_a_seam() -> None:
    places = np.arange(PARTITIONS * BLOCK_SAMPLES, dtype=np.float32)
    bump = np.exp(-(((places - BLOCK_SAMPLES) / 6) ** 2))  # across the first two partitions
    responses, drift = response_of(bump), ClockDrift()
    drift._samples_per_block.value = 0.05

    for _ in range(50):
        drift.move(responses)

    moved = np.exp(-(((places - BLOCK_SAMPLES - 2.5) / 6) ** 2))
    time = np.fft.irfft(responses, axis=1)
    assert time[:, :BLOCK_SAMPLES].reshape(-1) == pytest.approx(moved, abs=1e-3)
    assert np.abs(time[:, BLOCK_SAMPLES:]).max() < 1e-3


@pytest.mark.parametrize("true_millionths", [50.0, -20.0])
def test_a_drift_is_learned_from_an_echo_that_comes_later_and_later(true_millionths: float) -> None:
    """A filter that follows most of the way, as the real one does, leaves a part of each step."""
    drift, sound = ClockDrift(), voice_like(30, seed=4)
    lag = 0.0
    for block in sound:
        lag += true_millionths * 1e-6 * BLOCK_SAMPLES - drift.millionths * 1e-6 * BLOCK_SAMPLES
        lag *= 0.98
        frame = np.concatenate([np.zeros_like(block), block])
        spectrum = np.fft.rfft(frame).astype(np.complex64)
        frequencies = np.pi * np.arange(len(spectrum)) / (len(spectrum) - 1)
        late = np.fft.irfft(spectrum * np.exp(-1j * frequencies * lag))[BLOCK_SAMPLES:]
        drift.learn((late - block).astype(np.float32), spectrum)

    assert drift.millionths == pytest.approx(true_millionths, abs=8.0)


def test_broken_numbers_teach_nothing() -> None:
    parameter = SlowParameter(1.0, 0.0, 2.0, rate=0.1, settled_rate=0.1, kept=0.9)
    slope = np.ones(BLOCK_SAMPLES, dtype=np.float32)

    parameter.learn(slope * np.float32(np.nan), slope)
    parameter.learn(slope * np.float32(np.inf), slope)
    assert parameter.value == 1.0

    parameter.learn(slope, slope)
    assert 1.0 < parameter.value < 1.2


def test_it_stays_within_its_bounds() -> None:
    parameter = SlowParameter(1.0, 0.5, 2.0, rate=0.5, settled_rate=0.5, kept=0.9)
    slope = np.ones(BLOCK_SAMPLES, dtype=np.float32)

    for _ in range(50):
        parameter.learn(-10 * slope, slope)

    assert parameter.value == 0.5

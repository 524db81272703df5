"""Scenes of noise shaped like speech: three to eight bursts a second, loud where speech is."""

import time
from dataclasses import replace

import numpy as np
import pytest

from voiceguide.audio.echo_canceller import ALGORITHMIC_DELAY_SAMPLES, KalmanEchoCanceller
from voiceguide.audio.echo_mask import EchoMask
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples, level_dbfs
from voiceguide.audio.room import Echo, Room
from voiceguide.audio.spectra import BINS, Power

ROOM = Room(0.3, 0.09)
SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)


def speech_like(seconds: float, level_dbfs_wanted: float, seed: int) -> Samples:
    generator = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE_HZ) // BLOCK_SAMPLES * BLOCK_SAMPLES
    spectrum = np.fft.rfft(generator.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    shaped = np.fft.irfft(spectrum * (hertz > 100) / (1 + hertz / 500))
    points = np.cumsum(generator.uniform(0.12, 0.35, round(seconds * 6)))
    heights = generator.uniform(0.0, 1.0, len(points)) ** 2
    shaped *= np.interp(np.arange(count) / SAMPLE_RATE_HZ, points, heights)
    shaped *= 10 ** (level_dbfs_wanted / 20) / np.sqrt(np.mean(shaped**2))
    return shaped.astype(np.float32)


def echo_of(far_end: Samples, room: Room = ROOM, gain_db: float = -6.0, seed: int = 1) -> Samples:
    echo = Echo(room, gain_db, seed)
    return np.concatenate([echo.block(block) for block in far_end.reshape(-1, BLOCK_SAMPLES)])


def hiss(like: Samples) -> Samples:
    generator = np.random.default_rng(5)
    return generator.standard_normal(len(like), dtype=np.float32) * np.float32(10 ** (-70 / 20))


def cancelled(
    near_end: Samples, far_end: Samples, canceller: KalmanEchoCanceller | None = None
) -> tuple[Samples, list[float]]:
    """The cleaned signal in time with the input, and each block's `near_end_db`."""
    canceller = canceller or KalmanEchoCanceller()
    cleaned, evidence = [], []
    for near, far in zip(*(s.reshape(-1, BLOCK_SAMPLES) for s in (near_end, far_end)), strict=True):
        cleaned.append(canceller.cancel(near, far))
        db = canceller.near_end_db
        evidence.append(float("nan") if db is None else db)
    signal = np.concatenate(cleaned)[ALGORITHMIC_DELAY_SAMPLES:]
    return np.append(signal, np.zeros(ALGORITHMIC_DELAY_SAMPLES, dtype=np.float32)), evidence


def seconds(signal: Samples, start: float, end: float) -> Samples:
    return signal[round(start * SAMPLE_RATE_HZ) : round(end * SAMPLE_RATE_HZ)]


def reduction_db(echo: Samples, cleaned: Samples, start: float, end: float) -> float:
    return level_dbfs(seconds(echo, start, end)) - level_dbfs(seconds(cleaned, start, end))


@pytest.mark.parametrize("delay_seconds", [0.02, 0.06, 0.15, 0.25])
def test_the_echo_is_removed_whatever_the_delay(delay_seconds: float) -> None:
    far_end = speech_like(8, -20, 1)
    echo = echo_of(far_end, replace(ROOM, delay_seconds=delay_seconds))

    cleaned, evidence = cancelled(echo + hiss(echo), far_end)

    assert reduction_db(echo, cleaned, 1, 2) > 12
    assert reduction_db(echo, cleaned, 4, 8) > 25
    assert np.mean(np.array(evidence[200:]) > 7) < 0.03


def test_clocks_that_drift_are_followed() -> None:
    far_end = speech_like(20, -20, 2)
    echo = echo_of(far_end, replace(ROOM, drift_ppm=50))

    cleaned, _ = cancelled(echo + hiss(echo), far_end)

    assert reduction_db(echo, cleaned, 10, 20) > 28


@pytest.mark.parametrize("drive", [2.0, 4.0])
def test_a_loudspeaker_that_clips_is_followed(drive: float) -> None:
    far_end = speech_like(20, -18, 2)
    echo = echo_of(far_end, replace(ROOM, drive=drive))

    cleaned, _ = cancelled(echo + hiss(echo), far_end)

    assert reduction_db(echo, cleaned, 10, 20) > 28


def test_a_loudspeaker_that_clips_softly_is_suppressed_too() -> None:
    far_end = speech_like(10, -20, 3)
    echo = echo_of(far_end, replace(ROOM, drive=3.0))

    cleaned, _ = cancelled(echo + hiss(echo), far_end)

    assert reduction_db(echo, cleaned, 4, 10) > 20


def test_a_user_who_speaks_over_the_guide_stays_and_is_noticed() -> None:
    far_end = speech_like(12, -20, 4)
    echo = echo_of(far_end)
    user = speech_like(12, level_dbfs(echo), 5)
    user[: 8 * SAMPLE_RATE_HZ] = 0

    cleaned, evidence = cancelled(echo + user + hiss(echo), far_end)

    said, kept = seconds(user, 8, 12), seconds(cleaned, 8, 12)
    gain = float(np.dot(said, kept) / np.dot(said, said))
    rest = kept - np.float32(gain) * said
    assert gain > 0.65
    assert level_dbfs(np.float32(gain) * said) - level_dbfs(rest) > 5
    assert np.mean(np.array(evidence[400:]) > 10) > 0.4
    assert np.mean(np.array(evidence[150:400]) > 10) < 0.01


def test_the_user_alone_passes_untouched_one_block_late() -> None:
    user = speech_like(2, -26, 6)

    cleaned, evidence = cancelled(user, np.zeros_like(user))

    last = len(user) - ALGORITHMIC_DELAY_SAMPLES
    assert np.array_equal(cleaned[:last], user[:last])
    assert set(evidence) == {float("inf")}


def test_the_delay_stays_the_same_when_the_guide_begins_and_ends() -> None:
    far_end = np.concatenate([np.zeros(32_000), speech_like(2, -60, 7), np.zeros(48_000)])
    user = speech_like(len(far_end) / SAMPLE_RATE_HZ, -26, 8)

    cleaned, _ = cancelled(user, far_end.astype(np.float32))

    for start in (0, 1.9, 3.9, 5.5):  # before, at both ends, after
        said, kept = seconds(user, start, start + 1), seconds(cleaned, start, start + 1)
        error = level_dbfs(kept[:-320] - said[:-320]) - level_dbfs(said)
        assert error < -12


def test_a_loudspeaker_moved_and_turned_down_is_found_again_within_two_seconds() -> None:
    far_end = speech_like(30, -20, 9)
    before = echo_of(far_end, seed=1)
    after = echo_of(far_end, replace(ROOM, delay_seconds=0.03), gain_db=-20, seed=2)
    echo = np.concatenate([seconds(before, 0, 22), seconds(after, 22, 30)])

    cleaned, _ = cancelled(echo + hiss(echo), far_end)

    assert reduction_db(echo, cleaned, 18, 22) > 25
    assert reduction_db(echo, cleaned, 24, 30) > 20


class KeepsAll:
    """A mask that takes everything for the user's."""

    def gain(self, heard: Power, predicted: Power, left: Power) -> Power:  # noqa: ARG002
        return np.ones_like(heard)

    def forget(self) -> None:
        pass


def test_for_two_seconds_no_mask_is_believed_against_what_is_usually_left() -> None:
    """A filter that has just begun leaves what the mask has hardly ever heard."""
    far_end = speech_like(4, -20, 8)
    near_end = echo_of(far_end) + hiss(far_end)

    _, evidence = cancelled(near_end, far_end, KalmanEchoCanceller(mask=KeepsAll()))

    assert np.median(evidence[10:90]) < 3
    assert np.median(evidence[110:190]) > 5


def test_a_mask_that_has_heard_what_is_no_number_begins_anew() -> None:
    far_end = speech_like(4, -20, 8)
    echo = echo_of(far_end)
    mask = EchoMask()
    canceller = KalmanEchoCanceller(mask=mask)
    broken = np.full(BINS, np.nan, np.float32)
    cancelled(echo[: SAMPLE_RATE_HZ * 2], far_end[: SAMPLE_RATE_HZ * 2], canceller)

    mask.gain(broken, broken, broken)
    cleaned, _ = cancelled(echo[SAMPLE_RATE_HZ * 2 :], far_end[SAMPLE_RATE_HZ * 2 :], canceller)

    assert np.isfinite(cleaned).all()
    assert np.max(np.abs(cleaned[SAMPLE_RATE_HZ:])) > 0


def test_a_guide_turned_louder_is_no_user() -> None:
    far_end = speech_like(12, -26, 10)
    far_end[6 * SAMPLE_RATE_HZ :] *= 3
    echo = echo_of(far_end)

    cleaned, evidence = cancelled(echo + hiss(echo), far_end)

    assert reduction_db(echo, cleaned, 6, 12) > 20
    assert np.mean(np.array(evidence[300:]) > 10) < 0.02


@pytest.mark.parametrize(
    "broken",
    [
        np.full(BLOCK_SAMPLES, np.nan, dtype=np.float32),
        np.full(BLOCK_SAMPLES, np.inf, dtype=np.float32),
        np.full(BLOCK_SAMPLES, -1e30, dtype=np.float32),
        np.full(BLOCK_SAMPLES, 1e-42, dtype=np.float32),
    ],
)
@pytest.mark.parametrize("where", ["microphone", "far end", "both"])
def test_broken_numbers_do_not_stay(broken: Samples, where: str) -> None:
    far_end = speech_like(8, -20, 11)
    echo = echo_of(far_end) + hiss(far_end)
    near_end = echo.copy()
    at = slice(200 * BLOCK_SAMPLES, 201 * BLOCK_SAMPLES)
    if where != "far end":
        near_end[at] = broken
    if where != "microphone":
        far_end[at] = broken

    cleaned, _ = cancelled(near_end, far_end)

    assert np.isfinite(cleaned).all()
    assert reduction_db(echo, cleaned, 6, 8) > 15


def test_a_muted_microphone_gives_silence_and_forgets_nothing() -> None:
    far_end = speech_like(12, -20, 12)
    echo = echo_of(far_end)
    near_end = echo + hiss(echo)
    near_end[4 * SAMPLE_RATE_HZ : 8 * SAMPLE_RATE_HZ] = 0

    cleaned, _ = cancelled(near_end, far_end)

    assert reduction_db(echo, cleaned, 8.2, 9.2) > 15


@pytest.mark.parametrize("hiss_level", [0.0, 3e-5, 1e-3])
def test_where_no_echo_comes_the_user_over_the_guide_is_left_alone(hiss_level: float) -> None:
    far_end = speech_like(40, -20, 12)
    user = np.zeros_like(far_end)
    words = range(2 * SAMPLE_RATE_HZ, len(user), 4 * SAMPLE_RATE_HZ)
    for number, at in enumerate(words):
        user[at : at + SAMPLE_RATE_HZ] = speech_like(1, -28, 20 + number)
    rng = np.random.default_rng(0)
    near_end = user + (rng.standard_normal(len(user)) * hiss_level).astype(np.float32)
    canceller = KalmanEchoCanceller()

    cleaned, _ = cancelled(near_end, far_end, canceller)

    losses = [
        level_dbfs(user[at : at + SAMPLE_RATE_HZ]) - level_dbfs(cleaned[at : at + SAMPLE_RATE_HZ])
        for at in words
    ]
    assert max(losses) < 10
    assert not canceller.is_failing


def test_a_microphone_unmuted_for_the_first_time_is_not_believed_before_it_is_learned() -> None:
    far_end = speech_like(14, -20, 12)
    echo = echo_of(far_end)
    near_end = echo + hiss(echo)
    near_end[: 6 * SAMPLE_RATE_HZ] = 0

    cleaned, evidence = cancelled(near_end, far_end)

    certain = [db is not None and db > 10 for db in evidence[310:]]
    assert np.mean(certain) < 0.03
    assert reduction_db(echo, cleaned, 10, 14) > 15


def test_a_clipping_microphone_is_survived() -> None:
    far_end = speech_like(8, -20, 13)
    echo = echo_of(far_end, gain_db=20)
    near_end = np.clip(echo, -1, 1)

    cleaned, evidence = cancelled(near_end, far_end)

    assert np.isfinite(cleaned).all()
    assert np.mean(np.array(evidence[200:]) > 10) < 0.05


def test_a_far_end_later_than_its_echo_is_noticed() -> None:
    far_end = speech_like(30, -20, 14)
    echo = echo_of(far_end, Room(0.0, 0.02))
    late = np.concatenate([np.zeros(4 * BLOCK_SAMPLES, dtype=np.float32), far_end])[: len(far_end)]
    canceller = KalmanEchoCanceller()
    cancelled(
        hiss(far_end)[: SAMPLE_RATE_HZ * 2], np.zeros(2 * SAMPLE_RATE_HZ, np.float32), canceller
    )

    cancelled(echo + hiss(echo), late, canceller)

    assert canceller.is_failing
    assert canceller.near_end_db is None


@pytest.mark.parametrize("gain_db", [-6.0, -200.0])
def test_a_working_canceller_and_headphones_are_no_failure(gain_db: float) -> None:
    far_end = speech_like(20, -20, 15)
    echo = echo_of(far_end, gain_db=gain_db)
    canceller = KalmanEchoCanceller()

    cancelled(echo + hiss(echo), far_end, canceller)

    assert not canceller.is_failing
    assert canceller.hears_echo is (gain_db > -100.0)


def test_an_echo_that_slips_away_is_still_known_to_be_there() -> None:
    far_end = speech_like(12, -20, 18)
    echo = echo_of(far_end)
    canceller = KalmanEchoCanceller()
    cancelled(echo + hiss(echo), far_end, canceller)

    slipped = np.concatenate([np.zeros(700, dtype=np.float32), echo])[: len(echo)]
    known = []
    for start in range(0, 3 * SAMPLE_RATE_HZ, BLOCK_SAMPLES):
        block = slice(start, start + BLOCK_SAMPLES)
        canceller.cancel((slipped + hiss(echo))[block], far_end[block])
        known.append(canceller.hears_echo)

    assert all(known)


def test_a_silent_guide_costs_next_to_nothing() -> None:
    canceller = KalmanEchoCanceller()
    far_end, near_end = speech_like(4, -20, 16), speech_like(4, -26, 17)
    speaking = _cpu_seconds(canceller, near_end, far_end)
    cancelled(near_end, np.zeros_like(far_end), canceller)
    silent = _cpu_seconds(canceller, near_end, np.zeros_like(far_end))

    assert silent < speaking / 3


def _cpu_seconds(canceller: KalmanEchoCanceller, near_end: Samples, far_end: Samples) -> float:
    began = time.process_time()
    cancelled(near_end, far_end, canceller)
    return time.process_time() - began

import numpy as np
import pytest

from voiceguide.audio.reblocker import Reblocker


def test_blocks_come_out_in_the_order_and_number_they_went_in() -> None:
    signal = np.arange(1000, dtype=np.float32)
    reblocker = Reblocker(16_000, 16_000)
    for chunk in np.split(signal, [7, 300, 301, 800]):
        reblocker.add(chunk)

    blocks = [reblocker.take(320) for _ in range(4)]

    assert blocks[3] is None  # 40 samples wait for more
    assert np.concatenate([block for block in blocks if block is not None]).tolist() == list(
        range(960)
    )


@pytest.mark.parametrize("from_hz", [8_000, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_level_at_the_other_rate(from_hz: int) -> None:
    seconds = np.arange(from_hz) / from_hz
    tone = np.asarray(0.5 * np.sin(2 * np.pi * 440 * seconds), dtype=np.float32)
    reblocker = Reblocker(from_hz, 16_000)
    for chunk in np.array_split(tone, 50):
        reblocker.add(chunk)

    heard = reblocker.take(8192)

    assert heard is not None
    spectrum = np.abs(np.fft.rfft(heard[4096:] * np.hanning(4096)))
    assert np.argmax(spectrum) * 16_000 / 4096 == pytest.approx(440, abs=4)
    assert np.abs(heard[4096:]).max() == pytest.approx(0.5, abs=0.01)

import numpy as np
import pytest

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples, level_dbfs
from voiceguide.audio.speech import SPEECH_LEVEL_DBFS, tidy


def _tone(seconds: float, rate_hz: int, peak: float) -> Samples:
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.asarray(peak * np.sin(2 * np.pi * 200 * moments), dtype=np.float32)


def _silence(seconds: float, rate_hz: int) -> Samples:
    return np.zeros(round(seconds * rate_hz), dtype=np.float32)


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100])
def test_silence_around_speech_is_cut_at_any_rate(rate_hz: int) -> None:
    padded = [_silence(0.3, rate_hz), _tone(1.0, rate_hz, 0.2), _silence(0.8, rate_hz)]

    speech = tidy(np.concatenate(padded), rate_hz)

    assert len(speech) / SAMPLE_RATE_HZ == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("peak", [0.02, 0.1, 0.5, 1.0])
def test_every_voice_comes_out_equally_loud(peak: float) -> None:
    assert level_dbfs(tidy(_tone(1, 16_000, peak), 16_000)) == pytest.approx(
        SPEECH_LEVEL_DBFS, abs=0.5
    )


def test_a_spiky_voice_is_rather_quieter_than_clipped() -> None:
    spiky = _tone(1, 16_000, 0.01)
    spiky[8000] = 1.0

    assert np.abs(tidy(spiky, 16_000)).max() == pytest.approx(0.9)


def test_two_channels_become_one() -> None:
    mono = _tone(0.5, 16_000, 0.3)

    assert tidy(np.stack([mono, mono], axis=1), 16_000) == pytest.approx(tidy(mono, 16_000))


@pytest.mark.parametrize("rendered", [_silence(0.7, 16_000), _tone(0.7, 16_000, 0.0005)])
def test_what_nobody_can_hear_is_nothing(rendered: Samples) -> None:
    assert len(tidy(rendered, 16_000)) == 0


def test_speech_begins_and_ends_at_zero() -> None:
    speech = tidy(np.full(8000, 0.5, dtype=np.float32), 16_000)

    assert (speech[0], speech[-1]) == (0, 0)

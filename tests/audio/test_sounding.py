"""The doctor's sweep is found where it comes back."""

import numpy as np
import pytest

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.sounding import measure, sweep

PLAYED_AT = SAMPLE_RATE_HZ


def recording(delay_seconds: float, gain: float) -> Samples:
    noise = np.random.default_rng(1).normal(0, 0.001, 2 * SAMPLE_RATE_HZ).astype(np.float32)
    start = PLAYED_AT + round(delay_seconds * SAMPLE_RATE_HZ)
    noise[start : start + len(sweep())] += gain * sweep()
    return noise


@pytest.mark.parametrize("delay_seconds", [0.02, 0.11, 0.25])
def test_the_delay_is_found(delay_seconds: float) -> None:
    assert measure(recording(delay_seconds, 0.5), PLAYED_AT).delay_seconds == pytest.approx(
        delay_seconds, abs=0.001
    )


def test_headphones_send_nothing_back() -> None:
    assert measure(recording(0.1, 0.0), PLAYED_AT).delay_seconds is None


def test_levels_tell_echo_from_rest() -> None:
    sounding = measure(recording(0.1, 1.0), PLAYED_AT)

    assert sounding.quiet_dbfs == pytest.approx(-60, abs=1)
    assert sounding.echo_dbfs > -30
    assert not sounding.is_clipped


def test_full_scale_is_clipping() -> None:
    assert measure(np.clip(recording(0.1, 9.0), -1, 1), PLAYED_AT).is_clipped

import itertools

import numpy as np
import pytest

from voiceguide.audio.earcons import PEAK, waveform
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.core.actions import Earcon


def _pitches_hz(samples: Samples) -> list[float]:
    """The pitch of each tenth of the sound, from its zero crossings."""
    crossings = np.flatnonzero(np.diff(np.signbit(samples)))
    periods = np.diff(crossings) * 2 / SAMPLE_RATE_HZ
    places = crossings[1:] / len(samples)
    tenths = [periods[(places >= low) & (places < low + 0.1)] for low in np.arange(0.1, 0.9, 0.1)]
    return [float(1 / np.median(tenth)) for tenth in tenths]


@pytest.mark.parametrize("earcon", Earcon)
def test_an_earcon_is_short_and_of_the_agreed_loudness(earcon: Earcon) -> None:
    samples = waveform(earcon)

    assert 0.060 <= len(samples) / SAMPLE_RATE_HZ <= 0.160
    assert np.abs(samples).max() == pytest.approx(PEAK)


@pytest.mark.parametrize("earcon", Earcon)
def test_an_earcon_begins_and_ends_without_a_click(earcon: Earcon) -> None:
    samples = np.abs(waveform(earcon))

    assert samples[0] < 0.01
    assert samples[-1] < 0.01
    assert samples[:16].max() < PEAK * 0.25  # 1 ms into an attack of 5 ms
    assert samples[-64:].max() < PEAK * 0.25  # 4 ms before the end of a release of 20 ms


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(Earcon, 2)))
def test_two_earcons_differ_by_a_fourth_somewhere_in_their_pitch(
    one: Earcon, other: Earcon
) -> None:
    pairs = zip(_pitches_hz(waveform(one)), _pitches_hz(waveform(other)), strict=True)

    assert max(max(a, b) / min(a, b) for a, b in pairs) > 1.3


def test_what_stops_falls_and_what_wakes_rises() -> None:
    stopped, asleep, awake, time_up = (
        _pitches_hz(waveform(earcon))
        for earcon in (Earcon.STOPPED, Earcon.ASLEEP, Earcon.AWAKE, Earcon.TIME_UP)
    )

    assert stopped[0] > stopped[-1] * 1.3
    assert asleep[0] > asleep[-1] * 1.3
    assert awake[-1] > awake[0] * 1.3
    assert time_up[-1] > time_up[0] * 1.3


def test_a_shared_waveform_can_not_be_spoilt() -> None:
    with pytest.raises(ValueError, match="read-only"):
        waveform(Earcon.HEARD)[0] = 1

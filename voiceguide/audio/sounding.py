"""Measures the way from loudspeaker to microphone with a short sweep."""

from dataclasses import dataclass

import numpy as np

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples, level_dbfs

SWEEP_SECONDS = 0.4
_LOW_HZ, _HIGH_HZ = 300.0, 3000.0
_LEVEL = 0.2
_CLEAR = 6.0
"""How far the correlation's peak must stand above its usual size to be the sweep."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """What came back of the sweep.

    Attributes:
        delay_seconds: from playback to capture, or None where nothing came back.
        echo_dbfs: level of the microphone while the sweep arrived.
        quiet_dbfs: level before it.
        is_clipped: whether samples reached full scale.
    """

    delay_seconds: float | None
    echo_dbfs: float
    quiet_dbfs: float
    is_clipped: bool


def sweep() -> Samples:
    """A rising tone, faded at both ends so that it does not click."""
    count = round(SWEEP_SECONDS * SAMPLE_RATE_HZ)
    seconds = np.arange(count) / SAMPLE_RATE_HZ
    rate = (_HIGH_HZ - _LOW_HZ) / SWEEP_SECONDS
    tone = np.sin(2 * np.pi * (_LOW_HZ + rate * seconds / 2) * seconds)
    return (_LEVEL * tone * np.hanning(count)).astype(np.float32)


def measure(recorded: Samples, played_at: int) -> Sounding:
    """Find the sweep in a recording; `played_at` is the sample at which it was sent."""
    reference = sweep()
    size = len(recorded) + len(reference)
    spectrum = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(reference, size))
    correlation = np.abs(np.fft.irfft(spectrum, size)[: max(1, len(recorded) - len(reference))])
    peak = int(np.argmax(correlation))
    usual = float(np.median(correlation)) + 1e-9
    is_found = correlation[peak] > _CLEAR * usual and peak >= played_at
    arrived = recorded[peak : peak + len(reference)]
    return Sounding(
        delay_seconds=(peak - played_at) / SAMPLE_RATE_HZ if is_found else None,
        echo_dbfs=level_dbfs(arrived),
        quiet_dbfs=level_dbfs(recorded[:played_at]),
        is_clipped=bool(np.max(np.abs(recorded), initial=0.0) >= 0.999),
    )

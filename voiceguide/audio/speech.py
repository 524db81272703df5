"""What every voice's output goes through: our rate, no silent edges, one loudness."""

import numpy as np

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples, level_dbfs, resample

SPEECH_LEVEL_DBFS = -18.0
"""Engines differ by 6 dB (measured: flite slt -15, rms -21, espeak -20 dBFS), users must not."""

_PEAK = 0.9
_AUDIBLE = 0.01  # of the peak: -40 dB
_NOTHING = 1e-3  # a peak of -60 dBFS is what a missing voice renders
_LEAD_SAMPLES = SAMPLE_RATE_HZ // 100  # 10 ms: the onset of an "h" or "f" is quieter than -40 dB
_TRAIL_SAMPLES = SAMPLE_RATE_HZ // 25  # 40 ms: a dying "s"
_EDGE_SAMPLES = SAMPLE_RATE_HZ // 200  # 5 ms fades, so that no cut clicks


def tidy(rendered: Samples, rate_hz: int) -> Samples:
    """One rendering as the guide plays it.

    Args:
        rendered: shape (n,) or (n, channels), at `rate_hz`.
        rate_hz: what the engine rendered at.

    Returns:
        Mono at `SAMPLE_RATE_HZ`, silence trimmed from both ends, at `SPEECH_LEVEL_DBFS` as far as
        a peak of 0.9 allows; empty where nothing louder than -60 dBFS is in it.
    """
    mono = rendered.mean(axis=1) if rendered.ndim > 1 else rendered
    speech = _trimmed(resample(np.asarray(mono, dtype=np.float32), rate_hz))
    return _faded_at_the_edges(_levelled(speech)) if len(speech) else speech


def _trimmed(samples: Samples) -> Samples:
    envelope = np.abs(samples)
    peak = float(envelope.max(initial=0.0))
    if peak < _NOTHING:
        return np.zeros(0, dtype=np.float32)
    audible = np.flatnonzero(envelope > peak * _AUDIBLE)
    first = max(int(audible[0]) - _LEAD_SAMPLES, 0)
    return samples[first : int(audible[-1]) + 1 + _TRAIL_SAMPLES]


def _levelled(speech: Samples) -> Samples:
    gain = 10 ** ((SPEECH_LEVEL_DBFS - level_dbfs(speech)) / 20)
    return speech * np.float32(min(gain, _PEAK / float(np.abs(speech).max())))


def _faded_at_the_edges(speech: Samples) -> Samples:
    edge = min(_EDGE_SAMPLES, len(speech))
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    faded = speech.copy()
    faded[:edge] *= ramp
    faded[len(faded) - edge :] *= ramp[::-1]
    return faded

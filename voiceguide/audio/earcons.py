"""The guide's short sounds, synthesised: told apart by how their pitch moves, not by timbre.

They go through the same output stream as speech, so they are in the canceller's reference.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.core.actions import Earcon

PEAK = 0.2
"""Of full scale: heard beside speech at -18 dBFS, and no shock in a quiet room."""

_ATTACK_SAMPLES = SAMPLE_RATE_HZ * 5 // 1000  # 5 ms: a harder edge clicks
_RELEASE_SAMPLES = SAMPLE_RATE_HZ * 20 // 1000  # 20 ms


@dataclass(frozen=True, slots=True)
class _Contour:
    """`milliseconds` is 60 to 160. Points: (share of the time, hertz), straight lines between."""

    milliseconds: int
    points: tuple[tuple[float, float], ...]


# Above 330 Hz, since a tablet's loudspeaker gives little below.
_CONTOURS = {
    Earcon.HEARD: _Contour(70, ((0, 880), (1, 990))),  # one short, slightly rising blip
    Earcon.STOPPED: _Contour(140, ((0, 784), (0.45, 784), (0.5, 523), (1, 523))),  # a step down
    Earcon.TIME_UP: _Contour(  # three notes up
        160, ((0, 523), (0.3, 523), (0.35, 659), (0.63, 659), (0.68, 880), (1, 880))
    ),
    Earcon.ASLEEP: _Contour(160, ((0, 700), (1, 350))),  # a long slide down
    Earcon.AWAKE: _Contour(160, ((0, 350), (1, 700))),  # a long slide up
    Earcon.TROUBLE: _Contour(  # down and up again
        160, ((0, 494), (0.28, 494), (0.34, 349), (0.62, 349), (0.68, 494), (1, 494))
    ),
}


@cache
def waveform(earcon: Earcon) -> Samples:
    """Mono at `SAMPLE_RATE_HZ`, 60 to 160 ms, peak `PEAK`; read-only, since it is shared."""
    contour = _CONTOURS[earcon]
    count = SAMPLE_RATE_HZ * contour.milliseconds // 1000
    shares, hertz = zip(*contour.points, strict=True)
    pitch_hz = np.interp(np.linspace(0, 1, count), shares, hertz)
    tone = np.sin(2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ) * _envelope(count)
    shaped = np.asarray(tone * (PEAK / np.abs(tone).max()), dtype=np.float32)
    shaped.flags.writeable = False
    return shaped


def _envelope(count: int) -> Samples:
    envelope = np.ones(count, dtype=np.float32)
    envelope[:_ATTACK_SAMPLES] = np.linspace(0, 1, _ATTACK_SAMPLES)
    envelope[-_RELEASE_SAMPLES:] = np.linspace(1, 0, _RELEASE_SAMPLES)
    return envelope

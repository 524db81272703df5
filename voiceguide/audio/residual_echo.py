"""What an adaptive filter leaves of the guide's voice: how much it may be, and less of it.

The loudspeaker's distortion, the late reverberation and the filter's own mistakes stay in the
signal. Their power follows the predicted echo's, so in each band the usual ratio of the two is
tracked (as a quantile, which a user who speaks now and then hardly moves), and frequencies that
hold little more than that are turned down (a Wiener-type gain on overlapping sine windows).

How much the filter doubts itself is a ratio of the same kind, and is tracked in the same way: where
no echo reaches the microphone at all (headphones, a muted or gated microphone) the filter has
nothing to learn from and would doubt for ever, while all that is heard is far below its doubt.
"""

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.spectra import BINS, Power, Prediction, power

_BIN_HZ = SAMPLE_RATE_HZ / (2 * BLOCK_SAMPLES)
_EDGES = np.unique(np.round(np.geomspace(4, BINS, 21)).astype(int))[:-1]
_EDGES = np.concatenate([[0], _EDGES])
_WIDTHS = np.diff(np.append(_EDGES, BINS))
_SPEECH = slice(round(250 / _BIN_HZ), round(4000 / _BIN_HZ))
_WINDOW = np.sin(np.pi * (np.arange(2 * BLOCK_SAMPLES) + 0.5) / (2 * BLOCK_SAMPLES)).astype(
    np.float32
)
_TAIL_KEPT = np.float32(0.75)  # per block, of an echo's power: a room of 1 s
_LEAST_GAIN = np.float32(0.03)
_TOO_MUCH = np.float32(2.0)  # times what is usual: a third of the time there is more
_STEP_DB = np.float32(0.15)
_UP = np.float32(2.0)  # so it is not the median that is tracked, but what two thirds stay below
_LEAK_DB = (-35.0, 6.0)
_FIRST_LEAK_DB = 0.0
_LEAST_DOUBT_DB = -60.0
_DOUBT_DOWN_DB = np.float32(0.25)
_DOUBT_UP_DB = np.float32(0.75)  # so what three quarters stay below
_NOISE_RISE = np.float32(1.02)  # per block


class ResidualEcho:
    """Suppresses residual echo, one block late; `near_end_db` as the canceller gives it."""

    def __init__(self) -> None:
        self._error = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        self._echo = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        self._overlap = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        self._leak_db = np.full(len(_EDGES), _FIRST_LEAK_DB, dtype=np.float32)
        self._doubt_db = np.zeros(len(_EDGES), dtype=np.float32)
        self._tail = np.zeros(BINS, dtype=np.float32)
        self._noise = np.full(BINS, 1e-8, dtype=np.float32)
        self._gain = np.ones(BINS, dtype=np.float32)
        self.near_end_db = np.inf

    def pass_through(self, near_end: Samples) -> Samples:
        """The block before, untouched, in time with what `suppress` gives."""
        before, self._error = self._error, near_end.copy()
        self._overlap = _overlap_of(self._error)
        self._echo[:] = 0
        return before

    def suppress(self, prediction: Prediction) -> Samples:
        """The block before without what may be left of the echo."""
        error, echo = prediction.error, prediction.echo
        spectrum = _windowed(self._error, error)
        heard = power(spectrum)
        predicted = power(_windowed(self._echo, echo))
        self._error, self._echo = error, echo
        self._tail = np.maximum(predicted, _TAIL_KEPT * self._tail)
        self._follow_noise(heard)
        self._follow_leak(heard)
        leak = np.repeat(10 ** (self._leak_db / 10), _WIDTHS)
        left = np.maximum(leak * self._tail, self._believable(prediction.doubt, heard))
        self._judge(heard, left)
        gain = np.clip(1 - _TOO_MUCH * left / (heard + np.float32(1e-12)), _LEAST_GAIN, 1)
        self._gain = np.float32(0.4) * self._gain + np.float32(0.6) * gain
        out = np.fft.irfft(spectrum * self._gain).astype(np.float32) * _WINDOW
        block = out[:BLOCK_SAMPLES] + self._overlap
        self._overlap = out[BLOCK_SAMPLES:]
        return block

    def _follow_noise(self, heard: Power) -> None:
        self._noise = np.minimum(heard + np.float32(1e-10), self._noise * _NOISE_RISE)

    def _follow_leak(self, heard: Power) -> None:
        """A step towards the present ratio, where the echo stands out of the noise."""
        echo = np.add.reduceat(self._tail, _EDGES)
        noise = np.add.reduceat(self._noise, _EDGES)
        rest = np.add.reduceat(heard, _EDGES)
        leak = 10 ** (self._leak_db / 10)
        is_louder = rest > leak * echo + noise
        step = np.where(is_louder, _UP * _STEP_DB, -_STEP_DB)
        stands_out = echo > 4 * noise
        self._leak_db = np.clip(self._leak_db + step * stands_out, *_LEAK_DB).astype(np.float32)

    def _believable(self, doubt: Power, heard: Power) -> Power:
        """As much of the filter's doubt as there usually is sound for."""
        doubted = np.add.reduceat(doubt, _EDGES)
        is_louder = np.add.reduceat(heard, _EDGES) > 10 ** (self._doubt_db / 10) * doubted
        step = np.where(is_louder, _DOUBT_UP_DB, -_DOUBT_DOWN_DB)
        stands_out = doubted > 4 * np.add.reduceat(self._noise, _EDGES)
        self._doubt_db += step * stands_out
        np.clip(self._doubt_db, _LEAST_DOUBT_DB, 0.0, out=self._doubt_db)
        return np.asarray(doubt * np.repeat(10 ** (self._doubt_db / 10), _WIDTHS), np.float32)

    def _judge(self, heard: Power, left: Power) -> None:
        """Compare what is there with what may be left, in the range of speech."""
        there = float(np.sum(heard[_SPEECH]))
        expected = float(np.sum(left[_SPEECH] + self._noise[_SPEECH]))
        self.near_end_db = 10 * np.log10(max(there, 1e-12) / max(expected, 1e-12))


def _windowed(before: Samples, block: Samples) -> npt.NDArray[np.complex64]:
    return np.fft.rfft(np.concatenate([before, block]) * _WINDOW).astype(np.complex64)


def _overlap_of(block: Samples) -> Samples:
    """What an untouched frame would have left of this block for the next one."""
    return np.asarray(block * _WINDOW[BLOCK_SAMPLES:] ** 2, dtype=np.float32)

"""What an adaptive filter leaves of the guide's voice: how much it may be, and less of it.

The loudspeaker's distortion, the late reverberation and the filter's own mistakes stay in the
signal. Their power follows the predicted echo's, so in each band the usual ratio of the two is
tracked (as a quantile, which a user who speaks now and then hardly moves), and where little more
than that is heard, it may be the guide alone. Frequencies are turned down on overlapping sine
windows, as a network says that was told all of this (`echo_mask`).

How much the filter doubts itself is a ratio of the same kind, and is tracked in the same way: where
no echo reaches the microphone at all (headphones, a muted or gated microphone) the filter has
nothing to learn from and would doubt for ever, while all that is heard is far below its doubt.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voiceguide.audio.echo_mask import EchoMask
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
_STEP_DB = np.float32(0.15)
_UP = np.float32(2.0)  # so it is not the median that is tracked, but what two thirds stay below
_NEPERS = np.float32(np.log(10) / 10)
_LEAK_DB = (-35.0, 6.0)
_FIRST_LEAK_DB = 0.0
_LEAST_DOUBT_DB = -60.0
_DOUBT_DOWN_DB = np.float32(0.25)
_DOUBT_UP_DB = np.float32(0.75)  # so what three quarters stay below
_EARLY_BLOCKS = 100  # 2 s of the guide
_NOISE_MEAN = np.float32(50)
"""The least of each bin is followed: of steady noise a fiftieth of its mean [computed]."""
_NOISE_RISE = np.float32(1.02)  # per block


class Mask(Protocol):
    """Says how much of each bin to keep."""

    def gain(self, heard: Power, predicted: Power, left: Power) -> Power:
        """Of what was heard, with the echo that was predicted in it, and what may be left of it."""

    def forget(self) -> None:
        """Begin anew."""


class ResidualEcho:
    """Suppresses residual echo, one block late; `near_end_db` as the canceller gives it."""

    def __init__(self, mask: Mask | None = None) -> None:
        self._mask = mask or EchoMask()
        self._error = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        self._echo = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        self._overlap = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        self._leak_db = np.full(len(_EDGES), _FIRST_LEAK_DB, dtype=np.float32)
        self._doubt_db = np.zeros(len(_EDGES), dtype=np.float32)
        self._tail = np.zeros(BINS, dtype=np.float32)
        self._noise = np.full(BINS, 1e-8, dtype=np.float32)
        self._heard_blocks = 0
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
        spectrum = windowed(self._error, error)
        heard = power(spectrum)
        predicted = power(windowed(self._echo, echo))
        self._error, self._echo = error, echo
        np.maximum(predicted, _TAIL_KEPT * self._tail, out=self._tail)
        self._follow_noise(heard)
        bands = _Bands.of(self._tail, self._noise, heard, prediction.doubt)
        self._follow_leak(bands)
        self._follow_doubt(bands)
        left = np.maximum(
            _spread(self._leak_db) * self._tail, _spread(self._doubt_db) * prediction.doubt
        )
        gain = self._mask.gain(heard, predicted, left)
        self._judge(heard, (1 - gain**2) * heard, left)
        out = np.fft.irfft(spectrum * gain).astype(np.float32) * _WINDOW
        block = out[:BLOCK_SAMPLES] + self._overlap
        self._overlap = out[BLOCK_SAMPLES:]
        return block

    def _follow_noise(self, heard: Power) -> None:
        self._noise = np.minimum(heard + np.float32(1e-10), self._noise * _NOISE_RISE)

    def _follow_leak(self, bands: "_Bands") -> None:
        """A step towards the present ratio, where the echo stands out of the noise."""
        is_louder = bands.heard > _power_ratio(self._leak_db) * bands.echo + bands.noise
        step = np.where(is_louder, _UP * _STEP_DB, -_STEP_DB)
        self._leak_db += step * (bands.echo > 4 * bands.noise)
        _keep_between(self._leak_db, *_LEAK_DB)

    def _follow_doubt(self, bands: "_Bands") -> None:
        """As much of the filter's doubt is believed as there usually is sound for."""
        is_louder = bands.heard > _power_ratio(self._doubt_db) * bands.doubt
        step = np.where(is_louder, _DOUBT_UP_DB, -_DOUBT_DOWN_DB)
        self._doubt_db += step * (bands.doubt > 4 * bands.noise)
        _keep_between(self._doubt_db, _LEAST_DOUBT_DB, 0.0)

    def _judge(self, heard: Power, taken: Power, left: Power) -> None:
        """Compare what is there with what the mask takes of it, in the range of speech.

        While the filter has hardly begun to learn, with what may be left at most.
        """
        self._heard_blocks += 1
        if self._heard_blocks < _EARLY_BLOCKS:
            taken = np.maximum(taken, left)
        there = float(np.sum(heard[_SPEECH]))
        expected = float(np.sum(taken[_SPEECH] + _NOISE_MEAN * self._noise[_SPEECH]))
        self.near_end_db = 10 * np.log10(max(there, 1e-12) / max(expected, 1e-12))


@dataclass(frozen=True, slots=True)
class _Bands:
    """Energies in bands; the name says of what."""

    echo: Power
    noise: Power
    heard: Power
    doubt: Power

    @classmethod
    def of(cls, *spectra: Power) -> "_Bands":
        return cls(*np.add.reduceat(np.stack(spectra), _EDGES, axis=1))


def _power_ratio(db: Power) -> Power:
    return np.asarray(np.exp(db * _NEPERS), dtype=np.float32)


def _spread(bands_db: Power) -> Power:
    """Each band's ratio for all its bins."""
    return np.repeat(_power_ratio(bands_db), _WIDTHS)


def _keep_between(values: Power, least: float, most: float) -> None:
    """In place; `np.clip` takes three times as long."""
    np.maximum(values, np.float32(least), out=values)
    np.minimum(values, np.float32(most), out=values)


def windowed(before: Samples, block: Samples) -> npt.NDArray[np.complex64]:
    """The spectrum of a frame of two blocks."""
    return np.fft.rfft(np.concatenate([before, block]) * _WINDOW).astype(np.complex64)


def _overlap_of(block: Samples) -> Samples:
    """What an untouched frame would have left of this block for the next one."""
    return np.asarray(block * _WINDOW[BLOCK_SAMPLES:] ** 2, dtype=np.float32)

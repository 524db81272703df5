"""Learns the way from the loudspeaker to the microphone, and predicts the echo.

A partitioned frequency-domain Kalman filter (Enzner and Vary, "Frequency-domain adaptive Kalman
filter for acoustic echo control in hands-free telephones", Signal Processing 86, 2006; partitions
as in Kuech, Mabande and Enzner, ICASSP 2014). Its step size follows from how uncertain it is of
each frequency and how loud everything else is, so it holds still while the user speaks. What a
linear filter of a fixed place can't know is learned beside it: how the loudspeaker clips
(`loudspeaker`), and how its clock drifts (`clock_drift`).
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from voiceguide.audio.clock_drift import ClockDrift
from voiceguide.audio.loudspeaker import Loudspeaker
from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.audio.spectra import BINS, Power, Prediction, power

_Spectra = npt.NDArray[np.complex64]
_Spectrum = npt.NDArray[np.complex64]

_CLIPPED = 0.98
_EXPLAINED = 0.5  # only a block that is mostly echo tells something of the devices
_LEARNED_BLOCKS = 50
_LIVE_BLOCKS = 75  # 1.5 s of sound: longer than what a person says through a gated microphone
_QUIET_ENERGY = 1e-8 * BLOCK_SAMPLES  # -80 dBFS
_PATH_BLOCKS = 20  # 0.4 s of the guide's speech: shorter, and a loud user is taken for a change
_WATCH_BLOCKS = 50  # a filter that has just begun is not watched
_TOLERABLE = 0.25
_HOPELESS = 1.5


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """Tuned on rooms and voices other than those that `benchmarks/own_voice.py` reports."""

    partitions: int = 20
    """Blocks of 20 ms that the filter spans."""
    memory: float = 0.998
    """Per block, how much of the room's response stays; less follows drifting clocks sooner."""
    first_uncertainty: float = 0.3
    """Of each partition's response, squared: an echo may be louder than what was sent."""
    loosening: float = 4.0
    """Of the response's power, added to the uncertainty where it fits no longer."""
    smoothing: float = 0.8
    """Per block, of the estimate of all that is not echo."""


class AdaptiveFilter:
    """Takes blocks of `BLOCK_SAMPLES`; for one thread and one stream."""

    def __init__(self, settings: FilterSettings | None = None) -> None:
        self.settings = settings or FilterSettings()
        shape = (self.settings.partitions, BINS)
        self._loudspeaker = Loudspeaker()
        self._drift = ClockDrift()
        self._played = _FarEnd(self.settings.partitions)
        self._slope = _FarEnd(self.settings.partitions)
        self._responses: _Spectra = np.zeros(shape, dtype=np.complex64)
        self._uncertainty = np.zeros(shape, dtype=np.float32)
        self._others = np.zeros(BINS, dtype=np.float32)
        self._is_even = False
        self._path = _PathWatch()
        self._mute = _MuteWatch()
        self.forget()

    def forget(self) -> None:
        """Begin to learn anew."""
        self._responses[:] = 0
        self._uncertainty[:] = self.settings.first_uncertainty
        self._others[:] = 1e-6
        self._path = _PathWatch()

    def rest(self) -> None:
        """The far end has been silent for longer than the filter spans."""
        self._played.clear()
        self._slope.clear()

    def step(self, near_end: Samples, far_end: Samples) -> Prediction:
        """Predict the echo in this block, and learn from what came."""
        played, slope = self._loudspeaker.play(far_end)
        self._played.take(played)
        self._slope.take(slope)
        self._drift.move(self._responses)
        self._is_even = not self._is_even
        spectrum = self._played.through(self._responses)
        echo = _second_half(spectrum)
        error = near_end - echo
        doubt = np.float32(0.5) * np.sum(self._uncertainty * power(self._played.spectra), axis=0)
        lesson = self._mute.take(near_end)
        if lesson is _Lesson.BEGIN_ANEW:
            self.forget()
        elif lesson is _Lesson.LEARN and float(np.max(np.abs(near_end))) < _CLIPPED:
            if np.dot(error, error) < _EXPLAINED * np.dot(near_end, near_end):
                self._learn_devices(error, spectrum)
            self._adapt(error, doubt)
            self._follow_path(near_end, echo)
        return Prediction(echo, error, doubt)

    @property
    def is_unmuting(self) -> bool:
        """Whether the microphone may just have come back, with an echo that was never heard."""
        return self._mute.is_ending

    def _learn_devices(self, error: Samples, spectrum: _Spectrum) -> None:
        """By turns, since neither is in a hurry."""
        if self._is_even:
            self._drift.learn(error, spectrum)
        else:
            self._loudspeaker.learn(error, _second_half(self._slope.through(self._responses)))

    def _adapt(self, error: Samples, doubt: Power) -> None:
        spectrum = np.fft.rfft(np.concatenate([np.zeros_like(error), error])).astype(np.complex64)
        share = np.float32(self.settings.smoothing)
        self._others = share * self._others + (1 - share) * power(spectrum)
        gain = self._uncertainty / (doubt + self._others + np.float32(1e-7))
        gain = gain * np.conj(self._played.spectra)
        change = np.fft.irfft(gain * spectrum, axis=1)
        change[:, BLOCK_SAMPLES:] = 0  # the constraint: a partition responds for one block
        self._responses += np.fft.rfft(change, axis=1).astype(np.complex64)
        kept = np.float32(self.settings.memory**2)
        self._uncertainty *= kept * (1 - np.float32(0.5) * (gain * self._played.spectra).real)
        self._uncertainty += (1 - kept) * power(self._responses)
        np.maximum(self._uncertainty, np.float32(1e-10), out=self._uncertainty)
        np.minimum(self._uncertainty, np.float32(10.0), out=self._uncertainty)

    def _follow_path(self, near_end: Samples, echo: Samples) -> None:
        """Where the prediction is no longer part of the near end, be less sure of it."""
        misfit = self._path.misfit(near_end, echo)
        if misfit > _HOPELESS:
            self.forget()
        elif misfit > _TOLERABLE:
            spread = np.mean(power(self._responses), axis=0)
            self._uncertainty += np.float32(self.settings.loosening * misfit) * spread
            self._path = _PathWatch()  # give it time: a filter that learns fast fits badly at first


class _FarEnd:
    """The last blocks of a far end, as spectra of frames of two blocks.

    They lie in a longer array that is filled from its end: for most blocks nothing is moved.
    """

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._kept: _Spectra = np.zeros((8 * partitions, BINS), dtype=np.complex64)
        self.clear()

    def clear(self) -> None:
        self._before = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        self._kept[:] = 0
        self._newest = len(self._kept) - self._partitions

    @property
    def spectra(self) -> _Spectra:
        """Shape (partitions, 321), the newest first."""
        return self._kept[self._newest : self._newest + self._partitions]

    def take(self, block: Samples) -> None:
        if not self._newest:
            self._newest = len(self._kept) - self._partitions
            self._kept[self._newest :] = self._kept[: self._partitions]
        self._newest -= 1
        self._kept[self._newest] = np.fft.rfft(np.concatenate([self._before, block]))
        self._before = block.copy()

    def through(self, responses: _Spectra) -> _Spectrum:
        """What responses, one for each partition, make of it."""
        return np.asarray(np.sum(responses * self.spectra, axis=0))


def _second_half(spectrum: _Spectrum) -> Samples:
    """The samples of a frame that are not wrapped round."""
    return np.fft.irfft(spectrum)[BLOCK_SAMPLES:].astype(np.float32)


class _Lesson(Enum):
    """What the filter learns from a block."""

    LEARN = auto()
    SKIP = auto()
    BEGIN_ANEW = auto()
    """What was learned from zeros does not hold for this microphone."""


class _PathWatch:
    """Notices that the speaker was moved, so that the predicted echo is no part of the near end.

    The part of the near end that lies along the prediction is 1 where the prediction is right,
    whoever speaks beside it, since a voice is uncorrelated with the guide's. Where the response
    has changed it falls, and a filter that believes itself converged would learn slowly.
    """

    def __init__(self) -> None:
        self._along = self._echo = 0.0
        self._blocks = 0

    def misfit(self, near_end: Samples, echo: Samples) -> float:
        """0 where the prediction fits, 1 where it is none of the near end or twice too quiet."""
        energy = float(np.dot(echo, echo))
        if energy < _QUIET_ENERGY:
            return 0.0
        self._blocks += 1
        share = 1 / _PATH_BLOCKS
        self._along += share * (float(np.dot(near_end, echo)) - self._along)
        self._echo += share * (energy - self._echo)
        if self._blocks < _WATCH_BLOCKS:
            return 0.0
        return abs(1 - self._along / self._echo)


class _MuteWatch:
    """Tells a muted microphone, which teaches nothing, from one that is gated.

    A gated one, or a virtual one that files are played into, sends pure zeros between the words:
    there is no echo in it, and that can be learned. A live one that is muted will come back with
    the echo that it had.
    """

    def __init__(self) -> None:
        self._sound_blocks = self._learned_blocks = 0
        self._is_live = False

    @property
    def is_ending(self) -> bool:
        """Whether sound has come after zeros that were learned, too short yet to be a live one."""
        return self._learned_blocks >= _LEARNED_BLOCKS and self._sound_blocks > 0

    def take(self, near_end: Samples) -> _Lesson:
        """What to do with the newest block."""
        if not np.any(near_end):
            return self._take_zeros()
        self._sound_blocks += 1
        if self._sound_blocks < _LIVE_BLOCKS or not self.is_ending:
            return _Lesson.LEARN
        self._learned_blocks = 0
        return _Lesson.BEGIN_ANEW

    def _take_zeros(self) -> _Lesson:
        if self._sound_blocks:
            self._is_live = self._sound_blocks >= _LIVE_BLOCKS
        self._sound_blocks = 0
        if self._is_live:
            return _Lesson.SKIP
        self._learned_blocks += 1
        return _Lesson.LEARN

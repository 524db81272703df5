"""Removes the guide's own voice from the microphone's signal, and says how sure it is.

An adaptive filter predicts the echo (`adaptive_filter`); what it leaves is judged and turned down
(`residual_echo`). The filter spans 400 ms, so delays from playback to capture up to 250 ms need no
estimate and no hint, as long as the far end comes no later than its echo. While the far end has
been silent for long, no work is done.
"""

import numpy as np

from voiceguide.audio.adaptive_filter import AdaptiveFilter, FilterSettings
from voiceguide.audio.echo_mask import EchoMask
from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples, level_dbfs
from voiceguide.audio.residual_echo import Mask, ResidualEcho

ALGORITHMIC_DELAY_SAMPLES = BLOCK_SAMPLES
"""The output is one block (20 ms) later than the input, always."""

_QUIET = 1e-4  # a far end below -80 dBFS is silence
_ECHO_SHARE = 0.3  # of what the microphone hears while the guide speaks
_FAINTEST_ECHO = 1e-4  # of what is played: what is predicted of none at all is fainter
_ECHO_MEMORY = 0.996  # per block: 5 s of the guide's speech
_LOUDEST = 4.0  # of full scale, or 12 dB over it: no microphone gives more


class KalmanEchoCanceller:
    """Takes and gives blocks of `BLOCK_SAMPLES`; for one thread and one stream. Never raises."""

    def __init__(self, settings: FilterSettings | None = None, mask: Mask | None = None) -> None:
        self._filter = AdaptiveFilter(settings)
        self._mask = mask or EchoMask()
        self._residual = ResidualEcho(self._mask)
        self._watch = EchoWatch()
        # After twice the filter's span nothing of the guide is left in the microphone.
        self._tail_blocks = 2 * self._filter.settings.partitions
        self._silent_blocks = self._tail_blocks
        self._near_end_db = np.inf
        self._echo_energy = self._least_echo_energy = 0.0

    @property
    def hears_echo(self) -> bool:
        """Whether echo was a third of what was heard in the last seconds of the guide's speech."""
        return self._echo_energy > self._least_echo_energy

    @property
    def near_end_db(self) -> float | None:
        """How far the newest block rises above what may be left of the guide in it, in dB.

        About 0 or less where there is only echo, infinite where the guide is silent; None where
        the filter fails or a muted microphone comes back, so that nobody relies on it.
        """
        can_tell = not self.is_failing and not self._filter.is_unmuting
        return self._near_end_db if can_tell else None

    @property
    def is_failing(self) -> bool:
        """Whether the guide's echo stays in the signal: the far end comes too late, or is wrong."""
        return self._watch.is_failing

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:
        """The cleaned near end of the block before; see `ALGORITHMIC_DELAY_SAMPLES`."""
        near_end, far_end = _sane(near_end), _sane(far_end)
        is_silent = float(np.max(np.abs(far_end))) < _QUIET
        self._silent_blocks = self._silent_blocks + 1 if is_silent else 0
        if self._silent_blocks > self._tail_blocks:
            self._filter.rest()
            self._near_end_db = np.inf
            self._watch.see_silence(near_end)
            return self._residual.pass_through(near_end)
        return self._clean(near_end, far_end)

    def _clean(self, near_end: Samples, far_end: Samples) -> Samples:
        prediction = self._filter.step(near_end, far_end)
        cleaned = self._residual.suppress(prediction)
        if not np.isfinite(cleaned).all():
            self._begin_anew()
            return np.zeros_like(cleaned)
        self._near_end_db = self._residual.near_end_db
        if not self._silent_blocks:
            self._weigh_echo(near_end, far_end, prediction.echo)
            was_failing = self._watch.is_failing
            self._watch.see_speech(near_end, prediction.error)
            if self._watch.is_failing and not was_failing:
                self._filter.forget()  # a response that is wrong and believed is learned slowly
        return cleaned

    def _weigh_echo(self, near_end: Samples, far_end: Samples, echo: Samples) -> None:
        heard, played = float(np.dot(near_end, near_end)), float(np.dot(far_end, far_end))
        least = max(_ECHO_SHARE * heard, _FAINTEST_ECHO * played)
        # A filter that has just begun predicts more than there is.
        predicted = min(float(np.dot(echo, echo)), heard)
        self._echo_energy = _ECHO_MEMORY * self._echo_energy + predicted
        if not heard:  # a gated microphone, and no echo in it
            self._echo_energy = 0.0
        self._least_echo_energy = _ECHO_MEMORY * self._least_echo_energy + least

    def _begin_anew(self) -> None:
        self._filter.rest()
        self._filter.forget()
        self._mask.forget()
        self._residual = ResidualEcho(self._mask)
        self._near_end_db = -np.inf


class EchoWatch:
    """Whether the guide's speech goes with a loud near end that the filter does not reduce."""

    _STEP = 1 / 400  # 8 s of the guide's speech
    _LEAST_REDUCTION_DB = 3.0
    _ECHO_ABOVE_QUIET_DB = 15.0
    _LEAST_QUIET_DBFS = -65.0  # a headset may send pure zeros, above which everything is loud

    def __init__(self) -> None:
        self._quiet_dbfs = -60.0
        self._share = 0.0

    @property
    def is_failing(self) -> bool:
        """Whether it was so for most of the last seconds of the guide's speech."""
        return self._share > 0.5

    def see_silence(self, near_end: Samples) -> None:
        """The room without the guide: its level, of which loud moments hardly count."""
        level = level_dbfs(near_end)
        self._quiet_dbfs += 0.02 * min(level - self._quiet_dbfs, 3.0)

    def see_speech(self, near_end: Samples, error: Samples) -> None:
        """A block in which the guide speaks, and what the filter leaves of it."""
        heard, left = level_dbfs(near_end), level_dbfs(error)
        quiet_dbfs = max(self._quiet_dbfs, self._LEAST_QUIET_DBFS)
        is_loud = min(heard, left) > quiet_dbfs + self._ECHO_ABOVE_QUIET_DB
        is_bad = is_loud and heard - left < self._LEAST_REDUCTION_DB
        self._share += self._STEP * (is_bad - self._share)


def _sane(block: Samples) -> Samples:
    """Without what no microphone gives: a driver's broken numbers must not stay in the filter."""
    if np.max(np.abs(block)) <= _LOUDEST:  # never true of what is no number
        return block
    return np.clip(np.nan_to_num(block), -_LOUDEST, _LOUDEST)

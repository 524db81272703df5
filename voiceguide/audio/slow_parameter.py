"""One number about the devices that is learned from what a prediction gets wrong.

Normalised gradient descent: the error is compared with how the prediction would change with the
number. A user's voice is uncorrelated with that, so it averages out; and the louder the error, the
smaller the step.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import Samples

_ERROR_SHARE = 0.1
_UNSETTLED_LESSONS = 50
_LEAST_ENERGY = 1e-9


@dataclass(slots=True)
class SlowParameter:
    """A number and what was learned of it; for one stream.

    Attributes:
        value: the present estimate.
        least, most: it stays between these.
        rate: of what the last blocks say, how much is believed at first.
        settled_rate: and how much once much has been learned; devices do not change.
        kept: per lesson, how much of those before still counts.
    """

    value: float
    least: float
    most: float
    rate: float
    settled_rate: float
    kept: float
    _lessons: int = 0
    _sums: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))

    def learn(self, error: Samples, slope: Samples) -> None:
        """One block's lesson; one with broken numbers is none.

        Args:
            error: what was heard less what was predicted.
            slope: by how much the prediction grows with the number.
        """
        sums = np.array([error @ slope, slope @ slope, error @ error], dtype=np.float64)
        if not np.isfinite(sums).all():
            return
        self._sums = self.kept * self._sums + sums
        along, steep, wrong = self._sums
        if steep > _LEAST_ENERGY:
            self._lessons += 1
            rate = max(self.settled_rate, self.rate / (1 + self._lessons / _UNSETTLED_LESSONS))
            wanted = self.value + rate * float(along / (steep + _ERROR_SHARE * wrong))
            self.value = min(max(wanted, self.least), self.most)

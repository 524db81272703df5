"""How much of each frequency to keep while the guide speaks: learned from simulated rooms.

What is usually left of an echo (`residual_echo`) is one number a band; a voice and the remains of
another differ in much more: harmonics, how they begin and die away, how they follow the predicted
echo. A recurrent network sees the three energies that are known in each band (heard, predicted, at
most left) and gives the gain, as in "A hybrid approach to residual echo suppression" and kin
(Valin et al., "Low-complexity, real-time joint neural echo control and speech enhancement",
ICASSP 2021). It only turns down. Whether anybody else is speaking at all is not its business.
Made by `python -m training.echo_mask`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import SAMPLE_RATE_HZ
from voiceguide.audio.spectra import BINS, Power

N_BANDS = 36
FEATURES = 3 * N_BANDS
LEAST_GAIN = 0.03
FILE = Path(__file__).with_suffix(".npz")

_LEAST_POWER = np.float32(1e-7)
_BIN_HZ = SAMPLE_RATE_HZ / 2 / (BINS - 1)

_Weights = npt.NDArray[np.float32]


def _mel_edges() -> npt.NDArray[np.int64]:
    """First bins of bands that are equally wide in mel, the last one's end among them."""
    top = 1127 * np.log(1 + SAMPLE_RATE_HZ / 2 / 700)
    hz = 700 * (np.exp(np.linspace(0, top, N_BANDS + 1) / 1127) - 1)
    edges = np.round(hz / _BIN_HZ).astype(np.int64)
    edges[-1] = BINS
    return edges


EDGES = _mel_edges()
_WIDTHS = np.diff(EDGES).astype(np.float32)
_CENTRES = (EDGES[:-1] + EDGES[1:] - 1) / 2
_BINS_AT = np.arange(BINS)


def log_bands(spectrum: Power) -> _Weights:
    """Shape (BINS,) to the mean power in each band, (N_BANDS,), as natural logarithm."""
    sums = np.add.reduceat(spectrum, EDGES[:-1])
    return np.log(sums / _WIDTHS + _LEAST_POWER)


def features(heard: Power, predicted: Power, left: Power) -> _Weights:
    """What the network sees of a frame, shape (FEATURES,)."""
    return np.concatenate([log_bands(heard), log_bands(predicted), log_bands(left)])


@dataclass(frozen=True, slots=True)
class MaskNetwork:
    """Weights: a dense layer, two recurrent ones (gates in the order reset, update, new), a dense.

    Attributes:
        mean, scale: of the features, each shape (FEATURES,).
        first: shape (hidden, FEATURES), with its bias.
        recurrent: for each layer from input and from state, (3 * hidden, hidden) and their biases.
        out: shape (N_BANDS, hidden), with its bias.
    """

    mean: _Weights
    scale: _Weights
    first: tuple[_Weights, _Weights]
    recurrent: tuple[tuple[_Weights, _Weights, _Weights, _Weights], ...]
    out: tuple[_Weights, _Weights]

    @classmethod
    def read(cls, path: Path) -> "MaskNetwork":
        """Reads what `training.echo_mask` has written."""
        with np.load(path) as file:
            known = {name: file[name].astype(np.float32) for name in file.files}
        layers = sorted({name.split(".")[0] for name in known if name.startswith("recurrent")})
        return cls(
            known["mean"],
            known["scale"],
            (known["first.weight"], known["first.bias"]),
            tuple(
                tuple(known[f"{layer}.{part}"] for part in ("input", "state", "bias_i", "bias_s"))
                for layer in layers
            ),
            (known["out.weight"], known["out.bias"]),
        )


@cache
def shipped_network() -> MaskNetwork:
    """The network that comes with the program."""
    return MaskNetwork.read(FILE)


class EchoMask:
    """The gain of frame after frame; for one stream."""

    def __init__(self, network: MaskNetwork | None = None) -> None:
        self._network = network or shipped_network()
        self.forget()

    def forget(self) -> None:
        """Begin anew, also where a number that is none has come in."""
        hidden = len(self._network.first[1])
        self._states = [np.zeros(hidden, np.float32) for _ in self._network.recurrent]

    def gain(self, heard: Power, predicted: Power, left: Power) -> Power:
        """Of each bin, shape (BINS,), `LEAST_GAIN` to 1."""
        known = self._network
        seen = (features(heard, predicted, left) - known.mean) * known.scale
        weight, bias = known.first
        hidden = np.tanh(weight @ seen + bias)
        for number, layer in enumerate(known.recurrent):
            self._states[number] = _recurrent(layer, hidden, self._states[number])
            hidden = self._states[number]
        weight, bias = known.out
        bands = np.maximum(_sigmoid(weight @ hidden + bias), np.float32(LEAST_GAIN))
        return np.interp(_BINS_AT, _CENTRES, bands).astype(np.float32)


def _recurrent(
    layer: tuple[_Weights, _Weights, _Weights, _Weights], inputs: _Weights, state: _Weights
) -> _Weights:
    """A gated recurrent unit's next state, with the reset gate behind the product (as cuDNN)."""
    weight_i, weight_s, bias_i, bias_s = layer
    size = len(state)
    from_input, from_state = weight_i @ inputs + bias_i, weight_s @ state + bias_s
    gates = _sigmoid(from_input[: 2 * size] + from_state[: 2 * size])
    new = np.tanh(from_input[2 * size :] + gates[:size] * from_state[2 * size :])
    return np.asarray(new + gates[size:] * (state - new), dtype=np.float32)


def _sigmoid(x: _Weights) -> _Weights:
    return np.asarray(0.5 * np.tanh(0.5 * x) + 0.5, dtype=np.float32)

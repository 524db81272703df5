"""A second witness: which phrase, if any, an utterance sounds like, and red-flag words within it.

A recognizer builds words from sounds and believes whatever fits them; this looks at the utterance
at once. It also looks for some words, "numb" and "tingling" among them, in whatever is said, where
a small recognizer's free dictation is poor. It is the acoustic network of the shipped model with a
small head of its own, evaluated with NumPy. Weights are kept as 8-bit integers with a factor for
each row. Made by `python -m training.build --recipe train`.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voiceguide.audio.log_mels import WINDOW_SAMPLES, log_mels, normalise
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples, with_floor

LONGEST_SECONDS = 2.5
"""Longer utterances are none of the phrases."""

Frames = npt.NDArray[np.float32]
"""Shape (frames, channels)."""

Impression = npt.NDArray[np.float32]
"""Shape (channels,), of length 1: what an utterance sounds like as a whole."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution over frames; none at the edges, so its output is shorter than its input.

    Attributes:
        weights: shape (outputs, taps * inputs).
        bias: shape (outputs,).
        taps: number of frames that it looks at.
        dilation: between them.
        stride: between outputs.
        is_rectified: negative values become 0.
        factor: multiplied after that, shape (outputs,).
        offset: added after that, shape (outputs,).
    """

    weights: Frames
    bias: npt.NDArray[np.float32]
    factor: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]
    taps: int = 1
    dilation: int = 1
    stride: int = 1
    is_rectified: bool = True

    @property
    def span(self) -> int:
        """By how many frames the output is shorter, before the stride."""
        return (self.taps - 1) * self.dilation

    def __call__(self, frames: Frames) -> Frames:
        """Shape (frames, inputs) to (fewer frames, outputs)."""
        n = len(frames) - self.span
        parts = [frames[i * self.dilation : i * self.dilation + n] for i in range(self.taps)]
        out = np.concatenate([p[:: self.stride] for p in parts], axis=1) @ self.weights.T
        out += self.bias
        if self.is_rectified:
            np.maximum(out, 0, out=out)
        return np.asarray(out * self.factor + self.offset, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Block:
    """Two layers beside a shortcut: the input, less `back` and `ahead` frames, times `skip`."""

    layers: tuple[Layer, ...]
    back: int
    ahead: int
    skip: float

    def __call__(self, frames: Frames) -> Frames:
        """Shape (frames, channels) to (frames - back - ahead, channels)."""
        out = frames
        for layer in self.layers:
            out = layer(out)
        return out + np.float32(self.skip) * frames[self.back : len(frames) - self.ahead]


@dataclass(frozen=True, slots=True)
class Network:
    """Features to what is heard.

    Attributes:
        trunk: what both outputs share.
        whole: scores of the phrases for each frame, and last of something else.
        spot: scores of the words for each frame.
        prior_mean: of the features, before an utterance has any of its own.
        context_frames: of features that it needs before the first and after the last.
    """

    trunk: tuple[Layer | Block, ...]
    whole: Layer
    spot: Layer
    prior_mean: npt.NDArray[np.float32]
    context_frames: tuple[int, int]

    def hidden(self, samples: Samples) -> Frames:
        """What both outputs see of an utterance."""
        features = normalise(log_mels(with_floor(samples)), self.prior_mean)
        frames = np.pad(features, (self.context_frames, (0, 0)), mode="edge")
        for part in self.trunk:
            frames = part(frames)
        return frames


class WordWitness:
    """Knows some phrases and words by their sound; immutable, for any thread."""

    def __init__(self, phrases: tuple[str, ...], spots: tuple[str, ...], network: Network) -> None:
        self.phrases = phrases
        self.spots = spots
        self._network = network

    def listen(self, samples: Samples) -> Mapping[str, float]:
        """How likely the utterance is each of the phrases; the rest to 1 is something else.

        Empty for what is too short or too long to be any.
        """
        if not WINDOW_SAMPLES <= len(samples) <= LONGEST_SECONDS * SAMPLE_RATE_HZ:
            return {}
        frames = self._network.whole(self._network.hidden(samples))
        top = frames.max(axis=0)
        scores = top + np.log(np.mean(np.exp(frames - top), axis=0))
        likelihoods = np.exp(scores - scores.max())
        shares = likelihoods / likelihoods.sum()
        return dict(zip(self.phrases, shares[:-1].tolist(), strict=True))

    def spot(self, samples: Samples) -> Mapping[str, float]:
        """How likely each of the words is somewhere in the utterance, in the order they come."""
        if len(samples) < WINDOW_SAMPLES:
            return {}
        frames = self._network.spot(self._network.hidden(samples))
        likelihoods = 1 / (1 + np.exp(-frames.max(axis=0)))
        order = np.argsort(frames.argmax(axis=0), kind="stable")
        return {self.spots[i]: float(likelihoods[i]) for i in order}

    def impression(self, samples: Samples) -> Impression | None:
        """The strongest that each channel answered; None for what is too short or too long.

        Utterances of the same word have impressions alike, whether it is one of the phrases or not.
        """
        if not WINDOW_SAMPLES <= len(samples) <= LONGEST_SECONDS * SAMPLE_RATE_HZ:
            return None
        strongest = self._network.hidden(samples).max(axis=0)
        return np.asarray(strongest / max(np.linalg.norm(strongest), 1e-9), dtype=np.float32)

    @property
    def mark(self) -> str:
        """Tells this witness from any other that was trained differently."""
        return f"{zlib.crc32(self._network.spot.weights.tobytes()):08x}"


def read_witness(path: Path) -> WordWitness:
    """Reads what `training.witness` wrote.

    Raises:
        OSError: the file can't be read.
        ValueError: it is something else.
    """
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            plan = json.loads(str(arrays["plan"]))
            left, right = plan["context_frames"]
            network = Network(
                trunk=tuple(_part(arrays, each) for each in plan["parts"]),
                whole=_layer(arrays, **plan["whole"]),
                spot=_layer(arrays, **plan["spot"]),
                prior_mean=arrays["prior_mean"].astype(np.float32),
                context_frames=(left, right),
            )
            return WordWitness(tuple(plan["phrases"]), tuple(plan["spots"]), network)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no witness: {error}") from None


def _part(arrays: Mapping[str, Any], plan: Mapping[str, Any]) -> Layer | Block:
    if "layers" not in plan:
        return _layer(arrays, **plan)
    layers = tuple(_layer(arrays, **each) for each in plan["layers"])
    return Block(layers, plan["back"], plan["ahead"], plan["skip"])


def _layer(arrays: Mapping[str, Any], name: str, **shape: Any) -> Layer:
    weights = arrays[f"{name}.weights"].astype(np.float32) * arrays[f"{name}.scale"][:, None]
    rest = {key: arrays[f"{name}.{key}"] for key in ("bias", "factor", "offset")}
    return Layer(weights=weights, **rest, **shape)

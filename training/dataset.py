"""Training material in memory: features of every clip, labels, and random batches of both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import augment, bank, corpus, units
from training.align import Alignment
from training.augment import Noises
from training.bank import Bank
from training.corpus import Clip, Samples
from training.features import CMN_PRIOR_FRAMES, LogMels, log_mels, normalise
from training.network import SUBSAMPLING, Shape

IGNORE = -1
"""Label of frames that must not be learned from."""

WEIGHTS = {
    "words": 0.07,
    "isolated": 0.06,
    "cut_words": 0.06,
    "sentences": 0.26,
    "read_speech": 0.02,
    "numbers": 0.04,
    "one_reader": 0.04,
    "synthetic": 0.20,
    "synthetic_sentences": 0.10,
    "over_guide": 0.11,
    "noise": 0.04,
}
"""Share of each kind in a batch. The six words that 1,300 people say must not drown the language:
with more of them, every vowel from a cheap microphone is taken for one of theirs."""

_EVENTS = ("dog", "baby", "sneeze", "rooster", "cough", "tap", "clock", "bird", "music", "rub")
_DEV_SHARE = 0.03


_CLIPS_A_PART = 500
_THROUGH_CODEC = 0.12
"""How many of the varied copies."""


def is_dev(clip: Clip) -> bool:
    """Whether a training speaker is set aside to watch the training (about 3 %)."""
    return not clip.kind.startswith("synthetic") and _hash(clip.speaker) < _DEV_SHARE


def _hash(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


@dataclass(slots=True)
class Kind:
    """All pieces of one kind in a row, with an index of which clip lies where."""

    features: list[LogMels] = field(default_factory=list)
    origin: list[tuple[int, float]] = field(default_factory=list)
    """Clip number and speed of each piece; the number is -1 for noise."""
    labels: list[NDArray[np.int16]] = field(default_factory=list)


_COPIES = {"words": 1, "synthetic": 1, "synthetic_sentences": 1, "isolated": 8, "read_speech": 5}
"""How often clips of a kind are featurised, each time varied; other kinds twice."""


def featurise(folder: Path, seed: int = 1) -> dict[str, Kind]:
    """Features of every clip of a saved bank, as recorded and at other speeds and in rooms.

    In random order, since what is trained on may begin in one clip and end in the next.
    """
    clips = bank.read(folder).clips
    order = np.random.default_rng(seed).permutation(len(clips)).tolist()
    parts = [order[i : i + _CLIPS_A_PART] for i in range(0, len(order), _CLIPS_A_PART)]
    kinds: dict[str, Kind] = {}
    with ProcessPoolExecutor() as pool:
        for found in pool.map(partial(_featurised, folder), parts):
            for index, speed, mels in found:
                clip = clips[index]
                kind = kinds.setdefault("dev" if is_dev(clip) else clip.kind, Kind())
                kind.features.append(mels)
                kind.origin.append((index, speed))
    return kinds


def _featurised(folder: Path, part: list[int]) -> list[tuple[int, float, LogMels]]:
    """Clip number, speed and features of each piece of some clips."""
    clips = bank.read(folder)
    found = []
    for index in part:
        clip, rng = clips.clips[index], np.random.default_rng(index)
        samples = clips.samples(index)
        copies = 1 if is_dev(clip) else _COPIES.get(clip.kind, 2)
        for copy in range(copies):
            plain = is_dev(clip) or (copy == 0 if copies > 1 else rng.random() < 0.4)
            speed = 1.0 if plain else float(rng.uniform(0.85, 1.18))
            mels = log_mels(_varied(samples, speed, rng)).astype(np.float16)
            found.append((index, speed, mels))
    return found


def _varied(samples: Samples, speed: float, rng: np.random.Generator) -> Samples:
    if speed == 1.0:
        return samples
    varied = augment.at_speed(samples, speed)
    if rng.random() < 0.55:
        varied = augment.in_room(varied, augment.simulated_room(rng))
    if rng.random() < _THROUGH_CODEC:
        varied = augment.through_codec(varied, rng.choice(list(augment.Codec)))
    return varied


def save(kinds: dict[str, Kind], folder: Path) -> None:
    """Writes features and where they are from; labels are made anew."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in kinds.items():
        np.save(folder / f"{name}.npy", np.concatenate(kind.features))
        np.savetxt(folder / f"{name}.tsv", [(*o, len(m)) for o, m in _pieces(kind)], fmt="%.9g")


def _pieces(kind: Kind) -> Iterator[tuple[tuple[int, float], LogMels]]:
    return zip(kind.origin, kind.features, strict=True)


def read(folder: Path) -> dict[str, Kind]:
    """Reads saved features."""
    kinds = {}
    for path in sorted(folder.glob("*.npy")):
        rows = np.loadtxt(path.with_suffix(".tsv"))
        cuts = np.cumsum(rows[:, 2].astype(int))[:-1]
        kinds[path.stem] = Kind(
            features=np.split(np.load(path), cuts), origin=[(int(c), s) for c, s, _ in rows]
        )
    return kinds


def label(kinds: dict[str, Kind], alignments: list[Alignment | None]) -> None:
    """Gives every piece its labels; pieces of clips without an alignment are ignored."""
    for kind in kinds.values():
        kind.labels = [
            _labels(alignments[clip], len(mels), speed)
            for mels, (clip, speed) in zip(kind.features, kind.origin, strict=True)
        ]


def _labels(alignment: Alignment | None, frames: int, speed: float) -> NDArray[np.int16]:
    if alignment is None:
        return np.full(frames, IGNORE, np.int16)
    return alignment.labels(frames, speed)


def noise_kind(clips: list[Clip], rng: np.random.Generator) -> Kind:
    """Noises as material of their own: steady sound is silence, events are the noise unit."""
    kind = Kind()
    for clip in clips:
        samples = corpus.load(clip.path)[: 20 * corpus.SAMPLE_RATE_HZ]
        if len(samples) < 8_000 or np.abs(samples).max() < 1e-3:
            continue
        _add_noise(kind, _loudness(samples), event=any(e in clip.text for e in _EVENTS))
    for _ in range(60):
        _add_noise(kind, augment.synthetic_noise(rng), event=False)
    return kind


def _loudness(samples: Samples) -> Samples:
    return (samples * (0.1 / np.sqrt(np.mean(samples**2)))).astype(np.float32)


def _add_noise(kind: Kind, samples: Samples, *, event: bool) -> None:
    mels = log_mels(samples)
    labels = np.full(len(mels), units.SILENCE, np.int16)
    if event:
        level = np.convolve(mels[:, 5:30].mean(axis=1), np.ones(5) / 5, "same")
        labels[level > np.percentile(level, 95) - 4.0] = units.NOISE
    kind.features.append(mels.astype(np.float16))
    kind.labels.append(labels)
    kind.origin.append((-1, 1.0))


def background(clips: list[Clip], spoken: Bank, rng: np.random.Generator) -> Noises:
    """What is mixed under the speech: recorded and made noise, babble, hiss."""
    recorded = [corpus.load(clip.path)[: 20 * corpus.SAMPLE_RATE_HZ] for clip in clips]
    recorded = [_loudness(s) for s in recorded if len(s) > 8_000 and np.abs(s).max() > 1e-3]
    recorded += [augment.synthetic_noise(rng) for _ in range(40)]
    sentences = [i for i, c in enumerate(spoken.clips) if c.kind == "sentences" and not is_dev(c)]
    crowds = [
        augment.babble([spoken.samples(int(i)) for i in rng.choice(sentences, n)], rng)
        for n in rng.integers(1, 5, 150)
    ]
    hiss = (rng.standard_normal(60 * corpus.SAMPLE_RATE_HZ) * 0.1).astype(np.float32)
    return Noises(
        recorded=np.concatenate([log_mels(s) for s in recorded]).astype(np.float16),
        babble=np.concatenate([log_mels(s) for s in crowds]).astype(np.float16),
        hiss=log_mels(hiss).astype(np.float16),
    )


_LONGEST_SILENCE_FRAMES = 30


def worthwhile(kind: Kind) -> tuple[LogMels, NDArray[np.int16]]:
    """All pieces in a row, without those that have no labels and without long silences.

    Isolated words are mostly silence; training time is dear. Silence itself is learned from what is
    left of it and from the noises.
    """
    known = [i for i, labels in enumerate(kind.labels) if (labels != IGNORE).all()]
    mels = np.concatenate([kind.features[i] for i in known])
    labels = np.concatenate([kind.labels[i] for i in known])
    if any(clip < 0 for clip, _ in kind.origin):
        return mels, labels
    begins = np.flatnonzero(np.diff(labels, prepend=-2) != 0)
    lengths = np.diff(begins, append=len(labels))
    place = np.arange(len(labels)) - np.repeat(begins, lengths)
    to_go = np.repeat(lengths, lengths) - place
    edge = _LONGEST_SILENCE_FRAMES // 2
    keep = (labels != units.SILENCE) | (place < edge) | (to_go <= edge)
    return mels[keep], labels[keep]


class Batches:
    """Draws random pieces, disturbs and normalises them."""

    def __init__(
        self, kinds: dict[str, Kind], noises: Noises, prior: NDArray[np.float32], shape: Shape
    ) -> None:
        self._noises = noises
        self._prior = prior
        self._shape = shape
        names = [name for name in kinds if name in WEIGHTS]
        self._mels, self._labels = zip(*(worthwhile(kinds[name]) for name in names), strict=True)
        weights = np.array([WEIGHTS[name] for name in names])
        self._weights = weights / weights.sum()

    def draw(
        self, rng: np.random.Generator, size: int = 32, steps: int = 100
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """A batch: features (size, N_MELS, frames) and unit labels (size, steps)."""
        left, right = self._shape.left_context, self._shape.right_context
        span = (steps - 1) * SUBSAMPLING + 1
        frames = span + left + right
        pieces = []
        labels = np.empty((size, steps), np.int64)
        for i, kind in enumerate(rng.choice(len(self._weights), size, p=self._weights)):
            start = int(rng.integers(0, len(self._mels[kind]) - frames))
            clean = self._mels[kind][start : start + frames].astype(np.float32)
            mels = augment.disturb(clean, self._noises, rng)
            prior, count = self._history(mels, rng)
            mels = normalise(mels, prior, count)
            if rng.random() < 0.3:
                augment.mask(mels, rng)
            pieces.append(mels)
            wanted = slice(start + left, start + left + span, SUBSAMPLING)
            labels[i] = self._labels[kind][wanted]
        return np.ascontiguousarray(np.stack(pieces).transpose(0, 2, 1)), labels

    def _history(
        self, mels: LogMels, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], float]:
        """What Kaldi's running mean may hold at this moment: nothing, speech, or long quiet."""
        chance = rng.random()
        if chance < 0.4:
            return self._prior, CMN_PRIOR_FRAMES
        if chance < 0.7:
            return mels.mean(axis=0), float(rng.uniform(100, 600))
        level = mels.mean(axis=1)
        quiet = mels[level <= np.percentile(level, 25)].mean(axis=0)
        return quiet, float(rng.uniform(100, 600))

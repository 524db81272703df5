"""Forced alignment: when in a recording each unit begins and ends.

The first pass uses PocketSphinx's acoustic model; once a network of our own is trained, it aligns
everything again, with the clips that PocketSphinx could not follow (children, strong accents).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from training import units
from training.corpus import Samples
from training.lexicon import dictionary, knows, pronounce

FRAME_SECONDS = 0.01

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which unit sounds until when."""

    unit_ids: NDArray[np.int16]
    ends: NDArray[np.int32]
    """First frame (10 ms) after each unit."""

    def labels(self, n_frames: int, speed: float = 1.0) -> NDArray[np.int16]:
        """Unit of every frame of the clip played `speed` times as fast; silence after the end."""
        ends = np.minimum((self.ends / speed).astype(np.int64), n_frames)
        labels = np.zeros(n_frames, np.int16)
        start = 0
        for unit_id, end in zip(self.unit_ids, ends, strict=True):
            labels[start:end] = unit_id
            start = int(end)
        return labels


def save(alignments: list[Alignment | None], path: Path) -> None:
    """Writes alignments as three arrays; a clip without one has length 0."""
    kept = [a for a in alignments if a is not None]
    np.savez_compressed(
        path,
        lengths=np.array([0 if a is None else len(a.ends) for a in alignments]),
        unit_ids=np.concatenate([a.unit_ids for a in kept]),
        ends=np.concatenate([a.ends for a in kept]),
    )


def read(path: Path) -> list[Alignment | None]:
    """Reads saved alignments."""
    with np.load(path) as arrays:
        cuts = np.cumsum(arrays["lengths"])[:-1]
        parts = zip(np.split(arrays["unit_ids"], cuts), np.split(arrays["ends"], cuts), strict=True)
        return [Alignment(ids, ends) if len(ids) else None for ids, ends in parts]


class SphinxAligner:
    """Aligns by PocketSphinx's own acoustic model; keeps one decoder for all clips."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(
            hmm=pocketsphinx.get_model_path("en-us/en-us"),
            dict=pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"),
            lm=None,
            bestpath=False,  # with it a tenth of the clips find no way through; without, they do
            loglevel="FATAL",
        )
        known = set(self._known_words())
        for word, variants in dictionary().items():
            if word not in known:
                self._add(word, [" ".join(p) for p in variants])

    def align(self, samples: Samples, text: str) -> Alignment | None:
        """Aligns the best of the text's readings; None where none of them fits."""
        known = [reading for reading in readings(text) if knows(reading)]
        if len(known) <= 1:
            return self._phones(samples, known[0]) if known else None
        scores = {reading: self._score(samples, reading) for reading in known}
        fitting = {reading: s for reading, s in scores.items() if s is not None}
        return self._phones(samples, max(fitting, key=fitting.__getitem__)) if fitting else None

    def _known_words(self) -> list[str]:
        return [w for w in dictionary() if self._decoder.lookup_word(w) is not None]

    def _add(self, word: str, variants: list[str]) -> None:
        for i, phones in enumerate(variants):
            self._decoder.add_word(word if i == 0 else f"{word}({i + 1})", phones, update=False)
        self._decoder.lookup_word(word)

    def _score(self, samples: Samples, reading: str) -> float | None:
        self._decoder.set_align_text(reading)
        hypothesis = self._decoder.hyp() if self._fits(samples) else None
        return None if hypothesis is None else float(hypothesis.best_score)

    def _phones(self, samples: Samples, reading: str) -> Alignment | None:
        if self._score(samples, reading) is None:
            return None
        self._decoder.set_alignment()
        alignment = self._decoder.get_alignment() if self._fits(samples) else None
        if alignment is None:
            return None
        ids: list[int] = []
        ends: list[int] = []
        for word in alignment:
            left: str | None = None
            for phone in word:
                ids.append(units.unit(phone.name, left))
                ends.append(phone.start + phone.duration)
                left = phone.name
        return Alignment(np.array(ids, np.int16), np.array(ends, np.int32))

    def _fits(self, samples: Samples) -> bool:
        """Whether the words, or after them their sounds, fit into the clip."""
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        try:
            self._decoder.end_utt()
        except RuntimeError:  # raised where they do not
            return False
        return True


def readings(text: str) -> list[str]:
    """How a transcript with digits may have been said; one without digits, as it stands."""
    if not re.search(r"\d", text):
        return [text]
    said = []
    for style in (_digit_by_digit, _digit_by_digit_oh, _in_pairs, _as_number):
        words = [style(w) if w.isdigit() else w for w in text.split()]
        said.append(" ".join(words))
    return list(dict.fromkeys(said))


def _digit_by_digit(digits: str) -> str:
    return " ".join(_ONES[int(d)] for d in digits)


def _digit_by_digit_oh(digits: str) -> str:
    return _digit_by_digit(digits).replace("zero", "oh")


def _in_pairs(digits: str) -> str:
    first = len(digits) % 2
    cuts = [0, first, *range(first + 2, len(digits) + 1, 2)]
    pairs = [digits[a:b] for a, b in pairwise(cuts) if b > a]
    return " ".join(
        f"oh {_ONES[int(p[1])]}" if len(p) == 2 and p[0] == "0" else _as_number(p) for p in pairs
    )


def _as_number(digits: str) -> str:
    value = int(digits)
    if value < 10 or len(digits) > 3:
        return _digit_by_digit(digits)
    if value < 20:
        return _TEENS[value - 10]
    if value < 100:
        ones = f" {_ONES[value % 10]}" if value % 10 else ""
        return _TENS[value // 10] + ones
    rest = f" {_as_number(str(value % 100))}" if value % 100 else ""
    return f"{_ONES[value // 100]} hundred{rest}"


class NetworkAligner:
    """Aligns by the log-probabilities of our own network: Viterbi over the text's units."""

    def __init__(self, self_loop: float = 0.5) -> None:
        self._stay = float(np.log(self_loop))
        self._go = float(np.log(1 - self_loop))

    def align(
        self, scores: NDArray[np.float32], text: str, frames_per_step: int
    ) -> tuple[Alignment, float] | None:
        """Aligns one clip.

        Args:
            scores: log-likelihood of every unit, shape (steps, N_UNITS).
            text: the words; all must be pronounceable.
            frames_per_step: input frames (10 ms) that one step stands for.

        Returns:
            the alignment and its mean score a step; None where the clip is too short for the words.
        """
        best: tuple[Alignment, float] | None = None
        for reading in readings(text):
            for states, skippable in _sequences(reading):
                path = self._viterbi(scores[:, states], skippable)
                if path is None:
                    continue
                score = float(scores[np.arange(len(path)), states[path]].mean())
                if best is None or score > best[1]:
                    best = (_runs(path, states, frames_per_step), score)
        return best

    def _viterbi(
        self, scores: NDArray[np.float32], skippable: NDArray[np.bool_]
    ) -> NDArray[np.int64] | None:
        """Best path through a chain of states; `skippable` states (silences) may be left out."""
        steps, n = scores.shape
        if steps < n - int(skippable.sum()):
            return None
        came = np.zeros((steps, n), np.int8)
        score = np.full(n, -np.inf)
        score[0] = scores[0, 0]
        if n > 1 and skippable[0]:
            score[1] = scores[0, 1]
        over = np.zeros(n, bool)
        over[2:] = skippable[1:-1]
        for t in range(1, steps):
            options = np.full((3, n), -np.inf)
            options[0] = score + self._stay
            options[1, 1:] = score[:-1] + self._go
            options[2, 2:] = np.where(over[2:], score[:-2] + self._go, -np.inf)
            came[t] = options.argmax(axis=0)
            score = options.max(axis=0) + scores[t]
        state = n - 1
        if n > 1 and skippable[-1] and score[-2] > score[-1]:
            state = n - 2
        if not np.isfinite(score[state]):
            return None
        path = np.empty(steps, np.int64)
        for t in range(steps - 1, -1, -1):
            path[t] = state
            state -= int(came[t, state])
        return path


def _sequences(text: str) -> list[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Unit chains of the text with optional silence between words, at most two variants."""
    choices = [pronounce(word)[:3] for word in text.split()]
    while np.prod([len(c) for c in choices]) > 2:
        longest = max(range(len(choices)), key=lambda i: len(choices[i]))
        choices[longest] = choices[longest][:-1]
    chains = []
    for variant in product(*choices):
        ids: list[int] = [units.SILENCE]
        for pronunciation in variant:
            ids += [*units.units(pronunciation), units.SILENCE]
        states = np.array(ids, np.int64)
        chains.append((states, states == units.SILENCE))
    return chains


def _runs(path: NDArray[np.int64], states: NDArray[np.int64], frames_per_step: int) -> Alignment:
    """Turns a path of states into the units and where they end."""
    last = np.flatnonzero(np.append(np.diff(path) != 0, True))
    ends = (last + 1) * frames_per_step
    return Alignment(states[path[last]].astype(np.int16), ends.astype(np.int32))

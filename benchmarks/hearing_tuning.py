"""Chooses a model's thresholds with the speakers for tuning: decoys, weights, and opinions."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.hearing_again import unknown_again
from benchmarks.hearing_decoys import decoys, thieves
from benchmarks.hearing_denials import denies
from benchmarks.hearing_opinions import Trials, hours_of, settings, tried
from benchmarks.hearing_rows import CLEAN, COMMANDS, DIGITS, NOISY, OTHERS, Score, Talk, Words
from benchmarks.hearing_work import Thresholds, Workers

_COST_OF_FALSE = 3.0
"""To act on what was no command is as bad as to miss three."""
_COST_OF_TALK = 0.01
"""A false command an hour in talk is as bad as to miss one of a hundred."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting with the speakers for tuning.

    Attributes:
        thresholds: the setting.
        missed: share of commands and digits that were not understood, clean and at 10 dB.
        false: share of all clips that were taken for something that was not said.
        talk: false commands in an hour of read speech. It is by speakers of whom the model learned
            some: there are no others to tune with.
    """

    thresholds: Thresholds
    missed: float
    false: float
    talk: float

    @property
    def worth(self) -> float:
        """The higher, the better."""
        return -self.missed - _COST_OF_FALSE * self.false - _COST_OF_TALK * self.talk

    def __str__(self) -> str:
        weights = self.thresholds.weights
        return (
            f"missed {self.missed:.3f}, false {self.false:.3f}, talk {self.talk:.1f}: "
            f"{len(weights.decoys)} decoys, {replace(weights, decoys=())} {self.thresholds.opinion}"
        )


class Tuning:
    """Tries thresholds with every recording for tuning, one kind after the other."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._talk = Talk("read speech", "read_speech", use="train")
        self._talk_hours = max(hours_of(self._talk), 1e-3)
        self._words = [
            Words(kind, place, "tune")
            for place in (CLEAN, NOISY)
            for kind in (COMMANDS, DIGITS, OTHERS)
        ]

    def run(self, start: Thresholds, words: Sequence[str]) -> list[Trial]:
        """All trials; the best comes last.

        Args:
            start: where to begin.
            words: what may become a decoy; none to leave decoys and weights as they are.
        """
        trials = self._with_weights(start, words) if words else self._tried(start)
        # Of settings that do as well the strictest: no guide speaks here, and it is to be doubted.
        best = max(trials, key=lambda trial: (trial.worth, trial.thresholds.opinion.confirms_stop))
        chosen = replace(
            best.thresholds,
            opinion=replace(best.thresholds.opinion, denies=denies(self._workers)),
            weights=replace(best.thresholds.weights, unknown_again=unknown_again(self._workers)),
        )
        return [*trials, replace(best, thresholds=chosen)]

    def _with_weights(self, start: Thresholds, words: Sequence[str]) -> list[Trial]:
        plain = replace(start, weights=replace(start.weights, decoys=()))
        found = decoys(self._workers, words, plain.weights)
        with_all = _with_decoys(plain, found)
        stealing = thieves(self._workers, with_all.weights)
        honest = _with_decoys(plain, (word for word in found if word not in stealing))
        trials = [trial for each in (plain, with_all, honest) for trial in self._tried(each)]
        for each in _weights(max(trials, key=lambda trial: trial.worth).thresholds):
            trials += self._tried(each)
        return trials

    def _tried(self, thresholds: Thresholds) -> list[Trial]:
        """With each of the opinions' settings."""
        opinions = settings(thresholds.opinion)
        rows: list[Words | Talk] = [self._talk, *self._words]  # the longest first
        tasks = [Trials(row, thresholds, opinions) for row in rows]
        talk, *words = self._workers.each(tried, tasks)
        trials = [
            self._trial(replace(thresholds, opinion=opinion), talk[i], [each[i] for each in words])
            for i, opinion in enumerate(opinions)
        ]
        sys.stderr.write(f"{max(trials, key=lambda trial: trial.worth)}\n")
        return trials

    def _trial(self, thresholds: Thresholds, talk: Score, words: Sequence[Score]) -> Trial:
        wanted = [s for row, s in zip(self._words, words, strict=True) if row.kind != OTHERS]
        missed = [1 - s.right / max(s.clips, 1) for s in wanted]
        false = [s.wrong / max(s.clips, 1) for s in words]
        return Trial(
            thresholds,
            missed=float(np.mean(missed)),
            false=float(np.mean(false)),
            talk=talk.wrong / self._talk_hours,
        )


def worth_showing(trials: Sequence[Trial]) -> list[Trial]:
    """Those that no other beats in both, and the chosen one last."""
    front: list[Trial] = []
    for trial in sorted(trials, key=lambda each: (each.missed, each.false)):
        if not front or trial.false < front[-1].false:
            front.append(trial)
    return [*front, trials[-1]]


def _with_decoys(thresholds: Thresholds, words: Iterable[str]) -> Thresholds:
    return replace(thresholds, weights=replace(thresholds.weights, decoys=tuple(words)))


def _weights(thresholds: Thresholds) -> list[Thresholds]:
    return [
        replace(thresholds, weights=replace(thresholds.weights, single_words=n, unknown=unknown))
        for n, unknown in ((60, 1), (10, 20))
    ]

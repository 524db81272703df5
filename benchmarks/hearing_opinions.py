"""How much of the witness's belief is enough: every clip is heard once, then settings are tried.

What the recognizer decided and what the witness believed is noted; `SecondOpinion` then goes over
the notes with one setting after the other, so that hundreds of settings take as long as one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from benchmarks.hearing_rows import EVERYWHERE, OTHERS, Score, Talk, Words
from benchmarks.hearing_systems import named
from benchmarks.hearing_work import Bench, Thresholds
from voiceguide.adapters.silero_activity import SileroActivity
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.core.acceptance import Accept, Acceptance, Decision, Evidence, Reason, Wait
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent
from voiceguide.core.second_opinion import OpinionSettings, SecondOpinion
from voiceguide.runtime.command_recognizers import CommandRecognizers
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.utterance import Surroundings

_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_LEAST_SHARE = 5e-4
"""A phrase in which the witness believes less decides nothing, except the one that was heard."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a second opinion was asked."""

    decision: Decision
    evidence: Evidence
    shares: Mapping[str, float]
    active: frozenset[Intent]


class Noting(SecondOpinion):
    """Notes what it is asked, and has every utterance go on to its end."""

    def __init__(self, grammar: Grammar, rules: Acceptance) -> None:
        super().__init__(grammar, rules)
        self._known = grammar
        self.utterances: list[list[Note]] = [[]]

    def on(
        self,
        decision: Decision,
        evidence: Evidence,
        shares: Mapping[str, float],
        active: frozenset[Intent],
        *,
        may_be_guide: bool = False,  # noqa: ARG002 - nobody else speaks in these recordings
    ) -> Decision:
        """The decision, or to wait."""
        kept = self._kept(decision, shares)
        self.utterances[-1].append(Note(decision, evidence, kept, active))
        if not evidence.is_final:
            return Wait(Reason.NOT_CONFIRMED)
        self.utterances.append([])
        return decision

    def _kept(self, decision: Decision, shares: Mapping[str, float]) -> Mapping[str, float]:
        heard = decision.meaning if isinstance(decision, Accept) else None
        return {
            phrase: share
            for phrase, share in shares.items()
            if share >= _LEAST_SHARE or (heard and self._known.meanings.get(phrase) == heard)
        }


@dataclass(frozen=True, slots=True)
class Trials:
    """Settings to be tried with one row; all else is as in `thresholds`."""

    row: Words | Talk
    thresholds: Thresholds
    settings: tuple[OpinionSettings, ...]


@dataclass(frozen=True, slots=True)
class _Clip:
    """What should be understood of a recording, "" for nothing, and its utterances' notes."""

    wanted: str
    is_talk: bool
    utterances: list[list[Note]] = field(default_factory=list)


def settings(start: OpinionSettings) -> tuple[OpinionSettings, ...]:
    """Those to try."""
    return tuple(
        replace(start, confirms=least, confirms_stop=stop, confirms_unasked=unasked, rescues=enough)
        for least, stop, unasked, enough in product(
            (0.003, 0.01, 0.02, 0.03, 0.05, 0.1),
            (0.002, 0.01, 0.02),  # "stop" is cheap to do and dear to miss
            (0.1, 0.3, 0.5),
            (0.3, 0.5, 0.7, 0.9),
        )
    )


def tried(bench: Bench, trials: Trials) -> list[Score]:
    """A row's score with each of the settings; of talk, false commands are counted as wrong.

    Raises:
        SystemExit: the model has no witness, so there is nothing to choose.
    """
    if bench.calibration.witness is None:
        raise SystemExit(f"{bench.folder.name} has no second witness: there is nothing to tune.")
    clips = [_noted(bench, trials, *each) for each in _recordings(trials.row)]
    grammar = bench.world.grammar
    rules = Acceptance(grammar, bench.calibration.acceptance)
    return [_score(clips, SecondOpinion(grammar, rules, each)) for each in trials.settings]


def _recordings(row: Words | Talk) -> Iterator[tuple[str, Samples, Surroundings]]:
    if isinstance(row, Talk):
        for clip in row.clips():
            yield "", clip.samples(), EVERYWHERE
        return
    for clip in row.clips():
        wanted = "" if row.kind == OTHERS else clip.label
        yield wanted, row.place.stage(clip), row.surroundings


def _noted(
    bench: Bench, trials: Trials, wanted: str, samples: Samples, surroundings: Surroundings
) -> _Clip:
    grammar, calibration = bench.world.grammar, bench.calibration
    rules = Acceptance(grammar, calibration.acceptance)
    noting = Noting(grammar, rules)
    listener = Listener(
        Ears(
            SileroActivity(),
            CommandRecognizers(bench.model.recognizer, grammar, trials.thresholds.weights),
            bench.model.recognizer(None),
            witness=calibration.witness,
        ),
        rules,
        bench.world.red_flags,
        calibration.endpointing,
        noting,
    )
    for start in range(0, len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES, BLOCK_SAMPLES):
        listener.hear(samples[start : start + BLOCK_SAMPLES], _SILENCE, surroundings)
    listener.finish(surroundings)
    return _Clip(wanted, isinstance(trials.row, Talk), noting.utterances)


def _score(clips: Iterable[_Clip], opinion: SecondOpinion) -> Score:
    score = Score()
    for clip in clips:
        meant = [heard for notes in clip.utterances if (heard := _understood(notes, opinion))]
        score.clips += 1
        score.right += meant == ([clip.wanted] if clip.wanted else [])
        score.wrong += len(meant) if clip.is_talk else bool(meant) and meant != [clip.wanted]
    return score


def _understood(notes: Sequence[Note], opinion: SecondOpinion) -> str:
    """What the first accepted decision on an utterance means, or ""."""
    for note in notes:
        decision = opinion.on(note.decision, note.evidence, note.shares, note.active)
        if isinstance(decision, Accept):
            return named(decision.meaning.intent, dict(decision.meaning.slots))
    return ""


def hours_of(row: Talk) -> float:
    """How long a row of talk is."""
    return sum(len(clip.samples()) for clip in row.clips()) / SAMPLE_RATE_HZ / 3600

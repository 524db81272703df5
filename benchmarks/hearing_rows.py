"""The rows of `hearing.py`'s tables: what is played, where, and how what is heard is counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.hearing_data import (
    Clip,
    RedFlagLine,
    in_living_room,
    other_words,
    real_clips,
    red_flag_lines,
    spoken_red_flags,
    synthetic_clips,
    talk,
    with_noise,
    word_end_seconds,
)
from benchmarks.hearing_systems import Heard, System
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.core.answers import ALL_INTENTS, ANSWERS
from voiceguide.core.intents import Intent
from voiceguide.core.state import Phase
from voiceguide.runtime.utterance import Surroundings

EVERYWHERE = Surroundings(ALL_INTENTS)
RATING = Surroundings(ANSWERS[Phase.RATING])

_MOVING = frozenset(
    {Intent.STOP, Intent.NEXT, Intent.BACK, Intent.PAUSE, Intent.RESUME, Intent.END}
    | {Intent.START_OVER, Intent.GO_TO_STEP, Intent.REPEAT}
)


@dataclass(slots=True)
class Score:
    """Of clips that should have been heard as their label: what became of them."""

    clips: int = 0
    right: int = 0
    wrong: int = 0
    delays_s: list[float] = field(default_factory=list)
    confusions: dict[str, int] = field(default_factory=dict)

    def add(self, wanted: str, accepted: Sequence[Heard], delay_s: float | None) -> None:
        """Count one clip; only a single accepted utterance of the right meaning is right."""
        self.clips += 1
        meant = [each.meaning for each in accepted]
        if meant == [wanted]:
            self.right += 1
            if delay_s is not None and accepted[0].is_quick:
                self.delays_s.append(delay_s)
        elif meant:
            self.wrong += 1
        if meant != [wanted]:
            key = f"{wanted} -> {' + '.join(meant) or 'nothing'}"
            self.confusions[key] = self.confusions.get(key, 0) + 1

    def figures(self) -> Mapping[str, Any]:
        """Shares of the clips, and percentiles of the delay in milliseconds."""
        clips = max(self.clips, 1)
        delays = np.percentile(self.delays_s, [50, 95]) if self.delays_s else (np.nan, np.nan)
        return {
            "clips": self.clips,
            "right": round(self.right / clips, 3),
            "wrong": round(self.wrong / clips, 3),
            "quick": len(self.delays_s),
            "delay_ms_p50": round(float(delays[0]) * 1000) if self.delays_s else None,
            "delay_ms_p95": round(float(delays[1]) * 1000) if self.delays_s else None,
            "delays_ms": sorted(round(delay * 1000) for delay in self.delays_s),
            "confusions": dict(sorted(self.confusions.items(), key=lambda item: -item[1])[:12]),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip is said: in noise of this ratio, and near or across a room."""

    snr_db: float | None = None
    is_far: bool = False

    def stage(self, clip: Clip) -> Samples:
        """The clip as the microphone there hears it."""
        samples = in_living_room(clip.samples()) if self.is_far else clip.samples()
        return samples if self.snr_db is None else with_noise(samples, self.snr_db, clip.path)

    def __str__(self) -> str:
        where = "across the room" if self.is_far else "near"
        return where if self.snr_db is None else f"{where}, {self.snr_db:g} dB"


PLACES = (
    *(Place(snr_db) for snr_db in (None, 20.0, 10.0, 6.0, 0.0)),
    *(Place(snr_db, is_far=True) for snr_db in (None, 10.0)),
)
CLEAN, NOISY = PLACES[0], PLACES[2]


def score(
    system: System, clips: Iterable[Clip], surroundings: Surroundings, place: Place = CLEAN
) -> Score:
    """Play the clips in a place."""
    result = Score()
    for clip in clips:
        end_s = word_end_seconds(clip.samples())
        accepted = system.hear(place.stage(clip), surroundings)
        delay_s = accepted[0].decided_s - end_s if accepted else None
        result.add(clip.label, accepted, delay_s)
    return result


def false_accepts(system: System, clips: Iterable[Clip], place: Place = CLEAN) -> Score:
    """The same for words that are no command: "right" is to accept nothing."""
    result = Score()
    for clip in clips:
        accepted = system.hear(place.stage(clip), EVERYWHERE)
        result.clips += 1
        result.wrong += bool(accepted)
        result.right += not accepted
        for each in accepted:
            key = f"{clip.label} -> {each.meaning}"
            result.confusions[key] = result.confusions.get(key, 0) + 1
    return result


def false_commands(system: System, recordings: Iterable[Samples]) -> Mapping[str, Any]:
    """Commands and red flags accepted in talk, music, noise and silence, an hour."""
    seconds, moving, other, flags = 0.0, 0, 0, 0
    heard: dict[str, int] = {}
    for samples in recordings:
        seconds += len(samples) / SAMPLE_RATE_HZ
        for each in system.hear(samples, EVERYWHERE):
            moving += each.intent in _MOVING
            other += each.intent is not None and each.intent not in _MOVING
            flags += each.intent is None
            key = f"{each.meaning}: {each.text}"
            heard[key] = heard.get(key, 0) + 1
    hours = max(seconds, 1.0) / 3600
    return {
        "hours": round(hours, 2),
        "moving_an_hour": round(moving / hours, 1),
        "other_an_hour": round(other / hours, 1),
        "red_flags_an_hour": round(flags / hours, 1),
        "heard": dict(sorted(heard.items(), key=lambda item: -item[1])[:12]),
    }


def red_flags(system: System, lines: Iterable[RedFlagLine]) -> Mapping[str, Any]:
    """Of spoken sentences: how often a red flag was raised or asked about, by the text's tier."""
    counts: dict[str, list[int]] = {}
    for line in lines:
        raised = any(each.is_red_flag for each in system.hear(spoken_red_flags(line), EVERYWHERE))
        told = counts.setdefault(line.tier, [0, 0])
        told[0] += 1
        told[1] += raised
    return {
        tier: {"sentences": n, "raised": round(raised / n, 3)}
        for tier, (n, raised) in sorted(counts.items())
    }


COMMANDS = "stop, yes, no (real)"
DIGITS = "digits where asked for (real)"
OTHERS = "other words (real)"
SYNTHETIC = "13 commands (synthetic)"
KINDS = (COMMANDS, DIGITS, OTHERS, SYNTHETIC)


@dataclass(frozen=True, slots=True)
class Words:
    """Single words of one kind in one place; `share` N plays each N-th recording only."""

    kind: str
    place: Place
    use: str = "report"
    share: int = 1

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return f"{self.kind}, {self.place}"

    def play(self, system: System) -> Mapping[str, Any]:
        """What became of them."""
        return self.scored(system).figures()

    def scored(self, system: System) -> Score:
        """The same, to be reckoned with."""
        if self.kind == OTHERS:
            return false_accepts(system, self.clips(), self.place)
        return score(system, self.clips(), self.surroundings, self.place)

    def clips(self) -> list[Clip]:
        """What is played."""
        use, share = self.use, self.share
        if self.kind == OTHERS:
            return other_words(use, share)
        if self.kind == SYNTHETIC:
            return synthetic_clips()[::share]
        return real_clips(use, share, digits=self.kind == DIGITS)

    @property
    def surroundings(self) -> Surroundings:
        """Digits are heard where they are asked for."""
        return RATING if self.kind == DIGITS else EVERYWHERE


@dataclass(frozen=True, slots=True)
class Talk:
    """Recordings in which no command is said."""

    name: str
    folder: str
    share: int = 1
    use: str = "report"

    def play(self, system: System) -> Mapping[str, Any]:
        """What was heard all the same, an hour."""
        return false_commands(system, (clip.samples() for clip in self.clips()))

    def clips(self) -> list[Clip]:
        """What is played."""
        return talk(self.folder, self.share, self.use)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing at all, and the hiss of better and worse microphones."""

    minutes: float = 10.0
    name: str = "silence and hiss"

    def play(self, system: System) -> Mapping[str, Any]:
        """What was heard all the same, an hour."""
        return false_commands(system, self._sounds())

    def _sounds(self) -> Iterator[Samples]:
        rng = np.random.default_rng(0)
        count = round(self.minutes * 60 * SAMPLE_RATE_HZ / len(_HISS_DBFS))
        for level_dbfs in _HISS_DBFS:
            hiss = rng.standard_normal(count, dtype=np.float32)
            yield hiss * np.float32(10 ** (level_dbfs / 20))


_HISS_DBFS = (-np.inf, -75.0, -60.0, -45.0)


@dataclass(frozen=True, slots=True)
class RedFlags:
    """Sentences with and without red flags, by synthetic voices."""

    share: int = 1
    use: str = "report"
    name: str = "red flags in sentences (synthetic)"

    def play(self, system: System) -> Mapping[str, Any]:
        """How many were raised, by tier."""
        return red_flags(system, red_flag_lines(self.use, self.share))


Row = Words | Talk | Silence | RedFlags

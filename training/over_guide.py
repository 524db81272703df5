"""Words said over the guide's voice, as the echo canceller hands them to the recognizer.

What it leaves of a voice under an echo is no noise that can be added to mel energies: bands are
turned down, and scraps of the guide stand between them. So clips are played in simulated rooms,
at random, while another voice reads, and go through the program's own canceller. The rooms and the
voice that the guide speaks with by default are not those that `benchmarks/own_voice.py` measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from training import bank
from training.bank import Bank
from training.corpus import SAMPLE_RATE_HZ, Samples
from training.dataset import Kind, is_dev
from training.features import LogMels, log_mels
from voiceguide.audio.echo_canceller import ALGORITHMIC_DELAY_SAMPLES, KalmanEchoCanceller
from voiceguide.audio.room import (
    USER_LEVEL_DBFS,
    Echo,
    Room,
    active_level_dbfs,
    at_level,
    blocks_of,
    microphone_noise,
    reverberated,
)

NAME = "over_guide"
GUIDES = ("flite-rms", "flite-kal16", "pico-en-US", "pico-en-GB")
"""Voices of training material that stand in for the guide's."""
CLIPS = {"synthetic": 3_000, "isolated": 500, "words": 500, "cut_words": 500, "sentences": 300}
"""How many clips of each kind are said over the guide: some three hours of scenes."""

_CLIPS_A_SCENE = 24
_WARM_SECONDS = 6.0
_GAP_SECONDS = (0.4, 1.2)
_LEVELS_DB = (-6.0, 12.0)
"""The echo's level relative to the user's."""
_HOLD_SECONDS = (0.12, 0.5)
_HOLDS = 0.7
"""How often the guide falls silent soon after the user begins, as it does when it notices."""
_FADE_SAMPLES = SAMPLE_RATE_HZ // 50
_AFTER_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Turn:
    """One clip in a scene."""

    clip: int
    begin: int
    samples: Samples


def featurised(clips: Bank, folder: Path, counts: Mapping[str, int] = CLIPS, seed: int = 4) -> Kind:
    """Features of clips said over the guide, as one more kind; labels are those of the clips.

    Args:
        clips: all training material.
        folder: where the bank was saved, for the processes that play the scenes.
        counts: how many clips of each kind.
        seed: of rooms, levels and choice.
    """
    rng = np.random.default_rng(seed)
    chosen = random_clips(clips, counts, rng)
    scenes = [chosen[i : i + _CLIPS_A_SCENE] for i in range(0, len(chosen), _CLIPS_A_SCENE)]
    kind = Kind()
    with ProcessPoolExecutor() as pool:
        seeds = range(seed, seed + len(scenes))
        for found in pool.map(partial(_scene, folder), scenes, seeds):
            for clip, mels in found:
                kind.features.append(mels)
                kind.origin.append((clip, 1.0))
    return kind


def random_clips(clips: Bank, counts: Mapping[str, int], rng: np.random.Generator) -> list[int]:
    """Clip numbers, in random order; nobody of the set-aside speakers."""
    found: list[int] = []
    for name, count in counts.items():
        usable = [i for i, c in enumerate(clips.clips) if c.kind == name and not is_dev(c)]
        found += [int(i) for i in rng.permutation(usable)[:count]]
    return [int(i) for i in rng.permutation(found)]


def random_room(rng: np.random.Generator) -> Room:
    """From a headset to a tiled hall, by good and bad devices."""
    return Room(
        reverberation_seconds=float(rng.uniform(0.1, 1.0)),
        delay_seconds=float(rng.uniform(0.02, 0.15)),
        drive=float(rng.uniform(1.0, 3.0)),
        reverberant_share=float(rng.uniform(0.0, 0.7)),
        drift_ppm=float(rng.uniform(0, 50)),
        noise_dbfs=float(rng.uniform(-75, -60)),
    )


def _scene(folder: Path, chosen: Sequence[int], seed: int) -> list[tuple[int, LogMels]]:
    """Clip numbers and what the recognizer gets of them."""
    clips, rng = bank.read(folder), np.random.default_rng(seed)
    room = random_room(rng)
    turns = list(placed_turns(clips, chosen, room, rng))
    last = turns[-1]
    length = last.begin + len(last.samples) + SAMPLE_RATE_HZ
    guide = falling_silent(reading_guide(clips, length, rng), turns, rng)
    user = np.zeros(length, np.float32)
    for turn in turns:
        user[turn.begin : turn.begin + len(turn.samples)] += turn.samples
    heard = _heard(user, guide, room, float(rng.uniform(*_LEVELS_DB)), seed)
    return [(turn.clip, _cut(heard, turn, len(clips.samples(turn.clip)))) for turn in turns]


def placed_turns(
    clips: Bank,
    chosen: Sequence[int],
    room: Room,
    rng: np.random.Generator,
    warm_seconds: float = _WARM_SECONDS,
    gap_seconds: tuple[float, float] = _GAP_SECONDS,
) -> Iterator[Turn]:
    """The clips one after the other, as they are heard in the room."""
    begin = round(warm_seconds * SAMPLE_RATE_HZ)
    for clip in chosen:
        said = at_level(clips.samples(clip), USER_LEVEL_DBFS)
        samples = reverberated(said, room, int(rng.integers(1 << 31)))
        yield Turn(clip, begin, samples)
        begin += len(samples) + round(rng.uniform(*gap_seconds) * SAMPLE_RATE_HZ)


def reading_guide(
    clips: Bank, length: int, rng: np.random.Generator, voices: Sequence[str] = GUIDES
) -> Samples:
    """One of these voices, which reads on and on."""
    voice = voices[rng.integers(len(voices))]
    said = [i for i, c in enumerate(clips.clips) if c.speaker == voice and len(c.text.split()) >= 6]
    parts: list[Samples] = []
    while sum(map(len, parts)) < length:
        parts.append(clips.samples(int(rng.choice(said))) * np.float32(3.0))
    return np.clip(np.concatenate(parts)[:length], -1, 1)


def falling_silent(guide: Samples, turns: Sequence[Turn], rng: np.random.Generator) -> Samples:
    """The guide's voice, silent for the rest of a turn once it has noticed the user."""
    guide = guide.copy()
    for turn in turns:
        if rng.random() < _HOLDS:
            begin = turn.begin + round(rng.uniform(*_HOLD_SECONDS) * SAMPLE_RATE_HZ)
            end = max(begin + _FADE_SAMPLES, turn.begin + len(turn.samples))
            guide[begin : begin + _FADE_SAMPLES] *= np.linspace(1, 0, _FADE_SAMPLES)
            guide[begin + _FADE_SAMPLES : end] = 0
    return guide


def _heard(user: Samples, guide: Samples, room: Room, echo_db: float, seed: int) -> Samples:
    """What the canceller makes of both in the room; later by its delay."""
    canceller, noise = KalmanEchoCanceller(), microphone_noise(room, seed)
    echo = Echo(room, USER_LEVEL_DBFS + echo_db - echo_level_dbfs(guide, room, seed), seed)
    blocks = zip(blocks_of(user), blocks_of(guide), noise, strict=False)
    return np.concatenate(
        [
            canceller.cancel(np.clip(near + echo.block(far) + hiss, -1, 1), far)
            for near, far, hiss in blocks
        ]
    )


def echo_level_dbfs(guide: Samples, room: Room, seed: int) -> float:
    """The level at which it arrives when played as it is."""
    trial = Echo(room, 0.0, seed)
    first = guide[: round(_WARM_SECONDS * SAMPLE_RATE_HZ)]
    return active_level_dbfs(np.concatenate([trial.block(b) for b in blocks_of(first)])) or 0.0


def _cut(heard: Samples, turn: Turn, length: int) -> LogMels:
    """The clip's own stretch, and a little of what comes after it."""
    begin = turn.begin + ALGORITHMIC_DELAY_SAMPLES
    end = begin + length + round(_AFTER_SECONDS * SAMPLE_RATE_HZ)
    return log_mels(heard[begin:end]).astype(np.float16)

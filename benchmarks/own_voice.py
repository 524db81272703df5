"""Does the guide hear itself, and can a person talk over it? Figures and plots.

    python benchmarks/own_voice.py [--model DIR] [--jobs N] [--out DIR] [--json] [--full]
    python benchmarks/own_voice.py --measured [...]

Every part is the program's own; only the room is simulated (`voiceguide.audio.room`). With our
canceller every routine is read to its end in every room, and every word is said over it; without
`--full` the others read less and hear every tenth word. The canceller was tuned in other rooms,
with other guide's voices and other speakers. WebRTC's canceller stands beside ours where
`pywebrtc-audio` is installed. `--measured`: instead of all that, ours in rooms that were measured,
and in rooms by image sources where `pyroomacoustics` is installed.
"""

import argparse
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hearing_data import DATA, talk
from benchmarks.own_voice_guide import OURS, Guide, cancellers, spoken_clauses, words
from benchmarks.own_voice_report import as_markdown, measured_markdown, write_plots
from benchmarks.own_voice_rooms import other_rooms, room_named
from benchmarks.own_voice_scene import Acoustics, Outcome, Scene, Word
from voiceguide.audio.echo_canceller import KalmanEchoCanceller
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.room import ROOMS, USER_LEVEL_DBFS, at_level
from voiceguide.commands.resources import find_model
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.ports import EchoCanceller
from voiceguide.runtime.utterance import Utterance

LEVELS_DB = (0.0, 10.0)
_MEASURED_LEVELS_DB = (10.0,)
_EVERY_MEASURED_WORD = 3
_FALSE_PAUSE_EVERY_SECONDS = 10.0
_NOISE_MINUTES = 20.0
_THIN_SECONDS = 40.0
_THIN_WORDS = 10


@dataclass(slots=True)
class Triggers:
    """What the guide made of its own voice."""

    minutes: float = 0.0
    commands: int = 0
    red_flags: int = 0
    pauses: int = 0
    heard: list[str] = field(default_factory=list)
    resumed_s: list[float] = field(default_factory=list)

    def add(self, utterances: Iterable[Utterance], scene: Scene, minutes: float) -> None:
        """Count one reading."""
        self.minutes += minutes
        self.pauses += len(scene.holds)
        self.resumed_s += scene.resumed_after_s
        for utterance in utterances:
            if utterance.accepted:
                is_flag = utterance.intent is None
                self.red_flags += is_flag
                self.commands += not is_flag
                self.heard.append(utterance.text)

    def figures(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "minutes": round(self.minutes, 1),
            "commands": self.commands,
            "red_flags": self.red_flags,
            "pauses": self.pauses,
            "heard": sorted(set(self.heard)),
            "resumed_s": [round(s, 2) for s in self.resumed_s],
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """Routines read through in one room at one level: each `every`-th, beginning at `first`."""

    canceller: str
    room: str
    level_db: float
    first: int = 0
    every: int = 1
    longest_seconds: float = float("inf")
    """Of each routine."""

    def measured(self, guide: Guide) -> dict[str, Any]:
        """What the guide made of its own voice."""
        triggers = Triggers()
        for seed, routine in enumerate(guide.world.routines):
            if seed % self.every != self.first:
                continue
            clauses = spoken_clauses(guide.world, routine.id)
            seconds = sum(len(guide.render(text)) for text in clauses) / SAMPLE_RATE_HZ
            seconds = min(seconds + 0.25 * len(clauses), self.longest_seconds)
            acoustics = Acoustics(room_named(self.room), self.level_db, seed)
            scene = guide.scene(clauses, acoustics, cancellers()[self.canceller]())
            triggers.add(scene.read(seconds, ALL_INTENTS), scene, seconds / 60)
        return triggers.figures()


@dataclass(slots=True)
class Hits:
    """Of words said over the guide: how many were acted on, and when the guide was silent."""

    words: int = 0
    hits: int = 0
    wrong: int = 0
    silent_after_s: list[float] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one word."""
        meant = [u.intent.value if u.intent else str(u.tier) for u in outcome.accepted]
        self.words += 1
        self.hits += outcome.label in meant
        self.wrong += any(each != outcome.label for each in meant)
        if outcome.label == "stop" and outcome.paused_after_s is not None:
            self.silent_after_s.append(outcome.paused_after_s)


@dataclass(frozen=True, slots=True)
class TalkingOver:
    """Words said over the guide in one room at both levels, and without the guide speaking."""

    canceller: str
    room: str
    seed: int
    every: int = 1
    """1 for all words."""

    def measured(self, guide: Guide) -> dict[str, Any]:
        """How many were acted on."""
        said = words()[:: self.every]
        silent = Acoustics(room_named(self.room), 0.0, self.seed, is_guide_silent=True)
        alone = self._hits(guide, said, silent)
        row: dict[str, Any] = {"words": alone.words, "alone": alone.hits}
        for level in LEVELS_DB:
            over = self._hits(guide, said, replace(silent, echo_db=level, is_guide_silent=False))
            row[f"{level:+.0f} dB"] = {
                "hits": over.hits,
                "wrong": over.wrong,
                "ratio": round(over.hits / max(alone.hits, 1), 2),
                "stops_s": [round(s, 2) for s in over.silent_after_s],
            }
        return row

    def _hits(self, guide: Guide, said: Sequence[Word], acoustics: Acoustics) -> Hits:
        routine = guide.world.routines[0]
        clauses = [text for text in spoken_clauses(guide.world, routine.id) if len(text) > 30]
        scene = guide.scene(clauses, acoustics, cancellers()[self.canceller]())
        hits = Hits()
        for outcome in scene.say(said, ALL_INTENTS):
            hits.add(outcome)
        return hits


@dataclass(frozen=True, slots=True)
class Disturbances:
    """Coughs, dogs, clocks and kitchens while the guide reads in the living room at 0 dB."""

    minutes: float

    def measured(self, guide: Guide) -> dict[str, Any]:
        """How often it fell silent, and for how long."""
        clips = [clip for clip in talk("noise", 3) if "song" not in clip.label.lower()]
        clauses = spoken_clauses(guide.world, guide.world.routines[0].id)
        acoustics = Acoustics(ROOMS["living-room"], 0.0, seed=7)
        scene = guide.scene(clauses, acoustics, KalmanEchoCanceller())
        times = round(self.minutes * 60 / _FALSE_PAUSE_EVERY_SECONDS)
        for clip, _ in zip(cycle(clips), range(times), strict=False):
            sound = clip.samples()[: 5 * SAMPLE_RATE_HZ]
            scene.play(at_level(sound, USER_LEVEL_DBFS - 10))
            scene.read(_FALSE_PAUSE_EVERY_SECONDS, ALL_INTENTS)
        return {
            "sounds": len(clips),
            "minutes": round(scene.now_s / 60, 1),
            "pauses": len(scene.holds),
            "resumed_s": [round(s, 2) for s in scene.resumed_after_s],
        }


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the cancellers alone while the guide speaks, and of our memory over an hour's blocks."""

    def measured(self, guide: Guide) -> dict[str, Any]:
        """Shares of a core, and kilobytes."""
        far_end = np.concatenate([guide.render(text) for text in _LOUD_TEXTS])
        blocks = far_end[: len(far_end) // BLOCK_SAMPLES * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES)
        figures: dict[str, Any] = {}
        for name, make in cancellers().items():
            canceller = make()
            began = time.process_time()
            for _ in range(5):
                for block in blocks:
                    canceller.cancel(block * np.float32(0.3), block)
            spent = time.process_time() - began
            figures[name] = round(spent / (5 * len(blocks) * BLOCK_SAMPLES / SAMPLE_RATE_HZ), 4)
        return figures | {"growth_kb_an_hour": _growth_kb(blocks)}


_LOUD_TEXTS = (
    "Lay both hands flat on the lower back, one on each side, and stroke slowly up.",
    "Move up beside the spine in small circles, and never on the bones themselves.",
)


def _growth_kb(blocks: Samples) -> float:
    """What is allocated after 18 minutes more than after two, times three."""
    canceller = KalmanEchoCanceller()
    tracemalloc.start()
    try:
        _run_minutes(canceller, blocks, 2)
        before = tracemalloc.get_traced_memory()[0]
        _run_minutes(canceller, blocks, 18)
        return round((tracemalloc.get_traced_memory()[0] - before) / 1024 * 60 / 18, 1)
    finally:
        tracemalloc.stop()


def _run_minutes(canceller: EchoCanceller, blocks: Samples, minutes: int) -> None:
    for number in range(minutes * 60 * SAMPLE_RATE_HZ // BLOCK_SAMPLES):
        block = blocks[number % len(blocks)]
        canceller.cancel(block * np.float32(0.3), block)


Task = Reading | TalkingOver | Disturbances | Cost


def _figures(folder: Path, jobs: int, *, is_full: bool) -> dict[str, Any]:
    names = list(cancellers())
    cells = [(room, level) for room in ROOMS for level in LEVELS_DB]
    tasks: list[Task] = []
    for name in names:
        every = 1 if name == OURS or is_full else _THIN_WORDS
        tasks += [TalkingOver(name, room, seed, every) for seed, room in enumerate(ROOMS)]
    for name in names:
        is_thin = name != OURS and not is_full
        tasks += [_reading(name, cells, cell, is_thin=is_thin) for cell in range(len(cells))]
    done = _each(folder, jobs, [*tasks, Disturbances(_NOISE_MINUTES)])
    figures: dict[str, Any] = {
        "model": folder.name,
        "full": is_full,
        "words": len(words()),
        "over": {name: {room: next(done) for room in ROOMS} for name in names},
        "own_voice": {
            name: {f"{room} {level:+.0f} dB": next(done) for room, level in cells} for name in names
        },
        "false_pauses": next(done),
    }
    # Alone, so that nothing else has the processor.
    return figures | {"cost": next(_each(folder, 1, [Cost()]))}


def _reading(
    canceller: str, cells: Sequence[tuple[str, float]], cell: int, *, is_thin: bool
) -> Reading:
    """Thin: each routine in one cell only, and its beginning."""
    reading = Reading(canceller, *cells[cell])
    if not is_thin:
        return reading
    return replace(reading, first=cell, every=len(cells), longest_seconds=_THIN_SECONDS)


def _figures_measured(folder: Path, jobs: int) -> dict[str, Any]:
    """Ours in rooms that nobody here invented."""
    names = list(other_rooms())
    tasks: list[Task] = [
        TalkingOver(OURS, name, seed, _EVERY_MEASURED_WORD) for seed, name in enumerate(names)
    ]
    tasks += [Reading(OURS, name, level) for name in names for level in _MEASURED_LEVELS_DB]
    done = _each(folder, jobs, tasks)
    over = {name: next(done) for name in names}
    read = {
        f"{name} {level:+.0f} dB": next(done) for name in names for level in _MEASURED_LEVELS_DB
    }
    return {"model": folder.name, "over": {OURS: over}, "own_voice": {OURS: read}}


def _each(folder: Path, jobs: int, tasks: Sequence[Task]) -> Iterator[dict[str, Any]]:
    """What each task measures, in their order; the workers have a guide of their own."""
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_prepare, initargs=(folder,)) as pool:
        for task, figures in zip(tasks, pool.map(_measured, tasks), strict=True):
            sys.stderr.write(f"{time.strftime('%H:%M:%S')} {task}\n")
            yield figures


_GUIDE: list[Guide] = []
"""One, in each worker."""


def _prepare(folder: Path) -> None:
    _GUIDE[:] = [Guide.of(folder)]


def _measured(task: Task) -> dict[str, Any]:
    return task.measured(_GUIDE[0])


def main() -> None:
    """Measure, and write the page and the plots where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", metavar="DIR", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processor cores")
    parser.add_argument("--out", metavar="DIR", type=Path, help="such as docs/reference")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--full", action="store_true", help="all with every canceller; an hour or more"
    )
    parser.add_argument("--measured", action="store_true", help="in measured rooms")
    args = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"The development audio is not here: {DATA}")
    model = find_model(args.model)
    if args.measured:
        figures = _figures_measured(model, args.jobs)
        page, name = measured_markdown(figures), "own_voice_measured.md"
    else:
        figures = _figures(model, args.jobs, is_full=args.full)
        page, name = as_markdown(figures), "own_voice.md"
    print(json.dumps(figures) if args.json else page)
    if args.out is not None:
        if not args.measured:
            write_plots(figures, args.out / "img")
        (args.out / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

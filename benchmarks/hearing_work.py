"""Spreads the work of `hearing.py` over processor cores; each worker has a model of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.hearing_rows import Row
from benchmarks.hearing_systems import OURS, System, make_system
from voiceguide.adapters.vosk_recognizer import VoskModel, load_model
from voiceguide.commands.ears import Calibration, load_calibration
from voiceguide.commands.library import load_library
from voiceguide.content.language import load_language
from voiceguide.core.second_opinion import OpinionSettings
from voiceguide.core.turn import World
from voiceguide.runtime.command_recognizers import PhraseWeights

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker keeps between its tasks."""

    folder: Path
    model: VoskModel
    world: World
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is tuned."""

    weights: PhraseWeights
    opinion: OpinionSettings

    @classmethod
    def of(cls, folder: Path) -> "Thresholds":
        """Those of a model."""
        calibration = load_calibration(folder)
        return cls(calibration.weights, calibration.opinion)

    def of_model(self, calibration: Calibration) -> Calibration:
        """A model's calibration with these instead of its own."""
        return replace(calibration, weights=self.weights, opinion=self.opinion)

    def as_json(self) -> dict[str, object]:
        """As `calibration.json` holds them."""
        return {"weights": asdict(self.weights), "opinion": asdict(self.opinion)}


@dataclass(frozen=True, slots=True)
class Task:
    """A row for one system; ours hears with these thresholds."""

    row: Row
    thresholds: Thresholds
    system: str = OURS

    def made(self, bench: Bench) -> System:
        """The system, new."""
        calibration = self.thresholds.of_model(bench.calibration)
        return make_system(self.system, bench.folder, bench.model, bench.world, calibration)


@dataclass(frozen=True, slots=True)
class Played:
    """What a task gave, and what it cost."""

    task: Task
    figures: Mapping[str, Any]
    heard_seconds: float
    cpu_seconds: float


def play(bench: Bench, task: Task) -> Played:
    """One row, as it goes into the tables."""
    system = task.made(bench)
    figures = task.row.play(system)
    return Played(task, figures, system.heard_seconds, system.cpu_seconds)


class Workers:
    """A pool of processes for one model."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def each(
        self, function: Callable[[Bench, _Item], _Result], items: Iterable[_Item]
    ) -> Iterator[_Result]:
        """What a function of a module makes of each item; in their order."""
        return self._pool.map(partial(_on_bench, function), items)


@contextmanager
def hired(folder: Path, jobs: int) -> Iterator[Workers]:
    """Workers for a while."""
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_prepare, initargs=(folder,)) as pool:
        yield Workers(pool)


_BENCH: list[Bench] = []
"""One, in each worker."""


def _prepare(folder: Path) -> None:
    world = load_language("en").world(load_library().routines)
    _BENCH[:] = [Bench(folder, load_model(folder), world, load_calibration(folder))]


def _on_bench(function: Callable[[Bench, _Item], _Result], item: _Item) -> _Result:
    return function(_BENCH[0], item)

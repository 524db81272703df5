"""How well the listening chain hears: acceptance, false commands, red flags, delay and cost.

    python benchmarks/hearing.py [--model DIR] [--out DIR] [--share N] [--alone]
                                 [--calibrate all|opinions]

Everything goes through the real `Listener`, as in `voiceguide hear`. A speaker has one use
(`training/speakers.py`): half of them were learned from, thresholds are tuned with a quarter
(`--calibrate all`), figures are reported of the last one. Noises and synthetic voices are such as
no model was trained on. Beside ours stand vosk as its own example uses it, and PocketSphinx where
it is installed; `--alone` leaves them out.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import calibration
from benchmarks.hearing_data import DATA
from benchmarks.hearing_decoys import short_words
from benchmarks.hearing_memory import megabytes
from benchmarks.hearing_report import as_markdown, write_plots
from benchmarks.hearing_rows import (
    CLEAN,
    COMMANDS,
    KINDS,
    NOISY,
    OTHERS,
    PLACES,
    Place,
    RedFlags,
    Row,
    Silence,
    Talk,
    Words,
)
from benchmarks.hearing_systems import OURS, SPHINX, others
from benchmarks.hearing_tuning import Trial, Tuning, worth_showing
from benchmarks.hearing_work import Played, Task, Thresholds, Workers, hired, play
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model
from voiceguide.content.language import load_language

_LITTLE = 12
_SELDOM = 8


def rows(places: Sequence[Place], share: int) -> list[Row]:
    """Single words in each place."""
    return [Words(kind, place, share=share) for place in places for kind in KINDS]


def all_rows(share: int) -> list[Row]:
    """Every row of our tables; the long ones first, so that no core waits for them."""
    return [
        Talk("read speech", "read_speech", share),
        Talk("orders", "orders", share),
        Talk("noise and music", "noise", share),
        Silence(),
        RedFlags(share),
        *rows(PLACES, share),
    ]


def rows_beside(system: str, share: int) -> list[Row]:
    """What another system hears as well; PocketSphinx, at six seconds a word, only some words."""
    if system == SPHINX:
        kinds, share = (COMMANDS, OTHERS), _SELDOM * share
        return [Words(kind, place, share=share) for place in (CLEAN, NOISY) for kind in kinds]
    return [
        Talk("read speech", "read_speech", _LITTLE * share),
        Talk("orders", "orders", _LITTLE * share),
        *rows((CLEAN, NOISY), share),
    ]


def measure(
    workers: Workers, thresholds: Thresholds, share: int, *, alone: bool
) -> dict[str, object]:
    """Every table."""
    tasks = [Task(row, thresholds) for row in all_rows(share)]
    beside = () if alone else others()
    tasks += [Task(row, thresholds, name) for name in beside for row in rows_beside(name, share)]
    played = list(workers.each(play, tasks))
    figures = _in_order(_of(played, OURS), share)
    figures["cores"] = _cores(_of(played, OURS))
    figures["beside"] = {
        name: {**_in_order(_of(played, name), share), "cores": _cores(_of(played, name))}
        for name in beside
    }
    return figures


def _of(played: Iterable[Played], system: str) -> list[Played]:
    return [each for each in played if each.task.system == system]


def _in_order(played: Sequence[Played], share: int) -> dict[str, object]:
    """Words first, as they are read."""
    order = [row.name for row in [*rows(PLACES, share), *all_rows(share)]]
    found = {each.task.row.name: each.figures for each in played}
    return {name: found[name] for name in order if name in found}


def _cores(played: Sequence[Played]) -> float:
    """Processor time for a second of sound."""
    heard = sum(each.heard_seconds for each in played)
    return round(sum(each.cpu_seconds for each in played) / max(heard, 1.0), 3)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="writes hearing.json, hearing.md")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="each N-th clip only")
    parser.add_argument(
        "--calibrate",
        choices=("all", "opinions"),
        help="first tune with every recording for that, and write thresholds: all, or those that "
        "do not change the grammar",
    )
    parser.add_argument("--alone", action="store_true", help="without the systems to compare with")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processor cores")
    return parser.parse_args()


def main() -> int:
    """Measure, print and write."""
    args = _arguments()
    if not DATA.is_dir():
        sys.stderr.write(f"There is no development audio in {DATA}: see the README beside it.\n")
        return 2
    folder = find_model(args.model)
    began = time.perf_counter()
    load_model(folder)
    load_seconds = time.perf_counter() - began
    thresholds = Thresholds.of(folder)
    with hired(folder, args.jobs) as workers:
        if args.calibrate:
            words = _vocabulary(folder) if args.calibrate == "all" else ()
            trials = Tuning(workers).run(thresholds, words)
            thresholds = trials[-1].thresholds
            calibration.update(folder, _as_tables(thresholds, worth_showing(trials)))
        figures = measure(workers, thresholds, args.share, alone=args.alone)
    figures["trials"] = calibration.read(folder).get("trials", [])
    figures["cost"] = {
        "model": folder.name,
        "model_mb": round(_folder_bytes(folder) / 1e6, 1),
        "load_s": round(load_seconds, 3),
        "cores": figures.pop("cores"),
        "memory_mb": megabytes(folder),
        "share": args.share,
    }
    figures["command"] = " ".join(["python benchmarks/hearing.py", *sys.argv[1:]])
    print(json.dumps(figures, indent=1))
    if args.out:
        _write(figures, args.out)
    return 0


def _vocabulary(folder: Path) -> list[str]:
    """Short words that the model knows and that are no phrase."""
    lines = (folder / "graph/words.txt").read_text(encoding="utf-8").splitlines()
    grammar = load_language("en").world(load_library().routines).grammar
    return short_words([line.split()[0] for line in lines], grammar)


def _write(figures: Mapping[str, object], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "hearing.json").write_text(json.dumps(figures, indent=1) + "\n")
    plots = write_plots(figures, out)
    (out / "hearing.md").write_text(as_markdown(figures, plots))


def _as_tables(thresholds: Thresholds, trials: Sequence[Trial]) -> dict[str, object]:
    """For the model's calibration; the trials are for the plot."""
    tried = [[round(trial.missed, 4), round(trial.false, 4)] for trial in trials]
    return {**thresholds.as_json(), "trials": tried}


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main())

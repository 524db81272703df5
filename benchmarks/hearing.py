"""How well the listening chain hears: acceptance, false commands, red flags, delay and cost.

    python benchmarks/hearing.py [--model DIR] [--out DIR] [--share N] [--calibrate] [--alone]

Everything goes through the real `Listener`, as in `voiceguide hear`. Speakers are split in two by
a hash of their names: thresholds are tuned on one half (`--calibrate`), figures are reported on the
other. Noises and synthetic voices are such as no model was trained on. Beside ours stand vosk as
its own example uses it, and PocketSphinx where it is installed; `--alone` leaves them out.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hearing_data import (
    DATA,
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
from benchmarks.hearing_report import as_markdown, write_plots
from benchmarks.hearing_systems import Chain, Heard, System, others
from voiceguide.adapters.vosk_recognizer import VoskModel, load_model
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.commands.ears import CALIBRATION_FILE, Calibration, load_calibration
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model
from voiceguide.content.language import load_language
from voiceguide.core.answers import ALL_INTENTS, ANSWERS
from voiceguide.core.intents import Intent
from voiceguide.core.state import Phase
from voiceguide.core.turn import World
from voiceguide.runtime.listener import Surroundings

EVERYWHERE = Surroundings(ALL_INTENTS)
RATING = Surroundings(ANSWERS[Phase.RATING])
_TUNING_SHARE = 6
"""Of the tuning half, each sixth clip: each of ten settings hears all of them twice."""

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

    def figures(self) -> dict[str, object]:
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


def false_commands(system: System, recordings: Iterable[Clip]) -> dict[str, object]:
    """Commands and red flags accepted in talk, music and noise, an hour."""
    seconds, moving, other, flags = 0.0, 0, 0, 0
    heard: dict[str, int] = {}
    for recording in recordings:
        samples = recording.samples()
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


def red_flags(system: System, lines: Iterable[RedFlagLine]) -> dict[str, object]:
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


@dataclass(frozen=True, slots=True)
class Material:
    """What is played, of one half of the speakers."""

    commands: list[Clip]
    digits: list[Clip]
    others: list[Clip]
    synthetic: list[Clip]

    @classmethod
    def of(cls, half: str, share: int) -> "Material":
        """`share` N takes each N-th recording only."""
        return cls(
            real_clips(half, share),
            real_clips(half, share, digits=True),
            other_words(half, share),
            synthetic_clips()[::share],
        )


def words(system: System, material: Material, places: Sequence[Place]) -> dict[str, object]:
    """Single words in each place."""
    rows: dict[str, object] = {}
    for place in places:
        rows |= {
            f"stop, yes, no (real), {place}": score(
                system, material.commands, EVERYWHERE, place
            ).figures(),
            f"digits where asked for (real), {place}": score(
                system, material.digits, RATING, place
            ).figures(),
            f"other words (real), {place}": false_accepts(system, material.others, place).figures(),
            f"13 commands (synthetic), {place}": score(
                system, material.synthetic, EVERYWHERE, place
            ).figures(),
        }
    return rows


def measure(system: System, share: int) -> dict[str, object]:
    """Every table of one system."""
    return {
        **words(system, Material.of("report", share), PLACES),
        "read speech": false_commands(system, talk("read_speech", share)),
        "orders": false_commands(system, talk("orders", share)),
        "noise and music": false_commands(system, talk("noise", share)),
        "red flags in sentences (synthetic)": red_flags(system, red_flag_lines(share)),
    }


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting on the tuning half."""

    calibration: Calibration
    missed: float
    false: float

    @property
    def worth(self) -> float:
        """To act on what was no command is as bad as to miss three."""
        return -self.missed - 3 * self.false


def calibrated(model: VoskModel, world: World, start: Calibration, share: int) -> list[Trial]:
    """Tries the thresholds on the tuning half, one kind after the other; the best comes last."""
    material = Material.of("tune", _TUNING_SHARE * share)

    def tried(calibration: Calibration) -> Trial:
        chain = Chain(model, world, calibration)
        missed, false = [], []
        for place in (CLEAN, NOISY):
            for clips, where in ((material.commands, EVERYWHERE), (material.digits, RATING)):
                result = score(chain, clips, where, place)
                missed.append(1 - result.right / max(result.clips, 1))
                false.append(result.wrong / max(result.clips, 1))
            strangers = false_accepts(chain, material.others, place)
            false.append(strangers.wrong / max(strangers.clips, 1))
        trial = Trial(calibration, float(np.mean(missed)), float(np.mean(false)))
        sys.stderr.write(f"{_setting(calibration)}: {trial.missed:.3f} {trial.false:.3f}\n")
        return trial

    trials = [tried(start)]
    best = trials[0]
    for alternatives in (_weights, _opinions):
        trials += [tried(each) for each in alternatives(best.calibration)]
        best = max(trials, key=lambda trial: trial.worth)
    return [*trials, best]


def _weights(calibration: Calibration) -> list[Calibration]:
    return [
        replace(calibration, weights=replace(calibration.weights, single_words=n, unknown=unknown))
        for n, unknown in ((60, 1), (10, 20), (60, 20))
    ]


def _opinions(calibration: Calibration) -> list[Calibration]:
    if calibration.witness is None:
        return []
    return [
        replace(
            calibration,
            opinion=replace(
                calibration.opinion, confirms=least, confirms_stop=least / 5, rescues=enough
            ),
        )
        for least in (0.01, 0.03, 0.1)
        for enough in (0.4, 0.7)
    ]


def _setting(calibration: Calibration) -> str:
    return f"{calibration.weights} {calibration.opinion}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="writes hearing.json, hearing.md")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="each N-th clip only")
    parser.add_argument("--calibrate", action="store_true", help="first tune and write thresholds")
    parser.add_argument("--alone", action="store_true", help="without the systems to compare with")
    return parser.parse_args()


def main() -> int:
    """Measure, print and write."""
    args = _arguments()
    if not DATA.is_dir():
        sys.stderr.write(f"There is no development audio in {DATA}: see the README beside it.\n")
        return 2
    folder = find_model(args.model)
    began = time.perf_counter()
    model = load_model(folder)
    load_seconds = time.perf_counter() - began
    world = load_language("en").world(load_library().routines)
    calibration, trials = load_calibration(folder), []
    if args.calibrate:
        trials = calibrated(model, world, calibration, args.share)
        calibration = trials[-1].calibration
        _write_calibration(folder, calibration)
    chain = Chain(model, world, calibration)
    figures = measure(chain, args.share)
    figures["trials"] = [[trial.missed, trial.false] for trial in trials]
    figures["cost"] = {
        "model": folder.name,
        "model_mb": round(_folder_bytes(folder) / 1e6, 1),
        "load_s": round(load_seconds, 3),
        "cores": round(chain.cpu_seconds / chain.heard_seconds, 3),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "share": args.share,
    }
    if not args.alone:
        figures["beside"] = beside(folder, world, args.share)
    print(json.dumps(figures, indent=1))
    if args.out:
        _write(figures, args.out)
    return 0


def beside(folder: Path, world: World, share: int) -> dict[str, object]:
    """The same words and talk, as other systems hear them."""
    material = Material.of("report", share)
    return {
        name: {
            **words(system, material, (CLEAN, NOISY)),
            "read speech": false_commands(system, talk("read_speech", share)),
            "orders": false_commands(system, talk("orders", share)),
            "cores": round(system.cpu_seconds / system.heard_seconds, 3),
        }
        for name, system in others(folder, world.grammar)
    }


def _write(figures: Mapping[str, object], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "hearing.json").write_text(json.dumps(figures, indent=1) + "\n")
    plots = write_plots(figures, out)
    (out / "hearing.md").write_text(as_markdown(figures, plots))


def _write_calibration(folder: Path, calibration: Calibration) -> None:
    table = {"weights": asdict(calibration.weights), "opinion": asdict(calibration.opinion)}
    (folder / CALIBRATION_FILE).write_text(json.dumps(table, indent=1) + "\n")


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main())

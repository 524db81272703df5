"""How well the listening chain hears: acceptance, false commands, red flags, delay and cost.

    python benchmarks/hearing.py [--model DIR] [--out DIR] [--share N] [--calibrate]

Everything goes through the real `Listener`, as in `voiceguide hear`. Speakers are split in two by
a hash of their names: thresholds are tuned on one half (`--calibrate`), figures are reported on the
other. Real voices and synthetic ones are told apart in every table.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hearing_data import (
    DATA,
    Clip,
    RedFlagLine,
    other_words,
    real_clips,
    red_flag_lines,
    spoken_red_flags,
    synthetic_clips,
    talk,
    with_noise,
    word_end_seconds,
)
from benchmarks.hearing_report import as_markdown
from voiceguide.adapters.vosk_recognizer import VoskModel, load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.commands.ears import CALIBRATION_FILE, Calibration, build_listener, load_calibration
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model
from voiceguide.content.language import load_language
from voiceguide.core.acceptance import Reason
from voiceguide.core.answers import ALL_INTENTS, ANSWERS
from voiceguide.core.intents import Intent
from voiceguide.core.state import Phase
from voiceguide.core.turn import World
from voiceguide.runtime.listener import Listener, Surroundings, Utterance

EVERYWHERE = Surroundings(ALL_INTENTS)
RATING = Surroundings(ANSWERS[Phase.RATING])
_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
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

    def add(self, wanted: str, accepted: Sequence[Utterance], delay_s: float | None) -> None:
        """Count one clip; only a single accepted utterance of the right meaning is right."""
        self.clips += 1
        meant = [_meant(utterance) for utterance in accepted]
        if meant == [wanted]:
            self.right += 1
            if delay_s is not None and accepted[0].reason == Reason.QUICK_PHRASE:
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
            "confusions": dict(sorted(self.confusions.items(), key=lambda item: -item[1])[:12]),
        }


def _meant(utterance: Utterance) -> str:
    if utterance.intent is None:
        return f"red flag {utterance.tier}"
    number = utterance.slots.get("number")
    return f"{utterance.intent}" if number is None else f"{utterance.intent} {number}"


class Chain:
    """The listening chain with one model and one calibration."""

    def __init__(self, model: VoskModel, world: World, calibration: Calibration) -> None:
        self._make: Callable[[], Listener] = lambda: build_listener(
            model, world.grammar, world.red_flags, calibration
        )
        self.heard_seconds = 0.0
        self.cpu_seconds = 0.0

    def hear(self, samples: Samples, surroundings: Surroundings) -> list[Utterance]:
        """All utterances of a recording; a listener of its own for each."""
        listener = self._make()
        began = time.process_time()
        heard: list[Utterance] = []
        whole = len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES
        for start in range(0, whole, BLOCK_SAMPLES):
            block = samples[start : start + BLOCK_SAMPLES]
            heard += listener.hear(block, _SILENCE, surroundings)
        heard += listener.finish(surroundings)
        self.cpu_seconds += time.process_time() - began
        self.heard_seconds += len(samples) / SAMPLE_RATE_HZ
        return heard


def score(
    chain: Chain, clips: Iterable[Clip], surroundings: Surroundings, snr_db: float | None = None
) -> Score:
    """Play the clips, with noise where a ratio is given."""
    result = Score()
    for clip in clips:
        samples = clip.samples()
        end_s = word_end_seconds(samples)
        noisy = samples if snr_db is None else with_noise(samples, snr_db, clip.path)
        accepted = [each for each in chain.hear(noisy, surroundings) if each.accepted]
        delay_s = accepted[0].decided_s - end_s if accepted else None
        result.add(clip.label, accepted, delay_s)
    return result


def false_accepts(chain: Chain, clips: Iterable[Clip], snr_db: float | None = None) -> Score:
    """The same for words that are no command: "right" is to accept nothing."""
    result = Score()
    for clip in clips:
        samples = clip.samples()
        noisy = samples if snr_db is None else with_noise(samples, snr_db, clip.path)
        accepted = [each for each in chain.hear(noisy, EVERYWHERE) if each.accepted]
        result.clips += 1
        result.wrong += bool(accepted)
        result.right += not accepted
        for each in accepted:
            key = f"{clip.label} -> {_meant(each)}"
            result.confusions[key] = result.confusions.get(key, 0) + 1
    return result


def false_commands(chain: Chain, recordings: Iterable[Clip]) -> dict[str, object]:
    """Commands and red flags accepted in talk, music and noise, an hour."""
    seconds, moving, other, flags = 0.0, 0, 0, 0
    heard: dict[str, int] = {}
    for recording in recordings:
        samples = recording.samples()
        seconds += len(samples) / SAMPLE_RATE_HZ
        for each in chain.hear(samples, EVERYWHERE):
            if not each.accepted:
                continue
            moving += each.intent in _MOVING
            other += each.intent is not None and each.intent not in _MOVING
            flags += each.intent is None
            key = f"{_meant(each)}: {each.text}"
            heard[key] = heard.get(key, 0) + 1
    hours = max(seconds, 1.0) / 3600
    return {
        "hours": round(hours, 2),
        "moving_an_hour": round(moving / hours, 1),
        "other_an_hour": round(other / hours, 1),
        "red_flags_an_hour": round(flags / hours, 1),
        "heard": dict(sorted(heard.items(), key=lambda item: -item[1])[:12]),
    }


def red_flags(chain: Chain, lines: Iterable[RedFlagLine]) -> dict[str, object]:
    """Of spoken sentences: how often a red flag was raised or asked about, by the text's tier."""
    counts: dict[str, list[int]] = {}
    for line in lines:
        heard = chain.hear(spoken_red_flags(line), EVERYWHERE)
        raised = any(each.accepted and each.red_flag.tier is not None for each in heard)
        told = counts.setdefault(line.tier, [0, 0])
        told[0] += 1
        told[1] += raised
    return {
        tier: {"sentences": n, "raised": round(raised / n, 3)}
        for tier, (n, raised) in sorted(counts.items())
    }


def measure(chain: Chain, share: int) -> dict[str, object]:
    """Every table; `share` N takes each N-th recording only."""
    commands, digits = real_clips("report", share), real_clips("report", share, digits=True)
    others = other_words("report", share)
    return {
        "commands, clean (real)": score(chain, commands, EVERYWHERE).figures(),
        "commands, 10 dB (real)": score(chain, commands, EVERYWHERE, 10.0).figures(),
        "digits in rating, clean (real)": score(chain, digits, RATING).figures(),
        "digits in rating, 10 dB (real)": score(chain, digits, RATING, 10.0).figures(),
        "other words, clean (real)": false_accepts(chain, others).figures(),
        "other words, 10 dB (real)": false_accepts(chain, others, 10.0).figures(),
        "commands, clean (synthetic)": score(chain, synthetic_clips(), EVERYWHERE).figures(),
        "commands, 10 dB (synthetic)": score(chain, synthetic_clips(), EVERYWHERE, 10.0).figures(),
        "read speech": false_commands(chain, talk("read_speech", share)),
        "orders": false_commands(chain, talk("orders", share)),
        "noise and music": false_commands(chain, talk("noise", share)),
        "red flags in sentences (synthetic)": red_flags(chain, red_flag_lines(share)),
    }


def calibrated(model: VoskModel, world: World, start: Calibration, share: int) -> Calibration:
    """The weights that serve the tuning half best: right commands, fewer false ones."""
    commands, digits = real_clips("tune", share), real_clips("tune", share, digits=True)
    others = other_words("tune", share)
    best, best_worth = start, float("-inf")
    for single_words in (1, 5, 20, 60):
        for unknown in (1, 10, 40):
            weights = replace(start.weights, single_words=single_words, unknown=unknown)
            tried = replace(start, weights=weights)
            chain = Chain(model, world, tried)
            worth = (
                _share_right(score(chain, commands, EVERYWHERE))
                + _share_right(score(chain, digits, RATING))
                + 2 * _share_right(false_accepts(chain, others))
            )
            sys.stderr.write(f"single_words {single_words} unknown {unknown}: {worth:.3f}\n")
            if worth > best_worth:
                best, best_worth = tried, worth
    return best


def _share_right(result: Score) -> float:
    """Right less twice wrong: to act on the wrong command is worse than to hear nothing."""
    return (result.right - 2 * result.wrong) / max(result.clips, 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="writes hearing.json, hearing.md")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="each N-th clip only")
    parser.add_argument("--calibrate", action="store_true", help="first tune and write thresholds")
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
    calibration = load_calibration(folder)
    if args.calibrate:
        calibration = calibrated(model, world, calibration, args.share)
        _write_calibration(folder, calibration)
    chain = Chain(model, world, calibration)
    figures = measure(chain, args.share)
    figures["cost"] = {
        "model": folder.name,
        "model_mb": round(_folder_bytes(folder) / 1e6, 1),
        "load_s": round(load_seconds, 3),
        "cores": round(chain.cpu_seconds / chain.heard_seconds, 3),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "share": args.share,
    }
    print(json.dumps(figures, indent=1))
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "hearing.json").write_text(json.dumps(figures, indent=1) + "\n")
        (args.out / "hearing.md").write_text(as_markdown(figures))
    return 0


def _write_calibration(folder: Path, calibration: Calibration) -> None:
    table = {"weights": asdict(calibration.weights)}
    (folder / CALIBRATION_FILE).write_text(json.dumps(table, indent=1) + "\n")


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main())

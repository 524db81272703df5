"""What one clip a word gains: the fit's examples, on speakers they were not tuned on.

    python benchmarks/fitting.py [--model DIR] [--out DIR] [--share N] [--tune]

Each clip goes once through the real listening chain. Where nothing was understood, and every other
rule would let a word pass, the examples of its speaker are asked. One clip of each word is
enrolled, the first and then the last; the others are played. Of real commands there are "stop",
"yes" and "no". "Right", "on", "off" and "go", which the program does not know, stand for words that
it can't understand as the user says them; "up", "down" and "left" are what else the same person
says. `--tune` chooses thresholds with the speakers for tuning, who are in no figure, and writes
them beside the model.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import calibration
from benchmarks.fitting_report import as_markdown
from benchmarks.hearing_data import (
    DATA,
    Clip,
    clips_by_speaker,
    other_words,
    slow_and_fast_clips,
    with_noise,
)
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.audio.word_templates import Nearness, WordTemplates
from voiceguide.audio.word_witness import Impression
from voiceguide.commands.ears import build_listener, load_calibration
from voiceguide.commands.fitted import alias_rules
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model
from voiceguide.content.language import load_language
from voiceguide.core.acceptance import Reason
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.intents import Intent
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.own_words import ExampleSettings
from voiceguide.runtime.utterance import Surroundings, Utterance

ANSWERS = ("stop", "yes", "no")
STAND_INS = ("right", "on", "off", "go")
OTHERS = ("up", "down", "left")
_NOT_BY_EXAMPLE = frozenset({"yes", "no", "resume"})  # as in the listener
FITTED = ("next", "back", "stop", "pause", "resume", "softer", "yes", "no")
_REAL = (*ANSWERS, *STAND_INS)
_EVERYWHERE = Surroundings(ALL_INTENTS)
_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_NOISES: tuple[float | None, ...] = (None, 10.0)
_COST_OF_FALSE = 3.0
_OPEN = "softer"  # a word to which every rule applies


class _Asked:
    """Lets the rules decide on a word, whatever the sound."""

    def word(self, samples: Samples) -> str:  # noqa: ARG002 - the port's
        return _OPEN


@dataclass(frozen=True, slots=True)
class HeardClip:
    """One clip after the chain.

    Attributes:
        label: what is said in it.
        meant: what was acted on.
        said: the open lane's words.
        impression: the witness's, of the last utterance in it; None where there was none.
        is_open: nothing was acted on, and the rules would let a word of the examples pass.
    """

    label: str
    meant: tuple[str, ...]
    said: str
    impression: Impression | None
    is_open: bool


class Chain:
    """The listening chain as it ships, with examples to be asked."""

    def __init__(self, folder: Path) -> None:
        """Raises `SystemExit` for a model without a witness."""
        self.model = load_model(folder)
        self.world = load_language("en").world(load_library().routines)
        self._calibration = load_calibration(folder)
        if self._calibration.witness is None:
            raise SystemExit(f"{folder.name} has no second witness, so examples count nothing.")
        self.witness = self._calibration.witness

    def hear(self, clip: Clip, snr_db: float | None = None) -> HeardClip:
        """Play one clip, with noise where a ratio is given."""
        samples = clip.samples()
        noisy = samples if snr_db is None else with_noise(samples, snr_db, clip.path)
        asked = _Asked()
        listener = build_listener(
            self.model, self.world.grammar, self.world.red_flags, self._calibration, examples=asked
        )
        heard = list(_utterances(listener, noisy))
        acted = tuple(
            str(each.intent or each.tier)
            for each in heard
            if each.accepted and each.reason != Reason.OWN_WORD
        )
        sound = listener.newest_sound
        return HeardClip(
            clip.label,
            acted,
            " ".join(each.said for each in heard),
            self.witness.impression(sound) if len(sound) else None,
            not acted and any(each.reason == Reason.OWN_WORD for each in heard),
        )


def _utterances(listener: Listener, samples: Samples) -> Iterator[Utterance]:
    for start in range(0, len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES, BLOCK_SAMPLES):
        block = samples[start : start + BLOCK_SAMPLES]
        yield from listener.hear(block, _SILENCE, _EVERYWHERE)
    yield from listener.finish(_EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the examples say of one sound that nobody knew; `wanted` is "" for no word."""

    wanted: str
    near: Nearness

    def word(self, settings: ExampleSettings) -> str:
        """The word that these thresholds let pass."""
        is_near = self.near.likeness >= settings.least_likeness
        is_clear = is_near and self.near.lead >= settings.least_lead
        return self.near.word if is_clear and self.near.word not in _NOT_BY_EXAMPLE else ""


@dataclass(slots=True)
class Tally:
    """Clips of one kind: how many, acted on rightly and wrongly, and what the examples say."""

    clips: int = 0
    right: int = 0
    wrong: int = 0
    opinions: list[Opinion] = field(default_factory=list)

    def figures(self, settings: ExampleSettings) -> dict[str, float | int]:
        """Shares of the clips, as shipped and with the examples."""
        words = [(each.wanted, each.word(settings)) for each in self.opinions]
        more = sum(word == wanted != "" for wanted, word in words)
        worse = sum(word not in ("", wanted) for wanted, word in words)
        return {
            "clips": self.clips,
            "asked": len(self.opinions),
            "right": self._share(self.right),
            "wrong": self._share(self.wrong),
            "right_with": self._share(self.right + more),
            "wrong_with": self._share(self.wrong + worse),
        }

    def _share(self, count: int) -> float:
        return round(count / max(self.clips, 1), 3)


class Enrolment:
    """One speaker's examples."""

    def __init__(self, examples: Mapping[str, HeardClip]) -> None:
        heard = {word: each.impression for word, each in examples.items()}
        self._templates = WordTemplates({w: i for w, i in heard.items() if i is not None})

    def add_to(self, tally: Tally, heard: HeardClip, wanted: str) -> None:
        """Count one clip, of which a word or nothing ("") is wanted."""
        tally.clips += 1
        if heard.meant:
            tally.right += heard.meant == (wanted,)
            tally.wrong += heard.meant != (wanted,)
        elif heard.is_open and heard.impression is not None:
            near = self._templates.nearest(heard.impression)
            if near is not None:
                tally.opinions.append(Opinion(wanted, near))


Tallies = dict[str, Tally]


def real(chain: Chain, use: str, share: int) -> tuple[Tallies, list[tuple[str, str, str]]]:
    """All tallies of one use's real speakers, and what the open lane heard for each word."""
    tallies: Tallies = defaultdict(Tally)
    said: list[tuple[str, str, str]] = []
    foreign = [clip for clip in other_words(use, share) if clip.label not in (*_REAL, *OTHERS)]
    strangers = [chain.hear(clip) for clip in foreign]
    speakers = clips_by_speaker(use, (*_REAL, *OTHERS))
    able = [s for s in speakers if any(len(clips) > 1 for clips in speakers[s].values())]
    for speaker in sorted(able)[::share]:
        clips = speakers[speaker]
        heard = {
            snr_db: {word: [chain.hear(clip, snr_db) for clip in clips[word]] for word in clips}
            for snr_db in _NOISES
        }
        said += [
            (speaker, each.label, each.said) for w in ANSWERS for each in heard[None].get(w, ())
        ]
        for position in (0, -1):
            _add_speaker(tallies, heard, position, strangers)
        so_far = {name: tally.figures(ExampleSettings()) for name, tally in tallies.items()}
        sys.stderr.write(f"{use} {speaker} {json.dumps(so_far)}\n")
    return tallies, said


def _add_speaker(
    tallies: Tallies,
    heard: Mapping[float | None, Mapping[str, Sequence[HeardClip]]],
    position: int,
    strangers: Iterable[HeardClip],
) -> None:
    """With the first (0) or the last (-1) clip of each word enrolled, the others are played."""
    clean = heard[None]
    enrolment = Enrolment({word: clean[word][position] for word in _REAL if clean.get(word)})
    for snr_db, by_word in heard.items():
        where = "clean" if snr_db is None else f"{snr_db:g} dB"
        for word, clips in by_word.items():
            if word in OTHERS:
                continue
            kind = "commands" if word in ANSWERS else "words that are no command"
            left_out = position % len(clips)
            for number, each in enumerate(clips):
                if number != left_out:
                    enrolment.add_to(tallies[f"{kind}, {where}"], each, word)
    for word in OTHERS:
        for each in clean.get(word, ()):
            enrolment.add_to(tallies["other words, same speaker"], each, "")
    for each in strangers:
        enrolment.add_to(tallies["other words, other speakers"], each, "")


def synthetic(chain: Chain, share: int) -> Tallies:
    """Voices that nothing learned from: enrolled at their own speed, played slower and faster."""
    tallies: Tallies = defaultdict(Tally)
    for spoken in slow_and_fast_clips(FITTED)[::share]:
        enrolment = Enrolment({clips[0].label: chain.hear(clips[0]) for clips in spoken})
        for snr_db in _NOISES:
            where = "clean" if snr_db is None else f"{snr_db:g} dB"
            for clip in (clip for clips in spoken for clip in clips[1:]):
                enrolment.add_to(
                    tallies[f"synthetic commands, {where}"], chain.hear(clip, snr_db), clip.label
                )
    return tallies


def aliases(chain: Chain, said: Iterable[tuple[str, str, str]]) -> dict[str, object]:
    """What would become an alias where each speaker's first two clips of a word were tried."""
    rules = alias_rules(chain.world)
    by_word: dict[tuple[str, str], list[str]] = defaultdict(list)
    for speaker, word, text in said:
        by_word[speaker, word].append(text)
    twice = {key: texts[:2] for key, texts in by_word.items() if len(texts) > 1}
    learnt = {
        f"{text} = {intent}"
        for (_, word), texts in twice.items()
        for text, intent in rules.learnt((text, Intent(word)) for text in texts).items()
    }
    return {"speakers and words": len(twice), "aliases": sorted(learnt)}


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting, and what it does to each tally."""

    settings: ExampleSettings
    rows: Mapping[str, Mapping[str, float | int]]

    @property
    def worth(self) -> float:
        """The higher, the better: a sound wrongly taken for a word is as bad as three missed."""
        gains = [row["right_with"] - row["right"] for row in self._rows("words that are no")]
        losses = [row["wrong_with"] - row["wrong"] for row in self._rows("other words")]
        return float(np.mean(gains) - _COST_OF_FALSE * np.mean(losses))

    def _rows(self, kind: str) -> list[Mapping[str, float | int]]:
        return [row for name, row in self.rows.items() if name.startswith(kind)]

    def __str__(self) -> str:
        rows = {name: (row["right_with"], row["wrong_with"]) for name, row in self.rows.items()}
        return f"{self.worth:.3f} {self.settings} {rows}"


def trials(tallies: Tallies) -> Iterator[Trial]:
    """What many thresholds do."""
    for likeness in np.arange(0.88, 0.985, 0.01):
        for lead in (0.0, 0.01, 0.02, 0.04):
            settings = ExampleSettings(round(float(likeness), 2), lead)
            yield Trial(settings, {name: each.figures(settings) for name, each in tallies.items()})


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="writes fitting.json, fitting.md")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="each N-th speaker only")
    parser.add_argument(
        "--tune", action="store_true", help="choose and write thresholds, and do no more"
    )
    args = parser.parse_args()
    if not DATA.is_dir():
        sys.stderr.write(f"There is no development audio in {DATA}: see the README beside it.\n")
        return 2
    folder = find_model(args.model)
    chain = Chain(folder)
    if args.tune:
        best = max(trials(real(chain, "tune", args.share)[0]), key=lambda trial: trial.worth)
        calibration.update(folder, {"examples": asdict(best.settings)})
        print(best)
        return 0
    settings = load_calibration(folder).examples or ExampleSettings()
    return _report(chain, folder, args.share, args.out, settings)


def _report(
    chain: Chain, folder: Path, share: int, out: Path | None, settings: ExampleSettings
) -> int:
    tallies, said = real(chain, "report", share)
    rows = {name: each.figures(settings) for name, each in tallies.items()}
    rows |= {name: each.figures(settings) for name, each in synthetic(chain, share).items()}
    figures = {
        "model": folder.name,
        "model_bytes": sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()),
        "share": share,
        "least_likeness": settings.least_likeness,
        "least_lead": settings.least_lead,
        "rows": rows,
        "aliases": aliases(chain, said),
    }
    print(json.dumps(figures, indent=1))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "fitting.json").write_text(json.dumps(figures, indent=1) + "\n")
        (out / "fitting.md").write_text(as_markdown(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What one clip a word gains: the fit's second examples, on speakers it was not tuned on.

    python benchmarks/fitting.py [--model DIR] [--out DIR] [--share N] [--tune]

Each clip goes once through the real `Listener`. Where the recognizer knew no word, and every other
rule would have let a word pass, the enrolled examples of each speaker are asked. One clip of each
word is enrolled, the first and then the last; the others are played. Of real words there are
"stop", "yes" and "no"; "right", "on", "off" and "go" stand in for the other words of a fitting,
"up", "down" and "left" are what else the same person says. `--tune` prints what thresholds would
do with other speakers, who are in no figure.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fitting_report import as_markdown
from benchmarks.hearing_data import (
    DATA,
    Clip,
    clips_by_speaker,
    other_words,
    slow_and_fast_clips,
    with_noise,
)
from voiceguide.adapters.silero_activity import SileroActivity
from voiceguide.adapters.vosk_recognizer import VoskModel, load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.audio.word_templates import Frames, Nearness, WordTemplates, frames_of
from voiceguide.commands.ears import load_calibration
from voiceguide.commands.fitted import FORCED, alias_rules
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model
from voiceguide.content.language import load_language
from voiceguide.core.acceptance import Acceptance, Reason
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.intents import Intent
from voiceguide.ports import Recognizer
from voiceguide.runtime.command_recognizers import CommandRecognizers
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.own_words import ExampleSettings, Take
from voiceguide.runtime.utterance import Surroundings, Utterance

ANSWERS = ("stop", "yes", "no")
STAND_INS = ("right", "on", "off", "go")
OTHERS = ("up", "down", "left")
FITTED = ("next", "back", "stop", "pause", "resume", "softer", "yes", "no")
_REAL = (*ANSWERS, *STAND_INS)
_EVERYWHERE = Surroundings(ALL_INTENTS)
_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_NOISES: tuple[float | None, ...] = (None, 10.0)
_OPEN = "stop"  # a word that every phase knows: what the rules do to it they do to any word


class _Asked(Take):
    """Keeps the sound it was asked about, and lets the rules decide on a word."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: Samples | None = None

    def word(self) -> str:
        self.refused = self.sound
        return _OPEN


@dataclass(frozen=True, slots=True)
class HeardClip:
    """One clip after the chain.

    `is_open`: nothing was acted on, and the rules would let a word of the examples's pass. `forced`
    is the word that the recognizer took it for where it had to take one.
    """

    label: str
    meant: tuple[str, ...]
    said: str
    frames: Frames
    is_open: bool = False
    forced: str = ""


class Chain:
    """The listening chain with one model; its recognizers are made once."""

    def __init__(self, folder: Path) -> None:
        self.model: VoskModel = load_model(folder)
        self.world = load_language("en").world(load_library().routines)
        self._calibration = load_calibration(folder)
        weights = self._calibration.weights
        self._commands = CommandRecognizers(self.model.recognizer, self.world.grammar, weights)
        self._red_flags = self.model.recognizer(None)
        self._forced: dict[tuple[str, ...], Recognizer] = {}

    def hear(self, clip: Clip, words: Sequence[str], snr_db: float | None = None) -> HeardClip:
        """Play one clip, with noise where a ratio is given."""
        samples = clip.samples()
        noisy = samples if snr_db is None else with_noise(samples, snr_db, clip.path)
        asked = _Asked()
        heard = list(self._utterances(noisy, asked))
        acted = tuple(
            str(each.intent or each.tier)
            for each in heard
            if each.accepted and each.reason != Reason.OWN_WORD
        )
        is_open = not acted and any(each.reason == Reason.OWN_WORD for each in heard)
        sound = asked.sound if asked.refused is None else asked.refused
        said = " ".join(each.said for each in heard)
        forced = self._forced_word(sound, tuple(words)) if is_open else ""
        return HeardClip(clip.label, acted, said, frames_of(sound), is_open, forced)

    def _forced_word(self, sound: Samples, words: tuple[str, ...]) -> str:
        if words not in self._forced:
            self._forced[words] = self.model.recognizer(words * FORCED)
        self._forced[words].feed(sound)
        return self._forced[words].finish().text

    def _utterances(self, samples: Samples, asked: _Asked) -> Iterator[Utterance]:
        calibration = self._calibration
        listener = Listener(
            Ears(SileroActivity(), self._commands, self._red_flags, examples=asked),
            Acceptance(self.world.grammar, calibration.acceptance),
            self.world.red_flags,
            calibration.endpointing,
        )
        for start in range(0, len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES, BLOCK_SAMPLES):
            block = samples[start : start + BLOCK_SAMPLES]
            yield from listener.hear(block, _SILENCE, _EVERYWHERE)
        yield from listener.finish(_EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the examples say of one sound that nobody knew."""

    wanted: str
    near: Nearness
    is_agreed: bool

    def word(self, settings: ExampleSettings, *, alone: bool = False) -> str:
        """The word that these thresholds let pass; `alone`: without the forced recognizer."""
        is_near = self.near.distance <= settings.most_distance
        is_clear = self.near.ratio <= settings.most_ratio
        return self.near.word if is_near and is_clear and (alone or self.is_agreed) else ""


@dataclass(slots=True)
class Tally:
    """Clips of one kind: how many, acted on rightly and wrongly, and the examples's opinions."""

    clips: int = 0
    right: int = 0
    wrong: int = 0
    opinions: list[Opinion] = field(default_factory=list)

    def figures(self, settings: ExampleSettings) -> dict[str, float | int]:
        """Shares of the clips, as shipped and with the examples."""
        result: dict[str, float | int] = {"clips": self.clips, "asked": len(self.opinions)}
        result |= {"right": self._share(self.right), "wrong": self._share(self.wrong)}
        for name, alone in (("with", False), ("alone", True)):
            words = [(each.wanted, each.word(settings, alone=alone)) for each in self.opinions]
            more = sum(word == wanted for wanted, word in words)
            worse = sum(word not in ("", wanted) for wanted, word in words)
            result[f"right_{name}"] = self._share(self.right + more)
            result[f"wrong_{name}"] = self._share(self.wrong + worse)
        return result

    def _share(self, count: int) -> float:
        return round(count / max(self.clips, 1), 3)


class Enrolment:
    """One speaker's examples, asked as `OwnWords` asks them."""

    def __init__(self, examples: Mapping[str, HeardClip]) -> None:
        usable = {w: each.frames for w, each in examples.items() if len(each.frames)}
        self.templates = WordTemplates(usable)

    def add_to(self, tally: Tally, heard: HeardClip, *, is_word: bool) -> None:
        """Count one clip of this speaker, or of somebody else."""
        tally.clips += 1
        wanted = heard.label if is_word else ""
        if heard.meant:
            tally.right += is_word and heard.meant == (wanted,)
            tally.wrong += heard.meant != (wanted,)
        elif heard.is_open and (near := self.templates.nearest(heard.frames)) is not None:
            tally.opinions.append(Opinion(wanted, near, heard.forced == near.word))


Tallies = dict[str, Tally]


def real(chain: Chain, use: str, share: int) -> tuple[Tallies, list[tuple[str, str, str]]]:
    """All tallies of one use's real speakers, and what the open lane heard for each word."""
    tallies: Tallies = defaultdict(Tally)
    said: list[tuple[str, str, str]] = []
    strangers = [chain.hear(clip, _REAL) for clip in other_words(use, 2 * share)]
    speakers = clips_by_speaker(use, (*ANSWERS, *STAND_INS, *OTHERS))
    able = [s for s in speakers if any(len(speakers[s].get(w, ())) > 1 for w in ANSWERS)]
    for speaker in sorted(able)[::share]:
        clips = speakers[speaker]
        heard = {word: [chain.hear(clip, _REAL) for clip in clips[word]] for word in clips}
        said += [(speaker, each.label, each.said) for w in ANSWERS for each in heard.get(w, ())]
        noisy = {
            word: [chain.hear(clip, _REAL, 10.0) for clip in clips[word]]
            for word in ANSWERS
            if len(clips.get(word, ())) > 1
        }
        for position in (0, -1):
            enrolment = _enrolled(heard, position)
            for word in noisy:
                others = [i for i in range(len(heard[word])) if i != position % len(heard[word])]
                for i in others:
                    enrolment.add_to(tallies["real, clean"], heard[word][i], is_word=True)
                    enrolment.add_to(tallies["real, 10 dB"], noisy[word][i], is_word=True)
            for word in OTHERS:
                for each in heard.get(word, ()):
                    enrolment.add_to(tallies["other words, same speaker"], each, is_word=False)
            for each in strangers:
                enrolment.add_to(tallies["other words, other speakers"], each, is_word=False)
        so_far = {name: tally.figures(ExampleSettings()) for name, tally in tallies.items()}
        sys.stderr.write(f"{use} {speaker} {json.dumps(so_far)}\n")
    return tallies, said


def _enrolled(heard: Mapping[str, Sequence[HeardClip]], position: int) -> Enrolment:
    words = [word for word in _REAL if heard.get(word)]
    return Enrolment({word: heard[word][position] for word in words})


def synthetic(chain: Chain, share: int) -> Tallies:
    """Voices of flite: enrolled at their own speed, played slower and faster."""
    tallies: Tallies = defaultdict(Tally)
    for spoken in slow_and_fast_clips(FITTED)[::share]:
        heard = [chain.hear(clips[0], FITTED) for clips in spoken]
        enrolment = Enrolment({each.label: each for each in heard})
        for snr_db in _NOISES:
            name = "synthetic, clean" if snr_db is None else "synthetic, 10 dB"
            for clip in (clip for clips in spoken for clip in clips[1:]):
                enrolment.add_to(tallies[name], chain.hear(clip, FITTED, snr_db), is_word=True)
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


def sweep(tallies: Tallies) -> Iterator[dict[str, object]]:
    """What many thresholds do to each tally, the gain on real words first."""
    for most_distance in np.arange(1.4, 2.9, 0.1):
        for most_ratio in (0.7, 0.8, 0.9, 1.0):
            settings = ExampleSettings(round(float(most_distance), 1), most_ratio)
            figures = {name: tally.figures(settings) for name, tally in tallies.items()}
            row: dict[str, object] = {"distance": settings.most_distance, "ratio": most_ratio}
            for name, each in figures.items():
                kind = "right" if "," in name and "other" not in name else "wrong"
                row[name] = [each[kind], each[f"{kind}_with"], each[f"{kind}_alone"]]
            yield row


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="writes fitting.json, fitting.md")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="each N-th speaker only")
    parser.add_argument(
        "--tune", action="store_true", help="print thresholds with the speakers for tuning"
    )
    args = parser.parse_args()
    if not DATA.is_dir():
        sys.stderr.write(f"There is no development audio in {DATA}: see the README beside it.\n")
        return 2
    folder = find_model(args.model)
    chain = Chain(folder)
    if args.tune:
        for row in sweep(real(chain, "tune", args.share)[0]):
            print(json.dumps(row))
        return 0
    return _report(chain, folder, args.share, args.out, ExampleSettings())


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
        "most_distance": settings.most_distance,
        "most_ratio": settings.most_ratio,
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

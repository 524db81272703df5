"""Red flags through sound: spoken sentences, quiet and in noise, through the real recogniser.

    python benchmarks/red_flags.py [--model DIR] [--out DIR] [--share N] [--voices N]

A hundred sentences that must be raised or asked about and a hundred harmless ones, of our own
(`tests/red_flag_sentences.tsv`), none of them a line of the lexicon, each by one of three
synthetic voices, or by more. Recall counts a raised flag and a question alike; a harmless sentence
that is asked about counts as half a wrong escalation. The same figures for the texts themselves
show what the ears lose. Synthetic voices are clearer than people: these figures are no promise.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hearing_data import DATA, Clip, with_noise
from training.red_flag_sentences import LabelledSentence, read_sentences
from training.speakers import Use
from voiceguide.adapters.vosk_recognizer import VoskModel, load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.commands.ears import Calibration, build_listener, load_calibration
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model
from voiceguide.content.language import load_language
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.red_flags import RedFlagLexicon, Tier
from voiceguide.core.turn import World
from voiceguide.runtime.utterance import Surroundings

REPOSITORY = Path(__file__).resolve().parents[1]
LEXICON = REPOSITORY / "voiceguide" / "content" / "languages" / "en_red_flags.yaml"
PAGE = "red_flags_heard.md"

SENTENCES_OF_EACH_KIND = 100
TUNING_SENTENCES = 120
NOISE_DB = 10.0
_LEAST_WORDS = 4  # shorter ones are commands' business, and hardly differ from a lexicon line
_GRAVE = ("emergency", "urgent")
_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_EVERYWHERE = Surroundings(ALL_INTENTS)

VOICES: dict[str, list[str]] = {
    "flite awb": ["flite", "-voice", "awb", "-t", "{text}", "-o", "{path}"],
    "festival ked": ["text2wave", "-eval", "(voice_ked_diphone)", "-o", "{path}"],
    "espeak-ng Andrea": ["espeak-ng", "-v", "en-gb-scotland+Andrea", "-w", "{path}", "{text}"],
}
"""None of them was trained on (`training/synthesize.py`). eSpeak's is made by formula, not from
recordings, and is far from speech; text2wave takes the text as its input."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said, and whether it must be raised or asked about."""

    text: str
    is_grave: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sentence: a tier or None, whether only asked, and what was heard."""

    tier: Tier | None
    asks: bool
    heard: str

    @property
    def weight(self) -> float:
        """1 for an escalation, a half for a question, 0 for neither."""
        return 0.0 if self.tier is None else 0.5 if self.asks else 1.0


@dataclass(slots=True)
class Tally:
    """Counts over spoken sentences."""

    grave: int = 0
    raised: int = 0
    harmless: int = 0
    escalated: float = 0.0
    mistakes: list[str] = field(default_factory=list)

    def add(self, sentence: Sentence, outcome: Outcome) -> None:
        """Count one."""
        if sentence.is_grave:
            self.grave += 1
            self.raised += outcome.tier is not None
        else:
            self.harmless += 1
            self.escalated += outcome.weight
        if sentence.is_grave == (outcome.tier is None):
            self.mistakes.append(f"{sentence.text} -> {outcome.heard or '(nothing)'}")

    def figures(self) -> dict[str, object]:
        """Shares, 0 to 1, with the counts behind them."""
        return {
            "grave": self.grave,
            "recall": round(self.raised / max(self.grave, 1), 3),
            "harmless": self.harmless,
            "wrong": round(self.escalated / max(self.harmless, 1), 3),
        }


def sentences(share: int) -> list[Sentence]:
    """The same choice at each run, spread over the constructions of either kind."""
    grave, harmless = (texts[:SENTENCES_OF_EACH_KIND] for texts in _usable(Use.REPORT))
    return [
        *(Sentence(text, is_grave=True) for text in grave[::share]),
        *(Sentence(text, is_grave=False) for text in harmless[::share]),
    ]


def tuning_sentences() -> list[str]:
    """Grave sentences for thresholds, none of which `sentences` holds."""
    grave, _ = _usable(Use.TUNE)
    return grave[:TUNING_SENTENCES]


def _usable(use: Use) -> tuple[list[str], list[str]]:
    """Grave and harmless sentences of one use."""
    lexicon = LEXICON.read_text(encoding="utf-8").lower()
    usable = [
        each
        for each in read_sentences()
        if each.use is use and len(each.text.split()) >= _LEAST_WORDS and each.text not in lexicon
    ]
    return (
        _spread(each for each in usable if each.tier in _GRAVE),
        _spread(each for each in usable if each.tier == "none"),
    )


def _spread(sentences: Iterable[LabelledSentence]) -> list[str]:
    """Sentences of every construction in turn, in an order that a hash decides."""
    by_construction: dict[str, list[str]] = defaultdict(list)
    for each in sentences:
        by_construction[each.construction].append(each.text)
    queues = [sorted(texts, key=_shuffled) for _, texts in sorted(by_construction.items())]
    longest = max(map(len, queues), default=0)
    turns = (queue[i] for i in range(longest) for queue in queues if i < len(queue))
    return list(dict.fromkeys(turns))


def _shuffled(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def voices() -> dict[str, list[str]]:
    """The voices whose programs are installed."""
    return {name: command for name, command in VOICES.items() if shutil.which(command[0])}


def spoken(text: str, command: Sequence[str], folder: Path) -> Clip:
    """The sentence by one voice."""
    path = folder / f"{_shuffled(' '.join(command) + text)[:20]}.wav"
    filled = [part.format(text=text, path=path) for part in command]
    subprocess.run(filled, check=True, capture_output=True, input=text.encode())
    return Clip(path, text)


class Chain:
    """The listening chain with one model; a listener of its own for each clip."""

    def __init__(self, model: VoskModel, world: World, calibration: Calibration) -> None:
        self._model = model
        self._world = world
        self._calibration = calibration

    def outcome(self, samples: Samples) -> Outcome:
        """The gravest thing that was accepted in a clip."""
        world = self._world
        listener = build_listener(self._model, world.grammar, world.red_flags, self._calibration)
        heard = [
            u for block in _blocks(samples) for u in listener.hear(block, _SILENCE, _EVERYWHERE)
        ]
        heard += listener.finish(_EVERYWHERE)
        text = " | ".join(utterance.text for utterance in heard)
        flags = [u.red_flag for u in heard if u.accepted and u.red_flag.tier is not None]
        gravest = max(flags, key=lambda f: (not f.ask, f.tier.rank if f.tier else 0), default=None)
        if gravest is None:
            return Outcome(None, asks=False, heard=text)
        return Outcome(gravest.tier, gravest.ask, text)


def _blocks(samples: Samples) -> Iterator[Samples]:
    whole = len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES
    for start in range(0, whole, BLOCK_SAMPLES):
        yield samples[start : start + BLOCK_SAMPLES]


def read(lexicon: RedFlagLexicon, chosen: Iterable[Sentence]) -> Tally:
    """The same sentences as text: what perfect ears would give."""
    tally = Tally()
    for sentence in chosen:
        judgement = lexicon.judge(sentence.text)
        tally.add(sentence, Outcome(judgement.tier, judgement.ask, sentence.text))
    return tally


def heard(chain: Chain, chosen: Sequence[Sentence], voices_each: int) -> dict[str, Tally]:
    """Every sentence by so many voices, in turn, quiet and in noise."""
    conditions = ("quiet", f"{NOISE_DB:.0f} dB noise")
    tallies = defaultdict(Tally, {condition: Tally() for condition in conditions})
    installed = list(voices().items())
    with tempfile.TemporaryDirectory(prefix="red_flags_") as folder:
        for number, sentence in enumerate(chosen):
            for turn in range(min(voices_each, len(installed))):
                name, command = installed[(number + 3 * turn) % len(installed)]
                clip = spoken(sentence.text, command, Path(folder))
                samples = clip.samples()
                noisy = with_noise(samples, NOISE_DB, clip.path)
                for condition, sound in zip(conditions, (samples, noisy), strict=True):
                    outcome = chain.outcome(sound)
                    tallies[condition].add(sentence, outcome)
                    tallies[f"{name}, {condition}"].add(sentence, outcome)
    return dict(tallies)


def as_markdown(model: str, tallies: dict[str, Tally]) -> str:
    """The page `docs/reference/red_flags_heard.md`."""
    lines = [
        "# Red flags, heard",
        "",
        "Written by `python benchmarks/red_flags.py --out docs/reference`; do not edit.",
        "",
        "**The voices are synthetic**, and so are easier to understand than people who lie face",
        "down, whisper or breathe hard. Real recordings of such sentences do not exist for this",
        "project. Recall: of sentences that are urgent or an emergency, how many were raised or",
        "asked about. Wrong: of harmless sentences, how many were escalated; a question counts",
        "as half. *Text*: the same sentences without any sound: what perfect ears would give.",
        "",
        f"Model: `{model}`.",
        "",
        "| | grave | recall | harmless | wrong |",
        "|---|---|---|---|---|",
    ]
    for name, tally in tallies.items():
        row = tally.figures()
        lines.append(
            f"| {name} | {row['grave']} | {row['recall']} | {row['harmless']} | {row['wrong']} |"
        )
    for name in ("text", "quiet"):
        lines += ["", f"## Mistaken, {name}", ""]
        lines += [f"- {_plain(mistake)}" for mistake in tallies[name].mistakes[:20]]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return re.sub(r"[\[\]<>|]", "", text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"writes {PAGE}")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="each N-th sentence only")
    parser.add_argument("--voices", type=int, default=1, metavar="N", help="voices a sentence")
    return parser.parse_args()


def main() -> int:
    """Measure, print and write."""
    args = _arguments()
    if not DATA.is_dir() or not voices():
        sys.stderr.write(f"This needs the noises in {DATA}, and flite or espeak-ng.\n")
        return 2
    folder = find_model(args.model)
    world = load_language("en").world(load_library().routines)
    chain = Chain(load_model(folder), world, load_calibration(folder))
    chosen = sentences(args.share)
    tallies = {"text": read(world.red_flags, chosen)} | heard(chain, chosen, args.voices)
    print(json.dumps({name: tally.figures() for name, tally in tallies.items()}, indent=1))
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / PAGE).write_text(as_markdown(folder.name, tallies), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

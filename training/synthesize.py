"""Synthetic speech: flite, Festival, SVOX Pico and eSpeak NG, in many rates and pitches.

Real recordings of most commands do not exist; these voices stand in. Some voices are never trained
on and serve to measure the model (`HELD_OUT`).
"""

from __future__ import annotations

import random
import subprocess
import wave
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ttspico

from training import texts, vocabulary
from training.corpus import SAMPLE_RATE_HZ, Clip
from training.festival import Festival
from training.lexicon import knows


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic voice as its program names it."""

    program: str
    name: str
    pitch_hz: tuple[int, int] = (0, 0)
    """Range of mean pitches that still sounds like a person; flite only."""

    @property
    def label(self) -> str:
        """Name for tables, and the clip's speaker."""
        return f"{self.program}-{self.name}"


FLITE = (
    Voice("flite", "slt", (130, 240)),
    Voice("flite", "rms", (75, 150)),
    Voice("flite", "kal16", (80, 150)),
)
FESTIVAL = (Voice("festival", "kal_diphone"), Voice("festival", "cmu_us_slt_arctic_hts"))
PICO = (Voice("pico", "en-US"), Voice("pico", "en-GB"))
_ESPEAK_ACCENTS = ("en-us", "en-us", "en-gb", "en-gb-x-rp", "en-029", "en-gb-x-gbclan", "en-us-nyc")
_ESPEAK_TIMBRES = (
    *("m1", "m3", "m5", "m7", "f1", "f2", "f3", "f5", "Annie", "Alex", "adam", "anika", "aunty"),
    *("belinda", "benjamin", "caleb", "david", "edward", "grandma", "john", "klatt2", "klatt4"),
    *("linda", "max", "norbert", "quincy", "rob", "steph", "steph2", "travis", "victor", "zac"),
)
ESPEAK = tuple(Voice("espeak", f"{a}+{t}") for a in _ESPEAK_ACCENTS for t in _ESPEAK_TIMBRES)

HELD_OUT = (Voice("flite", "awb", (100, 180)), Voice("festival", "ked_diphone"))
"""Built from recordings of people, and never in training."""
HELD_OUT_FORMANT = (
    Voice("espeak", "en-gb-scotland+Andrea"),
    Voice("espeak", "en-gb-x-gbcwmd+Michael"),
)
"""Voices without any recording behind them, far from speech; never in training either."""

_STRETCHES = (0.75, 1.35)


def say(text: str, voice: Voice, path: Path, rng: random.Random) -> bool:
    """Speaks a text into a WAV file at a random rate and pitch; False where the program failed."""
    if voice.program == "pico":
        return _say_with_pico(text, voice, path, rng)
    if voice.program == "festival":
        return _festival().say(text, voice.name, rng.uniform(*_STRETCHES), path)
    command = _command(text, voice, path, rng)
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return done.returncode == 0 and path.exists() and path.stat().st_size > 1000


@cache
def _festival() -> Festival:
    """One for a process."""
    return Festival()


@cache
def _pico(language: str) -> ttspico.TtsEngine:
    return ttspico.TtsEngine(language)


def _say_with_pico(text: str, voice: Voice, path: Path, rng: random.Random) -> bool:
    engine = _pico(voice.name)
    engine.rate, engine.pitch = rng.randint(70, 140), rng.randint(70, 140)
    pcm = engine.speak(text)
    if pcm:
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
            file.writeframes(pcm)
    return bool(pcm)


def _command(text: str, voice: Voice, path: Path, rng: random.Random) -> list[str]:
    if voice.program == "flite":
        pitch = f"int_f0_target_mean={rng.randint(*voice.pitch_hz)}"
        spread = f"int_f0_target_stddev={rng.randint(8, 30)}"
        rate = f"duration_stretch={rng.uniform(*_STRETCHES):.2f}"
        options = [part for s in (pitch, spread, rate) for part in ("--setf", s)]
        return ["flite", "-voice", voice.name, *options, "-t", text, "-o", str(path)]
    rate, pitch = str(rng.randint(120, 190)), str(rng.randint(25, 75))
    return ["espeak-ng", "-v", voice.name, "-s", rate, "-p", pitch, "-w", str(path), text]


def _draw_voice(rng: random.Random) -> Voice:
    """A training voice: the natural ones far more often than eSpeak's."""
    kind = rng.random()
    if kind < 0.45:
        return rng.choice(FLITE)
    if kind < 0.75:
        return rng.choice(PICO)
    return rng.choice(FESTIVAL) if kind < 0.80 else rng.choice(ESPEAK)


@dataclass(frozen=True, slots=True)
class Line:
    """A text to be spoken a number of times by voices drawn at random."""

    text: str
    times: int
    kind: str = "synthetic"


def training_lines(own_sentences: Iterable[str], seed: int = 1) -> list[Line]:
    """What the training voices say: commands most often, single words, sentences.

    Args:
        own_sentences: sentences of red flags and harmless ones that nothing is measured with.
        seed: of the templates' choices.
    """
    rng = texts.draws(seed)
    phrases = texts.phrases(rng)
    grammar = texts.sentence_grammar()
    core = texts.core_words()
    other = sorted(set(vocabulary.frequent_words(3_000)) - set(core))
    sentences = sorted({grammar.sentence(rng) for _ in range(4_800)})
    red_flags = sorted({grammar.sentence(rng, "redflag") for _ in range(1_600)})
    carriers = texts.sentence_grammar("carriers.txt")
    carried = sorted({carriers.sentence(rng) for _ in range(2_600)})
    lines = [Line(phrase, 37 if " " in phrase else 74) for phrase in phrases]
    lines += [Line(word, 6) for word in core]
    lines += [Line(word, 3) for word in other]
    lines += [Line(sentence, 1) for sentence in (*sentences, *red_flags, *carried)]
    lines += [Line(text, 1, "synthetic_sentences") for text in own_sentences if knows(text)]
    return lines


def speak_all(lines: list[Line], folder: Path, seed: int = 1) -> list[Clip]:
    """Speaks every line on all processor cores, skipping files that are already there."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [
        (line, folder / f"{number}_{time}.wav", f"{seed} {number} {time}")
        for number, line in enumerate(lines)
        for time in range(line.times)
    ]
    with ProcessPoolExecutor() as pool:
        clips = pool.map(_speak, *zip(*tasks, strict=True), chunksize=64)
        return [clip for clip in clips if clip is not None]


def _speak(line: Line, path: Path, seed: str) -> Clip | None:
    rng = texts.draws(seed)
    voice = _draw_voice(rng)
    if path.exists() or say(line.text, voice, path, rng):
        return Clip(path, voice.label, line.text, line.kind)
    return None

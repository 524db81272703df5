"""The sounds that `hearing.py` plays: development audio beside the repository; synthetic voices.

None of the recordings belongs to this repository; their licences stand in the README beside them.
"""

import csv
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from training.speakers import is_odd, use_of
from voiceguide.adapters.recording import read_recording
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.room import ROOMS, room_response

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "audio"

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ANSWERS = frozenset({"stop", "yes", "no"})
# Recorded words that are, or sound like, one of our phrases: neither right nor wrong to accept.
_NO_TEST_OF_REJECTION = frozenset({*_DIGITS, *_ANSWERS, "right", "go", "on", "off"})
_VOICES = (("flite", "awb"), ("festival", "ked_diphone"))
"""Made from recordings of people, and never trained on (`training/synthesize.py`)."""
_SPOKEN = {
    "next": "next",
    "skip": "next",
    "back": "back",
    "repeat": "repeat",
    "pause": "pause",
    "resume": "resume",
    "softer": "softer",
    "firmer": "firmer",
    "louder": "louder",
    "quieter": "quieter",
    "slower": "slower",
    "faster": "faster",
    "help": "help",
}
_PAD_SECONDS = 0.6
_FAR = replace(ROOMS["living-room"], reverberant_share=0.75)
_STRETCHES = (1.0, 1.25, 0.85)


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording and what should be understood of it."""

    path: Path
    label: str
    is_padded: bool = True

    def samples(self) -> Samples:
        """The recording, with silence around it where it was cut tight."""
        sound = np.concatenate(list(read_recording(self.path)))
        pad = np.zeros(round(_PAD_SECONDS * SAMPLE_RATE_HZ), dtype=np.float32)
        return np.concatenate([pad, sound, pad, pad]) if self.is_padded else sound


@dataclass(frozen=True, slots=True)
class RedFlagLine:
    """A sentence, the tier that a reader of its text would raise, and the voice that says it."""

    text: str
    tier: str
    voice: tuple[str, str]


def real_clips(use: str, share: int, *, digits: bool = False) -> list[Clip]:
    """Single words by real speakers of one use; "yes", "no", "stop", or digits."""
    if not digits:
        rows = [row for row in _rows("commands") if row["label"] in _ANSWERS]
        return [_clip("commands", row, row["label"]) for row in _rows_for(rows, use)][::share]
    rows = [row for row in _rows("commands") if row["label"] in _DIGITS]
    clips = [_clip("commands", row, _number(row["label"])) for row in _rows_for(rows, use)]
    trimmed = [_clip("digits", r, _number(r["label"])) for r in _rows_for(_rows("digits"), use)]
    return [*clips, *trimmed][::share]


def clips_by_speaker(use: str, words: Iterable[str]) -> dict[str, dict[str, list[Clip]]]:
    """Real clips of these words: each speaker's, each word's."""
    wanted = frozenset(words)
    found: dict[str, dict[str, list[Clip]]] = {}
    for row in _rows_for(_rows("commands"), use):
        if row["label"] in wanted:
            clips = found.setdefault(row["speaker"], {}).setdefault(row["label"], [])
            clips.append(_clip("commands", row, row["label"]))
    return found


def slow_and_fast_clips(words: Sequence[str]) -> list[list[list[Clip]]]:
    """By voice and word: a synthetic clip at the voice's own speed, a slower and a faster one."""
    return [
        [[Clip(_synthesized(w, voice, speed), w) for speed in _STRETCHES] for w in words]
        for voice in present_voices()
    ]


def other_words(use: str, share: int) -> list[Clip]:
    """Single words that are no phrase of ours."""
    rows = [row for row in _rows("commands") if row["label"] not in _NO_TEST_OF_REJECTION]
    clips = [_clip("commands", row, row["label"]) for row in _rows_for(rows, use)]
    more = [_clip("other_words", row, row["label"]) for row in _rows_for(_rows("other_words"), use)]
    return [*clips, *more][::share]


def talk(folder: str, share: int, use: str = "report") -> list[Clip]:
    """Recordings in which nothing may be accepted; where speakers are told, by those of one use."""
    rows = [row for row in _rows(folder) if folder != "noise" or _is_unheard(row["path"])]
    rows = [row for row in rows if row["speaker"] == "-" or use_of(row["speaker"]) == use]
    rows = rows[::share]
    return [Clip(DATA / folder / row["path"], row["label"], is_padded=False) for row in rows]


def synthetic_clips() -> list[Clip]:
    """Commands of which no real recordings are at hand, by each voice that flite has."""
    return [
        Clip(_synthesized(words, voice, stretch), label)
        for voice in present_voices()
        for stretch in (0.85, 1.0, 1.2)
        for words, label in _SPOKEN.items()
    ]


def present_voices() -> list[tuple[str, str]]:
    """The voices whose programs are installed."""
    return [(program, name) for program, name in _VOICES if shutil.which(program)]


def red_flag_lines(use: str, share: int) -> list[RedFlagLine]:
    """Half of the sentences of both development lists, by all voices in turn; or a sample."""
    lines = [
        line.split("\t")[:2]
        for name in ("redflags_dev.tsv", "redflag_real_dev.tsv")
        for line in (DATA.parent / name).read_text(encoding="utf-8").splitlines()
        if "\t" in line and not line.startswith(("#", "text\t"))
    ]
    voices = present_voices()
    chosen = [line for line in lines if is_odd(line[0]) == (use == "report")][:: max(1, share // 2)]
    return [
        RedFlagLine(text, tier, voices[number % len(voices)])
        for number, (text, tier) in enumerate(chosen if voices else ())
    ]


def spoken_red_flags(line: RedFlagLine) -> Samples:
    """The sentence as sound."""
    return said(line.text, line.voice).samples()


def said(words: str, voice: tuple[str, str]) -> Clip:
    """Words by a synthetic voice, at its own speed."""
    return Clip(_synthesized(words, voice, 1.0), words)


def in_living_room(samples: Samples) -> Samples:
    """The clip from three metres away: mostly reverberation, at the level it had."""
    response = room_response(_FAR, seed=1)
    size = len(samples) + len(response)
    heard = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
    heard = heard[: len(samples)]
    loudest = float(np.max(np.abs(samples))) / max(float(np.max(np.abs(heard))), 1e-9)
    return np.asarray(heard * loudest, dtype=np.float32)


def with_noise(samples: Samples, snr_db: float, path: Path) -> Samples:
    """The clip with a piece of a noise recording; the same piece at each run."""
    noise = _noise()
    seed = int(hashlib.sha256(path.name.encode()).hexdigest()[:8], 16)
    start = seed % (len(noise) - len(samples))
    piece = noise[start : start + len(samples)]
    loud = np.sort(np.square(samples))[-SAMPLE_RATE_HZ // 2 :]  # the word, not the silence around
    wanted = float(np.mean(loud)) / 10 ** (snr_db / 10)
    gain = np.sqrt(wanted / max(float(np.mean(np.square(piece))), 1e-9))
    return np.asarray(samples + piece * gain, dtype=np.float32)


def word_end_seconds(samples: Samples) -> float:
    """The end of the last 10 ms within 30 dB of the loudest and 8 dB above the quietest tenth."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    levels = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    heard = levels[levels > -95]
    quiet = float(np.percentile(heard, 10)) + 8 if len(heard) else -60.0
    loud_frames = np.nonzero(levels > max(float(levels.max()) - 30, quiet))[0]
    return float(loud_frames[-1] + 1) / 100 if len(loud_frames) else len(samples) / SAMPLE_RATE_HZ


@cache
def _rows(folder: str) -> list[dict[str, str]]:
    with (DATA / folder / "labels.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _rows_for(rows: list[dict[str, str]], use: str) -> Iterator[dict[str, str]]:
    """The rows of the speakers who are for this use; a speaker has only one."""
    return (row for row in rows if use_of(row["speaker"]) == use)


def _clip(folder: str, row: dict[str, str], label: str) -> Clip:
    return Clip(DATA / folder / row["path"], label)


def _number(word: str) -> str:
    return f"number {_DIGITS.index(word)}"


@cache
def _noise() -> Samples:
    """The noises that no model was trained on, one after the other."""
    pieces = [clip.samples() for clip in talk("noise", 1)]
    # Loud and soft recordings on one level, so that the ratio means the same in each.
    even = [piece / max(float(np.sqrt(np.mean(np.square(piece)))), 1e-4) for piece in pieces]
    return np.concatenate(even) * np.float32(0.05)


@cache
def _folder() -> Path:
    """One for all processes; what is spoken once is kept."""
    folder = Path(tempfile.gettempdir()) / "voiceguide-hearing"
    folder.mkdir(exist_ok=True)
    return folder


def _is_unheard(path: str) -> bool:
    """Whether a noise was kept out of training (`training/corpus.py` takes the others)."""
    source = re.sub(r"-[A-Z]$", "", Path(path).stem)
    return is_odd(source)


@cache
def _synthesized(words: str, voice: tuple[str, str], stretch: float) -> Path:
    program, name = voice
    path = _folder() / f"{hashlib.sha256(f'{voice} {stretch} {words}'.encode()).hexdigest()}.wav"
    if path.exists():
        return path
    whole, path = path, path.with_suffix(f".{os.getpid()}.wav")
    if program == "flite":
        rate = ["--setf", f"duration_stretch={stretch}"]
        subprocess.run(["flite", "-voice", name, *rate, "-t", words, "-o", path], check=True)
    else:
        setup = f"(begin (voice_{name}) (Parameter.set 'Duration_Stretch {stretch}))"
        command = ["text2wave", "-eval", setup, "-o", str(path)]
        subprocess.run(command, input=words.encode(), check=True)
    return path.replace(whole)

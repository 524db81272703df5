"""Finds the recorded speech and noise, and keeps test speakers out of training.

Every set is a folder with a `labels.tsv` (path, speaker, label, seconds). `train/` may be learned
from; `audio/` is for development and test only, split by speaker; its noises are split by file.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
Samples = NDArray[np.float32]

_HEX_SPEAKER = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording and what is said in it."""

    path: Path
    speaker: str
    text: str
    """Lower-case words; for noises the name of the noise."""
    kind: str
    """The set it is from: words, sentences, numbers, synthetic, ..."""


def is_test(speaker: str) -> bool:
    """Whether a speaker (or noise) is only for the final figures: odd hash, about half of them."""
    if _HEX_SPEAKER.fullmatch(speaker):
        return int(speaker, 16) % 2 == 1
    return hashlib.sha256(speaker.encode()).digest()[0] % 2 == 1


def clean_text(text: str) -> str:
    """Lower-case words with apostrophes only; digits are kept."""
    return " ".join(re.sub(r"[^a-z0-9' ]+", " ", text.lower()).split())


def read_clips(folder: Path, kind: str) -> list[Clip]:
    """Reads a set's `labels.tsv`; clips without a transcript have the text '-'."""
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Clip(
            path=folder / row["path"],
            speaker=row.get("speaker", "-"),
            text="-" if row["label"] == "-" else clean_text(row["label"]),
            kind=kind,
        )
        for row in rows
    ]


def held_out_speakers(data: Path) -> set[str]:
    """All speakers of the development and test sets, to be left out of training."""
    clips = [
        clip
        for name in ("commands", "other_words", "digits", "read_speech")
        for clip in read_clips(data / "audio" / name, name)
    ]
    return {clip.speaker for clip in clips}


def training_clips(data: Path) -> list[Clip]:
    """All transcribed clips that may be learned from, none by a held-out speaker."""
    held_out = held_out_speakers(data)
    clips = [
        clip
        for name in ("words", "cut_words", "sentences", "numbers", "one_reader")
        for clip in read_clips(data / "train" / name, name)
    ]
    return [clip for clip in clips if clip.speaker not in held_out]


def training_noises(data: Path) -> list[Clip]:
    """Noise recordings for training; the other half of the files is for the final figures."""
    noises = read_clips(data / "audio" / "noise", "noise")
    return [clip for clip in noises if not is_test(noise_source(clip))]


def noise_source(clip: Clip) -> str:
    """The recording that a noise was cut from (ESC clips share one: `5-219379-A`, `-B`)."""
    return re.sub(r"-[A-Z]$", "", clip.path.stem)


def load(path: Path) -> Samples:
    """Reads a recording as 16 kHz mono, full scale 1."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if rate_hz != SAMPLE_RATE_HZ:
        mono = soxr.resample(mono, rate_hz, SAMPLE_RATE_HZ)
    return np.ascontiguousarray(mono, dtype=np.float32)


def active_rms(samples: Samples) -> float:
    """Level of the speech without pauses: RMS of the 50 ms windows within 17 dB of the top."""
    power = np.convolve(samples.astype(np.float64) ** 2, np.ones(800) / 800, "same")
    active = power > power.max() * 0.02
    return float(np.sqrt(np.mean(samples[active] ** 2)) + 1e-9) if active.any() else 1e-9


def to_active_rms(samples: Samples, rms: float = 0.1) -> Samples:
    """Scales speech to a common active level (linear RMS, full scale 1)."""
    return (samples * (rms / active_rms(samples))).astype(np.float32)


def pad(samples: Samples, before_seconds: float, after_seconds: float, seed: int = 0) -> Samples:
    """Adds near-silence (-70 dBFS noise, never digital zero) around a tightly cut clip."""
    rng = np.random.default_rng(seed)
    lengths = [int(s * SAMPLE_RATE_HZ) for s in (before_seconds, after_seconds)]
    quiet = [(rng.standard_normal(n) * 3e-4).astype(np.float32) for n in lengths]
    return np.concatenate([quiet[0], samples, quiet[1]])

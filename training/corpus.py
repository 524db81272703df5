"""Finds the recorded speech and noise, and keeps test speakers out of training.

Every set is a folder with a `labels.tsv` (path, speaker, label, seconds). `train/` may be learned
from; of `audio/` half of the speakers (`training.speakers`) and half of the noises, by file.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from training.speakers import Use, is_odd, use_of

SAMPLE_RATE_HZ = 16_000
Samples = NDArray[np.float32]

_ISOLATED = ("commands", "other_words", "digits")
"""Single words; in the training material they are one kind, `isolated`."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording and what is said in it."""

    path: Path
    speaker: str
    text: str
    """Lower-case words; for noises the name of the noise."""
    kind: str
    """The set it is from: words, sentences, numbers, synthetic, ..."""


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


def training_clips(data: Path) -> list[Clip]:
    """All transcribed clips that may be learned from, none by a speaker who is measured with."""
    audio = data / "audio"
    isolated = [clip for name in _ISOLATED for clip in read_clips(audio / name, "isolated")]
    read = read_clips(audio / "read_speech", "read_speech")
    kept = {c.speaker for c in (*isolated, *read) if use_of(c.speaker) is not Use.TRAIN}
    clips = [
        clip
        for name in ("words", "cut_words", "sentences", "numbers", "one_reader")
        for clip in read_clips(data / "train" / name, name)
    ]
    everything = (*clips, *isolated, *read)
    return [clip for clip in everything if clip.speaker not in kept and clip.text != "-"]


def training_noises(data: Path) -> list[Clip]:
    """Noise recordings for training; the other half of the files is for the final figures."""
    noises = read_clips(data / "audio" / "noise", "noise")
    return [clip for clip in noises if not is_odd(noise_source(clip))]


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
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    middle, half = np.arange(len(samples)), SAMPLE_RATE_HZ // 40
    power = energy[np.minimum(middle + half, len(samples))] - energy[np.maximum(middle - half, 0)]
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

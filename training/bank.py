"""All training audio in one int16 array on disk, so that later passes need not decode it again."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import corpus
from training.corpus import Clip, Samples

_PADDED = {"words", "cut_words", "isolated", "synthetic", "synthetic_sentences"}
"""Kinds whose clips are cut so tightly that quiet must be added around them."""

_LONGEST_SECONDS = 24.0
_CLIPS_A_PART = 500


@dataclass(frozen=True, slots=True)
class Bank:
    """Clips and their samples at a common speech level (active RMS 0.1)."""

    clips: list[Clip]
    pcm: NDArray[np.int16]
    ends: NDArray[np.int64]

    def samples(self, index: int) -> Samples:
        """One clip's samples, full scale 1."""
        start = int(self.ends[index - 1]) if index else 0
        return self.pcm[start : int(self.ends[index])].astype(np.float32) / 32767


def build(clips: list[Clip]) -> Bank:
    """Decodes, levels and pads the clips, on all cores; silent and over-long ones are left out."""
    kept: list[Clip] = []
    parts: list[NDArray[np.int16]] = []
    with ProcessPoolExecutor() as pool:
        decoded = pool.map(_decoded, clips, range(len(clips)), chunksize=_CLIPS_A_PART)
        for clip, samples in zip(clips, decoded, strict=True):
            if samples is not None:
                kept.append(clip)
                parts.append(samples)
    ends = np.cumsum([len(part) for part in parts])
    return Bank(kept, np.concatenate(parts), ends)


def _decoded(clip: Clip, seed: int) -> NDArray[np.int16] | None:
    samples = prepare(corpus.load(clip.path), clip.kind, seed)
    return None if samples is None else (np.clip(samples, -1, 1) * 32767).astype(np.int16)


def prepare(samples: Samples, kind: str, seed: int) -> Samples | None:
    """Levels a clip and gives it quiet around it; None when there is nothing to hear."""
    if not 0.1 < len(samples) / corpus.SAMPLE_RATE_HZ < _LONGEST_SECONDS:
        return None
    if np.abs(samples).max() < 1e-3:
        return None
    levelled = corpus.to_active_rms(samples)
    if kind in _PADDED:
        rng = np.random.default_rng(seed)
        return corpus.pad(levelled, rng.uniform(0.12, 0.3), rng.uniform(0.15, 0.4), seed)
    return levelled


def save(bank: Bank, folder: Path) -> None:
    """Writes a bank as two arrays and a table."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "pcm.npy", bank.pcm)
    np.save(folder / "ends.npy", bank.ends)
    rows = [f"{c.path}\t{c.speaker}\t{c.text}\t{c.kind}" for c in bank.clips]
    (folder / "clips.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def read(folder: Path) -> Bank:
    """Reads a saved bank; the audio stays on disk until it is used."""
    clips = []
    for row in (folder / "clips.tsv").read_text(encoding="utf-8").splitlines():
        path, speaker, text, kind = row.split("\t")
        clips.append(Clip(Path(path), speaker, text, kind))
    return Bank(clips, np.load(folder / "pcm.npy", mmap_mode="r"), np.load(folder / "ends.npy"))

"""Clips said over the guide: what a trained recognizer gets of them."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pocketsphinx")
pytest.importorskip("scipy")

from training import bank, over_guide
from training.bank import Bank
from training.corpus import SAMPLE_RATE_HZ, Clip, Samples
from training.over_guide import GUIDES


def tone(seconds: float, hertz: float) -> Samples:
    """Loud and silent by turns, twice a second, as syllables are."""
    time = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    loud = np.sin(2 * np.pi * hertz * time) * (np.sin(2 * np.pi * 2 * time) > 0)
    return (0.2 * loud).astype(np.float32)


@pytest.fixture
def material(tmp_path: Path) -> Bank:
    """Four clips of a user at 1 kHz, and guides that read sentences at 300 Hz."""
    user = [Clip(Path(f"{i}.wav"), "nobody", "softer", "synthetic") for i in range(4)]
    guides = [Clip(Path(f"{v}.wav"), v, "one two three four five six", "sentences") for v in GUIDES]
    sounds = [*(tone(1.0, 1000) for _ in user), *(tone(8.0, 300) for _ in guides)]
    pcm = (np.concatenate(sounds) * 32767).astype(np.int16)
    clips = Bank([*user, *guides], pcm, np.cumsum([len(sound) for sound in sounds]))
    bank.save(clips, tmp_path)
    return clips


def test_each_clip_is_cut_out_of_its_scene_where_it_was_said(
    material: Bank, tmp_path: Path
) -> None:
    found = over_guide.featurised(material, tmp_path, {"synthetic": 4})

    assert sorted(clip for clip, _ in found.origin) == [0, 1, 2, 3]
    for mels in found.features:
        assert len(mels) == pytest.approx(120, abs=3)  # a second and a fifth, by 10 ms
        voice = mels[:, 14:18].mean(axis=1).astype(float)  # the bands around 1 kHz
        assert voice[5:20].mean() > voice[32:45].mean() + 2  # its first syllable, and the gap after

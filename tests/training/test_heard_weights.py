"""What a model hears in talk becomes examples; the recipe's small parts, without the recipe."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from training.corpus import SAMPLE_RATE_HZ, Clip
from training.heard_weights import SOURCE, heard
from training.red_flag_weights import BOUNDS, write
from voiceguide.audio.pcm import Samples
from voiceguide.content.red_flag_lexicon import parse_weights
from voiceguide.core.suspicion import Suspicion
from voiceguide.ports import Hypothesis, Recognizer


class Loudness:
    """A model that hears how loud each clip is."""

    def __init__(self) -> None:
        self._heard: list[Samples] = []

    def recognizer(self, phrases: Sequence[str] | None) -> Recognizer:
        assert phrases is None
        return self

    def missing_words(self, phrases: Sequence[str]) -> list[str]:  # noqa: ARG002 - the port's
        return []

    def feed(self, samples: Samples) -> Hypothesis:
        self._heard.append(samples)
        return Hypothesis("")

    def finish(self) -> Hypothesis:
        sound, self._heard = np.concatenate(self._heard), []
        return Hypothesis(f"{float(np.sqrt(np.mean(sound**2))):.2f} [unk]")


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    tone = np.sin(np.arange(4 * SAMPLE_RATE_HZ) / 9).astype(np.float32)
    soundfile.write(tmp_path / "tone.wav", tone * np.float32(0.3), SAMPLE_RATE_HZ)
    return [Clip(tmp_path / "tone.wav", "nobody", "tone", "sentences")] * 4


def test_clips_are_heard_at_one_level_and_half_of_them_in_noise(clips: list[Clip]) -> None:
    noise = np.random.default_rng(0).normal(0, 0.4, 9 * SAMPLE_RATE_HZ).astype(np.float32)

    levels = [float(words) for words in heard(Loudness(), clips, noise)]

    quiet, quiet_too, softer_noise, louder_noise = levels
    assert quiet == quiet_too == pytest.approx(0.05, abs=0.01)
    assert louder_noise >= softer_noise >= quiet


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    learnt = Suspicion({"numb": 2.5, "numb my": -1.0}, start=-3.0, limit=0.5, unlikely=-1.5)

    write(learnt, tmp_path / "weights.tsv", SOURCE)

    assert parse_weights((tmp_path / "weights.tsv").read_text()) == learnt
    assert {"start", "limit", "harmless", "unlikely"} == set(BOUNDS)

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from voiceguide.adapters.recording import read_recording
from voiceguide.adapters.silero_activity import SileroActivity
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples


def _probabilities(activity: SileroActivity, samples: Samples) -> list[float]:
    whole = len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES
    return [
        activity.probability(samples[start : start + BLOCK_SAMPLES])
        for start in range(0, whole, BLOCK_SAMPLES)
    ]


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed: no synthetic speech")
    path = Path(tmp_path_factory.mktemp("speech")) / "speech.wav"
    subprocess.run(
        ["flite", "-voice", "slt", "-t", "glide up beside the spine", "-o", path], check=True
    )
    return np.concatenate(list(read_recording(path)))


def test_speech_is_probable_while_someone_speaks(speech: Samples) -> None:
    assert np.mean(np.array(_probabilities(SileroActivity(), speech)) > 0.5) > 0.7


def test_silence_and_noise_are_no_speech() -> None:
    noise = np.random.default_rng(7).normal(0, 0.05, 2 * SAMPLE_RATE_HZ).astype(np.float32)

    assert max(_probabilities(SileroActivity(), np.zeros_like(noise))) < 0.2
    assert max(_probabilities(SileroActivity(), noise)) < 0.5


def test_after_a_reset_nothing_of_before_is_left(speech: Samples) -> None:
    activity = SileroActivity()
    first = _probabilities(activity, speech)
    activity.reset()

    assert _probabilities(activity, speech) == pytest.approx(first)

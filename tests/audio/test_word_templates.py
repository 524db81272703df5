import numpy as np
import pytest

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.word_templates import (
    CEPSTRA,
    LEAST_FRAMES,
    WordTemplates,
    distance,
    frames_of,
)


def vowels(*formants: float, seconds: float = 0.5, seed: int = 0) -> Samples:
    """A sound of 120 Hz that goes through these formants, between silences, in a faint hiss."""
    count = round(seconds * SAMPLE_RATE_HZ)
    time = np.arange(count) / SAMPLE_RATE_HZ
    centre = np.interp(time, np.linspace(0, seconds, len(formants)), formants)
    sound = np.zeros(count)
    for harmonic in np.arange(120, 4000, 120):
        sound += np.exp(-(((harmonic - centre) / 300) ** 2)) * np.sin(2 * np.pi * harmonic * time)
    quiet = np.zeros(SAMPLE_RATE_HZ // 4)
    hiss = np.random.default_rng(seed).normal(0, 1e-3, count + 2 * len(quiet))
    return np.asarray(np.concatenate([quiet, sound * 0.1, quiet]) + hiss, dtype=np.float32)


@pytest.fixture
def templates() -> WordTemplates:
    return WordTemplates(
        {
            "rising": frames_of(vowels(500, 1000, 2500)),
            "falling": frames_of(vowels(2500, 1000, 500)),
        }
    )


def test_a_word_said_slower_and_louder_is_the_same_word(templates: WordTemplates) -> None:
    slower = vowels(500, 1000, 2500, seconds=0.8, seed=1) * np.float32(3)
    near = templates.nearest(frames_of(slower))

    assert near is not None
    assert near.word == "rising"
    assert near.ratio < 0.8


def test_the_silence_around_a_word_is_no_part_of_it() -> None:
    word = vowels(500, 2500)
    hiss = np.random.default_rng(2).normal(0, 1e-3, SAMPLE_RATE_HZ // 2).astype(np.float32)

    assert abs(len(frames_of(np.concatenate([hiss, word, hiss]))) - len(frames_of(word))) <= 2


def test_a_sound_is_nearest_to_itself() -> None:
    frames = frames_of(vowels(500, 2500))

    assert distance(frames, frames) == pytest.approx(0, abs=0.01)


def test_the_distance_is_the_same_in_both_directions(templates: WordTemplates) -> None:
    one, other = templates.words.values()

    assert distance(one, other) == pytest.approx(distance(other, one), rel=1e-4)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(0, dtype=np.float32),
        np.zeros(100, dtype=np.float32),
        np.zeros(SAMPLE_RATE_HZ, dtype=np.float32),
    ],
    ids=["nothing", "too short", "silence"],
)
def test_what_is_no_word_is_near_to_nothing(sound: Samples, templates: WordTemplates) -> None:
    frames = frames_of(sound)

    assert frames.shape[1] == 2 * CEPSTRA
    assert len(frames) < LEAST_FRAMES
    assert templates.nearest(frames) is None


def test_one_word_alone_can_not_be_told_from_others() -> None:
    frames = frames_of(vowels(500, 2500))

    assert WordTemplates({"rising": frames}).nearest(frames) is None

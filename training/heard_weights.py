"""Learn what red flags sound like to one model, and what it makes of talk.

    python -m training.heard_weights --data ../shared/data --model models/voiceguide-en-basic

A small recognizer hears "one my hand is dead again the house" in a novel that is read. So the open
lane's words have weights of their own (`voiceguide.core.suspicion`): grave and harmless are our own
sentences that nothing is measured with, as texts, and harmless is also what the model hears in
recorded speech that it was trained on, quiet and in noise. What it makes of our own sentences, said
by synthetic voices, was tried as well, and made it worse: such words are in talk as often
(`docs/explanation/model.md`).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from training import corpus
from training.corpus import Clip, Samples
from training.red_flag_sentences import read_sentences
from training.red_flag_weights import Example, examples, learn, talk, words_of, write
from training.speakers import Use
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES
from voiceguide.commands.ears import WEIGHTS_FILE
from voiceguide.core.acceptance import UNKNOWN
from voiceguide.ports import RecognizerFactory

CLIPS_OF_EACH_KIND = {"sentences": 4_200, "one_reader": 500, "read_speech": 500, "numbers": 500}
"""Five hours; six minutes on two cores."""
SOURCE = "Learnt from our own sentences and from what this model hears in talk; not edited."
LIMIT = 1.0
"""Above it the guide asks, and believes what only a whole sentence holds together. Of grave
sentences for tuning by voices that were never trained on .78 are found, .56 at 10 dB; of harmless
ones .03 and .11. At 0 it was .79, .58, .06 and .14, and 9 utterances an hour of talk for tuning
instead of none (by a recognizer that was trained on 3,900 steps longer than the one that ships)."""
UNLIKELY = -0.5
"""Below it a rule is believed only when the witness hears its words too, when it is said again, or
when it names an emergency. At -1.5 there were more alarms in talk and no more was found."""
_SNR_DB = (None, None, 15.0, 8.0)
_LONGEST_SAMPLES = 15 * corpus.SAMPLE_RATE_HZ
_PAD_SECONDS = 0.3
_CLIPS_A_PART = 300
_LEVEL = 0.05


def spoken(data: Path) -> list[Clip]:
    """Recorded talk that may be learned from, the same choice at each run."""
    clips = corpus.training_clips(data)
    order = random.Random(5)  # noqa: S311 (an order of recordings, no secret)
    order.shuffle(clips)
    return [
        clip
        for kind, count in CLIPS_OF_EACH_KIND.items()
        for clip in [clip for clip in clips if clip.kind == kind][:count]
    ]


def heard(model: RecognizerFactory, clips: Iterable[Clip], noise: Samples) -> Iterator[str]:
    """The open lane's words for each clip."""
    rng = np.random.default_rng(0)
    recognizer = model.recognizer(None)
    for number, clip in enumerate(clips):
        sound = corpus.to_active_rms(corpus.load(clip.path), _LEVEL)[:_LONGEST_SAMPLES]
        snr_db = _SNR_DB[number % len(_SNR_DB)]
        sound = sound if snr_db is None else _noisy(sound, noise, snr_db, rng)
        sound = corpus.pad(sound, _PAD_SECONDS, _PAD_SECONDS)
        for start in range(0, len(sound), BLOCK_SAMPLES):
            recognizer.feed(sound[start : start + BLOCK_SAMPLES])
        yield recognizer.finish().text.replace(UNKNOWN, " ")


def _noisy(sound: Samples, noise: Samples, snr_db: float, rng: np.random.Generator) -> Samples:
    start = int(rng.integers(0, len(noise) - len(sound)))
    piece = noise[start : start + len(sound)]
    loudness = float(np.sqrt(np.mean(piece**2))) + 1e-9
    return (sound + piece * (_LEVEL / 10 ** (snr_db / 20) / loudness)).astype(np.float32)


def harmless(data: Path, folder: Path) -> list[Example]:
    """What a model hears in talk, as examples of what is no red flag; on all processor cores."""
    clips = spoken(data)
    parts = [clips[i : i + _CLIPS_A_PART] for i in range(0, len(clips), _CLIPS_A_PART)]
    with ProcessPoolExecutor() as pool:
        texts = [text for part in pool.map(partial(_heard, data, folder), parts) for text in part]
    return [(words, False) for words in map(words_of, texts) if words]


def _heard(data: Path, folder: Path, clips: Sequence[Clip]) -> list[str]:
    noises = corpus.training_noises(data)
    recorded = [corpus.load(noise.path)[: 20 * corpus.SAMPLE_RATE_HZ] for noise in noises]
    return list(heard(load_model(folder), clips, np.concatenate(recorded)))


def write_weights(data: Path, folder: Path) -> None:
    """Learns the weights of the model in a folder and writes them into it."""
    own = [sentence for sentence in read_sentences() if sentence.use is Use.TRAIN]
    learnt = learn(examples(own) + talk() + harmless(data, folder))
    suspicion = replace(learnt, limit=LIMIT, harmless=float("-inf"), unlikely=UNLIKELY)
    write(suspicion, folder / WEIGHTS_FILE, SOURCE)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and audio/")
    parser.add_argument("--model", type=Path, required=True, help="model directory")
    arguments = parser.parse_args()
    write_weights(arguments.data, arguments.model)


if __name__ == "__main__":
    main()

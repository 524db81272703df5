"""Below which likelihood the witness may doubt a red flag's word that the open lane heard.

Counted are words that were said and heard rightly: a threshold that doubts more than a few of them
is too high. The sentences are our own ones that are not measured with (`red_flags.py`).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.hearing_data import present_voices, said, with_noise
from benchmarks.hearing_work import Bench, Workers
from benchmarks.red_flags import NOISE_DB, tuning_sentences
from voiceguide.audio.pcm import Samples
from voiceguide.core.second_opinion import stem

DOUBTED_SHARE = 0.02
"""One in fifty of the words that were heard rightly; who says it again is believed."""

_FEWEST_WORDS = 100
_IN_ONE_TASK = 10


def denies(workers: Workers) -> float:
    """The threshold; 0, which denies nothing, without a witness or with too few words to tell."""
    texts = tuning_sentences()
    tasks = [texts[first : first + _IN_ONE_TASK] for first in range(0, len(texts), _IN_ONE_TASK)]
    found = [each for likelihoods in workers.each(_heard_rightly, tasks) for each in likelihoods]
    if len(found) < _FEWEST_WORDS:
        return 0.0
    return round(float(np.quantile(found, DOUBTED_SHARE, method="lower")), 5)


def _heard_rightly(bench: Bench, texts: Sequence[str]) -> list[float]:
    """How likely the witness finds each of its words that was said and that the open lane heard."""
    return [likelihood for text in texts for likelihood in _in_sentence(bench, text)]


def _in_sentence(bench: Bench, text: str) -> Iterator[float]:
    witness = bench.calibration.witness
    for samples in spoken_by_all(text):
        if witness is None:
            return
        likelihoods = witness.spot(samples)
        lane = bench.model.recognizer(None)
        lane.feed(samples)
        for word in set(lane.finish().text.split()) & set(text.split()):
            forms = [share for known, share in likelihoods.items() if stem(known) == stem(word)]
            if forms:
                yield max(forms)


def spoken_by_all(text: str) -> Iterator[Samples]:
    """By every voice, quiet and in noise."""
    for voice in present_voices():
        clip = said(text, voice)
        yield clip.samples()
        yield with_noise(clip.samples(), NOISE_DB, clip.path)

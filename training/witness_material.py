"""What the second witness learns from: pieces by phrase, and sentences with red flags' words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from training import units
from training.dataset import IGNORE, Kind
from training.features import LogMels
from training.lexicon import pronounce

SENTENCE_FRAMES = 400
WINDOW_FRAMES = 190
"""1.9 s: the longest phrase and a little quiet around it. At use the window is the utterance."""

_SAME = {"know": "no", "knew": "", "to": "", "too": "", "for": "", "won": "", "ate": "", "hire": ""}
"""Words of running speech that sound like a phrase: as which they count, or not at all."""

SPOTS: tuple[str, ...] = (
    *("numb", "numbness", "tingling", "tingles", "tingly", "needles", "dizzy", "dizziness"),
    *("faint", "fainting", "weak", "weakness", "burning", "shooting", "stabbing", "electric"),
    *("asleep", "chest", "breathe", "breath", "bladder", "swollen", "collapsed", "ambulance"),
    *("emergency", "bleeding", "pain", "hurts", "hurt", "sharp"),
)
"""Words of red flags that are looked for in sentences."""

_RUNNING = ("sentences", "numbers", "one_reader", "read_speech")
_FEWEST_CLIPS = 12
_FEWEST_RECORDED = 8
_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_FIRST_SPEECH_UNIT = 2


@dataclass(slots=True)
class Pieces:
    """Stretches of speech by what is said in them; the text of "something else" is empty."""

    by_phrase: dict[str, list[list[LogMels]]]
    """For each phrase its sources: said alone, cut out of sentences, spoken by machines, said over
    the guide."""
    others: list[list[LogMels]]
    said_alone: frozenset[str] = frozenset()
    """Phrases that real people were recorded saying alone."""


def phrases_of(texts: Sequence[str]) -> list[str]:
    """What the witness learns to know: whatever the synthetic voices say often enough."""
    counts = Counter(texts)
    return sorted(text for text, count in counts.items() if count >= _FEWEST_CLIPS)


def material(
    kinds: Mapping[str, Kind], texts: Sequence[str], rng: np.random.Generator
) -> tuple[Pieces, Sentences, list[str]]:
    """Everything that it learns from, and the phrases.

    Args:
        kinds: labelled features of all clips, noise among them.
        texts: what is said in each clip.
        rng: of where words are cut.
    """
    phrases = phrases_of([texts[clip] for clip, _ in kinds["synthetic"].origin])
    by_phrase: dict[str, dict[str, list[LogMels]]] = {
        phrase: {"alone": [], "cut": [], "spoken": [], "over": []} for phrase in phrases
    }
    others: dict[str, list[LogMels]] = {
        name: [] for name in ("cut", "words", "alone", "spoken", "over")
    }
    for name, source, rest in (
        ("words", "alone", "words"),
        ("isolated", "alone", "alone"),
        ("cut_words", "cut", "words"),
        ("synthetic", "spoken", "spoken"),
        ("over_guide", "over", "over"),
    ):
        for mels, (clip, _) in zip(kinds[name].features, kinds[name].origin, strict=True):
            text = _SAME.get(texts[clip], texts[clip])
            if text in by_phrase:
                by_phrase[text][source].append(mels)
            elif text and len(mels) < WINDOW_FRAMES:
                others[rest].append(mels)
    for name in _RUNNING:
        exact, rest_of_it = cut_words(kinds[name], texts, set(phrases), rng)
        others["cut"] += rest_of_it
        for phrase, pieces in exact.items():
            by_phrase[phrase]["cut"].extend(pieces)
    others["noise"] = [
        mels[start : start + int(rng.integers(20, 150))]
        for mels in kinds["noise"].features
        for start in rng.integers(0, max(1, len(mels) - 150), size=6)
    ]
    known = {p: _sources(pieces) for p, pieces in by_phrase.items()}
    alone = frozenset(
        p for p, found in by_phrase.items() if len(found["alone"]) >= _FEWEST_RECORDED
    )
    pieces = Pieces(known, list(others.values()), alone)
    return pieces, sentences_of(kinds, texts, others), phrases


def _sources(pieces: Mapping[str, list[LogMels]]) -> list[list[LogMels]]:
    """Sources with enough pieces; they weigh the same. What machines speak is always one."""
    return [
        pieces[name]
        for name in ("alone", "cut", "spoken", "over")
        if len(pieces[name]) >= _FEWEST_RECORDED or name == "spoken"
    ]


def sentences_of(
    kinds: Mapping[str, Kind], texts: Sequence[str], others: Mapping[str, list[LogMels]]
) -> Sentences:
    """Sentences with and without the words to be spotted."""
    numbers = {word: number for number, word in enumerate(SPOTS)}
    with_spots: list[tuple[LogMels, list[int]]] = []
    without: dict[str, list[LogMels]] = {
        name: [] for name in (*_RUNNING, "synthetic", "synthetic_sentences")
    }
    for name, harmless in without.items():
        for mels, (clip, _) in zip(kinds[name].features, kinds[name].origin, strict=True):
            if len(mels) >= SENTENCE_FRAMES - 10:
                continue
            spots = [numbers[word] for word in texts[clip].split() if word in numbers]
            if spots:
                with_spots.append((mels, spots))
            else:
                harmless.append(mels)
    sources = [s for s in (*without.values(), others["words"], others["noise"]) if s]
    return Sentences(with_spots, sources)


def cut_words(
    kind: Kind, texts: Sequence[str], phrases: set[str], rng: np.random.Generator
) -> tuple[dict[str, list[LogMels]], list[LogMels]]:
    """Cuts one to three words in a row out of running speech.

    Returns:
        pieces that are exactly a phrase, by phrase; and pieces that are none.
    """
    exact: dict[str, list[LogMels]] = {}
    others: list[LogMels] = []
    for mels, labels, (clip, _) in zip(kind.features, kind.labels, kind.origin, strict=True):
        spans = _word_spans(labels)
        words = texts[clip].split()
        if len(spans) != len(words):
            words = [_digit(labels[begin:end]) for begin, end in spans]
        for _ in range((len(words) + 2) // 3):
            first = int(rng.integers(len(words)))
            last = min(len(words), first + int(rng.integers(1, 4)))
            chosen = [_SAME.get(word, word) for word in words[first:last]]
            piece = mels[max(0, spans[first][0] - 4) : spans[last - 1][1] + 4]
            if "" in chosen or not 8 <= len(piece) < WINDOW_FRAMES - 30:
                continue
            text = " ".join(chosen)
            if text in phrases:
                exact.setdefault(text, []).append(piece)
            else:
                others.append(piece)
    return exact, others


@cache
def _digits() -> dict[tuple[int, ...], str]:
    return {
        tuple(units.units(pronunciation)): word
        for word in _DIGIT_WORDS
        for pronunciation in pronounce(word)
    }


def _digit(labels: NDArray[np.int16]) -> str:
    """The digit whose units these are, for clips whose text has digits; empty for other words."""
    runs = labels[np.flatnonzero(np.diff(labels, prepend=-2) != 0)]
    return _digits().get(tuple(int(u) for u in runs if u >= _FIRST_SPEECH_UNIT), "")


def _word_spans(labels: NDArray[np.int16]) -> list[tuple[int, int]]:
    """First and last frame of every word, by units that stand at a word's start."""
    if (labels == IGNORE).any():
        return []
    spans: list[tuple[int, int]] = []
    begins = np.flatnonzero(np.diff(labels, prepend=-2) != 0)
    for begin, end in zip(begins, [*begins[1:], len(labels)], strict=True):
        unit = int(labels[begin])
        if unit < _FIRST_SPEECH_UNIT:
            continue
        if (unit - _FIRST_SPEECH_UNIT) % units.N_CLASSES == 0:
            spans.append((int(begin), int(end)))
        elif spans:
            spans[-1] = (spans[-1][0], int(end))
    return spans


@dataclass(slots=True)
class Sentences:
    """Running speech with the numbers of the red-flag words in it."""

    with_spots: list[tuple[LogMels, list[int]]]
    without: list[list[LogMels]]
    """Sources of speech without any."""

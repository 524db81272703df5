"""Listens again to what was heard, with little else to expect.

An open language model hears what it expects, and ours expects symptoms: out of a murmur it makes
"arm numb". Asked whether it was these words or any other sounds, the same recognizer drops what it
had only guessed. Of 23 red flags an hour in talk for tuning 5 were left, and almost all sentences
about symptoms that were heard right; in other talk more were left [measured;
`docs/explanation/model.md`]. Both questions take a twentieth of the utterance's length [measured].
"""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from voiceguide.audio.pcm import Samples
from voiceguide.core.acceptance import UNKNOWN
from voiceguide.ports import Recognizer

ListenFor = Callable[[Sequence[str]], Recognizer]
"""Makes a recognizer for these phrases and `[unk]`."""


class SecondHearing:
    """Knows which words of an utterance are heard again; belongs to the listener's thread.

    Args:
        listen_for: makes the recognizers, one for each question.
        unknown: how often `[unk]` counts beside a whole sentence; more believes less.
    """

    def __init__(self, listen_for: ListenFor, unknown: int = 1) -> None:
        self._listen_for = listen_for
        self._others = [UNKNOWN] * (unknown - 1)

    def as_sentence(self, said: str, samples: Samples) -> str:
        """The words, with `[unk]` for those that are not heard where all of them are expected."""
        return self._heard([said, *self._others], said, samples)

    def word_by_word(self, said: str, samples: Samples) -> str:
        """The same, where each word has to stand for itself: in any order, beside any sounds."""
        return self._heard(sorted(set(said.split())), said, samples)

    def _heard(self, phrases: Sequence[str], said: str, samples: Samples) -> str:
        recognizer = self._listen_for(phrases)
        recognizer.feed(samples)
        return in_both(said.split(), recognizer.finish().text.split())


def in_both(first: Sequence[str], second: Sequence[str]) -> str:
    """The words of the first hearing that are in the second in the same order, else `[unk]`."""
    words = [UNKNOWN] * len(first)
    for block in SequenceMatcher(a=first, b=second, autojunk=False).get_matching_blocks():
        words[block.a : block.a + block.size] = first[block.a : block.a + block.size]
    return " ".join(words)

"""Is this text what the guide itself is saying? The gate that keeps it from obeying itself.

Every echo canceller measured left enough of the guide's voice for a recognizer to find commands
in it, so what is heard is compared with what was being said. Pure: times are given by the caller.
"""

from collections import deque
from dataclasses import dataclass
from difflib import SequenceMatcher

from voiceguide.core.grammar import normalize

TAIL_SECONDS = 0.55
"""How long after a word was noted an utterance that begins may still be its echo.

Words are noted up to 0.25 s early (`runtime.spoken_word`), which leaves 0.3 s behind a word's true
end: a round trip of 0.15 s and a room. Longer would swallow the quick "no" to a question that ends
in "yes, no, or not sure": people answer 0.2 s after it (Stivers et al. 2009), and begin a word that
the guide has just said.
"""

_UNKNOWN = "[unk]"
_STEM_LETTERS = 4  # "numb" for "numbness", "massage" for "massaging"
_ENOUGH_WORDS_SHARED = 0.75  # of a longer text; a recognizer gets some of our words wrong


@dataclass(frozen=True, slots=True)
class _Said:
    words: tuple[str, ...]
    from_s: float
    until_s: float


class SelfEcho:
    """Remembers what the guide says, for as long as it may come back."""

    def __init__(self, tail_seconds: float = TAIL_SECONDS) -> None:
        self._tail_seconds = tail_seconds
        self._said: deque[_Said] = deque(maxlen=64)

    def note(self, words: str, now_s: float) -> None:
        """The guide is saying these words now; call it block by block, empty when silent."""
        said = tuple(normalize(words).split())
        if not said:
            return
        if self._said and self._said[-1].words == said:
            said_before = self._said.pop()
            self._said.append(_Said(said, said_before.from_s, now_s))
        else:
            self._said.append(_Said(said, now_s, now_s))

    def is_speaking(self, start_s: float, end_s: float) -> bool:
        """Whether the guide said anything that may be heard in this span."""
        return bool(self._audible(start_s, end_s))

    def is_echo(self, heard: str, start_s: float, end_s: float) -> bool:
        """Whether what was heard in this span is what the guide said in it, or just before."""
        words = [word for word in normalize(heard).split() if word != _UNKNOWN]
        return bool(words) and _repeats(words, self._audible(start_s, end_s))

    def _audible(self, start_s: float, end_s: float) -> list[str]:
        return [
            word
            for said in self._said
            if said.from_s <= end_s and said.until_s + self._tail_seconds >= start_s
            for word in said.words
        ]


def _repeats(heard: list[str], said: list[str]) -> bool:
    """Short texts must be there whole and in order; of longer ones, most of the words."""
    heard, said = [word[:_STEM_LETTERS] for word in heard], [word[:_STEM_LETTERS] for word in said]
    if len(heard) <= 2:
        return any(said[i : i + len(heard)] == heard for i in range(len(said) - len(heard) + 1))
    blocks = SequenceMatcher(None, heard, said, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _ENOUGH_WORDS_SHARED * len(heard)

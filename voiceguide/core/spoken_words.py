"""Text as spoken words: contractions opened, hesitations and stammers taken out."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

_PIECE = re.compile(r"\[unk\]|<unk>|[^\W_]+(?:'[^\W_]+)*|[.!?;:\u2026\n]+|,")
_STAMMERS = (4, 3, 2, 1)  # "it is it is", "i can not i can not": so many words are said again
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")  # "owww", "nooo": no word has a letter three times
_UNKNOWN = "[unk]"


class Break(IntEnum):
    """The punctuation before a word."""

    NONE = 0
    COMMA = 1
    STOP = 2
    QUESTION = 3


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language's written words become spoken ones.

    `whole` maps a word ("cannot") and `endings` the part from the apostrophe ("'ve") to words.
    `fillers` are word sequences without meaning of their own ("um", "you know"), `repeatable`
    words that are said twice on purpose ("nine nine nine").
    """

    whole: Mapping[str, tuple[str, ...]]
    endings: Mapping[str, tuple[str, ...]]
    fillers: frozenset[tuple[str, ...]]
    repeatable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words; `breaks[i]` is the punctuation before word i, `breaks[-1]` the last one."""

    words: tuple[str, ...]
    breaks: tuple[Break, ...]
    text: str
    starts: tuple[int, ...]

    def index_at(self, offset: int) -> int:
        """The number of the word that begins at or before an offset of `text`."""
        return bisect_right(self.starts, offset) - 1


def read_words(text: str, spelling: Spelling) -> Words:
    """Split a text into spoken words."""
    found = _opened(text, spelling)
    found = _without_stammer(found, 1, spelling.repeatable)  # "kind of of" hides a filler
    found = _without_fillers(found, spelling.fillers)
    for size in _STAMMERS:
        found = _without_stammer(found, size, spelling.repeatable)
    final = found.pop()[1]
    words = tuple(word for word, _ in found)
    starts, offset = [], 0
    for word in words:
        starts.append(offset)
        offset += len(word) + 1
    breaks = (*(mark for _, mark in found), final)
    return Words(words, breaks, "".join(f"{word} " for word in words), tuple(starts))


_Marked = list[tuple[str, Break]]


def _opened(text: str, spelling: Spelling) -> _Marked:
    """Words with the punctuation before each; the last entry is the end of the text."""
    found: _Marked = []
    mark = Break.STOP
    plain = text.lower().replace("\u2019", "'").replace("`", "'")
    for piece in _PIECE.findall(_DRAWN_OUT.sub(r"\1", plain)):
        if not (piece[0].isalnum() or piece[0] in "[<"):
            mark = max(mark, _mark(piece))
            continue
        for word in _open(piece, spelling):
            found.append((word, mark))
            mark = Break.NONE
    return [*found, ("", mark)]


def _mark(piece: str) -> Break:
    if "?" in piece:
        return Break.QUESTION
    return Break.COMMA if piece == "," else Break.STOP


def _open(piece: str, spelling: Spelling) -> tuple[str, ...]:
    if piece in (_UNKNOWN, "<unk>"):
        return (_UNKNOWN,)
    if piece in spelling.whole:
        return spelling.whole[piece]
    if piece.endswith("n't"):
        return (piece[:-3], "not")
    stem, apostrophe, ending = piece.partition("'")
    if apostrophe:
        return (*spelling.whole.get(stem, (stem,)), *spelling.endings.get(f"'{ending}", ()))
    return (piece,)


def _without_fillers(found: _Marked, fillers: frozenset[tuple[str, ...]]) -> _Marked:
    """Drop fillers; the commas around one go too, a full stop before it stays."""
    longest = max((len(filler) for filler in fillers), default=0)
    kept: _Marked = []
    mark = Break.NONE
    after_filler = False
    at = 0
    while at < len(found):
        size = _filler_size(found, at, fillers, longest)
        word, own = found[at]
        if size:
            mark = max(mark, own)
            after_filler = True
            at += size
            continue
        if after_filler and own is Break.COMMA and mark is Break.COMMA:
            own = mark = Break.NONE
        kept.append((word, max(mark, own)))
        mark, after_filler = Break.NONE, False
        at += 1
    return kept


def _filler_size(found: _Marked, at: int, fillers: frozenset[tuple[str, ...]], longest: int) -> int:
    for size in range(min(longest, len(found) - 1 - at), 0, -1):
        if tuple(word for word, _ in found[at : at + size]) in fillers:
            return size
    return 0


def _without_stammer(found: _Marked, size: int, repeatable: frozenset[str]) -> _Marked:
    """Drop an immediate repetition of `size` words ("it is it is", "my my")."""
    kept: _Marked = []
    same = 0  # how many of the last words equal the one `size` words before
    for word, mark in found:
        kept.append((word, mark))
        again = len(kept) > size and kept[-1 - size][0] == word and word not in repeatable
        same = same + 1 if again and word else 0
        if same == size:
            del kept[-size:]
            same = 0
    return kept

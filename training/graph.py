"""The decoding graph: words as a tree of sounds, `[unk]` as a loop of any sounds.

libvosk composes `HCLr.fst` (sounds to words) with a grammar made at run time, or with the shipped
`Gr.fst`. The graph is written as text and compiled by OpenFst's tools.
"""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import units
from training.lexicon import PHONES, Pronunciation, pronounce

UNKNOWN = "[unk]"
NOISE_WORD = "[noise]"
_HALF = math.log(2)

_PLUGINS = "/usr/lib/x86_64-linux-gnu/fst/22"
"""Where Debian's libfst22-plugins-base puts the olabel_lookahead type."""


def places(length: int) -> list[str]:
    """Where each phone of a word stands: s(ingleton), or b(egin), i(nternal) ... e(nd)."""
    return ["s"] if length == 1 else ["b", *"i" * (length - 2), "e"]


@dataclass(slots=True)
class Phones:
    """Kaldi "phones": a unit together with its place in the word."""

    index: dict[tuple[int, str], int] = field(default_factory=dict)
    """(unit, place) to number from 1; place is n(onword), b(egin), i, e(nd) or s(ingleton)."""
    _units: list[int] = field(default_factory=list)

    def unit(self, phone: int) -> int:
        """Unit of a phone."""
        return self._units[phone - 1]

    def get(self, unit_id: int, place: str) -> int:
        """Number of a phone, new ones are appended."""
        if (unit_id, place) not in self.index:
            self.index[unit_id, place] = len(self.index) + 1
            self._units.append(unit_id)
        return self.index[unit_id, place]

    def of_word(self, unit_ids: list[int]) -> list[int]:
        """Phones of a word's units."""
        return [self.get(u, p) for u, p in zip(unit_ids, places(len(unit_ids)), strict=True)]

    def boundaries(self) -> str:
        """Kaldi's word_boundary.int."""
        names = {"n": "nonword", "b": "begin", "i": "internal", "e": "end", "s": "singleton"}
        return "".join(f"{p} {names[place]}\n" for (_, place), p in self.index.items())


@dataclass(frozen=True, slots=True)
class UnknownLoop:
    """What `[unk]` costs: the dearer, the more readily a command is believed."""

    penalty: float
    """Added for each sound."""
    bigram: NDArray[np.float64] | None = None
    """Cost of each phone after each left class, shape (N_CLASSES, phones), averaging zero."""


class GraphBuilder:
    """Collects arcs; state 0 starts, `between` is between words."""

    def __init__(
        self,
        silence: int,
        noise: int,
        spell: Callable[[Pronunciation], list[int]],
        stay: Callable[[int], list[float]],
    ) -> None:
        self.phones = Phones()
        self.silence = self.phones.get(silence, "n")
        self.noise = self.phones.get(noise, "n")
        self._noise_unit = noise
        self._spell = spell
        self._stay = stay
        self._arcs: list[str] = []
        self._states = 1
        self._word_ids: dict[str, int] = {}
        self._tree: dict[tuple[int, int], int] = {}
        self.between = self._state()
        self._after = self._state()
        for begin in (0, self._after):
            self._arc(begin, self.between, 0, 0, _HALF)
            self._arc(self._sound(begin, self.silence, cost=_HALF), self.between)

    def _state(self) -> int:
        self._states += 1
        return self._states - 1

    def _arc(self, begin: int, end: int, sound: int = 0, word: int = 0, cost: float = 0.0) -> None:
        self._arcs.append(f"{begin} {end} {sound} {word} {cost:.4f}")

    def _sound(self, begin: int, phone: int, word: int = 0, cost: float = 0.0) -> int:
        """Appends a phone that may repeat; returns the state after it."""
        chances = self._stay(self.phones.unit(phone))
        for i, chance in enumerate(chances):
            number = (phone - 1) * len(chances) + i
            end = self._state()
            self._arc(begin, end, 2 * number + 2, word, cost - math.log(1 - chance))
            self._arc(end, end, 2 * number + 1, 0, -math.log(chance))
            begin, word, cost = end, 0, 0.0
        return begin

    def _word_id(self, word: str) -> int:
        return self._word_ids.setdefault(word, len(self._word_ids) + 1)

    def add_words(self, words: Iterable[str]) -> None:
        """Adds words with all their pronunciations, sharing beginnings."""
        for word in words:
            for pronunciation in pronounce(word):
                state = self.between
                for phone in self.phones.of_word(self._spell(pronunciation)):
                    key = (state, phone)
                    if key not in self._tree:
                        self._tree[key] = self._sound(state, phone)
                    state = self._tree[key]
                self._arc(state, self._after, 0, self._word_id(word))

    def add_unknown(self, loop: UnknownLoop) -> None:
        """Adds `[noise]` and `[unk]`: one or more of any sounds."""
        self._add_noise()
        inside = [self._state() for _ in range(units.N_CLASSES)]
        self._arc(self.between, inside[0], 0, self._word_id(UNKNOWN))
        clatter = self.phones.get(self._noise_unit, "s")
        self._arc(self._sound(inside[0], clatter, cost=loop.penalty), self._after)
        for left, state in enumerate(inside):
            for i, phone in enumerate(PHONES):
                extra = 0.0 if loop.bigram is None else float(loop.bigram[left, i])
                unit_id = units.unit_of_class(phone, left)
                first, last = ("b", "s") if left == 0 else ("i", "e")
                cost = loop.penalty + extra
                goes_on = self._sound(state, self.phones.get(unit_id, first), cost=cost)
                self._arc(goes_on, inside[units.CLASS_OF[phone]])
                ends = self._sound(state, self.phones.get(unit_id, last), cost=cost)
                self._arc(ends, self._after)

    def _add_noise(self) -> None:
        heard = self._sound(self.between, self.noise, self._word_id(NOISE_WORD))
        self._arc(heard, self._after)

    def add_plain_unknown(self, unit_ids: list[int], penalty: float) -> None:
        """Adds `[noise]` and `[unk]` for units without left context: one or more, any order."""
        self._add_noise()
        begin, inside = self._state(), self._state()
        self._arc(self.between, begin, 0, self._word_id(UNKNOWN))
        ways = (("s", begin, self._after), ("b", begin, inside))
        for place, here, there in (*ways, ("i", inside, inside), ("e", inside, self._after)):
            for unit_id in unit_ids:
                phone = self.phones.get(unit_id, place)
                self._arc(self._sound(here, phone, cost=penalty), there)

    def text(self) -> str:
        """The graph in OpenFst's text form; states 0 and between first."""
        return "\n".join([*self._arcs, f"{self.between} 0"]) + "\n"

    @property
    def word_ids(self) -> dict[str, int]:
        """Word numbers before relabelling."""
        return dict(self._word_ids)


def sound_bigram(words: list[str], strength: float) -> NDArray[np.float64]:
    """How unusual each phone is after each left class, from the words; mean cost zero.

    It makes `[unk]` prefer sequences that words have, so that speech which is no command fits it
    better than a command does.
    """
    counts = np.full((units.N_CLASSES, len(PHONES)), 2.0)
    for word in words:
        for pronunciation in pronounce(word)[:1]:
            left = 0
            for phone in pronunciation:
                counts[left, PHONES.index(phone)] += 1
                left = units.CLASS_OF[phone]
    chance = counts / counts.sum(axis=1, keepdims=True)
    cost = -np.log(chance)
    usual = (chance * cost).sum(axis=1, keepdims=True)
    return strength * (cost - usual)


def compile_words(builder: GraphBuilder, folder: Path) -> dict[str, int]:
    """Writes HCLr.fst and words.txt; returns the words' numbers after relabelling."""
    relabelling = folder / "relabel.partial"
    sorted_fst = _pipe(
        builder.text().encode(), ["fstcompile"], ["fstarcsort", "--sort_type=olabel"]
    )
    convert = [
        "fstconvert",
        "--fst_type=olabel_lookahead",
        f"--save_relabel_opairs={relabelling}",
    ]
    (folder / "HCLr.fst").write_bytes(_pipe(sorted_fst, convert))
    pairs = (line.split() for line in relabelling.read_text().splitlines())
    renamed = {int(old): int(new) for old, new in pairs}
    relabelling.unlink()
    word_ids = {word: renamed.get(i, i) for word, i in builder.word_ids.items()}
    ordered = sorted(word_ids.items(), key=lambda item: item[1])
    lines = ["<eps> 0", *(f"{word} {i}" for word, i in ordered)]
    (folder / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return word_ids


def write_phones(builder: GraphBuilder, folder: Path) -> None:
    """Writes the small tables that libvosk wants beside the graph."""
    boundaries = builder.phones.boundaries()
    (folder / "phones/word_boundary.int").write_text(boundaries, encoding="utf-8")
    # No transition is a disambiguation symbol here; libvosk insists on the file.
    (folder / "disambig_tid.int").write_text("1000000\n", encoding="utf-8")


def compile_language_model(text: str, folder: Path) -> None:
    """Writes Gr.fst from a grammar in OpenFst's text form."""
    compiled = _pipe(
        text.encode(),
        ["fstcompile"],
        ["fstarcsort", "--sort_type=ilabel"],
        ["fstconvert", "--fst_type=const"],
    )
    (folder / "Gr.fst").write_bytes(compiled)


def _pipe(data: bytes, *commands: list[str]) -> bytes:
    environment = {**os.environ, "LD_LIBRARY_PATH": _PLUGINS}
    for command in commands:
        data = subprocess.run(
            command, input=data, capture_output=True, check=True, env=environment
        ).stdout
    return data

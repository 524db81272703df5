"""Reads the acoustic model in PocketSphinx's wheel (BSD licence): Gaussians, mixtures, triphones.

The model is "phonetically tied": each phone has one codebook of 128 Gaussians in three streams
(cepstra, first and second differences); every senone (state) of the phone's triphones mixes them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

N_DENSITIES = 128
N_STREAMS = 3
_SENDUMP_HEADER_BYTES = 640
_LOG_BASE = 1.0001
_LEAST_VARIANCE = 1e-4
_PLACES = {"i": 0, "b": 1, "e": 2, "s": 3}
"""Place in the word (inside, begin, end, single) as the triphone table codes it."""


@dataclass(frozen=True, slots=True)
class SphinxModel:
    """The parts of the model, as arrays."""

    phones: list[str]
    means: NDArray[np.float64]
    """Shape (phones, streams, densities, 13); variances alike."""
    variances: NDArray[np.float64]
    mixtures: NDArray[np.float64]
    """Shape (streams, densities, senones)."""
    transitions: NDArray[np.float64]
    """Shape (matrices, 3, 4)."""
    matrix_of: list[int]
    """Transition matrix of each phone."""
    sequences: NDArray[np.uint16]
    """Senones of each sequence, shape (sequences, 3)."""
    sequence_of: list[int]
    """Sequence of each phone without context."""
    triphones: dict[tuple[int, int, int, int], int]
    """(place, phone, left, right) to sequence."""
    phone_of_senone: NDArray[np.int64]

    def plain(self, phone: str) -> int:
        """Senone sequence of a phone without context."""
        return self.sequence_of[self.phones.index(phone)]

    def triphone(self, place: str, phone: str, left: str, right: str) -> int:
        """Senone sequence of a phone between two others; other places stand in, then no context."""
        b, lc, rc = (self.phones.index(p) for p in (phone, left, right))
        for code in (_PLACES[place], 0, 1, 2, 3):
            if (code, b, lc, rc) in self.triphones:
                return self.triphones[code, b, lc, rc]
        return self.sequence_of[b]


def read() -> SphinxModel:
    """Reads the model of the installed wheel."""
    folder = Path(pocketsphinx.get_model_path("en-us/en-us"))
    mixtures = np.frombuffer((folder / "sendump").read_bytes()[_SENDUMP_HEADER_BYTES:], np.uint8)
    mixtures = mixtures.reshape(N_STREAMS, N_DENSITIES, -1).astype(np.float64)
    means, variances = _gaussians(folder / "means"), _gaussians(folder / "variances")
    transitions, shape = _body(folder / "transition_matrices", 4)
    matrices = transitions[: shape[3]].reshape(shape[0], 3, 4).astype(float)
    return SphinxModel(
        means=means,
        variances=np.maximum(variances, np.float32(_LEAST_VARIANCE)),
        mixtures=np.exp(-np.log(_LOG_BASE) * 1024 * mixtures),
        transitions=matrices / matrices.sum(axis=-1, keepdims=True),
        **_definitions((folder / "mdef").read_bytes()),
    )


def _body(path: Path, n_sizes: int) -> tuple[NDArray[np.float32], Sequence[int]]:
    """Numbers of a Sphinx-3 file and the sizes that precede them; a byte-order mark is skipped."""
    data = path.read_bytes()
    begin = data.index(b"endhdr\n") + len("endhdr\n") + 4
    sizes = struct.unpack(f"<{n_sizes}i", data[begin : begin + 4 * n_sizes])
    rest = data[begin + 4 * n_sizes :]
    return np.frombuffer(rest[: len(rest) // 4 * 4], "<f4"), sizes


def _gaussians(path: Path) -> NDArray[np.float32]:
    """Means or variances; the streams' lengths and a total stand before the numbers."""
    numbers, (n_books, n_streams, n_densities) = _body(path, 3)
    length = int(numbers[:1].view("<i4")[0])
    begin = n_streams + 1
    total = n_books * n_streams * n_densities * length
    shape = (n_books, n_streams, n_densities, length)
    return numbers[begin : begin + total].reshape(shape)


def _definitions(data: bytes) -> dict[str, object]:
    """Phones, triphones and senone sequences from the binary mdef file."""
    at = 8
    at += 4 + struct.unpack_from("<i", data, at)[0]
    sizes = struct.unpack_from("<10i", data, at)
    n_phones, n_all, n_senones, n_tree = sizes[0], sizes[1], sizes[4], sizes[8]
    at += 40
    names = data[at:].split(b"\0", n_phones)[:n_phones]
    length = sum(len(name) + 1 for name in names)
    at += (length + 3) // 4 * 4 + n_tree * 8
    record = np.dtype([("sequence", "<i4"), ("matrix", "<i4"), ("context", "u1", 4)])
    table = np.frombuffer(data, record, n_all, at)
    at += table.nbytes
    (n_numbers,) = struct.unpack_from("<i", data, at)
    sequences = np.frombuffer(data, "<u2", n_numbers, at + 4).reshape(-1, 3)
    phone_of_senone = np.full(n_senones, -1)
    triphones = {}
    for i, row in enumerate(table):
        phone_of_senone[sequences[row["sequence"]]] = i if i < n_phones else row["context"][1]
        if i >= n_phones:
            place, phone, left, right = (int(c) for c in row["context"])
            triphones[place, phone, left, right] = int(row["sequence"])
    return {
        "phones": [name.decode() for name in names],
        "matrix_of": [int(m) for m in table["matrix"][:n_phones]],
        "sequences": sequences,
        "sequence_of": [int(s) for s in table["sequence"][:n_phones]],
        "triphones": triphones,
        "phone_of_senone": phone_of_senone,
    }

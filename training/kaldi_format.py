"""Writers of Kaldi's binary formats: matrices, nnet3 components, topology, transition model.

Only what this model needs. A binary Kaldi file is a row of tokens (text and a blank) and of typed
values: an integer or float is preceded by its size in bytes, a matrix by its type and shape.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

BINARY = b"\0B"
"""Begins every binary Kaldi file."""


def token(name: str) -> bytes:
    """A tag such as `<Nnet3>`."""
    return name.encode() + b" "


def integer(value: int) -> bytes:
    """A 32-bit integer."""
    return b"\x04" + struct.pack("<i", value)


def real(value: float) -> bytes:
    """A single-precision number."""
    return b"\x04" + struct.pack("<f", value)


def integers(values: Sequence[int]) -> bytes:
    """A vector of 32-bit integers."""
    return b"\x04" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes()


def vector(values: ArrayLike) -> bytes:
    """A single-precision vector."""
    array = np.ascontiguousarray(values, "<f4")
    return b"FV " + integer(len(array)) + array.tobytes()


def matrix(values: ArrayLike) -> bytes:
    """A single-precision matrix."""
    return _matrix(b"FM ", np.ascontiguousarray(values, "<f4"))


def byte_matrix(values: ArrayLike) -> bytes:
    """A matrix at a byte a number, as Kaldi compresses features: a quarter of `matrix`'s size.

    Each column is told by its 0th, 25th, 75th and 100th percentile, 16 bits each, and every number
    by its place between two of them: 64 steps in the lowest quarter, 128 in the middle half, 63 in
    the highest (Kaldi's compressed-matrix.cc). A number is wrong by 0.4 % of its column's spread.
    """
    array = np.asarray(values, np.float64)
    low, spread = array.min(), max(np.ptp(array), 1e-9)
    quartiles = np.percentile(array, [0, 25, 75, 100], axis=0, method="nearest")
    marks = np.round((quartiles - low) / spread * 65_535)
    edges = low + spread * marks / 65_535
    codes = np.empty(array.shape, "u1")
    for codes_column, column, edge in zip(codes.T, array.T, edges.T, strict=True):
        codes_column[:] = np.clip(np.round(np.interp(column, edge, [0, 64, 192, 255])), 0, 255)
    head = struct.pack("<ffii", low, spread, *array.shape)
    return b"CM " + head + marks.T.astype("<u2").tobytes() + codes.T.tobytes()


def double_matrix(values: ArrayLike) -> bytes:
    """A double-precision matrix."""
    return _matrix(b"DM ", np.ascontiguousarray(values, "<f8"))


def _matrix(kind: bytes, array: np.ndarray) -> bytes:
    return kind + integer(array.shape[0]) + integer(array.shape[1]) + array.tobytes()


def _tagged(name: str, *fields: tuple[str, bytes]) -> bytes:
    body = b"".join(token(f"<{field}>") + value for field, value in fields)
    return token(f"<{name}>") + body + token(f"</{name}>")


def affine(
    weights: ArrayLike, bias: ArrayLike, encode: Callable[[ArrayLike], bytes] = matrix
) -> bytes:
    """A fixed affine layer; weights of shape (outputs, inputs)."""
    return _tagged(
        "FixedAffineComponent", ("LinearParams", encode(weights)), ("BiasParams", vector(bias))
    )


def scale(factors: ArrayLike) -> bytes:
    """Multiplies each dimension by a fixed factor."""
    return _tagged("FixedScaleComponent", ("Scales", vector(factors)))


def offset(values: ArrayLike) -> bytes:
    """Adds a fixed value to each dimension."""
    return _tagged("FixedBiasComponent", ("Bias", vector(values)))


def same(dimension: int) -> bytes:
    """Passes its input on; keeps a sum from being computed anew by each of its readers."""
    return _tagged("NoOpComponent", ("Dim", integer(dimension)), ("BackpropScale", real(1.0)))


def nonlinearity(name: str, dimension: int) -> bytes:
    """A component without parameters, such as `RectifiedLinearComponent`; statistics are empty."""
    return _tagged(
        name,
        ("Dim", integer(dimension)),
        ("ValueAvg", vector([])),
        ("DerivAvg", vector([])),
        ("Count", real(0.0)),
    )


def network(config: Sequence[str], components: Sequence[tuple[str, bytes]]) -> bytes:
    """An nnet3 network.

    Args:
        config: lines that say how the named components are wired.
        components: name and bytes of each.
    """
    head = b"<Nnet3> \n" + "\n".join(config).encode() + b"\n\n"
    body = [token("<NumComponents>"), integer(len(components))]
    body += [token("<ComponentName>") + token(name) + data for name, data in components]
    return head + b"".join(body) + token("</Nnet3>")


def acoustic_model(nnet: bytes, left_context: int, right_context: int) -> bytes:
    """A network with its context in frames, without priors (they are inside the network)."""
    contexts = token("<LeftContext>") + integer(left_context)
    contexts += token("<RightContext>") + integer(right_context)
    return nnet + contexts + token("<Priors>") + vector([])


def product(inputs: int, outputs: int) -> bytes:
    """Multiplies the halves (or other equal parts) of its input elementwise."""
    return _tagged(
        "ElementwiseProductComponent",
        ("InputDim", integer(inputs)),
        ("OutputDim", integer(outputs)),
    )


def append_log(dimension: int) -> bytes:
    """Appends to each number the log of its magnitude: outputs 1, 3, 5 ... are the logs."""
    return _tagged(
        "NormalizeComponent",
        ("InputDim", integer(dimension)),
        ("BlockDim", integer(1)),
        ("TargetRms", real(1.0)),
        ("AddLogStddev", b"T"),
    )


def mean_statistics(mean: ArrayLike, frames: float = 1000.0) -> bytes:
    """Kaldi's global_cmvn.stats: sums, sums of squares (unused) and count, as of some frames."""
    values = np.asarray(mean, np.float64)
    stats = np.zeros((2, len(values) + 1))
    stats[0] = [*(values * frames), frames]
    stats[1, :-1] = (values**2 + 1.0) * frames
    return BINARY + double_matrix(stats)


@dataclass(frozen=True, slots=True)
class Topology:
    """Every phone is a row of states, each of which may repeat."""

    n_phones: int
    n_states: int

    def encode(self) -> bytes:
        """Topology section: one entry shared by phones 1..n_phones; even chances to begin with."""
        phones = list(range(1, self.n_phones + 1))
        entry = integer(self.n_states + 1)
        for state in range(self.n_states):
            entry += integer(state) + integer(2)
            entry += integer(state) + real(0.5) + integer(state + 1) + real(0.5)
        entry += integer(-1) + integer(0)
        to_entry = [-1] + [0] * self.n_phones
        body = integers(phones) + integers(to_entry) + integer(1) + entry
        return token("<Topology>") + body + token("</Topology>")


def transition_model(
    topology: Topology, pdfs: Sequence[Sequence[int]], stays: Sequence[Sequence[float]]
) -> bytes:
    """The transition model.

    Args:
        topology: of all phones.
        pdfs: network output of each state of phone 1, 2, ...
        stays: chance that each state repeats.

    State s of phone p is number k = (p - 1) * n_states + s; its transition-ids are 2k + 1 for
    staying and 2k + 2 for going on.
    """
    triples = b"".join(
        integer(phone) + integer(state) + integer(pdf)
        for phone, states in enumerate(pdfs, start=1)
        for state, pdf in enumerate(states)
    )
    chances = np.array([s for states in stays for s in states])
    logs = np.concatenate([[0.0], np.log(np.stack([chances, 1 - chances], axis=1)).ravel()])
    return (
        token("<TransitionModel>")
        + topology.encode()
        + token("<Triples>")
        + integer(len(chances))
        + triples
        + token("</Triples>")
        + token("<LogProbs>")
        + vector(logs)
        + token("</LogProbs>")
        + token("</TransitionModel>")
    )

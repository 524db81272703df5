"""Writers of Kaldi's binary formats: matrices, nnet3 components, topology, transition model.

Only what this model needs. A binary Kaldi file is a row of tokens (text and a blank) and of typed
values: an integer or float is preceded by its size in bytes, a matrix by its type and shape.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
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


def double_matrix(values: ArrayLike) -> bytes:
    """A double-precision matrix."""
    return _matrix(b"DM ", np.ascontiguousarray(values, "<f8"))


def _matrix(kind: bytes, array: np.ndarray) -> bytes:
    return kind + integer(array.shape[0]) + integer(array.shape[1]) + array.tobytes()


def _tagged(name: str, *fields: tuple[str, bytes]) -> bytes:
    body = b"".join(token(f"<{field}>") + value for field, value in fields)
    return token(f"<{name}>") + body + token(f"</{name}>")


def affine(weights: ArrayLike, bias: ArrayLike) -> bytes:
    """A fixed affine layer; weights of shape (outputs, inputs)."""
    return _tagged(
        "FixedAffineComponent", ("LinearParams", matrix(weights)), ("BiasParams", vector(bias))
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


@dataclass(frozen=True, slots=True)
class Topology:
    """All phones have one emitting state that may repeat: 30 ms a step leave no time for three."""

    n_phones: int
    self_loop: float

    def encode(self) -> bytes:
        """Topology section: one entry shared by phones 1..n_phones."""
        phones = list(range(1, self.n_phones + 1))
        entry = integer(2)  # states: the emitting one and the final one
        entry += integer(0) + integer(2)  # pdf class 0 with two ways out
        entry += integer(0) + real(self.self_loop) + integer(1) + real(1 - self.self_loop)
        entry += integer(-1) + integer(0)
        to_entry = [-1] + [0] * self.n_phones
        body = integers(phones) + integers(to_entry) + integer(1) + entry
        return token("<Topology>") + body + token("</Topology>")


def transition_model(topology: Topology, pdfs: Sequence[int]) -> bytes:
    """The transition model; phone i + 1 has the network output `pdfs[i]`.

    Its transition-ids are then 2p - 1 for staying in phone p and 2p for leaving it.
    """
    triples = b"".join(
        integer(phone) + integer(0) + integer(pdf) for phone, pdf in enumerate(pdfs, start=1)
    )
    stay, leave = np.log(topology.self_loop), np.log(1 - topology.self_loop)
    logs = [0.0] + [stay, leave] * len(pdfs)
    return (
        token("<TransitionModel>")
        + topology.encode()
        + token("<Triples>")
        + integer(len(pdfs))
        + triples
        + token("</Triples>")
        + token("<LogProbs>")
        + vector(logs)
        + token("</LogProbs>")
        + token("</TransitionModel>")
    )

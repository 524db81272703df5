"""The bytes that Kaldi reads."""

import struct

import numpy as np

from training import kaldi_format


def test_an_integer_is_preceded_by_its_size() -> None:
    assert kaldi_format.integer(-2) == b"\x04\xfe\xff\xff\xff"


def test_a_matrix_is_type_shape_and_rows() -> None:
    written = kaldi_format.matrix(np.array([[1.0, 2.0, 3.0]]))

    assert written[:3] == b"FM "
    assert written[3:13] == kaldi_format.integer(1) + kaldi_format.integer(3)
    assert np.frombuffer(written[13:], "<f4").tolist() == [1.0, 2.0, 3.0]


def test_a_component_is_enclosed_in_its_tags() -> None:
    written = kaldi_format.scale([0.5])

    assert written.startswith(b"<FixedScaleComponent> <Scales> FV ")
    assert written.endswith(b"</FixedScaleComponent> ")


def test_every_phone_has_states_that_may_repeat() -> None:
    written = kaldi_format.Topology(n_phones=3, n_states=1).encode()
    # One entry: two states, the first of pdf class 0 with two transitions, the last of class -1.
    entry = [2, 0, 2]

    assert written.startswith(b"<Topology> " + kaldi_format.integers([1, 2, 3]))
    assert b"".join(kaldi_format.integer(v) for v in entry) in written
    assert written.endswith(kaldi_format.integer(-1) + kaldi_format.integer(0) + b"</Topology> ")


def test_transition_model_maps_each_state_to_its_output() -> None:
    topology = kaldi_format.Topology(n_phones=2, n_states=1)

    written = kaldi_format.transition_model(topology, [[7], [5]], [[0.25], [0.5]])

    triples = [1, 0, 7, 2, 0, 5]
    assert b"".join(kaldi_format.integer(v) for v in triples) in written
    logs = [0, np.log(0.25), np.log(0.75), np.log(0.5), np.log(0.5)]
    assert kaldi_format.vector(logs) in written


def test_a_byte_matrix_holds_every_number_to_half_a_percent_of_its_column() -> None:
    wanted = np.random.default_rng(0).normal(size=(200, 3)) * [1.0, 0.1, 10.0]

    written = kaldi_format.byte_matrix(wanted)

    assert written[:3] == b"CM "
    low, spread, rows, columns = struct.unpack("<ffii", written[3:19])
    assert (rows, columns) == wanted.shape
    marks = np.frombuffer(written, "<u2", 4 * columns, 19).reshape(columns, 4)
    codes = np.frombuffer(written, "u1", offset=19 + marks.nbytes).reshape(columns, rows)
    read = [
        np.interp(code, [0, 64, 192, 255], low + spread * mark / 65_535)
        for code, mark in zip(codes, marks, strict=True)
    ]
    assert np.all(np.abs(np.transpose(read) - wanted) < 0.01 * np.ptp(wanted, axis=0))


def test_a_byte_matrix_may_be_of_one_number_over_and_over() -> None:
    written = kaldi_format.byte_matrix(np.zeros((2, 2)))

    assert np.isfinite(struct.unpack("<ff", written[3:11])).all()

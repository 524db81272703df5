"""The bytes that Kaldi reads."""

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

"""Lexicon, alignment, features and graph; skipped where the training extra is not installed."""

import numpy as np
import pytest

pytest.importorskip("pocketsphinx")
pytest.importorskip("scipy")

from training import align, augment, features, graph, lexicon, sphinx_model, units


def test_dictionary_is_large_and_knows_our_words() -> None:
    assert len(lexicon.dictionary()) > 100_000
    assert lexicon.pronounce("softer")[0] == ("S", "AO", "F", "T", "ER")


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("kneadings", "N IY D IH NG Z"),
        ("shouldertap", "SH OW L D ER T AE P"),
        ("blick", "B L IH K"),
    ],
)
def test_words_outside_the_dictionary_are_guessed(word: str, phones: str) -> None:
    assert " ".join(lexicon.pronounce(word)[0]) == phones


def test_a_unit_knows_its_left_neighbour_s_class() -> None:
    no, know = units.units(("N", "OW")), units.units(("S", "OW"))

    assert no[1] != know[1]
    assert units.phone_of(no[1]) == units.phone_of(know[1])
    assert units.unit("+NSN+", None) == units.NOISE


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("call 107", "call one oh seven"),
        ("call 107", "call one zero seven"),
        ("75 pine", "seventy five pine"),
        ("go on", "go on"),
    ],
)
def test_digits_are_read_in_several_ways(text: str, reading: str) -> None:
    assert reading in align.readings(text)


def test_network_aligner_finds_where_the_sounds_are() -> None:
    n, ow = units.units(("N", "OW"))
    truth = [units.SILENCE] * 4 + [n] * 2 + [ow] * 5 + [units.SILENCE] * 3
    scores = np.full((len(truth), units.N_UNITS), -9.0, np.float32)
    scores[np.arange(len(truth)), truth] = -0.1

    found = align.NetworkAligner().align(scores, "no", 3)

    assert found is not None
    assert found[0].labels(3 * len(truth))[::3].tolist() == truth
    assert found[1] == pytest.approx(-0.1, abs=1e-4)


def test_labels_follow_the_playing_speed() -> None:
    alignment = align.Alignment(np.array([0, 9], np.int16), np.array([4, 10], np.int32))

    assert alignment.labels(6, speed=2.0).tolist() == [0, 0, 9, 9, 9, 0]


def test_cosine_transform_is_orthogonal() -> None:
    matrix = features.cosine_transform()

    assert np.allclose(matrix @ matrix.T, np.eye(features.N_MELS))


def test_running_mean_starts_at_the_prior_and_forgets_it() -> None:
    mels = np.ones((900, features.N_MELS), np.float32)
    prior = np.zeros(features.N_MELS, np.float32)

    normal = features.normalise(mels, prior, features.CMN_PRIOR_FRAMES)

    assert normal[0, 0] == pytest.approx(1 - 1 / 201, abs=1e-4)
    assert normal[-1, 0] == pytest.approx(0, abs=1e-4)


def test_words_share_beginnings_and_end_between_words() -> None:
    builder = graph.GraphBuilder(
        silence=units.SILENCE, noise=units.NOISE, spell=units.units, stay=lambda _: [0.5]
    )
    builder.add_words(["no"])
    alone = builder.text().count("\n")
    builder.add_words(["note"])

    # N is shared; OW is inside "note" but at the end of "no": two new sounds, each with its loop.
    assert builder.text().count("\n") - alone == 2 * 2 + 1


def test_sphinx_model_is_read_whole() -> None:
    model = sphinx_model.read()

    assert len(model.phones) == 42
    assert model.means.shape == (42, 3, 128, 13)
    assert np.allclose(model.mixtures.sum(axis=1), 1, atol=0.15)  # eight bits a weight
    assert model.triphone("b", "N", "SIL", "EH") != model.plain("N")
    assert (model.phone_of_senone >= 0).all()


@pytest.mark.parametrize("codec", augment.Codec)
def test_a_codec_takes_something_away_and_moves_nothing(codec: augment.Codec) -> None:
    time = np.arange(12_345) / 16_000
    rising = np.sin(2 * np.pi * (300 + 700 * time) * time)
    sound = (0.2 * rising * (time > 0.3)).astype(np.float32)

    sent = augment.through_codec(sound, codec)

    assert sent.shape == sound.shape
    lags = range(-200, 201)
    alike = [float(np.dot(np.roll(sent, -lag)[400:-400], sound[400:-400])) for lag in lags]
    assert abs(lags[int(np.argmax(alike))]) <= 2
    assert 1e-4 < float(np.std(sent - sound)) < 0.1

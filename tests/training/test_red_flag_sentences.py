"""What the open lane has read is never played to it."""

import pytest

from benchmarks import red_flags
from training.red_flag_sentences import LabelledSentence, read_sentences
from training.speakers import Use


def test_a_sentence_s_use_never_changes() -> None:
    uses = [LabelledSentence(text, "none", "").use for text in ("a", "d", "y")]

    assert uses == [Use.TRAIN, Use.REPORT, Use.TUNE]


def test_an_eighth_measures_and_an_eighth_tunes() -> None:
    uses = [sentence.use for sentence in read_sentences()]

    assert uses.count(Use.REPORT) == pytest.approx(len(uses) / 8, rel=0.1)
    assert uses.count(Use.TUNE) == pytest.approx(len(uses) / 8, rel=0.1)


def test_the_benchmark_plays_none_that_was_learned_from() -> None:
    use = {sentence.text: sentence.use for sentence in read_sentences()}

    assert {use[each.text] for each in red_flags.sentences(1)} == {Use.REPORT}
    assert {use[text] for text in red_flags.tuning_sentences()} == {Use.TUNE}

import hypothesis.strategies as st
import pytest
from hypothesis import given

from voiceguide.core.phrasing import clauses_of, sentence_start, split_clauses


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Breathe in.", ("Breathe in.",)),
        ("Breathe in. And out!", ("Breathe in.", "And out!")),
        (
            "Stroke up to the ribs, and then glide back.",
            ("Stroke up to the ribs,", "and then glide back."),
        ),
        ("Slowly, with light pressure.", ("Slowly, with light pressure.",)),
        ("Take warm oil, slowly.", ("Take warm oil, slowly.",)),
        ("You need: oil; a towel.", ("You need:", "oil;", "a towel.")),
    ],
)
def test_text_is_split_at_sentences_and_at_commas_between_longer_parts(
    text: str, clauses: tuple[str, ...]
) -> None:
    assert split_clauses(text) == clauses


@given(
    st.lists(st.sampled_from(["Stroke", "up,", "slowly", "now.", "wait;", "is it?"]), min_size=1)
)
def test_clauses_joined_are_the_text_again(words: list[str]) -> None:
    text = " ".join(words)

    assert " ".join(split_clauses(text)) == text


def test_empty_texts_have_no_clauses() -> None:
    assert clauses_of("", "One. Two.", "") == ("One.", "Two.")


def test_a_cut_sentence_begins_at_its_first_clause() -> None:
    clauses = (
        "Step one.",
        "Stroke up to the ribs,",
        "with a light pressure,",
        "and back.",
        "Rest.",
    )

    assert [sentence_start(clauses, i) for i in range(5)] == [0, 1, 1, 1, 4]

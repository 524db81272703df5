"""Templates, words and the graph's cheap parts; nothing that needs the training extra."""

import pytest

from training import texts


def test_a_template_s_choices_are_resolved() -> None:
    rng = texts.draws(0)

    said = {
        texts.expand("[please|now] (go|jump) {where}", rng, {"where": ("on",)}) for _ in range(99)
    }

    assert said == {
        f"{first}{verb} on" for first in ("", "please ", "now ") for verb in ("go", "jump")
    }


def test_every_sentence_template_can_be_said() -> None:
    grammar = texts.sentence_grammar()
    rng = texts.draws(0)

    for group in grammar.groups:
        for template in group.templates:
            sentence = texts.expand(template, rng, grammar.lists)

            assert sentence
            assert not set(sentence) - set("abcdefghijklmnopqrstuvwxyz' "), template


@pytest.mark.parametrize(
    "word", ["next", "softer", "numb", "tingling", "bladder", "hundred", "kneading"]
)
def test_the_core_words_hold_what_the_program_needs(word: str) -> None:
    assert word in texts.core_words()


def test_no_measuring_sentence_is_trained_on() -> None:
    rows = (texts.TEXT_DIR / "eval_redflags.txt").read_text(encoding="utf-8").splitlines()
    measured = {row.split("\t")[1] for row in rows if not row.startswith("#")}
    grammar = texts.sentence_grammar()
    rng = texts.draws(1)

    assert not measured & {grammar.sentence(rng) for _ in range(5_000)}
    carriers = texts.sentence_grammar("carriers.txt")
    assert not measured & {carriers.sentence(rng) for _ in range(5_000)}

from dataclasses import replace

import pytest

from voiceguide.content.red_flag_lexicon import load_red_flag_lexicon
from voiceguide.core.suspicion import Suspicion, parts
from voiceguide.core.tiers import Grounds, Tier

WEIGHTS = {"leg": 1.0, "leg flaps": 3.0, "flaps": 2.0, "flaps-": 2.0, "towel": -4.0}
SUSPICION = Suspicion(WEIGHTS, start=-0.5, limit=2.0)


def test_parts_are_words_pairs_and_beginnings() -> None:
    assert list(parts(["my", "tingling"])) == ["my", "tingling", "my tingling", "tingl-"]


def test_weights_add_up_and_are_evened_out() -> None:
    assert SUSPICION.score(["my", "leg", "flaps"]) == pytest.approx(-0.5 + 8.0 / 2)
    assert SUSPICION.score(["nothing", "known"]) == -0.5


def test_a_reason_names_the_weightiest_parts() -> None:
    assert SUSPICION.reason(["my", "leg", "flaps"]) == "leg flaps, flaps, flaps-"


@pytest.mark.parametrize(
    "text", ["leg flaps", "my leg rests", "my leg flaps towel towel the towel"]
)
def test_short_light_and_harmless_texts_are_not_suspicious(text: str) -> None:
    limit = 2.0 if "towel" not in text else 1.9
    assert replace(SUSPICION, limit=limit).reason(text.split()) == ""


def test_words_that_no_rule_knows_are_asked_about_and_never_raised() -> None:
    lexicon = load_red_flag_lexicon()
    text = "my leg zorps and flaps"
    certain = Suspicion({"leg zorps": 9.0}, start=0.0, limit=2.0)

    judgement = replace(lexicon, suspicion=certain).judge(text)

    assert (judgement.tier, judgement.ask) == (Tier.URGENT, True)
    assert judgement.reason == "suspicious: leg zorps"
    assert replace(lexicon, suspicion=None).judge(text).tier is None


def test_a_question_or_a_lookalike_is_not_suspicious() -> None:
    certain = Suspicion({"leg": 9.0, "leg zorps": 9.0, "needle": 9.0}, start=0.0, limit=2.0)
    lexicon = replace(load_red_flag_lexicon(), suspicion=certain)

    assert lexicon.judge("have you noticed that a leg zorps").tier is None
    assert lexicon.judge("the needle and thread are there").tier is None


DOUBTING = replace(
    load_red_flag_lexicon(), suspicion=Suspicion({"towel": -9.0}, 0.0, limit=2.0, harmless=-1.5)
)


def test_a_red_flag_in_harmless_words_is_asked_about_and_never_dismissed() -> None:
    judgement = DOUBTING.judge("the towel made my fingers numb")

    assert (judgement.tier, judgement.ask) == (Tier.URGENT, True)
    assert judgement.reason.endswith("in harmless words")


@pytest.mark.parametrize("text", ["my fingers are going numb", "numb under the towel"])
def test_other_words_and_short_ones_raise_it(text: str) -> None:
    judgement = DOUBTING.judge(text)

    assert (judgement.tier, judgement.ask) == (Tier.URGENT, False)


def test_a_caution_stays_one() -> None:
    judgement = DOUBTING.judge("the towel makes my back sore")

    assert (judgement.tier, judgement.ask) == (Tier.CAUTION, False)


MISHEARING = load_red_flag_lexicon().with_weights(
    Suspicion({"towel": -9.0, "zorps": 9.0}, 0.0, limit=2.0, unlikely=-1.5)
)


def test_what_a_recognizer_seldom_means_is_told_to_be_unlikely() -> None:
    judgement = MISHEARING.judge("the towel made my fingers numb")

    assert (judgement.tier, judgement.grounds) == (Tier.URGENT, Grounds.UNLIKELY)


@pytest.mark.parametrize(
    "text", ["numb under the towel", "my fingers are going numb", "the towel says i can't breathe"]
)
def test_short_words_other_words_and_emergencies_are_likely(text: str) -> None:
    assert MISHEARING.judge(text).grounds is Grounds.RULES


def test_words_that_no_rule_knows_rest_on_weights() -> None:
    assert MISHEARING.judge("my leg zorps").grounds is Grounds.WEIGHTS


def test_a_symptom_in_words_that_mostly_are_red_flags_rests_on_both() -> None:
    judgement = MISHEARING.judge("my leg zorps and is numb")

    assert (judgement.tier, judgement.ask) == (Tier.URGENT, False)
    assert judgement.grounds is Grounds.BOTH

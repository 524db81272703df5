import pytest

from tests.fitting_transcript import english_rules
from voiceguide.content.language import load_language
from voiceguide.core.acceptance import UNKNOWN, AcceptanceSettings, Reason
from voiceguide.core.fit import Fit, Tried, is_understood, thresholds_of, with_aliases
from voiceguide.core.intents import Intent, Meaning

USUAL = AcceptanceSettings()
EVERYTHING = frozenset(Intent)


@pytest.mark.parametrize("heard", ["text", "packs"])
def test_a_harmless_word_may_become_an_alias(heard: str) -> None:
    assert english_rules().allow(heard, Intent.NEXT)


@pytest.mark.parametrize(
    "heard",
    [
        "back",  # a phrase of another intent
        "okay stop",  # the same, politely
        "go",  # the beginning of phrases
        "four",
        "42",
        "the",
        "okay",
        "an",
        "of a",
        "numb",
        "pain",
        "chest",
        "text softer",  # holds a phrase
        "one two three",
        UNKNOWN,
        f"text {UNKNOWN}",
        "",
    ],
)
def test_what_means_something_else_becomes_no_alias(heard: str) -> None:
    assert not english_rules().allow(heard, Intent.NEXT)


@pytest.mark.parametrize("intent", [Intent.YES, Intent.NO])
def test_the_answers_to_red_flag_questions_get_no_alias(intent: Intent) -> None:
    assert not english_rules().allow("text", intent)


def test_an_alias_is_heard_twice_for_one_word_and_for_no_other() -> None:
    rules = english_rules()
    once, twice = [("text", Intent.NEXT)], [("text", Intent.NEXT), ("Text", Intent.NEXT)]

    assert rules.learnt(once) == {}
    assert rules.learnt(twice) == {"text": Intent.NEXT}
    assert rules.learnt([*twice, ("text", Intent.BACK)]) == {}


def test_the_users_alias_means_what_they_meant_and_forbidden_ones_are_left_out() -> None:
    fit = Fit(aliases={"text": Intent.NEXT, "numb": Intent.NEXT, "stop": Intent.NEXT})
    grammar = with_aliases(load_language().grammar, fit, english_rules())

    assert grammar.match("text", EVERYTHING) == Meaning(Intent.NEXT)
    assert grammar.match("numb", EVERYTHING) is None
    assert grammar.match("stop", EVERYTHING) == Meaning(Intent.STOP)
    assert not grammar.is_quick("text")


def test_without_a_fit_the_calibration_holds() -> None:
    assert Fit().acceptance(USUAL) == USUAL
    assert thresholds_of([], USUAL) == Fit()


def test_a_faint_slow_rough_voice_gets_thresholds_of_its_own() -> None:
    takes = [
        Tried("next", level_dbfs=-50.0, seconds=1.4, voice_probability=0.8),
        Tried("stop", level_dbfs=-40.0, seconds=0.5, voice_probability=0.99),
    ]
    fit = thresholds_of(takes, USUAL)

    assert fit.min_level_dbfs == -70.0
    assert fit.min_voice_probability == pytest.approx(0.7)
    assert fit.first_word_seconds == pytest.approx(1.75)


def test_whatever_a_file_says_thresholds_stay_near_the_calibration() -> None:
    wild = Fit(min_level_dbfs=-200.0, min_voice_probability=0.0, first_word_seconds=60.0)
    fitted = wild.acceptance(USUAL)

    assert fitted.min_level_dbfs == USUAL.min_level_dbfs - 10
    assert fitted.min_voice_probability == 0.6
    assert fitted.first_word_seconds == pytest.approx(USUAL.first_word_seconds + 0.8)


def test_thresholds_are_never_made_stricter_than_usual_beyond_their_range() -> None:
    strict = Fit(min_level_dbfs=0.0, min_voice_probability=1.0, first_word_seconds=0.0)
    fitted = strict.acceptance(USUAL)

    assert fitted.min_level_dbfs == USUAL.min_level_dbfs + 10
    assert fitted.min_voice_probability == USUAL.min_voice_probability
    assert fitted.first_word_seconds == USUAL.first_word_seconds


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        (Tried("next", Meaning(Intent.NEXT)), True),
        (Tried("stop", Meaning(Intent.STOP)), False),
        (Tried("next", reason=Reason.TOO_LONG, seconds=1.6), True),
        (Tried("next", reason=Reason.TOO_LONG, seconds=2.5), False),
        (Tried("next", reason=Reason.TOO_FAINT, level_dbfs=-70.0), True),
        (Tried("next", reason=Reason.TOO_FAINT, level_dbfs=-80.0), False),
        (Tried("next", reason=Reason.NO_VOICE, voice_probability=0.7), True),
        (Tried("next", reason=Reason.NO_VOICE, voice_probability=0.5), False),
        (Tried("next", reason=Reason.PART_OF_TALK), False),
        (Tried("back", reason=Reason.TOO_LONG, seconds=1.3), False),
    ],
)
def test_a_word_is_understood_if_thresholds_within_the_safe_range_let_it_pass(
    tried: Tried,
    expected: bool,  # noqa: FBT001
) -> None:
    grammar = load_language().grammar

    assert is_understood(tried, Intent.NEXT, grammar, USUAL) is expected

"""The open lane and its witness: what is doubted, and when it is believed after all."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from voiceguide.audio.pcm import Samples
from voiceguide.commands.library import load_library
from voiceguide.content.language import load_language
from voiceguide.core.acceptance import Acceptance, Reason
from voiceguide.core.red_flags import Tier
from voiceguide.core.second_opinion import OpinionSettings, SecondOpinion
from voiceguide.core.suspicion import Suspicion
from voiceguide.ports import Hypothesis, Witness
from voiceguide.runtime.red_flag_lane import AGAIN_SECONDS, RedFlagLane
from voiceguide.runtime.second_hearing import SecondHearing

_WORLD = load_language("en").world(load_library().routines)
_GRAMMAR = _WORLD.grammar
_SOUND = np.zeros(16_000, dtype=np.float32)
_SENTENCE = np.zeros(40_000, dtype=np.float32)


class Deaf:
    """An open lane that is told what it heard by the test."""

    def feed(self, block: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        return Hypothesis("")

    def finish(self) -> Hypothesis:
        return Hypothesis("")


class Unsure:
    """A witness that finds some words impossible, and is sure of none."""

    def __init__(self, *impossible: str) -> None:
        self._impossible = impossible

    def listen(self, samples: Samples) -> Mapping[str, float]:  # noqa: ARG002 - the port's
        return {}

    def spot(self, samples: Samples) -> Mapping[str, float]:  # noqa: ARG002 - the port's
        words = ("numb", "numbness", "tingling")
        return {word: 0.0001 if word in self._impossible else 0.1 for word in words}


class Hears:
    """A witness that hears one word."""

    def __init__(self, word: str) -> None:
        self._word = word

    def listen(self, samples: Samples) -> Mapping[str, float]:  # noqa: ARG002 - the port's
        return {}

    def spot(self, samples: Samples) -> Mapping[str, float]:  # noqa: ARG002 - the port's
        return {self._word: 0.5}


def _lane(witness: Witness | None) -> RedFlagLane:
    opinion = SecondOpinion(_GRAMMAR, Acceptance(_GRAMMAR), OpinionSettings(denies=0.001))
    return RedFlagLane(Deaf(), _WORLD.red_flags, witness, opinion)


def _tier(lane: RedFlagLane, said: str, at_s: float, *, may_be_guide: bool = False) -> Tier | None:
    found = lane.find(said, _SOUND, at_s, is_understood=False, may_be_guide=may_be_guide)
    return found.judgement.tier if found else None


def test_without_a_witness_every_grave_word_is_believed() -> None:
    assert _tier(_lane(None), "my leg feels numb", 1.0) is Tier.URGENT


@pytest.mark.parametrize("again", ["getting numb", "numb", "there is some numbness"])
def test_a_doubted_word_is_believed_when_it_is_said_again(again: str) -> None:
    lane = _lane(Unsure("numb", "numbness"))

    assert _tier(lane, "something numb down", 1.0) is None
    assert _tier(lane, again, 1.0 + AGAIN_SECONDS - 1) is Tier.URGENT


def test_a_doubted_word_that_comes_back_much_later_is_doubted_again() -> None:
    lane = _lane(Unsure("numb", "numbness"))

    assert _tier(lane, "something numb", 1.0) is None
    assert _tier(lane, "something numb", 1.0 + AGAIN_SECONDS) is None
    assert _tier(lane, "something numb", 2.0 + AGAIN_SECONDS) is Tier.URGENT


def test_another_doubted_word_is_no_repetition() -> None:
    lane = _lane(Unsure("numb", "numbness", "tingling"))

    assert _tier(lane, "something numb", 1.0) is None
    assert _tier(lane, "general tingling", 3.0) is None


def test_a_doubted_word_about_a_part_of_the_body_is_asked_about_at_once() -> None:
    found = _lane(Unsure("numb", "numbness")).find(
        "my whole leg feels numb", _SOUND, 1.0, is_understood=False
    )

    assert found is not None
    assert found.judgement.ask
    assert found.words == "my whole leg feels numb"


def test_what_the_witness_does_not_deny_is_raised_at_once() -> None:
    lane = _lane(Unsure("numb", "numbness"))

    assert _tier(lane, "it is numb and tingling", 1.0) is Tier.URGENT


def test_the_guides_own_words_are_not_believed_for_being_said_twice() -> None:
    lane = _lane(Unsure("numb", "numbness"))

    assert _tier(lane, "any numbness", 1.0, may_be_guide=True) is None
    assert _tier(lane, "any numbness", 2.0, may_be_guide=True) is None


def test_a_caution_in_a_long_sentence_must_be_heard_by_both_or_twice() -> None:
    lane = _lane(Unsure())

    def found(at_s: float, sound: Samples) -> bool:
        return (
            lane.find("it was going a bit sore oil", sound, at_s, is_understood=False) is not None
        )

    assert found(1.0, _SOUND), "a short utterance is no talk"
    assert not found(2.0, _SENTENCE)
    assert found(2.0 + AGAIN_SECONDS - 1, _SENTENCE)
    assert not found(3.0 + 2 * AGAIN_SECONDS, _SENTENCE)


def test_a_caution_in_a_long_sentence_that_both_hear_is_raised_at_once() -> None:
    lane = _lane(Hears("hurts"))

    assert lane.find("that really hurts now", _SENTENCE, 1.0, is_understood=False) is not None


def test_an_urgent_word_in_a_long_sentence_needs_no_second_ear() -> None:
    lane = _lane(Unsure())

    assert lane.find("my leg gave way just now", _SENTENCE, 1.0, is_understood=False) is not None


def test_a_caution_out_of_the_guides_own_words_is_not_believed_for_being_said_twice() -> None:
    lane = _lane(Unsure())

    assert _tier(lane, "a sore or a rash", 1.0, may_be_guide=True) is None
    assert _tier(lane, "a sore or a rash", 2.0, may_be_guide=True) is None


_OWN_WEIGHTS = _WORLD.red_flags.with_weights(
    Suspicion({"curtain": -9.0, "zorps": 9.0}, 0.0, limit=2.0, unlikely=-1.5)
)


def _mishearing(witness: Witness | None = None) -> RedFlagLane:
    opinion = SecondOpinion(_GRAMMAR, Acceptance(_GRAMMAR), OpinionSettings(denies=0.001))
    return RedFlagLane(Deaf(), _OWN_WEIGHTS, witness, opinion)


@pytest.mark.parametrize("witness", [None, Unsure("numb", "numbness"), Hears("dizzy")])
def test_a_red_flag_in_unlikely_words_is_believed_when_it_is_said_again(
    witness: Witness | None,
) -> None:
    lane, said = _mishearing(witness), "the curtain hand is dead again"

    assert _tier(lane, said, 1.0) is None
    assert _tier(lane, said, 9.0) is Tier.URGENT
    assert _tier(lane, said, 9.0 + AGAIN_SECONDS) is None


def test_a_red_flag_in_unlikely_words_that_the_witness_hears_too_is_believed_at_once() -> None:
    assert _tier(_mishearing(Hears("numb")), "the curtain makes it numb", 1.0) is Tier.URGENT


def test_words_that_mostly_are_red_flags_are_to_be_asked_about() -> None:
    found = _mishearing().find("my leg zorps", _SOUND, 1.0, is_understood=False)

    assert found is not None
    assert found.reason is Reason.GLIMPSED
    assert found.judgement.ask


@pytest.mark.parametrize(("is_understood", "is_over_guide"), [(True, False), (False, True)])
def test_such_words_are_no_red_flag_where_they_are_a_command_or_the_guide_speaks(
    *, is_understood: bool, is_over_guide: bool
) -> None:
    found = _mishearing().find(
        "my leg zorps", _SOUND, 1.0, is_understood=is_understood, is_over_guide=is_over_guide
    )

    assert found is None


class Spots(Hears):
    """A witness that is certain of one word."""

    def spot(self, samples: Samples) -> Mapping[str, float]:
        return dict.fromkeys(super().spot(samples), 0.99)


def test_over_the_guide_the_witness_s_own_word_counts_all_the_same() -> None:
    found = _mishearing(Spots("numb")).find(
        "my leg zorps", _SOUND, 1.0, is_understood=False, is_over_guide=True
    )

    assert found is not None
    assert found.words == "numb"


class Again:
    """A recognizer that hears one thing where it expects a sentence, another word by word."""

    def __init__(self, sentence: str, words: str) -> None:
        self._sentence = sentence
        self._words = words
        self._hears = ""

    def __call__(self, phrases: Sequence[str]) -> "Again":
        self._hears = self._sentence if any(" " in phrase for phrase in phrases) else self._words
        return self

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        return Hypothesis("")

    def finish(self) -> Hypothesis:
        return Hypothesis(self._hears)


def _hearing_twice(sentence: str, words: str) -> RedFlagLane:
    return RedFlagLane(
        Deaf(), _WORLD.red_flags, second_hearing=SecondHearing(Again(sentence, words))
    )


def test_what_is_heard_again_word_by_word_is_raised() -> None:
    lane = _hearing_twice("my leg feels numb", "[unk] leg [unk] numb")
    found = lane.find("my leg feels numb", _SOUND, 1.0, is_understood=False)

    assert found is not None
    assert found.judgement.tier is Tier.URGENT
    assert not found.judgement.ask
    assert found.reason is Reason.RED_FLAG


def test_what_is_heard_again_only_as_a_sentence_is_asked_about_in_suspicious_words() -> None:
    suspicious = Suspicion({"numb": 9.0}, 0.0, limit=2.0)
    lane = RedFlagLane(
        Deaf(),
        _WORLD.red_flags.with_weights(suspicious),
        second_hearing=SecondHearing(Again("my leg feels numb", "my leg [unk] [unk]")),
    )
    found = lane.find("my leg feels numb", _SOUND, 1.0, is_understood=False)

    assert found is not None
    assert found.judgement.tier is Tier.URGENT
    assert found.judgement.ask
    assert found.reason is Reason.GLIMPSED, "the session is to ask, whatever the words say"


def _hearing_only_a_sentence(witness: Witness) -> RedFlagLane:
    return RedFlagLane(
        Deaf(),
        _OWN_WEIGHTS,
        witness,
        SecondOpinion(_GRAMMAR, Acceptance(_GRAMMAR), OpinionSettings(denies=0.001)),
        SecondHearing(Again("i do a single shock my wrist", "i [unk]")),
    )


def test_in_other_words_it_is_asked_about_when_it_is_said_again() -> None:
    lane, said = _hearing_only_a_sentence(Hears("dizzy")), "i do a single shock my wrist"

    assert _tier(lane, said, 1.0) is None
    assert _tier(lane, said, 9.0) is Tier.URGENT


def test_in_other_words_it_is_asked_about_when_the_witness_hears_one_of_them() -> None:
    lane = _hearing_only_a_sentence(Hears("shock"))
    found = lane.find("i do a single shock my wrist", _SOUND, 1.0, is_understood=False)

    assert found is not None
    assert found.judgement.ask


def test_what_is_not_heard_again_is_no_red_flag() -> None:
    assert _tier(_hearing_twice("[unk]", "[unk]"), "arm numb", 1.0) is None


def test_a_caution_needs_no_word_by_word_hearing() -> None:
    lane = _hearing_twice("that hurts", "[unk]")
    found = lane.find("that hurts", _SOUND, 1.0, is_understood=False)

    assert found is not None
    assert found.judgement.tier is Tier.CAUTION
    assert not found.judgement.ask


def test_a_word_that_was_understood_is_not_glimpsed() -> None:
    assert _tier(_lane(Spots("numb")), "no numbness at all", 1.0) is None
    assert _tier(_lane(Spots("numb")), "no mumbling at all", 1.0) is Tier.URGENT


def test_two_words_that_may_be_the_guides_are_no_red_flag_unless_an_emergency() -> None:
    lane = _lane(Unsure())

    assert _tier(lane, "leg tingling", 1.0, may_be_guide=True) is None
    assert _tier(lane, "my left leg is tingling", 2.0, may_be_guide=True) is Tier.URGENT
    assert _tier(lane, "can't breathe", 3.0, may_be_guide=True) is Tier.EMERGENCY


def test_a_question_stays_one_when_one_of_its_words_is_denied() -> None:
    said = "my leg is numb and tingling"
    suspicious = _WORLD.red_flags.with_weights(Suspicion({"leg": 9.0}, 0.0, limit=2.0))
    opinion = SecondOpinion(_GRAMMAR, Acceptance(_GRAMMAR), OpinionSettings(denies=0.001))
    again = SecondHearing(Again(said, "my"))
    lane = RedFlagLane(Deaf(), suspicious, Unsure("tingling"), opinion, again)
    found = lane.find(said, _SOUND, 1.0, is_understood=False)

    assert found is not None
    assert found.judgement.ask

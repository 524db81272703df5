"""What examples of a user's own words may decide, and what not."""

import pytest

from tests.runtime.test_listener import (
    AT_WORK,
    GRAMMAR,
    LOUD,
    SILENCE,
    Certain,
    LevelActivity,
    NumbAlarm,
    ScriptedRecognizer,
    _play,
)
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.core.acceptance import Acceptance, Reason
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.red_flags import Tier
from voiceguide.core.second_opinion import SecondOpinion
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.utterance import Surroundings, Utterance


class KnowsOneWord:
    """Examples that take every utterance for one word."""

    def __init__(self, word: str) -> None:
        self._word = word
        self.asked_samples: list[int] = []

    def word(self, samples: Samples) -> str:
        self.asked_samples.append(len(samples))
        return self._word


def _with_examples(
    word: str, heard: str, grammar: Grammar = GRAMMAR, open_lane: str = ""
) -> tuple[Listener, KnowsOneWord]:
    examples = KnowsOneWord(word)
    commands, red_flags = ScriptedRecognizer([(0.1, heard)]), ScriptedRecognizer([(0.1, open_lane)])
    ears = Ears(LevelActivity(), lambda _: commands, red_flags, examples=examples)
    return Listener(ears, Acceptance(grammar), NumbAlarm()), examples


def test_examples_speak_where_the_recognizer_knew_nothing() -> None:
    listener, examples = _with_examples("softer", "[unk]")
    (heard,) = _play(listener, (0.5, LOUD), (1.0, SILENCE))

    assert (heard.intent, heard.text, heard.reason) == (Intent.SOFTER, "softer", Reason.OWN_WORD)
    assert len(examples.asked_samples) == 1
    assert examples.asked_samples[0] >= 0.5 * SAMPLE_RATE_HZ


def test_examples_do_not_contradict_what_was_understood() -> None:
    listener, _ = _with_examples("softer", "next")

    assert [each.intent for each in _play(listener, (0.5, LOUD), (1.0, SILENCE))] == [Intent.NEXT]


def test_examples_are_not_asked_about_talk() -> None:
    listener, _ = _with_examples("softer", "[unk]")
    (heard,) = _play(listener, (1.7, LOUD), (1.0, SILENCE))

    assert not heard.accepted


def test_what_follows_talk_at_once_is_no_command_whatever_examples_say() -> None:
    listener, _ = _with_examples("softer", "[unk]")
    heard = _play(listener, (1.7, LOUD), (0.3, SILENCE), (0.5, LOUD), (1.0, SILENCE))

    assert [each.accepted for each in heard] == [False, False]


def test_examples_know_no_word_that_nobody_asked_for() -> None:
    listener, _ = _with_examples("three", "[unk]")
    (heard,) = _play(listener, (0.5, LOUD), (1.0, SILENCE))

    assert heard.reason == Reason.UNKNOWN_WORDS


def _by_example(word: str, intent: Intent) -> Utterance:
    """What becomes of an example's word while its intent is active."""
    listener, _ = _with_examples(
        word, "[unk]", Grammar({**GRAMMAR.meanings, word: Meaning(intent)})
    )
    surroundings = Surroundings(frozenset({intent, Intent.STOP}))
    (heard,) = _play(listener, (0.5, LOUD), (1.0, SILENCE), surroundings=surroundings)
    return heard


@pytest.mark.parametrize(
    "intent",
    [
        *(Intent.END, Intent.START_OVER, Intent.START_AGAIN, Intent.SLEEP, Intent.FALSE_ALARM),
        *(Intent.YES, Intent.NO, Intent.RESUME),
    ],
)
def test_nothing_dear_and_no_answer_is_believed_on_examples_alone(intent: Intent) -> None:
    assert _by_example("word", Intent.FIRMER).accepted
    assert not _by_example("word", intent).accepted


@pytest.mark.parametrize(("open_lane", "tier"), [("numb", Tier.URGENT), ("sore", Tier.CAUTION)])
def test_every_red_flag_comes_before_what_examples_know(open_lane: str, tier: Tier) -> None:
    listener, _ = _with_examples("softer", "[unk]", open_lane=open_lane)
    (heard,) = _play(listener, (0.5, LOUD), (1.0, SILENCE))

    assert heard.tier is tier


def test_examples_are_asked_where_the_witness_denied_what_the_recognizer_heard() -> None:
    rules = Acceptance(GRAMMAR)
    ears = Ears(
        LevelActivity(),
        lambda _: ScriptedRecognizer([(0.1, "softer")]),
        ScriptedRecognizer(),
        witness=Certain("end session"),
        examples=KnowsOneWord("next"),
    )
    listener = Listener(ears, rules, NumbAlarm(), opinion=SecondOpinion(GRAMMAR, rules))
    (heard,) = _play(listener, (0.5, LOUD), (1.0, SILENCE))

    assert (heard.intent, heard.reason) == (Intent.NEXT, Reason.OWN_WORD)


def test_what_may_be_the_guide_is_never_known_by_example() -> None:
    listener, examples = _with_examples("softer", "[unk]")
    saying = Surroundings(AT_WORK.active, saying="Now glide up beside the spine.")
    heard = _play(listener, (0.5, LOUD), (1.0, SILENCE), surroundings=saying)

    assert not any(each.accepted for each in heard)
    assert examples.asked_samples == []


def test_an_utterance_tells_what_the_open_lane_heard_and_how_loud_it_was() -> None:
    listener, _ = _with_examples("", "[unk]", open_lane="text")
    (heard,) = _play(listener, (0.5, LOUD), (1.0, SILENCE))

    assert heard.said == "text"
    assert -30 < heard.level_dbfs < -15
    assert heard.voice_probability == 1.0

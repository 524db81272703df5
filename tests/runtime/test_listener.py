from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.core.acceptance import Acceptance, Reason
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.second_opinion import OpinionSettings, SecondOpinion
from voiceguide.ports import EchoCanceller, Hypothesis, Recognizer, Witness
from voiceguide.runtime.front_end import NoEchoCanceller
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.utterance import Surroundings, Utterance

GRAMMAR = Grammar(
    meanings={
        "next": Meaning(Intent.NEXT),
        "stop": Meaning(Intent.STOP),
        "stop the session": Meaning(Intent.END),
        "softer": Meaning(Intent.SOFTER),
        "three": Meaning(Intent.NUMBER, (("number", 3),)),
    },
    quick=frozenset({"next", "stop"}),
)
AT_WORK = Surroundings(frozenset({Intent.NEXT, Intent.STOP, Intent.END, Intent.SOFTER}))
SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
LOUD = np.full(BLOCK_SAMPLES, 0.1, dtype=np.float32)


class LevelActivity:
    """Whatever is loud is speech; what is less loud may be."""

    def probability(self, block: Samples) -> float:
        peak = np.abs(block).max()
        return 1.0 if peak > 0.03 else 0.7 if peak > 0.01 else 0.0

    def reset(self) -> None:
        pass


class ScriptedRecognizer:
    """Knows what it will hear in each utterance: (seconds of speech, text so far), then all."""

    def __init__(self, *utterances: Sequence[tuple[float, str]]) -> None:
        self._utterances = [list(each) for each in utterances]
        self._loud_samples = 0
        self.fed_samples = 0
        self.samples_before_speech = 0

    def feed(self, samples: Samples) -> Hypothesis:
        self.fed_samples += len(samples)
        if self._loud_samples == 0:
            self.samples_before_speech += int(np.count_nonzero(np.abs(samples) <= 0.01))
        self._loud_samples += int(np.count_nonzero(np.abs(samples) > 0.01))
        return Hypothesis(self._text_at(self._loud_samples / SAMPLE_RATE_HZ))

    def finish(self) -> Hypothesis:
        text = self._text_at(float("inf"))
        self._loud_samples = 0
        self._utterances = self._utterances[1:]
        return Hypothesis(text)

    def _text_at(self, seconds: float) -> str:
        script = self._utterances[0] if self._utterances else []
        return next((text for since, text in reversed(script) if seconds >= since), "")


class LaggingRecognizer:
    """Gives its word only 0.2 s after the end of speech, as a model that looks ahead does."""

    def __init__(self) -> None:
        self._samples_since_speech = 0

    def feed(self, samples: Samples) -> Hypothesis:
        is_speech = np.abs(samples).max() > 0.01
        self._samples_since_speech = 0 if is_speech else self._samples_since_speech + len(samples)
        return Hypothesis("next" if self._samples_since_speech >= 0.2 * SAMPLE_RATE_HZ else "")

    def finish(self) -> Hypothesis:
        return Hypothesis("next")


class NumbAlarm:
    """A lexicon of two words."""

    def judge(self, text: str) -> Judgement:
        if "numb" in text.split():
            return Judgement(Tier.URGENT, reason="numb")
        if "sore" in text.split():
            return Judgement(Tier.CAUTION, reason="sore")
        return Judgement()


class HalfCanceller:
    """Takes half of the far end away."""

    near_end_db = None
    is_failing = False
    hears_echo = True

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:
        return near_end - far_end * np.float32(0.5)


class Certain:
    """A witness that believes in one phrase, whatever is said."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        self.seconds: list[float] = []

    def listen(self, samples: Samples) -> dict[str, float]:
        self.seconds.append(len(samples) / SAMPLE_RATE_HZ)
        return {phrase: float(phrase == self.phrase) for phrase in GRAMMAR.meanings}

    def spot(self, samples: Samples) -> dict[str, float]:  # noqa: ARG002 - the port's
        return {"numb": float(self.phrase == "numb")}


def _listener(
    commands: Recognizer,
    red_flags: Recognizer | None = None,
    *,
    echo_canceller: EchoCanceller | None = None,
    witness: Witness | None = None,
    opinion: OpinionSettings | None = None,
) -> Listener:
    ears = Ears(
        LevelActivity(),
        lambda _: commands,
        red_flags or ScriptedRecognizer(),
        echo_canceller or NoEchoCanceller(),
        witness,
    )
    rules = Acceptance(GRAMMAR)
    return Listener(ears, rules, NumbAlarm(), opinion=SecondOpinion(GRAMMAR, rules, opinion))


def _play(
    listener: Listener, *runs: tuple[float, Samples], surroundings: Surroundings = AT_WORK
) -> list[Utterance]:
    """Play (seconds, block) runs."""
    heard: list[Utterance] = []
    for seconds, block in runs:
        for _ in range(round(seconds * SAMPLE_RATE_HZ / BLOCK_SAMPLES)):
            heard += listener.hear(block, SILENCE, surroundings)
    return heard


def test_a_quick_command_is_decided_before_the_hangover_is_over() -> None:
    commands = ScriptedRecognizer([(0.2, "next")])

    (heard,) = _play(_listener(commands), (1.0, SILENCE), (0.4, LOUD), (1.0, SILENCE))

    assert heard.accepted
    assert heard.intent is Intent.NEXT
    assert heard.reason == Reason.QUICK_PHRASE
    assert heard.start_s == pytest.approx(1.0)
    assert heard.end_s == pytest.approx(1.4)
    assert 1.4 < heard.decided_s < 1.55


def test_a_quick_command_does_not_wait_for_the_models_look_ahead() -> None:
    (heard,) = _play(_listener(LaggingRecognizer()), (0.4, LOUD), (1.0, SILENCE))

    assert heard.reason == Reason.QUICK_PHRASE
    assert heard.decided_s == pytest.approx(0.4 + 0.06, abs=0.01)


def test_another_command_is_decided_at_the_end_of_its_utterance() -> None:
    commands = ScriptedRecognizer([(0.2, "softer")])

    (heard,) = _play(_listener(commands), (1.0, SILENCE), (0.4, LOUD), (1.0, SILENCE))

    assert heard.intent is Intent.SOFTER
    assert heard.reason == Reason.WHOLE_PHRASE
    assert heard.decided_s == pytest.approx(1.4 + 0.25, abs=0.02)


def test_who_asked_for_time_may_pause_twice_as_long_between_words() -> None:
    commands = ScriptedRecognizer([(0.2, "softer")], [(0.2, "softer")])
    slowly = replace(AT_WORK, time_factor=2.0)
    listener = _listener(commands)

    (heard,) = _play(listener, (1.0, SILENCE), (0.4, LOUD), (1.0, SILENCE), surroundings=slowly)
    assert heard.decided_s == pytest.approx(1.4 + 0.5, abs=0.02)

    (heard,) = _play(listener, (0.4, LOUD), (1.0, SILENCE))
    assert heard.decided_s == pytest.approx(2.8 + 0.25, abs=0.02)


def test_a_command_inside_talk_is_not_acted_on() -> None:
    commands = ScriptedRecognizer([(0.2, "next"), (0.5, "next [unk]"), (2.0, "next [unk] stop")])

    (heard,) = _play(_listener(commands), (2.5, LOUD), (1.0, SILENCE))

    assert not heard.accepted
    assert heard.intent is None
    assert heard.reason == Reason.UNKNOWN_WORDS


@pytest.mark.parametrize("text", ["next", "softer"])
def test_a_command_that_a_second_witness_finds_impossible_is_not_acted_on(text: str) -> None:
    commands = ScriptedRecognizer([(0.2, text)])
    listener = _listener(commands, witness=Certain("stop"))

    (heard,) = _play(listener, (1.0, SILENCE), (0.4, LOUD), (1.0, SILENCE))

    assert not heard.accepted
    assert heard.reason == Reason.NOT_CONFIRMED


def test_a_command_that_only_a_second_witness_hears_is_acted_on_at_its_end() -> None:
    witness = Certain("softer")
    listener = _listener(ScriptedRecognizer([(0.2, "[unk]")]), witness=witness)

    (heard,) = _play(listener, (1.0, SILENCE), (0.4, LOUD), (1.0, SILENCE))

    assert heard.accepted
    assert heard.intent is Intent.SOFTER
    assert heard.reason == Reason.SECOND_WITNESS
    assert len(witness.seconds) == 1, "it is asked once"
    assert 0.4 < witness.seconds[0] < 1.2, "about the utterance, not what was before"


def test_a_red_flag_that_only_a_second_witness_hears_is_to_be_asked_about() -> None:
    commands = ScriptedRecognizer([(0.2, "[unk]")])

    (heard,) = _play(
        _listener(commands, witness=Certain("numb")), (1.0, SILENCE), (2.0, LOUD), (1.0, SILENCE)
    )

    assert heard.accepted
    assert heard.is_glimpse
    assert heard.text == "numb"
    assert heard.red_flag.tier is Tier.URGENT
    assert heard.red_flag.ask


@pytest.mark.parametrize(("spotted", "is_raised"), [("numb", True), ("softer", False)])
def test_a_red_flag_s_word_that_the_witness_finds_impossible_raises_nothing(
    spotted: str, *, is_raised: bool
) -> None:
    said = ScriptedRecognizer([(0.2, "my foot is numb")])
    listener = _listener(
        ScriptedRecognizer([(0.2, "[unk]")]),
        said,
        witness=Certain(spotted),
        opinion=OpinionSettings(denies=0.01),
    )

    (heard,) = _play(listener, (1.4, LOUD), (1.0, SILENCE))

    assert heard.accepted == is_raised
    assert (heard.red_flag.tier is Tier.URGENT) == is_raised


def test_a_second_witness_is_not_asked_about_talk() -> None:
    witness = Certain("softer")
    listener = _listener(ScriptedRecognizer([(0.2, "[unk]")]), witness=witness)

    (heard,) = _play(listener, (4.0, LOUD), (1.0, SILENCE))

    assert not heard.accepted


def test_silence_is_nothing_and_feeds_no_recognizer() -> None:
    commands = ScriptedRecognizer([(0.0, "next")])

    assert _play(_listener(commands), (5.0, SILENCE)) == []
    assert commands.fed_samples == 0


def test_what_came_just_before_the_onset_is_heard_too() -> None:
    commands = ScriptedRecognizer([(0.2, "softer")])
    _play(_listener(commands), (1.0, SILENCE), (0.4, LOUD), (0.5, SILENCE))

    assert commands.samples_before_speech / SAMPLE_RATE_HZ == pytest.approx(0.3, abs=0.03)


def test_an_utterance_is_told_once_even_when_accepted_early() -> None:
    commands = ScriptedRecognizer([(0.2, "stop")], [(0.2, "stop")])
    runs = ((0.5, SILENCE), (0.4, LOUD), (0.5, SILENCE), (0.4, LOUD), (0.5, SILENCE))

    assert [heard.intent for heard in _play(_listener(commands), *runs)] == [Intent.STOP] * 2


def test_a_longer_phrase_follows_the_quick_one_that_it_begins_with() -> None:
    commands = ScriptedRecognizer([(0.2, "stop"), (0.5, "stop the session")])
    runs = ((0.4, LOUD), (0.14, SILENCE), (0.4, LOUD), (0.5, SILENCE))

    heard = _play(_listener(commands), *runs)

    assert [each.intent for each in heard] == [Intent.STOP, Intent.END]


def test_a_red_flag_is_found_in_whatever_was_said() -> None:
    commands = ScriptedRecognizer([(0.2, "[unk]")])
    red_flags = ScriptedRecognizer([(0.2, "my arm"), (0.6, "my arm is numb [unk]")])

    (heard,) = _play(_listener(commands, red_flags), (1.0, LOUD), (0.5, SILENCE))

    assert heard.red_flag.tier is Tier.URGENT
    assert heard.accepted
    assert heard.intent is None
    assert heard.text == "my arm is numb"


def test_a_red_flag_is_told_after_a_quick_command_of_the_same_utterance() -> None:
    commands = ScriptedRecognizer([(0.2, "stop"), (0.6, "stop [unk]")])
    red_flags = ScriptedRecognizer([(0.2, "stop it is numb")])
    runs = ((0.4, LOUD), (0.14, SILENCE), (0.4, LOUD), (0.5, SILENCE))

    heard = _play(_listener(commands, red_flags), *runs)

    assert [(each.intent, each.tier) for each in heard] == [
        (Intent.STOP, None),
        (None, Tier.URGENT),
    ]


@pytest.mark.parametrize(
    ("heard_too", "intent", "tier"),
    [("sore", Intent.SOFTER, None), ("numb", None, Tier.URGENT)],
)
def test_only_what_is_graver_than_a_caution_comes_before_a_whole_phrase(
    heard_too: str, intent: Intent | None, tier: Tier | None
) -> None:
    commands = ScriptedRecognizer([(0.2, "softer")])
    red_flags = ScriptedRecognizer([(0.2, heard_too)])

    (heard,) = _play(_listener(commands, red_flags), (0.4, LOUD), (0.5, SILENCE))

    assert (heard.intent, heard.tier) == (intent, tier)


def test_the_guides_own_words_are_no_command_and_no_red_flag() -> None:
    commands = ScriptedRecognizer([(0.2, "stop")])
    red_flags = ScriptedRecognizer([(0.2, "numb")])
    saying = Surroundings(AT_WORK.active, saying="If anything goes numb, say stop.")

    heard = _play(_listener(commands, red_flags), (1.0, LOUD), (0.5, SILENCE), surroundings=saying)

    assert [(each.accepted, each.reason, each.tier) for each in heard] == [
        (False, Reason.SELF_ECHO, None)
    ]


def test_a_command_over_the_guides_other_words_is_accepted_without_silence() -> None:
    commands = ScriptedRecognizer([(0.2, "stop")])
    saying = Surroundings(AT_WORK.active, saying="Now glide up beside the spine.")

    (heard, *_) = _play(_listener(commands), (2.0, LOUD), surroundings=saying)

    assert heard.intent is Intent.STOP
    assert heard.decided_s == pytest.approx(0.4, abs=0.05)


def test_a_command_that_runs_on_from_talk_is_part_of_it() -> None:
    talk = [(0.2, "[unk]")]
    word = [(0.2, "softer")]
    runs = ((2.0, LOUD), (0.3, SILENCE), (0.4, LOUD), (2.0, SILENCE), (0.4, LOUD), (0.5, SILENCE))

    heard = _play(_listener(ScriptedRecognizer(talk, word, word)), *runs)

    assert [each.reason for each in heard] == [
        Reason.UNKNOWN_WORDS,
        Reason.PART_OF_TALK,
        Reason.WHOLE_PHRASE,
    ]


def test_a_command_may_follow_another_or_one_that_was_misheard_at_once() -> None:
    heard = _play(
        _listener(ScriptedRecognizer([(0.2, "[unk]")], [(0.2, "softer")], [(0.2, "next")])),
        *[(0.4, LOUD), (0.3, SILENCE)] * 3,
    )

    assert [each.accepted for each in heard] == [False, True, True]


def test_a_noise_that_is_hardly_like_a_voice_is_no_command() -> None:
    noise = np.full(BLOCK_SAMPLES, 0.02, dtype=np.float32)

    (heard,) = _play(_listener(ScriptedRecognizer([(0.2, "next")])), (0.4, noise), (0.5, SILENCE))

    assert heard.reason == Reason.NO_VOICE


def test_a_phrase_is_judged_by_what_is_active_when_it_ends() -> None:
    commands = ScriptedRecognizer([(0.2, "three")], [(0.2, "three")])
    listener = _listener(commands)
    rating = Surroundings(frozenset({Intent.NUMBER, Intent.STOP}))

    (refused,) = _play(listener, (0.4, LOUD), (0.5, SILENCE))
    (accepted,) = _play(listener, (0.4, LOUD), (0.5, SILENCE), surroundings=rating)

    assert (refused.accepted, refused.reason) == (False, Reason.NOT_ASKED_FOR)
    assert accepted.slots == {"number": 3}


def test_the_end_of_the_stream_settles_what_was_being_said() -> None:
    listener = _listener(ScriptedRecognizer([(0.2, "softer")]))

    assert _play(listener, (0.5, LOUD)) == []
    assert [each.intent for each in listener.finish(AT_WORK)] == [Intent.SOFTER]
    assert listener.finish(AT_WORK) == []


def test_the_echo_canceller_stands_before_everything_else() -> None:
    commands = ScriptedRecognizer([(0.2, "next")])
    listener = _listener(commands, echo_canceller=HalfCanceller())

    for _ in range(50):
        listener.hear(LOUD * np.float32(0.5), LOUD, AT_WORK)

    assert not listener.is_someone_speaking
    assert commands.fed_samples == 0


def test_a_short_unknown_utterance_may_have_been_an_answer_and_a_long_one_not() -> None:
    commands = ScriptedRecognizer([(0.2, "[unk]")], [(0.2, "[unk]")])

    short, long = _play(
        _listener(commands), (0.5, LOUD), (0.5, SILENCE), (4.0, LOUD), (0.5, SILENCE)
    )

    assert short.is_unclear
    assert not long.is_unclear

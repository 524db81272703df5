"""What a listener makes of its canceller's evidence: a second voice, or the guide's own."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.core.acceptance import Acceptance, Reason
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.ports import EchoCanceller, Hypothesis
from voiceguide.runtime.front_end import Headphones
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.second_voice import CERTAIN_DB, POSSIBLE_DB
from voiceguide.runtime.utterance import Surroundings, Utterance

GRAMMAR = Grammar(
    meanings={
        "stop": Meaning(Intent.STOP),
        "stop that": Meaning(Intent.STOP),
        "softer": Meaning(Intent.SOFTER),
        "one": Meaning(Intent.NUMBER, (("number", 1),)),
        "no": Meaning(Intent.NO),
        "false alarm": Meaning(Intent.FALSE_ALARM),
    },
    quick=frozenset({"stop"}),
)
ACTIVE = frozenset({Intent.STOP, Intent.SOFTER, Intent.NUMBER, Intent.NO, Intent.FALSE_ALARM})
SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
UNSURE_DB = (POSSIBLE_DB + CERTAIN_DB) / 2
LOUD = np.full(BLOCK_SAMPLES, 0.1, dtype=np.float32)


class LevelActivity:
    """Whatever is loud is speech."""

    def probability(self, block: Samples) -> float:
        return 1.0 if np.abs(block).max() > 0.01 else 0.0

    def reset(self) -> None:
        pass


class OneWord:
    """Hears the same word in everything."""

    def __init__(self, word: str) -> None:
        self._word = word

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        return Hypothesis(self._word)

    def finish(self) -> Hypothesis:
        return Hypothesis(self._word)


class NumbAlarm:
    """Pain alone is a caution, and pain in the chest an emergency."""

    def judge(self, text: str) -> Judgement:
        words = text.split()
        if "chest" in words and "pain" in words:
            return Judgement(Tier.EMERGENCY, reason="chest pain")
        if "numb" in words:
            return Judgement(Tier.URGENT, reason="numb")
        return Judgement(Tier.CAUTION, reason="pain") if "pain" in words else Judgement()


class ToldCanceller:
    """Cancels nothing, and says what it was told to say."""

    def __init__(self, near_end_db: float | None, *, is_failing: bool = False) -> None:
        self.near_end_db = near_end_db
        self.is_failing = is_failing
        self.hears_echo = True

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:  # noqa: ARG002 - the port's
        return near_end


def heard(
    word: str, canceller: EchoCanceller, saying: str, *, is_echo_placed: bool = True
) -> list[Utterance]:
    """Half a second of `word` while the guide says `saying`."""
    ears = Ears(LevelActivity(), lambda _: OneWord(word), OneWord(word), canceller)
    listener = Listener(ears, Acceptance(GRAMMAR), NumbAlarm())
    surroundings = Surroundings(ACTIVE, saying, is_echo_placed=is_echo_placed)
    return list(_played(listener, surroundings))


def _played(listener: Listener, surroundings: Surroundings) -> list[Utterance]:
    utterances: list[Utterance] = []
    blocks: Sequence[Samples] = [SILENCE] * 50 + [LOUD] * 25 + [SILENCE] * 50
    for block in blocks:
        utterances += listener.hear(block, SILENCE, surroundings)
    assert len(blocks) * BLOCK_SAMPLES > 2 * SAMPLE_RATE_HZ
    return utterances


def test_what_does_not_rise_above_the_echo_is_not_even_an_utterance() -> None:
    assert heard("softer", ToldCanceller(0.0), saying="shoulders") == []


class WaryActivity(LevelActivity):
    """Grows deaf, as Silero does, from what is left of the guide's voice."""

    def __init__(self) -> None:
        self.is_deaf = False

    def probability(self, block: Samples) -> float:
        loudness = float(np.abs(block).max())
        self.is_deaf |= 0.01 < loudness < 0.05
        return 0.0 if self.is_deaf else super().probability(block)


@pytest.mark.parametrize(("near_end_db", "is_deaf"), [(0.0, False), (UNSURE_DB, True)])
def test_what_is_left_of_the_guide_is_kept_from_the_detector(
    near_end_db: float, *, is_deaf: bool
) -> None:
    canceller, activity = ToldCanceller(near_end_db), WaryActivity()
    ears = Ears(activity, lambda _: OneWord("stop"), OneWord("stop"), canceller)
    listener = Listener(ears, Acceptance(GRAMMAR), NumbAlarm())
    for _ in range(50):
        listener.hear(LOUD * np.float32(0.3), SILENCE, Surroundings(ACTIVE, "shoulders"))
    canceller.near_end_db = 20.0
    utterances = list(_played(listener, Surroundings(ACTIVE, "shoulders")))

    assert activity.is_deaf is is_deaf
    assert [utterance.text for utterance in utterances] == ([] if is_deaf else ["stop"])


@pytest.mark.parametrize("word", ["stop", "softer"])
def test_a_user_who_says_the_same_word_as_the_guide_is_heard(word: str) -> None:
    (utterance,) = heard(word, ToldCanceller(20.0), saying=word)

    assert utterance.accepted


def test_without_such_evidence_the_guide_s_own_word_is_no_command() -> None:
    (utterance,) = heard("softer", ToldCanceller(UNSURE_DB), saying="softer")

    assert not utterance.accepted
    assert utterance.reason == Reason.SELF_ECHO


def test_what_a_recognizer_makes_of_the_guide_s_own_stop_and_what_follows_is_no_command() -> None:
    (own,) = heard("stop that", ToldCanceller(UNSURE_DB), saying="stop")
    (users,) = heard("stop that", ToldCanceller(20.0), saying="stop")

    assert own.reason == Reason.SELF_ECHO
    assert users.accepted


def test_without_such_evidence_the_guide_s_own_words_are_no_red_flag() -> None:
    (own,) = heard("numb", ToldCanceller(UNSURE_DB), saying="numb")
    (users,) = heard("numb", ToldCanceller(20.0), saying="numb")

    assert not own.accepted
    assert users.tier is Tier.URGENT


@pytest.mark.parametrize(
    ("heard_words", "saying", "is_heard"),
    [
        ("it numb", "numb", False),
        ("so numb", "numb", False),
        ("my leg is numb", "numb", True),
        ("some pain", "pain", False),
        ("chest pain", "pain", True),
        ("pain numb", "pain", True),
    ],
)
def test_a_scrap_of_the_guide_s_own_words_is_no_red_flag_and_anything_graver_is(
    heard_words: str, saying: str, *, is_heard: bool
) -> None:
    (utterance,) = heard(heard_words, ToldCanceller(UNSURE_DB), saying)

    assert utterance.accepted is is_heard


class BurstCanceller(ToldCanceller):
    """What it hears stands clear for so many blocks.

    So does an echo for a quarter of a second where a busy machine has shifted it.
    """

    def __init__(self, blocks: int = 12) -> None:
        super().__init__(UNSURE_DB)
        self._blocks = blocks
        self._loud_blocks = 0

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:
        self._loud_blocks += bool(near_end.any())
        self.near_end_db = 20.0 if 1 <= self._loud_blocks <= self._blocks else UNSURE_DB
        return super().cancel(near_end, far_end)


@pytest.mark.parametrize(
    ("word", "needed_blocks"),
    [
        ("one", 6),  # it counts aloud
        ("no", 6),  # an answer: whether work goes on hangs on it
        ("false alarm", 6),  # it would take a red flag back
        ("softer", 1),
        ("stop", 0),
    ],
)
def test_how_long_it_must_have_been_clear_that_the_guide_did_not_say_it(
    word: str, needed_blocks: int
) -> None:
    (users,) = heard(word, BurstCanceller(needed_blocks), saying="step twelve")

    assert users.accepted
    if needed_blocks:
        (own,) = heard(word, BurstCanceller(needed_blocks - 1), saying="step twelve")
        assert not own.accepted
        assert own.reason is Reason.SELF_ECHO


class GatedCanceller(ToldCanceller):
    """Can tell while it is quiet, and not while a gated microphone has just opened."""

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:
        self.near_end_db = None if near_end.any() else 0.0
        return super().cancel(near_end, far_end)


@pytest.mark.parametrize("word", ["one", "no", "softer", "stop"])
def test_a_gated_microphone_is_believed_over_the_guide(word: str) -> None:
    (heard_it,) = heard(word, GatedCanceller(0.0), saying="shoulders")

    assert heard_it.accepted


@pytest.mark.parametrize("word", ["one", "no", "softer", "stop"])
def test_with_headphones_nothing_can_be_the_guide_s_own(word: str) -> None:
    (heard_it,) = heard(word, Headphones(), saying=f"say {word}")

    assert heard_it.accepted


def test_a_burst_of_echo_makes_the_guide_s_own_word_no_command_but_a_red_flag() -> None:
    (own,) = heard("stop", BurstCanceller(), saying="stop")
    (grave,) = heard("numb", BurstCanceller(), saying="numb")
    (users,) = heard("stop", BurstCanceller(), saying="shoulders")

    assert not own.accepted
    assert grave.tier is Tier.URGENT
    assert users.accepted


def test_a_red_flag_that_the_guide_did_not_say_needs_no_such_evidence() -> None:
    (utterance,) = heard("numb", ToldCanceller(UNSURE_DB), saying="shoulders")

    assert utterance.tier is Tier.URGENT


def test_what_is_no_phrase_while_the_guide_asks_counts_as_no_unclear_answer() -> None:
    (own,) = heard("[unk]", ToldCanceller(UNSURE_DB), saying="shoulders")
    (users,) = heard("[unk]", ToldCanceller(20.0), saying="shoulders")
    (answer,) = heard("[unk]", ToldCanceller(math.inf), saying="")

    assert (own.reason, users.reason) == (Reason.SELF_ECHO, Reason.OVER_THE_GUIDE)
    assert not own.is_unclear
    assert not users.is_unclear
    assert answer.is_unclear


def test_where_the_echo_stays_only_stop_is_heard_while_the_guide_speaks() -> None:
    failing = ToldCanceller(None, is_failing=True)

    (stop,) = heard("stop", failing, saying="shoulders")
    (softer,) = heard("softer", failing, saying="shoulders")
    (in_silence,) = heard("softer", failing, saying="")

    assert stop.accepted
    assert softer.reason == Reason.HALF_DUPLEX
    assert in_silence.accepted


def test_a_guide_without_a_far_end_is_heard_half_duplex_too() -> None:
    assert [u.reason for u in heard("softer", ToldCanceller(math.inf), saying="shoulders")] == [
        Reason.HALF_DUPLEX
    ]


def test_while_the_echo_is_looked_for_only_stop_is_heard_over_the_guide() -> None:
    def reasons(word: str, saying: str) -> list[str]:
        found = heard(word, ToldCanceller(20.0), saying, is_echo_placed=False)
        return ["accepted" if u.accepted else u.reason for u in found]

    assert reasons("stop", saying="shoulders") == ["accepted"]
    assert reasons("stop", saying="stop") == [Reason.SELF_ECHO]
    assert reasons("softer", saying="shoulders") == [Reason.HALF_DUPLEX]
    assert reasons("numb", saying="shoulders") == [Reason.SELF_ECHO]
    assert reasons("softer", saying="") == ["accepted"]
    assert reasons("numb", saying="") == ["accepted"]


def test_with_headphones_it_does_not_matter_where_the_echo_is() -> None:
    without_echo = ToldCanceller(20.0)
    without_echo.hears_echo = False

    (softer,) = heard("softer", without_echo, saying="shoulders", is_echo_placed=False)

    assert softer.accepted


def test_an_echo_that_is_looked_for_holds_nobody_s_speech() -> None:
    ears = Ears(LevelActivity(), lambda _: OneWord("x"), OneWord("x"), ToldCanceller(20.0))
    listener = Listener(ears, Acceptance(GRAMMAR), NumbAlarm())

    listener.hear(LOUD, SILENCE, Surroundings(ACTIVE, "shoulders", is_echo_placed=False))
    assert listener.front_end.voice_probability == 0
    listener.hear(LOUD, SILENCE, Surroundings(ACTIVE, "shoulders"))
    assert listener.front_end.voice_probability > 0.5

"""Who has the floor, block by block, on the real playback."""

from collections.abc import Sequence

import numpy as np
import pytest

from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.audio.playback import Playback
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.runtime.talk_over import (
    CLEAR_PROBABILITY,
    LONGEST_BLOCKS,
    ONSET_BLOCKS,
    QUIET_BLOCKS,
    TalkOver,
)
from voiceguide.runtime.utterance import Utterance

BLOCKS_PER_SECOND = 50


class Scene:
    """The guide speaks one long clause of ones; somebody may talk over it."""

    def __init__(self) -> None:
        self.playback = Playback()
        self.talk_over = TalkOver(self.playback)
        self.say(1)

    def say(self, utterance_id: int) -> None:
        self.playback.say(utterance_id, 1)
        minute = np.full(
            60 * BLOCKS_PER_SECOND * BLOCK_SAMPLES, utterance_id / 10, dtype=np.float32
        )
        self.playback.supply(utterance_id, 0, minute)

    def blocks(
        self,
        count: int,
        *,
        voice: bool,
        speaking: bool | None = None,
        heard: Sequence[Utterance] = (),
        understood: bool = True,
    ) -> Samples:
        """So many blocks, `heard` with the last; returns what the loudspeaker was sent."""
        sent = []
        for number in range(count):
            sent.append(self.playback.next_block(BLOCK_SAMPLES))
            self.talk_over.step(
                voice_probability=float(voice),
                is_someone_speaking=voice if speaking is None else speaking,
                heard=heard if number == count - 1 else (),
                is_understood=understood,
            )
        return np.concatenate(sent)

    def silence(self, blocks: int) -> Samples:
        return self.blocks(blocks, voice=False)

    def talk(self, blocks: int, *heard: Utterance) -> Samples:
        return self.blocks(blocks, voice=True, heard=heard)

    @property
    def is_guide_audible(self) -> bool:
        return bool(self.playback.next_block(BLOCK_SAMPLES).any())


def understood(intent: Intent | None, *, accepted: bool = True) -> Utterance:
    return Utterance(
        start_s=0.0,
        end_s=0.5,
        decided_s=0.6,
        text="words",
        accepted=accepted,
        reason="",
        meaning=None if intent is None else Meaning(intent),
        red_flag=Judgement(Tier.URGENT) if intent is None and accepted else Judgement(),
    )


NOTHING_MEANT = understood(Intent.NEXT, accepted=False)


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.silence(300)
    return scene


def test_the_guide_is_silent_a_fifth_of_a_second_after_somebody_begins(scene: Scene) -> None:
    sent = scene.talk(20)

    last = int(np.flatnonzero(sent)[-1])
    assert last < (ONSET_BLOCKS + 1) * BLOCK_SAMPLES
    assert last < 0.2 * 16_000
    assert scene.talk_over.is_holding


def test_a_noise_that_is_like_a_voice_does_not_stop_it(scene: Scene) -> None:
    """Music or a chainsaw: the detector is never sure."""
    for _ in range(100):
        scene.playback.next_block(BLOCK_SAMPLES)
        scene.talk_over.step(
            voice_probability=CLEAR_PROBABILITY - 0.01, is_someone_speaking=True, heard=()
        )

    assert not scene.talk_over.is_holding


def test_a_click_does_not_stop_it(scene: Scene) -> None:
    for _ in range(20):
        scene.talk(4)
        scene.silence(12)

    assert scene.is_guide_audible


@pytest.mark.parametrize("length_blocks", [10, 20, 40])
def test_after_a_cough_or_a_backchannel_it_goes_on_within_two_seconds_from_the_start(
    scene: Scene, length_blocks: int
) -> None:
    scene.talk(length_blocks)
    scene.blocks(12, voice=False, speaking=True)  # until the endpointer is sure of the end
    scene.blocks(1, voice=False, heard=[NOTHING_MEANT])
    scene.playback.take_events()

    sent = scene.silence(2 * BLOCKS_PER_SECOND)

    begins = int(np.flatnonzero(sent)[0]) / BLOCK_SAMPLES
    assert 0.2 * BLOCKS_PER_SECOND < begins <= QUIET_BLOCKS + 2
    assert [event.clause for event in scene.playback.take_events()] == [0]  # type: ignore[union-attr]


@pytest.mark.parametrize("intent", [Intent.STOP, Intent.PAUSE, Intent.END, Intent.SLEEP, None])
def test_after_stop_or_a_red_flag_it_never_goes_on_by_itself(
    scene: Scene, intent: Intent | None
) -> None:
    scene.talk(20, understood(intent))

    sent = scene.silence(60 * BLOCKS_PER_SECOND)

    assert not sent.any()


def test_a_stop_without_a_hold_before_it_is_no_reason_to_hold_the_answer(scene: Scene) -> None:
    scene.talk(5, understood(Intent.STOP))
    scene.say(2)

    sent = scene.talk(30)

    assert np.allclose(sent[-BLOCK_SAMPLES:], 0.2)


def test_the_answer_to_a_command_is_not_held_by_the_rest_of_the_word(scene: Scene) -> None:
    scene.talk(15, understood(Intent.NEXT))
    scene.say(2)

    sent = scene.talk(30)

    assert np.allclose(sent[-BLOCK_SAMPLES:], 0.2)


def test_a_command_that_is_not_answered_lets_the_speech_go_on(scene: Scene) -> None:
    scene.talk(15, understood(Intent.LOUDER))

    sent = scene.silence(2 * BLOCKS_PER_SECOND)

    assert np.allclose(sent[-BLOCK_SAMPLES:], 0.1)


def test_people_who_talk_on_and_on_are_talked_over(scene: Scene) -> None:
    sent = scene.talk(LONGEST_BLOCKS + 30)
    still_talking = scene.talk(200)

    assert not sent[20 * BLOCK_SAMPLES : LONGEST_BLOCKS * BLOCK_SAMPLES].any()
    assert still_talking.any()
    assert np.count_nonzero(still_talking) == len(still_talking)


def test_while_the_recognizer_is_late_it_does_not_go_on(scene: Scene) -> None:
    """What waits to be understood may be a "stop"."""
    scene.talk(20)
    waiting = scene.blocks(LONGEST_BLOCKS + 100, voice=False, speaking=False, understood=False)
    caught_up = scene.silence(QUIET_BLOCKS + 2)

    assert not waiting.any()
    assert caught_up.any()


def test_a_voice_silences_it_again_where_a_late_recognizer_still_hears_the_one_before(
    scene: Scene,
) -> None:
    scene.talk(20, understood(Intent.NEXT))
    scene.say(2)
    scene.blocks(30, voice=False, speaking=True, understood=False)
    assert scene.is_guide_audible

    sent = scene.blocks(40, voice=True, speaking=True, understood=False)

    assert not sent[-20 * BLOCK_SAMPLES :].any()


def test_the_time_in_which_nothing_could_be_understood_is_nobodys_talk(scene: Scene) -> None:
    scene.talk(20)
    scene.blocks(LONGEST_BLOCKS, voice=False, understood=False)

    assert not scene.talk(50).any()


def test_a_false_pause_does_not_come_again_at_the_same_sound(scene: Scene) -> None:
    """The guide's own loud word, say: each time it is said it would hold the guide again."""
    for _ in range(2):
        scene.talk(ONSET_BLOCKS + 1)
        scene.silence(QUIET_BLOCKS + 20)

    assert scene.is_guide_audible
    scene.talk(13)
    scene.silence(2)
    assert not scene.is_guide_audible, "but somebody who really talks still holds it"


def test_it_can_still_speak_and_be_held_after_a_thousand_stops() -> None:
    scene = Scene()
    generator = np.random.default_rng(1)
    for number in range(2, 1002):
        scene.silence(int(generator.integers(1, 30)))
        held = scene.talk(int(generator.integers(1, 30)), understood(Intent.STOP))
        scene.playback.fall_silent()
        assert not scene.silence(30)[-20 * BLOCK_SAMPLES :].any(), number
        scene.say(number % 9 + 1)
        assert scene.silence(3)[-BLOCK_SAMPLES:].any(), number
        assert len(held)
    scene.silence(300)
    scene.talk(20)

    assert scene.talk_over.is_holding

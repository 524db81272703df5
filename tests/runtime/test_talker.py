import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.earcons import waveform
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback, PlaybackEvent
from voiceguide.core.actions import AdjustVoice, Earcon, FallSilent, Play, Say
from voiceguide.core.events import ClauseStarted, PlaybackFinished
from voiceguide.errors import VoiceError
from voiceguide.ports import VoiceSettings
from voiceguide.runtime.talker import Talker
from voiceguide.runtime.voice_cache import VoiceCache

PATIENCE_SECONDS = 5.0
LEVEL = 0.5


class SteadyVoice:
    """Renders 0.1 s of a steady level a word; what is in `locked` waits until it is unlocked."""

    label = "steady voice"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.locked: dict[str, threading.Event] = {}
        self.reached: dict[str, threading.Event] = {}

    def lock(self, text: str) -> None:
        self.locked[text] = threading.Event()
        self.reached[text] = threading.Event()

    def render(self, text: str, rate_wpm: int) -> Samples:
        self.asked.append((text, rate_wpm))
        if text in self.locked:
            self.reached[text].set()
            assert self.locked[text].wait(PATIENCE_SECONDS)
        if "unsayable" in text:
            raise VoiceError("It can't be said.")
        if "bug" in text:
            raise ZeroDivisionError
        words = len(text.split())
        return np.full(words * SAMPLE_RATE_HZ // 10, LEVEL, dtype=np.float32)

    def close(self) -> None:
        pass


class Desk:
    """A talker with everything around it."""

    def __init__(self, *, live: bool) -> None:
        self.voice = SteadyVoice()
        self.playback = Playback()
        self.errors: list[VoiceError] = []
        self.talker = Talker(
            VoiceCache(self.voice, None),
            self.playback,
            VoiceSettings(rate_wpm=170),
            on_error=self.errors.append,
            live=live,
        )
        self.events: list[PlaybackEvent] = []

    def play_out(self) -> Samples:
        """Pull blocks until nothing is left to be said."""
        return self.pull_until(lambda: self.playback.is_idle)

    def pull_until(self, is_reached: Callable[[], bool]) -> Samples:
        """Pull blocks, a hundred times as fast as they are played."""
        pause = threading.Event()
        blocks = []
        for _ in range(int(PATIENCE_SECONDS / 0.0002)):
            blocks.append(self.playback.next_block(BLOCK_SAMPLES))
            self.events += self.playback.take_events()
            if is_reached():
                return np.concatenate(blocks)
            pause.wait(0.0002)
        raise AssertionError("it never came")


@pytest.fixture(params=[True, False], ids=["live", "rehearsal"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    desk = Desk(live=request.param)
    yield desk
    desk.talker.close()


@pytest.fixture
def live_desk() -> Iterator[Desk]:
    desk = Desk(live=True)
    yield desk
    desk.talker.close()


def test_the_clauses_of_an_utterance_are_said_in_order_with_pauses_between(desk: Desk) -> None:
    desk.talker.perform(Say(1, ("One two three.", "Four.")))

    signal = desk.play_out()

    assert desk.events == [ClauseStarted(1, 0), ClauseStarted(1, 1), PlaybackFinished(1)]
    assert np.count_nonzero(signal) == 4 * SAMPLE_RATE_HZ // 10
    assert signal[-BLOCK_SAMPLES:].any()  # no pause after the last one: the end is the end
    assert desk.voice.asked == [("One two three.", 170), ("Four.", 170)]


@pytest.mark.parametrize(
    ("clause", "shortest_seconds"), [("One.", 0.3), ('"One?"', 0.3), ("one,", 0.1), ("one", 0.05)]
)
def test_the_pause_after_a_clause_is_that_of_its_punctuation(
    clause: str, shortest_seconds: float
) -> None:
    desk = Desk(live=False)
    desk.talker.perform(Say(1, (clause, "two")))

    spoken = np.flatnonzero(desk.play_out())

    pause_seconds = (spoken[-1] - spoken[0] + 1 - len(spoken)) / SAMPLE_RATE_HZ
    assert shortest_seconds <= pause_seconds <= shortest_seconds + 0.1


def test_a_rehearsal_has_rendered_everything_when_perform_returns() -> None:
    desk = Desk(live=False)

    desk.talker.perform(Say(1, ("One.", "Two.")))

    assert len(desk.voice.asked) == 2


def test_the_first_clause_sounds_while_a_later_one_is_being_rendered(live_desk: Desk) -> None:
    live_desk.voice.lock("Two.")

    live_desk.talker.perform(Say(1, ("One.", "Two.")))
    live_desk.pull_until(lambda: ClauseStarted(1, 0) in live_desk.events)

    assert PlaybackFinished(1) not in live_desk.events

    live_desk.voice.locked["Two."].set()
    live_desk.play_out()

    assert live_desk.events[-1] == PlaybackFinished(1)


def test_what_is_in_the_cache_sounds_in_the_very_next_block(live_desk: Desk) -> None:
    live_desk.talker.perform(Say(1, ("One.",)))
    live_desk.play_out()
    live_desk.voice.lock("Two.")
    live_desk.talker.perform(Say(2, ("Two.",)))  # the lane is busy with something else
    assert live_desk.voice.reached["Two."].wait(PATIENCE_SECONDS)

    live_desk.talker.perform(Say(3, ("One.",)))

    assert live_desk.playback.next_block(BLOCK_SAMPLES).any()
    live_desk.voice.locked["Two."].set()


def test_falling_silent_ends_the_sound_and_the_rendering_of_what_was_to_come(
    live_desk: Desk,
) -> None:
    live_desk.voice.lock("Two.")
    live_desk.talker.perform(Say(1, ("One.", "Two.", "Three.")))
    live_desk.pull_until(lambda: ClauseStarted(1, 0) in live_desk.events)
    assert live_desk.voice.reached["Two."].wait(PATIENCE_SECONDS)

    live_desk.talker.perform(FallSilent())
    live_desk.playback.next_block(BLOCK_SAMPLES)
    live_desk.voice.locked["Two."].set()
    live_desk.talker.prefetch(["Ahead."])  # comes when nothing else is left to render
    signal = live_desk.pull_until(lambda: ("Ahead.", 170) in live_desk.voice.asked)

    assert not signal.any()
    assert [text for text, _ in live_desk.voice.asked] == ["One.", "Two.", "Ahead."]
    assert live_desk.events == [ClauseStarted(1, 0)]


def test_a_newer_utterance_goes_before_what_is_left_of_the_older_and_before_prefetching(
    live_desk: Desk,
) -> None:
    live_desk.voice.lock("One.")
    live_desk.talker.perform(Say(1, ("One.", "Old.")))
    live_desk.talker.prefetch(["Ahead."])
    assert live_desk.voice.reached["One."].wait(PATIENCE_SECONDS)

    live_desk.talker.perform(Say(2, ("New.",)))
    live_desk.voice.locked["One."].set()
    live_desk.play_out()
    live_desk.pull_until(lambda: len(live_desk.voice.asked) == 3)

    assert [text for text, _ in live_desk.voice.asked] == ["One.", "New.", "Ahead."]


def test_what_was_prefetched_needs_no_rendering_when_it_is_said(live_desk: Desk) -> None:
    live_desk.talker.prefetch(["One.", "Two."])
    live_desk.pull_until(lambda: len(live_desk.voice.asked) == 2)

    live_desk.talker.perform(Say(1, ("One.", "Two.")))
    live_desk.play_out()

    assert len(live_desk.voice.asked) == 2


@pytest.mark.parametrize(("text", "told"), [("unsayable", "can't be said"), ("bug", "report it")])
def test_what_can_not_be_said_is_told_once_and_counts_as_said(
    desk: Desk, text: str, told: str
) -> None:
    desk.talker.perform(Say(1, ("One.", f"{text} two.", "Three.")))
    desk.play_out()

    assert desk.events[-1] == PlaybackFinished(1)
    assert [told in str(error) for error in desk.errors] == [True]
    assert ("Three.", 170) not in desk.voice.asked  # an engine that hangs would hang again

    desk.talker.perform(Say(2, ("Next.",)))

    assert np.count_nonzero(desk.play_out()) == SAMPLE_RATE_HZ // 10
    assert desk.events[-1] == PlaybackFinished(2)


def test_a_failure_while_prefetching_is_told_only_when_it_matters(live_desk: Desk) -> None:
    live_desk.talker.prefetch(["unsayable", "One."])
    live_desk.pull_until(lambda: len(live_desk.voice.asked) == 2)

    assert live_desk.errors == []


def test_a_new_rate_holds_from_the_next_clause_on(desk: Desk) -> None:
    desk.talker.perform(Say(1, ("One two three four five.", "Six.", "Seven.")))
    desk.pull_until(lambda: ClauseStarted(1, 0) in desk.events)
    desk.pull_until(lambda: len(desk.voice.asked) == 3)

    desk.talker.perform(AdjustVoice(rate_wpm=130, volume=1.0))
    desk.pull_until(lambda: ("Seven.", 130) in desk.voice.asked)
    desk.play_out()
    desk.talker.perform(Say(2, ("Eight.",)))
    desk.play_out()

    assert ("Six.", 130) in desk.voice.asked
    assert ("Eight.", 130) in desk.voice.asked
    assert ("Eight.", 170) not in desk.voice.asked


def test_a_new_rate_renders_nothing_that_has_been_said_already(desk: Desk) -> None:
    desk.talker.perform(Say(1, ("One.", "Two.")))
    desk.play_out()

    desk.talker.perform(AdjustVoice(rate_wpm=130, volume=1.0))
    desk.talker.perform(Say(2, ("Three.",)))
    desk.play_out()

    assert desk.voice.asked == [("One.", 170), ("Two.", 170), ("Three.", 130)]


def test_a_new_volume_needs_no_new_rendering(desk: Desk) -> None:
    desk.talker.perform(Say(1, ("One two three four five.",)))
    desk.pull_until(lambda: ClauseStarted(1, 0) in desk.events)

    desk.talker.perform(AdjustVoice(rate_wpm=170, volume=0.5))
    signal = desk.play_out()

    assert signal[SAMPLE_RATE_HZ // 5] == pytest.approx(LEVEL / 2, rel=0.01)
    assert len(desk.voice.asked) == 1


def test_an_earcon_is_heard_before_the_speech_that_follows_it(desk: Desk) -> None:
    desk.talker.perform(Play(Earcon.HEARD))
    desk.talker.perform(Say(1, ("One.",)))

    signal = desk.play_out()

    earcon = waveform(Earcon.HEARD)
    assert signal[: len(earcon)] == pytest.approx(earcon)
    assert np.flatnonzero(signal > LEVEL / 2)[0] >= len(earcon)


def test_a_closed_talker_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    talker = Talker(VoiceCache(SteadyVoice(), tmp_path), Playback(), on_error=lambda _: None)
    assert threading.active_count() == before + 1

    talker.close()

    assert threading.active_count() == before

"""Between devices and listener: far end and microphone stay level, and "stop" comes first."""

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from tests.voiceguide_process import wait_for
from voiceguide.audio.endpointing import EndpointSettings
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback
from voiceguide.audio.stream_clock import Place
from voiceguide.core.acceptance import Acceptance
from voiceguide.core.events import Event, Heard, Hindered, Hindrance, QuitRequested
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.red_flags import Judgement
from voiceguide.ports import Captured, Hypothesis
from voiceguide.runtime.far_end import LEAD_SAMPLES, FarEnd
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.listening import Hearing, ListeningThread
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.understanding import DEAF_BLOCKS
from voiceguide.runtime.utterance import Utterance

GRAMMAR = Grammar(
    meanings={"stop": Meaning(Intent.STOP), "next": Meaning(Intent.NEXT)}, quick=frozenset({"stop"})
)


def block(value: float) -> Samples:
    return np.full(BLOCK_SAMPLES, value, dtype=np.float32)


class NotingCanceller:
    """Remembers which far end came with which near end."""

    near_end_db: float | None = None
    is_failing = False
    hears_echo = True

    def __init__(self) -> None:
        self.pairs: list[tuple[float, float]] = []

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:
        self.pairs.append((round(float(near_end[0]), 3), round(float(far_end[0]), 3)))
        return near_end


class LoudActivity:
    def probability(self, block: Samples) -> float:
        return 1.0 if np.abs(block).max() > 0.5 else 0.0

    def reset(self) -> None:
        pass


class OneWordRecognizer:
    """Hears one word in everything loud, once it gets on with it."""

    def __init__(self, may_go_on: threading.Event, word: str = "stop") -> None:
        self._may_go_on = may_go_on
        self._word = word

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        assert self._may_go_on.wait(10.0)
        return Hypothesis(self._word)

    def finish(self) -> Hypothesis:
        return Hypothesis(self._word)


class NoRedFlags:
    def judge(self, text: str) -> Judgement:  # noqa: ARG002 - the port's
        return Judgement()


class ScriptedMicrophone:
    """Blocks that wait already, then `more` of them, one each time there is none left."""

    has_begun = True

    def __init__(self, waiting: list[float], more: Callable[[], float | None]) -> None:
        self._waiting = deque(waiting)
        self._more = more
        self.at_block = 0
        """Where on the timeline the next block begins."""

    def read(self, timeout_seconds: float) -> Captured | None:
        value = self._value(timeout_seconds)
        if value is None:
            return None
        self.at_block += 1
        return Captured(block(value), Place((self.at_block - 1) * BLOCK_SAMPLES))

    def _value(self, timeout_seconds: float) -> float | None:
        if self._waiting:
            return self._waiting.popleft()
        return self._more() if timeout_seconds else None

    def is_lost(self, now: float) -> bool:  # noqa: ARG002 - the port's
        return False

    def close(self) -> None:
        pass


class Scene:
    """A listening thread on fakes; ends when the microphone has nothing more to say."""

    def __init__(self) -> None:
        self.canceller = NotingCanceller()
        self.far_end = FarEnd()
        self.events: list[Event] = []
        self.order: list[str] = []
        self.over = threading.Event()
        self.microphone: ScriptedMicrophone
        self.listener: Listener
        self.time_factor = 1.0
        self.playback = Playback()
        self.talk_over = TalkOver(self.playback)
        self.recognizer_goes_on = threading.Event()
        self.recognizer_goes_on.set()
        self.word = "stop"
        self.has_microphone = True
        self.is_open = True
        self.thread: ListeningThread

    def run(self, waiting: list[float], more: Callable[[], float | None]) -> None:
        def next_value() -> float | None:
            value = more()
            if value is None:
                self.over.set()
            return value

        microphone = self.microphone = ScriptedMicrophone(waiting, next_value)
        hearing = Hearing(
            make_listener=self._listener,
            microphone=lambda: microphone if self.has_microphone else None,
            active=lambda: frozenset({Intent.STOP, Intent.NEXT}),
            hush=lambda: self.order.append("hush"),
            talk_over=self.talk_over,
            post=self._post,
            note=self._note,
            time_factor=lambda: self.time_factor,
            is_open=lambda: self.is_open,
        )
        thread = self.thread = ListeningThread(hearing, self.far_end)
        thread.start()
        assert self.over.wait(10.0)
        self.catch_up()
        thread.close()
        assert thread.failure is None

    def catch_up(self) -> None:
        understanding = self.thread._understanding
        assert understanding is not None
        wait_for(lambda: understanding.is_caught_up, "the recognizer")

    def _listener(self) -> Listener:
        recognizer = OneWordRecognizer(self.recognizer_goes_on, self.word)
        ears = Ears(LoudActivity(), lambda _: recognizer, recognizer, self.canceller)
        self.listener = Listener(ears, Acceptance(GRAMMAR), NoRedFlags())
        return self.listener

    def _post(self, event: Event) -> None:
        self.order.append("event")
        self.events.append(event)

    def _note(self, utterance: Utterance) -> None:
        pass


def play(scene: Scene, number: int, value: float) -> None:
    """Have the loudspeaker play a block so that it goes with the microphone's of this number."""
    scene.far_end.put(block(value), Place(number * BLOCK_SAMPLES + LEAD_SAMPLES))


def counting(
    count: int, each: Callable[[int], None] = lambda _: None
) -> Callable[[], float | None]:
    """Values 0.001, 0.002 ...; `each` is called before each one."""
    numbers = iter(range(1, count + 1))

    def more() -> float | None:
        number = next(numbers, None)
        if number is None:
            return None
        each(number)
        return number / 1000

    return more


def test_what_waited_while_the_model_was_loaded_is_left_out_on_both_sides() -> None:
    scene = Scene()
    for number in range(45):
        play(scene, number, 0.2 + number / 1000)

    scene.run([0.4] * 30, counting(5))

    assert scene.canceller.pairs[:3] == [(0.4, 0.229), (0.001, 0.23), (0.002, 0.231)]


def test_blocks_that_the_microphone_lost_leave_the_far_end_in_its_place() -> None:
    scene = Scene()
    for number in range(20):
        play(scene, number, 0.3 + number / 1000)

    def each(number: int) -> None:
        if number == 5:
            scene.microphone.at_block += 3

    scene.run([], counting(10, each))

    assert scene.canceller.pairs[3:6] == [(0.004, 0.303), (0.005, 0.307), (0.006, 0.308)]


def test_stop_silences_first_and_is_told_afterwards() -> None:
    scene = Scene()
    loud = iter([0.0] * 20 + [0.9] * 25 + [0.0] * 20)

    scene.run([], lambda: next(loud, None))

    assert scene.order[:2] == ["hush", "event"]
    assert scene.events == [Heard("stop")]


def say_for_seconds(playback: Playback, seconds: int) -> None:
    playback.say(1, 1)
    playback.supply(1, 0, np.full(seconds * SAMPLE_RATE_HZ, 0.3, np.float32))
    for _ in range(250):
        playback.next_block(BLOCK_SAMPLES)


VOICE = range(300, 330)


def stalled(scene: Scene, until: int, *, voice: range = VOICE) -> list[bool]:
    """A voice over the guide, and nothing is recognized before this block; if it was audible."""
    scene.recognizer_goes_on.clear()
    say_for_seconds(scene.playback, 60)
    audible: list[bool] = []
    numbers = iter(range(until + 80))

    def next_value() -> float | None:
        number = next(numbers, None)
        if number is None:
            return None
        audible.append(bool(scene.playback.next_block(BLOCK_SAMPLES).any()))
        if number == until:
            scene.recognizer_goes_on.set()
        if number >= until or number < voice.start:
            scene.catch_up()
        return 0.9 if number in voice else 0.0

    scene.run([], next_value)
    return audible


def test_a_voice_over_the_guide_silences_it_while_the_recognizer_is_stalled() -> None:
    scene = Scene()

    audible = stalled(scene, until=460)

    assert all(audible[200:300]), "it was speaking"
    assert not any(audible[312:]), "silent a quarter of a second later, and for good"
    assert scene.order[:2] == ["hush", "event"], "understood afterwards"
    assert scene.events == [Heard("stop")]


def test_who_speaks_again_while_the_recognizer_is_stalled_is_not_talked_over() -> None:
    """A cough has been refused, and the guide is about to go on."""
    scene = Scene()
    scene.word = "[unk]"

    audible = stalled(scene, until=420, voice=range(340, 360))

    assert not any(audible[352:420])
    assert any(audible[425:]), "nothing was meant for it"


def test_who_waits_for_seconds_is_told_so_and_a_stop_holds_however_late() -> None:
    scene = Scene()

    stalled(scene, until=VOICE.start + DEAF_BLOCKS + 50)

    assert scene.events == [Hindered(Hindrance.TOO_SLOW), Heard("stop")]


def test_what_is_understood_seconds_late_moves_nothing() -> None:
    scene = Scene()
    scene.word = "next"

    stalled(scene, until=VOICE.stop + 150)

    assert scene.events == []


def test_an_echo_that_stays_is_told_once() -> None:
    scene = Scene()
    scene.canceller.is_failing = True

    scene.run([], counting(200))

    assert scene.events == [Hindered(Hindrance.HEARS_ITSELF)]


def test_an_echo_that_begins_in_a_red_flag_is_told_afterwards() -> None:
    scene = Scene()
    scene.canceller.is_failing = True
    scene.is_open = False
    untold: list[Event] = []

    def go_on(number: int) -> None:
        if number == 150:
            untold.extend(scene.events)
            scene.is_open = True

    scene.run([], counting(200, go_on))

    assert untold == []
    assert scene.events == [Hindered(Hindrance.HEARS_ITSELF)]


def test_the_time_that_was_asked_for_reaches_the_listener() -> None:
    scene = Scene()
    usual = EndpointSettings().hangover_seconds

    scene.run([], counting(2, lambda _: setattr(scene, "time_factor", 2.0)))

    assert scene.listener._endpointer.settings.hangover_seconds == 2 * usual


def test_a_bug_in_the_listener_ends_the_session_instead_of_hanging_it() -> None:
    posted: list[Event] = []

    def broken() -> Listener:
        raise ZeroDivisionError

    hearing = Hearing(
        broken, lambda: None, frozenset, lambda: None,
        TalkOver(Playback()), posted.append, lambda _: None,
    )  # fmt: skip
    thread = ListeningThread(hearing, FarEnd())
    thread.start()
    thread._thread.join(10.0)

    assert posted == [QuitRequested()]
    assert isinstance(thread.failure, ZeroDivisionError)


class BrokenRecognizer(OneWordRecognizer):
    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        raise ZeroDivisionError


def test_a_bug_in_a_recognizer_ends_the_session_too() -> None:
    posted: list[Event] = []
    recognizer = BrokenRecognizer(threading.Event())
    ears = Ears(LoudActivity(), lambda _: recognizer, recognizer)
    microphone = ScriptedMicrophone([], lambda: 0.9)  # it would go on for ever
    hearing = Hearing(
        lambda: Listener(ears, Acceptance(GRAMMAR), NoRedFlags()), lambda: microphone, frozenset,
        lambda: None, TalkOver(Playback()), posted.append, lambda _: None,
    )  # fmt: skip
    thread = ListeningThread(hearing, FarEnd())
    thread.start()
    thread._thread.join(10.0)

    assert posted[-1] == QuitRequested()
    assert isinstance(thread.failure, ZeroDivisionError)

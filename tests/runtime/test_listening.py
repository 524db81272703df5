"""Between devices and listener: far end and microphone stay level, and "stop" comes first."""

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

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
from voiceguide.runtime.understanding import MOST_BLOCKS
from voiceguide.runtime.utterance import Utterance

GRAMMAR = Grammar(meanings={"stop": Meaning(Intent.STOP)}, quick=frozenset({"stop"}))


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


class StopRecognizer:
    """Hears "stop" in everything loud, once it gets on with it."""

    def __init__(self, may_go_on: threading.Event) -> None:
        self._may_go_on = may_go_on

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        assert self._may_go_on.wait(10.0)
        return Hypothesis("stop")

    def finish(self) -> Hypothesis:
        return Hypothesis("stop")


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

    def run(self, waiting: list[float], more: Callable[[], float | None]) -> None:
        def next_value() -> float | None:
            value = more()
            if value is None:
                self.over.set()
            return value

        microphone = self.microphone = ScriptedMicrophone(waiting, next_value)
        hearing = Hearing(
            make_listener=self._listener,
            microphone=lambda: microphone,
            active=lambda: frozenset({Intent.STOP}),
            hush=lambda: self.order.append("hush"),
            talk_over=self.talk_over,
            post=self._post,
            note=self._note,
            time_factor=lambda: self.time_factor,
        )
        thread = ListeningThread(hearing, self.far_end)
        thread.start()
        assert self.over.wait(10.0)
        thread.close()
        assert thread.failure is None

    def _listener(self) -> Listener:
        recognizer = StopRecognizer(self.recognizer_goes_on)
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


def test_a_voice_over_the_guide_silences_it_while_the_recognizer_is_stalled() -> None:
    scene = Scene()
    scene.recognizer_goes_on.clear()
    say_for_seconds(scene.playback, 30)
    audible: list[bool] = []

    def each(number: int) -> float | None:
        audible.append(bool(scene.playback.next_block(BLOCK_SAMPLES).any()))
        if number == 500:
            scene.recognizer_goes_on.set()
        return (0.9 if 300 <= number < 330 else 0.0) if number < 520 else None

    numbers = iter(range(521))
    scene.run([], lambda: each(next(numbers, 10_000)))

    assert all(audible[200:300]), "it was speaking"
    assert not any(audible[312:500]), "silent a quarter of a second later, and for as long"
    assert scene.order[:2] == ["hush", "event"], "understood afterwards"
    assert scene.events == [Heard("stop")]


def test_it_is_told_once_that_words_are_lost_since_the_recognizer_is_too_slow() -> None:
    scene = Scene()
    scene.recognizer_goes_on.clear()

    def each(number: int) -> float | None:
        if number == MOST_BLOCKS + 200:
            scene.recognizer_goes_on.set()
        return 0.9 if number < MOST_BLOCKS + 220 else None

    numbers = iter(range(MOST_BLOCKS + 221))
    scene.run([], lambda: each(next(numbers, 10_000)))

    hindrances = [event for event in scene.events if isinstance(event, Hindered)]
    assert hindrances == [Hindered(Hindrance.TOO_SLOW)]


def test_an_echo_that_stays_is_told_once() -> None:
    scene = Scene()
    scene.canceller.is_failing = True

    scene.run([], counting(200))

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


class BrokenRecognizer(StopRecognizer):
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

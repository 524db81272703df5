"""Between devices and listener: far end and microphone stay level, and "stop" comes first."""

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from voiceguide.audio.endpointing import EndpointSettings
from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.audio.playback import Playback
from voiceguide.core.acceptance import Acceptance
from voiceguide.core.events import Event, Heard, QuitRequested
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.red_flags import Judgement
from voiceguide.ports import Hypothesis
from voiceguide.runtime.listener import Ears, Listener
from voiceguide.runtime.listening import FarEnd, Hearing, ListeningThread
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.utterance import Utterance

GRAMMAR = Grammar(meanings={"stop": Meaning(Intent.STOP)}, quick=frozenset({"stop"}))


def block(value: float) -> Samples:
    return np.full(BLOCK_SAMPLES, value, dtype=np.float32)


class NotingCanceller:
    """Remembers which far end came with which near end."""

    near_end_db: float | None = None
    is_failing = False

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
    """Hears "stop" in everything loud."""

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
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
        self.dropped_blocks = 0
        self.waiting_blocks = 0

    def read(self, timeout_seconds: float) -> Samples | None:
        if self._waiting:
            return block(self._waiting.popleft())
        value = self._more() if timeout_seconds else None
        return None if value is None else block(value)

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
        self.told: list[str] = []
        self.order: list[str] = []
        self.over = threading.Event()
        self.microphone: ScriptedMicrophone
        self.listener: Listener
        self.time_factor = 1.0

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
            talk_over=TalkOver(Playback()),
            tell=self.told.append,
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
        ears = Ears(LoudActivity(), lambda _: StopRecognizer(), StopRecognizer(), self.canceller)
        self.listener = Listener(ears, Acceptance(GRAMMAR), NoRedFlags())
        return self.listener

    def _post(self, event: Event) -> None:
        self.order.append("event")
        self.events.append(event)

    def _note(self, utterance: Utterance) -> None:
        pass


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
    for number in range(40):
        scene.far_end.put(block(0.2 + number / 1000))

    scene.run([0.4] * 30, counting(5, lambda number: scene.far_end.put(block(0.3 + number / 1000))))

    assert scene.canceller.pairs[:3] == [(0.4, 0.239), (0.001, 0.301), (0.002, 0.302)]


def test_a_block_that_the_microphone_lost_does_not_make_the_far_end_late() -> None:
    scene = Scene()

    def each(number: int) -> None:
        scene.far_end.put(block(0.3 + number / 1000))
        if number == 5:  # the loudspeaker went on while three blocks of the microphone were lost
            for lost in (6, 7, 8):
                scene.far_end.put(block(0.9 + lost / 1000))
            scene.microphone.dropped_blocks = 3

    scene.run([], counting(10, each))

    assert scene.canceller.pairs[3:7] == [
        (0.004, 0.304),
        (0.005, 0.908),
        (0.006, 0.306),
        (0.007, 0.307),
    ]


def test_a_far_end_that_has_piled_up_is_brought_level() -> None:
    scene = Scene()

    def each(number: int) -> None:
        for _ in range(30 if number == 5 else 1):
            scene.far_end.put(block(0.3 + number / 1000))

    scene.run([], counting(10, each))

    assert scene.canceller.pairs[-3:] == [(0.008, 0.308), (0.009, 0.309), (0.01, 0.31)]


def test_stop_silences_first_and_is_told_afterwards() -> None:
    scene = Scene()
    loud = iter([0.0] * 20 + [0.9] * 25 + [0.0] * 20)

    scene.run([], lambda: next(loud, None))

    assert scene.order[:2] == ["hush", "event"]
    assert scene.events == [Heard("stop")]


def test_a_listener_that_is_behind_keeps_the_blocks_that_belong_together() -> None:
    scene = Scene()

    def each(number: int) -> None:
        for late in range(20 if number == 5 else 1):  # 20 blocks of both while it was busy
            scene.far_end.put(block(0.3 + (number + late) / 1000), word=f"word {number + late}")
        scene.microphone.waiting_blocks = 20 if number == 5 else 0

    scene.run([], counting(6, each))

    assert scene.canceller.pairs[4] == (0.005, 0.305)


def test_the_word_comes_with_the_block_that_it_was_said_in() -> None:
    far_end = FarEnd()
    far_end.put(block(0.1), "shoulders")
    far_end.put(block(0.2), "softly")

    assert [far_end.take().word for _ in range(3)] == ["shoulders", "softly", ""]


def test_an_echo_that_stays_is_told_once_in_words() -> None:
    scene = Scene()
    scene.canceller.is_failing = True

    scene.run([], counting(200))

    assert len(scene.told) == 1
    assert '"stop" and "wait"' in scene.told[0]


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
        TalkOver(Playback()), lambda _: None, posted.append, lambda _: None,
    )  # fmt: skip
    thread = ListeningThread(hearing, FarEnd())
    thread.start()
    thread._thread.join(10.0)

    assert posted == [QuitRequested()]
    assert isinstance(thread.failure, ZeroDivisionError)

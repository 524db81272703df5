"""The listening threads: blocks from the microphone to events in the inbox.

One cleans each block and holds the guide's speech as soon as somebody talks over it; it waits for
the microphone only. The other recognizes what was said, and silences the guide for good at "stop".
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from voiceguide.core.events import (
    Event,
    Glimpsed,
    Heard,
    Hindered,
    Hindrance,
    QuitRequested,
    Unclear,
)
from voiceguide.core.intents import Intent
from voiceguide.ports import Captured, Microphone
from voiceguide.runtime.far_end import FarEnd
from voiceguide.runtime.front_end import FrontEnd
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.talk_over import VOICE_PROBABILITY, TalkOver
from voiceguide.runtime.understanding import UnderstandingThread
from voiceguide.runtime.utterance import Surroundings, Utterance

_READ_SECONDS = 0.2
_STALE_BLOCKS = 200
_WHATEVER_HAPPENED = frozenset({Intent.STOP, Intent.PAUSE})


def event_of(utterance: Utterance) -> Event | None:
    """What the session is told of an utterance, if anything."""
    if utterance.is_glimpse:
        return Glimpsed(utterance.text)
    if utterance.accepted:
        return Heard(utterance.text)
    return Unclear() if utterance.is_unclear else None


def _usual_time() -> float:
    return 1.0


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the listening thread works with.

    Attributes:
        make_listener: loads the model; called on the thread, so that the first words need not wait.
        microphone: the present stream, or None while it is lost.
        active: what the session answers to at present.
        hush: silences the loudspeaker at once; the way of "stop" waits for nobody.
        talk_over: holds the guide's speech while somebody talks over it.
        post: takes the events.
        note: told each utterance, accepted or not.
        time_factor: how many times the usual silence the user may leave between words.
        is_open: whether the session tells of lesser hindrances now; they wait until it does.
    """

    make_listener: Callable[[], Listener]
    microphone: Callable[[], Microphone | None]
    active: Callable[[], frozenset[Intent]]
    hush: Callable[[], None]
    talk_over: TalkOver
    post: Callable[[Event], None]
    note: Callable[[Utterance], None]
    time_factor: Callable[[], float] = _usual_time
    is_open: Callable[[], bool] = _always


class ListeningThread:
    """Listens until it is closed.

    An exception ends the session; `failure` keeps it for the main thread to raise again.
    """

    def __init__(self, hearing: Hearing, far_end: FarEnd) -> None:
        self._hearing = hearing
        self._far_end = far_end
        self._done = threading.Event()
        self._told: set[Hindrance] = set()
        self._understanding: UnderstandingThread | None = None
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self.failure: Exception | None = None

    def start(self) -> None:
        """Begin to load the model and to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        try:
            listener = self._hearing.make_listener()
            self._understanding = UnderstandingThread(listener, self._take)
            self._understanding.start()
            self._listen(listener.front_end, self._understanding)
        except Exception as error:  # noqa: BLE001 - the main thread raises it again
            self.failure = error
            self._hearing.post(QuitRequested())
        if self._understanding is not None:
            self._understanding.close()
            self.failure = self.failure or self._understanding.failure

    def _listen(self, front_end: FrontEnd, understanding: UnderstandingThread) -> None:
        for captured in self._captured():
            if understanding.failure is not None:
                raise understanding.failure
            if captured is None:
                understanding.forget()
            else:
                self._clean(front_end, captured, understanding)

    def _captured(self) -> Iterator[Captured | None]:
        """Block after block of whatever microphone there is, until it is closed; None for none."""
        present: Microphone | None = None
        while not self._done.is_set():
            microphone = self._hearing.microphone()
            if microphone is None:
                self._done.wait(_READ_SECONDS)
                yield None
                continue
            captured = microphone.read(_READ_SECONDS)
            if captured is None:
                continue
            if microphone is not present:
                present = microphone
                captured = _newest(microphone, captured)
            yield captured

    def _clean(
        self, front_end: FrontEnd, captured: Captured, understanding: UnderstandingThread
    ) -> None:
        sent = self._far_end.take(captured.at)
        time_factor = self._hearing.time_factor()
        surroundings = Surroundings(
            self._hearing.active(), sent.word, time_factor, is_echo_placed=sent.is_placed
        )
        cleaned = front_end.clean(captured.block, sent.block, surroundings)
        hears_voice = front_end.voice_probability >= VOICE_PROBABILITY
        understanding.give(cleaned, hears_voice=hears_voice)
        self._hearing.talk_over.step(
            voice_probability=front_end.voice_probability,
            is_someone_speaking=understanding.is_someone_speaking,
            is_understood=not understanding.is_behind,
            heard=understanding.decided(),
        )
        hears_itself = cleaned.is_half_duplex and self._hearing.is_open()
        self._tell_if_new(Hindrance.HEARS_ITSELF, is_so=hears_itself)
        self._tell_if_new(Hindrance.TOO_SLOW, is_so=understanding.is_deaf)
        if not understanding.is_behind:
            self._told.discard(Hindrance.TOO_SLOW)

    def _tell_if_new(self, hindrance: Hindrance, *, is_so: bool) -> None:
        if is_so and hindrance not in self._told:
            self._told.add(hindrance)
            self._hearing.post(Hindered(hindrance))

    def _take(self, heard: Sequence[Utterance], is_stale: bool) -> None:  # noqa: FBT001 - a callback
        for utterance in heard:
            if utterance.accepted and utterance.intent is Intent.STOP:
                self._hearing.hush()
            self._hearing.note(utterance)
            event = event_of(utterance)
            if event is not None and (not is_stale or _holds_however_late(utterance)):
                self._hearing.post(event)


def _holds_however_late(utterance: Utterance) -> bool:
    """What is understood seconds late may be meant for a question or a step that is over."""
    is_red_flag = utterance.accepted and utterance.intent is None
    return is_red_flag or utterance.intent in _WHATEVER_HAPPENED


def _newest(microphone: Microphone, captured: Captured) -> Captured:
    """The newest block that waits: nobody wants an answer to what was said before it listened."""
    for _ in range(_STALE_BLOCKS):
        newer = microphone.read(0.0)
        if newer is None:
            break
        captured = newer
    return captured

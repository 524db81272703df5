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
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.understanding import UnderstandingThread
from voiceguide.runtime.utterance import Surroundings, Utterance

_READ_SECONDS = 0.2
_STALE_BLOCKS = 200


def event_of(utterance: Utterance) -> Event | None:
    """What the session is told of an utterance, if anything."""
    if utterance.is_glimpse:
        return Glimpsed(utterance.text)
    if utterance.accepted:
        return Heard(utterance.text)
    return Unclear() if utterance.is_unclear else None


def _usual_time() -> float:
    return 1.0


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
    """

    make_listener: Callable[[], Listener]
    microphone: Callable[[], Microphone | None]
    active: Callable[[], frozenset[Intent]]
    hush: Callable[[], None]
    talk_over: TalkOver
    post: Callable[[Event], None]
    note: Callable[[Utterance], None]
    time_factor: Callable[[], float] = _usual_time


class ListeningThread:
    """Listens until it is closed.

    An exception ends the session; `failure` keeps it for the main thread to raise again.
    """

    def __init__(self, hearing: Hearing, far_end: FarEnd) -> None:
        self._hearing = hearing
        self._far_end = far_end
        self._done = threading.Event()
        self._told: set[Hindrance] = set()
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
            self._listen(self._hearing.make_listener())
        except Exception as error:  # noqa: BLE001 - the main thread raises it again
            self.failure = error
            self._hearing.post(QuitRequested())

    def _listen(self, listener: Listener) -> None:
        understanding = UnderstandingThread(listener, self._take)
        understanding.start()
        try:
            for captured in self._captured():
                if understanding.failure is not None:
                    break
                self._clean(listener.front_end, captured, understanding)
        finally:
            understanding.close()
        if understanding.failure is not None:
            raise understanding.failure

    def _captured(self) -> Iterator[Captured]:
        """Block after block of whatever microphone there is, until it is closed."""
        present: Microphone | None = None
        while not self._done.is_set():
            microphone = self._hearing.microphone()
            if microphone is None:
                self._done.wait(_READ_SECONDS)
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
        understanding.give(cleaned)
        self._hearing.talk_over.step(
            hears_voice=front_end.hears_voice and not cleaned.is_half_duplex,
            is_someone_speaking=understanding.is_someone_speaking,
            is_understood=not understanding.is_behind,
            heard=understanding.decided(),
        )
        if cleaned.is_half_duplex:
            self._tell_once(Hindrance.HEARS_ITSELF)
        if understanding.dropped_blocks:
            self._tell_once(Hindrance.TOO_SLOW)

    def _tell_once(self, hindrance: Hindrance) -> None:
        if hindrance not in self._told:
            self._told.add(hindrance)
            self._hearing.post(Hindered(hindrance))

    def _take(self, heard: Sequence[Utterance]) -> None:
        for utterance in heard:
            if utterance.accepted and utterance.intent is Intent.STOP:
                self._hearing.hush()
            self._hearing.note(utterance)
            event = event_of(utterance)
            if event is not None:
                self._hearing.post(event)


def _newest(microphone: Microphone, captured: Captured) -> Captured:
    """The newest block that waits: nobody wants an answer to what was said before it listened."""
    for _ in range(_STALE_BLOCKS):
        newer = microphone.read(0.0)
        if newer is None:
            break
        captured = newer
    return captured

"""The listening thread: blocks from the microphone to events in the inbox."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.core.events import Event, Glimpsed, Heard, QuitRequested, Unclear
from voiceguide.core.intents import Intent
from voiceguide.ports import Microphone
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.utterance import Surroundings, Utterance

_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_READ_SECONDS = 0.2
_FAR_END_BLOCKS = 150  # more than a microphone keeps waiting
_LATE_BLOCKS = 8
_STALE_BLOCKS = 200
_ECHO_STAYS = (
    "The guide hears itself, and its echo can't be removed: while it speaks, only "
    '"stop" and "wait" are heard. Use headphones, or turn the loudspeaker down.'
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A block that the loudspeaker was sent, and the word that the guide was saying with it."""

    block: Samples
    word: str = ""


_NOTHING_SENT = Sent(_SILENCE)


class FarEnd:
    """What the loudspeaker was sent, waiting to be taken by the listener block by block.

    The word goes with its block, so that a listener that is behind on a busy machine knows what
    the guide was saying then, not what it says by now.
    """

    def __init__(self) -> None:
        self._sent: deque[Sent] = deque(maxlen=_FAR_END_BLOCKS)

    def put(self, block: Samples, word: str = "") -> None:
        """Called from the loudspeaker's thread."""
        self._sent.append(Sent(block, word))

    def take(self) -> Sent:
        """The oldest block, or silence where there is none."""
        try:
            return self._sent.popleft()
        except IndexError:
            return _NOTHING_SENT

    def is_late(self, waiting_blocks: int) -> bool:
        """Whether each block would be taken after its echo has come.

        `waiting_blocks` of the microphone are still to be heard: so many may wait here as well.
        """
        return len(self._sent) > waiting_blocks + _LATE_BLOCKS

    def drain(self, waiting_blocks: int) -> None:
        """Keep one block more than the microphone has waiting: older ones would stay late."""
        while len(self._sent) > waiting_blocks + 1:
            self.take()


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
        tell: takes a sentence for the screen.
        post: takes the events.
        note: told each utterance, accepted or not.
        time_factor: how many times the usual silence the user may leave between words.
    """

    make_listener: Callable[[], Listener]
    microphone: Callable[[], Microphone | None]
    active: Callable[[], frozenset[Intent]]
    hush: Callable[[], None]
    talk_over: TalkOver
    tell: Callable[[str], None]
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
        self._is_echo_told = False
        self._dropped_blocks = 0
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
        present: Microphone | None = None
        while not self._done.is_set():
            microphone = self._hearing.microphone()
            if microphone is None:
                self._done.wait(_READ_SECONDS)
                continue
            block = microphone.read(_READ_SECONDS)
            if block is None:
                continue
            if microphone is not present:
                present = microphone
                block = _newest(microphone, block)
                self._far_end.drain(microphone.waiting_blocks)
            self._stay_level(microphone)
            self._hear(listener, block)

    def _stay_level(self, microphone: Microphone) -> None:
        """A block that the microphone lost would leave the far end late by one, for ever."""
        waiting = microphone.waiting_blocks
        if microphone.dropped_blocks != self._dropped_blocks or self._far_end.is_late(waiting):
            self._dropped_blocks = microphone.dropped_blocks
            self._far_end.drain(waiting)

    def _hear(self, listener: Listener, block: Samples) -> None:
        sent = self._far_end.take()
        time_factor = self._hearing.time_factor()
        surroundings = Surroundings(self._hearing.active(), sent.word, time_factor)
        heard = listener.hear(block, sent.block, surroundings)
        self._take(heard)
        self._hearing.talk_over.step(
            hears_voice=listener.hears_voice and not listener.is_half_duplex,
            is_someone_speaking=listener.is_someone_speaking,
            heard=heard,
        )
        if listener.is_half_duplex and not self._is_echo_told:
            self._is_echo_told = True
            self._hearing.tell(_ECHO_STAYS)

    def _take(self, heard: Sequence[Utterance]) -> None:
        for utterance in heard:
            if utterance.accepted and utterance.intent is Intent.STOP:
                self._hearing.hush()
            self._hearing.note(utterance)
            event = event_of(utterance)
            if event is not None:
                self._hearing.post(event)


def _newest(microphone: Microphone, block: Samples) -> Samples:
    """The newest block that waits: those from before the model was loaded have no far end."""
    for _ in range(_STALE_BLOCKS):
        newer = microphone.read(0.0)
        if newer is None:
            break
        block = newer
    return block

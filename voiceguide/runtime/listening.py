"""The listening thread: blocks from the microphone to events in the inbox."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, Samples
from voiceguide.core.events import Event, Heard, QuitRequested, Unclear
from voiceguide.core.intents import Intent
from voiceguide.ports import Microphone
from voiceguide.runtime.listener import Listener, Surroundings, Utterance

_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_READ_SECONDS = 0.2
_FAR_END_BLOCKS = 50


class FarEnd:
    """What the loudspeaker was sent, waiting to be taken by the listener block by block."""

    def __init__(self) -> None:
        self._blocks: deque[Samples] = deque(maxlen=_FAR_END_BLOCKS)

    def put(self, block: Samples) -> None:
        """Called from the loudspeaker's thread."""
        self._blocks.append(block)

    def take(self) -> Samples:
        """The oldest block, or silence where there is none."""
        try:
            return self._blocks.popleft()
        except IndexError:
            return _SILENCE

    def drain(self) -> None:
        """Keep one block: when the microphone begins, older ones would come too early for ever."""
        while len(self._blocks) > 1:
            self.take()


def event_of(utterance: Utterance) -> Event | None:
    """What the session is told of an utterance, if anything."""
    if utterance.accepted:
        return Heard(utterance.text)
    return Unclear() if utterance.is_unclear else None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the listening thread works with.

    Attributes:
        make_listener: loads the model; called on the thread, so that the first words need not wait.
        microphone: the present stream, or None while it is lost.
        surroundings: the session's present grammar and words.
        hush: silences the loudspeaker at once; the way of "stop" waits for nobody.
        post: takes the events.
        note: told each utterance, accepted or not.
    """

    make_listener: Callable[[], Listener]
    microphone: Callable[[], Microphone | None]
    surroundings: Callable[[], Surroundings]
    hush: Callable[[], None]
    post: Callable[[Event], None]
    note: Callable[[Utterance], None]


class ListeningThread:
    """Listens until it is closed.

    An exception ends the session; `failure` keeps it for the main thread to raise again.
    """

    def __init__(self, hearing: Hearing, far_end: FarEnd) -> None:
        self._hearing = hearing
        self._far_end = far_end
        self._done = threading.Event()
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
            if microphone is not present:
                present = microphone
                self._far_end.drain()
            block = microphone.read(_READ_SECONDS)
            if block is not None:
                self._hear(listener, block)

    def _hear(self, listener: Listener, block: Samples) -> None:
        surroundings = self._hearing.surroundings()
        for utterance in listener.hear(block, self._far_end.take(), surroundings):
            if utterance.accepted and utterance.intent is Intent.STOP:
                self._hearing.hush()
            self._hearing.note(utterance)
            event = event_of(utterance)
            if event is not None:
                self._hearing.post(event)

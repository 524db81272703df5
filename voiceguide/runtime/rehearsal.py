"""The whole loop in audio time: real voice, real listening chain, real session, a scripted user.

One thread, one block of 20 ms after the other; the clock is samples counted. So a rehearsal gives
the same result on any machine, and runs as fast as the machine can.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback
from voiceguide.audio.room import Echo
from voiceguide.core.actions import (
    Action,
    End,
    RaiseRedFlag,
    Remember,
    Say,
    WriteIncident,
)
from voiceguide.core.events import (
    ClauseStarted,
    DeadlineReached,
    Event,
    Heard,
    QuitRequested,
    Started,
)
from voiceguide.core.red_flags import Tier
from voiceguide.core.script import ScriptLine
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace
from voiceguide.core.state import Phase
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.listening import event_of
from voiceguide.runtime.scripted_user import Move, Press, Scene, Speak, User
from voiceguide.runtime.spoken_word import SpokenWord
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.talker import Talker
from voiceguide.runtime.utterance import Surroundings, Utterance

BLOCK_SECONDS = BLOCK_SAMPLES / SAMPLE_RATE_HZ
_SILENCE: Samples = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_IDLE_PHASES = (
    Phase.CHOOSING,
    Phase.PREPARING,
    Phase.WAITING,
    Phase.PAUSED,
    Phase.STOPPED,
    Phase.ESCALATED,
    Phase.ASLEEP,
)
_IDLE_SECONDS = 4.0
"""A user who is done and a guide that only waits: after this long nothing more can come."""

Observe = Callable[[Event, list[Action], float], None]
Note = Callable[[Utterance], None]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part.

    Attributes:
        session, talker, playback, listener: the guide; the talker renders at once.
        user: the person.
        utter: renders a line of the user's script to samples at the right level.
    """

    session: Session
    talker: Talker
    playback: Playback
    listener: Listener
    user: User
    utter: Callable[[ScriptLine], Samples]


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What else reaches the microphone: echo of the guide, noises."""

    echo: Echo | None = None
    noises: Sequence[Iterator[Samples]] = ()


@dataclass(slots=True)
class Recorded:
    """The two signals, block by block."""

    guide: list[Samples] = field(default_factory=list)
    microphone: list[Samples] = field(default_factory=list)


class Rehearsal:
    """Plays one session from start to end."""

    def __init__(self, cast: Cast, acoustics: Acoustics, observe: Observe, note: Note) -> None:
        """`observe` is told every event with its actions; `note` every utterance heard."""
        self._cast = cast
        self._acoustics = acoustics
        self._observe = observe
        self._note = note
        self._word = SpokenWord(cast.playback)
        self._talk_over = TalkOver(cast.playback)
        self.recorded = Recorded()
        self.blocks = 0
        self.ended_on: Tier | None = None
        self._is_over = False
        self._user_speech: Samples = np.zeros(0, dtype=np.float32)
        self._clause = ""
        self._heard_so_far = ""
        self._quiet_since = 0.0

    @property
    def now(self) -> float:
        """Seconds of audio so far."""
        return self.blocks * BLOCK_SECONDS

    def run(self, routine_id: str | None, limit_seconds: float, pace: Callable[[], None]) -> None:
        """Play until the session ends, or nothing more can come, or the limit is reached.

        `pace` is called before each block; a real-time rehearsal waits in it.
        """
        self._post(Started(routine_id))
        while not self._is_over:
            pace()
            if self.now >= limit_seconds or self._is_stuck():
                self._post(QuitRequested())
            else:
                self._block()

    def _block(self) -> None:
        far_end = self._cast.playback.next_block(BLOCK_SAMPLES)
        near_end = self._near_end(far_end)
        self.recorded.guide.append(far_end)
        self.recorded.microphone.append(near_end)
        self.blocks += 1
        for event in self._cast.playback.take_events():
            self._post(event)
        listener = self._cast.listener
        heard = listener.hear(near_end, far_end, self._surroundings())
        self._talk_over.step(
            voice_probability=listener.front_end.voice_probability,
            is_someone_speaking=listener.is_someone_speaking,
            heard=heard,
        )
        for utterance in heard:
            self._note(utterance)
            told = event_of(utterance)
            if told is not None:
                self._post(told)
        deadline = self._cast.session.deadline
        if deadline is not None and self.now >= deadline:
            self._post(DeadlineReached())
        self._move_user()

    def _near_end(self, far_end: Samples) -> Samples:
        speech, self._user_speech = (
            self._user_speech[:BLOCK_SAMPLES],
            self._user_speech[BLOCK_SAMPLES:],
        )
        parts = [self._acoustics.echo.block(far_end)] if self._acoustics.echo else []
        parts += [next(noise) for noise in self._acoustics.noises]
        if len(speech):
            parts.append(np.pad(speech, (0, BLOCK_SAMPLES - len(speech))))
        return np.sum(parts, axis=0, dtype=np.float32) if parts else _SILENCE

    def _surroundings(self) -> Surroundings:
        session = self._cast.session
        time_factor = session.state.settings.time_factor
        return Surroundings(session.active, self._word.now(), time_factor)

    def _post(self, event: Event) -> None:
        if self._is_over:
            return
        actions = self._cast.session.handle(event, self.now)
        self._follow(event)
        for action in actions:
            match action:
                case End(tier):
                    self._is_over, self.ended_on = True, tier
                case RaiseRedFlag() | WriteIncident():
                    pass
                case _ if isinstance(action, Remember):
                    pass  # a rehearsal leaves nothing behind
                case _:
                    if isinstance(action, Say):
                        self._word.follow(action)
                    self._cast.talker.perform(action)
        self._observe(event, actions, self.now)

    def _follow(self, event: Event) -> None:
        """Keep what a user perceives of the guide: the clause being said, and the silence after."""
        utterance = self._cast.session.state.utterance
        before = self._clause
        if utterance is None:
            self._clause = ""
        elif isinstance(event, ClauseStarted) and event.utterance_id == utterance.id:
            self._clause = utterance.clauses[event.clause].lower()
        if before and before != self._clause:
            self._heard_so_far += " " + before
        if before or self._clause:
            self._quiet_since = self.now

    def _move_user(self) -> None:
        if len(self._user_speech):
            return
        state = self._cast.session.state
        is_quiet = state.utterance is None and not self._clause
        quiet_seconds = self.now - self._quiet_since if is_quiet else 0.0
        scene = Scene(self.now, state, self._clause, self._heard_so_far, quiet_seconds)
        move = self._cast.user.move(scene)
        if move is not None:
            self._do(move)

    def _do(self, move: Move) -> None:
        self._heard_so_far = ""
        self._quiet_since = self.now + _WAIT_AFTER_MOVE_SECONDS
        match move:
            case Speak(line):
                self._user_speech = self._cast.utter(line)
            case Press(text):
                self._post(Heard(text))

    def _is_stuck(self) -> bool:
        state = self._cast.session.state
        if len(self._user_speech) or state.utterance is not None or state.phase not in _IDLE_PHASES:
            return False
        automatic = state.settings.pace is Pace.AUTOMATIC and state.phase is Phase.WAITING
        if automatic or self.now - self._quiet_since <= _IDLE_SECONDS:
            return False
        user = self._cast.user
        return user.is_done or (user.waits_for_guide and state.deadline is None)


_WAIT_AFTER_MOVE_SECONDS = 1.5
"""How long a user waits for an answer before doing the next thing."""

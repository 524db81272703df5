"""A guide that reads on and on in a simulated room, and people who speak over it.

The parts are those of `voiceguide run`: playback, talk-over, canceller, listener, acceptance. Only
the session is left out: what is accepted is written down, and the guide reads on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback
from voiceguide.audio.room import (
    USER_LEVEL_DBFS,
    Echo,
    Room,
    active_level_dbfs,
    at_level,
    blocks_of,
    microphone_noise,
    reverberated,
)
from voiceguide.core.actions import Say
from voiceguide.core.intents import Intent
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.spoken_word import SpokenWord
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.utterance import Surroundings, Utterance

BLOCK_SECONDS = BLOCK_SAMPLES / SAMPLE_RATE_HZ
_VOLUME = 0.6
_ANSWER_BLOCKS = 75  # 1.5 s: what comes after the word is judged until then
_APART_BLOCKS = 125  # 2.5 s of reading between two words
_WARM_BLOCKS = 400  # 8 s: the canceller has found the echo
_USER_SEED = 1000
_AUDIBLE = 1e-3

Render = Callable[[str], Samples]


@dataclass(frozen=True, slots=True)
class Word:
    """Something a user says; `end_samples` is where its last sound ends."""

    label: str
    samples: Samples
    end_samples: int


@dataclass(slots=True)
class Outcome:
    """What became of one word said over the guide."""

    label: str
    accepted: list[Utterance] = field(default_factory=list)
    paused_after_s: float | None = None
    """From the end of the word to the guide's last audible sample; negative: before its end."""


@dataclass(frozen=True, slots=True)
class Acoustics:
    """Where it happens. Without an echo the guide is not heard at all; silent: it says nothing."""

    room: Room
    echo_db: float
    seed: int
    is_guide_silent: bool = False


class Reader:
    """Reads clauses aloud for ever, the next as soon as the one before has ended or was dropped."""

    def __init__(self, clauses: Sequence[str], render: Render) -> None:
        self.playback = Playback(_VOLUME)
        self.word = SpokenWord(self.playback)
        self._clauses = clauses
        self._render = render
        self._next = 0
        self._id = 0

    def read_on(self) -> None:
        """Say the next clauses where nothing is being said or held."""
        self._id += 1
        clauses = tuple(self._clauses[(self._next + i) % len(self._clauses)] for i in range(3))
        self._next += len(clauses)
        self.word.follow(Say(self._id, clauses))
        self.playback.say(self._id, len(clauses))
        for number, clause in enumerate(clauses):
            speech = self._render(clause)
            pause = np.zeros(SAMPLE_RATE_HZ // 4, dtype=np.float32)
            self.playback.supply(self._id, number, np.concatenate([speech, pause]))


class Scene:
    """One room at one level, block by block."""

    def __init__(self, listener: Listener, reader: Reader, acoustics: Acoustics) -> None:
        self._listener = listener
        self._reader = reader
        self._acoustics = acoustics
        self._talk_over = TalkOver(reader.playback)
        self._echo = _echo(acoustics, reader)
        self._noise = microphone_noise(acoustics.room, acoustics.seed)
        self._near = np.zeros(0, dtype=np.float32)
        self._active: frozenset[Intent] = frozenset()
        self.now_blocks = 0
        self.last_audible_block = 0
        self.holds: list[float] = []
        self.resumed_after_s: list[float] = []

    @property
    def now_s(self) -> float:
        """Seconds of audio."""
        return self.now_blocks * BLOCK_SECONDS

    def read(self, seconds: float, active: frozenset[Intent]) -> list[Utterance]:
        """Let the guide read with nobody there; returns what was heard."""
        self._active = active
        return [u for _ in range(round(seconds / BLOCK_SECONDS)) for u in self._block()]

    def play(self, sound: Samples) -> None:
        """A sound in the room from now on, as the microphone gets it."""
        self._near = np.concatenate([self._near, sound])

    def say(self, words: Sequence[Word], active: frozenset[Intent]) -> Iterator[Outcome]:
        """Let a user say each word over the guide's reading."""
        self._active = active
        for _ in range(_WARM_BLOCKS):
            self._block()
        for word in words:
            yield self._say(word)

    def _say(self, word: Word) -> Outcome:
        for _ in range(_APART_BLOCKS):
            self._block()
        self._wait_for_speech()
        acoustics = self._acoustics
        speech = at_level(word.samples, USER_LEVEL_DBFS)
        self.play(reverberated(speech, acoustics.room, acoustics.seed + _USER_SEED))
        outcome = Outcome(word.label)
        began, end_s = self.now_blocks, word.end_samples / SAMPLE_RATE_HZ
        length = -(-len(word.samples) // BLOCK_SAMPLES) + _ANSWER_BLOCKS
        for _ in range(length):
            outcome.accepted += [u for u in self._block() if u.accepted]
            if self._talk_over.is_holding and outcome.paused_after_s is None:
                outcome.paused_after_s = (self.now_blocks - began) * BLOCK_SECONDS - end_s
        return outcome

    def _wait_for_speech(self) -> None:
        while not self._acoustics.is_guide_silent and self._reader.playback.playing is None:
            self._block()

    def _block(self) -> list[Utterance]:
        playback = self._reader.playback
        if playback.is_idle and not self._acoustics.is_guide_silent:
            self._reader.read_on()
        far_end = playback.next_block(BLOCK_SAMPLES)
        playback.take_events()
        heard = self._listener.hear(
            self._near_end(far_end), far_end, Surroundings(self._active, self._reader.word.now())
        )
        self._step(heard)
        self.now_blocks += 1
        if any(utterance.accepted for utterance in heard):
            playback.fall_silent()  # as the session does, before it says something else
        return heard

    def _step(self, heard: Sequence[Utterance]) -> None:
        was_holding = self._talk_over.is_holding
        self._talk_over.step(
            voice_probability=self._listener.front_end.voice_probability,
            is_someone_speaking=self._listener.is_someone_speaking,
            heard=heard,
        )
        if self._talk_over.is_holding and not was_holding:
            self.holds.append(self.now_s)
        elif was_holding and not self._talk_over.is_holding:
            self.resumed_after_s.append(self.now_s - self.holds[-1])

    def _near_end(self, far_end: Samples) -> Samples:
        now, self._near = self._near[:BLOCK_SAMPLES], self._near[BLOCK_SAMPLES:]
        near_end = next(self._noise) + np.pad(now, (0, BLOCK_SAMPLES - len(now)))
        if self._echo is not None:
            near_end = near_end + self._echo.block(far_end)
        return np.clip(near_end, -1, 1)


def _echo(acoustics: Acoustics, reader: Reader) -> Echo | None:
    """Brought to its level relative to the user's by what it makes of a few clauses."""
    if acoustics.is_guide_silent:
        return None
    sample = np.concatenate([reader._render(text) for text in reader._clauses[:3]]) * _VOLUME  # noqa: SLF001
    trial = Echo(acoustics.room, 0.0, acoustics.seed)
    heard = [trial.block(block) for block in blocks_of(sample.astype(np.float32))]
    loudness = active_level_dbfs(np.concatenate(heard)) or 0.0
    return Echo(acoustics.room, USER_LEVEL_DBFS + acoustics.echo_db - loudness, acoustics.seed)

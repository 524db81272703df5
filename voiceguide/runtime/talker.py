"""Carries out what the session says: text to speech by the cache, speech to the playback."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from voiceguide.audio.earcons import waveform
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback
from voiceguide.core.actions import AdjustVoice, FallSilent, Play, Say
from voiceguide.errors import VoiceError
from voiceguide.ports import VoiceSettings
from voiceguide.runtime.rendering import ImmediateLane, RenderingLane, Task, WorkerLane
from voiceguide.runtime.voice_cache import VoiceCache

SpokenAction = Say | FallSilent | Play | AdjustVoice
"""The actions that a talker performs."""

# Clauses are rendered one by one and trimmed, so the pauses of reading aloud are ours to make.
_PAUSE_SECONDS = {".": 0.35, "!": 0.35, "?": 0.35, ":": 0.25, ";": 0.25, ",": 0.15}
_SHORTEST_PAUSE_SECONDS = 0.08


@dataclass(frozen=True, slots=True)
class _Clause:
    """One clause of an utterance; `pause_seconds` follow it."""

    utterance_id: int
    number: int
    text: str
    pause_seconds: float


class Talker:
    """The guide's mouth. `perform` never blocks when live, and nothing here raises."""

    def __init__(
        self,
        cache: VoiceCache,
        playback: Playback,
        settings: VoiceSettings | None = None,
        *,
        on_error: Callable[[VoiceError], None],
        live: bool = True,
    ) -> None:
        """With `live` a thread renders; without, `perform` returns when all is rendered.

        `on_error` is told why something can't be said, on the rendering thread when live. That
        utterance is then reported as finished, so that the dialogue goes on in text.
        """
        self._cache = cache
        self._playback = playback
        self._rate_wpm = (settings or VoiceSettings()).rate_wpm
        self._on_error = on_error
        self._lane: RenderingLane = WorkerLane() if live else ImmediateLane()
        self._clauses: list[_Clause] = []
        self._unsayable_id: int | None = None

    def perform(self, action: SpokenAction) -> None:
        """Begin to carry out an action of the session."""
        match action:
            case Say():
                self._say(action)
            case FallSilent():
                self._fall_silent()
            case Play():
                self._playback.play(waveform(action.earcon))
            case AdjustVoice():
                self._adjust(action)

    def prefetch(self, texts: Iterable[str]) -> None:
        """Render these ahead at the present rate, when there is nothing else to do.

        Take clauses as they will be said: the cache knows whole clauses only.
        """
        self._lane.add_ahead([partial(self._render_ahead, text) for text in texts])

    def close(self) -> None:
        """Render no more. The cache and its voice are closed by who made them."""
        self._lane.close()

    def _say(self, say: Say) -> None:
        self._clauses = _with_pauses(say)
        self._playback.say(say.utterance_id, len(say.clauses))
        self._render(self._clauses)

    def _fall_silent(self) -> None:
        self._playback.fall_silent()
        self._clauses = []
        self._lane.replace([])

    def _adjust(self, action: AdjustVoice) -> None:
        if action.rate_wpm != self._rate_wpm:
            self._rate_wpm = action.rate_wpm
            self._render(self._still_to_be_said())
        self._playback.set_volume(action.volume)

    def _still_to_be_said(self) -> list[_Clause]:
        """The clauses that have not begun, as far as this thread can know."""
        if self._playback.is_idle:
            return []
        playing = self._playback.playing
        begun = (playing.utterance_id, playing.clause) if playing else (-1, -1)
        return [clause for clause in self._clauses if (clause.utterance_id, clause.number) > begun]

    def _render(self, clauses: list[_Clause]) -> None:
        """Supply what the cache has at once; only the rest has to wait for its turn."""
        tasks: list[Task] = []
        for clause in clauses:
            known = self._cache.peek(clause.text, self._rate_wpm)
            if known is None:
                tasks.append(partial(self._render_clause, clause, self._rate_wpm))
            else:
                self._supply(clause, known)
        self._lane.replace(tasks)

    def _render_clause(self, clause: _Clause, rate_wpm: int) -> None:
        self._supply(clause, self._rendered(clause, rate_wpm))

    def _rendered(self, clause: _Clause, rate_wpm: int) -> Samples:
        """The clause as speech, or nothing from the first failure of its utterance on."""
        if clause.utterance_id == self._unsayable_id:
            return _silence(0)
        try:
            return self._cache.get(clause.text, rate_wpm)
        except Exception as error:  # noqa: BLE001 - someone lies there and waits: go on, whatever it is
            self._unsayable_id = clause.utterance_id  # spare the user a deadline for each clause
            self._on_error(_as_voice_error(error))
            return _silence(0)

    def _render_ahead(self, text: str) -> None:
        with contextlib.suppress(Exception):  # it will be told when the text is to be said
            self._cache.get(text, self._rate_wpm)

    def _supply(self, clause: _Clause, speech: Samples) -> None:
        if len(speech):
            speech = np.concatenate([speech, _silence(clause.pause_seconds)])
        self._playback.supply(clause.utterance_id, clause.number, speech)


def _as_voice_error(error: Exception) -> VoiceError:
    """The error itself, or a bug as one sentence; `__cause__` keeps its traceback."""
    if isinstance(error, VoiceError):
        return error
    wrapped = VoiceError(f"The voice failed by a mistake of ours, please report it: {error!r}.")
    wrapped.__cause__ = error
    return wrapped


def _with_pauses(say: Say) -> list[_Clause]:
    """The clauses with the pause after each; none after the last, so that the end is the end."""
    last = len(say.clauses) - 1
    return [
        _Clause(say.utterance_id, number, text, 0.0 if number == last else _pause_seconds(text))
        for number, text in enumerate(say.clauses)
    ]


def _pause_seconds(text: str) -> float:
    return _PAUSE_SECONDS.get(text.rstrip().rstrip("\"')")[-1:], _SHORTEST_PAUSE_SECONDS)


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)

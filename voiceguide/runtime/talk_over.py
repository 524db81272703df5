"""Someone speaks while the guide talks: it falls silent, listens, and goes on if nothing was meant.

Recognition in double talk is poor whatever the canceller, and better once the guide is silent
[measured with another canceller of this kind: 0.43 of the commands at an echo of +10 dB while the
guide talks on, 0.68 when it pauses 200 ms after the onset]. So the guide yields first and
understands afterwards. Time is blocks of 20 ms counted, so that a rehearsal and a microphone give
the same results.
"""

from collections import deque
from collections.abc import Sequence
from enum import Enum, auto

from voiceguide.audio.playback import Playback
from voiceguide.core.intents import Intent
from voiceguide.runtime.utterance import Utterance

VOICE_PROBABILITY = 0.5
"""A block at or above it holds a voice: `EndpointSettings.onset_probability`."""

CLEAR_PROBABILITY = 0.85
"""And one of them must be so clear. Music, a chainsaw and a sneeze over the guide kept the detector
between 0.5 and 0.9 for as long as a word; of words at 10 dB SNR 95 % reach 0.95 [measured]."""

ONSET_BLOCKS = 8
"""Voice in so many of the last 12 blocks (0.16 of 0.24 s) is somebody who wants to speak."""

_WINDOW_BLOCKS = 12
QUIET_BLOCKS = 20
"""0.4 s after an utterance has ended, itself 0.25 s after its last word, the guide goes on."""

LONGEST_BLOCKS = 300
"""6 s: people who talk to each other don't want the guide to wait for them for ever."""

_CALM_BLOCKS = 200
_SURE_BLOCKS = 12
"""Within 4 s of speech after a false pause it takes voice in the whole window: the same sounds come
again, and what was false once must not hold the guide at the same word for ever."""

_TAKES_EFFECT_BLOCKS = 10  # an order reaches the loudspeaker's thread within one or two blocks
_HOLDS_STILL = frozenset({Intent.STOP, Intent.PAUSE, Intent.END, Intent.SLEEP})


class _Floor(Enum):
    """Who has the floor."""

    GUIDE = auto()
    """The guide, or nobody: it speaks when it has something to say."""
    USER = auto()
    """The guide holds its speech back."""
    HANDED_OVER = auto()
    """This utterance has been acted on, or went on too long: it holds nothing back any more."""


class TalkOver:
    """Holds the playback while a user talks over it; for the thread that listens."""

    def __init__(self, playback: Playback) -> None:
        self._playback = playback
        self._floor = _Floor.GUIDE
        self._voice: deque[float] = deque(maxlen=_WINDOW_BLOCKS)
        self._held_blocks = 0
        self._understood_blocks = 0
        self._quiet_blocks = 0
        self._guide_blocks = _CALM_BLOCKS

    @property
    def is_holding(self) -> bool:
        """Whether the guide holds back what it was saying."""
        return self._floor is _Floor.USER

    def step(
        self,
        *,
        voice_probability: float,
        is_someone_speaking: bool,
        heard: Sequence[Utterance],
        is_understood: bool = True,
    ) -> None:
        """Take one block.

        Args:
            voice_probability: that the block holds a voice which is not the guide's, 0 to 1.
            is_someone_speaking: an utterance is running, or a voice is still to be understood.
            heard: what has been decided with this block.
            is_understood: false while the recognizer is late and may yet hear a "stop" in what was
                said: the guide does not go on before it has caught up, and is silenced again by
                who speaks again.
        """
        self._voice.append(voice_probability)
        self._quiet_blocks = 0 if is_someone_speaking else self._quiet_blocks + 1
        for utterance in heard:
            self._settle(utterance)
        match self._floor:
            case _Floor.GUIDE:
                self._perhaps_hold()
            case _Floor.USER:
                self._perhaps_go_on(is_understood=is_understood)
            case _Floor.HANDED_OVER:
                if not (is_someone_speaking and is_understood):
                    self._floor = _Floor.GUIDE
                    self._voice.clear()

    def _settle(self, utterance: Utterance) -> None:
        """Something was understood: the session will say what comes next.

        After "stop" and red flags nothing goes on by itself. After others the session speaks, which
        replaces what is held; where it does not ("louder"), the held speech goes on.
        """
        if not utterance.accepted:
            return
        is_grave = utterance.intent in _HOLDS_STILL or utterance.intent is None
        if self._floor is _Floor.GUIDE or is_grave:
            self._floor = _Floor.HANDED_OVER

    def _perhaps_hold(self) -> None:
        playing = self._playback.playing
        if playing is None:
            return
        self._guide_blocks += 1
        is_calm = self._guide_blocks >= _CALM_BLOCKS
        voiced = sum(p >= VOICE_PROBABILITY for p in self._voice)
        is_clear = max(self._voice) >= CLEAR_PROBABILITY
        if is_clear and voiced >= (ONSET_BLOCKS if is_calm else _SURE_BLOCKS):
            self._playback.hold(playing.utterance_id)
            self._floor = _Floor.USER
            self._held_blocks = self._understood_blocks = 0

    def _perhaps_go_on(self, *, is_understood: bool) -> None:
        self._held_blocks += 1
        is_replaced = self._playback.playing is not None
        if is_replaced and self._held_blocks > _TAKES_EFFECT_BLOCKS:
            self._floor = _Floor.HANDED_OVER
            return
        if not is_understood:
            return
        self._understood_blocks += 1
        if self._quiet_blocks >= QUIET_BLOCKS or self._understood_blocks >= LONGEST_BLOCKS:
            self._playback.go_on()
            self._guide_blocks = 0
            self._floor = _Floor.HANDED_OVER

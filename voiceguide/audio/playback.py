"""What the loudspeaker is sent, sample by sample: clauses, earcons, silence.

Two sides, no lock. `next_block` belongs to one thread, the one that feeds the loudspeaker
(PortAudio's callback, or a rehearsal's loop), and it alone touches the playing state. Everything
else may be called from any thread: it only appends to a `deque` (an atomic operation), and the
next block carries it out first, in the order of the calls. So every order takes effect within one
block, and the callback never waits for anybody. What `next_block` publishes (`playing`,
`sent_samples`) is replaced as a whole, never altered in place.

The canceller's far-end reference is simply what `next_block` returned.
"""

from collections import deque
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import partial

import numpy as np

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.core.events import ClauseStarted, PlaybackFinished

FADE_SAMPLES = SAMPLE_RATE_HZ // 250
"""4 ms: speech that is cut off dies away this fast, without a click."""

_GAIN_SAMPLES = SAMPLE_RATE_HZ // 10  # a change of volume over the full range takes 100 ms

PlaybackEvent = ClauseStarted | PlaybackFinished


@dataclass(frozen=True, slots=True)
class Playing:
    """Where the last block ended: `position_samples` of the clause's `clause_samples` are sent."""

    utterance_id: int
    clause: int
    position_samples: int
    clause_samples: int


class _Speech:
    """One utterance on its way out. A clause that is None has not been rendered yet."""

    def __init__(self, utterance_id: int, clause_count: int) -> None:
        self.utterance_id = utterance_id
        self._clauses: list[Samples | None] = [None] * clause_count
        self._clause = 0
        self._position = 0

    @property
    def is_over(self) -> bool:
        return self._clause == len(self._clauses)

    @property
    def has_begun(self) -> bool:
        return self._clause > 0 or self._position > 0

    def playing(self) -> Playing:
        samples = self._clauses[self._clause]
        total = 0 if samples is None else len(samples)
        return Playing(self.utterance_id, self._clause, self._position, total)

    def supply(self, clause: int, samples: Samples) -> None:
        """Take a clause's samples, unless it is being played or has been played already."""
        if (clause, 0) >= (self._clause, self._position):
            self._clauses[clause] = samples

    def rewind(self) -> None:
        """Go back to the start of the clause, unless only its pause is left."""
        samples = self._clauses[self._clause] if not self.is_over else None
        if samples is not None and samples[self._position :].any():
            self._position = 0

    def read(self, block: Samples) -> list[PlaybackEvent]:
        """Write what comes next over the start of `block`; return what that began and ended."""
        events: list[PlaybackEvent] = []
        filled = 0
        while not self.is_over and (samples := self._clauses[self._clause]) is not None:
            count = min(len(block) - filled, len(samples) - self._position)
            if not self._position and (count or not len(samples)):
                events.append(ClauseStarted(self.utterance_id, self._clause))
            block[filled : filled + count] = samples[self._position : self._position + count]
            filled += count
            self._position += count
            if self._position < len(samples):
                return events
            self._clause, self._position = self._clause + 1, 0
        return [*events, PlaybackFinished(self.utterance_id)] if self.is_over else events


class Playback:
    """The guide's one output signal."""

    def __init__(self, volume: float = 1.0) -> None:
        """`volume` is 0 to 1 of full scale."""
        self._orders: deque[Callable[[], None]] = deque()
        self._events: deque[PlaybackEvent] = deque()
        self._speech: _Speech | None = None
        self._earcons = _nothing()
        self._dying = _nothing()
        self._gain = self._wanted_gain = volume
        self._is_idle = True
        self._is_held = False
        self.playing: Playing | None = None
        self.sent_samples = 0

    # From any thread

    def say(self, utterance_id: int, clause_count: int) -> None:
        """Begin an utterance, cutting off what is being said; its clauses come by `supply`.

        Earcons go on, and the speech waits until they have sounded.
        """
        self._orders.append(partial(self._begin, utterance_id, clause_count))

    def supply(self, utterance_id: int, clause: int, samples: Samples) -> None:
        """Hand over a rendered clause; `clause` counts from 0, an empty one takes no time.

        Until it comes there is silence. It may be replaced until it has begun. Ignored where the
        utterance is no longer the present one.
        """
        self._orders.append(partial(self._take, utterance_id, clause, samples))

    def play(self, samples: Samples) -> None:
        """Sound an earcon now, over what is being said; after earcons that still sound."""
        self._orders.append(partial(self._sound, samples))

    def fall_silent(self) -> None:
        """Drop speech and earcons: the next block holds a fade of 4 ms and then only silence."""
        self._orders.append(self._drop_all)

    def hold(self, utterance_id: int) -> None:
        """Hold speech back, with a fade of 4 ms, until `go_on`; another `say` ends the hold.

        Where something else is being said by then, that is not held.
        """
        self._orders.append(partial(self._hold, utterance_id))

    def go_on(self) -> None:
        """Go on with speech that is held back, from the start of the clause that was cut."""
        self._orders.append(self._release)

    def set_volume(self, volume: float) -> None:
        """Glide to this share of full scale, 0 to 1, within 100 ms."""
        self._orders.append(partial(setattr, self, "_wanted_gain", volume))

    def take_events(self) -> list[PlaybackEvent]:
        """What has begun and ended since the last call, oldest first; for one taker."""
        return [self._events.popleft() for _ in range(len(self._events))]

    @property
    def is_idle(self) -> bool:
        """Nothing sounds and nothing is waited for."""
        return self._is_idle and not self._orders

    # From the loudspeaker's thread only

    def next_block(self, count: int) -> Samples:
        """The next `count` samples of the guide, exactly; silence where there is nothing to say."""
        self._is_idle = False
        while self._orders:
            self._orders.popleft()()
        earcon_sounds = len(self._earcons) > 0
        block = self._pull_earcons(count)
        if self._may_speak(earcon_sounds=earcon_sounds) and self._speech:
            block += self._pull_speech(self._speech, count)
        block = (block + self._pull_dying(count)) * self._pull_gain(count)
        self._publish(count)
        return np.asarray(np.clip(block, -1, 1), dtype=np.float32)

    def _may_speak(self, *, earcon_sounds: bool) -> bool:
        if self._speech is None or self._is_held:
            return False
        return self._speech.has_begun or not earcon_sounds

    def _begin(self, utterance_id: int, clause_count: int) -> None:
        self._cut_speech()
        self._speech = _Speech(utterance_id, clause_count)

    def _take(self, utterance_id: int, clause: int, samples: Samples) -> None:
        if self._speech and self._speech.utterance_id == utterance_id:
            self._speech.supply(clause, samples)

    def _sound(self, samples: Samples) -> None:
        self._earcons = np.concatenate([self._earcons, samples])

    def _drop_all(self) -> None:
        self._cut_speech()
        self._dying = _sum(self._dying, _fading(self._earcons))
        self._earcons = _nothing()

    def _hold(self, utterance_id: int) -> None:
        speech = self._speech
        if speech is None or speech.utterance_id != utterance_id:
            return
        if speech.has_begun and not self._is_held:
            self._let_die(copy(speech))
            speech.rewind()
            self._is_held = True

    def _release(self) -> None:
        self._is_held = False

    def _cut_speech(self) -> None:
        if self._speech and self._speech.has_begun and not self._is_held:
            self._let_die(self._speech)
        self._speech = None
        self._is_held = False

    def _let_die(self, speech: _Speech) -> None:
        rest = np.zeros(FADE_SAMPLES, dtype=np.float32)
        speech.read(rest)  # its events are dropped: a cut utterance does not finish
        self._dying = _sum(self._dying, _fading(rest))

    def _pull_speech(self, speech: _Speech, count: int) -> Samples:
        block = np.zeros(count, dtype=np.float32)
        self._events.extend(speech.read(block))
        if speech.is_over:
            self._speech = None
        return block

    def _pull_earcons(self, count: int) -> Samples:
        block, self._earcons = _split(self._earcons, count)
        return block

    def _pull_dying(self, count: int) -> Samples:
        block, self._dying = _split(self._dying, count)
        return block

    def _pull_gain(self, count: int) -> Samples:
        furthest = count / _GAIN_SAMPLES
        before = self._gain
        self._gain += min(max(self._wanted_gain - before, -furthest), furthest)
        return np.linspace(before, self._gain, count, dtype=np.float32)

    def _publish(self, count: int) -> None:
        speech = self._speech
        is_audible = speech is not None and speech.has_begun and not self._is_held
        self.playing = speech.playing() if speech and is_audible else None
        self.sent_samples += count
        self._is_idle = not (speech or len(self._earcons) or len(self._dying))


def _nothing() -> Samples:
    return np.zeros(0, dtype=np.float32)


def _fading(samples: Samples) -> Samples:
    """The first 4 ms of these, going to zero."""
    start, _ = _split(samples, FADE_SAMPLES)
    return start * np.linspace(1, 0, FADE_SAMPLES, dtype=np.float32)


def _split(samples: Samples, count: int) -> tuple[Samples, Samples]:
    """The first `count`, padded with silence, and the rest."""
    block = np.zeros(count, dtype=np.float32)
    there = samples[:count]
    block[: len(there)] = there
    return block, samples[count:]


def _sum(one: Samples, other: Samples) -> Samples:
    count = max(len(one), len(other))
    return _split(one, count)[0] + _split(other, count)[0]

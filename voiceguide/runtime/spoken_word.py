"""Which word the guide is saying at this moment: what the self-echo gate compares with."""

from voiceguide.audio.pcm import SAMPLE_RATE_HZ
from voiceguide.audio.playback import Playback
from voiceguide.core.actions import Say
from voiceguide.core.phrasing import word_at

LOOK_AHEAD_SECONDS = 0.25
"""Words are placed in a clause by their length, which can be wrong by about this much; a word is
named early rather than late; the gate keeps it for a while anyhow."""


class SpokenWord:
    """Follows the playback through the clauses of the latest `Say`. Safe to ask from any thread."""

    def __init__(self, playback: Playback) -> None:
        self._playback = playback
        self._say = Say(0, ())

    def follow(self, say: Say) -> None:
        """From now on this is what is being said."""
        self._say = say

    def now(self) -> str:
        """The word, lower case, or an empty text in silence."""
        playing, say = self._playback.playing, self._say
        if playing is None or playing.utterance_id != say.utterance_id:
            return ""
        if not playing.clause_samples:
            return ""
        position = playing.position_samples + LOOK_AHEAD_SECONDS * SAMPLE_RATE_HZ
        return word_at(say.clauses[playing.clause], position / playing.clause_samples)

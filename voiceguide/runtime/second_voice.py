"""Whether somebody other than the guide is speaking, by what the echo canceller says of each block.

Voice activity alone can't tell: what is left of the guide's voice is a voice too [measured: Silero
is as happy with synthetic speech as with people].
"""

import math
from collections import deque

POSSIBLE_DB = 1.5
"""A block below it may be echo alone: of the guide alone one in 800 reaches it [scenes that
`training/echo_mask.py` sets aside]."""

CERTAIN_DB = 5.0
"""Of the guide alone one block in ten thousand reaches it [the same]."""

_CERTAIN_BLOCKS = 6  # 120 ms of an utterance
_UNDOUBTED_BLOCKS = 15  # 300 ms: most of a word
_RECENT_BLOCKS = 5  # 100 ms: the gaps between a word's sounds
_MISSING_BLOCKS = 75  # 1.5 s: the far end has fallen silent within a word, not between two


class SecondVoice:
    """Follows `EchoCanceller.near_end_db` block by block; for one stream."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_RECENT_BLOCKS)
        self._clear_blocks = 0
        self._is_told = False
        self._has_told = False
        self._is_at_a_loss = False
        self._told_blocks = _RECENT_BLOCKS  # since it was at a loss
        self._is_echo_placed = True
        self._has_echo_moved = False
        self._missing_blocks = 0

    def note(
        self, near_end_db: float | None, *, is_guide_speaking: bool, is_echo_placed: bool = True
    ) -> None:
        """Take the newest block's figure; None where nobody can tell.

        A canceller that knows of no far end while the guide speaks can't tell either, nor one whose
        echo is elsewhere than it has learned: what it leaves of it is as loud as a second voice.
        """
        self._has_told |= near_end_db is not None
        is_at_a_loss = self._has_told and near_end_db is None
        self._is_at_a_loss |= is_at_a_loss
        self._told_blocks = 0 if is_at_a_loss else self._told_blocks + 1
        self._is_echo_placed = is_echo_placed
        self._has_echo_moved |= not is_echo_placed
        if not is_echo_placed:
            near_end_db = None
        is_missing = is_guide_speaking and near_end_db == math.inf
        self._missing_blocks = self._missing_blocks + 1 if is_missing else 0
        self._is_told = near_end_db is not None and not is_missing
        if near_end_db is not None and not is_missing:
            self._recent.append(near_end_db)
            self._clear_blocks += near_end_db >= CERTAIN_DB

    def begin_utterance(self) -> None:
        """Count anew for an utterance that began within the last 100 ms."""
        self._clear_blocks = sum(db >= CERTAIN_DB for db in self._recent)
        self._has_echo_moved = not self._is_echo_placed
        self._is_at_a_loss = self._told_blocks < _RECENT_BLOCKS

    @property
    def has_echo_moved(self) -> bool:
        """Whether the echo was not where it was expected, at any time of the utterance."""
        return self._has_echo_moved

    @property
    def is_far_end_missing(self) -> bool:
        """Whether the guide has been speaking for 1.5 s without a far end."""
        return self._missing_blocks >= _MISSING_BLOCKS

    @property
    def is_possible(self) -> bool:
        """Whether the newest block may hold more than the guide's echo."""
        return not self._is_told or max(self._recent) >= POSSIBLE_DB

    @property
    def may_be_guide(self) -> bool:
        """Whether nobody is certain of a second voice: also where no canceller can tell."""
        return not self.is_certain

    @property
    def is_beyond_doubt(self) -> bool:
        """Whether that lasted for most of a word: enough to contradict that it is the guide's own.

        Where a busy machine has shifted the echo, a burst of it stands clear for a moment too.
        """
        return self._is_evidence and self._clear_blocks >= _UNDOUBTED_BLOCKS

    @property
    def is_at_a_loss(self) -> bool:
        """Whether a canceller that can tell could not, at any time of the utterance.

        So it is where a gated microphone opens.
        """
        return self._is_at_a_loss

    @property
    def is_likely(self) -> bool:
        """Whether any of the utterance stood so clear, or nobody can tell."""
        return self._clear_blocks > 0 or self._is_at_a_loss or not self._is_told

    @property
    def is_certain(self) -> bool:
        """Whether the utterance stood so clear of the echo that it can't be the guide's own."""
        return self._is_evidence and self._clear_blocks >= _CERTAIN_BLOCKS

    @property
    def _is_evidence(self) -> bool:
        return self._is_told and not self._has_echo_moved

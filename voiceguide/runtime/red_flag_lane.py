"""The open lane: hears whatever is said, and finds what is grave in it.

Two hear it: the recognizer with its open language model, and the witness, who spots single words of
red flags. Words that the witness finds impossible are not believed; words of which it is sure count
where the recognizer understood nothing.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from voiceguide.audio.pcm import Samples
from voiceguide.core.acceptance import UNKNOWN, Reason
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.second_opinion import SecondOpinion
from voiceguide.ports import Recognizer, Witness


class RedFlagJudge(Protocol):
    """What the lane asks of the lexicon."""

    def judge(self, text: str) -> Judgement:
        """What the text means for safety."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something grave: the words, what they mean, and how they were heard."""

    words: str
    judgement: Judgement
    reason: Reason


class RedFlagLane:
    """Hears one utterance after the other; belongs to the listener's thread."""

    def __init__(
        self,
        recognizer: Recognizer,
        judge: RedFlagJudge,
        witness: Witness | None,
        opinion: SecondOpinion | None,
    ) -> None:
        self._recognizer = recognizer
        self._judge = judge
        self._witness = witness
        self._opinion = opinion

    def feed(self, block: Samples) -> None:
        """Take more of the utterance."""
        self._recognizer.feed(block)

    def finish(self) -> str:
        """The utterance is over: return the words that were heard in it."""
        return " ".join(self._recognizer.finish().text.replace(UNKNOWN, " ").split())

    def find(
        self, said: str, samples: Samples, *, is_understood: bool, may_be_guide: bool = False
    ) -> Finding | None:
        """What is grave in an utterance.

        Args:
            said: what `finish` returned.
            samples: the whole utterance, for the witness.
            is_understood: it was a command; what may be in it besides is not looked for.
            may_be_guide: nobody is certain that it was not the guide who spoke.
        """
        judgement = self._judge.judge(said)
        if judgement.tier is not None:
            said = self._believed(said, samples, may_be_guide=may_be_guide)
            judgement = self._judge.judge(said)
        if judgement.tier is not None:
            return Finding(said, judgement, Reason.RED_FLAG)
        return None if is_understood else self._glimpse(samples)

    def _believed(self, said: str, samples: Samples, *, may_be_guide: bool) -> str:
        if self._witness is None or self._opinion is None:
            return said
        likelihoods = self._witness.spot(samples)
        return self._opinion.believed(said, likelihoods, may_be_guide=may_be_guide)

    def _glimpse(self, samples: Samples) -> Finding | None:
        """Grave words that the witness finds in what the open lane did not understand."""
        if self._witness is None or self._opinion is None:
            return None
        words = self._opinion.glimpsed(self._witness.spot(samples))
        judgement = self._judge.judge(words)
        if judgement.tier in (None, Tier.CAUTION):
            return None
        return Finding(words, replace(judgement, ask=True), Reason.GLIMPSED)

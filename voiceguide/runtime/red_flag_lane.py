"""The open lane: hears whatever is said, and finds what is grave in it.

Two hear it: the recognizer with its open language model, and the witness, who spots single words of
red flags. A word that the witness finds impossible is believed only when it is heard again: who is
not answered says it twice, and talk seldom sounds like the same grave word twice. So is a mere
caution in a whole sentence of which the witness heard nothing. Words of which the witness is sure
count where the recognizer understood nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.core.acceptance import UNKNOWN, Reason
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.second_opinion import SecondOpinion, stem
from voiceguide.ports import Recognizer, Witness

AGAIN_SECONDS = 20.0
"""A doubted word that is heard again within this time is believed."""
_SENTENCE_SECONDS = 2.0
_CAUTION = frozenset({"a caution"})


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
        self._doubted_at_s: dict[str, float] = {}

    def feed(self, block: Samples) -> None:
        """Take more of the utterance."""
        self._recognizer.feed(block)

    def finish(self) -> str:
        """The utterance is over: return the words that were heard in it."""
        return " ".join(self._recognizer.finish().text.replace(UNKNOWN, " ").split())

    def find(
        self,
        said: str,
        samples: Samples,
        at_s: float,
        *,
        is_understood: bool,
        may_be_guide: bool = False,
    ) -> Finding | None:
        """What is grave in an utterance.

        Args:
            said: what `finish` returned.
            samples: the whole utterance, for the witness.
            at_s: when it ended, in seconds of the stream.
            is_understood: it was a command; what may be in it besides is not looked for.
            may_be_guide: nobody is certain that it was not the guide who spoke.
        """
        judgement = self._judge.judge(said)
        if judgement.tier is not None and self._witness is not None and self._opinion is not None:
            likelihoods = self._witness.spot(samples)
            believed = self._believed(
                said, likelihoods, self._opinion, at_s, may_be_guide=may_be_guide
            )
            judgement = self._judge.judge(believed)
            is_sentence = len(samples) >= _SENTENCE_SECONDS * SAMPLE_RATE_HZ
            if judgement.tier is Tier.CAUTION and (is_sentence or may_be_guide):
                is_heard_too = self._opinion.hears_any(said, likelihoods)
                is_insisted = not may_be_guide and self._said_again(_CAUTION, at_s)
                judgement = judgement if is_heard_too or is_insisted else Judgement()
        if judgement.tier is not None:
            return Finding(said, judgement, Reason.RED_FLAG)
        return None if is_understood else self._glimpse(samples)

    def _believed(
        self,
        said: str,
        likelihoods: Mapping[str, float],
        opinion: SecondOpinion,
        at_s: float,
        *,
        may_be_guide: bool,
    ) -> str:
        """The words without those that are doubted."""
        if may_be_guide and opinion.is_only_a_scrap(said, likelihoods):
            return ""
        denied = opinion.denied(said, likelihoods)
        if not may_be_guide:
            denied -= self._said_again(denied, at_s)
        return " ".join(UNKNOWN if stem(word) in denied else word for word in said.split())

    def _said_again(self, denied: frozenset[str], at_s: float) -> frozenset[str]:
        never = -AGAIN_SECONDS
        again = {d for d in denied if at_s - self._doubted_at_s.get(d, never) < AGAIN_SECONDS}
        self._doubted_at_s |= dict.fromkeys(denied, at_s)
        return frozenset(again)

    def _glimpse(self, samples: Samples) -> Finding | None:
        """Grave words that the witness finds in what the open lane did not understand."""
        if self._witness is None or self._opinion is None:
            return None
        words = self._opinion.glimpsed(self._witness.spot(samples))
        judgement = self._judge.judge(words)
        if judgement.tier in (None, Tier.CAUTION):
            return None
        return Finding(words, replace(judgement, ask=True), Reason.GLIMPSED)

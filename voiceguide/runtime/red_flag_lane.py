"""The open lane: hears whatever is said, and finds what is grave in it.

The recognizer with its open language model hears what it expects, and it expects symptoms. So
where something grave was heard it listens again, with nothing to expect but those words or any
other sounds: words that are not heard then are not believed, and where nothing grave is left when
each of them has to stand by itself, the guide asks.

A witness, who spots single words of red flags, hears it too. A word that the witness finds
impossible is believed only when it is heard again: who is not answered says it twice, and talk
seldom sounds like the same grave word twice. So is a mere caution in a whole sentence of which the
witness heard nothing, and so is what stands in words that are hardly ever a red flag. Words of
which the witness is sure count where the recognizer understood nothing; and so do words that mostly
are red flags, though no rule knows what they say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.core.acceptance import UNKNOWN, Reason
from voiceguide.core.red_flags import Grounds, Judgement, Tier
from voiceguide.core.second_opinion import SecondOpinion, stem
from voiceguide.ports import Recognizer, Witness
from voiceguide.runtime.second_hearing import SecondHearing

AGAIN_SECONDS = 20.0
"""A doubted word that is heard again within this time is believed."""
_SENTENCE_SECONDS = 2.0


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
        witness: Witness | None = None,
        opinion: SecondOpinion | None = None,
        second_hearing: SecondHearing | None = None,
    ) -> None:
        self._recognizer = recognizer
        self._judge = judge
        self._witness = witness
        self._opinion = opinion
        self._second_hearing = second_hearing
        self._doubted_at_s: dict[str, float] = {}

    def feed(self, block: Samples) -> None:
        """Take more of the utterance."""
        self._recognizer.feed(block)

    def finish(self) -> str:
        """The utterance is over: return the words that were heard in it."""
        return " ".join(self._recognizer.finish().text.replace(UNKNOWN, " ").split())

    def tier(self, words: str) -> Tier | None:
        """How grave these words are, whoever said them."""
        return self._judge.judge(words).tier

    def find(
        self,
        said: str,
        samples: Samples,
        at_s: float,
        *,
        is_understood: bool,
        is_over_guide: bool = False,
        may_be_guide: bool = False,
    ) -> Finding | None:
        """What is grave in an utterance.

        Args:
            said: what `finish` returned.
            samples: the whole utterance, for the witness.
            at_s: when it ended, in seconds of the stream.
            is_understood: it was a command; what may be in it besides is not looked for.
            is_over_guide: the guide was speaking.
            may_be_guide: nobody is certain that it was not the guide who spoke.
        """
        said, judgement = self._heard_again(said, self._judge.judge(said), samples)
        if judgement.tier is not None:
            judgement = self._confirmed(said, judgement, samples, at_s, may_be_guide=may_be_guide)
        is_by_weights = judgement.grounds is Grounds.WEIGHTS
        if judgement.tier is not None and not is_by_weights:
            return Finding(said, judgement, self._reason(said, judgement))
        if is_understood:
            return None
        if is_by_weights and not is_over_guide:
            return Finding(said, judgement, Reason.GLIMPSED)
        return self._glimpse(said, samples)

    def _reason(self, said: str, judgement: Judgement) -> Reason:
        """The session reads words only: it is told apart where they were hardly heard."""
        is_doubted = judgement.ask and not self._judge.judge(said).ask
        return Reason.GLIMPSED if is_doubted else Reason.RED_FLAG

    def _heard_again(
        self, said: str, judgement: Judgement, samples: Samples
    ) -> tuple[str, Judgement]:
        """The words that are heard again, and what is grave in them.

        It is raised if its words stand each for itself. If only all together hold, it is asked
        about where such words mostly are red flags, and else they are hardly believed.
        """
        if self._second_hearing is None or judgement.tier is None:
            return said, judgement
        left = self._second_hearing.as_sentence(said, samples)
        judgement = self._judge.judge(left)
        if judgement.tier in (None, Tier.CAUTION):
            return left, judgement
        alone = self._judge.judge(self._second_hearing.word_by_word(said, samples))
        if alone.tier in (None, Tier.CAUTION):
            is_likely = judgement.grounds in (Grounds.BOTH, Grounds.WEIGHTS)
            grounds = judgement.grounds if is_likely else Grounds.UNLIKELY
            judgement = replace(judgement, ask=True, grounds=grounds)
        return left, judgement

    def _confirmed(
        self, said: str, judgement: Judgement, samples: Samples, at_s: float, *, may_be_guide: bool
    ) -> Judgement:
        """What is left of it once the witness was asked, or the same was heard before."""
        is_heard_too = False
        if self._witness is not None and self._opinion is not None:
            likelihoods = self._witness.spot(samples)
            # A single word of the guide's is no emergency either; of two words an emergency is.
            scrap_words = 1 if judgement.tier is Tier.EMERGENCY else 2
            if may_be_guide and self._opinion.is_only_a_scrap(said, likelihoods, scrap_words):
                return Judgement()
            believed = self._believed(
                said, likelihoods, self._opinion, at_s, may_be_guide=may_be_guide
            )
            if believed != said:
                judgement = _no_surer(self._judge.judge(believed), judgement)
            is_heard_too = self._opinion.hears_any(said, likelihoods)
        if is_heard_too or not self._needs_more(judgement, samples, may_be_guide=may_be_guide):
            return judgement
        again = self._said_again(frozenset({judgement.tier or ""}), at_s)
        return judgement if again and not may_be_guide else Judgement()

    def _needs_more(self, judgement: Judgement, samples: Samples, *, may_be_guide: bool) -> bool:
        """Whether what one recognizer makes of talk, or of the guide, is too little."""
        if judgement.tier is not Tier.CAUTION or self._witness is None:
            return judgement.grounds is Grounds.UNLIKELY
        return may_be_guide or len(samples) >= _SENTENCE_SECONDS * SAMPLE_RATE_HZ

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
        denied = opinion.denied(said, likelihoods)
        if not may_be_guide:
            denied -= self._said_again(denied, at_s)
        return " ".join(UNKNOWN if stem(word) in denied else word for word in said.split())

    def _said_again(self, denied: frozenset[str], at_s: float) -> frozenset[str]:
        never = -AGAIN_SECONDS
        again = {d for d in denied if at_s - self._doubted_at_s.get(d, never) < AGAIN_SECONDS}
        self._doubted_at_s |= dict.fromkeys(denied, at_s)
        return frozenset(again)

    def _glimpse(self, said: str, samples: Samples) -> Finding | None:
        """Grave words that the witness finds in what the open lane did not understand."""
        if self._witness is None or self._opinion is None:
            return None
        words = self._opinion.glimpsed(said, self._witness.spot(samples))
        judgement = self._judge.judge(words)
        if judgement.tier in (None, Tier.CAUTION):
            return None
        return Finding(words, replace(judgement, ask=True), Reason.GLIMPSED)


def _no_surer(judgement: Judgement, before: Judgement) -> Judgement:
    """What is left once words are doubted, as doubtful as what they stood in."""
    is_unlikely = before.grounds is Grounds.UNLIKELY
    grounds = before.grounds if is_unlikely else judgement.grounds
    ask = judgement.tier is not None and (judgement.ask or before.ask)
    return replace(judgement, ask=ask, grounds=grounds)

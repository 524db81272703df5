"""What a second witness makes of the recognizer's decision. Pure.

The recognizer builds words from sounds, and small ones believe too much and too little. The witness
knows some phrases by their sound as a whole. What both hear is believed; what the witness finds
impossible is not; and what only the witness hears, beyond doubt, is believed where a mistake is
cheap. Utterances of which the witness knows no phrase are left to the recognizer.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from voiceguide.core.acceptance import (
    Accept,
    Acceptance,
    Decision,
    Evidence,
    Reason,
    Reject,
    Wait,
)
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import DEAR_INTENTS, Intent, Meaning

_STEM_LETTERS = 4  # "numb", "numbness"; "weak", "weakness"; "faint", "fainting"
_NOT_HEARD = frozenset(
    {Reason.NOTHING_HEARD, Reason.UNKNOWN_WORDS, Reason.NO_PHRASE, Reason.NOT_ASKED_FOR}
)

_ANSWERS = frozenset({Intent.YES, Intent.NO, Intent.RESUME})
"""Where the witnesses contradict each other about one of these, neither is believed: on an answer
hangs whether work goes on, and asking once more is cheap."""


@dataclass(frozen=True, slots=True)
class OpinionSettings:
    """How much of the witness's belief, 0 to 1, it takes; from the model's calibration."""

    confirms: float = 0.02
    """Less, and what the recognizer heard is not believed."""
    confirms_stop: float = 0.004
    confirms_echo: float = 0.3
    """What may have been the guide's own voice needs so much; and so does at any time what is
    dear."""
    confirms_stop_echo: float = 0.15
    """The same for stop and wait. Its own voice was taken for "stop" with up to 0.11 where a busy
    machine had shifted the echo; of the stops that people said over it one in ten had less than
    0.15, all of them with the echo ten times as loud as they were [measured in simulated rooms]."""
    confirms_unasked: float = 0.3
    """A bare number that no question asked for needs so much: "four" is in "forward"."""
    confirms_asked: float = 0.002
    """The same for a number that a question asked for: hardly anything else is said there."""
    rescues: float = 0.5
    """At least so much, and what the recognizer missed is believed."""
    rescues_asked: float = 0.3
    """The same for a number that a question asked for. Of 116 numbers for tuning (29 as recorded,
    cut at 4 kHz, that and faster, in noise) both together made 98 heard instead of 91, and 41
    instead of 39 of 552 other words were taken for a command."""
    glimpses: float = 0.9
    """At least so much, and a word of a red flag is taken to be somewhere in what was said. At 0.8
    a witness like ours heard "sharp" twice in a quarter of an hour of orders, and no more was
    found of what was said."""
    denies: float = 0.0
    """Less, and a word of a red flag that the open lane heard is doubted until it is said again."""


class SecondOpinion:
    """The rules for one grammar; `rules` say what makes an utterance implausible, whoever hears."""

    def __init__(
        self, grammar: Grammar, rules: Acceptance, settings: OpinionSettings | None = None
    ) -> None:
        self._grammar = grammar
        self._rules = rules
        self._settings = settings or OpinionSettings()

    def glimpsed(self, said: str, likelihoods: Mapping[str, float]) -> str:
        """The words that are likely enough to be in an utterance, in their order.

        Those that the open lane heard as well are left out: it knows what was said of them.
        """
        known = {stem(word) for word in said.split()}
        enough = self._settings.glimpses
        found = (word for word, share in likelihoods.items() if share >= enough)
        return " ".join(word for word in found if stem(word) not in known)

    def denied(self, said: str, likelihoods: Mapping[str, float]) -> frozenset[str]:
        """Stems of the open lane's words that the witness knows and finds impossible."""
        return frozenset(
            stem(word)
            for word in said.split()
            if self._likeliest_form(word, likelihoods) < self._settings.denies
        )

    def hears_any(self, said: str, likelihoods: Mapping[str, float]) -> bool:
        """Whether the witness hears any of the words too, in any form."""
        least = self._settings.confirms
        return any(
            self._likeliest_form(word, likelihoods, unknown=0.0) >= least for word in said.split()
        )

    def is_only_a_scrap(self, said: str, likelihoods: Mapping[str, float], most_words: int) -> bool:
        """Whether these are few words of which the witness hears none.

        Out of what may be the guide's own voice, the open lane hears such scraps as often as not.
        """
        words = said.split()
        heard_too = max(
            (self._likeliest_form(word, likelihoods, unknown=0.0) for word in words), default=0.0
        )
        return len(words) <= most_words and heard_too < self._settings.confirms_echo

    @staticmethod
    def _likeliest_form(word: str, likelihoods: Mapping[str, float], unknown: float = 1.0) -> float:
        """Of "tingling", "tingles" and "tingly" alike; `unknown` for a word that it lacks."""
        forms = [share for known, share in likelihoods.items() if stem(known) == stem(word)]
        return max(forms, default=unknown)

    def on(
        self,
        decision: Decision,
        evidence: Evidence,
        shares: Mapping[str, float],
        active: frozenset[Intent],
        *,
        may_be_guide: bool = False,
    ) -> Decision:
        """The decision after hearing the witness.

        Args:
            decision: of `Acceptance`.
            evidence: what it was made on.
            shares: the witness's belief in each phrase that it knows; empty if it knows nothing.
            active: the intents that are answered to now.
            may_be_guide: nobody is certain that it was not the guide who spoke.
        """
        if isinstance(decision, Accept):
            beliefs = self._beliefs(shares, frozenset(Intent))
            enough = self._enough(decision.meaning.intent, active, may_be_guide=may_be_guide)
            confirmed = self._confirmed(decision, evidence, beliefs, enough)
            if isinstance(confirmed, Reject) and evidence.is_guide_speaking and not may_be_guide:
                other = self._rescued(evidence, self._beliefs(shares, active), active)
                return self._settled(decision, other) or confirmed
            return confirmed
        if isinstance(decision, Reject) and decision.reason in _NOT_HEARD:
            return self._rescued(evidence, self._beliefs(shares, active), active) or decision
        return decision

    def _beliefs(
        self, shares: Mapping[str, float], active: frozenset[Intent]
    ) -> dict[Meaning, float]:
        """Belief in each meaning: "softer" and "softer please" are the same."""
        beliefs: dict[Meaning, float] = defaultdict(float)
        for phrase, share in shares.items():
            meaning = self._grammar.match(phrase, active)
            if meaning is not None:
                beliefs[meaning] += share
        return beliefs

    def _enough(self, intent: Intent, active: frozenset[Intent], *, may_be_guide: bool) -> float:
        """How much belief a command needs."""
        settings = self._settings
        if _is_asked(intent, active) and not may_be_guide:
            return settings.confirms_asked
        needed = [settings.confirms_stop if intent is Intent.STOP else settings.confirms]
        if intent in DEAR_INTENTS:
            needed.append(settings.confirms_echo)
        if may_be_guide:
            is_cheap = intent in {Intent.STOP, Intent.PAUSE}
            needed.append(settings.confirms_stop_echo if is_cheap else settings.confirms_echo)
        if _is_unasked(intent, active):
            needed.append(settings.confirms_unasked)
        return max(needed)

    def _enough_alone(self, intent: Intent, active: frozenset[Intent]) -> float:
        """How much belief makes up for a recognizer that heard nothing."""
        settings = self._settings
        return settings.rescues_asked if _is_asked(intent, active) else settings.rescues

    def _confirmed(
        self,
        decision: Accept,
        evidence: Evidence,
        beliefs: Mapping[Meaning, float],
        enough: float,
    ) -> Decision:
        belief = beliefs.get(decision.meaning)
        if belief is None or belief >= enough:
            return decision
        return Reject(Reason.NOT_CONFIRMED) if evidence.is_final else Wait(Reason.NOT_CONFIRMED)

    def _rescued(
        self, evidence: Evidence, beliefs: Mapping[Meaning, float], active: frozenset[Intent]
    ) -> Accept | None:
        """What the witness is sure of, unless it is dear or implausible."""
        meaning = max(beliefs, key=lambda m: beliefs[m], default=None)
        if meaning is None or beliefs[meaning] < self._enough_alone(meaning.intent, active):
            return None
        is_dear = meaning.intent in DEAR_INTENTS or _is_unasked(meaning.intent, active)
        doubt = self._rules.doubt(evidence, meaning.intent, meaning)
        return None if is_dear or doubt else Accept(meaning, Reason.SECOND_WITNESS)

    @staticmethod
    def _settled(heard: Accept, other: Accept | None) -> Accept | None:
        """What the witness is sure of where the recognizer heard something else in vain.

        Only of what a canceller leaves of a voice, which the witness knows better. Of 448 commands
        and 276 other words said over the guide five were helped and none harmed; without the guide,
        of 826 clips none was helped and one harmed [speakers and rooms for tuning].
        """
        if other is None or {heard.meaning.intent, other.meaning.intent} & _ANSWERS:
            return None
        return other


def _is_asked(intent: Intent, active: frozenset[Intent]) -> bool:
    return intent is Intent.NUMBER and not _is_unasked(intent, active)


def _is_unasked(intent: Intent, active: frozenset[Intent]) -> bool:
    """Whether it is a number where none was asked for.

    A question wants a number, or a yes or no; where both are active, as in `hear --phase all`,
    nothing was asked.
    """
    return intent is Intent.NUMBER and Intent.YES in active


def stem(word: str) -> str:
    """What the forms of a word have in common."""
    return word[:_STEM_LETTERS]

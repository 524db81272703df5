"""What was learnt of one user's voice, and what of it is safe to use. Pure values.

Nothing here loosens more than a little: thresholds stay within a range around the model's
calibration, whatever a file says, and a phrase of the user's own (an *alias*) is never a word that
means something else, a word of a red flag, a number, or a word that everybody says all the time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from voiceguide.core.acceptance import UNKNOWN, AcceptanceSettings, Reason
from voiceguide.core.grammar import Grammar, normalize
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.tiers import Tier

FAINTER_DB = 10.0
"""So far below or above the calibration the faintest level may be set."""

BELOW_QUIETEST_DB = 20.0
"""Someone who turns away or lies face down is heard that much fainter than at the fitting."""

LEAST_VOICE_PROBABILITY = 0.6
VOICE_MARGIN = 0.1
SLOWER_SECONDS = 0.8
SLOWER_FACTOR = 1.25
LONGEST_ALIAS_WORDS = 2
TIMES_HEARD = 2
"""How often the same must have been heard for a word before it counts as that word."""

SHORTEST_ALIAS = 3
_WITHOUT_ALIAS = frozenset({Intent.YES, Intent.NO})  # they answer questions about red flags
_MENDABLE = frozenset({Reason.TOO_FAINT, Reason.NO_VOICE, Reason.TOO_LONG})


@dataclass(frozen=True, slots=True)
class Tried:
    """One utterance of a fitting.

    Attributes:
        take: a number by which its sound can be found again.
        text: the command lane's words; `said` are those of the open lane, which knows no phrases.
        meaning: what would have been acted on; None where it was refused, for `reason`.
        red_flag: what its words would have raised.
    """

    text: str
    meaning: Meaning | None = None
    said: str = ""
    reason: str = ""
    take: int = 0
    seconds: float = 0.5
    level_dbfs: float = -26.0
    voice_probability: float = 1.0
    red_flag: Tier | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """What is kept of a user. None and empty: as for everybody.

    Attributes:
        aliases: what the model hears when the user says a word, and what it means.
        instead: words that were not understood, and what the user says in their place.
        model: the name of the model that heard the aliases; another one hears something else.
    """

    aliases: Mapping[str, Intent] = field(default_factory=lambda: MappingProxyType({}))
    instead: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    min_level_dbfs: float | None = None
    min_voice_probability: float | None = None
    first_word_seconds: float | None = None
    model: str = ""

    def acceptance(self, calibrated: AcceptanceSettings) -> AcceptanceSettings:
        """The calibration with the user's own thresholds, kept within the safe ranges."""
        level, probability = self.min_level_dbfs, self.min_voice_probability
        seconds, usual = self.first_word_seconds, calibrated
        return replace(
            calibrated,
            min_level_dbfs=usual.min_level_dbfs
            if level is None
            else _within(level, usual.min_level_dbfs, FAINTER_DB, FAINTER_DB),
            min_voice_probability=usual.min_voice_probability
            if probability is None
            else min(max(probability, LEAST_VOICE_PROBABILITY), usual.min_voice_probability),
            first_word_seconds=usual.first_word_seconds
            if seconds is None
            else _within(seconds, usual.first_word_seconds, 0.0, SLOWER_SECONDS),
        )


@dataclass(frozen=True, slots=True)
class AliasRules:
    """What may become a phrase of the user's own.

    Attributes:
        is_red_flag: whether a text holds a word of the red-flag lexicon, or would raise one.
        common: words that everybody says all the time.
    """

    grammar: Grammar
    is_red_flag: Callable[[str], bool]
    common: frozenset[str] = frozenset()

    def allow(self, heard: str, intent: Intent) -> bool:
        """Whether this text may mean that intent for this user."""
        words = heard.split()
        return (
            intent not in _WITHOUT_ALIAS
            and 0 < len(words) <= LONGEST_ALIAS_WORDS
            and UNKNOWN not in words
            and all(map(_is_plain, words))
            and any(self._is_telling(word) for word in words)
            and not self._is_taken(heard)
            and not self.is_red_flag(heard)
        )

    def learnt(self, heard: Iterable[tuple[str, Intent]]) -> dict[str, Intent]:
        """The texts that were heard for one word often enough, and for no other word at all."""
        counts = Counter((normalize(text.replace(UNKNOWN, " ")), intent) for text, intent in heard)
        meant = Counter(text for text, _ in counts)
        return {
            text: intent
            for (text, intent), times in counts.items()
            if times >= TIMES_HEARD and meant[text] == 1 and self.allow(text, intent)
        }

    def _is_telling(self, word: str) -> bool:
        return len(word) >= SHORTEST_ALIAS and word not in self.common

    def _is_taken(self, heard: str) -> bool:
        """Whether it is a phrase already, also a polite one, or the beginning of a phrase."""
        everything = frozenset(Intent)
        words = heard.split()
        return (
            self.grammar.match(heard, everything) is not None
            or self.grammar.is_prefix(heard, everything)
            or any(self.grammar.match(word, everything) is not None for word in words)
        )


def with_aliases(grammar: Grammar, fit: Fit, rules: AliasRules) -> Grammar:
    """The grammar with the user's aliases; what the rules don't allow is left out."""
    allowed = [(text, intent) for text, intent in fit.aliases.items() if rules.allow(text, intent)]
    return grammar.with_phrases((text, Meaning(intent)) for text, intent in allowed)


def thresholds_of(heard: Iterable[Tried], calibrated: AcceptanceSettings) -> Fit:
    """A fit with the thresholds that these utterances ask for; None where the usual one serves."""
    takes = list(heard)
    if not takes:
        return Fit()
    wanted = Fit(
        min_level_dbfs=min(take.level_dbfs for take in takes) - BELOW_QUIETEST_DB,
        min_voice_probability=min(take.voice_probability for take in takes) - VOICE_MARGIN,
        first_word_seconds=max(take.seconds for take in takes) * SLOWER_FACTOR,
    )
    safe = wanted.acceptance(calibrated)
    return Fit(
        min_level_dbfs=_if_lower(safe.min_level_dbfs, calibrated.min_level_dbfs),
        min_voice_probability=_if_lower(
            safe.min_voice_probability, calibrated.min_voice_probability
        ),
        first_word_seconds=None
        if safe.first_word_seconds == calibrated.first_word_seconds
        else safe.first_word_seconds,
    )


def is_understood(
    tried: Tried, intent: Intent, grammar: Grammar, usual: AcceptanceSettings
) -> bool:
    """Whether it was acted on rightly, or would be with thresholds that may be fitted."""
    if tried.meaning is not None:
        return tried.meaning.intent is intent
    meaning = grammar.match(tried.text, frozenset({intent}))
    if meaning is None or tried.reason not in _MENDABLE:
        return False
    fitted = thresholds_of([tried], usual).acceptance(usual)
    longest = fitted.first_word_seconds + fitted.next_word_seconds * tried.text.count(" ")
    return (
        tried.level_dbfs >= fitted.min_level_dbfs
        and tried.voice_probability >= fitted.min_voice_probability
        and tried.seconds <= longest
    )


def _within(value: float, usual: float, below: float, above: float) -> float:
    return min(max(value, usual - below), usual + above)


def _if_lower(value: float, usual: float) -> float | None:
    return value if value < usual else None


def _is_plain(word: str) -> bool:
    return word.replace("'", "").isalpha()

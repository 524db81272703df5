"""What counts as a command: the rules between a recognizer's text and a meaning. Pure.

A small recognizer with a closed grammar forces whatever it hears into commands: acting on words
inside a longer result makes hundreds of false commands an hour, and its confidence does not tell
the false from the true [measured, docs/reference/hearing.md]. So a command is the whole utterance
or nothing. Red flags are the exception and are looked for elsewhere, in whatever was said.

Two moments decide. While an utterance runs, *quick* phrases ("stop", "next") are accepted from
partial texts as soon as the text so far is the phrase, has stayed so, and no other phrase begins
with it. At the end of the utterance, everything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from voiceguide.core.grammar import Grammar, normalize
from voiceguide.core.intents import Intent, Meaning

UNKNOWN = "[unk]"


class Reason(StrEnum):
    """Why something was accepted, refused or put off; printed by `hear`."""

    WHOLE_PHRASE = "the whole utterance is a phrase"
    QUICK_PHRASE = "a quick phrase, steady"
    OWN_WORD = "sounds like the user's own example of the word"
    RED_FLAG = "red-flag words"
    GLIMPSED = "red-flag words, the rest not understood"
    NOTHING_HEARD = "no words"
    UNKNOWN_WORDS = "words that are no phrase"
    NO_PHRASE = "known words, but no phrase now"
    NOT_ASKED_FOR = "a phrase that is not active now"
    SELF_ECHO = "what the guide itself is saying"
    OVER_THE_GUIDE = "said while the guide speaks, and no phrase"
    HALF_DUPLEX = "only stop is heard while the guide speaks, since its echo can't be removed"
    TOO_SHORT = "too short for the phrase"
    TOO_LONG = "too long for the phrase"
    TOO_FAINT = "too faint"
    NO_VOICE = "more like a noise than a voice"
    PART_OF_TALK = "runs on from talk"
    TOO_EARLY = "not yet steady"
    MORE_MAY_COME = "a longer phrase begins so"
    NOT_QUICK = "waits for the end of the utterance"
    NOT_CONFIRMED = "a second witness heard something else"
    SECOND_WITNESS = "a second witness is sure of it"


@dataclass(frozen=True, slots=True)
class Accept:
    """Act on it. `phrase` is how the phrase is written, where "know" was heard for "no"."""

    meaning: Meaning
    reason: Reason
    phrase: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Reject:
    """It is no command."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Wait:
    """Only more of the utterance can tell."""

    reason: Reason


Decision = Accept | Reject | Wait


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an utterance at one moment.

    Attributes:
        text: the command recognizer's words so far, or all of them.
        is_final: the utterance is over.
        steady_seconds: for how long the recognizer has given this text.
        speech_seconds: from the onset to the newest speech.
        silence_seconds: how long nothing has been said since.
        level_dbfs: of the speech; relative to full scale.
        is_settled: a pause has come, and the text is all that was said before it.
        voice_probability: the highest that the voice activity detector gave.
        gap_seconds: silence between talk before (not commands) and this utterance's onset.
        is_own_voice: the guide is saying these very words.
        is_guide_speaking: the guide is audible, so the rules are stricter.
    """

    text: str
    is_final: bool
    steady_seconds: float = 0.0
    speech_seconds: float = 0.5
    silence_seconds: float = 0.0
    level_dbfs: float = -26.0
    is_settled: bool = False
    voice_probability: float = 1.0
    gap_seconds: float = 60.0
    is_own_voice: bool = False
    is_guide_speaking: bool = False


@dataclass(frozen=True, slots=True)
class AcceptanceSettings:
    """Thresholds. The defaults hold for any model; a model's calibration file may carry its own."""

    steady_seconds: float = 0.1
    """Two partials in a row that agree, of a recognizer that is fed every 100 ms."""
    steady_seconds_while_speaking: float = 0.2
    quick_silence_seconds: float = 0.06
    """Silence after a quick phrase before it is believed: in talk the next word follows at once."""
    quick_silence_overrides: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By intent name, where a false one is cheaper or dearer than usual."""
    min_speech_seconds: float = 0.1
    first_word_seconds: float = 1.2
    """The longest that one word may take ..."""
    next_word_seconds: float = 0.7
    """... and each further one; longer talk is none of our phrases."""
    min_level_dbfs: float = -65.0
    min_voice_probability: float = 0.85
    """Of words at 10 dB SNR 95 % reach 0.95, of what it takes for speech in noise under half do."""
    min_voice_probability_while_speaking: float = 0.6
    """Removing the guide's echo takes some of every voice: a real "stop" came with 0.83."""
    talk_gap_seconds: float = 0.5
    """A command that follows other talk sooner than this is taken for part of it, except "stop"."""


class Acceptance:
    """The rules for one grammar."""

    def __init__(self, grammar: Grammar, settings: AcceptanceSettings | None = None) -> None:
        self._grammar = grammar
        self.settings = settings or AcceptanceSettings()

    def judge(self, evidence: Evidence, active: frozenset[Intent]) -> Decision:
        """Accept, reject, or wait for more of the utterance."""
        text = normalize(evidence.text)
        phrase = self._grammar.phrase(text, active) or ""
        meaning = self._grammar.meanings.get(phrase)
        doubt = self.doubt(evidence, text, meaning)
        if evidence.is_final:
            if doubt is not None or meaning is None:
                return Reject(doubt or Reason.NO_PHRASE)
            return Accept(meaning, Reason.WHOLE_PHRASE, phrase)
        if doubt is not None or meaning is None:
            return Wait(doubt or Reason.NO_PHRASE)
        haste = self._haste(evidence, text, meaning, active)
        if haste is not None:
            return Wait(haste)
        return Accept(meaning, Reason.QUICK_PHRASE, phrase)

    def expects_more(self, text: str, active: frozenset[Intent]) -> bool:
        """Whether this text is the beginning of a phrase but none yet: wait longer for its end."""
        said = normalize(text)
        return (
            bool(said)
            and UNKNOWN not in said
            and self._grammar.match(said, active) is None
            and self._grammar.is_prefix(said, active)
        )

    def kernel(self, text: str) -> str:
        """Its first word, where that alone means the same: "stop" of "stop that"; else the text."""
        first, *_ = text.split() or [""]
        everything = frozenset(Intent)
        meaning = self._grammar.match(text, everything)
        is_same = meaning is not None and self._grammar.match(first, everything) == meaning
        return first if is_same else text

    def doubt(self, evidence: Evidence, text: str, meaning: Meaning | None) -> Reason | None:
        """What speaks against this text and meaning, whether the utterance is over or not."""
        if not text:
            return Reason.NOTHING_HEARD
        if UNKNOWN in text:
            return Reason.UNKNOWN_WORDS
        if meaning is None:
            is_elsewhere = self._grammar.match(text, frozenset(Intent)) is not None
            return Reason.NOT_ASKED_FOR if is_elsewhere else Reason.NO_PHRASE
        if evidence.is_own_voice:
            return Reason.SELF_ECHO
        if meaning.intent is not Intent.STOP and self._runs_on(evidence):
            return Reason.PART_OF_TALK
        return self._implausible(evidence, len(text.split()))

    def _runs_on(self, evidence: Evidence) -> bool:
        return evidence.gap_seconds < self.settings.talk_gap_seconds

    def _implausible(self, evidence: Evidence, word_count: int) -> Reason | None:
        settings = self.settings
        longest = settings.first_word_seconds + settings.next_word_seconds * (word_count - 1)
        if evidence.speech_seconds > longest:
            return Reason.TOO_LONG
        if evidence.is_final and evidence.speech_seconds < settings.min_speech_seconds:
            return Reason.TOO_SHORT
        if evidence.level_dbfs < settings.min_level_dbfs:
            return Reason.TOO_FAINT
        return None if self._is_voice(evidence) else Reason.NO_VOICE

    def _is_voice(self, evidence: Evidence) -> bool:
        least = self.settings.min_voice_probability
        if evidence.is_guide_speaking:
            least = min(least, self.settings.min_voice_probability_while_speaking)
        return evidence.voice_probability >= least

    def _haste(
        self, evidence: Evidence, text: str, meaning: Meaning, active: frozenset[Intent]
    ) -> Reason | None:
        """Why it is too early to act on a partial text; None when it may be acted on."""
        if not self._grammar.is_quick(text):
            return Reason.NOT_QUICK
        if meaning.intent is not Intent.STOP and self._may_change(text, meaning, active):
            return Reason.MORE_MAY_COME
        return None if self._is_steady(evidence, meaning.intent) else Reason.TOO_EARLY

    def _is_steady(self, evidence: Evidence, intent: Intent) -> bool:
        """Over the guide's own voice there is no silence to wait for, so the text must last."""
        settings = self.settings
        if evidence.is_guide_speaking:
            return evidence.steady_seconds >= settings.steady_seconds_while_speaking
        silence_seconds = settings.quick_silence_overrides.get(
            intent, settings.quick_silence_seconds
        )
        return evidence.silence_seconds >= silence_seconds and (
            evidence.is_settled or evidence.steady_seconds >= settings.steady_seconds
        )

    def _may_change(self, text: str, meaning: Meaning, active: frozenset[Intent]) -> bool:
        """Whether a longer active phrase with another meaning begins with this text."""
        return any(
            phrase.startswith(text + " ") and longer.intent in active and longer != meaning
            for phrase, longer in self._grammar.meanings.items()
        )

"""Phrases and their meanings. Look-up is exact after normalising; nothing is guessed here."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from voiceguide.core.answer_words import AnswerWords
from voiceguide.core.intents import Intent, Meaning

_NOT_WORD = re.compile(r"[^a-z0-9'\[\] ]+")


def normalize(text: str) -> str:
    """Lower case, words and digits only, single spaces; `[unk]` survives."""
    text = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("-", " ")
    return " ".join(_NOT_WORD.sub(" ", text).split())


@dataclass(frozen=True, slots=True)
class Grammar:
    """All phrases of a session.

    Attributes:
        meanings: normalised phrase to its meaning.
        quick: phrases that may be acted on before the utterance has ended.
        leading: polite or filling words that may stand before a phrase ("okay", "could you").
        trailing: the same behind it ("please").
        homophones: word heard to word meant, tried where the text itself matches nothing.
        answers: what makes a "yes" or "no" clear, or leaves it open.
    """

    meanings: Mapping[str, Meaning]
    quick: frozenset[str] = frozenset()
    leading: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    homophones: Mapping[str, str] = field(default_factory=dict)
    answers: AnswerWords = field(default_factory=AnswerWords)

    def match(self, text: str, active: frozenset[Intent]) -> Meaning | None:
        """The meaning of a whole utterance, or None where it is no active phrase."""
        phrase = self.phrase(text, active)
        return None if phrase is None else self.meanings[phrase]

    def phrase(self, text: str, active: frozenset[Intent]) -> str | None:
        """The active phrase that an utterance is, homophones put right and politeness left out."""
        said = normalize(text)
        meant = " ".join(self.homophones.get(word, word) for word in said.split())
        for candidate in dict.fromkeys((said, meant)):
            for core in self._without_politeness(candidate):
                meaning = self.meanings.get(core)
                if meaning is not None and meaning.intent in active:
                    return core
        return None

    def phrases_for(self, active: frozenset[Intent]) -> tuple[str, ...]:
        """Every phrase of these intents, sorted: what a recognizer should listen for.

        Numbers in digits are left out: they are typed, never heard.
        """
        return tuple(
            sorted(
                phrase
                for phrase, meaning in self.meanings.items()
                if meaning.intent in active and not any(map(str.isdigit, phrase))
            )
        )

    def is_prefix(self, text: str, active: frozenset[Intent]) -> bool:
        """Whether a longer active phrase begins with this text, so that more may follow."""
        start = normalize(text) + " "
        return any(
            phrase.startswith(start) and meaning.intent in active
            for phrase, meaning in self.meanings.items()
        )

    def is_quick(self, text: str) -> bool:
        """Whether this text is one of the phrases to act on at once."""
        return normalize(text) in self.quick

    def is_one_of(self, text: str, phrases: frozenset[str]) -> bool:
        """Whether a whole text is one of these phrases, politeness left out."""
        return any(core in phrases for core in self._without_politeness(normalize(text)))

    def with_phrases(self, phrases: Iterable[tuple[str, Meaning]]) -> "Grammar":
        """A grammar that knows these too; what it knew already keeps its meaning."""
        added = {normalize(phrase): meaning for phrase, meaning in phrases}
        return replace(self, meanings=MappingProxyType({**added, **self.meanings}))

    def _without_politeness(self, text: str) -> Iterable[str]:
        """The text, then the text with ever more polite words taken off both ends."""
        yield text
        for shorter in _stripped(text, self.leading, self.trailing):
            yield from self._without_politeness(shorter)


def _stripped(text: str, leading: tuple[str, ...], trailing: tuple[str, ...]) -> Iterable[str]:
    for word in leading:
        if text.startswith(word + " "):
            yield text[len(word) + 1 :]
            break
    for word in trailing:
        if text.endswith(" " + word):
            yield text[: -len(word) - 1]
            break

"""The dialogue of `voiceguide fit`: it asks for eight words, and finds others for the hard ones.

Made like the session: events in, actions out, time as an argument, one deadline. Each word is asked
for at most twice, then one synonym is tried. Silence twice running, "stop" where another word was
asked for, a lost microphone and Ctrl-C end it, and what is known by then is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto

from voiceguide.core.acceptance import AcceptanceSettings, Reason
from voiceguide.core.actions import Earcon, End, FallSilent, Play, Say
from voiceguide.core.events import (
    DeadlineReached,
    DeviceLost,
    Hindered,
    Hindrance,
    PlaybackFinished,
    QuitRequested,
    Started,
)
from voiceguide.core.fit import AliasRules, Fit, Tried, is_understood, thresholds_of
from voiceguide.core.intents import Intent
from voiceguide.core.phrasing import clauses_of
from voiceguide.core.tiers import Tier

ANSWER_SECONDS = 5.0
"""Silence after the tone that counts as no answer."""

TRIES = 2
"""For each word; a synonym has one more."""

_SILENT_ENOUGH = 2
_NO_TRY = frozenset(
    {Reason.SELF_ECHO, Reason.OVER_THE_GUIDE, Reason.HALF_DUPLEX, Reason.NOTHING_HEARD}
)
_LEAVING = frozenset({Intent.STOP, Intent.END})
_GRAVE = frozenset({Tier.URGENT, Tier.EMERGENCY})


class FitPrompt(StrEnum):
    """Every occasion on which the guide speaks; the words are in the language's file."""

    WELCOME = "welcome"
    ASK_FIRST = "ask_first"
    ASK = "ask"
    ASK_AGAIN = "ask_again"
    NOT_HEARD = "not_heard"
    TRY_INSTEAD = "try_instead"
    INSTEAD_WORKS = "instead_works"
    STILL_HARD = "still_hard"
    LEFT_EARLY = "left_early"
    SILENT = "silent"
    MICROPHONE_LOST = "microphone_lost"
    HEARS_ITSELF = "hears_itself"
    TOO_SLOW = "too_slow"
    RED_FLAG = "red_flag"
    ALL_HEARD = "all_heard"
    SOME_HARD = "some_hard"
    LEARNT_ALIAS = "learnt_alias"
    HARD_WORD = "hard_word"
    HARD_WITHOUT = "hard_without"
    NONE_TRIED = "none_tried"
    KEPT = "kept"
    NOT_KEPT = "not_kept"


_WORD, _WAY = frozenset({"word"}), frozenset({"way"})
FIT_PLACEHOLDERS: Mapping[FitPrompt, frozenset[str]] = {
    FitPrompt.ASK_FIRST: _WORD,
    FitPrompt.ASK: _WORD,
    FitPrompt.ASK_AGAIN: _WORD,
    FitPrompt.NOT_HEARD: _WORD,
    FitPrompt.TRY_INSTEAD: _WORD | _WAY | {"ways"},
    FitPrompt.INSTEAD_WORKS: _WAY,
    FitPrompt.STILL_HARD: _WORD,
    FitPrompt.RED_FLAG: frozenset({"said"}),
    FitPrompt.LEARNT_ALIAS: _WORD | {"heard"},
    FitPrompt.HARD_WORD: _WORD | _WAY,
    FitPrompt.HARD_WITHOUT: _WORD,
    FitPrompt.KEPT: frozenset({"file"}),
}
"""What a text is given; the others nothing."""


_WHAT_HINDERS: Mapping[Hindrance, FitPrompt] = {
    Hindrance.HEARS_ITSELF: FitPrompt.HEARS_ITSELF,
    Hindrance.TOO_SLOW: FitPrompt.TOO_SLOW,
}


@dataclass(frozen=True, slots=True)
class FitWord:
    """A word to be said, what it means, and what can be said in its place, easiest first."""

    word: str
    intent: Intent
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FitWords:
    """What the guide asks for and what it says. `common` are words that become no alias."""

    words: tuple[FitWord, ...]
    texts: Mapping[FitPrompt, str]
    common: frozenset[str] = frozenset()

    def text(self, prompt: FitPrompt, **values: str) -> str:
        """A prompt's words."""
        return self.texts[prompt].format(**values)


@dataclass(frozen=True, slots=True)
class FitWritten:
    """What was learnt has been written to this file."""

    file: str


@dataclass(frozen=True, slots=True)
class FitNotWritten:
    """What was learnt could not be written."""


@dataclass(frozen=True, slots=True)
class KeepFit:
    """Write down what was learnt; `takes` says which take is a good example of which word.

    Answered by `FitWritten` or `FitNotWritten`.
    """

    fit: Fit
    takes: Mapping[Intent, int]


FitEvent = (
    Started
    | Tried
    | PlaybackFinished
    | DeadlineReached
    | DeviceLost
    | Hindered
    | QuitRequested
    | FitWritten
    | FitNotWritten
)
FitAction = Say | FallSilent | Play | KeepFit | End


class FitPhase(Enum):
    """Where a fitting stands."""

    ASKING = auto()
    """The guide says which word is wanted."""
    LISTENING = auto()
    KEEPING = auto()
    CLOSING = auto()
    """The last words are being said."""
    ENDED = auto()


@dataclass(slots=True)
class _Learnt:
    """What is known so far."""

    understood: list[Tried] = field(default_factory=list)
    takes: dict[Intent, int] = field(default_factory=dict)
    misheard: list[tuple[str, Intent]] = field(default_factory=list)
    instead: dict[str, str] = field(default_factory=dict)
    hard: list[FitWord] = field(default_factory=list)
    tried: int = 0


class Fitting:
    """One fitting. `active` and `phase` may be read by other threads."""

    def __init__(
        self, words: FitWords, rules: AliasRules, usual: AcceptanceSettings, model: str = ""
    ) -> None:
        self._words = words
        self._rules = rules
        self._usual = usual
        self._model = model
        self._learnt = _Learnt()
        self._index = 0
        self._try = 0
        self._silences = 0
        self._said = 0
        self._before_summary = ""
        self.phase = FitPhase.ASKING
        self.deadline: float | None = None

    @property
    def fit(self) -> Fit:
        """What has been learnt by now."""
        learnt = self._learnt
        return replace(
            thresholds_of(learnt.understood, self._usual),
            aliases=self._rules.learnt(learnt.misheard),
            instead=dict(learnt.instead),
            model=self._model,
        )

    def handle(self, event: FitEvent, now: float) -> list[FitAction]:
        """Take one event at the moment `now` and say what to do."""
        if self.phase is FitPhase.ENDED:
            return []
        match event:
            case Started():
                return self._welcome()
            case PlaybackFinished(utterance_id):
                return self._on_finished(utterance_id, now)
            case Tried():
                return self._on_tried(event)
            case DeadlineReached():
                return self._on_silence()
            case Hindered(hindrance):
                return self._on_hindered(hindrance)
            case DeviceLost() | QuitRequested():
                return self._leave_for(event)
            case FitWritten(file):
                return self._close(self._text(FitPrompt.KEPT, file=file))
            case FitNotWritten():
                return self._close(self._text(FitPrompt.NOT_KEPT))

    @property
    def _word(self) -> FitWord:
        return self._words.words[self._index]

    @property
    def _wanted(self) -> str:
        """The word or, after two tries, the first of its synonyms."""
        return self._word.instead[0] if self._try >= TRIES else self._word.word

    def _welcome(self, first: str = "") -> list[FitAction]:
        return self._say(first, self._text(FitPrompt.WELCOME), self._ask(FitPrompt.ASK_FIRST))

    def _on_hindered(self, hindrance: Hindrance) -> list[FitAction]:
        """Tell of it, and put the question again; all of the welcome, if that was cut short."""
        if self.phase not in (FitPhase.ASKING, FitPhase.LISTENING):
            return []
        told = self._text(_WHAT_HINDERS[hindrance])
        if self.phase is FitPhase.ASKING and self._said == 1:
            return self._welcome(told)
        return self._say(told, self._ask(FitPrompt.ASK))

    def _on_finished(self, utterance_id: int, now: float) -> list[FitAction]:
        if utterance_id != self._said:
            return []
        if self.phase is FitPhase.CLOSING:
            self.phase = FitPhase.ENDED
            return [End()]
        if self.phase is not FitPhase.ASKING:
            return []
        self.phase = FitPhase.LISTENING
        self.deadline = now + ANSWER_SECONDS
        return [Play(Earcon.HEARD)]

    def _on_tried(self, tried: Tried) -> list[FitAction]:
        """Something was said; while the guide speaks only what is clearly meant counts."""
        if self.phase not in (FitPhase.ASKING, FitPhase.LISTENING) or tried.reason in _NO_TRY:
            return []
        if is_understood(tried, self._word.intent, self._rules.grammar, self._usual):
            return self._on_understood(tried)
        if tried.red_flag in _GRAVE and " " in tried.said:
            return self._leave(self._text(FitPrompt.RED_FLAG, said=tried.said))
        if tried.meaning is not None and tried.meaning.intent in _LEAVING:
            return self._leave(self._text(FitPrompt.LEFT_EARLY))
        return self._on_misheard(tried) if self.phase is FitPhase.LISTENING else []

    def _on_understood(self, tried: Tried) -> list[FitAction]:
        self._silences = 0
        self._learnt.understood.append(tried)
        if self._try >= TRIES:
            self._learnt.instead[self._word.word] = self._wanted
            return self._go_on(self._text(FitPrompt.INSTEAD_WORKS, way=self._wanted))
        if tried.text == self._word.word:
            self._learnt.takes[self._word.intent] = tried.take
        return self._go_on()

    def _on_misheard(self, tried: Tried) -> list[FitAction]:
        self._silences = 0
        self._try += 1
        if self._try <= TRIES:
            self._learnt.misheard.append((tried.said, self._word.intent))
        if self._try < TRIES:
            return self._say(self._ask(FitPrompt.ASK_AGAIN))
        if self._try == TRIES:
            self._learnt.hard.append(self._word)
            return self._say(self._offer())
        return self._go_on(self._text(FitPrompt.STILL_HARD, word=self._word.word))

    def _offer(self) -> str:
        """The other ways to say a word that was not understood."""
        ways = self._word.instead
        return self._text(
            FitPrompt.TRY_INSTEAD, word=self._word.word, ways=" or ".join(ways), way=ways[0]
        )

    def _on_silence(self) -> list[FitAction]:
        if self.phase is not FitPhase.LISTENING:
            return []
        self._silences += 1
        if self._silences >= _SILENT_ENOUGH:
            return self._leave(self._text(FitPrompt.SILENT))
        return self._say(self._ask(FitPrompt.NOT_HEARD))

    def _go_on(self, said: str = "") -> list[FitAction]:
        """To the next word, or to the summary."""
        self._learnt.tried += 1
        self._index += 1
        self._try = 0
        if self._index < len(self._words.words):
            return self._say(said, self._ask(FitPrompt.ASK))
        self._index -= 1
        return self._keep(said)

    def _leave_for(self, event: DeviceLost | QuitRequested) -> list[FitAction]:
        """Ctrl-C a second time, while the last words are said, ends at once."""
        if self.phase in (FitPhase.KEEPING, FitPhase.CLOSING):
            self.phase = FitPhase.ENDED
            return [FallSilent(), End()]
        is_lost = isinstance(event, DeviceLost)
        reason = FitPrompt.MICROPHONE_LOST if is_lost else FitPrompt.LEFT_EARLY
        return self._leave(self._text(reason))

    def _leave(self, reason: str) -> list[FitAction]:
        return [FallSilent(), *self._keep(reason)]

    def _keep(self, said: str) -> list[FitAction]:
        """Have what is known written; nothing is, where no word was tried."""
        self._before_summary = said
        self.deadline = None
        if not self._learnt.understood and not self.fit.aliases:
            return self._close(self._text(FitPrompt.NONE_TRIED))
        self.phase = FitPhase.KEEPING
        return [KeepFit(self.fit, dict(self._learnt.takes))]

    def _close(self, where: str) -> list[FitAction]:
        """The last words: why it ends, what was hard, where it was written."""
        if self.phase is FitPhase.CLOSING:
            return []
        texts = self._before_summary, self._summary(), where
        said = self._say(*texts)
        self.phase = FitPhase.CLOSING
        return said

    def _summary(self) -> str:
        """What was hard, and what to do about it; nothing where nothing was tried."""
        learnt, aliases = self._learnt, self.fit.aliases
        if not learnt.tried and not learnt.hard:
            return ""
        if not learnt.hard and not aliases:
            return self._text(FitPrompt.ALL_HEARD)
        told = [
            self._text(FitPrompt.LEARNT_ALIAS, heard=heard, word=self._name_of(intent))
            for heard, intent in aliases.items()
        ]
        told += [self._advice(word) for word in learnt.hard]
        return " ".join([self._text(FitPrompt.SOME_HARD), *filter(None, told)])

    def _name_of(self, intent: Intent) -> str:
        return next(word.word for word in self._words.words if word.intent is intent)

    def _advice(self, word: FitWord) -> str:
        """What to say instead of a hard word; nothing where an alias may do."""
        way = self._learnt.instead.get(word.word)
        if way is not None:
            return self._text(FitPrompt.HARD_WORD, word=word.word, way=way)
        is_mended = word.intent in self.fit.aliases.values()
        return "" if is_mended else self._text(FitPrompt.HARD_WITHOUT, word=word.word)

    def _ask(self, prompt: FitPrompt) -> str:
        return self._text(prompt, word=self._wanted)

    def _say(self, *texts: str) -> list[FitAction]:
        """Say it; the answer is listened for once it has been said."""
        self._said += 1
        self.phase = FitPhase.ASKING
        self.deadline = None
        return [Say(self._said, clauses_of(*texts))]

    def _text(self, prompt: FitPrompt, **values: str) -> str:
        return self._words.text(prompt, **values)

"""Plays golden transcripts of a fitting; the same form as those of a session.

The user's lines are played. `(unclear) necks` is an utterance that the command lane does not
know and the open lane hears as "necks"; `(unclear)` one of which neither knows a word.
`system (silence)` lets time pass until the guide has asked again or left. What was learnt is told
in `system keep`.
"""

from dataclasses import dataclass, field

from tests.transcript import FOLDER
from voiceguide.content.fitting_words import load_fitting_words
from voiceguide.content.language import load_language
from voiceguide.core.acceptance import UNKNOWN, AcceptanceSettings, Reason
from voiceguide.core.actions import End, FallSilent, Play, Say
from voiceguide.core.events import (
    DeadlineReached,
    Device,
    DeviceLost,
    Hindered,
    Hindrance,
    PlaybackFinished,
    QuitRequested,
    Started,
)
from voiceguide.core.fit import AliasRules, Fit, Tried
from voiceguide.core.fitting import FitAction, FitEvent, FitNotWritten, Fitting, FitWritten, KeepFit
from voiceguide.core.intents import Intent
from voiceguide.core.red_flags import Tier
from voiceguide.runtime.text_rehearsal import spoken_seconds
from voiceguide.runtime.transcript import Line, parse_line

FITTINGS = FOLDER / "fitting"
_UNCLEAR = "(unclear)"


def english_rules() -> AliasRules:
    """What may become an alias in English."""
    language, words = load_language(), load_fitting_words()
    return AliasRules(language.grammar, language.red_flags.holds_red_flag, words.common)


@dataclass
class PlayedFitting:
    """A fitting in virtual time, and what is told of it."""

    fitting: Fitting = field(
        default_factory=lambda: Fitting(
            load_fitting_words(), english_rules(), AcceptanceSettings(), "test"
        )
    )
    is_disk_full: bool = False
    told: list[str] = field(default_factory=list)
    kept: KeepFit | None = None
    now: float = 0.0
    takes: int = 0
    _speech: tuple[float, int] | None = None

    def post(self, event: FitEvent) -> None:
        for action in self.fitting.handle(event, self.now):
            self._perform(action)

    def let_guide_finish(self) -> None:
        while self._speech is not None:
            self.now, utterance_id = self._speech
            self._speech = None
            self.post(PlaybackFinished(utterance_id))

    def be_silent(self) -> None:
        self.let_guide_finish()
        assert self.fitting.deadline is not None
        self.now = self.fitting.deadline
        self.post(DeadlineReached())

    def tell(self, who: str, what: str) -> None:
        self.told.append(str(Line(self.now, who, what)))

    def tried(self, what: str) -> Tried:
        """An utterance of a transcript."""
        self.takes += 1
        text = UNKNOWN if what.startswith(_UNCLEAR) else what
        said = what.removeprefix(_UNCLEAR).strip()
        meaning = load_language().grammar.match(text, frozenset(Intent))
        reason = Reason.UNKNOWN_WORDS if meaning is None else Reason.WHOLE_PHRASE
        tier: Tier | None = load_language().red_flags.judge(said).tier
        return Tried(text, meaning, said, reason, self.takes, red_flag=tier)

    def _perform(self, action: FitAction) -> None:
        match action:
            case Say():
                self.tell("guide", action.text)
                seconds = sum(spoken_seconds(clause, 170) for clause in action.clauses)
                self._speech = (self.now + seconds, action.utterance_id)
            case FallSilent():
                self.tell("system", "silence")
                self._speech = None
            case Play(earcon):
                self.tell("system", f"earcon {earcon}")
            case KeepFit():
                self.kept = action
                self.tell("system", f"keep {_told(action)}")
                self.post(FitNotWritten() if self.is_disk_full else FitWritten("fit.json"))
            case End():
                self.tell("system", "end")


def _told(action: KeepFit) -> str:
    fit: Fit = action.fit
    aliases = [f"{text} = {intent}" for text, intent in fit.aliases.items()]
    instead = [f"{way} for {word}" for word, way in fit.instead.items()]
    takes = [f"take {take} of {intent}" for intent, take in action.takes.items()]
    return "; ".join([*aliases, *instead, *takes]) or "nothing"


def play_fitting(text: str) -> str:
    """The transcript as the guide would make it today."""
    lines = [line for line in text.splitlines() if line.strip()]
    comments = [line for line in lines if line.startswith("#")]
    played = PlayedFitting(is_disk_full="# disk: full" in comments)
    played.post(Started())
    for line in lines:
        if not line.startswith("#"):
            _play_line(played, parse_line(line.lstrip(" +")))
    played.let_guide_finish()
    return "\n".join([*comments, *played.told]) + "\n"


def _play_line(played: PlayedFitting, line: Line) -> None:
    if line.who == "user":
        played.let_guide_finish()
        played.now += 1.0
        played.tell("user", line.what)
        played.post(played.tried(line.what))
    elif line.what == "(silence)":
        played.let_guide_finish()
        played.tell("system", "(silence)")
        played.be_silent()
    elif line.what.startswith("hindered: "):
        played.tell("system", line.what)
        played.post(Hindered(Hindrance(line.what.removeprefix("hindered: "))))
    elif line.what in ("quit", "microphone lost"):
        played.tell("system", line.what)
        lost = line.what == "microphone lost"
        played.post(DeviceLost(Device.MICROPHONE) if lost else QuitRequested())

"""What `run` knows of its user: settings and history of earlier sessions, a note on request."""

from datetime import timedelta
from pathlib import Path

from voiceguide.adapters.answers_file import AnswersFile
from voiceguide.adapters.history_file import HistoryFile
from voiceguide.adapters.incident_file import IncidentFile
from voiceguide.adapters.local_clock import LocalClock
from voiceguide.adapters.settings_file import SettingsFile
from voiceguide.adapters.told_once import ToldOnce
from voiceguide.commands.better_model import SPOKEN, BetterModelOffer
from voiceguide.commands.resources import user_records_dir, user_state_dir
from voiceguide.core.actions import (
    Action,
    Remember,
    RememberAnswers,
    RememberClosed,
    RememberOffer,
    RememberSettings,
    RememberSoreness,
    RememberWork,
    WriteIncident,
)
from voiceguide.core.events import Event, IncidentNotWritten, IncidentWritten
from voiceguide.core.incident import compose
from voiceguide.core.last_answers import ClearNo
from voiceguide.core.limits import Past
from voiceguide.core.prompts import Prompt, Prompts
from voiceguide.core.settings import Settings
from voiceguide.runtime.recollection import Recollection


class Memory:
    """Everything of one session that outlives it."""

    def __init__(self, prompts: Prompts) -> None:
        self._template = prompts.texts[Prompt.NOTE]
        self._calendar = LocalClock()
        self._settings = SettingsFile(user_state_dir() / "settings.json")
        self._history = HistoryFile(user_state_dir() / "history", self._calendar.today)
        self._answers = AnswersFile(user_state_dir() / "answers.json")
        self._notes = IncidentFile(user_records_dir())
        self._told = ToldOnce(user_state_dir() / "told")
        self._recollection = Recollection()
        self.written: Path | None = None

    def settings(self) -> Settings:
        """The settings of last time, or the defaults."""
        return self._settings.load()

    def past(self) -> Past:
        """What was done before, seen from today."""
        return Past(self._calendar.today().toordinal(), self._history.load())

    def keeps_limits(self) -> bool:
        """Whether what is done in this session will be known in the next."""
        return self._history.can_write()

    def answers(self) -> tuple[ClearNo, ...]:
        """What was clearly denied in the last screenings."""
        return self._answers.load()

    def better_model(self, used: Path | None) -> BetterModelOffer:
        """What there is to say of a better speech model than the one in use, if one is."""
        return BetterModelOffer(used, self._told)

    def follow(self, event: Event, actions: list[Action], now: float) -> None:
        """Take in what was said, for as long as the session lasts."""
        self._recollection.follow(event, actions, now)

    def keep(self, action: Remember) -> None:
        """Keep something for the next session."""
        match action:
            case RememberSettings(settings):
                self._settings.save(settings)
            case RememberWork(routine_id, audience, seconds, is_full):
                self._history.add_work(routine_id, audience, seconds, is_full=is_full)
            case RememberSoreness(audience, is_sore):
                self._history.add_soreness(audience, is_sore=is_sore)
            case RememberClosed(regions):
                self._history.add_closed(regions)
            case RememberAnswers(audience, answers):
                self._answers.replace(audience, answers)
            case RememberOffer():
                self._told.is_first(SPOKEN)

    def write(self, action: WriteIncident, now: float) -> IncidentWritten | IncidentNotWritten:
        """Write the note that the user has consented to; `written` is its path afterwards."""
        at = self._calendar.now()

        def time_of(moment: float) -> str:
            return (at - timedelta(seconds=now - moment)).strftime("%H:%M:%S")

        said = self._recollection.said(time_of)
        when = at.strftime("%Y-%m-%d at %H:%M (%Z)")
        note = compose(self._template, action.circumstances, said, when)
        try:
            self.written = self._notes.write(note, at)
        except OSError:
            return IncidentNotWritten()
        return IncidentWritten(self.written.parent.name, self.written.parent.parent.name)

"""A session as lines of text: `seconds  who  what`.

The same format is the journal of `run --journal`, the `transcript.txt` of a rehearsal and the
golden transcripts of the tests, so that a bug report is a test. Who is `guide`, `user` or
`system`.
"""

from dataclasses import dataclass

from voiceguide.core.actions import (
    Action,
    AdjustVoice,
    End,
    FallSilent,
    Play,
    RaiseRedFlag,
    Remember,
    RememberAnswers,
    RememberClosed,
    RememberOffer,
    RememberSettings,
    RememberSoreness,
    RememberWork,
    Say,
    WriteIncident,
)
from voiceguide.core.events import (
    Device,
    DeviceBack,
    DeviceLost,
    Event,
    Glimpsed,
    Heard,
    Hindered,
    Hindrance,
    IncidentNotWritten,
    IncidentWritten,
    QuitRequested,
    Started,
    Unclear,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, `seconds` after the start."""

    seconds: float
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.seconds:8.1f}  {self.who:<6}  {self.what}"


def parse_line(text: str) -> Line:
    """Read a line back.

    Raises:
        ValueError: it is not `seconds  who  what`.
    """
    seconds, who, what = text.split(maxsplit=2)
    return Line(float(seconds), who, what.strip())


def lines_of(event: Event, actions: list[Action], seconds: float) -> list[Line]:
    """What a reader wants to see of one event and what followed from it."""
    told = [_of_event(event), *map(_of_action, actions)]
    return [Line(seconds, who, what) for who, what in filter(None, told)]


def event_of(line: Line) -> Event | None:
    """The event that a line tells of; None where it tells of something the session did."""
    first, _, rest = line.what.partition(" ")
    match line.who, first, rest:
        case "user", "(unclear)", _:
            return Unclear()
        case "user", "...", _:
            return Glimpsed(line.what.removeprefix("... ").removesuffix(" ..."))
        case "user", _, _:
            return Heard(line.what)
        case "system", "start", _:
            return Started(rest or None)
        case "system", ("microphone" | "speaker"), ("lost" | "back"):
            return (DeviceLost if rest == "lost" else DeviceBack)(Device(first))
        case "system", "hindered:", _:
            return Hindered(Hindrance(rest))
        case "system", "note", "failed":
            return IncidentNotWritten()
        case "system", "note", _ if rest.startswith("written: "):
            parent, _, folder = rest.removeprefix("written: ").rpartition("/")
            return IncidentWritten(folder, parent)
        case "system", "quit", _:
            return QuitRequested()
        case _:
            return None


def _of_event(event: Event) -> tuple[str, str] | None:
    match event:
        case Heard(text):
            return ("user", text)
        case Glimpsed(words):
            return ("user", f"... {words} ...")
        case Unclear():
            return ("user", "(unclear)")
        case DeviceLost(device) | DeviceBack(device):
            return ("system", f"{device} {'lost' if isinstance(event, DeviceLost) else 'back'}")
        case Hindered(hindrance):
            return ("system", f"hindered: {hindrance}")
        case IncidentWritten(folder, parent):
            return ("system", f"note written: {parent}/{folder}")
        case IncidentNotWritten():
            return ("system", "note failed")
        case QuitRequested():
            return ("system", "quit")
        case Started(routine_id):
            return ("system", f"start {routine_id}" if routine_id else "start")
        case _:
            return None


def _of_action(action: Action) -> tuple[str, str] | None:
    match action:
        case Say():
            return ("guide", action.text)
        case FallSilent():
            return ("system", "silence")
        case Play(earcon):
            return ("system", f"earcon {earcon}")
        case RaiseRedFlag(tier):
            return ("system", f"red flag {tier}")
        case End(tier):
            return ("system", f"end on a red flag: {tier}" if tier else "end")
        case WriteIncident(circumstances):
            return ("system", f"write a note: {circumstances.step or circumstances.routine}")
        case AdjustVoice():
            return None
        case _:
            return _of_memory(action)


def _of_memory(action: Remember) -> tuple[str, str] | None:
    """Of what is kept for the next session, what a reader of the dialogue should know."""
    match action:
        case RememberSoreness(_, is_sore):
            return ("system", "remember: sore" if is_sore else "remember: not sore")
        case RememberClosed(regions):
            return ("system", f"remember: enough for {', '.join(regions)}")
        case RememberAnswers(_, answers):
            return ("system", f"remember: {len(answers)} answers") if answers else None
        case RememberSettings() | RememberWork() | RememberOffer():
            return None

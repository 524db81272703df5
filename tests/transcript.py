"""Plays golden transcripts: conversations in text that a physiotherapist could read.

A file begins with lines of `# name: value`: `routine` (files beside it, the library), `without`
(`screening`, `preparation`: left out), `settings` (`pace=automatic detail=brief`), `done` (what was
done before: `DAYS-AGO SECONDS ROUTINE`, several with `;`), `sore` (`DAYS-AGO`), `closed` (areas
that had enough today), `journal` (`on`, then what was denied last time: `DAYS-AGO TOPIC`, all with
`;` between), `number` (for an emergency), `seconds` (to answer in), `better` (`MEGABYTES NAME`, a
speech model to be had); any other `#` line is for the reader. Then a line is `seconds who what`.
What the user says and what happens to devices is played; everything else is compared. `system
(later)` only lets time pass, and `(to the end)` all of it. Instead of seconds a line may say `+2`,
two seconds after the guide has finished, or `~2`, two seconds after the line before; `pytest
--accept` writes the file anew, with the seconds and with what was said.
"""

import math
from dataclasses import replace
from pathlib import Path

from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routine
from voiceguide.core.actions import Action
from voiceguide.core.better_model import BetterModel
from voiceguide.core.events import Event
from voiceguide.core.last_answers import ClearNo
from voiceguide.core.limits import Closed, History, Past, Soreness, Work
from voiceguide.core.routine import Region, Routine
from voiceguide.core.session import Session
from voiceguide.core.settings import Detail, Pace, Settings
from voiceguide.runtime.text_rehearsal import TextRehearsal
from voiceguide.runtime.transcript import Line, event_of, lines_of, parse_line

FOLDER = Path(__file__).parent / "transcripts"
TODAY = 1000
_PAUSES = ("(later)", "(to the end)")


def play(text: str) -> str:
    """The transcript as the guide would make it today."""
    lines = [line for line in text.splitlines() if line.strip()]
    comments = [line for line in lines if line.startswith("#")]
    told: list[str] = []

    def record(event: Event, actions: list[Action], seconds: float) -> None:
        told.extend(map(str, lines_of(event, actions, seconds)))

    rehearsal = TextRehearsal(_session(dict(map(_header, comments))), record)
    for line in lines:
        if not line.startswith("#"):
            _play_line(rehearsal, line, told)
    rehearsal.let_guide_finish()
    return "\n".join([*comments, *told]) + "\n"


def _play_line(rehearsal: TextRehearsal, text: str, told: list[str]) -> None:
    mark = text.strip()[0]
    line = parse_line(text.lstrip(" +~"))
    event = event_of(line)
    if event is None and line.what not in _PAUSES:
        return
    if mark == "+":
        rehearsal.let_guide_finish()
    moment = line.seconds + (rehearsal.now if mark in "+~" else 0.0)
    rehearsal.advance(math.ceil(moment * 10 - 1e-6) / 10)  # as it is written
    if event is not None:
        rehearsal.post(event)
    else:
        told.append(str(Line(rehearsal.now, line.who, line.what)))
        rehearsal.advance(None if line.what == _PAUSES[1] else rehearsal.now)


def _header(comment: str) -> tuple[str, str]:
    name, _, value = comment.lstrip("# ").partition(":")
    return name, value


def _session(headers: dict[str, str]) -> Session:
    left_out = headers.get("without", "").split()
    files = headers.get("routine", "short.yaml").split()
    library = [_without(load_routine(FOLDER / name), left_out) for name in files if name != "none"]
    options = dict(pair.split("=") for pair in headers.get("settings", "").split())
    pace, detail = options.get("pace", Pace.WAIT_FOR_ME), options.get("detail", Detail.FULL)
    settings = Settings(pace=Pace(pace), detail=Detail(detail))
    world = load_language().world(library)
    world = replace(
        world,
        past=_past(library, headers),
        answers=_answers(library, headers),
        better_model=_better_model(headers),
        emergency_number=headers.get("number", "").strip(),
        answer_seconds=float(headers.get("seconds", world.answer_seconds)),
    )
    return Session(world, settings)


def _past(library: list[Routine], headers: dict[str, str]) -> Past:
    work, today = [], TODAY
    for record in _listed(headers, "done"):
        days, seconds, routine_id = record.split()
        routine = next(each for each in library if each.id == routine_id)
        is_full = routine.limits.days_between > 0
        day = today - int(days)
        work.append(Work(day, routine_id, routine.audience, float(seconds), is_full))
    sore = [
        Soreness(today - int(days), library[0].audience, is_sore=True)
        for days in headers.get("sore", "").split()
    ]
    closed = (Closed(today, Region(name.strip())) for name in _listed(headers, "closed"))
    return Past(today, History(tuple(work), tuple(sore), tuple(closed)))


def _listed(headers: dict[str, str], name: str) -> list[str]:
    return list(filter(None, headers.get(name, "").split(";")))


def _answers(library: list[Routine], headers: dict[str, str]) -> tuple[ClearNo, ...] | None:
    if "journal" not in headers:
        return None
    asks = {question.topic: question.ask for each in library for question in each.screening}
    told = (record.split(maxsplit=1) for record in headers["journal"].split(";")[1:])
    return tuple(ClearNo(TODAY - int(days), asks[topic.strip()]) for days, topic in told)


def _better_model(headers: dict[str, str]) -> BetterModel | None:
    if "better" not in headers:
        return None
    megabytes, name = headers["better"].split()
    return BetterModel(name, int(megabytes))


def _without(routine: Routine, parts: list[str]) -> Routine:
    if "screening" in parts:
        routine = replace(routine, screening=())
    return replace(routine, preparation=()) if "preparation" in parts else routine

"""Checks a routine beyond its schema: is it safe to follow, and does it fit together?

How the texts sound, and what they may claim, is checked in `speech_lint`. The figures come from
the seeds; where these give none, from the most careful reading of the rules in
`docs/reference/routine-format.md`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from voiceguide.content.routine_schema import RoutineFile, Screen, StepFile, StopIf, Technique
from voiceguide.content.speech_lint import speech_problems
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.core.areas import most_seconds
from voiceguide.core.routine import Audience, Region, Timing
from voiceguide.errors import Problem

MAX_PRESSURE: dict[Region, int] = {
    Region.NECK: 2,
    Region.UPPER_ARMS: 3,
    Region.SHOULDER_BLADES: 3,
    Region.LOWER_BACK: 4,
    Region.UPPER_BACK: 4,
    Region.WHOLE_BACK: 4,
    Region.BESIDE_SPINE: 4,
    Region.SHOULDERS: 4,
}
"""The most a routine may allow on each region, on the scale of 1 to 5."""

MAX_HOLD_SECONDS = 30.0
"""Seed 004: hold a tender spot for 10 to 30 seconds."""

MAX_SELF_MINUTES_PER_DAY = 5.0
"""Seed 003: ball or roller, at most five minutes a day."""

MAX_PARTNER_MINUTES = 60.0
"""A lay giver's hands and attention; longer is taken for a slip of the pen."""

FULL_MASSAGE_MINUTES = 15.0
"""Seed 001: a light massage may be had daily, a full one not. Above this we call it full."""

MIN_SECONDS = 30.0
"""A routine with less work than this has forgotten its timings."""

SEEDS = re.compile(r"\b00[0-4]_[0-9a-f]{16}\b")

REQUIRED_SCREENING: tuple[frozenset[Screen], ...] = (
    frozenset({Screen.SKIN}),
    frozenset({Screen.FEVER}),
    frozenset({Screen.INJURY}),
    frozenset({Screen.NUMBNESS, Screen.NERVES}),
    frozenset({Screen.PREGNANCY}),
    frozenset({Screen.BLOOD_THINNERS, Screen.MEDICINES}),
)
"""Every routine asks at least one question of each group."""

TRIGGER_POINT_SCREENING: tuple[frozenset[Screen], ...] = (
    frozenset({Screen.NERVES}),
    frozenset({Screen.CANCER}),
    frozenset({Screen.MEDICINES}),
)
"""Asked as well where a painful spot is pressed on purpose."""

COMMAND_WORDS = frozenset(
    {"again", "back", "continue", "done", "end", "finish", "go", "help", "hold", "no", "next"}
    | {"pause", "ready", "repeat", "resume", "skip", "stop", "undo", "wait", "why", "yes"}
)
"""A variation of such a name could never be chosen, or would take a command's place."""


CHANGES = re.compile(
    r"\b(?:today|now|right now|still|yet|lately|recent\w*|since|new|days?|weeks?|months?|ago|worse"
    r"|fevers?|ill|sick\w*|infect\w*|red|redness|rash\w*|sores?|wounds?|cuts?|burn\w*|bruis\w*"
    r"|swell\w*|swollen|lumps?|hot|injur\w*|hurts?|fall|fell|fallen|accidents?|operat\w*|surger\w*"
    r"|pregnan\w*|pain\w*|aches?|aching|numb\w*|tingl\w*|weak\w*|feel\w*|feelings?|dizz\w*"
    r"|faint\w*|tired|drunk|drink\w*|drank|alcohol|drugs?|bladder|bowels?|breath\w*)\b",
    re.IGNORECASE,
)
"""Words of a question whose answer may be another one tomorrow."""


def lint(file: RoutineFile, document: Document) -> tuple[Problem, ...]:
    """Every problem of a routine that has passed the schema, in the order of the file."""
    found = [
        *_identity(file, document),
        *_screening(file, document),
        *_same_as_last_time(file, document),
        *_stop_and_advice(file, document),
        *_limits(file, document),
        *(problem for i, step in enumerate(file.steps) for problem in _step(step, i, document)),
        *speech_problems(file, document),
    ]
    return tuple(sorted(found, key=lambda problem: problem.line))


def _identity(file: RoutineFile, document: Document) -> Iterator[Problem]:
    stem = Path(document.path).stem
    if file.id != stem:
        what = f"The id `{file.id}` is not the file's name, `{stem}`."
        yield document.problem(("id",), what, f"Write `id: {stem}`, or rename the file.")
    if not (SEEDS.search(file.source) or re.match(r"own: *\S", file.source)):
        what = "The source names none of the five articles."
        mend = (
            'Name its file, such as 000_1afd50af6103cbf3, or write "own: ..." and where it is from.'
        )
        yield document.problem(("source",), what, mend)
    for step_id, count in Counter(step.id for step in file.steps).items():
        if count > 1:
            last = max(i for i, step in enumerate(file.steps) if step.id == step_id)
            what = f"{count} steps have the id `{step_id}`."
            yield document.problem(("steps", last, "id"), what, "Give each step its own id.")
    if re.search(r"\b(oil|lotion)\b", " ".join(file.equipment)) and not file.oil:
        what = 'Oil is needed, and nothing is said at "more oil".'
        yield document.problem(("equipment",), what, "Add `oil:` with how to take more of it.")


def _screening(file: RoutineFile, document: Document) -> Iterator[Problem]:
    asked = set(file.screening)
    if len(asked) < len(file.screening):
        what = "A standard question is named twice."
        yield document.problem(("screening",), what, "Name each question once.")
    for group in _required_screening(file):
        if not asked & group:
            names = " or ".join(sorted(name.value for name in group))
            what = f"The standard question `{names}` is not asked before the start."
            yield document.problem(("screening",), what, f"Add {names} to `screening`.")


def _same_as_last_time(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """What may be carried over from the last time: a "no" to something lasting, nothing else."""
    for index, question in enumerate(file.also_ask):
        if not question.same_as_last_time:
            continue
        place: Place = ("also_ask", index, "same_as_last_time")
        changes = CHANGES.search(f"{question.ask} {question.same_as_last_time}")
        if question.stop_if is not StopIf.YES:
            what = 'Only a "no" may be carried over, and here "no" ends the session.'
            yield document.problem(place, what, "Delete `same_as_last_time`.")
        elif changes:
            what = f'"{changes[0]}": this may have changed since last time.'
            yield document.problem(place, what, "Delete `same_as_last_time`, and ask each time.")


def _required_screening(file: RoutineFile) -> tuple[frozenset[Screen], ...]:
    if all(step.technique is not Technique.TRIGGER_POINT for step in file.steps):
        return REQUIRED_SCREENING
    stricter = TRIGGER_POINT_SCREENING
    return (
        *(group for group in REQUIRED_SCREENING if not any(more <= group for more in stricter)),
        *stricter,
    )


def _stop_and_advice(file: RoutineFile, document: Document) -> Iterator[Problem]:
    said = [*file.preparation, *(step.say for step in file.steps)]
    said += [caution for step in file.steps for caution in step.cautions]
    if not any(re.search(r"\bsay stop\b", text, re.IGNORECASE) for text in said):
        what = "Nobody is told that they can say stop."
        mend = 'Add a line to `preparation`, such as "If anything hurts, say stop."'
        yield document.problem(("preparation",), what, mend)
    if not any("doctor" in text.lower() for text in file.advice):
        what = "The advice does not say when to see a doctor."
        mend = 'Add a line, such as "If the pain stays or gets worse, see a doctor."'
        yield document.problem(("advice",), what, mend)


def _limits(file: RoutineFile, document: Document) -> Iterator[Problem]:
    minutes = sum(map(_seconds, file.steps)) / 60
    if minutes * 60 < MIN_SECONDS:
        what = f"All the timings together are {minutes * 60:g} seconds."
        yield document.problem(("steps",), what, "Give the steps a `timing`.")
    if file.audience is Audience.SELF:
        yield from _self_limits(file, document, minutes)
    else:
        yield from _partner_limits(file, document, minutes)


def _self_limits(file: RoutineFile, document: Document, minutes: float) -> Iterator[Problem]:
    allowed = file.limits.minutes_per_day
    if allowed is None or allowed > MAX_SELF_MINUTES_PER_DAY:
        what = "Someone alone may do this for more than five minutes a day."
        mend = "Write `minutes_per_day: 5`, or less."
        yield document.problem(("limits", "minutes_per_day"), what, mend)
    elif minutes > allowed:
        what = f"The steps take {minutes:.1f} minutes, and {allowed:g} a day are allowed."
        yield document.problem(("steps",), what, "Shorten the timings.")
    if file.limits.rest_days_if_sore < 1:
        what = "There is no rest when it is sore the next day."
        mend = "Write `rest_days_if_sore: 1`, or more."
        yield document.problem(("limits", "rest_days_if_sore"), what, mend)


def _partner_limits(file: RoutineFile, document: Document, minutes: float) -> Iterator[Problem]:
    if minutes > MAX_PARTNER_MINUTES:
        what = f"The steps take {minutes:.0f} minutes."
        yield document.problem(("steps",), what, "Shorten the timings to an hour at most.")
    if minutes > FULL_MASSAGE_MINUTES and file.limits.days_between < 1:
        what = f"A massage of {minutes:.0f} minutes is a full one, and may be had every day here."
        mend = "Write `days_between: 1`, or more."
        yield document.problem(("limits", "days_between"), what, mend)
    if not any(step.check_in for step in file.steps):
        what = "No step asks whether the pressure is right."
        yield document.problem(("steps",), what, "Give at least one step a `check_in`.")


def _step(step: StepFile, index: int, document: Document) -> Iterator[Problem]:
    place: Place = ("steps", index)
    yield from _pressure(step, place, document)
    yield from _time(step, place, document)
    yield from _trigger_point(step, place, document)
    yield from _cues(step, place, document)
    yield from _variations(step, place, document)


def _pressure(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    bounds = step.pressure
    if bounds is None:
        if step.region is not Region.NONE:
            what = f"The step works on the {step.region.value}, and says no pressure."
            yield document.problem(place, what, "Add `pressure:` with `usual`, `least`, `most`.")
        return
    here = (*place, "pressure")
    if step.region is Region.NONE:
        what = "There is a pressure, and no region."
        yield document.problem(here, what, "Add `region:`, or delete the pressure.")
    elif bounds.most > MAX_PRESSURE[step.region]:
        allowed = MAX_PRESSURE[step.region]
        what = f"A pressure of {bounds.most} on the {step.region.value} is too much."
        yield document.problem((*here, "most"), what, f"Write `most: {allowed}`, or less.")
    if bounds.least < bounds.most:
        for name, less in (("softer", "less"), ("firmer", "more")):
            if not getattr(step, name).strip():
                what = f"The step does not say how to give {less} pressure."
                yield document.problem(place, what, f"Add `{name}:` with how to do it.")


def _time(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    if step.timing is None:
        return
    here = (*place, "timing")
    longest = most_seconds(step.region)
    if _seconds(step) > longest:
        what = f"{_seconds(step):g} seconds on the {step.region.value} are too long."
        yield document.problem(here, what, f"Stay within {longest:g} seconds, all sides together.")
    sides = step.timing.sides
    if sides and sides[0].lower() not in step.say.lower():
        what = f"Nobody is told to begin with the {sides[0]}."
        yield document.problem(
            (*place, "say"), what, f'Write "Begin with the {sides[0]}." into it.'
        )
    held = step.timing.seconds if step.timing.seconds is not None else step.timing.seconds_each
    if step.technique is Technique.HOLDING and held > MAX_HOLD_SECONDS:
        what = f"A spot is held for {held:g} seconds."
        yield document.problem(here, what, f"Hold it for {MAX_HOLD_SECONDS:g} seconds or less.")


def _trigger_point(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    is_trigger = step.technique is Technique.TRIGGER_POINT
    if is_trigger and step.rating is None:
        what = "A painful spot is pressed, and nobody is asked how it feels."
        yield document.problem(place, what, "Add `rating:`.")
    if step.rating is not None and not is_trigger:
        what = "Only work on a trigger point has a rating."
        yield document.problem((*place, "rating"), what, "Write `technique: trigger point`.")
    if is_trigger and step.region is Region.NECK:
        what = "Trigger points on the neck are not for lay hands."
        yield document.problem((*place, "region"), what, "Leave the neck out of this step.")
    if step.rating is not None and step.timing is not None:
        what = "A step with a rating has no timing: the answers decide how long it lasts."
        yield document.problem((*place, "timing"), what, "Delete the timing.")


def _cues(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    here = (*place, "cues")
    if step.cues and step.timing is None:
        what = "There are cues, and no time in which to say them."
        yield document.problem(here, what, "Add `timing:`, or delete the cues.")
    times = [cue.at for cue in step.cues]
    if times != sorted(set(times)):
        what = "The cues are not in the order of their times."
        yield document.problem(here, what, "Sort them by `at`, each time once.")


def _variations(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    names = [variation.name for variation in step.variations]
    for index, name in enumerate(names):
        here = (*place, "variations", index, "name")
        if not re.fullmatch(r"[a-z]+( [a-z]+)?", name):
            what = f'The variation "{name}" can\'t be chosen by voice.'
            yield document.problem(here, what, "Use one or two words in lower case.")
        if COMMAND_WORDS & set(name.split()):
            what = f'The variation "{name}" sounds like a command.'
            yield document.problem(here, what, "Choose another name.")
        if name in names[:index]:
            what = f'There are two variations "{name}".'
            yield document.problem(here, what, "Give each its own name.")


def _seconds(step: StepFile) -> float:
    if step.timing is None:
        return 0.0
    timing = step.timing
    return Timing(
        timing.seconds, timing.repetitions, timing.seconds_each, tuple(timing.sides)
    ).total_seconds

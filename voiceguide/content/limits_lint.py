"""Checks a routine's figures: pressure, times, and how much of it is enough.

They come from the seeds; where these give none, from the most careful reading of the rules in
`docs/reference/routine-format.md`.
"""

import re
from collections.abc import Iterator

from voiceguide.content.routine_clauses import plain
from voiceguide.content.routine_schema import PressureFile, RoutineFile, StepFile, Technique
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.core.areas import MAX_SECONDS, most_seconds
from voiceguide.core.limits import FULL_MASSAGE_SECONDS
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

MAX_SELF_PRESSURE = 3
"""Alone, the whole weight can come onto a ball; some advise against it on the lower back at all."""

MAX_LEAST_PRESSURE = 2
"""Where "softer" can always take it."""

MAX_TRIGGER_SECONDS = 60.0
"""All rounds of a trigger point together: seed 002's six, of ten seconds."""

MAX_RELEASE = 6
"""Seed 002: hold until it is down to 4 or 6."""

MAX_PARTNER_MINUTES = 60.0
"""A lay giver's hands and attention; longer is taken for a slip of the pen."""

FULL_MASSAGE_MINUTES = 15.0
"""Seed 001: a light massage may be had daily, a full one not. Above this we call it full."""

DEEP_MASSAGE_MINUTES = FULL_MASSAGE_SECONDS / 60
"""The session counts a massage as full from here on; one that kneads or presses is full then."""

DEEP = frozenset(
    {Technique.KNEADING, Technique.PRESSING, Technique.FRICTION}
    | {Technique.HOLDING, Technique.TRIGGER_POINT}
)
"""Techniques that are more than stroking."""

MIN_SECONDS = 30.0
"""A routine with less work than this has forgotten its timings."""

_STILL = re.compile(
    r"\b(?:without moving|not moving|do not move|motionless|in one place"
    r"|stays? (?:there|on it|still)"
    r"|keeps? (?:it|them) there|holds? (?:it|the (?:spot|pressure|point|knot))"
    r"|(?:rests?|leans?|remains?) (?:\w+ )?on (?:it|them|the balls?|the roller|the spot))\b"
)
"""In a step's words: it is held, whatever its technique is called."""


def limit_problems(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """Every figure that allows too much, or switches a limit off."""
    yield from _whole(file, document)
    yield from _region_totals(file, document)
    for index, step in enumerate(file.steps):
        place: Place = ("steps", index)
        yield from _pressure(step, file.audience, place, document)
        yield from _time(step, place, document)
        yield from _rating(step, (*place, "rating"), document)


def longest_seconds(region: Region) -> float:
    """The longest that one step may work on a region, in seconds."""
    return most_seconds(region)


def _whole(file: RoutineFile, document: Document) -> Iterator[Problem]:
    minutes = sum(map(_seconds, file.steps)) / 60
    if minutes * 60 < MIN_SECONDS:
        what = f"All the timings together are {minutes * 60:g} seconds."
        yield document.problem(("steps",), what, "Give the steps a `timing`.")
    if file.audience is Audience.SELF:
        yield from _self_limits(file, document, minutes)
    else:
        yield from _partner_limits(file, document, minutes)
    if _needs_rest(file, minutes) and file.limits.rest_days_if_sore < 1:
        what = "There is no rest when it is sore the next day."
        mend = "Write `rest_days_if_sore: 1`, or more."
        yield document.problem(("limits", "rest_days_if_sore"), what, mend)


def _needs_rest(file: RoutineFile, minutes: float) -> bool:
    return file.audience is Audience.SELF or minutes >= DEEP_MASSAGE_MINUTES


def _self_limits(file: RoutineFile, document: Document, minutes: float) -> Iterator[Problem]:
    allowed = file.limits.minutes_per_day
    if allowed is None or allowed > MAX_SELF_MINUTES_PER_DAY:
        what = "Someone alone may do this for more than five minutes a day."
        mend = "Write `minutes_per_day: 5`, or less."
        yield document.problem(("limits", "minutes_per_day"), what, mend)
    elif minutes > allowed:
        what = f"The steps take {minutes:.1f} minutes, and {allowed:g} a day are allowed."
        yield document.problem(("steps",), what, "Shorten the timings.")


def _partner_limits(file: RoutineFile, document: Document, minutes: float) -> Iterator[Problem]:
    if minutes > MAX_PARTNER_MINUTES:
        what = f"The steps take {minutes:.0f} minutes."
        yield document.problem(("steps",), what, "Shorten the timings to an hour at most.")
    is_deep = any(step.technique in DEEP for step in file.steps)
    is_full = minutes > FULL_MASSAGE_MINUTES or (is_deep and minutes >= DEEP_MASSAGE_MINUTES)
    if is_full and file.limits.days_between < 1:
        what = f"A massage of {minutes:.0f} minutes is a full one, and may be had every day here."
        mend = "Write `days_between: 1`, or more."
        yield document.problem(("limits", "days_between"), what, mend)
    if not any(step.check_in for step in file.steps):
        what = "No step asks whether the pressure is right."
        yield document.problem(("steps",), what, "Give at least one step a `check_in`.")


def _region_totals(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """A region with a limit of its own has it for the whole routine, however many its steps."""
    for region, longest in MAX_SECONDS.items():
        there = [index for index, step in enumerate(file.steps) if step.region is region]
        total = sum(_seconds(file.steps[index]) for index in there)
        if total > longest and len(there) > 1:
            what = f"{total:g} seconds on the {region}, in {len(there)} steps, are too long."
            mend = f"Stay within {longest:g} seconds, all steps together."
            yield document.problem(("steps", there[-1], "timing"), what, mend)


def _pressure(
    step: StepFile, audience: Audience, place: Place, document: Document
) -> Iterator[Problem]:
    bounds, here = step.pressure, (*place, "pressure")
    if bounds is None:
        if step.region is not Region.NONE:
            what = f"The step works on the {step.region.value}, and says no pressure."
            yield document.problem(place, what, "Add `pressure:` with `usual`, `least`, `most`.")
        return
    if step.region is Region.NONE:
        what = "There is a pressure, and no region."
        yield document.problem(here, what, "Add `region:`, or delete the pressure.")
    elif bounds.most > (allowed := _most_pressure(step.region, audience)):
        what = f"A pressure of {bounds.most} on the {step.region.value} is too much."
        yield document.problem((*here, "most"), what, f"Write `most: {allowed}`, or less.")
    yield from _ways_to_change(step, bounds, place, document)


def _most_pressure(region: Region, audience: Audience) -> int:
    alone = MAX_SELF_PRESSURE if audience is Audience.SELF else MAX_PRESSURE[region]
    return min(MAX_PRESSURE[region], alone)


def _ways_to_change(
    step: StepFile, bounds: PressureFile, place: Place, document: Document
) -> Iterator[Problem]:
    if bounds.least > MAX_LEAST_PRESSURE:
        what = f"No one can make it softer than {bounds.least} of five."
        mend = f"Write `least: {MAX_LEAST_PRESSURE}`, or less."
        yield document.problem((*place, "pressure", "least"), what, mend)
    if bounds.least < bounds.most:
        for name, less in (("softer", "less"), ("firmer", "more")):
            if not getattr(step, name).strip():
                what = f"The step does not say how to give {less} pressure."
                yield document.problem(place, what, f"Add `{name}:` with how to do it.")


def _time(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    if step.region is Region.NECK and step.technique is Technique.ROLLING:
        what = "A ball or roller is not for the neck."
        yield document.problem((*place, "region"), what, "Use flat hands, or leave the neck out.")
    if step.timing is None:
        if step.region is not Region.NONE and step.technique is not Technique.TRIGGER_POINT:
            what = f"Nothing ends the work on the {step.region.value}."
            yield document.problem(place, what, "Add `timing:`.")
        return
    here = (*place, "timing")
    longest = longest_seconds(step.region)
    if _seconds(step) > longest:
        what = f"{_seconds(step):g} seconds on the {step.region.value} are too long."
        yield document.problem(here, what, f"Stay within {longest:g} seconds, all sides together.")
    held = step.timing.seconds if step.timing.seconds is not None else step.timing.seconds_each
    if held > MAX_HOLD_SECONDS and _is_held(step):
        what = f"A spot is held for {held:g} seconds."
        yield document.problem(here, what, f"Hold it for {MAX_HOLD_SECONDS:g} seconds or less.")


def _is_held(step: StepFile) -> bool:
    words = plain(f"{step.say} {step.brief} {step.direction}")
    is_work = step.region is not Region.NONE
    return step.technique is Technique.HOLDING or (is_work and bool(_STILL.search(words)))


def _rating(step: StepFile, place: Place, document: Document) -> Iterator[Problem]:
    rating = step.rating
    if rating is None:
        return
    seconds = rating.rounds * rating.hold_seconds
    if seconds > MAX_TRIGGER_SECONDS:
        what = f"One spot is pressed for {seconds:g} seconds in all."
        mend = f"Make `rounds` times `hold_seconds` {MAX_TRIGGER_SECONDS:g} or less."
        yield document.problem(place, what, mend)
    if rating.release_at > MAX_RELEASE:
        what = f"A spot is let go at {rating.release_at}, while it still hurts much."
        yield document.problem((*place, "release_at"), what, f"Write `{MAX_RELEASE}`, or less.")


def _seconds(step: StepFile) -> float:
    if step.timing is None:
        return 0.0
    timing = step.timing
    return Timing(
        timing.seconds, timing.repetitions, timing.seconds_each, tuple(timing.sides)
    ).total_seconds

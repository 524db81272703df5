"""Which areas of the back belong together: what is closed for one closes the others that touch it.

A whole-back stroke passes over every part of the back, so it stays away from a part that has had
enough, and a whole back that has had enough leaves no part of it.
"""

import re
from collections.abc import Iterable, Mapping

from voiceguide.core.grammar import normalize
from voiceguide.core.routine import Region
from voiceguide.core.state import State
from voiceguide.core.tiers import Tier

MAX_SECONDS: Mapping[Region, float] = {
    Region.NECK: 180.0,
    Region.UPPER_ARMS: 300.0,
    Region.SHOULDER_BLADES: 300.0,
}
"""The longest that one step may work on a region."""

MAX_SECONDS_ELSEWHERE = 600.0
"""Seed 002's longest technique: ten minutes."""

_TOUCHING: frozenset[frozenset[Region]] = frozenset(
    frozenset(pair)
    for pair in (
        (Region.WHOLE_BACK, Region.LOWER_BACK),
        (Region.WHOLE_BACK, Region.UPPER_BACK),
        (Region.WHOLE_BACK, Region.BESIDE_SPINE),
        (Region.WHOLE_BACK, Region.SHOULDERS),
        (Region.WHOLE_BACK, Region.SHOULDER_BLADES),
        (Region.BESIDE_SPINE, Region.LOWER_BACK),
        (Region.BESIDE_SPINE, Region.UPPER_BACK),
        (Region.UPPER_BACK, Region.SHOULDER_BLADES),
        (Region.UPPER_BACK, Region.SHOULDERS),
        (Region.SHOULDERS, Region.SHOULDER_BLADES),
    )
)


def is_same_area(first: Region, second: Region) -> bool:
    """Whether work on one of the two is work on the other as well; no contact is no area."""
    if Region.NONE in (first, second):
        return False
    return first is second or frozenset((first, second)) in _TOUCHING


def most_seconds(region: Region) -> float:
    """The longest that one step may work there."""
    return MAX_SECONDS.get(region, MAX_SECONDS_ELSEWHERE)


def is_within(region: Region, areas: Iterable[Region]) -> bool:
    """Whether a region belongs to one of these areas."""
    return any(is_same_area(region, area) for area in areas)


def named_in(text: str, names: Mapping[str, Region]) -> tuple[Region, ...]:
    """The areas that a text names; a longer name hides a shorter one in it ("shoulder blade")."""
    rest, found = normalize(text), []
    for name in sorted(names, key=len, reverse=True):
        rest, count = re.subn(rf"\b{re.escape(name)}\b", " ", rest)
        if count and names[name] not in found:
            found.append(names[name])
    return tuple(found)


def region_at(state: State, index: int) -> Region:
    """Where a step works, or what it gets ready for: who lies down on a ball presses already."""
    steps = state.routine.steps[index:] if state.routine and index >= 0 else ()
    regions = (step.region for step in steps)
    return next((region for region in regions if region is not Region.NONE), Region.NONE)


def is_closed(state: State, index: int) -> bool:
    """Whether a step belongs to work on an area that has had enough for today."""
    return is_within(region_at(state, index), state.closed_regions)


def area_of(state: State) -> Region:
    """Where the hands are: this step's region, or the last one worked on before a step without."""
    if not state.has_worked or state.routine is None:
        return Region.NONE
    worked = [step.region for step in state.routine.steps[: state.step_index + 1]]
    return next((region for region in reversed(worked) if region is not Region.NONE), Region.NONE)


def step_elsewhere(state: State) -> int | None:
    """The next step away from this area; none where nobody knows what a symptom came from."""
    region = area_of(state)
    if state.routine is None or not state.is_begun:
        return None
    found = (*state.alarm_regions, region)
    if state.tier is Tier.URGENT and all(each is Region.NONE for each in found):
        return None
    closed = (*state.closed_regions, *found)
    later = range(state.step_index + 1, len(state.routine.steps))
    return next((i for i in later if not is_within(region_at(state, i), closed)), None)

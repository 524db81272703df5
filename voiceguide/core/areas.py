"""Which areas of the back belong together: what is closed for one closes the others that touch it.

A whole-back stroke passes over every part of the back, so it stays away from a part that has had
enough, and a whole back that has had enough leaves no part of it.
"""

from collections.abc import Iterable

from voiceguide.core.routine import Region

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


def is_within(region: Region, areas: Iterable[Region]) -> bool:
    """Whether a region belongs to one of these areas."""
    return any(is_same_area(region, area) for area in areas)

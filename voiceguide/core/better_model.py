"""A speech model that hears better than the one in use, and can be had."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BetterModel:
    """Its name for `models get`, and how many megabytes it is to download."""

    name: str
    megabytes: int

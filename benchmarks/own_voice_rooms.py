"""The rooms of `own_voice.py`: the simulated ones, and others that nobody here invented.

Measured ones by the impulse responses of the development audio; modelled ones by image sources
(Allen and Berkley 1979) with `pyroomacoustics`, where it is installed: there loudspeaker and user
stand in different places. Nothing was tuned in either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.hearing_data import DATA
from voiceguide.adapters.recording import read_recording
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.room import ROOMS, Room, measured_room


@dataclass(frozen=True, slots=True)
class Place:
    """A box and who is where in it, in metres from a corner of the floor."""

    size: tuple[float, float, float]
    reverberation_seconds: float
    loudspeaker: tuple[float, float, float]
    microphone: tuple[float, float, float]
    user: tuple[float, float, float]


PLACES = {
    "image sources, bathroom": Place(
        (2.4, 1.9, 2.4), 0.7, (0.4, 0.5, 0.9), (0.6, 0.5, 0.9), (1.6, 1.2, 0.4)
    ),
    "image sources, bedroom": Place(
        (4.2, 3.4, 2.5), 0.3, (0.5, 1.0, 0.8), (0.8, 1.2, 0.8), (2.6, 1.9, 0.3)
    ),
    "image sources, practice": Place(
        (6.5, 4.8, 2.9), 0.5, (1.2, 0.9, 1.1), (1.3, 0.9, 1.1), (4.0, 2.6, 1.5)
    ),
}


def room_named(name: str) -> Room:
    """A room of either kind."""
    return ROOMS[name] if name in ROOMS else other_rooms()[name]


@cache
def other_rooms() -> Mapping[str, Room]:
    """Measured and modelled rooms by their names."""
    return {**_measured_rooms(), **_modelled_rooms()}


def _measured_rooms() -> dict[str, Room]:
    return {
        path.stem: measured_room(np.concatenate(list(read_recording(path))))
        for path in sorted((DATA / "rirs").glob("*.flac"))
    }


def _modelled_rooms() -> dict[str, Room]:
    try:
        return {name: _modelled(place) for name, place in PLACES.items()}
    except ImportError:
        return {}


def _modelled(place: Place) -> Room:
    import pyroomacoustics  # noqa: PLC0415 - only where it is installed

    absorption, order = pyroomacoustics.inverse_sabine(place.reverberation_seconds, place.size)
    box = pyroomacoustics.ShoeBox(
        place.size,
        fs=SAMPLE_RATE_HZ,
        materials=pyroomacoustics.Material(absorption),
        max_order=order,
    )
    for source in (place.loudspeaker, place.user):
        box.add_source(list(source))
    box.add_microphone(list(place.microphone))
    box.compute_rir()
    loudspeaker, user = (_samples(response) for response in box.rir[0])
    return measured_room(loudspeaker, user)


def _samples(response: object) -> Samples:
    return np.asarray(response, dtype=np.float32)

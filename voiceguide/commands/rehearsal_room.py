"""The room of a rehearsal: simulated, or measured and named by its recording."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from voiceguide.adapters.recording import read_recording, recording_seconds
from voiceguide.audio.pcm import Samples
from voiceguide.audio.room import (
    ROOMS,
    USER_LEVEL_DBFS,
    Echo,
    Room,
    active_level_dbfs,
    at_level,
    blocks_of,
    measured_room,
    microphone_noise,
    repeated,
)
from voiceguide.errors import UsageError
from voiceguide.ports import VoiceSettings
from voiceguide.runtime.rehearsal import Acoustics
from voiceguide.runtime.voice_cache import VoiceCache

GUIDE_VOLUME = 0.6
_ROOM = "living-room"
_LONGEST_RESPONSE_SECONDS = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what makes the room."""
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the room and noise")
    parser.add_argument(
        "--room",
        metavar="NAME",
        help=f"{', '.join(ROOMS)}, or the recording of a room's impulse response",
    )
    parser.add_argument(
        "--echo-db",
        metavar="X",
        type=float,
        help="level of the guide's echo relative to the user; off by default",
    )
    parser.add_argument("--noise", metavar="FILE", type=Path, help="a recording of noise")
    parser.add_argument("--snr", metavar="X", type=float, default=20.0, help="user to noise, in dB")


def open_room(name: str | None) -> Room | None:
    """A room by its name or the recording of its response; None where none is wanted.

    Raises:
        UsageError: there is no such room, or the recording can't be an impulse response.
    """
    if name is None or name in ROOMS:
        return None if name is None else ROOMS[name]
    path = Path(name)
    if not path.exists():
        rooms = ", ".join(ROOMS)
        raise UsageError(
            f"There is no room {name}: take {rooms}, or the file of an impulse response."
        )
    seconds = recording_seconds(path)
    if seconds > _LONGEST_RESPONSE_SECONDS:
        raise UsageError(
            f"{path} is {seconds:.0f} s long: name the recording of an impulse response, "
            f"of at most {_LONGEST_RESPONSE_SECONDS:.0f} s."
        )
    response = np.concatenate([*read_recording(path), np.zeros(0, dtype=np.float32)])
    if not response.any():
        raise UsageError(f"{path} is silent: name the recording of an impulse response.")
    return measured_room(response)


def open_acoustics(args: argparse.Namespace, room: Room | None, guide: VoiceCache) -> Acoustics:
    """What is heard beside the user: noise where asked for, and the guide where there is a room.

    Raises:
        UsageError: the noise can't be used.
    """
    noises: list[Iterator[Samples]] = []
    if args.noise is not None:
        samples = np.concatenate(list(read_recording(args.noise)))
        if not len(samples):
            raise UsageError(f"{args.noise} is empty: name a recording of noise.")
        noises.append(repeated(at_level(samples, USER_LEVEL_DBFS - args.snr)))
    if room is None and args.echo_db is None:
        return Acoustics(None, noises)
    room = room or ROOMS[_ROOM]
    noises.append(microphone_noise(room, args.seed))
    return Acoustics(_echo(room, args.echo_db or 0.0, args.seed, guide), noises)


def _echo(room: Room, echo_db: float, seed: int, guide: VoiceCache) -> Echo:
    """The guide's echo, brought to this level relative to the user's voice."""
    sample = guide.get("This is how loud the guide speaks.", VoiceSettings().rate_wpm)
    blocks = blocks_of(sample * np.float32(GUIDE_VOLUME))
    trial = Echo(room, 0.0, seed)
    loudness = active_level_dbfs(np.concatenate([trial.block(block) for block in blocks]))
    return Echo(room, USER_LEVEL_DBFS + echo_db - (loudness or 0.0), seed)

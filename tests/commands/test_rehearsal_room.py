from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide.audio.pcm import SAMPLE_RATE_HZ
from voiceguide.audio.room import ROOMS, room_response
from voiceguide.commands.rehearsal_room import open_room
from voiceguide.errors import UsageError


def recorded(path: Path, seconds: float, level: float) -> str:
    """A file with a click at its beginning."""
    samples = np.zeros(round(seconds * 48_000), dtype=np.float32)
    samples[10] = level
    soundfile.write(path, samples, 48_000)
    return str(path)


def test_a_room_by_its_name() -> None:
    assert open_room("bathroom") is ROOMS["bathroom"]
    assert open_room(None) is None


def test_a_room_by_the_recording_of_its_response_at_any_rate(tmp_path: Path) -> None:
    room = open_room(recorded(tmp_path / "hall.wav", 0.5, 0.8))

    assert room is not None
    assert len(room_response(room, 1)) == pytest.approx(0.5 * SAMPLE_RATE_HZ, abs=20)


@pytest.mark.parametrize(
    ("seconds", "level", "message"),
    [
        (0.5, 0.0, "is silent: name the recording of an impulse response."),
        (12.0, 0.8, "is 12 s long: name the recording of an impulse response, of at most 10 s."),
        (0.0, 0.0, "is no recording that can be read: convert it to WAV or FLAC."),
    ],
)
def test_what_is_no_response_is_refused(
    seconds: float, level: float, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.wav"
    if seconds:
        recorded(path, seconds, level)
    else:
        path.touch()

    with pytest.raises(UsageError) as raised:
        open_room(str(path))

    assert str(raised.value) == f"{path} {message}"


def test_neither_a_room_nor_a_file() -> None:
    with pytest.raises(UsageError, match=r"no room kitchen: take headset, bedroom, .* file of an"):
        open_room("kitchen")

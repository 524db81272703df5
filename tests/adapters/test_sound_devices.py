import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.virtual_audio import MICROPHONE, SPEAKER, VirtualAudio, missing_programs
from voiceguide.adapters.sound_devices import (
    MicrophoneStream,
    SpeakerStream,
    choice,
    list_devices,
    open_microphone,
    open_speaker,
    refresh_devices,
)
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback
from voiceguide.audio.pulse import FIRST_CALL_SECONDS, PRIMING_CALLS
from voiceguide.errors import DeviceError

TRIES = 3
PATIENCE_SECONDS = 10.0
TONE = np.asarray(0.3 * np.sin(np.arange(SAMPLE_RATE_HZ) * 0.2), dtype=np.float32)


def _silence(count: int) -> Samples:
    return np.zeros(count, dtype=np.float32)


def _tone_seconds(samples: Samples) -> float:
    """How much of the tone is in it; a busy machine may put gaps between."""
    return float(np.count_nonzero(np.abs(samples) > 0.03) / np.count_nonzero(np.abs(TONE) > 0.03))


def _wait_until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for a condition and return how long that took."""
    pause = threading.Event()
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it never came"
        pause.wait(0.01)
    return time.monotonic() - begun


# --- With virtual devices ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def audio() -> Iterator[VirtualAudio]:
    if missing := missing_programs():
        pytest.skip(f"not installed: {', '.join(missing)}")
    with pytest.MonkeyPatch.context() as patch, VirtualAudio() as audio:
        for name, value in audio.environment.items():
            patch.setenv(name, value)
        refresh_devices()
        yield audio


@pytest.fixture
def microphone(audio: VirtualAudio) -> Iterator[MicrophoneStream]:
    microphone = open_microphone("pulse")
    assert microphone.read(PATIENCE_SECONDS) is not None  # a fresh null sink takes up to 2 s
    _wait_until(lambda: microphone._stream.calls > PRIMING_CALLS)
    yield microphone
    microphone.close()
    audio.control("suspend-source", MICROPHONE, "0")


@pytest.fixture
def playback() -> Playback:
    return Playback()


@pytest.fixture
def speaker(audio: VirtualAudio, playback: Playback) -> Iterator[SpeakerStream]:
    speaker = open_speaker(None, playback.next_block)
    yield speaker
    audio.control("suspend-sink", SPEAKER, "0")
    speaker.close()


@pytest.mark.audio
def test_the_devices_are_listed_by_name(audio: VirtualAudio) -> None:
    names = {device.name for device in list_devices() if device.inputs and device.outputs}

    assert {"pulse", "default"} <= names


@pytest.mark.audio
def test_the_list_is_refreshed_only_while_nothing_is_open(microphone: MicrophoneStream) -> None:
    assert not refresh_devices()

    microphone.close()

    assert refresh_devices()


@pytest.mark.audio
def test_what_is_said_is_heard_in_blocks(audio: VirtualAudio, microphone: MicrophoneStream) -> None:
    said = threading.Thread(target=audio.play_into_microphone, args=(TONE,))
    said.start()
    blocks = [microphone.read(1.0) for _ in range(150)]
    said.join()

    heard = [captured.block for captured in blocks if captured is not None]
    assert {len(block) for block in heard} == {BLOCK_SAMPLES}
    assert np.concatenate(heard).max() == pytest.approx(0.3, abs=0.1)
    assert _tone_seconds(np.concatenate(heard)) == pytest.approx(1.0, abs=0.1)


@pytest.mark.audio
def test_at_another_rate_it_is_resampled(audio: VirtualAudio) -> None:
    device = choice.choose("input", choice.usable("input"), "pulse")
    stiff = choice.Device(
        device.index, device.name, is_default=False, formats=(choice.Format(44_100, 2),)
    )
    microphone = MicrophoneStream(stiff)
    assert microphone.read(PATIENCE_SECONDS) is not None
    said = threading.Thread(target=audio.play_into_microphone, args=(TONE,))
    said.start()
    heard = np.concatenate(
        [heard.block for _ in range(150) if (heard := microphone.read(1.0)) is not None]
    )
    said.join()
    microphone.close()

    assert _tone_seconds(heard) == pytest.approx(1.0, abs=0.1)
    assert heard.max() == pytest.approx(0.3, abs=0.1)


@pytest.mark.audio
@pytest.mark.parametrize("form", [(SAMPLE_RATE_HZ, 1), (44_100, 2)])
def test_what_the_source_gives_is_played_whole_also_when_closed_right_after(
    audio: VirtualAudio, tmp_path: Path, form: tuple[int, int]
) -> None:
    """A busy machine may starve the sound server once; a tail that is cut is cut each time."""
    shares: list[float] = []
    while len(shares) < TRIES and not (shares and shares[-1] > 0.95):
        shares.append(_played_share(audio, tmp_path / "out.wav", choice.Format(*form)))

    assert shares[-1] == pytest.approx(1.0, abs=0.05), shares


def _played_share(audio: VirtualAudio, path: Path, form: choice.Format) -> float:
    """How much of a tone comes out of a loudspeaker that is closed when it has been sent."""
    device, playback = choice.choose("output", choice.usable("output"), "pulse"), Playback()
    one_format = choice.Device(device.index, device.name, is_default=False, formats=(form,))
    speaker = SpeakerStream(one_format, playback.next_block)
    with audio.record_speaker(path):
        playback.say(1, 1)
        playback.supply(1, 0, TONE)
        _wait_until(lambda: playback.sent_samples > 0 and playback.is_idle)
        speaker.close()
        threading.Event().wait(0.3)
    heard, _ = soundfile.read(path, dtype="float32")
    assert speaker.failure is None
    return _tone_seconds(heard)


@pytest.mark.audio
def test_fall_silent_is_silence_in_the_room_within_a_few_blocks(
    audio: VirtualAudio, playback: Playback, speaker: SpeakerStream, tmp_path: Path
) -> None:
    with audio.record_speaker(tmp_path / "out.wav"):
        playback.say(1, 1)
        playback.supply(1, 0, np.tile(TONE, 5))
        _wait_until(lambda: playback.sent_samples > 0 and playback.playing is not None)
        threading.Event().wait(0.5)
        playback.fall_silent()
        played = playback.playing
        threading.Event().wait(0.5)

    heard, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert played
    assert _tone_seconds(heard) <= (played.position_samples / SAMPLE_RATE_HZ) + 0.03


@pytest.mark.audio
def test_a_suspended_microphone_is_lost(audio: VirtualAudio, microphone: MicrophoneStream) -> None:
    assert not microphone.is_lost(time.monotonic())

    audio.control("suspend-source", MICROPHONE, "1")

    assert _wait_until(lambda: microphone.is_lost(time.monotonic())) <= 1.5
    begun = time.monotonic()
    microphone.close()
    assert time.monotonic() - begun < 1.0


@pytest.mark.audio
def test_a_suspended_loudspeaker_is_lost_and_closing_it_does_not_hang(
    audio: VirtualAudio, speaker: SpeakerStream
) -> None:
    _wait_until(lambda: speaker._stream.calls > PRIMING_CALLS)
    assert not speaker.is_lost(time.monotonic())

    audio.control("suspend-sink", SPEAKER, "1")

    assert _wait_until(lambda: speaker.is_lost(time.monotonic())) <= 2.0  # its buffer drains first
    begun = time.monotonic()
    speaker.close()
    assert time.monotonic() - begun < 1.0


@pytest.mark.audio
def test_devices_that_vanish_are_lost_at_once_and_open_again_when_they_are_back(
    audio: VirtualAudio,
) -> None:
    microphone = open_microphone()
    speaker = open_speaker(None, _silence)
    assert microphone.read(PATIENCE_SECONDS) is not None
    _wait_until(lambda: min(microphone._stream.calls, speaker._stream.calls) > PRIMING_CALLS)

    audio.stop()
    times = [
        _wait_until(lambda device=device: device.is_lost(time.monotonic()))  # type: ignore[misc]
        for device in (microphone, speaker)
    ]
    microphone.close()
    speaker.close()

    assert max(times) <= 2.0
    with pytest.raises(DeviceError, match=r"can't be opened.*voiceguide devices"):
        open_microphone()

    audio.start()
    microphone = open_microphone()
    assert microphone.read(PATIENCE_SECONDS) is not None
    microphone.close()


@pytest.mark.audio
def test_a_device_that_can_not_be_opened_leaves_the_console_clean(
    audio: VirtualAudio, capfd: pytest.CaptureFixture[str]
) -> None:
    audio.stop()
    with pytest.raises(DeviceError):
        open_microphone("pulse")
    audio.start()

    assert capfd.readouterr().err == ""


@pytest.mark.audio
def test_a_listener_that_falls_behind_loses_the_oldest_blocks_and_can_count_them(
    microphone: MicrophoneStream,
) -> None:
    _wait_until(lambda: microphone.dropped_blocks >= 5)

    assert microphone._blocks.qsize() == 100


@pytest.mark.audio
def test_a_source_that_fails_is_a_lost_loudspeaker_and_keeps_its_reason(
    audio: VirtualAudio,
) -> None:
    def fail(_count: int) -> Samples:
        raise ZeroDivisionError

    speaker = open_speaker(None, fail)

    assert _wait_until(lambda: speaker.is_lost(time.monotonic())) < FIRST_CALL_SECONDS / 2
    assert isinstance(speaker.failure, ZeroDivisionError)
    speaker.close()


LEFT_OPEN = """
import subprocess, sys, threading
import numpy as np
from voiceguide.adapters.sound_devices import open_microphone, open_speaker
microphone = open_microphone()
speaker = open_speaker(None, lambda count: np.zeros(count, dtype=np.float32))
threading.Event().wait(0.2)
subprocess.run(["pactl", "suspend-sink", sys.argv[1], "1"], check=True)
threading.Event().wait(0.3)
if sys.argv[2] == "closed":
    speaker.close()
    microphone.close()
"""


@pytest.mark.audio
@pytest.mark.parametrize("state", ["closed", "left open"])
def test_the_program_ends_even_with_a_suspended_loudspeaker(
    audio: VirtualAudio, state: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEFT_OPEN, SPEAKER, state],
        timeout=PATIENCE_SECONDS,
        check=True,
        capture_output=True,
    )
    audio.control("suspend-sink", SPEAKER, "0")

    assert done.stderr == b""  # the console stays clean


HANGING = """
import threading
import sounddevice
from voiceguide.adapters.sound_devices import list_devices
list_devices()
sounddevice._terminate = threading.Event().wait
"""


@pytest.mark.audio
def test_the_program_ends_even_when_portaudio_hangs_at_its_end(audio: VirtualAudio) -> None:
    subprocess.run([sys.executable, "-c", HANGING], timeout=PATIENCE_SECONDS, check=True)


# --- Without devices --------------------------------------------------------------------------


def _device(index: int, name: str, *, is_default: bool = False) -> choice.Device:
    return choice.Device(index, name, is_default, (choice.Format(16_000, 1),))


HEADSETS = [
    _device(3, "USB Headset Pro"),
    _device(5, "Built-in", is_default=True),
    _device(6, "usb headset"),
]


@pytest.mark.parametrize(
    ("name", "index"), [(None, 5), ("headset pro", 3), ("USB", 3), ("USB Headset", 6)]
)
def test_a_device_is_chosen_by_a_part_of_its_name(name: str | None, index: int) -> None:
    assert choice.choose("input", HEADSETS, name).index == index


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(DeviceError, match="'Blue Yeti': use one of Built-in, USB Headset Pro, usb"):
        choice.choose("input", HEADSETS, "Blue Yeti")


@pytest.mark.parametrize(("way", "what"), [("input", "microphone"), ("output", "loudspeaker")])
def test_without_any_device_one_sentence_says_so(way: choice.Way, what: str) -> None:
    with pytest.raises(DeviceError, match=rf"no {what} here.*--typed"):
        choice.choose(way, [], None)


def test_our_rate_is_tried_before_the_device_s_own_and_mono_before_stereo() -> None:
    formats = choice._formats(48_000, 2)

    assert [(form.rate_hz, form.channels, form.block) for form in formats] == [
        (16_000, 1, 320),
        (16_000, 2, 320),
        (48_000, 1, 960),
        (48_000, 2, 960),
    ]


class RefusalError(Exception):
    """What a device says to a format; its second argument is PortAudio's error code."""


@pytest.mark.parametrize(
    ("taken", "code"), [((16_000, 1), 0), ((48_000, 1), -9997), ((48_000, 2), -9998)]
)
def test_the_first_format_that_the_device_takes_is_used(taken: tuple[int, int], code: int) -> None:
    def start(form: choice.Format) -> str:
        if (form.rate_hz, form.channels) != taken:
            raise RefusalError("no", code)
        return "stream"

    formats = choice._formats(48_000, 2)

    assert choice.first_accepted(formats, start, RefusalError) == "stream"


def test_a_device_that_is_gone_is_not_asked_again_with_other_formats() -> None:
    asked = []

    def start(form: choice.Format) -> None:
        asked.append(form)
        raise RefusalError("device unavailable", -9985)

    with pytest.raises(RefusalError):
        choice.first_accepted(choice._formats(48_000, 2), start, RefusalError)
    assert len(asked) == 1


def test_without_portaudio_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text('raise OSError("PortAudio library not found")\n')
    program = (
        "from voiceguide.adapters.sound_devices import list_devices\n"
        "from voiceguide.errors import DeviceError\n"
        "try:\n    list_devices()\nexcept DeviceError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])},
        check=True,
        capture_output=True,
        text=True,
    )

    assert "apt install libportaudio2" in done.stdout

"""A real loudspeaker stream and a real microphone stream agree on when a sound was played."""

from collections.abc import Iterator
from statistics import median

import numpy as np
import pytest

from tests.virtual_audio import VirtualAudio, missing_programs
from voiceguide.adapters.sound_devices import open_microphone, open_speaker, refresh_devices
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback
from voiceguide.audio.sounding import sweep
from voiceguide.runtime.far_end import LEAD_SAMPLES, FarEnd

pytestmark = [
    pytest.mark.audio,
    pytest.mark.skipif(bool(missing_programs()), reason="PulseAudio is not installed"),
]


@pytest.fixture(scope="module")
def _room() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, VirtualAudio(echo=True) as audio:
        for name, value in audio.environment.items():
            patch.setenv(name, value)
        refresh_devices()
        yield


def echoes_after_seconds(latency_seconds: float) -> list[float]:
    """From where each of three sweeps was put on the timeline to where it was heard on it."""
    far_end, playback = FarEnd(), Playback()
    microphone = open_microphone()
    speaker = open_speaker(None, playback.next_block, latency_seconds, far_end.put)

    def blocks(count: int) -> Iterator[tuple[Samples, Samples]]:
        for _ in range(count):
            captured = microphone.read(10.0)
            assert captured is not None
            yield captured.block, far_end.take(captured.at).block

    def echo_after() -> float:
        playback.play(sweep())
        heard, sent = (np.concatenate(side) for side in zip(*blocks(100), strict=True))
        correlation = np.fft.irfft(np.fft.rfft(heard) * np.fft.rfft(sent).conj())
        return (int(np.argmax(correlation)) - LEAD_SAMPLES) / SAMPLE_RATE_HZ

    try:
        list(blocks(150))  # a device that has just been opened may catch up first
        return [echo_after() for _ in range(3)]
    finally:
        speaker.close()
        microphone.close()


@pytest.mark.usefixtures("_room")
@pytest.mark.parametrize("latency_seconds", [0.06, 0.2])
def test_the_echo_comes_as_late_as_the_room_makes_it_whatever_is_buffered(
    latency_seconds: float,
) -> None:
    # The median: a starved machine may let one of the streams slip while a sweep is played.
    assert median(echoes_after_seconds(latency_seconds)) == pytest.approx(0.0, abs=0.03)

"""Keeping devices open: losing, telling, retrying, looking for new ones."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from voiceguide.audio.pcm import BLOCK_SAMPLES
from voiceguide.audio.stream_clock import Place
from voiceguide.core.events import Device, DeviceBack, DeviceLost, Event
from voiceguide.errors import DeviceError
from voiceguide.ports import Captured
from voiceguide.runtime.devices import FORCED_REFRESH_SECONDS, DeviceKeeper, Kept


class SteppedClock:
    """Time that passes when the test says so."""

    seconds = 100.0

    def now(self) -> float:
        return self.seconds


@dataclass
class PluggedDevice:
    """A microphone and loudspeaker in one, with a plug to pull."""

    latency_seconds: float
    is_plugged: bool = True
    has_begun: bool = True
    is_closed: bool = False

    def is_lost(self, now: float) -> bool:  # noqa: ARG002 - the port's
        return not self.is_plugged

    def read(self, timeout_seconds: float) -> Captured | None:  # noqa: ARG002 - the port's
        return Captured(np.zeros(BLOCK_SAMPLES, dtype=np.float32), Place(0))

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Computer:
    """Its sockets: which device can be opened now, and when new ones are seen."""

    clock: SteppedClock = field(default_factory=SteppedClock)
    microphone_works: bool = True
    speaker_works: bool = True
    needs_refresh: bool = False
    told: list[Event] = field(default_factory=list)
    opened: list[PluggedDevice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keeper = DeviceKeeper(
            Kept(Device.MICROPHONE, self._opening(lambda: self.microphone_works)),
            Kept(Device.SPEAKER, self._opening(lambda: self.speaker_works)),
            refresh=self._refresh,
            clock=self.clock,
            post=self.told.append,
        )

    def _opening(self, works: Callable[[], bool]) -> Callable[[float], PluggedDevice]:
        def open_device(latency_seconds: float) -> PluggedDevice:
            if not works() or self.needs_refresh:
                raise DeviceError("There is no such device.")
            self.opened.append(PluggedDevice(latency_seconds))
            return self.opened[-1]

        return open_device

    def _refresh(self) -> bool:
        is_free = all(kept.stream is None for kept in (self.keeper.microphone, self.keeper.speaker))
        if is_free:
            self.needs_refresh = False
        return is_free

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.1)):
            self.clock.seconds += 0.1
            self.keeper.check(self.clock.now())


@pytest.fixture
def computer() -> Computer:
    computer = Computer()
    computer.keeper.speaker.stream = computer.keeper.speaker.opened()
    computer.keeper.microphone.stream = computer.keeper.microphone.opened()
    return computer


def unplug_microphone(computer: Computer) -> PluggedDevice:
    device = computer.keeper.microphone.stream
    assert isinstance(device, PluggedDevice)
    device.is_plugged = False
    return device


def test_devices_that_work_are_left_alone(computer: Computer) -> None:
    computer.pass_time(5)

    assert computer.told == []
    assert len(computer.opened) == 2


def test_a_lost_microphone_is_told_at_the_next_look_and_closed(computer: Computer) -> None:
    lost = unplug_microphone(computer)
    computer.microphone_works = False
    computer.pass_time(0.1)

    assert computer.told == [DeviceLost(Device.MICROPHONE)]
    assert lost.is_closed


def test_it_is_told_once_however_long_it_is_away(computer: Computer) -> None:
    unplug_microphone(computer)
    computer.microphone_works = False
    computer.pass_time(60)

    assert computer.told.count(DeviceLost(Device.MICROPHONE)) == 1


def test_it_is_back_within_two_seconds_of_being_plugged_in(computer: Computer) -> None:
    unplug_microphone(computer)
    computer.microphone_works = False
    computer.pass_time(60)
    computer.microphone_works = True
    computer.pass_time(2)

    assert computer.told[-1] == DeviceBack(Device.MICROPHONE)


def stall_speaker(computer: Computer) -> PluggedDevice:
    device = computer.keeper.speaker.stream
    assert isinstance(device, PluggedDevice)
    device.is_plugged = False
    return device


def test_a_hiccup_is_mended_without_a_word(computer: Computer) -> None:
    stalled = stall_speaker(computer)
    computer.pass_time(1)

    assert computer.told == []
    assert stalled.is_closed
    assert computer.keeper.speaker.stream is not stalled


def test_a_starved_loudspeaker_is_opened_with_a_longer_buffer(computer: Computer) -> None:
    for _ in range(2):
        stall_speaker(computer)
        computer.pass_time(1)

    assert computer.told == []
    assert [device.latency_seconds for device in computer.opened] == [0.06, 0.06, 0.12, 0.2]


def test_a_loudspeaker_that_stops_again_with_the_longest_buffer_is_told(
    computer: Computer,
) -> None:
    for _ in range(3):
        stall_speaker(computer)
        computer.pass_time(1)

    assert computer.told == [DeviceLost(Device.SPEAKER), DeviceBack(Device.SPEAKER)]


def test_one_that_is_opened_anew_and_never_begins_is_told_at_once(computer: Computer) -> None:
    unplug_microphone(computer)
    computer.pass_time(0.1)
    revived = unplug_microphone(computer)
    revived.has_begun = False
    computer.pass_time(0.1)

    assert computer.told == [DeviceLost(Device.MICROPHONE)]


def test_what_is_unplugged_was_not_starved(computer: Computer) -> None:
    for _ in range(3):
        unplug_microphone(computer)
        computer.microphone_works = False
        computer.pass_time(10)
        computer.microphone_works = True
        computer.pass_time(10)

    assert {device.latency_seconds for device in computer.opened} == {0.06}


def test_hiccups_far_apart_are_each_mended(computer: Computer) -> None:
    for _ in range(6):
        stall_speaker(computer)
        computer.pass_time(60)

    assert computer.told == []


def test_a_new_device_is_looked_for_even_while_the_other_one_works(computer: Computer) -> None:
    unplug_microphone(computer)
    computer.needs_refresh = True
    computer.pass_time(FORCED_REFRESH_SECONDS + 2)

    assert DeviceBack(Device.MICROPHONE) in computer.told
    assert computer.keeper.speaker.stream is not None


def test_a_start_without_microphone_leaves_no_loudspeaker_open() -> None:
    computer = Computer(microphone_works=False)

    with pytest.raises(DeviceError):
        computer.keeper.start()
    assert computer.opened[0].is_closed


def test_closing_closes_both(computer: Computer) -> None:
    computer.keeper.close()

    assert all(device.is_closed for device in computer.opened)

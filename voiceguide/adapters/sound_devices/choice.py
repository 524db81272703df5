"""Which devices there are, and which of them is meant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from voiceguide.adapters.sound_devices.portaudio import sounddevice_module
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from voiceguide.errors import DeviceError

NAMES = {"input": "microphone", "output": "loudspeaker"}
_BAD_FORMATS = (-9997, -9998)  # paInvalidSampleRate, paInvalidChannelCount: another may do

Way = Literal["input", "output"]
_SUGGESTIONS = {
    "input": "Connect one, or type instead of speaking with --typed.",
    "output": "Connect one, or read along with --typed.",
}


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device as the system names it; `inputs` and `outputs` are numbers of channels."""

    name: str
    host: str
    inputs: int
    outputs: int
    default_rate_hz: int
    is_default_input: bool
    is_default_output: bool


@dataclass(frozen=True, slots=True)
class Format:
    """What a stream may be opened with; its blocks are 20 ms."""

    rate_hz: int
    channels: int

    @property
    def block(self) -> int:
        """Samples in 20 ms."""
        return self.rate_hz * BLOCK_SAMPLES // SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Device:
    """A device's present number, and the formats to try with it, the best first."""

    index: int
    name: str
    is_default: bool
    formats: tuple[Format, ...]


def list_devices() -> list[DeviceInfo]:
    """Every device of the system, as known when PortAudio last asked it.

    Raises:
        DeviceError: PortAudio is missing; says how to install it.
    """
    library = sounddevice_module()
    hosts = library.query_hostapis()
    default_input, default_output = library.default.device
    return [
        DeviceInfo(
            name=entry["name"],
            host=hosts[entry["hostapi"]]["name"],
            inputs=entry["max_input_channels"],
            outputs=entry["max_output_channels"],
            default_rate_hz=round(entry["default_samplerate"]),
            is_default_input=index == default_input,
            is_default_output=index == default_output,
        )
        for index, entry in enumerate(library.query_devices())
    ]


def choose(way: Way, devices: list[Device], name: str | None) -> Device:
    """The device whose name contains `name`, an exact name before others; else the default.

    The first one where the system has no default.
    """
    if not devices:
        raise DeviceError(f"There is no {NAMES[way]} here. {_SUGGESTIONS[way]}")
    if name is None:
        return next((device for device in devices if device.is_default), devices[0])
    wanted = name.casefold()
    matching = [device for device in devices if wanted in device.name.casefold()]
    if not matching:
        names = ", ".join(sorted({device.name for device in devices}))
        raise DeviceError(f"There is no {NAMES[way]} called {name!r}: use one of {names}.")
    return next((device for device in matching if device.name.casefold() == wanted), matching[0])


def usable(way: Way) -> list[Device]:
    """The devices that have channels for this way."""
    usable = []
    for index, info in enumerate(list_devices()):
        channels, is_default = (
            (info.inputs, info.is_default_input)
            if way == "input"
            else (info.outputs, info.is_default_output)
        )
        if channels:
            formats = _formats(info.default_rate_hz, channels)
            usable.append(Device(index, info.name, is_default, formats))
    return usable


def _formats(default_rate_hz: int, channels: int) -> tuple[Format, ...]:
    """Our rate before the device's own, mono before stereo."""
    counts = (1, 2) if channels > 1 else (1,)
    rates = dict.fromkeys((SAMPLE_RATE_HZ, default_rate_hz))
    return tuple(Format(rate_hz, count) for rate_hz in rates for count in counts)


def first_accepted(
    formats: tuple[Format, ...], start: Callable[[Format], Any], refusal: type[Exception]
) -> Any:
    """The stream that `start` makes of the first format that the device takes.

    Raises:
        refusal: as raised for the last format, or for one by another fault than the format.
    """
    *others, last = formats
    for form in others:
        try:
            return start(form)
        except refusal as error:
            if error.args[1] not in _BAD_FORMATS:
                raise
    return start(last)

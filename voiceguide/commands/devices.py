"""`voiceguide devices`: the microphones and loudspeakers there are."""

import argparse
import json
import sys
from dataclasses import asdict

from voiceguide.adapters.sound_devices import DeviceInfo, list_devices
from voiceguide.errors import DeviceError, ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON array")


def run(args: argparse.Namespace) -> int:
    """Name each device and what it can do.

    Raises:
        DeviceError: there is none, or the sound system is missing.
    """
    devices = list_devices()
    if args.json:
        sys.stdout.write(json.dumps([asdict(device) for device in devices], indent=2) + "\n")
    elif not devices:
        raise DeviceError("There is no sound device: connect a microphone and a loudspeaker.")
    else:
        for device in devices:
            sys.stdout.write(f"{_describe(device)}\n")
    return ExitCode.OK if devices else ExitCode.NO_AUDIO_DEVICE


def _describe(device: DeviceInfo) -> str:
    kinds = []
    if device.inputs:
        kinds.append("microphone" + (" (default)" if device.is_default_input else ""))
    if device.outputs:
        kinds.append("loudspeaker" + (" (default)" if device.is_default_output else ""))
    return f"{device.name}: {' and '.join(kinds) or 'unusable'}"

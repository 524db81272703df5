"""`voiceguide doctor`: everything a session needs, each line OK or what to do."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from voiceguide.adapters.config_file import load_config
from voiceguide.adapters.monotonic_clock import MonotonicClock
from voiceguide.adapters.pulse_sources import pulse_sources
from voiceguide.adapters.sound_devices import list_devices, open_microphone, open_speaker
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.playback import Playback
from voiceguide.audio.sounding import Sounding, measure, sweep
from voiceguide.commands.fitted import fit_file
from voiceguide.commands.library import load_library
from voiceguide.commands.memory import Memory
from voiceguide.commands.resources import (
    SHIPPED_MODEL,
    find_model,
    user_config_dir,
    user_state_dir,
)
from voiceguide.commands.vocabulary import phrases_of
from voiceguide.commands.voices import open_voice
from voiceguide.content.language import load_language
from voiceguide.errors import ContentError, ExitCode, VoiceguideError
from voiceguide.ports import Captured

_LISTEN_SECONDS = 1.0
_TWENTY_WORDS = (
    "Lay both hands flat on the lower back, one on each side, "
    "and stroke slowly up to the shoulders again."
)
_SLOW_RENDER_SECONDS = 0.5
_LOUD_ROOM_DBFS = -35.0
_LONG_DELAY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `mend` is empty where all is well."""

    what: str
    found: str
    mend: str = ""

    def as_text(self) -> str:
        """One line for people."""
        return f"{'MEND' if self.mend else 'OK  '}  {self.what}: {self.found} {self.mend}".rstrip()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--mic", metavar="NAME", help="part of a microphone's name")
    parser.add_argument("--speaker", metavar="NAME", help="part of a loudspeaker's name")
    parser.add_argument("--voice", metavar="NAME", default="", help="such as flite:slt or pyttsx3")
    parser.add_argument("--model", metavar="DIR", type=Path, help="the folder of a vosk model")


def run(args: argparse.Namespace) -> int:
    """Look at each part; exit code 1 where one needs mending."""
    needs_mending = False
    for look in (_settings, _memory, _fit, _routines, _voice, _model, _sound, _system_canceller):
        for finding in _findings(look, args):
            needs_mending |= bool(finding.mend)
            line = json.dumps(asdict(finding)) if args.json else finding.as_text()
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return ExitCode.PROBLEMS_FOUND if needs_mending else ExitCode.OK


Look = Callable[[argparse.Namespace], Iterator[Finding]]


def _findings(look: Look, args: argparse.Namespace) -> Iterator[Finding]:
    """A part that is missing is a finding, not the end of the report."""
    try:
        yield from look(args)
    except VoiceguideError as error:
        yield Finding(look.__name__.strip("_"), "not usable.", str(error))


def _settings(_args: argparse.Namespace) -> Iterator[Finding]:
    number = load_config(user_config_dir() / "config.toml").emergency_number
    unset = 'not set: the guide says "your emergency number" until it stands in config.toml.'
    yield Finding("emergency number", f"{number}." if number else unset)


def _fit(_args: argparse.Namespace) -> Iterator[Finding]:
    file = fit_file()
    fitted = file.load()
    if fitted is None:
        yield Finding("your voice", "not fitted: `voiceguide fit` learns it in a minute.")
        return
    hard = ", ".join(f'"{way}" for "{word}"' for word, way in fitted.fit.instead.items())
    advice = f" Say {hard}." if hard else ""
    yield Finding("your voice", f"fitted, in {file.path}.{advice}")


def _routines(_args: argparse.Namespace) -> Iterator[Finding]:
    broken: list[ContentError] = []
    library = load_library(on_broken=broken.append)
    yield Finding("routines", f"{len(library.routines)} can be used.")
    for error in broken:
        yield Finding("routine of yours", "it is left out.", str(error))


def _memory(_args: argparse.Namespace) -> Iterator[Finding]:
    memory = Memory(load_language("en").prompts)
    what = "settings and limits are kept from one session to the next"
    if memory.keeps_limits():
        yield Finding("memory", f"{what}, in {user_state_dir()}.")
    else:
        mend = f"Make {user_state_dir()} a folder that you may write to."
        yield Finding("memory", "nothing can be kept, so limits do not hold.", mend)


def _voice(args: argparse.Namespace) -> Iterator[Finding]:
    clock = MonotonicClock()
    voice = open_voice(args.voice)
    try:
        began = clock.now()
        voice.render(_TWENTY_WORDS, 170)
        seconds = clock.now() - began
    finally:
        voice.close()
    slow = "It is slow: first words will come late." if seconds > _SLOW_RENDER_SECONDS else ""
    yield Finding("voice", f"{voice.label}, 20 words in {seconds * 1000:.0f} ms.", slow)


def _model(args: argparse.Namespace) -> Iterator[Finding]:
    clock = MonotonicClock()
    folder = find_model(args.model)
    began = clock.now()
    model = load_model(folder)
    seconds = clock.now() - began
    library = load_library(on_broken=lambda _: None)  # told of already
    missing = model.missing_words(phrases_of(load_language("en"), library))
    yield model_finding(folder.name, seconds, missing)
    world = load_language("en").world(library.routines)
    deaf = model.missing_words(sorted(world.red_flags.phrases))
    if deaf:
        mend = "Use a better model: `voiceguide models get small-en-us`."
        yield Finding("red flags", f"This model can't hear: {', '.join(deaf)}.", mend)


def model_finding(name: str, seconds: float, missing: Sequence[str]) -> Finding:
    """In one sentence: the model in use, what it can't hear, and how to get a better one."""
    hears = f"can't hear {', '.join(missing)}" if missing else "can hear every phrase"
    better = ""
    if name == SHIPPED_MODEL:
        better = ", and `voiceguide models get small-en-us` gets one that hears better"
    found = f"{name} is used (loaded in {seconds * 1000:.0f} ms), {hears}{better}."
    return Finding("model", found, "Use other words for them." if missing else "")


def _sound(args: argparse.Namespace) -> Iterator[Finding]:
    sounding, dropped = _sound_out(args.mic, args.speaker)
    if sounding.quiet_dbfs <= -100:
        yield Finding("microphone", "silent.", "Unmute it, or choose another with --mic.")
    elif sounding.quiet_dbfs > _LOUD_ROOM_DBFS:
        found = f"the room is loud ({sounding.quiet_dbfs:.0f} dB of full scale)."
        yield Finding("microphone", found, "Lower the music, or the microphone's level.")
    else:
        yield Finding("microphone", f"works, {sounding.quiet_dbfs:.0f} dB of full scale at rest.")
    if sounding.is_clipped:
        yield Finding("level", "it clips.", "Lower the microphone's level in the system settings.")
    else:
        yield Finding("level", "it does not clip.")
    if dropped:
        yield Finding("blocks", f"{dropped} were lost.", "Close programs that use much power.")
    yield from _echo(sounding)


def _echo(sounding: Sounding) -> Iterator[Finding]:
    if sounding.delay_seconds is None:
        found = "the microphone does not hear the loudspeaker: headphones, or it is turned down."
        yield Finding("loudspeaker", found)
        return
    milliseconds = sounding.delay_seconds * 1000
    far = sounding.delay_seconds > _LONG_DELAY_SECONDS
    mend = "Prefer wired devices: wireless ones answer late." if far else ""
    yield Finding("loudspeaker", f"heard by the microphone after {milliseconds:.0f} ms.", mend)
    echo = sounding.echo_dbfs - sounding.quiet_dbfs
    yield Finding("echo", f"the guide is {echo:.0f} dB above the room.")


def _system_canceller(_args: argparse.Namespace) -> Iterator[Finding]:
    """Where the system offers a source without echo, say so: ours works with it and without it."""
    listed = [device.name for device in list_devices() if device.inputs]
    for name in filter(_is_echo_cancelled, listed):
        yield Finding("echo cancelling", f'the system offers it: `--mic "{name}"` uses it.')
    for name in filter(_is_echo_cancelled, set(pulse_sources()) - set(listed)):
        how = f"`pactl set-default-source {name}` uses it."
        yield Finding("echo cancelling", f"the system offers it: {how}")


def _is_echo_cancelled(name: str) -> bool:
    """By the names that PulseAudio's and PipeWire's modules give their sources."""
    plain = name.casefold().replace("-", "").replace("_", "").replace(" ", "")
    return "echocancel" in plain and not plain.endswith(".monitor")


def _sound_out(mic: str | None, speaker: str | None) -> tuple[Sounding, int]:
    """Listen for a second, play a sweep, and listen for its return."""
    playback = Playback()
    microphone = open_microphone(mic)
    try:
        loudspeaker = open_speaker(speaker, playback.next_block)
        try:
            before = _record(microphone.read, _LISTEN_SECONDS)
            playback.play(sweep())
            after = _record(microphone.read, _LISTEN_SECONDS)
        finally:
            loudspeaker.close()
    finally:
        microphone.close()
    return measure(np.concatenate([before, after]), len(before)), microphone.dropped_blocks


def _record(read: Callable[[float], Captured | None], seconds: float) -> Samples:
    blocks = [np.zeros(0, dtype=np.float32)]
    for _ in range(round(seconds * SAMPLE_RATE_HZ / BLOCK_SAMPLES)):
        captured = read(3.0)
        if captured is None:
            break
        blocks.append(captured.block)
    return np.concatenate(blocks)

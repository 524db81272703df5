"""`voiceguide rehearse`: the whole loop with a scripted user, in audio time."""

import argparse
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from voiceguide.adapters.fit_file import Fitted
from voiceguide.adapters.monotonic_clock import MonotonicClock
from voiceguide.adapters.recording import read_recording
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.echo_canceller import KalmanEchoCanceller
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples, to_int16
from voiceguide.audio.playback import Playback
from voiceguide.audio.room import USER_LEVEL_DBFS, Room, at_level, reverberated
from voiceguide.commands import rehearsal_room
from voiceguide.commands.ears import build_listener, load_calibration
from voiceguide.commands.fitted import (
    calibration_as_fitted,
    examples_of,
    load_fitted,
    world_as_fitted,
)
from voiceguide.commands.library import load_library
from voiceguide.commands.rehearsal_room import GUIDE_VOLUME, open_acoustics, open_room
from voiceguide.commands.resources import find_model, user_cache_dir
from voiceguide.commands.timeline import timeline_svg
from voiceguide.commands.voices import list_voices, open_voice
from voiceguide.content.language import load_language
from voiceguide.content.rehearsal_script import load_script
from voiceguide.core.actions import Action
from voiceguide.core.events import Event
from voiceguide.core.script import ScriptLine
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.turn import World
from voiceguide.errors import ExitCode, UsageError, VoiceError
from voiceguide.ports import VoiceSettings
from voiceguide.runtime.event_log import EventLog, Record
from voiceguide.runtime.front_end import Headphones
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.rehearsal import BLOCK_SECONDS, Acoustics, Cast, Rehearsal
from voiceguide.runtime.scripted_user import ObligingUser, ScriptedUser, SilentUser, User
from voiceguide.runtime.talker import Talker
from voiceguide.runtime.transcript import Line, lines_of
from voiceguide.runtime.utterance import Utterance
from voiceguide.runtime.voice_cache import VoiceCache

_LONGEST_SECONDS = 4 * 3600.0
_USER_SEED = 1000  # the user stands elsewhere than the loudspeaker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("routine", metavar="ROUTINE", help="a routine's id or YAML file")
    parser.add_argument(
        "--script",
        metavar="FILE",
        help='what the user says (YAML); "none" for a silent user; without it, "next" each time',
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="where to write the results")
    rehearsal_room.add_arguments(parser)
    parser.add_argument("--realtime", action="store_true", help="no faster than time passes")
    parser.add_argument("--voice", metavar="NAME", default="", help="the guide's voice")
    parser.add_argument("--model", metavar="DIR", type=Path, help="the folder of a vosk model")
    parser.add_argument("--fitted", action="store_true", help="hear as `voiceguide fit` has learnt")


def run(args: argparse.Namespace) -> int:
    """Rehearse, print the transcript, and write the results where asked.

    Raises:
        UsageError, ContentError: routine, script, room or noise can't be used.
        ModelError, VoiceError: the speech model or a voice is missing.
    """
    if args.out is not None:
        _make_folder(args.out)
    library = load_library(args.routine)
    fitted = load_fitted(_warn) if args.fitted else Fitted()
    world = load_language("en").world(library.routines)
    if args.fitted:
        world = world_as_fitted(world, fitted, find_model(args.model))
    user = _user(args.script)
    settings = Settings(volume=GUIDE_VOLUME)
    if isinstance(user, SilentUser):
        settings = replace(settings, pace=Pace.AUTOMATIC)
    session = Session(world, settings)
    report = Report(session, EventLog(session.state))
    voices = Voices(args.voice)
    try:
        room = open_room(args.room)
        acoustics = open_acoustics(args, room, voices.guide)
        listener = _listener(world, fitted, args, acoustics)
        utter = partial(voices.utter, room=room, seed=args.seed)
        cast = _cast(session, voices, user, utter, listener)
        rehearsal = Rehearsal(cast, acoustics, report.observe, report.note)
        chosen = library.chosen.id if library.chosen else None
        rehearsal.run(chosen, _LONGEST_SECONDS, _pacer(realtime=args.realtime))
    finally:
        voices.close()
    if args.out is not None:
        _write(args.out, report, rehearsal)
    if isinstance(user, ScriptedUser) and user.unsaid:
        words = ", ".join(line.say or line.wav for line in user.unsaid)
        sys.stderr.write(f"These lines of the script never had their turn: {words}.\n")
        return ExitCode.PROBLEMS_FOUND
    return ExitCode.OK if rehearsal.ended_on is None else ExitCode.RED_FLAG


def _user(script: str | None) -> User:
    if script is None:
        return ObligingUser()
    return SilentUser() if script == "none" else ScriptedUser(load_script(Path(script)))


class Voices:
    """The guide's voice, and others for the user, each opened when it first speaks."""

    def __init__(self, guide: str) -> None:
        directory = user_cache_dir() / "voice"
        self._directory = directory
        self.guide = VoiceCache(open_voice(guide), directory)
        self._others: dict[str, VoiceCache] = {}

    def utter(self, line: ScriptLine, room: Room | None, seed: int) -> Samples:
        """A line of the script as the microphone would get it in this room."""
        if line.wav:
            samples = np.concatenate(list(read_recording(Path(line.wav))))
        else:
            samples = self._other(line.voice).get(line.say, VoiceSettings().rate_wpm)
        samples = at_level(samples, USER_LEVEL_DBFS + line.level_db)
        return samples if room is None else reverberated(samples, room, seed + _USER_SEED)

    def close(self) -> None:
        """End the engines."""
        for cache in (self.guide, *self._others.values()):
            cache.close()

    def _other(self, name: str) -> VoiceCache:
        if name not in self._others:
            self._others[name] = VoiceCache(open_voice(name or _second_voice()), self._directory)
        return self._others[name]


def _second_voice() -> str:
    """A voice for the user that is not the guide's, where there are two."""
    names = list_voices()
    if not names:
        raise VoiceError("There is no voice for the user: install flite or espeak-ng.")
    return "flite:rms" if "flite:rms" in names else names[min(1, len(names) - 1)]


def _warn(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def _listener(
    world: World, fitted: Fitted, args: argparse.Namespace, acoustics: Acoustics
) -> Listener:
    folder = find_model(args.model)
    model = load_model(folder)
    calibration = calibration_as_fitted(load_calibration(folder), fitted)
    return build_listener(
        model,
        world.grammar,
        world.red_flags,
        calibration,
        # Without an echo it is as with headphones, where a canceller would only cost time.
        KalmanEchoCanceller() if acoustics.echo else Headphones(),
        examples_of(fitted, calibration),
    )


def _cast(
    session: Session,
    voices: Voices,
    user: User,
    utter: Callable[[ScriptLine], Samples],
    listener: Listener,
) -> Cast:
    playback = Playback(session.state.settings.volume)

    def give_up(error: VoiceError) -> None:
        raise error

    talker = Talker(voices.guide, playback, on_error=give_up, live=False)
    return Cast(session, talker, playback, listener, user, utter)


def _pacer(*, realtime: bool) -> Callable[[], None]:
    """Called before each block: waits until it is due, where real time is wanted."""
    if not realtime:
        return lambda: None
    clock, never = MonotonicClock(), threading.Event()
    due = clock.now()

    def wait() -> None:
        nonlocal due
        due += BLOCK_SECONDS
        never.wait(max(0.0, due - clock.now()))

    return wait


@dataclass(slots=True)
class Report:
    """Collects what is written afterwards and prints the transcript as it grows."""

    session: Session
    log: EventLog
    lines: list[Line] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def observe(self, event: Event, actions: list[Action], now: float) -> None:
        """Take one event and what followed."""
        for line in lines_of(event, actions, now):
            self.lines.append(line)
            sys.stdout.write(f"{line}\n")
        self.records += self.log.of_event(event, actions, self.session.state, now)

    def note(self, utterance: Utterance) -> None:
        """Take something heard."""
        self.records.append(EventLog.of_utterance(utterance, utterance.decided_s))


def _make_folder(folder: Path) -> None:
    """Before an hour is rehearsed in vain."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "transcript.txt").touch()
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"The results can't be written to {folder} ({error.strerror}): name another folder."
    )


def _write(folder: Path, report: Report, rehearsal: Rehearsal) -> None:
    try:
        transcript = "".join(f"{line}\n" for line in report.lines)
        (folder / "transcript.txt").write_text(transcript, encoding="utf-8")
        events = "".join(json.dumps(record) + "\n" for record in report.records)
        (folder / "events.jsonl").write_text(events, encoding="utf-8")
        picture = timeline_svg(report.records, rehearsal.now)
        (folder / "timeline.svg").write_text(picture, encoding="utf-8")
        for name, blocks in (
            ("guide.wav", rehearsal.recorded.guide),
            ("mic.wav", rehearsal.recorded.microphone),
        ):
            soundfile.write(folder / name, to_int16(np.concatenate(blocks)), SAMPLE_RATE_HZ)
    except OSError as error:
        raise _unwritable(folder, error) from None

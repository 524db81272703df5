"""`voiceguide run`: the session, spoken or typed."""

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from voiceguide.adapters.config_file import load_config
from voiceguide.adapters.fit_file import Fitted
from voiceguide.adapters.journal import Journal
from voiceguide.adapters.monotonic_clock import MonotonicClock
from voiceguide.adapters.silent_devices import SilentSpeaker, SilentVoice
from voiceguide.adapters.sound_devices import open_microphone, open_speaker, refresh_devices
from voiceguide.adapters.terminal import write_line
from voiceguide.adapters.typed_lines import TypedLines
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.echo_canceller import KalmanEchoCanceller
from voiceguide.audio.pcm import Samples
from voiceguide.audio.playback import Playback
from voiceguide.commands.ears import build_listener, load_calibration
from voiceguide.commands.fitted import (
    calibration_as_fitted,
    examples_of,
    load_fitted,
    world_as_fitted,
)
from voiceguide.commands.library import Library, load_library
from voiceguide.commands.live import Mouth, only_one, open_mouth, quit_on_signals
from voiceguide.commands.memory import Memory
from voiceguide.commands.resources import (
    find_model,
    user_config_dir,
)
from voiceguide.commands.vocabulary import phrases_of, unheard_at_start
from voiceguide.commands.voices import open_voice
from voiceguide.content.language import load_language
from voiceguide.core.actions import (
    Action,
    Earcon,
    End,
    Play,
    RaiseRedFlag,
    Remember,
    Say,
    WriteIncident,
)
from voiceguide.core.events import Device, Event, Heard, IncidentWritten, QuitRequested, Started
from voiceguide.core.session import Session
from voiceguide.core.turn import World
from voiceguide.errors import DeviceError, ExitCode, VoiceError
from voiceguide.ports import Speaker, Voice
from voiceguide.runtime.devices import DeviceKeeper, Kept
from voiceguide.runtime.front_end import Headphones
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.listening import Hearing, ListeningThread
from voiceguide.runtime.loop import Inbox, run_session
from voiceguide.runtime.prefetch import upcoming
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.transcript import lines_of
from voiceguide.runtime.utterance import Utterance

_SEE_DOCTOR = "`voiceguide doctor` says what is missing."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "routine",
        nargs="?",
        metavar="ROUTINE",
        help="a routine's id or YAML file; without it, a spoken menu",
    )
    parser.add_argument("--typed", action="store_true", help="type the words instead of speaking")
    parser.add_argument("--mic", metavar="NAME", help="part of a microphone's name")
    parser.add_argument("--speaker", metavar="NAME", help="part of a loudspeaker's name")
    parser.add_argument(
        "--headphones", action="store_true", help="the microphone does not hear the guide"
    )
    parser.add_argument("--voice", metavar="NAME", default="", help="such as flite:slt or pyttsx3")
    parser.add_argument("--model", metavar="DIR", type=Path, help="the folder of a vosk model")
    parser.add_argument(
        "--journal", metavar="FILE", type=Path, help="write what is said and heard to a file"
    )


def run(args: argparse.Namespace) -> int:
    """Guide a person through a routine.

    Raises:
        UsageError, ContentError: the routine or the journal can't be used.
        DeviceError: microphone or loudspeaker are missing.
        ModelError, VoiceError: the speech model or a voice is missing.
    """
    library = load_library(args.routine)
    world = _world(library)
    with ExitStack() as stack:
        if args.typed:
            return LiveSession(world, library, args, stack).run_typed()
        model, fitted = find_model(args.model), load_fitted(_warn)
        world = world_as_fitted(world, fitted, model)
        return LiveSession(world, library, args, stack).run_spoken(model, fitted)


def _warn(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def _world(library: Library) -> World:
    """The routines and the language, with what the user has set in `config.toml`."""
    config = load_config(user_config_dir() / "config.toml")
    world = load_language("en").world(library.routines)
    seconds = config.answer_seconds or world.answer_seconds
    return replace(world, emergency_number=config.emergency_number, answer_seconds=seconds)


class Screen:
    """What is said and heard as plain lines, which a screen reader can follow; nothing redrawn."""

    def __init__(self, journal: Journal | None, *, echo_user: bool) -> None:
        self._journal = journal
        self._echo_user = echo_user
        self._began: float | None = None

    def show(self, event: Event, actions: list[Action], now: float) -> None:
        """Print and write down one event and what followed."""
        self._began = now if self._began is None else self._began
        for line in lines_of(event, actions, now - self._began):
            if self._journal is not None:
                self._journal.write(str(line))
            if line.who == "guide":
                self.tell(f"Guide: {line.what}")
            elif line.who == "user" and self._echo_user:
                self.tell(f"You: {line.what}")
        for action in actions:
            self._tell_of(action)

    def _tell_of(self, action: Action) -> None:
        """What has no words of its own: sounds, and the end."""
        match action:
            case RaiseRedFlag(tier):
                self.tell(f"Red flag, {tier}.")
            case Play(earcon) if earcon is not Earcon.HEARD:
                self.tell(f"Sound: {earcon.replace('_', ' ')}.")
            case End(None):
                self.tell("The session has ended.")
            case End():
                self.tell("The session has ended. If anything feels wrong, get help now.")
            case _:
                pass

    def tell(self, line: str) -> None:
        """Print one line now."""
        write_line(line)


class LiveSession:
    """One run: builds the parts, connects them by the inbox, and takes them down again."""

    def __init__(
        self, world: World, library: Library, args: argparse.Namespace, stack: ExitStack
    ) -> None:
        self._memory = Memory(world.prompts)
        self._model = None if args.typed else find_model(args.model)
        self._offer = self._memory.better_model(self._model)
        self._world = replace(
            world,
            past=self._memory.past(),
            keeps_limits=self._memory.keeps_limits(),
            answers=self._memory.answers() if args.journal else None,  # kept with the journal only
            better_model=self._offer.to_speak(),
        )
        self._library = library
        self._args = args
        self._stack = stack
        self._inbox: Inbox = Inbox()
        self._inbox.put(Started(library.chosen.id if library.chosen else None))
        self._clock = MonotonicClock()
        self._session = Session(self._world, self._memory.settings())
        self._follow_session()
        journal = Journal(args.journal, _warn) if args.journal else None
        self._screen = Screen(journal, echo_user=not args.typed)
        if journal is not None:
            stack.callback(journal.close)
            if journal.path != args.journal:
                self._screen.tell(f"This session's journal is {journal.path}.")

    def run_spoken(self, model: Path, fitted: Fitted) -> int:
        """Speak and listen with this model, to a user as far as they are known."""
        self._stack.enter_context(only_one())
        mouth = self._mouth(open_voice(self._args.voice))
        keeper = DeviceKeeper(
            Kept(
                Device.MICROPHONE,
                lambda latency: open_microphone(self._args.mic, latency),
            ),
            Kept(
                Device.SPEAKER,
                lambda latency: open_speaker(
                    self._args.speaker, mouth.source(self._inbox.put), latency, mouth.sent
                ),
            ),
            refresh=refresh_devices,
            clock=self._clock,
            post=self._inbox.put,
        )
        keeper.start()
        self._stack.callback(keeper.close)
        self._tell_if_any(self._offer.to_print())
        listening = self._listening(model, fitted, keeper, mouth)
        listening.start()
        self._stack.callback(listening.close)
        TypedLines(sys.stdin, self._on_line, lambda: None).start()
        code = self._drive(mouth)
        if listening.failure is not None:
            raise listening.failure
        return code

    def run_typed(self) -> int:
        """Take words from the keyboard; speak where that is possible."""
        self._stack.enter_context(only_one())
        voice, opening = self._voice_if_any()
        mouth = self._mouth(voice)
        speaker = opening(mouth.source(self._inbox.put))
        self._stack.callback(speaker.close)
        TypedLines(sys.stdin, self._on_line, lambda: self._inbox.put(QuitRequested())).start()
        return self._drive(mouth)

    def _voice_if_any(self) -> tuple[Voice, Callable[[Callable[[int], Samples]], Speaker]]:
        name = self._args.speaker
        try:
            voice = open_voice(self._args.voice)
            open_speaker(name, Playback().next_block).close()
            return voice, lambda source: open_speaker(name, source)
        except (DeviceError, VoiceError):
            if name or self._args.voice:
                raise  # what was asked for by name must not be missing silently
            self._screen.tell("Nothing can be spoken here, so read along. " + _SEE_DOCTOR)
            return SilentVoice(), SilentSpeaker

    def _mouth(self, voice: Voice) -> Mouth:
        settings, is_private = self._session.state.settings, self._args.headphones
        return open_mouth(voice, settings, self._stack, self._on_mute, is_private=is_private)

    def _listening(
        self, folder: Path, fitted: Fitted, keeper: DeviceKeeper, mouth: Mouth
    ) -> ListeningThread:
        def make_listener() -> Listener:
            model = load_model(folder)
            calibration = calibration_as_fitted(load_calibration(folder), fitted)
            listener = build_listener(
                model,
                self._world.grammar,
                self._world.red_flags,
                calibration,
                Headphones() if self._args.headphones else KalmanEchoCanceller(),
                examples_of(fitted, calibration),
            )
            phrases = phrases_of(load_language("en"), self._library)
            self._tell_if_any(unheard_at_start(model, phrases))
            return listener

        hearing = Hearing(
            make_listener=make_listener,
            microphone=lambda: keeper.microphone.stream,
            active=lambda: self._active,
            hush=mouth.playback.fall_silent,
            talk_over=TalkOver(mouth.playback),
            post=self._inbox.put,
            note=self._on_utterance,
            time_factor=lambda: self._time_factor,
            is_open=lambda: self._is_open,
        )
        return ListeningThread(hearing, mouth.far_end)

    def _follow_session(self) -> None:
        """Keep what the listening thread reads; each is replaced whole."""
        self._active = self._session.active
        self._time_factor = self._session.state.settings.time_factor
        self._is_open = self._session.state.is_open

    def _drive(self, mouth: Mouth) -> int:
        def perform(action: Action) -> None:
            if isinstance(action, Remember):
                self._memory.keep(action)
            elif isinstance(action, WriteIncident):
                self._write_note(action)
            elif not isinstance(action, RaiseRedFlag | End):
                if isinstance(action, Say):
                    mouth.word.follow(action)
                mouth.talker.perform(action)

        def observe(event: Event, actions: list[Action], now: float) -> None:
            self._follow_session()
            self._memory.follow(event, actions, now)
            self._screen.show(event, actions, now)
            if any(isinstance(action, Say) for action in actions):
                mouth.talker.prefetch(upcoming(self._session.state, self._world.prompts))

        with quit_on_signals(lambda: self._inbox.put(QuitRequested())):
            tier = run_session(self._session, self._inbox, self._clock, perform, observe)
        return ExitCode.OK if tier is None else ExitCode.RED_FLAG

    def _write_note(self, action: WriteIncident) -> None:
        settled = self._memory.write(action, self._clock.now())
        if isinstance(settled, IncidentWritten):
            self._screen.tell(f"Written to {self._memory.written}")
        self._inbox.put(settled)

    def _on_line(self, line: str) -> None:
        self._inbox.put(Heard(line))

    def _tell_if_any(self, sentence: str) -> None:
        if sentence:
            self._screen.tell(sentence)

    def _on_mute(self, error: VoiceError) -> None:
        self._screen.tell(str(error))

    def _on_utterance(self, utterance: Utterance) -> None:
        """Refused talk is nobody's business: neither shown nor written."""

"""`voiceguide fit`: learns how one user says eight words."""

import argparse
import queue
import sys
from collections import deque
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path

from voiceguide.adapters.fit_file import Fitted
from voiceguide.adapters.monotonic_clock import MonotonicClock
from voiceguide.adapters.sound_devices import open_microphone, open_speaker, refresh_devices
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.echo_canceller import KalmanEchoCanceller
from voiceguide.audio.pcm import Samples
from voiceguide.audio.word_templates import WordTemplates
from voiceguide.audio.word_witness import Impression, WordWitness
from voiceguide.commands.ears import Calibration, build_listener, load_calibration
from voiceguide.commands.fitted import alias_rules, fit_file
from voiceguide.commands.library import load_library
from voiceguide.commands.live import Mouth, only_one, open_mouth, quit_on_signals
from voiceguide.commands.memory import Memory
from voiceguide.commands.resources import find_model
from voiceguide.commands.voices import open_voice
from voiceguide.content.fitting_words import load_fitting_words
from voiceguide.content.language import load_language
from voiceguide.core.actions import End, FallSilent, Play, Say
from voiceguide.core.answers import ANSWERS
from voiceguide.core.events import (
    Device,
    DeviceLost,
    Event,
    Hindered,
    PlaybackFinished,
    QuitRequested,
    Started,
)
from voiceguide.core.fit import Tried
from voiceguide.core.fitting import FitAction, FitEvent, FitNotWritten, Fitting, FitWritten, KeepFit
from voiceguide.core.state import Phase
from voiceguide.errors import ExitCode
from voiceguide.runtime.devices import DeviceKeeper, Kept
from voiceguide.runtime.front_end import Headphones
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.listening import Hearing, ListeningThread
from voiceguide.runtime.loop import run_session
from voiceguide.runtime.talk_over import TalkOver
from voiceguide.runtime.utterance import Utterance

_ACTIVE = ANSWERS[Phase.CHECKING_IN]  # the most that is ever listened for, answers included
_TAKES_KEPT = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--forget", action="store_true", help="remove what was learned")
    parser.add_argument("--mic", metavar="NAME", help="part of a microphone's name")
    parser.add_argument("--speaker", metavar="NAME", help="part of a loudspeaker's name")
    parser.add_argument(
        "--headphones", action="store_true", help="the microphone does not hear the guide"
    )
    parser.add_argument("--voice", metavar="NAME", default="", help="such as flite:slt or pyttsx3")
    parser.add_argument("--model", metavar="DIR", type=Path, help="the folder of a vosk model")


def run(args: argparse.Namespace) -> int:
    """Ask for eight words and keep what was learnt.

    Raises:
        UsageError: another session is running.
        DeviceError: microphone or loudspeaker are missing.
        ModelError, VoiceError: the speech model or a voice is missing.
    """
    if args.forget:
        return _forget()
    with ExitStack() as stack:
        return LiveFitting(args, stack).run()


def _forget() -> int:
    file = fit_file()
    _tell("Forgotten." if file.forget() else "There is nothing to forget.")
    return ExitCode.OK


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Takes:
    """What was said last, with the witness's impressions, for as long as they may be wanted."""

    def __init__(self, witness: WordWitness | None) -> None:
        self._witness = witness
        self._numbers = count(1)
        self._impressions: deque[tuple[int, Impression | None]] = deque(maxlen=_TAKES_KEPT)

    def tried(self, utterance: Utterance, sound: Samples) -> Tried:
        """An utterance as the dialogue is told of it; called on the listening thread."""
        number = next(self._numbers)
        impression = self._witness.impression(sound) if self._witness else None
        self._impressions.append((number, impression))
        return Tried(
            text=utterance.text,
            meaning=utterance.meaning,
            said=utterance.said,
            reason=utterance.reason,
            take=number,
            seconds=utterance.end_s - utterance.start_s,
            level_dbfs=utterance.level_dbfs,
            voice_probability=utterance.voice_probability,
            red_flag=utterance.tier,
        )

    def templates(self, wanted: KeepFit) -> WordTemplates:
        """The examples that the dialogue chose."""
        impressions = dict(self._impressions)
        chosen = {word.value: impressions.get(take) for word, take in wanted.takes.items()}
        usable = {word: impression for word, impression in chosen.items() if impression is not None}
        return WordTemplates(usable, self._witness.mark if self._witness else "")


def _strict_over_the_guide(usual: Calibration) -> Calibration:
    """What a voice lost when the guide's echo was removed says nothing of the voice."""
    least = usual.acceptance.min_voice_probability
    acceptance = replace(usual.acceptance, min_voice_probability_while_speaking=least)
    return replace(usual, acceptance=acceptance)


class LiveFitting:
    """One fitting: builds the parts and connects them by the inbox."""

    def __init__(self, args: argparse.Namespace, stack: ExitStack) -> None:
        self._args = args
        self._stack = stack
        self._clock = MonotonicClock()
        self._inbox: queue.SimpleQueue[FitEvent] = queue.SimpleQueue()
        self._inbox.put(Started())
        self._world = load_language("en").world(load_library().routines)
        self._settings = Memory(self._world.prompts).settings()
        self._model = find_model(args.model)
        self._calibration = _strict_over_the_guide(load_calibration(self._model))
        self._takes = Takes(self._calibration.witness)

    def run(self) -> int:
        """Speak and listen."""
        self._stack.enter_context(only_one())
        mouth = self._mouth()
        keeper = DeviceKeeper(
            Kept(
                Device.MICROPHONE,
                lambda latency: open_microphone(self._args.mic, latency),
            ),
            Kept(
                Device.SPEAKER,
                lambda latency: open_speaker(
                    self._args.speaker, mouth.source(self._on), latency, mouth.sent
                ),
            ),
            refresh=refresh_devices,
            clock=self._clock,
            post=self._on,
        )
        keeper.start()
        self._stack.callback(keeper.close)
        listening = ListeningThread(self._hearing(keeper, mouth), mouth.far_end)
        listening.start()
        self._stack.callback(listening.close)
        self._drive(mouth)
        if listening.failure is not None:
            raise listening.failure
        return ExitCode.OK

    def _mouth(self) -> Mouth:
        return open_mouth(
            open_voice(self._args.voice),
            self._settings,
            self._stack,
            lambda error: _tell(str(error)),
            is_private=self._args.headphones,
        )

    def _hearing(self, keeper: DeviceKeeper, mouth: Mouth) -> Hearing:
        # Nothing is decided before its end: an example is a whole word.
        grammar = replace(self._world.grammar, quick=frozenset())
        listeners: list[Listener] = []

        def make_listener() -> Listener:
            listeners[:] = [
                build_listener(
                    load_model(self._model),
                    grammar,
                    self._world.red_flags,
                    self._calibration,
                    Headphones() if self._args.headphones else KalmanEchoCanceller(),
                )
            ]
            return listeners[0]

        return Hearing(
            make_listener=make_listener,
            microphone=lambda: keeper.microphone.stream,
            active=lambda: _ACTIVE,
            hush=lambda: None,
            talk_over=TalkOver(mouth.playback),
            post=self._on,
            note=lambda utterance: self._inbox.put(
                self._takes.tried(utterance, listeners[0].newest_sound)
            ),
        )

    def _drive(self, mouth: Mouth) -> None:
        rules, usual = alias_rules(self._world), self._calibration.acceptance
        fitting = Fitting(load_fitting_words(), rules, usual, self._model.name)

        def perform(action: FitAction) -> None:
            match action:
                case KeepFit():
                    self._keep(action)
                case Say():
                    _tell(f"Guide: {action.text}")
                    mouth.word.follow(action)
                    mouth.talker.perform(action)
                case FallSilent() | Play():
                    mouth.talker.perform(action)
                case End():
                    pass  # the loop ends

        with quit_on_signals(lambda: self._inbox.put(QuitRequested())):
            run_session(fitting, self._inbox, self._clock, perform, self._observe)

    def _observe(self, event: FitEvent, _actions: list[FitAction], _now: float) -> None:
        if isinstance(event, Tried):
            _tell(f"You: {event.text or event.said or '(nothing)'}")

    def _keep(self, action: KeepFit) -> None:
        file, templates = fit_file(), self._takes.templates(action)
        try:
            file.save(Fitted(action.fit, templates))
        except OSError:
            self._inbox.put(FitNotWritten())
            return
        _tell(f"Written to {file.path}: no sound, but {len(templates.words)} examples as numbers.")
        self._inbox.put(FitWritten(file.path.name))

    def _on(self, event: Event) -> None:
        """What a session is told, as far as it matters here."""
        match event:
            case PlaybackFinished() | QuitRequested() | Hindered() | DeviceLost(Device.MICROPHONE):
                self._inbox.put(event)
            case _:
                pass  # words come as `Tried`; a lost loudspeaker is opened again by itself

"""The guide of `own_voice.py` with its parts and their rivals, and what is said over it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.hearing_data import Clip, real_clips, synthetic_clips, word_end_seconds
from benchmarks.own_voice_scene import Acoustics, Reader, Scene, Word
from voiceguide.adapters.vosk_recognizer import VoskModel, load_model
from voiceguide.audio.echo_canceller import KalmanEchoCanceller
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.commands.ears import Calibration, build_listener, load_calibration
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import user_cache_dir
from voiceguide.commands.voices import open_voice
from voiceguide.content.language import load_language
from voiceguide.core.actions import Action, Say
from voiceguide.core.events import Event, Heard
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.turn import World
from voiceguide.ports import EchoCanceller, VoiceSettings
from voiceguide.runtime.front_end import NoEchoCanceller
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.scripted_user import OBLIGING
from voiceguide.runtime.text_rehearsal import TextRehearsal
from voiceguide.runtime.voice_cache import VoiceCache

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Guide:
    """The parts that stay the same from scene to scene."""

    world: World
    model: VoskModel
    calibration: Calibration
    voice: VoiceCache

    @classmethod
    def of(cls, folder: Path) -> "Guide":
        """With a model, and the program's own voice."""
        world = load_language("en").world(load_library().routines)
        voice = VoiceCache(open_voice(""), user_cache_dir() / "voice")
        return cls(world, load_model(folder), load_calibration(folder), voice)

    def listener(self, canceller: EchoCanceller) -> Listener:
        """A new one, that remembers nothing."""
        world = self.world
        return build_listener(
            self.model, world.grammar, world.red_flags, self.calibration, canceller
        )

    def render(self, text: str) -> Samples:
        """The guide's voice."""
        return self.voice.get(text, VoiceSettings().rate_wpm)

    def scene(
        self, clauses: Sequence[str], acoustics: Acoustics, canceller: EchoCanceller
    ) -> Scene:
        """The guide reading these in a room."""
        return Scene(self.listener(canceller), Reader(clauses, self.render), acoustics)


class WebRtcCanceller:
    """WebRTC's AEC3 by `pywebrtc-audio`, at its defaults and without a delay hint."""

    near_end_db = None
    is_failing = False
    hears_echo = True

    def __init__(self) -> None:
        from pywebrtc_audio import AudioProcessor  # noqa: PLC0415 - only where it is installed

        self._processor = AudioProcessor(sample_rate=SAMPLE_RATE_HZ, echo_cancellation=True)

    def cancel(self, near_end: Samples, far_end: Samples) -> Samples:
        """The cleaned near end."""
        return np.asarray(self._processor.process(near_end, far_end), dtype=np.float32)


def cancellers() -> dict[str, Callable[[], EchoCanceller]]:
    """What is compared."""
    found: dict[str, Callable[[], EchoCanceller]] = {
        OURS: KalmanEchoCanceller,
        "none": NoEchoCanceller,
    }
    try:
        WebRtcCanceller()
    except ImportError:
        return found
    return found | {"WebRTC": WebRtcCanceller}


def spoken_clauses(world: World, routine_id: str) -> list[str]:
    """All that the guide says in a routine from the greeting to the end, in order."""
    session = Session(world, Settings(pace=Pace.AUTOMATIC))
    said: list[str] = []

    def record(_event: Event, actions: list[Action], _now: float) -> None:
        for action in actions:
            if isinstance(action, Say):
                said.extend(action.clauses)

    rehearsal = TextRehearsal(session, record)
    rehearsal.start(routine_id)
    for _ in range(400):
        rehearsal.let_guide_finish()
        if rehearsal.ended:
            break
        words = OBLIGING.get(session.state.phase)
        if words is not None and session.state.hold is None:
            rehearsal.post(Heard(words))
        elif session.deadline is not None:
            rehearsal.advance(session.deadline)
        else:
            break
    return said


def words() -> list[Word]:
    """Real "stop", "yes", "no" by speakers who are only measured with, and synthetic others."""
    return [_word(clip) for clip in (*real_clips("report", 1), *synthetic_clips())]


def _word(clip: Clip) -> Word:
    samples = clip.samples()
    start = max(0, round(0.5 * SAMPLE_RATE_HZ))  # most of the silence before it
    end = round(word_end_seconds(samples) * SAMPLE_RATE_HZ)
    kept = samples[start : end + SAMPLE_RATE_HZ // 5]
    return Word(clip.label, kept, end - start)

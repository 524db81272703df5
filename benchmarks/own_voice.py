"""Does the guide hear itself, and can a person talk over it? Figures and plots.

    python benchmarks/own_voice.py [--model DIR] [--out DIR] [--json] [--full]

Every part is the program's own; only the room is simulated (`voiceguide.audio.room`). Every routine
is read to its end in every room. Without `--full` only so many words are said over it, and with the
other cancellers less is read; the page says how much. The canceller was tuned in other rooms, with
other guide's voices and other speakers. WebRTC's canceller stands beside ours where
`pywebrtc-audio` is installed.
"""

import argparse
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hearing_data import (
    DATA,
    Clip,
    real_clips,
    synthetic_clips,
    talk,
    word_end_seconds,
)
from benchmarks.own_voice_report import as_markdown, write_plots
from benchmarks.own_voice_scene import Acoustics, Outcome, Reader, Scene, Word
from voiceguide.adapters.vosk_recognizer import VoskModel, load_model
from voiceguide.audio.echo_canceller import KalmanEchoCanceller
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.audio.room import ROOMS, USER_LEVEL_DBFS, at_level
from voiceguide.commands.ears import Calibration, build_listener, load_calibration
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model, user_cache_dir
from voiceguide.commands.voices import open_voice
from voiceguide.content.language import load_language
from voiceguide.core.actions import Action, Say
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.events import Event, Heard
from voiceguide.core.session import Session
from voiceguide.core.settings import Pace, Settings
from voiceguide.core.state import Phase
from voiceguide.core.turn import World
from voiceguide.ports import EchoCanceller, VoiceSettings
from voiceguide.runtime.listener import Listener, NoEchoCanceller
from voiceguide.runtime.text_rehearsal import TextRehearsal
from voiceguide.runtime.utterance import Utterance
from voiceguide.runtime.voice_cache import VoiceCache

LEVELS_DB = (0.0, 10.0)
_ANSWERS = {
    Phase.CHOOSING: "one",
    Phase.SCREENING: "no",
    Phase.PREPARING: "ready",
    Phase.WAITING: "next",
    Phase.CHECKING_IN: "yes",
    Phase.RATING: "five",
}
_REAL = frozenset({"stop", "yes", "no"})
_FALSE_PAUSE_EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sample:
    """How much of everything is tried."""

    rooms_a_routine: int
    seconds_a_routine: float
    words_a_label: int
    noise_minutes: float


QUICK = Sample(len(ROOMS) * len(LEVELS_DB), 3600.0, 2, 10.0)
FULL = replace(QUICK, words_a_label=1000, noise_minutes=30.0)


@dataclass(frozen=True, slots=True)
class Guide:
    """The parts that stay the same from scene to scene."""

    world: World
    model: VoskModel
    calibration: Calibration
    voice: VoiceCache

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
        "ours": KalmanEchoCanceller,
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
        words = _ANSWERS.get(session.state.phase)
        if words is not None and session.state.hold is None:
            rehearsal.post(Heard(words))
        elif session.deadline is not None:
            rehearsal.advance(session.deadline)
        else:
            break
    return said


@dataclass(slots=True)
class Triggers:
    """What the guide made of its own voice."""

    minutes: float = 0.0
    commands: int = 0
    red_flags: int = 0
    pauses: int = 0
    heard: list[str] = field(default_factory=list)

    def add(self, utterances: Iterable[Utterance], pauses: int, minutes: float) -> None:
        """Count one reading."""
        self.minutes += minutes
        self.pauses += pauses
        for utterance in utterances:
            if utterance.accepted:
                is_flag = utterance.intent is None
                self.red_flags += is_flag
                self.commands += not is_flag
                self.heard.append(utterance.text)

    def figures(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "minutes": round(self.minutes, 1),
            "commands": self.commands,
            "red_flags": self.red_flags,
            "pauses": self.pauses,
            "heard": sorted(set(self.heard)),
        }


def own_voice(
    guide: Guide, sample: Sample, make: Callable[[], EchoCanceller]
) -> dict[str, dict[str, Any]]:
    """Every routine read through, by room and level."""
    cells = [(room, level) for room in ROOMS for level in LEVELS_DB]
    triggers = {cell: Triggers() for cell in cells}
    turn = 0
    for seed, routine in enumerate(guide.world.routines):
        clauses = spoken_clauses(guide.world, routine.id)
        seconds = sum(len(guide.render(text)) for text in clauses) / SAMPLE_RATE_HZ
        seconds = min(seconds + 0.25 * len(clauses), sample.seconds_a_routine)
        for _ in range(sample.rooms_a_routine):
            room, level = cell = cells[turn % len(cells)]
            turn += 1
            scene = guide.scene(clauses, Acoustics(ROOMS[room], level, seed), make())
            heard = scene.read(seconds, ALL_INTENTS)
            triggers[cell].add(heard, len(scene.holds), seconds / 60)
    return {f"{room} {level:+.0f} dB": triggers[room, level].figures() for room, level in cells}


def words(sample: Sample) -> list[Word]:
    """Real "stop", "yes", "no" by speakers who are only measured with, and synthetic others."""
    by_label: dict[str, list[Clip]] = {}
    for clip in [*real_clips("report", 1), *synthetic_clips()]:
        by_label.setdefault(clip.label, []).append(clip)
    chosen = [
        clip
        for label, clips in by_label.items()
        for clip in _spread(clips, sample.words_a_label * (3 if label in _REAL else 1))
    ]
    return [_word(clip) for clip in chosen]


def _spread(clips: Sequence[Clip], count: int) -> Sequence[Clip]:
    return clips[:: max(1, len(clips) // count)][:count]


def _word(clip: Clip) -> Word:
    samples = clip.samples()
    start = max(0, round(0.5 * SAMPLE_RATE_HZ))  # most of the silence before it
    end = round(word_end_seconds(samples) * SAMPLE_RATE_HZ)
    kept = samples[start : end + SAMPLE_RATE_HZ // 5]
    return Word(clip.label, kept, end - start)


@dataclass(slots=True)
class Hits:
    """Of words said over the guide: how many were acted on, and when the guide was silent."""

    words: int = 0
    hits: int = 0
    wrong: int = 0
    silent_after_s: list[float] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one word."""
        meant = [u.intent.value if u.intent else str(u.tier) for u in outcome.accepted]
        self.words += 1
        self.hits += outcome.label in meant
        self.wrong += any(each != outcome.label for each in meant)
        if outcome.label == "stop" and outcome.paused_after_s is not None:
            self.silent_after_s.append(outcome.paused_after_s)


def over_the_guide(
    guide: Guide, said: Sequence[Word], make: Callable[[], EchoCanceller]
) -> dict[str, Any]:
    """Each word in each room at each level, and without the guide speaking."""
    routine = guide.world.routines[0]
    clauses = [text for text in spoken_clauses(guide.world, routine.id) if len(text) > 30]
    figures: dict[str, Any] = {}
    for seed, (name, room) in enumerate(ROOMS.items()):
        alone = _hits(guide, said, clauses, Acoustics(room, 0.0, seed, is_guide_silent=True), make)
        row: dict[str, Any] = {"words": alone.words, "alone": alone.hits}
        for level in LEVELS_DB:
            over = _hits(guide, said, clauses, Acoustics(room, level, seed), make)
            row[f"{level:+.0f} dB"] = {
                "hits": over.hits,
                "wrong": over.wrong,
                "ratio": round(over.hits / max(alone.hits, 1), 2),
                "stops_s": [round(s, 2) for s in over.silent_after_s],
            }
        figures[name] = row
    return figures


def _hits(
    guide: Guide,
    said: Sequence[Word],
    clauses: Sequence[str],
    acoustics: Acoustics,
    make: Callable[[], EchoCanceller],
) -> Hits:
    hits = Hits()
    scene = guide.scene(clauses, acoustics, make())
    for outcome in scene.say(said, ALL_INTENTS):
        hits.add(outcome)
    return hits


def false_pauses(guide: Guide, sample: Sample) -> dict[str, Any]:
    """Coughs, dogs, clocks and kitchens while the guide reads in the living room at 0 dB."""
    clips = [clip for clip in talk("noise", 3) if "song" not in clip.label.lower()]
    clauses = spoken_clauses(guide.world, guide.world.routines[0].id)
    scene = guide.scene(
        clauses, Acoustics(ROOMS["living-room"], 0.0, seed=7), KalmanEchoCanceller()
    )
    minutes = 0.0
    for clip in clips:
        if minutes >= sample.noise_minutes:
            break
        sound = at_level(clip.samples()[: 5 * SAMPLE_RATE_HZ], USER_LEVEL_DBFS - 10)
        scene.play(sound)
        scene.read(_FALSE_PAUSE_EVERY_SECONDS, ALL_INTENTS)
        minutes += _FALSE_PAUSE_EVERY_SECONDS / 60
    return {
        "minutes": round(minutes, 1),
        "pauses": len(scene.holds),
        "resumed_s": [round(s, 2) for s in scene.resumed_after_s],
    }


def cost(guide: Guide) -> dict[str, Any]:
    """Of the canceller alone while the guide speaks, and of its memory over an hour's blocks."""
    far_end = np.concatenate([guide.render(text) for text in _LOUD_TEXTS])
    blocks = far_end[: len(far_end) // BLOCK_SAMPLES * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES)
    figures: dict[str, Any] = {}
    for name, make in cancellers().items():
        canceller = make()
        began = time.process_time()
        for _ in range(5):
            for block in blocks:
                canceller.cancel(block * np.float32(0.3), block)
        spent = time.process_time() - began
        figures[name] = round(spent / (5 * len(blocks) * BLOCK_SAMPLES / SAMPLE_RATE_HZ), 4)
    return figures | {"growth_kb_an_hour": _growth_kb(blocks)}


_LOUD_TEXTS = (
    "Lay both hands flat on the lower back, one on each side, and stroke slowly up.",
    "Move up beside the spine in small circles, and never on the bones themselves.",
)


def _growth_kb(blocks: Samples) -> float:
    """What is allocated after 18 minutes more than after two, times three."""
    canceller = KalmanEchoCanceller()
    tracemalloc.start()
    try:
        _run_minutes(canceller, blocks, 2)
        before = tracemalloc.get_traced_memory()[0]
        _run_minutes(canceller, blocks, 18)
        return round((tracemalloc.get_traced_memory()[0] - before) / 1024 * 60 / 18, 1)
    finally:
        tracemalloc.stop()


def _run_minutes(canceller: EchoCanceller, blocks: Samples, minutes: int) -> None:
    for number in range(minutes * 60 * SAMPLE_RATE_HZ // BLOCK_SAMPLES):
        block = blocks[number % len(blocks)]
        canceller.cancel(block * np.float32(0.3), block)


@cache
def _folder() -> Path:
    return user_cache_dir() / "voice"


def main() -> None:
    """Measure, and write the page and the plots where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", metavar="DIR", type=Path)
    parser.add_argument("--out", metavar="DIR", type=Path, help="such as docs/reference")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--full", action="store_true", help="all words, and all with every canceller; hours"
    )
    args = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"The development audio is not here: {DATA}")
    sample = FULL if args.full else QUICK
    folder = find_model(args.model)
    voice = VoiceCache(open_voice(""), _folder())
    world = load_language("en").world(load_library().routines)
    guide = Guide(world, load_model(folder), load_calibration(folder), voice)
    try:
        figures = _figures(guide, sample, folder.name, is_full=args.full)
    finally:
        voice.close()
    if args.json:
        print(json.dumps(figures))
    else:
        print(as_markdown(figures))
    if args.out is not None:
        write_plots(figures, args.out / "img")
        (args.out / "own_voice.md").write_text(as_markdown(figures), encoding="utf-8")


def _figures(guide: Guide, sample: Sample, model: str, *, is_full: bool) -> dict[str, Any]:
    said = words(sample)
    few = said if is_full else said[::3]
    thin = sample if is_full else replace(sample, rooms_a_routine=1, seconds_a_routine=40.0)
    figures: dict[str, Any] = {"model": model, "full": is_full, "words": len(said)}
    figures["own_voice"], figures["over"] = {}, {}
    for name, make in cancellers().items():
        is_ours = name == "ours"
        _tell(f"own voice, canceller: {name}")
        figures["own_voice"][name] = own_voice(guide, sample if is_ours else thin, make)
        _tell(f"over the guide, canceller: {name}")
        figures["over"][name] = over_the_guide(guide, said if is_ours else few, make)
    _tell("false pauses and cost")
    figures["false_pauses"] = false_pauses(guide, sample)
    figures["cost"] = cost(guide)
    return figures


def _tell(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


if __name__ == "__main__":
    main()

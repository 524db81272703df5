"""`voiceguide hear`: recorded audio through the real listening chain."""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voiceguide.adapters.recording import read_recording, recording_seconds
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.commands.ears import build_listener, load_calibration
from voiceguide.commands.fitted import (
    calibration_as_fitted,
    examples_of,
    load_fitted,
    world_as_fitted,
)
from voiceguide.commands.library import load_library
from voiceguide.commands.resources import find_model
from voiceguide.content.language import load_language
from voiceguide.core.answers import ALL_INTENTS, ANSWERS
from voiceguide.core.state import Phase
from voiceguide.errors import ExitCode
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.utterance import Surroundings, Utterance

_EVERY_PHASE = "all"

# A recording may be cut so tight that the first consonant is its first sample; the chain needs
# silence around an utterance to see where it begins and ends. Times stay the file's own.
_LEAD_SECONDS = 0.4
_TAIL_SECONDS = 0.8


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance in a file; the file begins `lead_seconds` into the listener's stream."""

    file: str
    utterance: Utterance
    lead_seconds: float = _LEAD_SECONDS

    def as_json(self) -> dict[str, object]:
        """The fields of design section 4, in its order; `ask` is ours."""
        utterance = self.utterance
        return {
            "file": self.file,
            "start_s": self._seconds(utterance.start_s),
            "end_s": self._seconds(utterance.end_s),
            "decided_s": self._seconds(utterance.decided_s),
            "text": utterance.text,
            "intent": utterance.intent,
            "slots": utterance.slots,
            "red_flag": utterance.red_flag.tier,
            "accepted": utterance.accepted,
            "reason": utterance.reason,
            "ask": utterance.red_flag.ask,
        }

    def as_text(self) -> str:
        """One line for people."""
        utterance = self.utterance
        span = f"{self._seconds(utterance.start_s):8.2f} {self._seconds(utterance.end_s):8.2f}"
        slots = "".join(f" {name}={value}" for name, value in utterance.slots.items())
        meant = f"{utterance.intent or '-'}{slots}"
        if utterance.red_flag.tier is not None:
            meant = f"RED FLAG, {utterance.red_flag.tier}"
        return f"{span}  {meant:24}  {utterance.text or '(nothing)'}  [{utterance.reason}]"

    def _seconds(self, stream_seconds: float) -> float:
        """A time of the stream as a time of the file, to the millisecond."""
        return round(max(0.0, stream_seconds - self.lead_seconds), 3)


@dataclass(frozen=True, slots=True)
class FileHeard:
    """A file's end: how long the recording is, and the processor time it took."""

    file: str
    duration_s: float
    cpu_s: float

    def as_json(self) -> dict[str, object]:
        """The closing line of design section 4."""
        return {"file": self.file, "duration_s": self.duration_s, "cpu_s": self.cpu_s}

    def as_text(self) -> str:
        """One line for people."""
        return f"{self.file}: {self.duration_s:.2f} s heard in {self.cpu_s:.2f} s of processor time"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="WAV, FLAC, OGG ...; any rate")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--model", metavar="DIR", type=Path, help="the folder of a vosk model")
    parser.add_argument(
        "--phase",
        metavar="NAME",
        choices=[_EVERY_PHASE, *(phase.value for phase in Phase)],
        default=_EVERY_PHASE,
        help="whose phrases are active: all (default), " + ", ".join(Phase),
    )
    parser.add_argument(
        "--speaking", metavar="TEXT", default="", help="what the guide says all the while"
    )


def run(args: argparse.Namespace) -> int:
    """Hear the files one after the other and print what was understood.

    Raises:
        UsageError: a file is missing or no audio.
        ModelError: there is no usable speech model.
    """
    active = ALL_INTENTS if args.phase == _EVERY_PHASE else ANSWERS[Phase(args.phase)]
    surroundings = Surroundings(active=active, saying=args.speaking)
    for result in _hear_files(args.files, args.model, surroundings):
        line = json.dumps(result.as_json()) if args.json else result.as_text()
        sys.stdout.write(line + "\n")
    return ExitCode.OK


def _warn(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def hear_recording(
    file: str, listener: Listener, surroundings: Surroundings
) -> Iterator[Heard | FileHeard]:
    """Play one recording to a listener, as fast as it can listen."""
    duration_s = round(recording_seconds(Path(file)), 3)
    began_s = time.process_time()
    far_end = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
    for block in _blocks(_padded(read_recording(Path(file)))):
        for utterance in listener.hear(block, far_end, surroundings):
            yield Heard(file, utterance)
    for utterance in listener.finish(surroundings):
        yield Heard(file, utterance)
    yield FileHeard(file, duration_s, round(time.process_time() - began_s, 3))


def _hear_files(
    files: list[str], model_folder: Path | None, surroundings: Surroundings
) -> Iterator[Heard | FileHeard]:
    for file in files:
        recording_seconds(Path(file))  # a mistyped name is told before an hour of listening
    folder = find_model(model_folder)
    model = load_model(folder)
    fitted = load_fitted(_warn)
    calibration = calibration_as_fitted(load_calibration(folder), fitted)
    world = world_as_fitted(load_language("en").world(load_library().routines), fitted, folder)
    for file in files:
        # A listener of its own for each file: nothing of one is remembered in the next.
        examples = examples_of(fitted, calibration)
        listener = build_listener(
            model, world.grammar, world.red_flags, calibration, examples=examples
        )
        yield from hear_recording(file, listener, surroundings)


def _padded(pieces: Iterable[Samples]) -> Iterator[Samples]:
    yield np.zeros(round(_LEAD_SECONDS * SAMPLE_RATE_HZ), dtype=np.float32)
    yield from pieces
    yield np.zeros(round(_TAIL_SECONDS * SAMPLE_RATE_HZ), dtype=np.float32)


def _blocks(pieces: Iterable[Samples]) -> Iterator[Samples]:
    """The same samples in blocks; less than one block is left over and dropped."""
    rest: Samples = np.zeros(0, dtype=np.float32)
    for piece in pieces:
        samples = np.concatenate([rest, piece])
        whole = len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES
        for start in range(0, whole, BLOCK_SAMPLES):
            yield samples[start : start + BLOCK_SAMPLES]
        rest = samples[whole:]

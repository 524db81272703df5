"""The memory of a process that only listens, by a process of its own.

python -m benchmarks.hearing_memory MODEL-DIR
"""

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.hearing_data import real_clips
from voiceguide.adapters.vosk_recognizer import load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES
from voiceguide.audio.room import blocks_of
from voiceguide.commands.ears import build_listener, load_calibration
from voiceguide.commands.library import load_library
from voiceguide.content.language import load_language
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.runtime.utterance import Surroundings

_CLIPS = 60
"""Words of people: a minute and more, which both lanes work on."""


def megabytes(folder: Path) -> int:
    """The most that a process takes that loads a model and listens to a minute of words."""
    command = [sys.executable, "-m", "benchmarks.hearing_memory", str(folder)]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return int(done.stdout)


def _listen(folder: Path) -> None:
    world = load_language("en").world(load_library().routines)
    model, calibration = load_model(folder), load_calibration(folder)
    listener = build_listener(model, world.grammar, world.red_flags, calibration)
    silence = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
    for clip in real_clips("report", 1)[:_CLIPS]:
        for block in blocks_of(clip.samples()):
            listener.hear(block, silence, Surroundings(ALL_INTENTS))


if __name__ == "__main__":
    _listen(Path(sys.argv[1]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)

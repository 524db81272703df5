"""How far below the guide's echo lies what the adaptive filter leaves of it, unsuppressed.

    python benchmarks/echo_left.py

A living room, by how hard the loudspeaker clips and by how much its clock is off; the echo is as
loud as the guide is played, and a user 10 dB softer speaks a third of the time. From 15 seconds on.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voiceguide.audio.adaptive_filter import AdaptiveFilter
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples, level_dbfs
from voiceguide.audio.room import ROOMS, Echo, at_level, blocks_of, microphone_noise
from voiceguide.commands.library import load_library
from voiceguide.commands.voices import open_voice

DRIVES = (1.0, 2.0, 3.0)
DRIFTS_PPM = (0.0, 20.0, 50.0)
GUIDE_DBFS = -16.0
USER_DBFS = -26.0
_SECONDS = 45
_FROM_SECOND = 15
_USER_EVERY_BLOCKS = 400  # 8 s, of which the last three


def spoken(voice_name: str) -> list[Samples]:
    """Steps of the first routines by a voice, as blocks of so many seconds."""
    voice = open_voice(voice_name)
    steps = [step.say for routine in load_library().routines for step in routine.steps]
    sound = np.concatenate([voice.render(text, 170) for text in steps[:12]])
    voice.close()
    return blocks_of(np.resize(sound, _SECONDS * SAMPLE_RATE_HZ))


def left_db(guide: list[Samples], user: list[Samples], drive: float, drift_ppm: float) -> float:
    """The level of what is left of the echo, less the echo's."""
    room = replace(ROOMS["living-room"], drive=drive, drift_ppm=drift_ppm)
    echo_path, adaptive = Echo(room, 0.0, seed=3), AdaptiveFilter()
    echoes, rests = [], []
    for sent, voice, noise in zip(guide, _turns(user), microphone_noise(room, 1), strict=False):
        echo = echo_path.block(sent)
        echoes.append(echo)
        rests.append(adaptive.step(echo + voice + noise, sent).error - voice)
    begin = _FROM_SECOND * SAMPLE_RATE_HZ // BLOCK_SAMPLES
    return level_dbfs(np.concatenate(rests[begin:])) - level_dbfs(np.concatenate(echoes[begin:]))


def _turns(user: list[Samples]) -> Iterator[Samples]:
    for number, block in enumerate(user):
        speaks = number % _USER_EVERY_BLOCKS > 0.6 * _USER_EVERY_BLOCKS
        yield block if speaks else np.zeros_like(block)


def main() -> None:
    """Print a table."""
    guide = blocks_of(at_level(np.concatenate(spoken("flite:rms")), GUIDE_DBFS))
    user = blocks_of(at_level(np.concatenate(spoken("flite:slt")), USER_DBFS))
    print("drive  drift   left")
    for drive, drift_ppm in product(DRIVES, DRIFTS_PPM):
        print(f"{drive:5.1f} {drift_ppm:4.0f} ppm {left_db(guide, user, drive, drift_ppm):5.1f} dB")


if __name__ == "__main__":
    main()

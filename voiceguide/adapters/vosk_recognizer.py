"""libvosk behind the `Recognizer` port; the only module that imports vosk.

Not here: when an utterance begins and ends (audio.endpointing), what counts (core.acceptance).
"""

import json
import os
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples, to_int16, with_floor
from voiceguide.errors import ModelError
from voiceguide.ports import Hypothesis

CHUNK_SAMPLES = 1600
"""100 ms: vosk checks for results once a call, so larger chunks delay partials (pitfalls V11)."""

UNKNOWN = "[unk]"

_GRAPH_MAGIC = 2125659606
_GRAPH_COUNTS = struct.Struct("<iiQqqq")  # version, flags, properties, start, states, arcs
_STATE_BYTES, _ARC_BYTES = 20, 16
_LONGEST_NAME = 64

_NOT_LOADED = (
    "The speech model in {path} can't be loaded; "
    "get a fresh one with `voiceguide models get small-en-us`."
)
_BETTER_MODEL = "Take one with a runtime graph: `voiceguide models get small-en-us`."


class VoskRecognizer:
    """One vosk recognizer; belongs to the thread that made it."""

    def __init__(self, kaldi_recognizer: Any) -> None:
        self._kaldi = kaldi_recognizer
        self._waiting: Samples = np.zeros(0, dtype=np.float32)
        self._settled: list[Hypothesis] = []
        self._partial = ""
        self._fed_samples = 0

    def feed(self, samples: Samples) -> Hypothesis:
        """Take more of the utterance; the hypothesis changes once a chunk is complete."""
        self._waiting = np.concatenate([self._waiting, samples])
        while len(self._waiting) >= CHUNK_SAMPLES:
            self._accept(self._waiting[:CHUNK_SAMPLES])
            self._waiting = self._waiting[CHUNK_SAMPLES:]
        return _joined([*self._settled, Hypothesis(self._partial)])

    def finish(self) -> Hypothesis:
        """Settle what is left, also less than a chunk, and begin anew."""
        if len(self._waiting):
            self._accept(self._waiting)
        last = _final(self._kaldi.FinalResult())
        result = _joined([*self._settled, last])
        self._waiting = self._waiting[:0]
        self._settled = []
        self._partial = ""
        self._fed_samples = 0
        return result

    def _accept(self, chunk: Samples) -> None:
        audible = with_floor(chunk, self._fed_samples)
        self._fed_samples += len(chunk)
        if self._kaldi.AcceptWaveform(to_int16(audible).tobytes()):
            # vosk's own endpointer fired inside our utterance: its text belongs to ours.
            self._settled.append(_final(self._kaldi.Result()))
            self._partial = ""
        else:
            self._partial = str(json.loads(self._kaldi.PartialResult()).get("partial", ""))


def _final(result_json: str) -> Hypothesis:
    words = [
        (str(word["word"]), float(word["conf"]))
        for word in json.loads(result_json).get("result", [])
    ]
    text = " ".join(word for word, _ in words)
    return Hypothesis(text, min((conf for _, conf in words), default=1.0))


def _joined(parts: Iterable[Hypothesis]) -> Hypothesis:
    heard = [part for part in parts if part.text]
    return Hypothesis(
        " ".join(part.text for part in heard), min((part.confidence for part in heard), default=1.0)
    )


class VoskModel:
    """A loaded model. Read-only, so recognizers on several threads may share it."""

    def __init__(self, model: Any, vosk: Any) -> None:
        self._model = model
        self._vosk = vosk

    def recognizer(self, phrases: Sequence[str] | None) -> VoskRecognizer:
        """A recognizer for these phrases and `[unk]`; None for the model's own language model.

        A phrase with a word that the model lacks is left out whole: vosk would drop just the word,
        and "go softlier" would become "go" (pitfalls V3). `missing_words` names such words.

        Raises:
            ModelError: the model can hear none of the phrases.
        """
        grammar = [] if phrases is None else [json.dumps(self._grammar(phrases))]
        kaldi = self._vosk.KaldiRecognizer(self._model, SAMPLE_RATE_HZ, *grammar)
        kaldi.SetWords(True)  # noqa: FBT003 - vosk's signature
        return VoskRecognizer(kaldi)

    def missing_words(self, phrases: Sequence[str]) -> list[str]:
        """The words of the phrases that the model can't hear, sorted."""
        words = {word for phrase in phrases for word in phrase.split()} - {UNKNOWN}
        return sorted(word for word in words if not self._knows(word))

    def _grammar(self, phrases: Sequence[str]) -> list[str]:
        missing = set(self.missing_words(phrases))
        heard = [phrase for phrase in phrases if missing.isdisjoint(phrase.split())]
        if not heard:
            raise ModelError(
                "The speech model knows none of the words asked for; "
                "take another one: `voiceguide models get small-en-us`."
            )
        return [*heard, UNKNOWN]

    def _knows(self, word: str) -> bool:
        return int(self._model.vosk_model_find_word(word)) >= 0


def load_model(path: Path) -> VoskModel:
    """Load the model in a directory; takes 0.02 to 1 s, never touches a network.

    Raises:
        ModelError: there is no model, it is incomplete, or it can't take a grammar.
    """
    _check(path)
    vosk = _vosk()
    try:
        with _quiet():
            # Always by path: `Model()` and `Model(lang=...)` download, then exit (pitfalls V13).
            model = vosk.Model(model_path=str(path))
            _prove(model, vosk)
    except Exception as error:  # vosk raises nothing narrower
        raise ModelError(_NOT_LOADED.format(path=path)) from error
    return VoskModel(model, vosk)


def _prove(model: Any, vosk: Any) -> None:
    """Parts that are cut short are noticed only by whoever first needs them: need them now."""
    if model.vosk_model_find_word(UNKNOWN) < 0:
        raise ValueError(f"no word {UNKNOWN}")
    vosk.KaldiRecognizer(model, SAMPLE_RATE_HZ, json.dumps([UNKNOWN]))
    vosk.KaldiRecognizer(model, SAMPLE_RATE_HZ)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what a native library writes to standard error from the user: we say it ourselves."""
    sys.stderr.flush()
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _vosk() -> Any:
    """The library, imported late: it pulls in requests and takes 0.2 s."""
    try:
        import vosk  # noqa: PLC0415
    except (ImportError, OSError, TypeError) as error:
        raise ModelError(
            f"The speech library vosk can't be used here ({error}): run `pip install vosk`."
        ) from error
    vosk.SetLogLevel(-2)  # errors come as exceptions; warnings are not for users
    return vosk


def _check(path: Path) -> None:
    if not path.is_dir():
        raise ModelError(
            f"There is no speech model in {path}; get one with `voiceguide models get small-en-us`."
        )
    graph = path / "graph" if (path / "am").is_dir() else path
    am = path / "am" if (path / "am").is_dir() else path
    if (graph / "HCLG.fst").exists() and not (graph / "HCLr.fst").exists():
        raise ModelError(
            f"The speech model in {path} has a fixed graph and can't take our phrases. "
            + _BETTER_MODEL
        )
    # vosk reads conf/ in its newer layout and the model's root in the older one; without a
    # feature configuration it would go on with Kaldi's defaults and hear nothing.
    mfcc = path / "conf" / "mfcc.conf" if (path / "am").is_dir() else path / "mfcc.conf"
    for needed in (am / "final.mdl", graph / "HCLr.fst", graph / "Gr.fst", mfcc):
        if not needed.is_file():
            lacking = needed.relative_to(path).as_posix()
            raise ModelError(f"The speech model in {path} lacks {lacking}. {_BETTER_MODEL}")
    if _is_cut_short(graph / "HCLr.fst"):
        raise ModelError(_NOT_LOADED.format(path=path))


def _is_cut_short(path: Path) -> bool:
    """Whether a word graph is unreadable or shorter than its headers say.

    libvosk would read past its end.

    OpenFst's file has a header, and inside it a second one of the graph itself, which says how many
    states and arcs follow (openfst, fst/fst.cc and fst/const-fst.h).
    """
    try:
        with path.open("rb") as file:
            name, needed = _graph_header(file)
            if name == "olabel_lookahead":
                file.seek(4, 1)  # the add-on's own mark
                name, needed = _graph_header(file)
            return name == "const" and path.stat().st_size < file.tell() + needed
    except (OSError, struct.error, ValueError):
        return True


def _graph_header(file: BinaryIO) -> tuple[str, int]:
    """The graph's type, and how many bytes its states and arcs take."""
    if _integer(file) != _GRAPH_MAGIC:
        raise ValueError("no graph")
    name, _arc_type = _name(file), _name(file)
    *_, states, arcs = _GRAPH_COUNTS.unpack(file.read(_GRAPH_COUNTS.size))
    return name, states * _STATE_BYTES + arcs * _ARC_BYTES


def _name(file: BinaryIO) -> str:
    length = _integer(file)
    if not 0 <= length <= _LONGEST_NAME:
        raise ValueError(length)
    return file.read(length).decode("ascii")


def _integer(file: BinaryIO) -> int:
    (number,) = struct.unpack("<i", file.read(4))
    return int(number)

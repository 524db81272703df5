import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from voiceguide.adapters.recording import read_recording
from voiceguide.adapters.vosk_recognizer import CHUNK_SAMPLES, VoskModel, VoskRecognizer, load_model
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.commands.resources import SHIPPED_MODEL, shipped_models_dir
from voiceguide.errors import ModelError

MODEL = shipped_models_dir() / SHIPPED_MODEL
SILENCE = np.zeros(SAMPLE_RATE_HZ // 2, dtype=np.float32)


@pytest.fixture(scope="module")
def model() -> VoskModel:
    return load_model(MODEL)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> "Speaker":
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed: no synthetic speech to recognize")
    return Speaker(tmp_path_factory.mktemp("speech"))


class Speaker:
    """Speaks words with flite's slt voice, half a second of silence around them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, words: str) -> Samples:
        path = self._folder / f"{words.replace(' ', '_')}.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", path], check=True)
        return np.concatenate([SILENCE, *read_recording(path), SILENCE])


def _hear(recognizer: VoskRecognizer, samples: Samples) -> tuple[list[str], str]:
    """The partial texts, block by block, and the final one."""
    partials = [
        recognizer.feed(samples[start : start + BLOCK_SAMPLES]).text
        for start in range(0, len(samples), BLOCK_SAMPLES)
    ]
    return partials, recognizer.finish().text


@pytest.mark.parametrize("word", ["next", "stop"])
def test_a_spoken_phrase_is_heard_in_partials_and_at_the_end(
    model: VoskModel, spoken: Speaker, word: str
) -> None:
    partials, final = _hear(model.recognizer(["next", "stop"]), spoken(word))

    assert final == word
    assert partials[-1] == word


def test_a_word_that_is_no_phrase_is_not_taken_for_one(model: VoskModel, spoken: Speaker) -> None:
    _, final = _hear(model.recognizer(["next", "stop"]), spoken("umbrella"))

    assert final not in {"next", "stop"}


def test_a_recognizer_is_ready_for_the_next_utterance(model: VoskModel, spoken: Speaker) -> None:
    recognizer = model.recognizer(["next", "stop"])

    heard = [_hear(recognizer, spoken(word))[1] for word in ("next", "stop", "next")]

    assert heard == ["next", "stop", "next"]


def test_silence_is_heard_as_nothing(model: VoskModel) -> None:
    assert _hear(model.recognizer(["next", "stop"]), np.tile(SILENCE, 4))[1] == ""


def test_what_is_less_than_a_chunk_is_heard_when_the_utterance_ends() -> None:
    kaldi = OneResult()
    recognizer = VoskRecognizer(kaldi)

    recognizer.feed(np.zeros(CHUNK_SAMPLES + 100, dtype=np.float32))
    assert kaldi.samples == CHUNK_SAMPLES

    recognizer.finish()
    assert kaldi.samples == CHUNK_SAMPLES + 100


def test_two_recognizers_of_one_model_do_not_disturb_each_other(
    model: VoskModel, spoken: Speaker
) -> None:
    commands, other = model.recognizer(["next", "stop"]), model.recognizer(None)
    samples = spoken("stop")
    for start in range(0, len(samples), BLOCK_SAMPLES):
        commands.feed(samples[start : start + BLOCK_SAMPLES])
        other.feed(samples[start : start + BLOCK_SAMPLES])
    other.finish()

    assert commands.finish().text == "stop"


def test_the_models_own_endpoint_inside_an_utterance_loses_no_words(
    model: VoskModel, spoken: Speaker
) -> None:
    long_pause = np.zeros(2 * SAMPLE_RATE_HZ, dtype=np.float32)

    partials, final = _hear(
        model.recognizer(["next", "stop"]),
        np.concatenate([spoken("next"), long_pause, spoken("stop")]),
    )

    assert final == "next stop"
    assert partials[-1] == "next stop"


def test_words_that_the_model_lacks_are_named(model: VoskModel) -> None:
    assert model.missing_words(["go softlier", "stop", "zyxgrumf"]) == ["softlier", "zyxgrumf"]


def test_a_phrase_with_a_missing_word_is_left_out_whole(model: VoskModel, spoken: Speaker) -> None:
    recognizer = model.recognizer(["stop softlier", "next"])

    assert "stop" not in _hear(recognizer, spoken("stop"))[1]


def test_a_grammar_of_which_nothing_can_be_heard_is_refused(model: VoskModel) -> None:
    with pytest.raises(ModelError, match="knows none of the words"):
        model.recognizer(["softlier"])


class OneResult:
    """What vosk would give: one word that is sure and one that is not."""

    def __init__(self) -> None:
        self.samples = 0

    def AcceptWaveform(self, pcm: bytes) -> bool:  # noqa: N802 - vosk's name
        self.samples += len(pcm) // 2
        return False

    def PartialResult(self) -> str:  # noqa: N802 - vosk's name
        return '{"partial": "arm numb"}'

    def FinalResult(self) -> str:  # noqa: N802 - vosk's name
        return (
            '{"text": "arm numb", "result": [{"word": "arm", "conf": 0.4}, '
            '{"word": "numb", "conf": 0.9}]}'
        )


def test_an_utterance_is_as_sure_as_its_least_sure_word() -> None:
    assert VoskRecognizer(OneResult()).finish().confidence == 0.4


def test_a_missing_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"There is no speech model in .*nowhere"):
        load_model(tmp_path / "nowhere")


def test_a_model_with_a_fixed_graph_says_which_model_to_take(tmp_path: Path) -> None:
    for name in ("am/final.mdl", "graph/HCLG.fst", "conf/mfcc.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    with pytest.raises(ModelError, match=r"fixed graph.*models get small-en-us"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst"])
def test_an_incomplete_model_says_what_it_lacks(tmp_path: Path, name: str) -> None:
    shutil.copytree(MODEL, tmp_path / "model")
    (tmp_path / "model" / name).unlink()

    with pytest.raises(ModelError, match=f"lacks {name}"):
        load_model(tmp_path / "model")


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("am/final.mdl", 1000),
        ("graph/HCLr.fst", 60),
        ("graph/HCLr.fst", 1000),
        ("graph/HCLr.fst", 600_000),
        ("graph/Gr.fst", 3000),
        ("graph/words.txt", 0),
    ],
)
def test_a_model_that_was_cut_short_is_told_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, size: int
) -> None:
    shutil.copytree(MODEL, tmp_path / "model")
    os.truncate(tmp_path / "model" / name, size)

    with pytest.raises(ModelError, match="can't be loaded"):
        load_model(tmp_path / "model")
    assert capfd.readouterr().err == ""


def test_the_library_writes_nothing_of_its_own_on_the_terminal(
    model: VoskModel, capfd: pytest.CaptureFixture[str]
) -> None:
    model._vosk.KaldiRecognizer(model._model, SAMPLE_RATE_HZ, '["zyxgrumf", "stop"]')

    assert capfd.readouterr() == ("", "")

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from voiceguide.adapters import pyttsx3_voice
from voiceguide.adapters.pyttsx3_voice import Pyttsx3Voice
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, level_dbfs
from voiceguide.errors import VoiceError

has_engine = sys.platform in ("darwin", "win32") or shutil.which("espeak-ng") is not None
pytestmark = pytest.mark.skipif(
    not has_engine, reason="espeak-ng is not installed (Debian: apt install espeak-ng)"
)
posix_only = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
espeak_only = pytest.mark.skipif(
    sys.platform in ("darwin", "win32"), reason="names a voice of espeak-ng's"
)

# Sentences differ by a quarter in words a minute, so it takes several to measure a rate.
SENTENCES = (
    "Place both hands flat beside the spine, and let them rest there for a moment.",
    "Now slide them slowly upward to the shoulders, with your fingers pointing to the head.",
    "At the top, spread your hands over the shoulders and come back down along the sides.",
    "Repeat this long stroke six times, at the pace of slow breathing.",
    "Never press on the spine itself.",
)
SENTENCE = SENTENCES[0]
PATIENCE_SECONDS = 10


def _spoken_wpm(voice: Pyttsx3Voice, rate_wpm: int) -> float:
    samples = sum(len(voice.render(sentence, rate_wpm)) for sentence in SENTENCES)
    return len(" ".join(SENTENCES).split()) / (samples / SAMPLE_RATE_HZ / 60)


@pytest.fixture
def voice() -> Iterator[Pyttsx3Voice]:
    voice = Pyttsx3Voice()
    yield voice
    voice.close()


def _process(voice: Pyttsx3Voice) -> "subprocess.Popen[str]":
    assert voice._worker
    return voice._worker._process


def _directory(voice: Pyttsx3Voice) -> Path:
    assert voice._worker
    return Path(voice._worker._directory)


def _is_running(pid: int) -> bool:
    """Whether the process lives; one that only waits to be counted (a zombie) does not."""
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.strip().startswith("Z")


def _comes_true(condition: Callable[[], bool]) -> bool:
    pause = threading.Event()
    return any(condition() or pause.wait(0.05) for _ in range(PATIENCE_SECONDS * 20))


def test_a_sentence_becomes_tidy_speech(voice: Pyttsx3Voice) -> None:
    speech = voice.render(SENTENCE, 170)

    assert 4 < len(speech) / SAMPLE_RATE_HZ < 8
    assert level_dbfs(speech) == pytest.approx(-18, abs=3)  # peaks may hold it down


@espeak_only
@pytest.mark.parametrize("name", ["", "en-us+klatt4"])
def test_it_speaks_as_fast_as_it_is_asked_to(name: str) -> None:
    voice = Pyttsx3Voice(name)
    for rate_wpm in (110, 170, 250):
        assert _spoken_wpm(voice, rate_wpm) == pytest.approx(rate_wpm, rel=0.06)
    voice.close()


def test_one_worker_renders_many_texts_each_as_its_own(voice: Pyttsx3Voice) -> None:
    first = voice.render(SENTENCE, 170)
    pid = _process(voice).pid
    lengths = [len(voice.render(text, 170)) for text in ["Stop.", SENTENCE, "Stop.", "Next."]]

    # espeak's noise differs from one rendering to the next, and with it the trimmed length.
    assert lengths[1] == pytest.approx(len(first), rel=0.02)
    assert lengths[0] == pytest.approx(lengths[2], rel=0.05)
    assert lengths[0] < lengths[1] / 4
    assert sys.platform == "darwin" or _process(voice).pid == pid
    assert list(_directory(voice).iterdir()) == []  # nothing is left lying about


@pytest.mark.parametrize("text", ["", "  ", "...", "\u2026"])
def test_a_text_without_words_takes_no_time(voice: Pyttsx3Voice, text: str) -> None:
    assert len(voice.render(text, 170)) == 0
    assert voice._worker is None


@posix_only
def test_a_worker_that_hangs_is_killed_and_another_one_speaks(
    voice: Pyttsx3Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice.render(SENTENCE, 170)
    hung = _process(voice)
    os.kill(hung.pid, signal.SIGSTOP)
    monkeypatch.setattr(pyttsx3_voice, "_RENDER_SECONDS", 1.0)

    speech = voice.render("Next.", 170)

    assert len(speech) > SAMPLE_RATE_HZ // 5
    assert hung.returncode == -signal.SIGKILL
    assert _process(voice).pid != hung.pid


@posix_only
def test_a_worker_that_dies_is_replaced(voice: Pyttsx3Voice) -> None:
    voice.render(SENTENCE, 170)
    dead = _process(voice)
    dead.kill()
    dead.wait()

    assert len(voice.render("Next.", 170)) > SAMPLE_RATE_HZ // 5


@posix_only
def test_ctrl_c_does_not_reach_the_worker(voice: Pyttsx3Voice) -> None:
    voice.render(SENTENCE, 170)
    worker = _process(voice)

    os.kill(worker.pid, signal.SIGINT)
    voice.render("Next.", 170)

    assert _process(voice) is worker
    assert os.getpgid(worker.pid) != os.getpgid(0)


def test_closing_ends_the_worker_and_clears_its_folder(voice: Pyttsx3Voice) -> None:
    voice.render("Next.", 170)
    worker, directory = _process(voice), _directory(voice)

    voice.close()

    assert worker.returncode is not None
    assert not directory.exists()
    assert len(voice.render("Next.", 170)) > 0  # and it can be used again


PARENT = """
import sys
from voiceguide.adapters.pyttsx3_voice import Pyttsx3Voice
voice = Pyttsx3Voice()
voice.render("Ready.", 170)
print(voice._worker._process.pid, voice._worker._directory, flush=True)
if sys.argv[1] == "wait":
    sys.stdin.read()
if sys.argv[1] == "raise":
    raise KeyboardInterrupt
"""


@posix_only
@pytest.mark.parametrize("end", ["killed", "terminated", "interrupted", "returned"])
def test_the_worker_ends_with_its_parent_however_that_ends(end: str) -> None:
    how = {"interrupted": "raise", "returned": "go"}.get(end, "wait")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout
    pid, directory = parent.stdout.readline().split()
    if how == "wait":
        assert _is_running(int(pid))
        parent.send_signal(signal.SIGKILL if end == "killed" else signal.SIGTERM)
    parent.communicate()

    assert _comes_true(lambda: not _is_running(int(pid)))
    assert _comes_true(lambda: not Path(directory).exists())


@espeak_only
def test_even_a_hanging_worker_ends_when_its_input_does(tmp_path: Path) -> None:
    directory = tmp_path / "work"
    directory.mkdir()
    options = json.dumps({"voice": "", "rate": 140, "directory": str(directory)})
    worker = subprocess.Popen(
        [sys.executable, "-P", str(pyttsx3_voice._WORKER), options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert worker.stdin
    assert worker.stdout
    assert json.loads(worker.stdout.readline())["ready"]
    worker.stdin.write(json.dumps({"text": "Hello.", "path": "/nowhere/to/write.wav"}) + "\n")
    worker.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.5)  # it hangs, as pyttsx3 does on a path that it can't write

    worker.stdin.close()

    assert worker.wait(PATIENCE_SECONDS) == 0
    assert worker.stdout.read() == ""  # nothing but our answers ever goes there
    worker.stdout.close()
    assert not directory.exists()


def test_two_voices_at_once_do_not_disturb_each_other(voice: Pyttsx3Voice) -> None:
    other = Pyttsx3Voice()
    slow, fast = voice.render(SENTENCE, 120), other.render(SENTENCE, 240)

    assert len(slow) > 1.5 * len(fast)
    assert len(voice.render(SENTENCE, 120)) == pytest.approx(len(slow), rel=0.02)
    other.close()


@espeak_only
def test_the_rate_is_never_lost_on_a_busy_machine() -> None:
    """As it was in 7 of 100 workers that were started six at a time."""

    def spoken_samples(number: int) -> int:
        voice = Pyttsx3Voice()
        length = len(voice.render("Lie down.", 120 if number % 2 else 240))
        voice.close()
        return length

    with ThreadPoolExecutor(6) as pool:
        lengths = list(pool.map(spoken_samples, range(60)))

    assert len(set(lengths[1::2])) == 1
    assert len(set(lengths[0::2])) == 1
    assert lengths[1] > 1.5 * lengths[0]


@espeak_only
def test_a_voice_that_is_not_there_is_told() -> None:
    voice = Pyttsx3Voice("en-atlantis")

    with pytest.raises(VoiceError, match=r"en-atlantis.*Install an engine"):
        voice.render("Hello.", 170)


@espeak_only
def test_a_voice_that_renders_silence_is_told() -> None:
    voice = Pyttsx3Voice("mb-us1")  # needs mbrola, without which it renders nothing or fails

    if shutil.which("mbrola") is None:
        with pytest.raises(VoiceError, match="did not speak"):
            voice.render("Hello.", 170)
    voice.close()


def test_without_an_engine_one_sentence_says_what_to_install() -> None:
    voice = Pyttsx3Voice(command=[sys.executable, "-c", "raise SystemExit(1)"])

    with pytest.raises(VoiceError, match=r"did not speak.*apt install"):
        voice.render("Hello.", 170)
    with pytest.raises(VoiceError, match=r"no system voice.*apt install"):
        voice.voices()


@espeak_only
def test_the_engine_s_own_voices_are_named(voice: Pyttsx3Voice) -> None:
    assert "gmw/en-us" in voice.voices()

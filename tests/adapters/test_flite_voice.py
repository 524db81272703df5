import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voiceguide.adapters import flite_voice
from voiceguide.adapters.flite_voice import NATURAL_RATES_WPM, FliteVoice, flite_voices
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, level_dbfs
from voiceguide.errors import VoiceError

pytestmark = pytest.mark.skipif(
    shutil.which("flite") is None, reason="flite is not installed (Debian: apt install flite)"
)

# Sentences differ by a quarter in words a minute, so it takes several to measure a rate.
SENTENCES = (
    "Place both hands flat beside the spine, and let them rest there for a moment.",
    "Now slide them slowly upward to the shoulders, with your fingers pointing to the head.",
    "At the top, spread your hands over the shoulders and come back down along the sides.",
    "Repeat this long stroke six times, at the pace of slow breathing.",
    "Never press on the spine itself.",
)
# Longer than this and flite's letter-to-sound rules take minutes.
HANGS_FLITE = "x" * 5000


def _spoken_wpm(voice: FliteVoice, rate_wpm: int) -> float:
    samples = sum(len(voice.render(sentence, rate_wpm)) for sentence in SENTENCES)
    return len(" ".join(SENTENCES).split()) / (samples / SAMPLE_RATE_HZ / 60)


def _is_flite_hanging() -> bool:
    """Whether a flite is at work on what it can't read; its arguments are seen."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    return any("-voice" in line and HANGS_FLITE[:100] in line for line in listed.stdout.split("\n"))


def _comes_true(condition: Callable[[], bool]) -> bool:
    pause = threading.Event()
    return any(condition() or pause.wait(0.05) for _ in range(400))


def test_both_voices_are_found() -> None:
    assert flite_voices() == ["slt", "rms"]


@pytest.mark.parametrize("rate_wpm", [110, 170, 250])
@pytest.mark.parametrize("name", NATURAL_RATES_WPM)
def test_it_speaks_as_fast_as_it_is_asked_to(name: str, rate_wpm: int) -> None:
    assert _spoken_wpm(FliteVoice(name), rate_wpm) == pytest.approx(rate_wpm, rel=0.06)


@pytest.mark.parametrize("name", NATURAL_RATES_WPM)
def test_its_speech_is_tidy(name: str) -> None:
    speech = FliteVoice(name).render(SENTENCES[0], 170)

    assert speech.dtype == np.float32
    assert level_dbfs(speech) == pytest.approx(-18, abs=1)
    assert np.abs(speech[: SAMPLE_RATE_HZ // 20]).max() > 0.01  # it begins within 50 ms


@pytest.mark.parametrize("text", ["", "  ", "...", "\u2026", "\N{SPARKLES}", "\n"])
def test_a_text_without_words_takes_no_time(text: str) -> None:
    assert len(FliteVoice().render(text, 170)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "-o is not an option",
        "Don\u2019t \u2013 please \u2013 press the spine\u2026",
        "caf\u00e9 cr\u00e8me",
        'Quotes " and $(echo shell) and `ticks` & <tags>',
        "null\0byte and\nline",
        "10 to 20 %",
    ],
)
def test_any_text_is_spoken(text: str) -> None:
    assert len(FliteVoice().render(text, 170)) > SAMPLE_RATE_HZ // 4


def test_curly_quotes_and_dashes_are_read_like_plain_ones() -> None:
    voice = FliteVoice()
    curly = voice.render("We\u2019ll stop \u2014 after 5\u201310 minutes.", 170)

    assert np.array_equal(curly, voice.render("We'll stop, after 5 to 10 minutes.", 170))


def test_a_rendering_that_hangs_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flite_voice, "_DEADLINE_SECONDS", 0.3)
    monkeypatch.setattr(flite_voice, "_DEADLINE_PER_CHARACTER_SECONDS", 0)
    voice = FliteVoice()

    with pytest.raises(VoiceError, match="did not say 'xxx"):
        voice.render(HANGS_FLITE, 170)

    assert not _is_flite_hanging()


def test_any_voice_of_flite_can_be_asked_for() -> None:
    assert len(FliteVoice("kal16").render("Ready.", 170)) > 0
    assert "kal16" not in flite_voices()  # is not offered


def test_a_voice_that_is_not_there_is_told() -> None:
    with pytest.raises(VoiceError, match=r"no flite voice 'kal99'.*apt install flite"):
        FliteVoice("kal99")


@pytest.mark.skipif(os.name != "posix", reason="limits processor time by the POSIX shell")
def test_a_rendering_that_hangs_ends_also_when_we_were_killed_before_we_could_end_it(
    tmp_path: Path,
) -> None:
    program = (
        "from voiceguide.adapters import flite_voice\n"
        "flite_voice._DEADLINE_SECONDS = 0.6\n"  # rounds to 2 s of processor time
        "flite_voice._DEADLINE_PER_CHARACTER_SECONDS = 0\n"
        f"flite_voice.FliteVoice('slt').render({HANGS_FLITE!r}, 170)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    assert _comes_true(_is_flite_hanging)

    parent.kill()
    parent.wait()

    assert _comes_true(lambda: not _is_flite_hanging())

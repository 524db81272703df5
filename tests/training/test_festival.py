"""Festival, kept running: skipped where it is not installed (`make model` does that)."""

import shutil
from pathlib import Path

import pytest
import soundfile

from training.festival import Festival

pytestmark = pytest.mark.skipif(
    shutil.which("festival") is None, reason="Festival is not installed"
)
_VOICE = "kal_diphone"


def _seconds(path: Path) -> float:
    return float(soundfile.info(path).duration)


def test_one_after_the_other_each_in_its_own_time(tmp_path: Path) -> None:
    festival = Festival()
    quick, slow = tmp_path / "quick.wav", tmp_path / "slow.wav"

    assert festival.say('my "leg" (the left) feels numb', _VOICE, 0.75, quick)
    assert festival.say('my "leg" (the left) feels numb', _VOICE, 1.35, slow)

    assert _seconds(slow) > 1.5 * _seconds(quick)


def test_after_no_words_at_which_it_ends_it_is_started_again(tmp_path: Path) -> None:
    festival = Festival()

    assert not festival.say("", _VOICE, 1.0, tmp_path / "nothing.wav")

    assert festival.say("next", _VOICE, 1.0, tmp_path / "next.wav")

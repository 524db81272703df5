"""Festival, kept running: skipped where it is not installed (`make model` does that)."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import soundfile

from training.festival import Festival

pytestmark = pytest.mark.skipif(
    shutil.which("festival") is None, reason="Festival is not installed"
)
_VOICE = "kal_diphone"


@pytest.fixture
def festival() -> Iterator[Festival]:
    with closing(Festival()) as festival:
        yield festival


def _seconds(path: Path) -> float:
    return float(soundfile.info(path).duration)


def test_one_after_the_other_each_in_its_own_time(festival: Festival, tmp_path: Path) -> None:
    quick, slow = tmp_path / "quick.wav", tmp_path / "slow.wav"

    assert festival.say('my "leg" (the left) feels numb', _VOICE, 0.75, quick)
    assert festival.say('my "leg" (the left) feels numb', _VOICE, 1.35, slow)

    assert _seconds(slow) > 1.5 * _seconds(quick)


def test_after_no_words_at_which_it_ends_it_is_started_again(
    festival: Festival, tmp_path: Path
) -> None:
    assert not festival.say("", _VOICE, 1.0, tmp_path / "nothing.wav")

    assert festival.say("next", _VOICE, 1.0, tmp_path / "next.wav")

from pathlib import Path

import pytest

from tests.transcript import FOLDER, play

TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_guide_still_says_what_the_golden_transcript_says(path: Path, accept: bool) -> None:  # noqa: FBT001
    golden = path.read_text(encoding="utf-8")
    told = play(golden)
    if accept:
        path.write_text(told, encoding="utf-8")
        return

    assert told == golden

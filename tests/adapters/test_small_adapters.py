"""The clock, the journal, typed lines and the silent devices."""

import io
import os
import queue
from pathlib import Path

import numpy as np
import pytest

from voiceguide.adapters.journal import Journal
from voiceguide.adapters.monotonic_clock import MonotonicClock
from voiceguide.adapters.silent_devices import SilentSpeaker, SilentVoice
from voiceguide.adapters.typed_lines import TypedLines
from voiceguide.audio.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from voiceguide.errors import UsageError


def test_time_does_not_go_back() -> None:
    clock = MonotonicClock()

    assert clock.now() <= clock.now()


def test_a_line_of_the_journal_is_on_disk_at_once(tmp_path: Path) -> None:
    told: list[str] = []
    journal = Journal(tmp_path / "journal.txt", told.append)
    journal.write("     0.0  guide   Hello.")

    assert (tmp_path / "journal.txt").read_text() == "     0.0  guide   Hello.\n"
    journal.close()
    assert not told


def test_an_older_journal_stays_and_nobody_else_can_read_the_new_one(tmp_path: Path) -> None:
    for name in ("journal.txt", "journal-2.txt"):
        (tmp_path / name).write_text("older")

    journal = Journal(tmp_path / "journal.txt", print)
    journal.write("newer")
    journal.close()

    assert journal.path == tmp_path / "journal-3.txt"
    assert journal.path.read_text() == "newer\n"
    assert (tmp_path / "journal.txt").read_text() == "older"
    if os.name == "posix":
        assert journal.path.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_costs_the_journal_and_not_the_session() -> None:
    told: list[str] = []
    journal = Journal(Path("/dev/full"), told.append)

    for _ in range(3):
        journal.write("a line")
    journal.close()

    assert len(told) == 1
    assert "the session goes on" in told[0]


def test_a_journal_that_cannot_be_written_is_refused_before_the_session(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name another file"):
        Journal(tmp_path, print)


def test_typed_lines_arrive_in_order_without_empty_ones() -> None:
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    TypedLines(io.StringIO("next\n\n  stop  \n"), told.put, lambda: told.put("(end)")).start()

    assert [told.get(timeout=5) for _ in range(3)] == ["next", "stop", "(end)"]


def test_a_silent_speaker_takes_a_block_at_a_time() -> None:
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()

    def source(count: int) -> Samples:
        asked.put(count)
        return np.zeros(count, dtype=np.float32)

    speaker = SilentSpeaker(source)

    assert asked.get(timeout=5) == BLOCK_SAMPLES
    assert not speaker.is_lost(0.0)
    speaker.close()


def test_a_silent_voice_takes_as_long_as_the_words_would() -> None:
    voice = SilentVoice()
    samples = voice.render("one two three", 180)

    assert len(samples) == SAMPLE_RATE_HZ
    assert not samples.any()
    voice.close()

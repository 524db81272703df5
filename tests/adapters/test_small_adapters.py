"""The clock, the journal, typed lines and the silent devices."""

import io
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
    journal = Journal(tmp_path / "journal.txt")
    journal.write("     0.0  guide   Hello.")

    assert (tmp_path / "journal.txt").read_text() == "     0.0  guide   Hello.\n"
    journal.close()


def test_a_journal_that_cannot_be_written_is_refused_before_the_session(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name another file"):
        Journal(tmp_path)


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

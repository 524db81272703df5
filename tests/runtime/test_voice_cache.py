import os
import threading
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.pcm import Samples
from voiceguide.errors import VoiceError
from voiceguide.runtime.voice_cache import VoiceCache

SECOND_BYTES = 16_000 * 2


class CountingVoice:
    """Renders a second of noise of its own for each text, and remembers what it was asked."""

    def __init__(self, label: str = "test voice") -> None:
        self.label = label
        self.rendered: list[tuple[str, int]] = []
        self.is_closed = False

    def render(self, text: str, rate_wpm: int) -> Samples:
        if text == "unsayable":
            raise VoiceError("It can't be said.")
        self.rendered.append((text, rate_wpm))
        noise = np.random.default_rng(abs(hash((text, rate_wpm)))).uniform(-0.5, 0.5, 16_000)
        return np.asarray(noise, dtype=np.float32)

    def close(self) -> None:
        self.is_closed = True


def test_what_was_said_once_is_not_rendered_again() -> None:
    voice = CountingVoice()
    cache = VoiceCache(voice, None)

    first = cache.get("Hello.", 170)

    assert np.array_equal(cache.get("Hello.", 170), first)
    assert voice.rendered == [("Hello.", 170)]


def test_another_rate_or_text_is_another_rendering() -> None:
    voice = CountingVoice()
    cache = VoiceCache(voice, None)

    for text, rate_wpm in [("Hello.", 170), ("Hello.", 200), ("Hello!", 170)]:
        cache.get(text, rate_wpm)

    assert len(voice.rendered) == 3


def test_the_disk_remembers_between_runs_and_gives_the_same_samples(tmp_path: Path) -> None:
    cold = VoiceCache(CountingVoice(), tmp_path).get("Hello.", 170)
    voice = CountingVoice()

    warm = VoiceCache(voice, tmp_path).get("Hello.", 170)

    assert np.array_equal(warm, cold)
    assert voice.rendered == []


def test_another_voice_does_not_speak_with_this_one_s_recordings(tmp_path: Path) -> None:
    VoiceCache(CountingVoice("one"), tmp_path).get("Hello.", 170)
    other = CountingVoice("other")

    VoiceCache(other, tmp_path).get("Hello.", 170)

    assert other.rendered == [("Hello.", 170)]


@pytest.mark.parametrize("damage", ["cut short", "flipped byte", "emptied", "longer"])
def test_a_damaged_file_is_rendered_again_and_mended(tmp_path: Path, damage: str) -> None:
    good = VoiceCache(CountingVoice(), tmp_path).get("Hello.", 170)
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    file.write_bytes(
        {
            "cut short": content[:999],
            "flipped byte": content[:500] + bytes([content[500] ^ 1]) + content[501:],
            "emptied": b"",
            "longer": content + b"\0",
        }[damage]
    )
    voice = CountingVoice()

    assert np.array_equal(VoiceCache(voice, tmp_path).get("Hello.", 170), good)
    assert len(voice.rendered) == 1
    assert file.read_bytes() == content


def test_peek_finds_what_was_rendered_and_renders_nothing(tmp_path: Path) -> None:
    voice = CountingVoice()
    cache = VoiceCache(voice, tmp_path)

    assert cache.peek("Hello.", 170) is None

    said = cache.get("Hello.", 170)

    assert np.array_equal(cache.peek("Hello.", 170), said)  # type: ignore[arg-type]
    assert len(voice.rendered) == 1


def test_the_disk_keeps_within_its_bound_and_loses_what_was_used_longest_ago(
    tmp_path: Path,
) -> None:
    cache = VoiceCache(CountingVoice(), tmp_path, max_bytes=3 * SECOND_BYTES + 500)
    for age, text in [(30, "a"), (20, "b"), (10, "c")]:
        cache.get(text, 170)
        newest = max(tmp_path.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, (1_000_000_000 - age, 1_000_000_000 - age))
    VoiceCache(CountingVoice(), tmp_path).get("a", 170)  # used, so that "b" is now the oldest

    cache.get("d", 170)

    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 3 * SECOND_BYTES + 500
    fresh = VoiceCache(CountingVoice(), tmp_path)
    assert [fresh.peek(text, 170) is not None for text in "abcd"] == [True, False, True, True]


def test_the_memory_keeps_within_its_bound() -> None:
    voice = CountingVoice()
    cache = VoiceCache(voice, None, max_bytes=2 * SECOND_BYTES)

    for text in "abac":  # so that "b" is the oldest
        cache.get(text, 170)

    assert [cache.peek(text, 170) is not None for text in "abc"] == [True, False, True]


def test_without_a_usable_disk_it_still_speaks(tmp_path: Path) -> None:
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file where the folder should be")
    voice = CountingVoice()
    cache = VoiceCache(voice, in_the_way / "voices")

    cache.get("Hello.", 170)
    cache.get("Hello.", 170)

    assert len(voice.rendered) == 1


def test_a_folder_that_vanishes_is_no_fault(tmp_path: Path) -> None:
    cache = VoiceCache(CountingVoice(), tmp_path / "cache")
    (tmp_path / "cache").rmdir()

    assert len(cache.get("Hello.", 170)) == 16_000


def test_no_half_written_file_stays(tmp_path: Path) -> None:
    cache = VoiceCache(CountingVoice(), tmp_path)
    for text in "abc":
        cache.get(text, 170)

    assert [file.suffix for file in tmp_path.iterdir()] == [".pcm"] * 3


def test_a_failure_is_passed_on_and_not_remembered() -> None:
    cache = VoiceCache(CountingVoice(), None)

    for _ in range(2):
        with pytest.raises(VoiceError):
            cache.get("unsayable", 170)


def test_threads_that_want_the_same_text_render_it_once() -> None:
    voice = CountingVoice()
    cache = VoiceCache(voice, None)
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        cache.get("Hello.", 170)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert voice.rendered == [("Hello.", 170)]


def test_closing_it_closes_the_voice() -> None:
    voice = CountingVoice()

    VoiceCache(voice, None).close()

    assert voice.is_closed

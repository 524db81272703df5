"""The thread that recognizes, by itself: in what order, how late, and what it leaves out."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from tests.voiceguide_process import wait_for
from voiceguide.audio.pcm import BLOCK_SAMPLES
from voiceguide.runtime.front_end import Cleaned
from voiceguide.runtime.understanding import DEAF_BLOCKS, MOST_BLOCKS, UnderstandingThread
from voiceguide.runtime.utterance import Surroundings, Utterance


class Notebook:
    """Writes down the value of each block; stalls while told to."""

    is_someone_speaking = False

    def __init__(self) -> None:
        self.values: list[int] = []
        self.goes_on = threading.Event()
        self.has_begun = threading.Event()

    def understand(self, cleaned: Cleaned) -> list[Utterance]:
        self.has_begun.set()
        assert self.goes_on.wait(10.0)
        self.values.append(int(cleaned.samples[0]))
        return []


def block(value: int) -> Cleaned:
    samples = np.full(BLOCK_SAMPLES, value, np.float32)
    return Cleaned(
        samples,
        probability=0.0,
        near_end_db=None,
        is_echo_placed=True,
        is_half_duplex=False,
        surroundings=Surroundings(frozenset()),
    )


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def stalled(notebook: Notebook) -> Iterator[UnderstandingThread]:
    """At work on a block 0 that it does not get on with."""
    thread = UnderstandingThread(notebook, lambda _heard, _is_stale: None)
    thread.start()
    thread.give(block(0), hears_voice=False)
    assert notebook.has_begun.wait(10.0)
    yield thread
    notebook.goes_on.set()
    thread.close()


def give(thread: UnderstandingThread, count: int, first: int = 1) -> None:
    for value in range(first, first + count):
        thread.give(block(value), hears_voice=False)


def test_what_waits_is_understood_in_its_order(
    stalled: UnderstandingThread, notebook: Notebook
) -> None:
    give(stalled, 50)
    assert not stalled.is_caught_up

    notebook.goes_on.set()
    wait_for(lambda: stalled.is_caught_up, "the end")

    assert notebook.values == list(range(51))


def test_how_late_it_is(stalled: UnderstandingThread) -> None:
    give(stalled, 10)
    assert not stalled.is_behind
    give(stalled, 10)
    assert stalled.is_behind
    assert not stalled.is_deaf
    give(stalled, DEAF_BLOCKS)
    assert stalled.is_deaf


def test_a_voice_that_waits_to_be_understood_is_somebody_speaking(
    stalled: UnderstandingThread, notebook: Notebook
) -> None:
    give(stalled, 1)
    assert not stalled.is_someone_speaking
    stalled.give(block(2), hears_voice=True)
    assert stalled.is_someone_speaking

    notebook.goes_on.set()
    wait_for(lambda: stalled.is_caught_up, "the end")

    assert not stalled.is_someone_speaking


def test_of_too_much_the_oldest_is_dropped(
    stalled: UnderstandingThread, notebook: Notebook
) -> None:
    give(stalled, MOST_BLOCKS + 5)

    notebook.goes_on.set()
    wait_for(lambda: stalled.is_caught_up, "the end")

    assert notebook.values == [0, *range(6, MOST_BLOCKS + 6)]


def test_what_waits_when_the_microphone_is_lost_is_left_out(
    stalled: UnderstandingThread, notebook: Notebook
) -> None:
    stalled.give(block(1), hears_voice=True)
    stalled.forget()
    assert not stalled.is_someone_speaking
    give(stalled, 1, first=9)

    notebook.goes_on.set()
    wait_for(lambda: stalled.is_caught_up, "the end")

    assert notebook.values == [0, 9]


def test_nothing_is_decided_after_the_end() -> None:
    notebook, taken = Notebook(), threading.Event()
    thread = UnderstandingThread(notebook, lambda _heard, _is_stale: taken.set())
    thread.start()
    give(thread, 3)
    assert notebook.has_begun.wait(10.0)

    thread.close()
    notebook.goes_on.set()
    wait_for(lambda: notebook.values, "the block at work")
    thread._thread.join(10.0)

    assert notebook.values == [1]
    assert not taken.is_set()

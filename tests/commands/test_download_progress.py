import io

import pytest

from voiceguide.commands.download_progress import ProgressBar, ProgressLines, progress_for

MB = 1_000_000


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def test_a_terminal_gets_a_bar_and_a_pipe_gets_lines() -> None:
    assert isinstance(progress_for(Terminal(), plain=False), ProgressBar)
    assert isinstance(progress_for(io.StringIO(), plain=False), ProgressLines)


def test_who_asks_for_plain_lines_gets_them_on_a_terminal_too() -> None:
    assert isinstance(progress_for(Terminal(), plain=True), ProgressLines)


def test_a_terminal_that_cant_redraw_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")

    assert isinstance(progress_for(Terminal(), plain=False), ProgressLines)


def test_lines_come_at_each_tenth_once() -> None:
    stream = io.StringIO()
    progress = ProgressLines(stream)
    for here in range(0, 41 * MB, MB // 4):
        progress(here, 40 * MB)
    progress.close()

    lines = stream.getvalue().splitlines()
    assert lines[0] == "0 %: 0 of 40 MB"
    assert lines[5] == "50 %: 20 of 40 MB"
    assert lines[-1] == "100 %: 40 of 40 MB"
    assert len(lines) == 11


def test_a_resumed_download_begins_where_it_goes_on() -> None:
    stream = io.StringIO()
    ProgressLines(stream)(18 * MB, 40 * MB)

    assert stream.getvalue() == "40 %: 18 of 40 MB\n"


def test_the_bar_is_one_line_redrawn_at_each_per_cent() -> None:
    stream = Terminal()
    progress = ProgressBar(stream)
    for here in range(0, 40 * MB + 1, MB // 10):
        progress(here, 40 * MB)
    progress.close()

    shown = stream.getvalue()
    assert shown.count("\r") == 101
    assert shown.count("\n") == 1
    assert shown.split("\r")[51] == "[##########..........]  50 %: 20 of 40 MB"
    assert all(len(line) < 60 for line in shown.split("\r"))


def test_a_bar_that_was_never_drawn_leaves_no_empty_line() -> None:
    stream = Terminal()
    ProgressBar(stream).close()

    assert not stream.getvalue()


@pytest.mark.parametrize("kind", [ProgressBar, ProgressLines])
def test_more_than_the_rough_size_stays_at_a_hundred(
    kind: type[ProgressBar | ProgressLines],
) -> None:
    stream = Terminal()
    progress = kind(stream)
    progress(130 * MB, 128 * MB)
    progress(131 * MB, 128 * MB)

    assert stream.getvalue().count("100 %") == 1

"""The window is closed in the middle of a session, in a terminal of its own."""

import os
import pty
import sys
from pathlib import Path

from tests.voiceguide_process import REPOSITORY, home_environment

_STARTED = b"Guide: "


def test_a_closed_window_ends_the_session_gently(tmp_path: Path) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(REPOSITORY)
        command = [sys.executable, "-m", "voiceguide", "run", "self-massage-wall", "--typed"]
        os.execve(sys.executable, command, home_environment(tmp_path))  # noqa: S606 - no shell is meant
    shown = b""
    while _STARTED not in shown:
        shown += os.read(terminal, 4096)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0

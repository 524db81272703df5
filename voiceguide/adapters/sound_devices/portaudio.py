"""PortAudio itself, by the sounddevice module: loaded when first needed, ended within a second."""

import atexit
import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from voiceguide.errors import DeviceError

CLOSE_SECONDS = 0.7
"""As long as anything of PortAudio's is waited for; it may hang."""

_stderr_guard = threading.Lock()


@cache
def sounddevice_module() -> Any:
    """The sounddevice module; loading it loads and starts PortAudio."""
    try:
        import sounddevice  # noqa: PLC0415 - a machine without PortAudio can still type and rehearse
    except OSError as error:
        raise DeviceError(
            "Sound needs the PortAudio library: install it (Debian: `apt install libportaudio2`), "
            "or use --typed."
        ) from error
    _hush_alsa()
    atexit.unregister(sounddevice._exit_handler)  # noqa: SLF001 - it may hang, see below
    _at_exit_within_a_second(sounddevice._exit_handler)  # noqa: SLF001
    return sounddevice


def _at_exit_within_a_second(end: Callable[[], None]) -> None:
    """Run `end` when the interpreter exits, but exit even if it hangs.

    PulseAudio's library may lock itself up when its server dies (seen: `pa_memimport_free` waits
    for ever in its own loop), and then PortAudio waits for it when it ends. The thread starts now,
    since none can be started at exit (Python 3.12).
    """
    leaving, has_ended = threading.Event(), threading.Event()

    def wait_and_end() -> None:
        leaving.wait()
        end()
        has_ended.set()

    def leave() -> None:
        leaving.set()
        has_ended.wait(CLOSE_SECONDS)

    threading.Thread(target=wait_and_end, name="end PortAudio", daemon=True).start()
    atexit.register(leave)


def _hush_alsa() -> None:
    """On Linux, keep ALSA's remarks ("underrun occurred") off the user's console.

    It calls a handler for them. Any C function that ignores its arguments will do, and one of C's
    own needs no Python on PortAudio's thread.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            handler = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
            ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(handler)


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep what C libraries print while a device is opened off the user's console."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a console
        yield
        return
    with _stderr_guard:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)

"""Rendered speech, kept in memory and on disk, so that what was said once costs nothing again.

Held as 16-bit samples in both places: a run gives the same samples whether the cache was cold or
warm. The disk is a convenience: where it can't be written or read, speech is rendered again.
"""

import contextlib
import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from voiceguide.audio.pcm import Samples, from_int16, to_int16
from voiceguide.ports import Voice

_FORMAT = "1"  # part of the key: raise it when renderings are shaped differently
_DIGEST_BYTES = 32  # a file is the SHA-256 of its samples, then the samples, little-endian 16 bit

_Pcm: TypeAlias = npt.NDArray[np.int16]


class VoiceCache:
    """A voice that remembers. Safe from several threads; renders in one at a time."""

    def __init__(self, voice: Voice, directory: Path | None, max_bytes: int = 64_000_000) -> None:
        """`directory` is made where it is missing; None keeps everything in memory.

        `max_bytes` bounds memory and disk, each: 64 MB are 33 minutes of speech. What was used
        longest ago goes first.
        """
        self._voice = voice
        self._memory: OrderedDict[str, _Pcm] = OrderedDict()
        self._memory_bytes = 0
        self._max_bytes = max_bytes
        self._disk = _Disk(directory, max_bytes) if directory else None
        self._guard = threading.Lock()
        self._rendering = threading.Lock()

    def get(self, text: str, rate_wpm: int) -> Samples:
        """The text as speech, rendered if need be.

        Raises:
            VoiceError: the engine can't render it.
        """
        if (known := self.peek(text, rate_wpm)) is not None:
            return known
        with self._rendering:
            if (known := self.peek(text, rate_wpm)) is not None:
                return known  # another thread rendered it while this one waited
            pcm = to_int16(self._voice.render(text, rate_wpm))
            self._remember(self._key(text, rate_wpm), pcm, write=True)
        return from_int16(pcm)

    def peek(self, text: str, rate_wpm: int) -> Samples | None:
        """The text as speech where it was rendered before, at once; None otherwise."""
        key = self._key(text, rate_wpm)
        with self._guard:
            pcm = self._memory.get(key)
            if pcm is not None:
                self._memory.move_to_end(key)
        if pcm is None and self._disk and (pcm := self._disk.read(key)) is not None:
            self._remember(key, pcm, write=False)
        return None if pcm is None else from_int16(pcm)

    def close(self) -> None:
        """Close the voice."""
        self._voice.close()

    def _key(self, text: str, rate_wpm: int) -> str:
        parts = "\0".join([_FORMAT, self._voice.label, str(rate_wpm), text])
        return hashlib.sha256(parts.encode()).hexdigest()

    def _remember(self, key: str, pcm: _Pcm, *, write: bool) -> None:
        with self._guard:
            if key not in self._memory:
                self._memory[key] = pcm
                self._memory_bytes += pcm.nbytes
            while self._memory_bytes > self._max_bytes:
                _, oldest = self._memory.popitem(last=False)
                self._memory_bytes -= oldest.nbytes
        if write and self._disk:
            self._disk.write(key, pcm)


class _Disk:
    """One file a rendering; its time of change is when it was last used."""

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._bytes = 0
        with contextlib.suppress(OSError):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._bytes = sum(size for _, size, _ in self._files())

    def read(self, key: str) -> _Pcm | None:
        path = self._path(key)
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        payload = content[_DIGEST_BYTES:]
        if hashlib.sha256(payload).digest() != content[:_DIGEST_BYTES]:
            return None  # cut short or damaged: rendering again replaces it
        return np.frombuffer(payload, dtype="<i2").astype(np.int16)

    def write(self, key: str, pcm: _Pcm) -> None:
        payload = pcm.astype("<i2").tobytes()
        with contextlib.suppress(OSError):  # a full or read-only disk is no reason to be mute
            self._replace(self._path(key), hashlib.sha256(payload).digest() + payload)
            self._bytes += _DIGEST_BYTES + len(payload)
            if self._bytes > self._max_bytes:
                self._evict()

    def _replace(self, path: Path, content: bytes) -> None:
        """Write beside the goal and move: a reader sees a whole file or none."""
        handle, name = tempfile.mkstemp(dir=self._directory, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _evict(self) -> None:
        files = sorted(self._files())
        self._bytes = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._bytes <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            self._bytes -= size

    def _files(self) -> list[tuple[float, int, Path]]:
        stats = ((path.stat(), path) for path in self._directory.iterdir() if path.is_file())
        return [(stat.st_mtime, stat.st_size, path) for stat, path in stats]

    def _path(self, key: str) -> Path:
        return self._directory / f"{key}.pcm"

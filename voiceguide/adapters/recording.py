"""Recordings on disk, read bit by bit as mono 16 kHz samples, so that length costs no memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.errors import UsageError

_READ_FRAMES = 65_536


def recording_seconds(path: Path) -> float:
    """How long the recording is.

    Raises:
        UsageError: it is missing or no audio that can be read.
    """
    with _opened(path) as sound:
        return float(sound.frames / sound.samplerate)


def read_recording(path: Path) -> Iterator[Samples]:
    """The recording in pieces of any length, channels averaged, resampled to 16 kHz.

    Raises:
        UsageError: it is missing, no audio, or breaks off in the middle.
    """
    with _opened(path) as sound:
        resampler = soxr.ResampleStream(sound.samplerate, SAMPLE_RATE_HZ, 1, dtype="float32")
        while True:
            frames = _read(sound, path)
            mono = np.nan_to_num(frames.mean(axis=1), posinf=0.0, neginf=0.0)
            is_last = len(mono) < _READ_FRAMES
            yield np.asarray(resampler.resample_chunk(mono, last=is_last), dtype=np.float32)
            if is_last:
                return


def _opened(path: Path) -> soundfile.SoundFile:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name the recordings in it.")
    if not path.exists():
        raise UsageError(f"There is no file {path}: check the name.")
    try:
        return soundfile.SoundFile(path)
    except (soundfile.SoundFileError, OSError, TypeError):
        raise UsageError(
            f"{path} is no recording that can be read: convert it to WAV or FLAC."
        ) from None


def _read(sound: soundfile.SoundFile, path: Path) -> Samples:
    try:
        return np.asarray(sound.read(_READ_FRAMES, dtype="float32", always_2d=True))
    except soundfile.SoundFileError:
        raise UsageError(f"{path} breaks off in the middle: record or convert it again.") from None

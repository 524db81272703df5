"""Which voice speaks: the one asked for, or the most intelligible one that works here."""

import sys

from voiceguide.adapters.flite_voice import FliteVoice, flite_voices
from voiceguide.adapters.pyttsx3_voice import Pyttsx3Voice
from voiceguide.errors import VoiceError
from voiceguide.ports import Voice

# A recogniser misunderstands 33 % of its words against 57 % for espeak's plain voice.
_BEST_ESPEAK = "en-us+klatt4"
_ENGINES = ("flite", "pyttsx3")


def open_voice(name: str = "") -> Voice:
    """The voice called "ENGINE", "ENGINE:VOICE" or, for an empty name, the best one here.

    Such as "flite:slt", "pyttsx3", "pyttsx3:en-us+klatt4". It has spoken a word when this returns.

    Raises:
        VoiceError: there is no such voice, or none at all; says what to install.
    """
    engine, _, own_name = name.partition(":")
    if engine not in ("", *_ENGINES):
        raise VoiceError(
            f"There is no voice engine {engine!r}: use one of {', '.join(_ENGINES)}, "
            "with a voice of its own after a colon, as in flite:slt."
        )
    if engine == "flite" or (not engine and flite_voices()):
        return _proved(FliteVoice(own_name or "slt"))
    return _open_pyttsx3(own_name)


def list_voices() -> list[str]:
    """Every name that `open_voice` takes here, the best first; empty without any engine."""
    return [f"flite:{name}" for name in flite_voices()] + _pyttsx3_names()


def _open_pyttsx3(own_name: str) -> Voice:
    if not own_name and _is_espeak():
        try:
            return _proved(Pyttsx3Voice(_BEST_ESPEAK))
        except VoiceError:
            return _proved(Pyttsx3Voice())  # this espeak has no such variant, or a silent one
    return _proved(Pyttsx3Voice(own_name))


def _pyttsx3_names() -> list[str]:
    voice = Pyttsx3Voice()
    try:
        own_names = voice.voices()
    except VoiceError:
        return []
    finally:
        voice.close()
    best = [_BEST_ESPEAK] if _is_espeak() else []
    return ["pyttsx3", *(f"pyttsx3:{own_name}" for own_name in [*best, *own_names])]


def _proved(voice: Voice) -> Voice:
    """The voice itself, after it has rendered a word that can be heard."""
    try:
        voice.render("Ready.", 170)
    except VoiceError:
        voice.close()
        raise
    return voice


def _is_espeak() -> bool:
    """What pyttsx3 drives by default, other than on macOS and Windows."""
    return sys.platform not in ("darwin", "win32")

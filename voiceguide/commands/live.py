"""What every live command shares: a mouth, being the only one, and a gentle end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from voiceguide.adapters.file_lock import LockedError, locked
from voiceguide.audio.pcm import Samples
from voiceguide.audio.playback import Playback, PlaybackEvent
from voiceguide.audio.stream_clock import Place
from voiceguide.commands.resources import user_cache_dir, user_state_dir
from voiceguide.core.settings import Settings
from voiceguide.errors import UsageError, VoiceError
from voiceguide.ports import Voice, VoiceSettings
from voiceguide.runtime.far_end import FarEnd
from voiceguide.runtime.spoken_word import SpokenWord
from voiceguide.runtime.talker import Talker
from voiceguide.runtime.voice_cache import VoiceCache


@dataclass(frozen=True, slots=True)
class Mouth:
    """The guide's voice on its way out. With `is_private` the microphone does not hear it."""

    talker: Talker
    playback: Playback
    word: SpokenWord
    is_private: bool = False
    far_end: FarEnd = field(default_factory=FarEnd)

    def source(self, post: Callable[[PlaybackEvent], None]) -> Callable[[int], Samples]:
        """The loudspeaker's source; what begins and ends with a block is posted."""

        def next_block(count: int) -> Samples:
            block = self.playback.next_block(count)
            for event in self.playback.take_events():
                post(event)
            return block

        return next_block

    def sent(self, block: Samples, at: Place) -> None:
        """A block is on its way to the loudspeaker: what the microphone may hear of it."""
        self.far_end.put(block, at, "" if self.is_private else self.word.now())


def open_mouth(
    voice: Voice,
    settings: Settings,
    stack: ExitStack,
    on_mute: Callable[[VoiceError], None],
    *,
    is_private: bool = False,
) -> Mouth:
    """A mouth that speaks with this voice, which is closed with the stack."""
    cache = VoiceCache(voice, user_cache_dir() / "voice")
    stack.callback(cache.close)
    playback = Playback(settings.volume)
    talker = Talker(cache, playback, VoiceSettings(rate_wpm=settings.rate_wpm), on_error=on_mute)
    stack.callback(talker.close)
    return Mouth(talker, playback, SpokenWord(playback), is_private)


@contextmanager
def only_one() -> Iterator[None]:
    """Two guides in one room would talk to each other.

    Where nothing can be written there is no lock: a person is guided all the same.

    Raises:
        UsageError: one is at work already.
    """
    folder = user_state_dir()
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder / "session.lock"))
        except LockedError:
            raise UsageError("voiceguide is already running: end that session first.") from None
        except OSError:
            pass
        yield


@contextmanager
def quit_on_signals(quit_gently: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, a polite kill and a closed window end the dialogue gently; Ctrl-C again at once."""

    def on_signal(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        quit_gently()

    wanted = [signal.SIGINT, signal.SIGTERM]
    hangup = getattr(signal, "SIGHUP", None)  # the window was closed; unknown on Windows
    if hangup is not None and signal.getsignal(hangup) != signal.SIG_IGN:  # as under nohup
        wanted.append(hangup)
    before = [signal.signal(number, on_signal) for number in wanted]
    try:
        yield
    finally:
        for number, handler in zip(wanted, before, strict=True):
            signal.signal(number, handler)

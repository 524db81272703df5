"""A real session in real time: `voiceguide run` on virtual sound devices, spoken to aloud."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.virtual_audio import VirtualAudio, missing_programs
from tests.voiceguide_process import REPOSITORY, home_environment, wait_for
from voiceguide.audio.pcm import SAMPLE_RATE_HZ, Samples
from voiceguide.audio.room import USER_LEVEL_DBFS, at_level
from voiceguide.commands.voices import list_voices, open_voice
from voiceguide.errors import ExitCode
from voiceguide.ports import Voice

pytestmark = [
    pytest.mark.audio,
    pytest.mark.skipif(bool(missing_programs()), reason="PulseAudio is not installed"),
    pytest.mark.skipif(not list_voices(), reason="there is no voice for the user"),
]


@pytest.fixture(scope="module")
def user_voice() -> Iterator[Voice]:
    names = list_voices()
    voice = open_voice("flite:rms" if "flite:rms" in names else names[-1])
    yield voice
    voice.close()


@pytest.fixture
def audio(tmp_path: Path) -> Iterator[VirtualAudio]:
    with VirtualAudio(tmp_path) as running:
        yield running


@dataclass
class SpokenSession:
    """The program at work, and a person in the room with it."""

    audio: VirtualAudio
    voice: Voice
    folder: Path
    seen: int = 0
    process: subprocess.Popen[str] = field(init=False)

    def start(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voiceguide", "run", *arguments, "--journal", self.journal],
            env=home_environment(self.folder / "home") | self.audio.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            text=True,
        )

    @property
    def journal(self) -> Path:
        return self.folder / "journal.txt"

    def say(self, words: str) -> None:
        quiet: Samples = np.zeros(SAMPLE_RATE_HZ // 5, dtype=np.float32)
        speech = at_level(self.voice.render(words, 170), USER_LEVEL_DBFS)
        self.audio.play_into_microphone(np.concatenate([quiet, speech, quiet]))

    def get(self, words: str, text: str) -> str:
        """Say something until it has its effect, as people do; at most four times."""
        for _ in range(3):
            self.say(words)
            try:
                return self.hears(text, seconds=6.0)
            except AssertionError:
                continue
        self.say(words)
        return self.hears(text)

    def hears(self, text: str, seconds: float = 40.0) -> str:
        """Wait for a line of the journal that has not been seen yet; returns it."""
        found: list[str] = []

        def is_there() -> bool:
            lines = self.journal.read_text().splitlines() if self.journal.exists() else []
            for number in range(self.seen, len(lines)):
                if text in lines[number]:
                    self.seen = number + 1
                    found.append(lines[number])
                    return True
            assert self.process.poll() is None, f"ended early: {self.process.communicate()[0]}"
            return False

        wait_for(is_there, repr(text), seconds)
        return found[0]

    def ends(self) -> int:
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def session(audio: VirtualAudio, user_voice: Voice, tmp_path: Path) -> Iterator[SpokenSession]:
    spoken = SpokenSession(audio, user_voice, tmp_path)
    yield spoken
    if spoken.process.poll() is None:
        spoken.process.kill()
        spoken.process.communicate()
    if spoken.journal.exists():  # pytest shows it where the test failed
        sys.stdout.write(spoken.journal.read_text())


def get_to_work(session: SpokenSession) -> None:
    """Answer the questions and go to the fourth step, the first with pressure and time."""
    session.start("back-massage-basic")
    session.hears("Do you see any redness")
    for question in ("fever", "accident", "numb", "pregnant", "thinners", "calves", "bones"):
        session.get("no", question)
    session.get("no", "You will need")
    for preparation in ("rings", "face down", "oil where", "Agree", "Step one of"):
        session.get("ready", preparation)
    for number in ("two", "three", "four"):
        session.get("next", f"Step {number} of")


def loudest(samples: Samples) -> float:
    return float(np.max(np.abs(samples), initial=0.0))


def test_a_person_is_guided_by_voice_from_the_first_question_to_a_red_flag(
    session: SpokenSession, tmp_path: Path
) -> None:
    get_to_work(session)

    assert "very light" in session.get("softer", "The pressure is now")

    with session.audio.record_speaker(tmp_path / "speaker.wav"):
        session.get("stop", "earcon stopped")
        session.audio.play_into_microphone(np.zeros(3 * SAMPLE_RATE_HZ, dtype=np.float32))
    recorded, _ = soundfile.read(tmp_path / "speaker.wav", dtype="float32")

    assert loudest(recorded[: SAMPLE_RATE_HZ // 2]) > 0.02, "the guide was speaking"
    assert loudest(recorded[-2 * SAMPLE_RATE_HZ :]) < 0.001, "and is silent after stop"

    session.get("resume", "Going on")
    session.get("my arm feels numb", "red flag urgent")
    session.hears("lift your hands")
    session.get("no", "suddenly")
    session.get("no", "Do not go on")
    session.get("end session", "end on a red flag")

    assert session.ends() == ExitCode.RED_FLAG


def test_an_unplugged_microphone_is_told_and_heard_again_when_it_is_back(
    session: SpokenSession,
) -> None:
    session.start("back-massage-basic")
    session.hears("Do you see any redness")
    session.audio.stop()
    session.hears("microphone lost")
    session.audio.start()
    session.hears("microphone back")

    session.get("resume", "Do you see any redness")


def test_ctrl_c_ends_gently_and_leaves_no_process_behind(session: SpokenSession) -> None:
    session.start("back-massage-basic")
    session.hears("Do you see any redness")
    children = _children(session.process.pid)
    session.process.send_signal(signal.SIGINT)

    assert session.ends() == ExitCode.OK
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


def test_a_second_session_is_refused_in_one_sentence(session: SpokenSession) -> None:
    session.start("back-massage-basic")
    session.hears("Do you see any redness")
    second = subprocess.run(
        [sys.executable, "-m", "voiceguide", "run"],
        env=home_environment(session.folder / "home") | session.audio.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )

    assert second.returncode == ExitCode.USAGE
    assert second.stderr == "voiceguide is already running: end that session first.\n"


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for children in tasks for child in children.read_text().split()]

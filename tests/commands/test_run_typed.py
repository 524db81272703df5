"""`voiceguide run --typed` and every way in which starting a session can go wrong."""

from pathlib import Path

import pytest

from tests.voiceguide_process import voiceguide
from voiceguide.adapters.file_lock import locked
from voiceguide.cli import COMMANDS
from voiceguide.errors import ExitCode

SCREENED = "no\n" * 8
PREPARED = "ready\n" * 5


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_whole_session_can_be_typed_without_any_sound_device(home: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal.txt"
    typed = f"{SCREENED}{PREPARED}next\nnext\nnext\nsofter\nmy arm feels numb\nno\nno\n"
    done = voiceguide(
        "run", "back-massage-basic", "--typed", "--journal", str(journal), home=home, typed=typed
    )

    assert done.code == ExitCode.RED_FLAG
    assert "Guide: Step four of eleven." in done.out
    assert "The pressure is now very light." in done.out
    assert "Red flag, urgent." in done.out
    assert done.err == ""
    assert "system  end on a red flag: urgent" in journal.read_text()


def test_every_sound_has_words(home: Path) -> None:
    typed = f"{SCREENED}{PREPARED}stop\nresume\n"

    done = voiceguide("run", "back-massage-basic", "--typed", home=home, typed=typed)

    assert "Sound: stopped.\nGuide: " in done.out


def test_whoever_leaves_a_red_flag_is_told_to_get_help(home: Path) -> None:
    done = voiceguide("run", "back-massage-basic", "--typed", home=home, typed="my arm is numb\n")

    assert done.code == ExitCode.RED_FLAG
    assert done.out.endswith("If anything feels wrong, get help now.\n")


def test_without_a_routine_the_menu_is_read(home: Path) -> None:
    done = voiceguide("run", "--typed", home=home, typed="two\n")

    assert "One: Basic back massage." in done.out
    assert "Guide: Kneading and pressing." in done.out
    assert done.code == ExitCode.OK


def test_settings_are_kept_for_the_next_session(home: Path) -> None:
    voiceguide("run", "--typed", home=home, typed="slower\nslower\n")

    done = voiceguide("run", "--typed", home=home, typed="slower\nslower\n")

    assert "This is as slow as I can speak." in done.out


def test_settings_that_hold_nonsense_do_not_keep_anyone_from_starting(home: Path) -> None:
    (home / "state").mkdir(parents=True)
    (home / "state" / "settings.json").write_text('{"rate_wpm": "very", "colour": 3}')

    assert voiceguide("run", "--typed", home=home, typed="one\n").code == ExitCode.OK


def test_without_a_sound_device_a_spoken_session_says_so_in_one_sentence(home: Path) -> None:
    done = voiceguide("run", "back-massage-basic", home=home)

    assert done.code == ExitCode.NO_AUDIO_DEVICE
    assert len(done.err.splitlines()) == 1
    assert "--typed" in done.err


def test_an_unknown_routine_is_named_with_a_near_one(home: Path) -> None:
    done = voiceguide("run", "back-masage-basic", "--typed", home=home)

    assert done.code == ExitCode.USAGE
    assert "did you mean back-massage-basic?" in done.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("run", "nowhere.yaml", "--typed"), ExitCode.USAGE),
        (("run", "back-massage-basic", "--model", "nowhere"), ExitCode.MODEL_OR_VOICE_MISSING),
        (("run", "--typed", "--voice", "piper"), ExitCode.MODEL_OR_VOICE_MISSING),
        (("run", "--typed", "--journal", "no/such/folder/j.txt"), ExitCode.USAGE),
        (("show", "nowhere"), ExitCode.USAGE),
        (("hear", "nowhere.wav"), ExitCode.USAGE),
        (("rehearse", "back-massage-basic", "--script", "nowhere.yaml"), ExitCode.USAGE),
        (("rehearse", "back-massage-basic", "--noise", "nowhere.wav"), ExitCode.USAGE),
        (("check", "nowhere.yaml"), ExitCode.PROBLEMS_FOUND),
        (("devices",), ExitCode.NO_AUDIO_DEVICE),
        (("models", "get", "nothing"), ExitCode.USAGE),
        (("nonsense",), ExitCode.USAGE),
        ((), ExitCode.USAGE),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(
    arguments: tuple[str, ...], code: ExitCode, home: Path
) -> None:
    done = voiceguide(*arguments, home=home)

    assert done.code == code
    assert "Traceback" not in done.err + done.out
    assert (done.err + done.out).strip()


@pytest.mark.parametrize(
    "command",
    [command.name for command in COMMANDS],
)
def test_every_command_explains_itself(command: str, home: Path) -> None:
    done = voiceguide(command, "--help", home=home)

    assert done.code == ExitCode.OK
    assert done.out.startswith(f"usage: voiceguide {command}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"title: [",
        b"- a list\n",
        b"colour: red\n",
        b"a: &a [1]\nb: *a\n",
        b"\x00\x01\x02",
        b"title: x\n" * 1_200_000,
    ],
    ids=["empty", "broken", "list", "unknown field", "alias", "binary", "10 MB"],
)
def test_a_bad_routine_file_is_told_with_its_line(
    content: bytes, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)

    checked = voiceguide("check", str(path), home=home)
    run = voiceguide("run", str(path), "--typed", home=home)

    assert checked.code == ExitCode.PROBLEMS_FOUND
    assert checked.out.startswith(f"{path}:")
    assert run.code == ExitCode.USAGE
    assert run.err.startswith(f"{path}:")
    assert "Traceback" not in run.err


def test_a_second_session_is_refused(home: Path) -> None:
    (home / "state").mkdir(parents=True)
    with locked(home / "state" / "session.lock"):
        done = voiceguide("run", "self-massage-wall", "--typed", home=home)

    assert done.code == ExitCode.USAGE
    assert done.err == "voiceguide is already running: end that session first.\n"


def test_a_person_is_guided_where_nothing_can_be_written(home: Path) -> None:
    home.write_text("no folder")
    done = voiceguide("run", "self-massage-wall", "--typed", home=home, typed="no\n")

    assert done.code == ExitCode.OK
    assert "I can't write down what we do today." in done.out

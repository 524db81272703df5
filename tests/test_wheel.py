"""The built wheel works by itself, far from the checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from voiceguide.commands.voices import list_voices

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    quick = ["--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "wheel", *quick, "-w", folder, REPOSITORY], check=True)
    (wheel,) = folder.glob("voiceguide-*.whl")
    subprocess.run([*pip, "install", *quick, "--target", folder / "site", wheel], check=True)
    return folder / "site"


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PYTHONPATH": str(installed),
        "VOICEGUIDE_HOME": str(installed.parent / "home"),
    }
    return subprocess.run(
        [sys.executable, "-m", "voiceguide", *arguments],
        env=environment,
        cwd=installed.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_lists_its_routines(installed: Path) -> None:
    done = run(installed, "list")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 7
    assert "back-massage-basic" in done.stdout


def test_the_wheel_is_what_runs_and_not_the_checkout(installed: Path) -> None:
    done = run(installed, "models", "path")

    assert done.stdout.strip().startswith(str(installed))


@pytest.mark.skipif(not list_voices(), reason="there is no voice here")
def test_the_wheel_rehearses(installed: Path) -> None:
    script = installed.parent / "script.yaml"
    script.write_text('- {at: 4, say: "no"}\n- {at: 8, say: end session}\n')
    done = run(installed, "rehearse", "self-massage-wall", "--script", str(script))

    assert done.returncode == 0, done.stderr
    assert "user    end session" in done.stdout

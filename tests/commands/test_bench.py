"""`voiceguide bench` finds the benchmarks and hands on what they are asked for."""

from pathlib import Path

from tests.voiceguide_process import voiceguide
from voiceguide.commands.bench import benchmarks
from voiceguide.errors import ExitCode


def test_every_benchmark_that_the_documents_name_is_there() -> None:
    named = {"fitting", "hearing", "own_voice", "playback", "red_flags", "speed"}

    assert named <= set(benchmarks())


def test_a_benchmark_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    done = voiceguide("bench", "sight", home=tmp_path)

    assert done.code == ExitCode.USAGE
    assert "There is no benchmark 'sight': use" in done.err
    assert "hearing" in done.err


def test_a_folder_without_a_model_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    done = voiceguide("bench", "red_flags", "--model", str(tmp_path / "none"), home=tmp_path)

    assert done.code == ExitCode.MODEL_OR_VOICE_MISSING
    assert done.err.startswith(f"{tmp_path / 'none'} is not a folder")

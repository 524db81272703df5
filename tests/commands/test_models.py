import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.model_server import ModelServer, catalogue_model, model_zip
from voiceguide.adapters.file_lock import locked
from voiceguide.commands import models, resources
from voiceguide.content.model_catalogue import CatalogueModel, load_catalogue
from voiceguide.errors import ExitCode, ModelError, UsageError

BODY = model_zip()
REPOSITORY = Path(__file__).parents[2]
RUN_ALONE = """
import argparse, signal, sys
from pathlib import Path
from voiceguide.commands import models
from voiceguide.errors import VoiceguideError
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits "ignore"
models.shipped_models_dir = lambda: Path(sys.argv[1])
parser = argparse.ArgumentParser()
models.add_arguments(parser)
try:
    models.run(parser.parse_args(sys.argv[2:]))
except VoiceguideError as error:
    sys.exit(f"{error} [{int(error.exit_code)}]")
"""


def toml(model: CatalogueModel) -> str:
    return (
        f'[[model]]\nname = "{model.name}"\ndescription = "{model.description}"\n'
        f'licence = "{model.licence}"\naddress = "{model.address}"\n'
        f'sha256 = "{model.sha256}"\nsize_bytes = {model.size_bytes}\n'
    )


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(BODY) as running:
        yield running


@pytest.fixture
def shipped(tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "models.toml").write_text(toml(server.model()))
    monkeypatch.setattr(models, "shipped_models_dir", lambda: folder)
    monkeypatch.setattr(resources, "shipped_models_dir", lambda: folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICEGUIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "home"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    models.add_arguments(parser)
    return models.run(parser.parse_args(arguments))


def put_model(folder: Path) -> Path:
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"model")
    return folder


def silent(_here: int, _total: int) -> None:
    """Report to nobody."""


def test_get_puts_the_model_where_it_is_found_and_used(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run("get", "small-en-us")

    assert code == ExitCode.OK
    assert resources.find_model() == home / "models" / "small-en-us"
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"small-en-us is ready: {home / 'models' / 'small-en-us'}"
    )


def test_get_leaves_only_the_model_and_its_lock(home: Path) -> None:
    run("get", "small-en-us")

    names = {path.name for path in (home / "models").iterdir()}
    assert names == {"small-en-us", ".small-en-us.lock"}


def test_where_no_terminal_is_there_is_a_line_each_ten_per_cent_and_nothing_redrawn(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("get", "small-en-us")

    printed = capsys.readouterr().out
    shares = [line.split(" %")[0] for line in printed.splitlines() if " %: " in line]
    assert shares[0] == "0"
    assert shares[-1] == "100"
    assert len(shares) <= 11
    assert "\r" not in printed
    assert "\x1b" not in printed


def test_a_model_that_is_already_there_is_not_fetched_again(
    home: Path, server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    run("get", "small-en-us")
    code = run("get", "small-en-us")

    assert code == ExitCode.OK
    assert "small-en-us is already there" in capsys.readouterr().out
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("smal-en-us", "did you mean small-en-us"),
        ("xyz", "the names are small-en-us"),
        ("../small-en-us", "There is no model called"),
        ("voiceguide-en-basic", "comes with voiceguide"),
    ],
)
def test_an_unknown_name_is_a_usage_error_with_a_hint(name: str, hint: str, home: Path) -> None:
    with pytest.raises(UsageError, match=hint):
        run("get", name)


def test_a_model_of_which_another_command_is_loading_is_left_alone(
    home: Path, server: ModelServer
) -> None:
    (home / "models").mkdir(parents=True)
    with (
        locked(home / "models" / ".small-en-us.lock"),
        pytest.raises(ModelError, match="Another command is getting small-en-us"),
    ):
        run("get", "small-en-us")

    assert server.requests == []


def test_what_another_command_finished_while_we_waited_is_taken(
    home: Path, server: ModelServer
) -> None:
    target = put_model(home / "models" / "small-en-us")

    assert models.install(server.model(), home / "models", silent) == target
    assert server.requests == []


def test_a_folder_without_a_model_is_never_overwritten(home: Path) -> None:
    keep = home / "models" / "small-en-us" / "mine.txt"
    keep.parent.mkdir(parents=True)
    keep.write_text("mine")

    with pytest.raises(ModelError, match="exists but holds no model"):
        run("get", "small-en-us")

    assert keep.read_text() == "mine"


def test_leftovers_of_a_killed_command_are_cleared_away(home: Path) -> None:
    (home / "models" / ".small-en-us.unpacking" / "vosk").mkdir(parents=True)
    run("get", "small-en-us")

    assert not (home / "models" / ".small-en-us.unpacking").exists()


def test_too_little_space_is_said_before_anything_is_loaded(
    home: Path, shipped: Path, server: ModelServer
) -> None:
    huge = toml(server.model()).replace(f"size_bytes = {len(BODY)}", f"size_bytes = {10**18}")
    (shipped / "models.toml").write_text(huge)

    with pytest.raises(ModelError, match=r"needs 3,000,000,000,000 MB of free space"):
        run("get", "small-en-us")

    assert server.requests == []


def test_an_archive_that_is_unsafe_leaves_no_model(
    home: Path, shipped: Path, server: ModelServer
) -> None:
    server.body = model_zip({"vosk/am/final.mdl": b"x", "vosk/../../../outside": b"x"})
    (shipped / "models.toml").write_text(toml(server.model()))

    with pytest.raises(ModelError, match="would lie outside its folder"):
        run("get", "small-en-us")

    assert not (home / "models" / "small-en-us").exists()
    assert not (home / "models" / ".small-en-us.unpacking").exists()


def test_an_archive_without_a_model_in_it_is_not_installed(
    home: Path, shipped: Path, server: ModelServer
) -> None:
    server.body = model_zip({"vosk/README": b"no model"})
    (shipped / "models.toml").write_text(toml(server.model()))

    with pytest.raises(ModelError, match="holds no speech model"):
        run("get", "small-en-us")

    assert not (home / "models" / "small-en-us").exists()


def test_a_home_that_cant_be_written_is_one_sentence(home: Path) -> None:
    home.write_text("a file where a folder should be")

    with pytest.raises(ModelError, match="can't be made: Not a directory"):
        run("get", "small-en-us")


def test_ctrl_c_is_one_sentence_and_the_next_get_goes_on(
    tmp_path: Path, home: Path, shipped: Path, server: ModelServer
) -> None:
    server.go_on = threading.Event()
    command = [sys.executable, "-c", RUN_ALONE, str(shipped), "get", "small-en-us"]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=os.environ | {"VOICEGUIDE_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith("40 %") for line in process.stdout)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    server.go_on.set()
    run("get", "small-en-us")

    assert errors == (
        "Stopped. What has arrived is kept: `voiceguide models get small-en-us` goes on from "
        "there. [4]\n"
    )
    assert "range" in server.requests[1]
    assert (home / "models" / "small-en-us" / "am" / "final.mdl").is_file()


def test_only_get_loads_the_networks_modules(home: Path, shipped: Path) -> None:
    loaded = "print(*{'ssl', 'http.client', 'urllib.request'} & set(sys.modules), file=sys.stderr)"
    finished = subprocess.run(
        [sys.executable, "-c", RUN_ALONE + loaded, str(shipped), "list"],
        cwd=REPOSITORY,
        env=os.environ | {"VOICEGUIDE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (finished.returncode, finished.stderr.strip()) == (0, "")


def test_list_says_what_is_installed_and_what_is_used(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("list")
    before = capsys.readouterr().out
    put_model(home / "models" / "small-en-us")
    run("list")
    after = capsys.readouterr().out

    assert before.startswith("small-en-us: not installed, 0 MB, licence Apache-2.0.")
    assert before.endswith("Used now: none\n")
    assert after.startswith("small-en-us: installed, ")
    assert after.endswith(f"Used now: {home / 'models' / 'small-en-us'}\n")


def test_list_as_json_holds_the_catalogue_and_the_paths(
    home: Path, server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    run("list", "--json")
    before = json.loads(capsys.readouterr().out)
    target = put_model(home / "models" / "small-en-us")
    run("list", "--json")
    after = json.loads(capsys.readouterr().out)

    assert before["used"] is None
    assert before["models"] == [
        {
            "name": "small-en-us",
            "description": "A model.",
            "licence": "Apache-2.0",
            "size_bytes": len(BODY),
            "size_is_exact": True,
            "sha256": server.model().sha256,
            "address": server.address,
            "path": None,
        }
    ]
    assert after["used"] == after["models"][0]["path"] == str(target)


def test_path_is_the_model_in_use_or_the_one_named(
    home: Path, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    basic = put_model(shipped / "voiceguide-en-basic")
    small = put_model(home / "models" / "small-en-us")
    for arguments in (["path"], ["path", "small-en-us"], ["path", "voiceguide-en-basic"]):
        run(*arguments)

    assert capsys.readouterr().out.splitlines() == [str(small), str(small), str(basic)]


def test_path_of_a_model_that_is_not_installed_says_how_to_get_it(home: Path) -> None:
    with pytest.raises(ModelError, match="voiceguide models get small-en-us"):
        run("path", "small-en-us")
    with pytest.raises(ModelError, match="No speech model is installed"):
        run("path")


def test_the_order_in_which_models_are_used_is_the_shipped_catalogues() -> None:
    catalogue = load_catalogue(REPOSITORY / "models" / "models.toml")

    assert tuple(model.name for model in catalogue) == resources.BEST_MODELS_FIRST


def test_a_rough_size_is_said_to_be_rough(
    home: Path, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = catalogue_model(BODY, "https://example.org/model.zip")
    text = toml(model).replace(f"= {len(BODY)}", "= 128_000_000\nsize_is_exact = false")
    (shipped / "models.toml").write_text(text)
    run("list")

    assert "about 128 MB" in capsys.readouterr().out

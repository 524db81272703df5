from pathlib import Path

import pytest

from voiceguide.commands import resources
from voiceguide.errors import ExitCode, ModelError

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICEGUIDE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def nothing_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shipped = tmp_path / "shipped"
    monkeypatch.setattr(resources, "shipped_models_dir", lambda: shipped)
    return shipped


def put_model(folder: Path) -> Path:
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"model")
    return folder


def test_in_a_checkout_the_shipped_folders_stand_beside_the_package() -> None:
    assert resources.shipped_models_dir() == REPOSITORY / "models"
    assert resources.shipped_routines_dir() == REPOSITORY / "routines"
    assert (resources.shipped_models_dir() / "models.toml").is_file()


def test_in_a_wheel_the_shipped_folders_are_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "voiceguide"
    (package / "_shipped" / "models").mkdir(parents=True)
    monkeypatch.setattr(resources, "files", lambda _name: package)

    assert resources.shipped_models_dir() == package / "_shipped" / "models"


def test_voiceguide_home_holds_everything_of_the_users(home: Path) -> None:
    assert resources.user_models_dir() == home / "models"
    assert resources.user_cache_dir() == home / "cache"
    assert resources.user_state_dir() == home / "state"
    assert resources.user_config_dir() == home / "config"


def test_a_tilde_in_voiceguide_home_is_the_users_own_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VOICEGUIDE_HOME", "~/guide")

    assert resources.user_state_dir() == Path.home() / "guide" / "state"


@pytest.mark.parametrize("value", ["", None])
def test_without_voiceguide_home_each_system_has_its_own_places(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv("VOICEGUIDE_HOME", raising=False)
    else:
        monkeypatch.setenv("VOICEGUIDE_HOME", value)

    places = [
        resources.user_models_dir(),
        resources.user_cache_dir(),
        resources.user_state_dir(),
        resources.user_config_dir(),
    ]

    assert all(place.is_absolute() and "voiceguide" in place.parts for place in places)
    assert len(set(places)) > 1


def test_asking_where_things_are_creates_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEGUIDE_HOME", str(tmp_path / "new"))
    resources.user_models_dir()
    resources.user_state_dir()

    assert not (tmp_path / "new").exists()


def test_the_best_installed_model_is_found_first(home: Path, nothing_shipped: Path) -> None:
    shipped = put_model(nothing_shipped / "voiceguide-en-basic")
    assert resources.find_model() == shipped

    small = put_model(home / "models" / "small-en-us")
    assert resources.find_model() == small

    large = put_model(home / "models" / "lgraph-en-us")
    assert resources.find_model() == large


def test_a_named_model_wins_over_an_installed_one(home: Path, tmp_path: Path) -> None:
    put_model(home / "models" / "small-en-us")
    own = put_model(tmp_path / "own")

    assert resources.find_model(own) == own


def test_a_model_in_vosks_older_flat_layout_is_found(tmp_path: Path) -> None:
    (tmp_path / "final.mdl").write_bytes(b"model")

    assert resources.find_model(tmp_path) == tmp_path


def test_a_half_installed_folder_is_passed_over(home: Path, nothing_shipped: Path) -> None:
    shipped = put_model(nothing_shipped / "voiceguide-en-basic")
    (home / "models" / "small-en-us").mkdir(parents=True)

    assert resources.find_model() == shipped


def test_no_model_at_all_is_one_sentence_that_says_how_to_get_one(
    home: Path, nothing_shipped: Path
) -> None:
    with pytest.raises(ModelError, match="voiceguide models get small-en-us") as caught:
        resources.find_model()

    assert caught.value.exit_code is ExitCode.MODEL_OR_VOICE_MISSING
    assert "\n" not in str(caught.value)


def test_a_named_model_that_is_not_there_is_said_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone is not a folder"):
        resources.find_model(tmp_path / "gone")


def test_a_folder_without_a_model_is_said_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"am/final\.mdl is missing"):
        resources.find_model(tmp_path)


def test_a_folder_around_the_model_gets_a_hint(tmp_path: Path) -> None:
    inner = put_model(tmp_path / "vosk-model")

    with pytest.raises(ModelError, match=f"did you mean {inner}"):
        resources.find_model(tmp_path)

"""Where files are: what ships with the program, what belongs to the user, and which model to use.

Nothing here creates a directory; who writes does. With `VOICEGUIDE_HOME` set, everything of the
user's lies under it.
"""

import os
from importlib.resources import files
from pathlib import Path

import platformdirs

from voiceguide.errors import ModelError

HOME_VARIABLE = "VOICEGUIDE_HOME"
BEST_MODELS_FIRST = ("lgraph-en-us", "small-en-us")
SHIPPED_MODEL = "voiceguide-en-basic"

_APP = "voiceguide"
_NO_MODEL = (
    "No speech model is installed: run `voiceguide models get small-en-us`, "
    "or name a model's folder with --model."
)


def shipped_models_dir() -> Path:
    """The directory with `models.toml` and the model that ships."""
    return _shipped_dir("models")


def shipped_routines_dir() -> Path:
    """The directory with the routines that ship."""
    return _shipped_dir("routines")


def user_models_dir() -> Path:
    """Where `models get` puts a model, in a folder of the model's name."""
    return _user_home("models") or platformdirs.user_data_path(_APP, appauthor=False) / "models"


def user_cache_dir() -> Path:
    """For what can be made again, such as rendered speech."""
    return _user_home("cache") or platformdirs.user_cache_path(_APP, appauthor=False)


def user_state_dir() -> Path:
    """For what the program remembers by itself, such as the voice's rate and loudness."""
    return _user_home("state") or platformdirs.user_state_path(_APP, appauthor=False)


def user_records_dir() -> Path:
    """For notes that the user has asked for: where a person looks for documents."""
    return _user_home("records") or platformdirs.user_documents_path() / "voiceguide records"


def user_config_dir() -> Path:
    """For what the user writes, such as routines and settings of their own."""
    return _user_home("config") or platformdirs.user_config_path(_APP, appauthor=False)


def find_model(explicit: Path | None = None) -> Path:
    """The model's folder to load: `explicit`, else the best installed one, else the shipped one.

    Raises:
        ModelError: `explicit` is no model, or there is none at all.
    """
    if explicit is not None:
        return _checked_model(explicit)
    found = next(filter(is_model, _candidates()), None)
    if found is None:
        raise ModelError(_NO_MODEL)
    return found


def is_model(folder: Path) -> bool:
    """Whether the folder holds an acoustic model, in either of the two layouts that vosk reads."""
    return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()


def _shipped_dir(name: str) -> Path:
    """In a wheel the folders are inside the package; in a checkout they stand beside it."""
    package = Path(str(files("voiceguide")))
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def _user_home(name: str) -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser() / name if home else None


def _candidates() -> list[Path]:
    """Every place of a model that is used without being named, best first."""
    installed = [user_models_dir() / name for name in BEST_MODELS_FIRST]
    return [*installed, shipped_models_dir() / SHIPPED_MODEL]


def _checked_model(folder: Path) -> Path:
    if not folder.is_dir():
        raise ModelError(f"{folder} is not a folder: give --model the folder of a vosk model.")
    if is_model(folder):
        return folder
    inner = [entry for entry in sorted(folder.iterdir()) if is_model(entry)]
    hint = f"did you mean {inner[0]}?" if inner else "give --model the folder of a vosk model."
    raise ModelError(f"{folder} holds no speech model (am/final.mdl is missing): {hint}")

"""`voiceguide models`: list what can be had, get a model, say which one is used."""

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from voiceguide.adapters.file_lock import LockedError, locked
from voiceguide.adapters.model_archive import unpack
from voiceguide.commands.download_progress import MEGABYTE, progress_for
from voiceguide.commands.resources import (
    SHIPPED_MODEL,
    find_model,
    is_model,
    shipped_models_dir,
    user_models_dir,
)
from voiceguide.content.model_catalogue import CatalogueModel, load_catalogue
from voiceguide.errors import ExitCode, ModelError, UsageError

_UNPACKED_AT_MOST = 4  # times the archive; vosk's models come to less than twice


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `list [--json]`, `get NAME [--plain]` and `path [NAME]`."""
    actions = parser.add_subparsers(dest="models_action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the models that can be had, best first")
    listing.add_argument("--json", action="store_true", help="as one JSON object")
    getting = actions.add_parser("get", help="download a model; the only use of the network")
    getting.add_argument("name", metavar="NAME", help="a name that `models list` shows")
    getting.add_argument("--plain", action="store_true", help="never redraw a line")
    path = actions.add_parser("path", help="the folder of the model that is used")
    path.add_argument("name", metavar="NAME", nargs="?", help="of this model instead")


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit code.

    Raises:
        UsageError: there is no model of that name.
        ModelError: a model is missing, or could not be got.
    """
    if args.models_action == "list":
        _write(_listing_json() if args.json else _listing())
    elif args.models_action == "get":
        _get(args.name, plain=args.plain)
    else:
        _write(str(_path(args.name) if args.name else find_model()))
    return ExitCode.OK


def install(model: CatalogueModel, models_dir: Path, report: Callable[[int, int], None]) -> Path:
    """Download, check and unpack a model; its folder appears whole or not at all.

    Raises:
        ModelError: it did not work; what has arrived stays for the next try.
    """
    target = models_dir / model.name
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with locked(models_dir / f".{model.name}.lock"):
            return target if is_model(target) else _install(model, target, report)
    except LockedError:
        raise ModelError(
            f"Another command is getting {model.name} at this moment: let it finish."
        ) from None
    except OSError as error:
        raise ModelError(f"{target} can't be made: {error.strerror or error}.") from None


def _install(model: CatalogueModel, target: Path, report: Callable[[int, int], None]) -> Path:
    # Imported here and not above: it loads the network's modules, which no other command does.
    from voiceguide.adapters.model_download import fetch, forget  # noqa: PLC0415

    if target.exists():
        raise ModelError(f"{target} exists but holds no model: remove it and try again.")
    part = target.with_name(f"{model.name}.zip.part")
    _check_space(model, part)
    fetch(model, part, report)
    unpacking = target.with_name(f".{model.name}.unpacking")
    shutil.rmtree(unpacking, ignore_errors=True)  # left by a killed command: we hold the lock
    try:
        top = unpack(part, unpacking, _UNPACKED_AT_MOST * model.most_bytes)
        if not is_model(top):
            raise ModelError(f"The archive of {model.name} holds no speech model.")
        top.rename(target)
    finally:
        shutil.rmtree(unpacking, ignore_errors=True)
    forget(part)
    return target


def _check_space(model: CatalogueModel, part: Path) -> None:
    here = part.stat().st_size if part.exists() else 0
    needed = max(0, model.size_bytes - here) + 2 * model.size_bytes
    free = shutil.disk_usage(part.parent).free
    if free < needed:
        raise ModelError(
            f"{model.name} needs {_megabytes(needed)} of free space in {part.parent}, "
            f"but {_megabytes(free)} are left: make room and try again."
        )


def _get(name: str, *, plain: bool) -> None:
    model = _named(name)
    target = user_models_dir() / name
    if is_model(target):
        _write(f"{name} is already there: {target}")
        return
    _write(f"Getting {name} ({_size(model)}, licence {model.licence}) from {model.address}")
    progress = progress_for(sys.stdout, plain=plain)
    try:
        install(model, target.parent, progress)
    except KeyboardInterrupt:
        raise ModelError(
            f"Stopped. What has arrived is kept: `voiceguide models get {name}` goes on from there."
        ) from None
    finally:
        progress.close()
    _write(f"{name} is ready: {target}")


def _path(name: str) -> Path:
    if name == SHIPPED_MODEL:
        return find_model(shipped_models_dir() / name)
    target = user_models_dir() / _named(name).name
    if not is_model(target):
        raise ModelError(f"{name} is not installed: run `voiceguide models get {name}`.")
    return target


def _named(name: str) -> CatalogueModel:
    if name == SHIPPED_MODEL:
        raise UsageError(f"{name} comes with voiceguide: there is nothing to get.")
    models = {model.name: model for model in _catalogue()}
    if name in models:
        return models[name]
    near = get_close_matches(name, models, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the names are {', '.join(models)}."
    raise UsageError(f"There is no model called {name}: {hint}")


def _catalogue() -> tuple[CatalogueModel, ...]:
    return load_catalogue(shipped_models_dir() / "models.toml")


def _listing() -> str:
    lines = []
    for model in _catalogue():
        state = "installed" if is_model(user_models_dir() / model.name) else "not installed"
        lines.append(f"{model.name}: {state}, {_size(model)}, licence {model.licence}.")
        lines.append(f"  {model.description}")
    return "\n".join([*lines, f"Used now: {_used() or 'none'}"])


def _listing_json() -> str:
    models = [_as_json(model) for model in _catalogue()]
    used = _used()
    return json.dumps({"models": models, "used": str(used) if used else None}, indent=2)


def _as_json(model: CatalogueModel) -> dict[str, object]:
    folder = user_models_dir() / model.name
    return {
        "name": model.name,
        "description": model.description,
        "licence": model.licence,
        "size_bytes": model.size_bytes,
        "size_is_exact": model.size_is_exact,
        "sha256": model.sha256,
        "address": model.address,
        "path": str(folder) if is_model(folder) else None,
    }


def _used() -> Path | None:
    try:
        return find_model()
    except ModelError:
        return None


def _size(model: CatalogueModel) -> str:
    about = "" if model.size_is_exact else "about "
    return about + _megabytes(model.size_bytes)


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:,.0f} MB"


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")

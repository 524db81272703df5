"""The offer of a larger speech model: at the first run, where only the shipped one is there.

Printed once when a session starts, and spoken once at the end of a whole routine, for those who
read no screen; never again after that. Where there is no network nothing is said.
"""

from collections.abc import Callable
from pathlib import Path

from voiceguide.adapters.network_route import has_route
from voiceguide.adapters.told_once import ToldOnce
from voiceguide.commands.download_progress import MEGABYTE
from voiceguide.commands.resources import SHIPPED_MODEL, shipped_models_dir
from voiceguide.content.model_catalogue import load_catalogue
from voiceguide.core.better_model import BetterModel
from voiceguide.errors import ContentError

RECOMMENDED = "small-en-us"
PRINTED, SPOKEN = "better-model-printed", "better-model-spoken"


class BetterModelOffer:
    """Knows what to offer, and what has been said of it.

    Args:
        used: the folder of the model in use; None where words are typed.
        told: what was told in earlier sessions.
        has_network: whether there is a way out; asked only where there is something to say.
    """

    def __init__(
        self, used: Path | None, told: ToldOnce, has_network: Callable[[], bool] = has_route
    ) -> None:
        self._told = told
        is_open = not all(map(told.has_told, (PRINTED, SPOKEN)))
        is_basic = used == shipped_models_dir() / SHIPPED_MODEL
        self._model = _recommended() if is_basic and is_open and has_network() else None

    def to_speak(self) -> BetterModel | None:
        """The model to mention at the end; None once it has been spoken of."""
        return None if self._told.has_told(SPOKEN) else self._model

    def to_print(self) -> str:
        """One sentence for the screen, the first time; then nothing, ever."""
        if self._model is None or not self._told.is_first(PRINTED):
            return ""
        return (
            f"A larger speech model ({self._model.megabytes} MB) hears you better: "
            f"`voiceguide models get {self._model.name}` fetches it."
        )


def _recommended() -> BetterModel | None:
    """A list of models that is broken keeps nobody from starting."""
    try:
        models = load_catalogue(shipped_models_dir() / "models.toml")
    except ContentError:
        return None
    found = (model for model in models if model.name == RECOMMENDED)
    sized = (BetterModel(model.name, round(model.size_bytes / MEGABYTE)) for model in found)
    return next(sized, None)

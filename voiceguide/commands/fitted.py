"""What `voiceguide fit` has learnt, for the commands that listen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voiceguide.adapters.fit_file import FitFile, Fitted
from voiceguide.commands.ears import Calibration
from voiceguide.commands.resources import user_state_dir
from voiceguide.content.fitting_words import load_fitting_words
from voiceguide.core.fit import AliasRules, with_aliases
from voiceguide.core.turn import World
from voiceguide.errors import UsageError
from voiceguide.ports import Examples
from voiceguide.runtime.own_words import OwnWords


def fit_file() -> FitFile:
    """Where it is kept."""
    return FitFile(user_state_dir() / "fit.json")


def load_fitted(tell: Callable[[str], None]) -> Fitted:
    """What was learnt, or nothing; a file that can't be used is told in a sentence."""
    try:
        return fit_file().load() or Fitted()
    except UsageError as error:
        tell(str(error))
        return Fitted()


def alias_rules(world: World) -> AliasRules:
    """What may become a phrase of the user's own in this world."""
    return AliasRules(world.grammar, world.red_flags.holds_red_flag, load_fitting_words().common)


def world_as_fitted(world: World, fitted: Fitted, model: Path) -> World:
    """The world with the user's aliases, where this is the model that heard them."""
    if not fitted.fit.aliases or fitted.fit.model != model.name:
        return world
    return replace(world, grammar=with_aliases(world.grammar, fitted.fit, alias_rules(world)))


def calibration_as_fitted(calibration: Calibration, fitted: Fitted) -> Calibration:
    """The model's calibration with the user's own thresholds."""
    return replace(calibration, acceptance=fitted.fit.acceptance(calibration.acceptance))


def examples_of(fitted: Fitted, calibration: Calibration) -> Examples | None:
    """Who knows the user's words again.

    None where there are too few examples, where no gain has been measured with the model, and where
    the examples are those of another witness.
    """
    templates, witness, settings = fitted.templates, calibration.witness, calibration.examples
    if len(templates.words) < 2 or witness is None or settings is None:
        return None
    return OwnWords(templates, witness, settings) if templates.witness == witness.mark else None

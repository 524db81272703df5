"""Which words of what may be said a speech model can't hear, and the sentences that name them."""

from collections.abc import Sequence

from voiceguide.commands.library import Library
from voiceguide.content.language import Language
from voiceguide.core.answers import ALL_INTENTS
from voiceguide.core.grammar import normalize
from voiceguide.core.intents import Intent
from voiceguide.ports import RecognizerFactory


def phrases_of(language: Language, library: Library) -> Sequence[str]:
    """The phrases of the commands, and those of the chosen routine; with a menu, of all routines.

    A routine's own red flags are among them.
    """
    chosen = library.chosen
    routines = library.routines if chosen is None else (chosen,)
    intents = ALL_INTENTS if chosen is None else ALL_INTENTS - {Intent.CHOOSE}
    spoken = language.world(routines).grammar.phrases_for(intents)
    own = (normalize(flag.phrase) for routine in routines for flag in routine.red_flags)
    return (*spoken, *own)


def unheard_at_start(model: RecognizerFactory, phrases: Sequence[str]) -> str:
    """One sentence for the screen, or nothing where the model can hear every word."""
    words = model.missing_words(phrases)
    if not words:
        return ""
    return (
        f"The speech model can't hear these words: {', '.join(words)}. "
        "Say something else for them; `voiceguide doctor` tells more."
    )

"""Which recognizer listens for what, and how often each phrase counts in it."""

from tests.runtime.test_listener import GRAMMAR
from voiceguide.audio.pcm import Samples
from voiceguide.core.intents import Intent
from voiceguide.ports import Hypothesis, Recognizer
from voiceguide.runtime.command_recognizers import (
    CommandRecognizers,
    PhraseWeights,
    weighted_phrases,
)


class Deaf:
    """Hears nothing."""

    def feed(self, samples: Samples) -> Hypothesis:  # noqa: ARG002 - the port's
        return Hypothesis("")

    def finish(self) -> Hypothesis:
        return Hypothesis("")


def test_each_set_of_active_intents_has_one_recognizer_that_is_kept() -> None:
    made: list[tuple[str, ...]] = []

    def make(phrases: tuple[str, ...]) -> Recognizer:
        made.append(phrases)
        return Deaf()

    recognizers = CommandRecognizers(make, GRAMMAR, PhraseWeights(1, decoys=("decoy",)))
    moving, rating = frozenset({Intent.NEXT}), frozenset({Intent.NUMBER})

    assert recognizers(moving) is recognizers(moving)
    assert recognizers(rating) is not recognizers(moving)
    assert made == [
        ("next", "softer", "stop", "stop the session", "decoy"),
        ("three", "next", "softer", "stop", "stop the session", "decoy"),
    ]


def test_numbers_are_listened_for_only_where_they_are_asked_for() -> None:
    made: list[tuple[str, ...]] = []

    def make(phrases: tuple[str, ...]) -> Recognizer:
        made.append(phrases)
        return Deaf()

    CommandRecognizers(make, GRAMMAR)(frozenset({Intent.NEXT}))

    assert "three" not in made[0]


def test_a_decoy_that_is_a_phrase_of_ours_is_none() -> None:
    weights = PhraseWeights(single_words=1, decoys=("necks", "louder", "next"))

    assert weighted_phrases(["next"], ["louder"], weights) == ("next", "louder", "necks")


def test_short_phrases_and_the_unknown_count_as_often_as_they_are_weighed() -> None:
    weights = PhraseWeights(single_words=3, unknown=2)

    assert weighted_phrases(["next", "go back", "step 3"], ["louder"], weights) == (
        "next",
        "go back",
        "next",
        "next",
        "louder",
        "[unk]",
    )

"""A better speech model is offered once ever, where there is a network, and named by the doctor."""

from pathlib import Path

import pytest

from voiceguide.adapters.told_once import ToldOnce
from voiceguide.commands.better_model import SPOKEN, BetterModelOffer
from voiceguide.commands.doctor import model_finding
from voiceguide.commands.resources import SHIPPED_MODEL, shipped_models_dir
from voiceguide.core.better_model import BetterModel

SHIPPED = shipped_models_dir() / SHIPPED_MODEL
SENTENCE = (
    "A larger speech model (41 MB) hears you better: "
    "`voiceguide models get small-en-us` fetches it."
)


@pytest.fixture
def told(tmp_path: Path) -> ToldOnce:
    return ToldOnce(tmp_path / "told")


class Network:
    """There or not; counts how often it is asked for."""

    def __init__(self, *, is_there: bool = True) -> None:
        self._is_there = is_there
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        return self._is_there


def test_the_offer_is_printed_at_the_first_start_and_never_again(told: ToldOnce) -> None:
    printed = [BetterModelOffer(SHIPPED, told, Network()).to_print() for _ in range(3)]

    assert printed == [SENTENCE, "", ""]


def test_until_it_has_been_spoken_there_is_something_to_speak_of(told: ToldOnce) -> None:
    first = BetterModelOffer(SHIPPED, told, Network())
    first.to_print()
    assert first.to_speak() == BetterModel("small-en-us", 41)

    told.is_first(SPOKEN)
    network = Network()

    assert BetterModelOffer(SHIPPED, told, network).to_speak() is None
    assert network.asked == 0


def test_an_offline_machine_sees_nothing_until_it_is_online(told: ToldOnce) -> None:
    offline = BetterModelOffer(SHIPPED, told, Network(is_there=False))

    assert (offline.to_print(), offline.to_speak()) == ("", None)
    assert BetterModelOffer(SHIPPED, told, Network()).to_print() == SENTENCE


@pytest.mark.parametrize("used", [None, Path("models/small-en-us"), Path("mine")])
def test_with_another_model_or_none_there_is_nothing_to_offer(
    used: Path | None, told: ToldOnce
) -> None:
    network = Network()
    offer = BetterModelOffer(used, told, network)

    assert (offer.to_print(), offer.to_speak(), network.asked) == ("", None, 0)


def test_the_doctor_says_in_one_sentence_what_is_used_what_it_lacks_and_what_helps() -> None:
    finding = model_finding(SHIPPED_MODEL, 0.021, ["hush", "joking"])

    assert finding.found == (
        "voiceguide-en-basic is used (loaded in 21 ms), can't hear hush, joking, "
        "and `voiceguide models get small-en-us` gets one that hears better."
    )
    assert finding.mend == "Use other words for them."


def test_the_doctor_has_nothing_to_mend_about_a_model_that_hears_all() -> None:
    finding = model_finding("small-en-us", 0.4, [])

    assert finding.found == "small-en-us is used (loaded in 400 ms), can hear every phrase."
    assert finding.mend == ""

"""Who is asked about a symptom often repeats it first: "tingling, no, not that I noticed"."""

import pytest

from voiceguide.content.red_flag_lexicon import load_red_flag_lexicon
from voiceguide.core.tiers import Tier

JUDGE = load_red_flag_lexicon().judge


@pytest.mark.parametrize(
    "text",
    [
        "tingling no not that i noticed",
        "uh tingling, no, not that I've noticed",
        "weakness no nothing at all",
        "no, feeling is all there",
        "hasn't gone numb, hasn't gone weak, none of that",
    ],
)
def test_it_is_denied(text: str) -> None:
    assert JUDGE(text).tier is None


@pytest.mark.parametrize(
    "text", ["weakness no i can't say there's been any", "numb no i want to stop", "tingling no"]
)
def test_it_may_be_denied_and_is_asked_about(text: str) -> None:
    assert JUDGE(text).ask


@pytest.mark.parametrize(
    "text",
    [
        "numb no pain",
        "numb no i can't feel my foot",
        "tingling no it's gone numb",
        "my leg is numb no not the other one",
        "the numbness hasn't gone and it's worse",
        "no feeling in my foot",
        "numb to the touch on my thigh",
        "my fingers feel a bit tingly, no trouble breathing",
        "my hand is numb no problems with my bladder",
        "it tingles and i've no trouble walking",
    ],
)
def test_it_holds(text: str) -> None:
    assert JUDGE(text).tier in (Tier.URGENT, Tier.EMERGENCY)

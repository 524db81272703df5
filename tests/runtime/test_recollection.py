"""What a note for a doctor is made from."""

from voiceguide.core.actions import RaiseRedFlag
from voiceguide.core.events import Heard
from voiceguide.core.tiers import Tier
from voiceguide.runtime.recollection import LINES_KEPT, Recollection


def _time(seconds: float) -> str:
    return f"{seconds:.0f}"


def test_words_that_nobody_understood_are_gaps() -> None:
    recollection = Recollection()
    recollection.follow(Heard("my [unk] leg feels numb"), [], 3.0)

    (said,) = recollection.said(_time)

    assert (said.time, said.who, said.what) == ("3", "user", "my ... leg feels numb")


def test_only_the_last_things_are_kept() -> None:
    recollection = Recollection()
    for number in range(LINES_KEPT + 5):
        recollection.follow(Heard(f"word {number}"), [], float(number))

    said = recollection.said(_time)

    assert len(said) == LINES_KEPT
    assert said[0].what == "word 5"


def test_what_was_said_around_a_red_flag_is_kept_however_long_ago_it_was() -> None:
    recollection = Recollection()
    flag = RaiseRedFlag(Tier.URGENT, "my foot is numb", "")
    recollection.follow(Heard("softer"), [], 1.0)
    recollection.follow(Heard("my foot is numb"), [flag], 2.0)
    recollection.follow(Heard("no"), [], 3.0)
    for number in range(10, 2 * LINES_KEPT):
        recollection.follow(Heard(f"word {number}"), [], float(number))

    said = [each.what for each in recollection.said(_time)]

    assert said[:4] == ["softer", "my foot is numb", "red flag urgent", "no"]
    assert said[-1] == f"word {2 * LINES_KEPT - 1}"
    assert len(said) == len(set(said))

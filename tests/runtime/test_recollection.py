"""What a note for a doctor is made from."""

from voiceguide.core.events import Heard
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

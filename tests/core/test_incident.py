from hypothesis import given
from hypothesis import strategies as st

from voiceguide.core.incident import Circumstances, Said, compose
from voiceguide.core.red_flags import Tier

TEMPLATE = "{written} {routine} {step} {pressure} {tier}\n{said}"
SAID = (
    Said("14:03:05", "user", "my foot is numb"),
    Said("14:03:05", "guide", "Stopping. Take the pressure off."),
)


def test_everything_known_is_written() -> None:
    circumstances = Circumstances("Ball at the wall", "step two of three", "light", Tier.URGENT)

    assert compose(TEMPLATE, circumstances, SAID, "2026-11-21 14:04") == (
        "2026-11-21 14:04 Ball at the wall step two of three light urgent\n"
        "14:03:05  user    my foot is numb\n"
        "14:03:05  guide   Stopping. Take the pressure off.\n"
    )


def test_what_is_unknown_is_a_dash() -> None:
    assert compose(TEMPLATE, Circumstances(), (), "now") == "now - - - -\n-\n"


@given(st.text())
def test_no_words_can_add_a_line_or_a_field(words: str) -> None:
    note = compose(TEMPLATE, Circumstances(), [Said("14:03", "user", words)], "now")

    assert all(line.startswith(" " * 9) for line in note.splitlines()[2:])


def test_long_speech_is_set_in_below_its_beginning() -> None:
    note = compose(TEMPLATE, Circumstances(), [Said("14:03:05", "guide", "word " * 40)], "now")
    first, *rest = note.splitlines()[1:]

    assert first.startswith("14:03:05  guide   word")
    assert rest
    assert all(line.startswith(" " * 18 + "word") for line in rest)
    assert all(len(line) <= 100 for line in (first, *rest))


def test_braces_in_what_was_said_are_only_words() -> None:
    note = compose(TEMPLATE, Circumstances(), [Said("14:03", "user", "{tier}")], "now")

    assert note.endswith("14:03  user    {tier}\n")

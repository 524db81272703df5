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

    assert note.count("\n") == 2


def test_braces_in_what_was_said_are_only_words() -> None:
    note = compose(TEMPLATE, Circumstances(), [Said("14:03", "user", "{tier}")], "now")

    assert note.endswith("14:03  user    {tier}\n")

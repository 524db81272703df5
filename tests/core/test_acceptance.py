from dataclasses import replace

import pytest

from voiceguide.core.acceptance import (
    Accept,
    Acceptance,
    AcceptanceSettings,
    Evidence,
    Reason,
    Reject,
    Wait,
)
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent, Meaning

THREE = Meaning(Intent.NUMBER, (("number", 3),))
GRAMMAR = Grammar(
    meanings={
        "stop": Meaning(Intent.STOP),
        "stop the session": Meaning(Intent.END),
        "next": Meaning(Intent.NEXT),
        "next step": Meaning(Intent.NEXT),
        "go": Meaning(Intent.NEXT),
        "go back": Meaning(Intent.BACK),
        "go to step three": Meaning(Intent.GO_TO_STEP, (("number", 3),)),
        "end session": Meaning(Intent.END),
        "no": Meaning(Intent.NO),
        "three": THREE,
    },
    quick=frozenset({"stop", "next", "next step", "go", "no"}),
    leading=("please",),
    trailing=("please", "now"),
    homophones={"necks": "next", "know": "no"},
)
AT_WORK = frozenset({Intent.STOP, Intent.END, Intent.NEXT, Intent.BACK, Intent.GO_TO_STEP})
ASKED = frozenset({Intent.STOP, Intent.NO, Intent.NUMBER})
RULES = Acceptance(GRAMMAR)


def _final(text: str) -> Evidence:
    return Evidence(text=text, is_final=True)


def _partial(text: str) -> Evidence:
    return Evidence(text=text, is_final=False, steady_seconds=0.2, silence_seconds=0.1)


FINALS = [
    ("next", Accept(Meaning(Intent.NEXT), Reason.WHOLE_PHRASE)),
    ("please next now", Accept(Meaning(Intent.NEXT), Reason.WHOLE_PHRASE)),
    ("necks", Accept(Meaning(Intent.NEXT), Reason.WHOLE_PHRASE)),
    ("go back", Accept(Meaning(Intent.BACK), Reason.WHOLE_PHRASE)),
    ("go", Accept(Meaning(Intent.NEXT), Reason.WHOLE_PHRASE)),
    (
        "go to step three",
        Accept(Meaning(Intent.GO_TO_STEP, (("number", 3),)), Reason.WHOLE_PHRASE),
    ),
    ("", Reject(Reason.NOTHING_HEARD)),
    ("[unk]", Reject(Reason.UNKNOWN_WORDS)),
    ("next [unk]", Reject(Reason.UNKNOWN_WORDS)),
    ("[unk] stop", Reject(Reason.UNKNOWN_WORDS)),
    ("next next", Reject(Reason.NO_PHRASE)),
    ("step three", Reject(Reason.NO_PHRASE)),
    ("next stop", Reject(Reason.NO_PHRASE)),
    ("three", Reject(Reason.NOT_ASKED_FOR)),
    ("no", Reject(Reason.NOT_ASKED_FOR)),
]


@pytest.mark.parametrize(
    ("text", "kernel"),
    [
        ("next step", "next"),
        ("stop now", "stop"),
        ("stop", "stop"),
        ("stop the session", "stop the session"),  # means more than "stop"
        ("go back", "go back"),  # means something else than "go"
        ("softly", "softly"),
        ("", ""),
    ],
)
def test_the_kernel_of_a_phrase_is_its_first_word_where_that_means_the_same(
    text: str, kernel: str
) -> None:
    assert RULES.kernel(text) == kernel


@pytest.mark.parametrize(("text", "decision"), FINALS)
def test_a_finished_utterance_is_a_phrase_or_nothing(text: str, decision: object) -> None:
    assert RULES.judge(_final(text), AT_WORK) == decision


@pytest.mark.parametrize(("text", "meaning"), [("three", THREE), ("know", Meaning(Intent.NO))])
def test_answers_count_where_they_are_asked_for(text: str, meaning: Meaning) -> None:
    assert RULES.judge(_final(text), ASKED) == Accept(meaning, Reason.WHOLE_PHRASE)


PARTIALS = [
    ("next", Accept(Meaning(Intent.NEXT), Reason.QUICK_PHRASE)),
    ("stop", Accept(Meaning(Intent.STOP), Reason.QUICK_PHRASE)),
    ("go", Wait(Reason.MORE_MAY_COME)),
    ("end session", Wait(Reason.NOT_QUICK)),
    ("next [unk]", Wait(Reason.UNKNOWN_WORDS)),
    ("no", Wait(Reason.NOT_ASKED_FOR)),
    ("", Wait(Reason.NOTHING_HEARD)),
    ("next next", Wait(Reason.NO_PHRASE)),
]


@pytest.mark.parametrize(("text", "decision"), PARTIALS)
def test_only_quick_phrases_are_accepted_before_the_end(text: str, decision: object) -> None:
    assert RULES.judge(_partial(text), AT_WORK) == decision


def test_a_quick_phrase_must_be_steady() -> None:
    hasty = replace(_partial("next"), steady_seconds=0.08)

    assert RULES.judge(hasty, AT_WORK) == Wait(Reason.TOO_EARLY)


def test_after_a_pause_that_settles_the_text_a_quick_phrase_need_not_be_steady() -> None:
    settled = replace(_partial("next"), steady_seconds=0.0, is_settled=True)

    assert isinstance(RULES.judge(settled, AT_WORK), Accept)


def test_a_quick_phrase_waits_for_a_little_silence() -> None:
    mid_sentence = replace(_partial("next"), silence_seconds=0.0)

    assert RULES.judge(mid_sentence, AT_WORK) == Wait(Reason.TOO_EARLY)


def test_an_intent_can_have_a_silence_of_its_own() -> None:
    rules = Acceptance(GRAMMAR, AcceptanceSettings(quick_silence_overrides={"stop": 0.0}))
    at_once = replace(_partial("stop"), silence_seconds=0.0)

    assert isinstance(rules.judge(at_once, AT_WORK), Accept)


def test_over_the_guides_voice_silence_is_not_waited_for_but_steadiness_is_stricter() -> None:
    over_voice = replace(_partial("next"), silence_seconds=0.0, is_guide_speaking=True)

    assert isinstance(RULES.judge(over_voice, AT_WORK), Accept)
    assert RULES.judge(replace(over_voice, steady_seconds=0.1), AT_WORK) == Wait(Reason.TOO_EARLY)


def test_a_longer_phrase_that_is_not_active_holds_nothing_up() -> None:
    only_next = frozenset({Intent.NEXT})

    assert isinstance(RULES.judge(_partial("go"), only_next), Accept)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_own_voice": True}, Reason.SELF_ECHO),
        ({"speech_seconds": 1.5}, Reason.TOO_LONG),
        ({"speech_seconds": 0.04}, Reason.TOO_SHORT),
        ({"level_dbfs": -80.0}, Reason.TOO_FAINT),
        ({"voice_probability": 0.6}, Reason.NO_VOICE),
        ({"gap_seconds": 0.3}, Reason.PART_OF_TALK),
    ],
)
def test_the_right_word_is_refused_where_something_speaks_against_it(
    change: dict[str, float], reason: Reason
) -> None:
    doubtful = replace(_final("next"), **change)  # type: ignore[arg-type]

    assert RULES.judge(doubtful, AT_WORK) == Reject(reason)


@pytest.mark.parametrize(("probability", "is_heard"), [(0.7, True), (0.5, False)])
def test_over_the_guide_a_voice_may_be_less_clear(probability: float, is_heard: bool) -> None:  # noqa: FBT001
    unclear = replace(_final("next"), voice_probability=probability, is_guide_speaking=True)

    assert isinstance(RULES.judge(unclear, AT_WORK), Accept) is is_heard


def test_more_words_may_take_more_time() -> None:
    slow = replace(_final("go to step three"), speech_seconds=2.5)

    assert isinstance(RULES.judge(slow, AT_WORK), Accept)


def test_stop_counts_even_where_it_runs_on_from_talk() -> None:
    running_on = replace(_final("stop"), gap_seconds=0.3)

    assert isinstance(RULES.judge(running_on, AT_WORK), Accept)


@pytest.mark.parametrize(
    ("text", "is_expected"),
    [("go to", True), ("go to step", True), ("go", False), ("next", False), ("", False)],
)
def test_the_beginning_of_a_phrase_expects_more(text: str, is_expected: bool) -> None:  # noqa: FBT001
    assert RULES.expects_more(text, AT_WORK) is is_expected

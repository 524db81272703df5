from dataclasses import replace

import pytest

from voiceguide.core.acceptance import Accept, Acceptance, Evidence, Reason, Reject, Wait
from voiceguide.core.answers import ANSWERS
from voiceguide.core.grammar import Grammar
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.second_opinion import OpinionSettings, SecondOpinion

GRAMMAR = Grammar(
    meanings={
        "stop": Meaning(Intent.STOP),
        "softer": Meaning(Intent.SOFTER),
        "a bit softer": Meaning(Intent.SOFTER),
        "end session": Meaning(Intent.END),
        "no": Meaning(Intent.NO),
        "undo": Meaning(Intent.UNDO),
        "four": Meaning(Intent.NUMBER, (("number", 4),)),
    },
    trailing=("please",),
)
ACTIVE = frozenset({Intent.STOP, Intent.SOFTER, Intent.END, Intent.UNDO})
OPINION = SecondOpinion(GRAMMAR, Acceptance(GRAMMAR), OpinionSettings(0.1, 0.02, 0.3, rescues=0.9))

ENDED = Evidence("[unk]", is_final=True)
RUNNING = Evidence("softer", is_final=False)
UNKNOWN = Reject(Reason.UNKNOWN_WORDS)
SOFTER = Accept(Meaning(Intent.SOFTER), Reason.WHOLE_PHRASE)
STOP = Accept(Meaning(Intent.STOP), Reason.QUICK_PHRASE)
FOUR = Accept(Meaning(Intent.NUMBER, (("number", 4),)), Reason.WHOLE_PHRASE)
UNDO = Accept(Meaning(Intent.UNDO), Reason.WHOLE_PHRASE)


@pytest.mark.parametrize(
    ("decision", "shares", "expected"),
    [
        (SOFTER, {"softer": 0.5, "stop": 0.0}, SOFTER),
        (SOFTER, {"softer": 0.05, "a bit softer": 0.06, "stop": 0.0}, SOFTER),
        (SOFTER, {"softer": 0.05, "stop": 0.9}, Reject(Reason.NOT_CONFIRMED)),
        (SOFTER, {"softer please": 0.2}, SOFTER),
        (STOP, {"stop": 0.03}, STOP),  # cheap to do, dear to miss
        (STOP, {"stop": 0.01}, Reject(Reason.NOT_CONFIRMED)),
        (UNDO, {"softer": 0.9}, UNDO),  # the witness knows no such phrase
        (SOFTER, {}, SOFTER),
    ],
)
def test_what_the_recognizer_heard_must_be_possible(
    decision: Accept, shares: dict[str, float], expected: object
) -> None:
    assert OPINION.on(decision, ENDED, shares, ACTIVE) == expected


@pytest.mark.parametrize(
    ("decision", "shares", "expected"),
    [
        (UNKNOWN, {"softer": 0.95}, Accept(Meaning(Intent.SOFTER), Reason.SECOND_WITNESS)),
        (
            UNKNOWN,
            {"softer": 0.5, "softer please": 0.45},
            Accept(Meaning(Intent.SOFTER), Reason.SECOND_WITNESS),
        ),
        (UNKNOWN, {"softer": 0.8}, UNKNOWN),
        (UNKNOWN, {"no": 0.99}, UNKNOWN),  # nobody asked
        (UNKNOWN, {"end session": 0.99}, UNKNOWN),  # too dear for one witness
        (Reject(Reason.PART_OF_TALK), {"softer": 0.99}, Reject(Reason.PART_OF_TALK)),
        (Wait(Reason.NO_PHRASE), {"softer": 0.99}, Wait(Reason.NO_PHRASE)),
    ],
)
def test_what_only_the_witness_heard_must_be_certain(
    decision: Reject | Wait, shares: dict[str, float], expected: object
) -> None:
    assert OPINION.on(decision, ENDED, shares, ACTIVE) == expected


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence("[unk]", is_final=True, speech_seconds=3.0),
        Evidence("[unk]", is_final=True, gap_seconds=0.1),
        Evidence("[unk]", is_final=True, voice_probability=0.2),
        Evidence("[unk]", is_final=True, level_dbfs=-80),
    ],
)
def test_what_is_implausible_stays_so_whoever_hears_it(evidence: Evidence) -> None:
    assert OPINION.on(UNKNOWN, evidence, {"softer": 0.99}, ACTIVE) == UNKNOWN


@pytest.mark.parametrize(
    ("decision", "share", "expected"),
    [
        (SOFTER, 0.2, Reject(Reason.NOT_CONFIRMED)),
        (SOFTER, 0.4, SOFTER),
        (STOP, 0.1, Reject(Reason.NOT_CONFIRMED)),
        (STOP, 0.2, STOP),
    ],
)
def test_what_may_be_the_guides_own_voice_needs_more(
    decision: Accept, share: float, expected: object
) -> None:
    phrase = "stop" if decision is STOP else "softer"

    heard = OPINION.on(decision, ENDED, {phrase: share}, ACTIVE, may_be_guide=True)

    assert heard == expected


OVER_THE_GUIDE = replace(ENDED, is_guide_speaking=True)
NO = Accept(Meaning(Intent.NO), Reason.WHOLE_PHRASE)


@pytest.mark.parametrize(
    ("decision", "sure_of", "expected"),
    [
        (SOFTER, "stop", replace(STOP, reason=Reason.SECOND_WITNESS)),
        (SOFTER, "no", Reject(Reason.NOT_CONFIRMED)),  # an answer: better asked again
        (NO, "softer", Reject(Reason.NOT_CONFIRMED)),
        (SOFTER, "end session", Reject(Reason.NOT_CONFIRMED)),  # too dear for one witness
    ],
)
def test_over_the_guide_a_witness_that_is_sure_settles_a_contradiction(
    decision: Accept, sure_of: str, expected: object
) -> None:
    said = "no" if decision is NO else "softer"
    active = ACTIVE | {Intent.NO}

    heard = OPINION.on(decision, OVER_THE_GUIDE, {said: 0.01, sure_of: 0.95}, active)

    assert heard == expected


def test_a_contradiction_is_not_settled_where_the_guide_itself_may_have_spoken() -> None:
    heard = OPINION.on(
        SOFTER, OVER_THE_GUIDE, {"softer": 0.01, "stop": 0.95}, ACTIVE, may_be_guide=True
    )

    assert heard == Reject(Reason.NOT_CONFIRMED)


def test_a_contradiction_that_is_not_over_yet_waits() -> None:
    running = replace(OVER_THE_GUIDE, is_final=False)

    heard = OPINION.on(SOFTER, running, {"softer": 0.01, "stop": 0.95}, ACTIVE)

    assert heard == Wait(Reason.NOT_CONFIRMED)


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        (frozenset({Intent.NUMBER, Intent.STOP}), FOUR),  # as when a rating was asked for
        (frozenset({Intent.NUMBER, Intent.YES}), Reject(Reason.NOT_CONFIRMED)),
    ],
)
def test_a_number_that_nobody_asked_for_needs_more(
    active: frozenset[Intent], expected: object
) -> None:
    assert OPINION.on(FOUR, ENDED, {"four": 0.2}, active) == expected


@pytest.mark.parametrize(
    ("decision", "share", "expected"),
    [
        (FOUR, 0.005, FOUR),  # of another phrase that would be too little
        (FOUR, 0.001, Reject(Reason.NOT_CONFIRMED)),
        (UNKNOWN, 0.4, replace(FOUR, reason=Reason.SECOND_WITNESS)),
        (UNKNOWN, 0.2, UNKNOWN),
    ],
)
def test_a_number_that_was_asked_for_needs_less(
    decision: Accept | Reject, share: float, expected: object
) -> None:
    asked = frozenset({Intent.NUMBER, Intent.STOP})

    assert OPINION.on(decision, ENDED, {"four": share}, asked) == expected


def test_over_the_guides_own_voice_a_number_that_was_asked_for_needs_as_much_as_all() -> None:
    asked = frozenset({Intent.NUMBER, Intent.STOP})

    heard = OPINION.on(FOUR, ENDED, {"four": 0.2}, asked, may_be_guide=True)

    assert heard == Reject(Reason.NOT_CONFIRMED)


def test_no_phase_asks_for_a_number_and_for_yes_or_no_at_once() -> None:
    """Where both are active, nothing was asked: so a number that was asked for stays easy."""
    both = {phase for phase, active in ANSWERS.items() if {Intent.NUMBER, Intent.YES} <= active}

    assert both == set()


def test_a_number_that_nobody_asked_for_is_never_rescued() -> None:
    everything = frozenset({Intent.NUMBER, Intent.YES})

    assert OPINION.on(UNKNOWN, ENDED, {"four": 0.95}, everything) == UNKNOWN
    assert OPINION.on(UNKNOWN, ENDED, {"four": 0.95}, everything - {Intent.YES}) == replace(
        FOUR, reason=Reason.SECOND_WITNESS
    )


def test_before_the_end_a_doubted_phrase_waits() -> None:
    doubted = OPINION.on(SOFTER, RUNNING, {"softer": 0.0}, ACTIVE)

    assert doubted == Wait(Reason.NOT_CONFIRMED)


@pytest.mark.parametrize(
    ("said", "likelihoods", "most_words", "is_scrap"),
    [
        ("intense", {"numb": 0.5}, 1, True),  # the witness knows no such word
        ("numb", {"numb": 0.1}, 1, True),
        ("numb", {"numb": 0.4}, 1, False),
        ("no sense", {"numb": 0.1}, 1, False),
        ("no sense", {"numb": 0.1}, 2, True),
        ("so numb", {"numb": 0.4}, 2, False),
        ("my leg is numb", {"numb": 0.1}, 2, False),
    ],
)
def test_a_scrap_that_may_be_the_guides_own_must_be_heard_by_both(
    said: str, likelihoods: dict[str, float], most_words: int, *, is_scrap: bool
) -> None:
    opinion = SecondOpinion(GRAMMAR, Acceptance(GRAMMAR))

    assert opinion.is_only_a_scrap(said, likelihoods, most_words) == is_scrap


@pytest.mark.parametrize(
    ("said", "likelihoods", "denied"),
    [
        ("my leg is numb", {"numb": 0.5}, set()),
        ("my leg is numb", {"numb": 0.001}, {"numb"}),
        ("some numbness", {"numb": 0.5, "numbness": 0.001}, set()),  # one word's forms
        ("my leg gave way", {"numb": 0.001}, set()),  # the witness knows none of it
        ("numb and tingling", {"numb": 0.001, "tingly": 0.5}, {"numb"}),
    ],
)
def test_a_witness_denies_the_words_that_it_finds_impossible(
    said: str, likelihoods: dict[str, float], denied: set[str]
) -> None:
    opinion = SecondOpinion(GRAMMAR, Acceptance(GRAMMAR), OpinionSettings(denies=0.01))

    assert opinion.denied(said, likelihoods) == denied

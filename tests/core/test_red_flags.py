from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.content.red_flag_lexicon import load_red_flag_lexicon
from voiceguide.core.findings import Kind
from voiceguide.core.red_flags import Judgement, RedFlagLexicon, Tier
from voiceguide.core.templates import sayings

TESTS = Path(__file__).resolve().parents[1]
SHARED = TESTS.parents[1] / "shared" / "data"
LEXICON = load_red_flag_lexicon()
NOT_UNDERSTOOD = "not_understood"
RULES = replace(LEXICON, suspicion=None)  # the weights were learnt from our own sentences


@dataclass(frozen=True)
class Labelled:
    text: str
    tier: Tier | None
    construction: str
    also: frozenset[Tier | None]


def _tier(name: str) -> Tier | None:
    return None if name == "none" else Tier(name)


def _read(path: Path) -> Iterator[Labelled]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "text\t")) or not line.strip():
            continue
        text, tier, *rest = line.split("\t")
        also = rest[2].split(",") if len(rest) > 2 and rest[2] else []
        yield Labelled(text, _tier(tier), rest[0] if rest else "", frozenset(map(_tier, also)))


@cache
def _own() -> tuple[Labelled, ...]:
    return tuple(_read(TESTS / "red_flag_sentences.tsv"))


def _is_heard(sentence: Labelled, judgement: Judgement) -> bool:
    """Raised at least as gravely as labelled, or asked."""
    if sentence.tier is None or judgement.ask or judgement.tier in sentence.also:
        return True
    return judgement.tier is not None and judgement.tier.rank >= sentence.tier.rank


def _escalation(sentence: Labelled, judgement: Judgement) -> float:
    """1 for a harmless sentence that is raised, a half where the guide asks."""
    if sentence.tier is not None or judgement.tier is None or judgement.tier in sentence.also:
        return 0.0
    return 0.5 if judgement.ask else 1.0


def _figures(
    sentences: tuple[Labelled, ...], lexicon: RedFlagLexicon = LEXICON
) -> tuple[float, float, list[str]]:
    """Recall of urgent and emergency, rate of wrong escalation, emergencies below urgent."""
    judged = [(sentence, lexicon.judge(sentence.text)) for sentence in sentences]
    grave = [_is_heard(s, j) for s, j in judged if s.tier in (Tier.URGENT, Tier.EMERGENCY)]
    harmless = [_escalation(s, j) for s, j in judged if s.tier is None]
    low = [
        s.text
        for s, j in judged
        if s.tier is Tier.EMERGENCY
        and j.tier in (None, Tier.CAUTION)
        and not (j.ask or j.tier in s.also)
    ]
    return sum(grave) / len(grave), sum(harmless) / len(harmless), low


@pytest.mark.parametrize(
    "construction", sorted({s.construction for s in _own()} - {NOT_UNDERSTOOD})
)
def test_every_own_sentence_of_a_construction_is_heard(construction: str) -> None:
    sentences = [s for s in _own() if s.construction == construction]

    missed = [s.text for s in sentences if not _is_heard(s, RULES.judge(s.text))]

    assert missed == []


@pytest.mark.parametrize(
    "sentence", [s for s in _own() if s.construction == NOT_UNDERSTOOD], ids=lambda s: s.text
)
def test_what_is_not_understood_is_said(sentence: Labelled) -> None:
    """Who mends one of these gives it the construction that it belongs to."""
    assert not _is_heard(sentence, RULES.judge(sentence.text))


_LOOKALIKES = [rule.template for rule in LEXICON.rules if rule.kind is Kind.LOOKALIKE]
_TELL_OF_WHAT_MAY_BE = ("ambulance if you", "can make your", "would be a", "we worry about")


@pytest.mark.parametrize("symptom", ["my left leg is numb", "i can't move my arm"])
def test_no_lookalike_hides_a_symptom_that_is_said_with_it(symptom: str) -> None:
    said = [next(sayings(template)) for template in _LOOKALIKES]
    said = [text for text in said if not any(words in text for words in _TELL_OF_WHAT_MAY_BE)]

    judged = {text: RULES.judge(f"{text} and {symptom}").tier for text in said}

    assert len(said) > 400
    assert [text for text, tier in judged.items() if tier in (None, Tier.CAUTION)] == []


def test_own_sentences_hold_the_bars() -> None:
    """Raised as urgent or asked about, whatever their tier; what is not understood among them."""
    _, escalation, low = _figures(_own())
    judged = [LEXICON.judge(s.text) for s in _own() if s.tier in (Tier.URGENT, Tier.EMERGENCY)]
    raised = [
        judgement.ask or judgement.tier in (Tier.URGENT, Tier.EMERGENCY) for judgement in judged
    ]

    assert len(_own()) >= 400
    assert sum(raised) / len(raised) >= 0.99
    assert escalation <= 0.01
    assert low == []


def test_sentences_that_nothing_was_learnt_from_hold_the_bars() -> None:
    recall, escalation, low = _figures(tuple(_read(TESTS / "red_flag_unseen.tsv")))

    assert recall >= 0.99
    assert escalation <= 0.02
    assert low == []


def test_nothing_is_learnt_from_them() -> None:
    unseen = {sentence.text for sentence in _read(TESTS / "red_flag_unseen.tsv")}

    assert unseen.isdisjoint(sentence.text for sentence in _own())


@pytest.mark.parametrize("name", ["redflags_dev.tsv", "redflag_real_dev.tsv"])
def test_development_files_hold_the_bars(name: str) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside this checkout (../shared/data)")

    recall, escalation, low = _figures(tuple(_read(path)))

    assert recall >= 0.99
    assert escalation <= 0.02
    assert low == []


@pytest.mark.parametrize(
    ("text", "tier_and_ask"),
    [
        ("my elbow is numb", (Tier.URGENT, False)),
        ("both my legs are numb", (Tier.EMERGENCY, False)),
        ("my arm suddenly went numb", (Tier.EMERGENCY, False)),
        ("my face is numb", (Tier.EMERGENCY, False)),
        ("numbness in my groin", (Tier.EMERGENCY, False)),
        ("it hurts", (Tier.CAUTION, False)),
        ("it hurts like hell", (Tier.URGENT, False)),
        ("my chest hurts", (Tier.EMERGENCY, False)),
        ("i'm not sure if my arm is numb", (Tier.URGENT, True)),
        ("help me", (Tier.EMERGENCY, True)),
        ("my foot feels odd", (Tier.URGENT, True)),
        ("it's tinkling in my fingers", (Tier.URGENT, True)),
        ("my arm feels none", (Tier.URGENT, True)),
        ("the bells are tinkling", (None, False)),
        ("", (None, False)),
        ("[unk] [unk]", (None, False)),
        ("my arm was numb years ago", (None, False)),
        ("my uncle had a stroke", (None, False)),
        ("my husband has collapsed", (Tier.EMERGENCY, False)),
        ("that assembly was painful", (None, False)),
        ("that assembly was painful for my neck", (Tier.CAUTION, False)),
        ("that stretch was painful", (Tier.CAUTION, False)),
        ("the bypass was a right pain", (None, False)),
        ("the gnomon is numb", (Tier.URGENT, True)),
        ("the awning collapsed", (Tier.EMERGENCY, True)),
        ("one of my clients has just fainted", (Tier.EMERGENCY, True)),
        ("a patient i had last month was having chest pains", (None, False)),
        ("a patient i had last month had chest pains and so do i", (Tier.EMERGENCY, True)),
        ("my late husband had sciatica", (None, False)),
        ("i stop and get my breath on the stairs i never used to", (Tier.EMERGENCY, False)),
        ("i never used to get numb feet", (Tier.EMERGENCY, False)),
    ],
)
def test_tier_and_question(text: str, tier_and_ask: tuple[Tier | None, bool]) -> None:
    judgement = LEXICON.judge(text)

    assert tier_and_ask == (judgement.tier, judgement.ask)


@pytest.mark.parametrize(
    ("denied", "held"),
    [
        ("no numbness or tingling", "no it's numbness and tingling"),
        ("it isn't numb", "it isn't sore it's numb"),
        ("i don't think it is numb", "i don't know why it is numb"),
        ("i have no pain in my chest", "i have pain in my chest no doubt"),
        ("without any tingling", "i can't walk without tingling"),
        ("it bends without tingling", "it doesn't bend without tingling"),
        ("no numb arm", "no my numb arm"),
        ("i can't feel any tingling", "i can't feel my hand"),
        ("i've never had pins and needles", "i've never had such pins and needles"),
        ("the numbness has gone", "the numbness has not gone"),
        ("no pain and no tingling", "no pain just tingling"),
        ("no numbness in my arms", "no numbness in my arms just in my hand"),
    ],
)
def test_a_denial_and_its_double(denied: str, held: str) -> None:
    assert LEXICON.judge(denied).tier is None
    assert LEXICON.judge(held).tier is not None


NOUNS = ("numbness", "tingling", "pins and needles", "chest pain", "shortness of breath",
         "trouble breathing", "weakness in my leg", "sharp pain", "loss of bladder control",
         "slurred speech", "a fever", "numbness in my fingers", "trouble urinating")  # fmt: skip
HELD = ("i have {}", "um yeah i get {} sometimes", "there's {}", "yes {}", "i keep getting {}",
        "no cough but {}", "i'm fine apart from {}", "i still have {}")  # fmt: skip
DENIED = ("no {}", "i don't have any {}", "i haven't had {}", "um no no {} or anything",
          "no cough no {}", "no cough or {}", "i have no {}", "i've never had {}",
          "if i get {} i'll say so", "i had {} ten years ago", "i don't think i have {}",
          "not really any {}", "i'm not having {}", "in case of {} stop")  # fmt: skip


@pytest.mark.parametrize("noun", NOUNS)
def test_frames_hold_for_every_symptom(noun: str) -> None:
    held = [frame.format(noun) for frame in HELD]
    denied = [frame.format(noun) for frame in DENIED]

    assert [text for text in held if LEXICON.judge(text).tier is None] == []
    assert [text for text in denied if LEXICON.judge(text).tier is not None] == []


def test_the_reason_names_words_and_rule() -> None:
    reason = LEXICON.judge("both my legs are numb").reason

    assert "numb (numbness or tingling)" in reason
    assert "legs" in reason
    assert "not negated" in reason


def test_a_routines_own_phrase_is_raised_and_can_be_denied() -> None:
    lexicon = LEXICON.with_phrases([("Purple spots!", Tier.URGENT), ("", Tier.CAUTION)])

    assert LEXICON.judge("i see purple spots").tier is None
    assert lexicon.judge("i see purple spots").tier is Tier.URGENT
    assert lexicon.judge("there are no purple spots").tier is None
    assert "purple spots" in lexicon.phrases


def test_a_recognizer_is_told_the_words_that_matter() -> None:
    assert {"numb", "tingling", "chest", "groin", "not", "no", "breathe"} <= LEXICON.words
    assert all(" " not in word for word in LEXICON.words)


def test_phrases_are_short_plain_and_mostly_red_flags() -> None:
    raised = [phrase for phrase in LEXICON.phrases if LEXICON.judge(phrase).tier]

    assert 300 <= len(LEXICON.phrases) <= 800
    assert len(raised) >= 0.95 * len(LEXICON.phrases)
    assert {"numb", "it's numb", "chest pain", "i can't breathe"} <= set(raised)


TEXTS = st.sampled_from([sentence.text for sentence in _own()])


@settings(deadline=None)  # other work on the machine is not our slowness
@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    judgement = LEXICON.judge(text)

    assert judgement.tier is not None or not judgement.ask


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["um", "uh", "please", "you know", "er um"]))
def test_a_hesitation_before_changes_nothing(text: str, hesitation: str) -> None:
    assert LEXICON.judge(text) == LEXICON.judge(f"{hesitation} {text}")


REPEATABLE = LEXICON.spelling.repeatable


@settings(deadline=None)
@given(TEXTS, st.integers(0, 20))
def test_a_stammered_word_changes_no_tier(text: str, place: int) -> None:
    words = text.split()
    at = place % len(words)
    if words[at] in REPEATABLE:
        return

    stammered = LEXICON.judge(" ".join([*words[: at + 1], *words[at:]]))

    judged = LEXICON.judge(text)
    assert (judged.tier, judged.ask) == (stammered.tier, stammered.ask)


@settings(deadline=None)
@given(TEXTS)
def test_upper_case_changes_nothing(text: str) -> None:
    assert LEXICON.judge(text) == LEXICON.judge(text.upper())


@settings(deadline=None)
@given(TEXTS)
def test_a_typographic_or_missing_apostrophe_changes_no_tier(text: str) -> None:
    judged = LEXICON.judge(text)

    assert judged == LEXICON.judge(text.replace("'", "\u2019"))


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_second_sentence_never_hides_a_raised_first_one(first: str, second: str) -> None:
    alone = LEXICON.judge(first)
    if alone.tier is None or alone.ask:
        return

    both = LEXICON.judge(f"{first}. {second}. and that is that")

    assert both.tier is not None or "resolved" in both.reason or _ends_it(second)


def test_what_was_long_ago_in_the_next_sentence_does_not_hide_what_is_now() -> None:
    assert LEXICON.judge("my fingers feel numb i had asthma as a child").tier is Tier.URGENT
    assert LEXICON.judge("the numbness i had as a child").tier is None


def _ends_it(text: str) -> bool:
    """Sentences that say that what was named before is over, or that nothing was meant."""
    return any(
        word in text
        for word in ("gone", "stopped", "fine", "better", "went", "ok", "why", "good way", "normal")
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from(["numbness", "tingling", "chest pain", "dizziness"]), min_size=1))
def test_a_list_of_denials_is_denied(symptoms: list[str]) -> None:
    assert LEXICON.judge("no " + " or ".join(symptoms)).tier is None
    assert LEXICON.judge(" no ".join(["", *symptoms])).tier is None


def test_work_grows_in_proportion_to_length() -> None:
    sentence = "um my arm is fine but then i had no pain in my leg and it isn't numb so "

    def seconds(times: int) -> float:
        begun = process_time()
        LEXICON.judge(sentence * times)
        return process_time() - begun

    seconds(10)
    short, long = max(seconds(40), 1e-3), seconds(800)

    assert long < 20 * short * 4


_FRAMES = (
    *("{}", "it's {}", "there's {}", "i have {}", "i've got {}", "i'm getting {}", "i feel {}"),
    *("she has {}", "he's got {}", "she says there's {}", "it's just {}", "it feels like {}"),
    *("i think it's {}", "that's giving me {}", "suddenly there's {}", "i keep getting {}"),
    *("stop there's {}", "ow {}", "no it's {}", "no not there it's {}", "help i've got {}"),
    *("when you press there i get {}", "is it normal that i have {}", "why do i have {}"),
    *("should i worry about {}", "it's not my back it's {}"),
)
_SYMPTOMS = (
    *("a pain in my chest", "a real pain in my chest", "tightness in my chest"),
    *("a tingling in my foot", "some tingling in my fingers", "pins and needles in my hand"),
    *("numbness in my arm", "a bit of numbness in my hand", "a numb patch on my thigh"),
    *("weakness in my arm", "a shooting pain down my leg", "an electric shock down my arm"),
    *("a stabbing pain in my back", "numbness between my legs"),
)


@pytest.mark.parametrize("symptom", _SYMPTOMS)
def test_a_grave_symptom_is_heard_in_every_frame(symptom: str) -> None:
    judged = {frame: LEXICON.judge(frame.format(symptom)) for frame in _FRAMES}
    missed = [
        frame
        for frame, j in judged.items()
        if j.tier is None or (j.tier is Tier.CAUTION and not j.ask)
    ]

    assert missed == []

"""Words that are said in danger can be taken in at once: short clauses, plain words, no verdict."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from voiceguide.content import standard_screening
from voiceguide.content.language import load_language
from voiceguide.content.loader import load_routines
from voiceguide.core.phrasing import split_clauses
from voiceguide.core.prompts import Prompt

REPOSITORY = Path(__file__).resolve().parents[2]
ROUTINES = REPOSITORY / "routines"
REVIEWED = REPOSITORY / "docs" / "explanation" / "safety.md"

MOST_WORDS_IN_A_CLAUSE = 12
HIGHEST_GRADE = 6.0

SAID_IN_DANGER = (
    Prompt.RED_FLAG_STOP_SELF,
    Prompt.RED_FLAG_STOP_GIVER,
    Prompt.ASK_IS_IT_A_SYMPTOM,
    Prompt.ASK_BOTH_LEGS_OR_SADDLE,
    Prompt.ASK_SUDDEN_OR_ONE_SIDED,
    Prompt.ASK_FALSE_ALARM,
    Prompt.ASK_ARE_YOU_ALL_RIGHT,
    Prompt.NOBODY_ANSWERS,
    Prompt.ADVICE_EMERGENCY,
    Prompt.ADVICE_URGENT,
    Prompt.ADVICE_CAUTION,
    Prompt.OFFER_REPEAT,
    Prompt.OFFER_START_AGAIN,
    Prompt.OFFER_SOFTER_OR_OTHER_AREA,
    Prompt.OFFER_SOFTER,
    Prompt.OFFER_OTHER_AREA,
    Prompt.OFFER_END,
    Prompt.ASK_NOTE,
    Prompt.NOTED,
    Prompt.NOT_NOTED,
    Prompt.NOTING_FAILED,
    Prompt.CHECK_IN_ALONE,
    Prompt.CHECK_IN_TOGETHER,
    Prompt.ASK_STILL_SORE,
    Prompt.ASK_PARTNER_STILL_SORE,
    Prompt.REST_WHILE_SORE,
    Prompt.ASK_SAME_PERSON,
    Prompt.TOO_SOON,
    Prompt.LIMIT_USED_UP,
    Prompt.LIMIT_REACHED,
    Prompt.LIMIT_NO_MORE_TIME,
    Prompt.AREA_CLOSED,
    Prompt.CLOSED_TODAY,
    Prompt.OTHER_AREA,
    Prompt.NO_OTHER_AREA,
    Prompt.NO_SYMPTOM,
    Prompt.FALSE_ALARM_TAKEN,
    Prompt.ENDING_ALARMED,
    Prompt.CHECK_IN_PAUSED,
    Prompt.CHECK_IN_SOFTER_OR_FIRMER,
    Prompt.YES_NO_NOT_SURE,
    Prompt.SCREENING_SILENT,
    Prompt.SCREENING_NAMED,
    Prompt.SOMETHING_FELT_WRONG,
    Prompt.SAME_AS_LAST_TIME,
    Prompt.PARTNER_SAME_AS_LAST_TIME,
    Prompt.ASK_EACH,
    Prompt.SAFETY_NOTE,
    Prompt.RATING_EASE_OFF,
)

ILLNESSES = """
    aneurysm|angina|arthritis|attack|cancer|cauda|clots?|clotting|concussion|disc|dvt|embolism|equina|
    fibromyalgia|fracture[ds]?|haemorrhage|hemorrhage|hernia(ted)?|infarct\\w*|infection|infected|
    inflammation|meningitis|neuropathy|osteoporosis|palsy|paraly\\w+|pinched|sciatica|sclerosis|
    slipped|spondyl\\w+|stenosis|strain(ed)?|stroke|syndrome|thrombos\\w+|trapped|tumou?rs?|
    diagnos\\w+|you have an?|this means|it means|this is an?
"""

REASSURANCES = """
    (probably|most likely|surely|certainly) (nothing|fine|harmless|okay)|nothing serious|
    no (need|reason) to worry|do ?n[o']t worry|not dangerous|harmless|all (is|will be) (well|fine)|
    (you|it|this|that) (will|'ll|should) be (fine|all right|okay|better)|is normal|is common|
    nothing to worry|you are (fine|all right|safe|okay)|it will pass|safe to go on|calm down
"""


def danger_texts() -> Iterator[tuple[str, str]]:
    prompts = load_language("en").prompts
    for prompt in SAID_IN_DANGER:
        yield prompt.value, prompts.texts[prompt]
    for screen, words in standard_screening.questions().items():
        yield f"{screen.value} advice", words.advice
        yield f"{screen.value} partner", words.partner
        yield f"{screen.value} self", words.self
        if words.same_as_last_time:
            yield f"{screen.value} topic", words.same_as_last_time
    for routine in load_routines(ROUTINES):
        for number, question in enumerate(routine.screening):
            yield f"{routine.id} asks {number}", question.ask
            yield f"{routine.id} advises {number}", question.advice
        for number, advice in enumerate(routine.advice):
            yield f"{routine.id} ends with {number}", advice


TEXTS = dict(danger_texts())
QUESTIONS = {name for name in TEXTS if re.search(r"partner$|self$|topic$|asks \d+$", name)}
ADVICE = {name: text for name, text in TEXTS.items() if name not in QUESTIONS}


def syllables(word: str) -> int:
    """Groups of vowels, less a silent e; never none."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    is_silent = re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$|[^aeiouyscxgz]es$", letters) is not None
    return max(1, groups - (is_silent and groups > 1))


def grade(text: str) -> float:
    """Flesch and Kincaid's reading grade: years of school in the United States."""
    sentences = [part for part in re.split(r"[.?!:]+(?:\s|$)", text) if part.strip()]
    words = [word for word in re.findall(r"[\w']+", text) if word]
    per_sentence = len(words) / max(1, len(sentences))
    return 0.39 * per_sentence + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def pattern(words: str) -> re.Pattern[str]:
    choices = "|".join(each.strip() for each in words.strip().split("|"))
    return re.compile(rf"\b(?:{choices})\b", re.IGNORECASE)


@pytest.mark.parametrize("name", TEXTS)
def test_clauses_are_short(name: str) -> None:
    long = [c for c in split_clauses(TEXTS[name]) if len(c.split()) > MOST_WORDS_IN_A_CLAUSE]

    assert long == []


@pytest.mark.parametrize("name", TEXTS)
def test_words_are_plain(name: str) -> None:
    assert grade(TEXTS[name]) <= HIGHEST_GRADE


@pytest.mark.parametrize("name", ADVICE)
def test_no_illness_is_named(name: str) -> None:
    assert pattern(ILLNESSES).findall(ADVICE[name]) == []


@pytest.mark.parametrize("name", TEXTS)
def test_nobody_is_reassured(name: str) -> None:
    assert pattern(REASSURANCES).findall(TEXTS[name]) == []


def test_the_page_for_review_has_every_sentence_as_it_is_said() -> None:
    page = REVIEWED.read_text(encoding="utf-8")
    texts = load_language("en").prompts.texts

    assert [prompt for prompt in SAID_IN_DANGER if f"| {texts[prompt]} |" not in page] == []
    assert "Needs review by a clinician before release" in page


@pytest.mark.parametrize(
    ("word", "count"),
    [("numb", 1), ("tingling", 2), ("emergency", 4), ("take", 1), ("bladder", 2), ("pressure", 2)],
)
def test_syllables_are_counted_as_they_are_said(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_hard_sentence_is_found_hard() -> None:
    hard = "Discontinue immediately and consult a qualified medical practitioner without delay."

    assert grade(hard) > 12
    assert grade("Do not go on. See a doctor today.") < 3


@pytest.mark.parametrize(
    "verdict", ["This is a stroke.", "You have a trapped nerve.", "Your disc has slipped."]
)
def test_a_verdict_is_found(verdict: str) -> None:
    assert pattern(ILLNESSES).search(verdict)


@pytest.mark.parametrize(
    "comfort", ["Don't worry.", "That is normal.", "It is probably nothing.", "You will be fine."]
)
def test_comfort_is_found(comfort: str) -> None:
    assert pattern(REASSURANCES).search(comfort)

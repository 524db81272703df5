"""Answers of the last screening that may be offered again: which ones, and for how long.

Only a clear "no" that ended nothing is ever kept, and only to a question about something that
seldom changes. It is kept with the question's own words, so that a question that has been worded
anew, or is put to the other audience, is asked afresh.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voiceguide.core.limits import Past
from voiceguide.core.routine import ScreeningQuestion

OFFER_DAYS = 30
"""Answers older than this are not offered."""

LEAST_SPARED = 2
"""With fewer questions spared the offer would be no shorter than asking."""


@dataclass(frozen=True, slots=True)
class ClearNo:
    """A question that was answered by "no" on a day; `ask` are its words."""

    day: int
    ask: str


def may_be_kept(question: ScreeningQuestion) -> bool:
    """Whether a "no" to this question may be offered again."""
    return bool(question.topic) and question.stop_if == "yes"


def still_good(
    questions: Iterable[ScreeningQuestion], answers: Iterable[ClearNo], past: Past
) -> Mapping[str, ClearNo]:
    """The answers that may be offered today, by the question's words."""
    asked = {question.ask for question in questions if may_be_kept(question)}
    return {
        answer.ask: answer
        for answer in sorted(answers, key=lambda answer: -answer.day)  # of two, the older counts
        if answer.ask in asked and _is_fresh(answer, past)
    }


def _is_fresh(answer: ClearNo, past: Past) -> bool:
    ago = past.days_ago(answer.day)
    return ago is not None and ago <= OFFER_DAYS

"""Answers to questions of safety, among the words of a sentence that may itself name a symptom."""

from voiceguide.core.answers import ANSWERS
from voiceguide.core.grammar import normalize
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.opening import is_careful, screening_question, stops_screening
from voiceguide.core.red_flags import Judgement
from voiceguide.core.state import Phase, Question
from voiceguide.core.tiers import Tier
from voiceguide.core.turn import Turn

_PARTICULAR = (Question.BOTH_LEGS_OR_SADDLE, Question.SUDDEN_OR_ONE_SIDED)
"""Questions of triage that ask for particular symptoms: another one may stand in a "no"."""


def meaning_of(turn: Turn, text: str) -> Meaning | None:
    """What a text means in the present phase."""
    meaning = turn.world.grammar.match(text, ANSWERS[turn.state.phase])
    return meaning or _leading_answer(turn, text)


def _leading_answer(turn: Turn, text: str) -> Meaning | None:
    """A question of safety is answered by the first word, as in "yes, in both legs".

    In screening only the careful answer is taken so: "no, but I fell last week" is none.
    """
    first = normalize(text).split(" ", 1)[0]
    meaning = turn.world.grammar.match(first, ANSWERS[turn.state.phase])
    if meaning is None or meaning.intent not in (Intent.YES, Intent.NO):
        return None
    if turn.state.phase is Phase.TRIAGE:
        return meaning
    careful = turn.state.phase is Phase.SCREENING and is_careful(turn, meaning.intent)
    return meaning if careful else None


def is_answer(turn: Turn, meaning: Meaning | None, judgement: Judgement) -> bool:
    """Whether a text that names a symptom answers the question, rather than raising a red flag.

    In triage "no, it's just my arm that is numb" does, where the question asks for particular
    symptoms, and never when an emergency is named. Before the start "yes, it still hurts" does:
    it ends the session with the advice that belongs to the question.
    """
    if meaning is None:
        return False
    if turn.state.phase is Phase.SCREENING:
        return judgement.tier is Tier.CAUTION and stops_screening(turn, meaning.intent)
    grave = judgement.tier is Tier.EMERGENCY and not judgement.ask
    asked = turn.state.question if turn.state.phase is Phase.TRIAGE else None
    return asked in _PARTICULAR and not grave


def as_soreness(turn: Turn, meaning: Meaning | None, judgement: Judgement) -> Meaning | None:
    """Where soreness is asked about, "a bit stiff" means yes."""
    question = screening_question(turn) if turn.state.phase is Phase.SCREENING else None
    asks = question is not None and question.is_about_soreness
    named = asks and meaning is None and judgement.tier is Tier.CAUTION
    return Meaning(Intent.YES) if named else meaning

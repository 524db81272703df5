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


_YES_IS_CLEAR = (Question.ARE_YOU_ALL_RIGHT, Question.FALSE_ALARM)
"""Questions of triage to which "yes" takes the alarm back; to the others "no" does."""


def meaning_of(turn: Turn, text: str, judgement: Judgement) -> Meaning | None:
    """What a text means in the present phase.

    Args:
        turn: the session's turn.
        text: what was said.
        judgement: what the text means for safety.
    """
    phase = turn.state.phase
    meaning = turn.world.grammar.match(text, ANSWERS[phase])
    if phase is Phase.TRIAGE:
        return _of_triage(turn, text, meaning, judgement)
    if _asks_for_consent(turn) and meaning == Meaning(Intent.YES) and _is_faint(turn, text):
        return Meaning(Intent.NOT_SURE)
    return meaning or _careful_first_word(turn, text)


def _asks_for_consent(turn: Turn) -> bool:
    """Whether a "yes" has something written down, or spares questions."""
    question = screening_question(turn) if turn.state.phase is Phase.SCREENING else None
    return turn.state.phase is Phase.NOTING or (question is not None and question.is_offer)


def _is_faint(turn: Turn, text: str) -> bool:
    """Whether an answer is half a "yes" or "no"."""
    grammar = turn.world.grammar
    return grammar.phrase(text, ANSWERS[turn.state.phase]) in grammar.faint


def _careful_first_word(turn: Turn, text: str) -> Meaning | None:
    """In screening only the answer of more care is: "no, but I fell last week" is none."""
    meaning = _first_word(turn, text)[0]
    in_screening = turn.state.phase is Phase.SCREENING
    careful = meaning is not None and in_screening and is_careful(turn, meaning.intent)
    return meaning if careful else None


def _first_word(turn: Turn, text: str) -> tuple[Meaning | None, str]:
    """The "yes" or "no" that a text begins with, and what follows it."""
    first, _, rest = normalize(text).partition(" ")
    meaning = turn.world.grammar.match(first, ANSWERS[turn.state.phase])
    is_answer = meaning is not None and meaning.intent in (Intent.YES, Intent.NO)
    return (meaning, rest) if is_answer else (None, rest)


def _of_triage(
    turn: Turn, text: str, meaning: Meaning | None, judgement: Judgement
) -> Meaning | None:
    """An answer that takes the alarm back counts only where it is clear.

    A doubtful "yes, all is right" is "not sure"; a doubtful "no symptom" is asked about again, and
    counts as "not sure" then. The grave answer is taken by its first word: "yes, in both legs".
    """
    first, rest = (meaning, "") if meaning is not None else _first_word(turn, text)
    yes_is_clear = turn.state.question in _YES_IS_CLEAR
    if first is None or first.intent is not (Intent.YES if yes_is_clear else Intent.NO):
        return first
    if _is_clear(turn, text, rest, judgement):
        return first
    if yes_is_clear or turn.world.grammar.match(rest, frozenset({Intent.NOT_SURE})):
        return Meaning(Intent.NOT_SURE)
    return None


def _is_clear(turn: Turn, text: str, rest: str, judgement: Judgement) -> bool:
    """Whether nothing behind the first word leaves it open.

    Where particular symptoms are asked about, another one may be named.
    """
    grammar = turn.world.grammar
    if not rest:
        return not _is_faint(turn, text)
    names_another = judgement.tier is not None and turn.state.question in _PARTICULAR
    return grammar.is_plain(rest) or (names_another and not grammar.hedges & set(rest.split()))


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

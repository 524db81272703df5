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
    match phase:
        case Phase.TRIAGE:
            return _of_triage(turn, text, meaning, judgement)
        case Phase.SCREENING:
            return _of_screening(turn, text, meaning)
        case Phase.CHECKING_IN:
            return _of_check_in(turn, text, meaning)
        case Phase.NOTING if _is_faint(turn, text):
            return Meaning(Intent.NOT_SURE)
    return meaning


def _is_faint(turn: Turn, text: str) -> bool:
    """Whether an answer is half a "yes" or "no"."""
    grammar = turn.world.grammar
    return grammar.phrase(text, ANSWERS[turn.state.phase]) in grammar.answers.faint


def _of_screening(turn: Turn, text: str, meaning: Meaning | None) -> Meaning | None:
    """By its first word only the answer of more care counts: "no, but I fell last week" is none.

    Half an answer is none either, where it would let the work begin or spare questions.
    """
    answer = meaning or _first_word(turn, text)[0]
    if answer is None or answer.intent not in (Intent.YES, Intent.NO):
        return meaning
    if is_careful(turn, answer.intent):
        return answer
    return None if _is_faint(turn, text) else meaning


def _of_check_in(turn: Turn, text: str, meaning: Meaning | None) -> Meaning | None:
    """Half a "yes" is a "no"; "no, softer" is "softer", and "no" with other words is "no"."""
    if meaning is not None:
        if meaning.intent is Intent.ALL_WELL:
            return Meaning(Intent.YES)
        is_half = meaning.intent is Intent.YES and _is_faint(turn, text)
        return Meaning(Intent.NO) if is_half else meaning
    first, rest = _first_word(turn, text)
    return turn.world.grammar.match(rest, ANSWERS[Phase.CHECKING_IN]) or first


def _first_word(turn: Turn, text: str) -> tuple[Meaning | None, str]:
    """The "yes" or "no" that a text begins with, and what follows it."""
    first, _, rest = normalize(text).partition(" ")
    meaning = turn.world.grammar.match(first, ANSWERS[turn.state.phase])
    is_answer = meaning is not None and meaning.intent in (Intent.YES, Intent.NO)
    return (meaning, rest) if is_answer else (None, rest)


def _of_triage(
    turn: Turn, text: str, meaning: Meaning | None, judgement: Judgement
) -> Meaning | None:
    """An answer that takes the alarm back counts only where it is clear; else it is asked again.

    The grave answer is taken by its first word ("yes, in both legs"), or by naming what the
    question asks about ("both feet").
    """
    asks_if_well = turn.state.question in _YES_IS_CLEAR
    if meaning is not None and meaning.intent in (Intent.ALL_WELL, Intent.HELP):
        meaning = _well_or_not(turn, meaning)
    first, rest = (meaning, "") if meaning is not None else _first_word(turn, text)
    if first is None:
        return _by_name(turn, normalize(text))
    if first.intent is not (Intent.YES if asks_if_well else Intent.NO):
        return first
    if _is_clear(turn, text, rest, judgement, first.intent):
        return first
    not_sure = frozenset({Intent.NOT_SURE})
    return turn.world.grammar.match(rest, not_sure) if rest else None


def _well_or_not(turn: Turn, meaning: Meaning) -> Meaning | None:
    """To "I'm fine" what it answers; "help" in place of "I'm all right" asks for no list."""
    question = turn.state.question
    if meaning.intent is Intent.HELP:
        return Meaning(Intent.NO) if question is Question.ARE_YOU_ALL_RIGHT else meaning
    if question in _PARTICULAR:
        return None
    return Meaning(Intent.YES if question in _YES_IS_CLEAR else Intent.NO)


def _by_name(turn: Turn, text: str) -> Meaning | None:
    """What the question asks about is named, or denied, without a "yes" or "no"."""
    words = turn.world.grammar.answers
    if turn.state.question not in _PARTICULAR:
        return None
    if turn.world.grammar.is_one_of(text, words.denials | words.elsewhere):
        return Meaning(Intent.NO)
    named = words.names_asked(text) and not words.is_denied(text)
    return Meaning(Intent.YES) if named else None


def _is_clear(turn: Turn, text: str, rest: str, judgement: Judgement, intent: Intent) -> bool:
    """Whether nothing behind the first word leaves it open.

    Where particular symptoms are asked about, another one may be named.
    """
    grammar, words = turn.world.grammar, turn.world.grammar.answers
    if judgement.tier is Tier.EMERGENCY:
        return False
    if not rest:
        return not _is_faint(turn, text)
    if intent is Intent.YES:
        return grammar.is_one_of(rest, words.behind_yes)
    if grammar.is_one_of(rest, words.behind_no | words.denials):
        return True
    if turn.state.question not in _PARTICULAR:
        return False
    if grammar.is_one_of(rest, words.elsewhere):
        return True
    return judgement.tier is not None and not (words.is_open(rest) or words.names_asked(rest))


def is_answer(turn: Turn, meaning: Meaning | None, judgement: Judgement) -> bool:
    """Whether a text that names a symptom answers the question, rather than raising a red flag.

    In triage "no, it's just my arm that is numb" does, where the question asks for particular
    symptoms, and never when an emergency may be named. Before the start "yes, it still hurts" does:
    it ends the session with the advice that belongs to the question.
    """
    if meaning is None:
        return False
    if turn.state.phase is Phase.SCREENING:
        return judgement.tier is Tier.CAUTION and stops_screening(turn, meaning.intent)
    is_no = meaning.intent is Intent.NO
    grave = judgement.tier is Tier.EMERGENCY and (is_no or not judgement.ask)
    asked = turn.state.question if turn.state.phase is Phase.TRIAGE else None
    return asked in _PARTICULAR and not grave


def as_soreness(turn: Turn, meaning: Meaning | None, judgement: Judgement) -> Meaning | None:
    """Where soreness is asked about, "a bit stiff" means yes."""
    question = screening_question(turn) if turn.state.phase is Phase.SCREENING else None
    asks = question is not None and question.is_about_soreness
    named = asks and meaning is None and judgement.tier is Tier.CAUTION
    return Meaning(Intent.YES) if named else meaning

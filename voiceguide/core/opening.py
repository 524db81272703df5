"""Before the first step: choosing from the spoken menu, screening questions, preparation."""

from dataclasses import replace

from voiceguide.core import limiting, limits, same_as_last_time
from voiceguide.core.actions import AdjustVoice
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.prompts import Prompt
from voiceguide.core.red_flags import Judgement, Tier
from voiceguide.core.routine import Routine, ScreeningQuestion
from voiceguide.core.state import Phase, State
from voiceguide.core.steps import go_to, leave
from voiceguide.core.turn import Turn


def begin(turn: Turn, routine_id: str | None) -> None:
    """Greet, then open the routine asked for or read the menu."""
    settings = turn.state.settings
    turn.do(AdjustVoice(settings.rate_wpm, settings.volume))
    routine = find_routine(turn, routine_id) if routine_id else None
    if routine is not None:
        choose(turn, routine)
    elif not turn.world.routines:
        leave(turn, Phase.DECLINED, turn.text(Prompt.EMPTY_LIBRARY))
    else:
        unknown = turn.text(Prompt.UNKNOWN_ROUTINE, name=routine_id) if routine_id else ""
        turn.tell(turn.text(Prompt.WELCOME), unknown, menu_text(turn))


def find_routine(turn: Turn, routine_id: str) -> Routine | None:
    """The routine with this id, or None."""
    return next((r for r in turn.world.routines if r.id == routine_id), None)


def menu_text(turn: Turn) -> str:
    """The spoken menu."""
    items = (
        turn.text(Prompt.MENU_ITEM, number=turn.number(i), title=routine.title)
        for i, routine in enumerate(turn.world.routines, start=1)
    )
    return " ".join((turn.text(Prompt.MENU), *items))


def on_menu_answer(turn: Turn, meaning: Meaning) -> None:
    """A title or a number was said."""
    routines = turn.world.routines
    number = meaning.slot("number")
    if isinstance(number, int):
        routine = routines[number - 1] if 1 <= number <= len(routines) else None
    else:
        routine = find_routine(turn, str(meaning.slot("routine")))
    if routine is not None:
        choose(turn, routine)
    else:
        turn.tell(turn.text(Prompt.MENU_AGAIN), menu_text(turn))


def choose(turn: Turn, routine: Routine) -> None:
    """Introduce a routine and put its first screening question, or go on to preparing."""
    refusal = limiting.refusal(turn, routine)
    asked_first = (*limiting.questions(turn, routine), *same_as_last_time.offer(turn, routine))
    turn.state = State(
        settings=turn.state.settings,
        last_utterance_id=turn.state.last_utterance_id,
        heard_at=turn.now,
        routine=replace(routine, screening=(*asked_first, *routine.screening)),
        closed_regions=limits.closed_today(routine, turn.world.past),
    )
    if refusal:
        decline(turn, refusal)
        return
    lead = (
        turn.text(Prompt.INTRODUCTION, title=routine.title, summary=routine.summary),
        turn.text(Prompt.SAFETY_NOTE),
        limiting.announcement(turn, routine),
    )
    if turn.state.routine and turn.state.routine.screening:
        turn.enter(Phase.SCREENING)
        turn.tell(*lead, turn.text(Prompt.SCREENING_START), screening_text(turn))
    else:
        prepare(turn, *lead)


def screening_question(turn: Turn) -> ScreeningQuestion | None:
    """The question that is due, or None when all are answered."""
    routine = turn.state.routine
    questions = routine.screening if routine else ()
    return questions[turn.state.position] if turn.state.position < len(questions) else None


def screening_text(turn: Turn) -> str:
    """The question that is due, in words."""
    question = screening_question(turn)
    return question.ask if question else ""


def on_screening_answer(turn: Turn, intent: Intent) -> None:
    """The answer that stops, or "not sure", declines; the other leads to the next question."""
    question = screening_question(turn)
    if question is None:
        return
    if question.is_offer:
        _on_offer(turn, intent)
        return
    stops = stops_screening(turn, intent)
    limiting.note_soreness(turn, question, stops=stops)
    if stops:
        same_as_last_time.forget(turn)
        decline(turn, question.advice)
    else:
        _next_question(turn)


def _on_offer(turn: Turn, intent: Intent) -> None:
    """Only "yes" leaves questions out; who says anything else is asked them all."""
    is_same = intent is Intent.YES
    same_as_last_time.settle(turn, is_same=is_same)
    if is_same:
        _next_question(turn)
    else:
        same_as_last_time.forget(turn)
        _next_question(turn, turn.text(Prompt.ASK_EACH))


def _next_question(turn: Turn, lead: str = "") -> None:
    turn.set(position=turn.state.position + 1, asked=0)
    if screening_question(turn) is not None:
        turn.tell(lead, screening_text(turn))
        return
    same_as_last_time.remember(turn)
    prepare(turn, turn.text(Prompt.SCREENING_DONE))


def stops_screening(turn: Turn, intent: Intent) -> bool:
    """Whether this answer to the present question means not to begin."""
    question = screening_question(turn)
    if question is not None and question.is_offer:
        return False
    return intent is Intent.NOT_SURE or (question is not None and intent.value == question.stop_if)


def is_ruled_out(turn: Turn, judgement: Judgement) -> bool:
    """Whether a question was answered by naming what nobody begins a massage with."""
    certain = judgement.tier is Tier.CAUTION and not judgement.ask
    return turn.state.phase is Phase.SCREENING and certain and judgement.rules_out


def rule_out(turn: Turn) -> None:
    """Don't begin; which question it belongs to is not known, so the advice is a general one."""
    same_as_last_time.forget(turn)
    decline(turn, turn.text(Prompt.SCREENING_NAMED))


def is_careful(turn: Turn, intent: Intent) -> bool:
    """Whether this is the present question's answer of more care: to stop, or to ask it all."""
    question = screening_question(turn)
    if question is not None and question.is_offer:
        return intent is not Intent.YES
    return stops_screening(turn, intent)


def screening_back(turn: Turn) -> None:
    """Put the question before this one again."""
    turn.set(position=max(0, turn.state.position - 1))
    turn.tell(screening_text(turn))


def on_screening_deadline(turn: Turn) -> None:
    """No answer: ask once more, then don't begin; after the offer, ask every question."""
    question = screening_question(turn)
    if turn.state.asked == 0:
        turn.set(asked=1)
        turn.tell(screening_text(turn), turn.text(Prompt.YES_NO_NOT_SURE))
    elif question is not None and question.is_offer:
        same_as_last_time.settle(turn, is_same=False)
        _next_question(turn, turn.text(Prompt.ASK_EACH))
    else:
        leave(turn, Phase.DECLINED, turn.text(Prompt.SCREENING_SILENT), turn.text(Prompt.GOODBYE))


def decline(turn: Turn, advice: str) -> None:
    """Kindly don't begin; the session ends after the words."""
    leave(turn, Phase.DECLINED, turn.text(Prompt.DECLINED, advice=advice))


def prepare(turn: Turn, *lead: str) -> None:
    """Name what is needed, then the preparations one at a time."""
    routine = turn.state.routine
    if routine is None:
        return
    turn.enter(Phase.PREPARING)
    turn.set(position=0)
    things = turn.world.prompts.all_of(list(routine.equipment))
    equipment = turn.text(Prompt.EQUIPMENT, things=things) if routine.equipment else ""
    turn.tell(*lead, equipment, preparation_text(turn))


def preparation_text(turn: Turn) -> str:
    """The preparation that is due and how to go on."""
    routine = turn.state.routine
    todo = routine.preparation[turn.state.position :] if routine else ()
    return " ".join((*todo[:1], turn.text(Prompt.PREPARATION_READY)))


def prepared(turn: Turn) -> None:
    """One preparation is done: name the next, or begin with the first step."""
    routine = turn.state.routine
    position = turn.state.position + 1
    if routine is not None and position < len(routine.preparation):
        turn.set(position=position)
        turn.tell(preparation_text(turn))
    else:
        go_to(turn, 0)


def preparation_back(turn: Turn) -> None:
    """Name the preparation before this one again."""
    turn.set(position=max(0, turn.state.position - 1))
    turn.tell(preparation_text(turn))


def not_prepared(turn: Turn) -> None:
    """Someone said "no", "not yet" or "wait": there is no hurry."""
    turn.tell(turn.text(Prompt.PREPARATION_WAITING))


def on_quiet_opening(turn: Turn) -> None:
    """Silence in the menu or while preparing: say once more what to say, then just listen."""
    choosing = turn.state.phase is Phase.CHOOSING
    turn.set(asked=1)
    turn.tell(turn.text(Prompt.MENU_SILENT if choosing else Prompt.PREPARATION_WAITING))


def arm(turn: Turn) -> None:
    """A question is said: wait for an answer."""
    turn.wake_in(turn.answer_seconds)


def arm_quietly(turn: Turn) -> None:
    """The menu or a preparation is said: remind once, after a good while."""
    turn.wake_in(3 * turn.answer_seconds if turn.state.asked == 0 else None)

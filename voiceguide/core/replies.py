"""Answers that leave the dialogue where it is: pressure, voice, place, time, why, help."""

from dataclasses import replace

from voiceguide.core import check_ins, limiting, offers, pressure
from voiceguide.core.actions import AdjustVoice, RememberSettings
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.prompts import Prompt
from voiceguide.core.routine import Step
from voiceguide.core.settings import (
    RATE_WPM_STEPS,
    VOLUME_STEPS,
    Detail,
    Pace,
    Patience,
    Settings,
    step_along,
)
from voiceguide.core.state import AT_WORK, Hold, Phase, State
from voiceguide.core.steps import (
    AUTOMATIC_DWELL_SECONDS,
    end_of_own_words,
    instruction,
    pressure_words,
    start_hold,
)
from voiceguide.core.telling import matter, put_again, reply, tell_from
from voiceguide.core.turn import Turn

MORE_TIME_SECONDS = 60.0

SPEECH_SECONDS_A_STEP = 12.0
"""Roughly what saying a step takes; only for "how long"."""

NO_CUES = 10_000
"""More cues than a step has: an extra minute has none of its own."""


def change_pressure(turn: Turn, by: int) -> None:
    """Softer (-1) or firmer (+1) from here on."""
    words = pressure.change(turn, by)
    if turn.state.phase is Phase.CHECKING_IN:
        check_ins.answered(turn, words)
    else:
        reply(turn, words)


def just_right(turn: Turn) -> None:
    """Keep the pressure as it is."""
    if turn.state.phase is Phase.CHECKING_IN:
        check_ins.answered(turn, turn.text(Prompt.JUST_RIGHT))
    else:
        reply(turn, turn.text(Prompt.JUST_RIGHT))


def adopt(turn: Turn, settings: Settings) -> None:
    """Take these settings and keep them for next time."""
    before = turn.state.settings
    if (settings.rate_wpm, settings.volume) != (before.rate_wpm, before.volume):
        turn.do(AdjustVoice(settings.rate_wpm, settings.volume))
    if settings != before:
        turn.set(settings=settings)
        turn.do(RememberSettings(settings))


def change_manner(turn: Turn, intent: Intent) -> None:
    """How the guide speaks (louder, faster, brief ...), paces (wait for me) or waits."""
    settings, prompt = _changed(turn.state.settings, intent)
    new_words = settings.detail is not turn.state.settings.detail
    adopt(turn, settings)
    if turn.state.phase is Phase.GUIDING and new_words:
        tell_from(turn, 1, turn.text(prompt))  # all but the step's number
    else:
        reply(turn, turn.text(prompt))


def _changed(settings: Settings, intent: Intent) -> tuple[Settings, Prompt]:
    match intent:
        case Intent.LOUDER | Intent.QUIETER:
            return _other_volume(settings, 1 if intent is Intent.LOUDER else -1)
        case Intent.FASTER | Intent.SLOWER:
            return _other_rate(settings, 1 if intent is Intent.FASTER else -1)
        case Intent.FULL:
            return replace(settings, detail=Detail.FULL), Prompt.FULL
        case Intent.BRIEF:
            return replace(settings, detail=Detail.BRIEF), Prompt.BRIEF
        case Intent.GIVE_TIME:
            return replace(settings, patience=Patience.LONG), Prompt.GIVE_TIME
        case Intent.USUAL_TIME:
            return replace(settings, patience=Patience.USUAL), Prompt.USUAL_TIME
        case Intent.AUTOMATIC:
            return replace(settings, pace=Pace.AUTOMATIC), Prompt.AUTOMATIC
        case _:
            return replace(settings, pace=Pace.WAIT_FOR_ME), Prompt.WAIT_FOR_ME


def _other_volume(settings: Settings, by: int) -> tuple[Settings, Prompt]:
    volume = step_along(VOLUME_STEPS, settings.volume, by)
    if volume == settings.volume:
        return settings, Prompt.LOUDEST if by > 0 else Prompt.QUIETEST
    return replace(settings, volume=volume), Prompt.LOUDER if by > 0 else Prompt.QUIETER


def _other_rate(settings: Settings, by: int) -> tuple[Settings, Prompt]:
    rate_wpm = int(step_along(RATE_WPM_STEPS, settings.rate_wpm, by))
    if rate_wpm == settings.rate_wpm:
        return settings, Prompt.FASTEST if by > 0 else Prompt.SLOWEST
    return replace(settings, rate_wpm=rate_wpm), Prompt.FASTER if by > 0 else Prompt.SLOWER


def more_time(turn: Turn) -> None:
    """A minute more for this step, whether it is being said, is timed or has waited long enough."""
    state = turn.state
    timing = state.step.timing if state.step else None
    if timing is None and state.hold is None and state.settings.pace is Pace.WAIT_FOR_ME:
        reply(turn, turn.text(Prompt.MORE_TIME_UNTIMED))
        return
    if not limiting.has_room(turn, MORE_TIME_SECONDS):
        reply(turn, turn.text(Prompt.LIMIT_NO_MORE_TIME))
        return
    turn.set(added_seconds=state.added_seconds + MORE_TIME_SECONDS)
    if state.phase is Phase.GUIDING:
        hold = state.hold or Hold(timing.total_seconds if timing else 0.0)
        turn.set(hold=_longer(hold))
        reply(turn, turn.text(Prompt.MORE_TIME))
    elif state.hold is not None:
        turn.set(hold=_longer(state.hold))
        reply(turn, turn.text(Prompt.MORE_TIME))
    else:
        turn.say(turn.text(Prompt.MORE_TIME))
        start_hold(turn, Hold(MORE_TIME_SECONDS, cues_said=NO_CUES))


def _longer(hold: Hold) -> Hold:
    return replace(hold, total_seconds=hold.total_seconds + MORE_TIME_SECONDS)


def how_long(turn: Turn) -> None:
    """What is left of this step's time and of the routine."""
    reply(turn, *_times(turn, turn.state.underlying))


def _times(turn: Turn, state: State) -> list[str]:
    duration = turn.world.prompts.duration
    steps = state.routine.steps if state.routine else ()
    if state.phase not in AT_WORK:
        total = sum(map(_step_seconds, steps))
        return [turn.text(Prompt.TAKES_IN_ALL, time=duration(total))]
    left, parts = 0.0, []
    if state.hold is not None:
        left = state.hold.left_at(turn.now)
        parts.append(turn.text(Prompt.SECONDS_LEFT, time=duration(left)))
    elif state.phase is Phase.GUIDING and state.step and state.step.timing:
        left = state.step.timing.total_seconds
        parts.append(turn.text(Prompt.STEP_TAKES, time=duration(left)))
    later = steps[state.step_index + 1 :]
    if later:
        left += sum(map(_step_seconds, later))
        return [*parts, turn.text(Prompt.MINUTES_LEFT, time=duration(left))]
    return [*parts, turn.text(Prompt.LAST_STEP)]


def _step_seconds(step: Step) -> float:
    work = step.timing.total_seconds if step.timing else AUTOMATIC_DWELL_SECONDS
    return work + SPEECH_SECONDS_A_STEP


def where(turn: Turn) -> None:
    """Which step of which routine, or what comes before the first one."""
    reply(turn, _place(turn, turn.state.underlying))


def _place(turn: Turn, state: State) -> str:
    routine = state.routine
    if routine is None:
        return turn.text(Prompt.WHERE_MENU)
    if state.phase is Phase.PREPARING:
        return turn.text(Prompt.WHERE_PREPARING, title=routine.title)
    asks = state.phase is Phase.SCREENING
    return turn.text(
        Prompt.WHERE_SCREENING if asks else Prompt.WHERE,
        number=turn.number((state.position if asks else state.step_index) + 1),
        count=turn.number(len(routine.screening if asks else routine.steps)),
        title=routine.title,
    )


def why(turn: Turn) -> None:
    """The step's reason, or why there are questions before it."""
    underlying = turn.state.underlying
    step = underlying.step
    if underlying.phase is Phase.SCREENING:
        reply(turn, turn.text(Prompt.SCREENING_WHY))
    else:
        reply(turn, (step.why if step else "") or turn.text(Prompt.NO_WHY))


def help_(turn: Turn) -> None:
    """What can be said here, a handful at a time; asking again gives the next handful."""
    prompts, page = turn.world.prompts, turn.state.help_page
    count = len(offers.available(turn.state, prompts))
    more = (page + 1) * offers.PHRASES_AT_ONCE < count
    words = turn.text(Prompt.HELP, phrases=offers.phrases(turn.state, prompts, page))
    turn.set(help_page=page + 1 if more else 0)
    reply(turn, words, turn.text(Prompt.HELP_MORE) if more else "")


def hint(turn: Turn, prompt: Prompt) -> None:
    """Say what can be said; a question that stands is put again behind it."""
    match turn.state.phase:
        case Phase.SCREENING:
            reply(turn, turn.text(Prompt.YES_NO_NOT_SURE))
        case Phase.RATING if turn.state.hold is None:
            reply(turn, turn.text(Prompt.RATING_HOW_TO_ANSWER))
        case _:
            words = offers.phrases(turn.state, turn.world.prompts)
            reply(turn, turn.text(prompt, phrases=words))


def choose_variation(turn: Turn, meaning: Meaning) -> None:
    """Do this step with other hands, if it knows how."""
    name = str(meaning.slot("variation"))
    step = turn.state.step
    chosen = next((v for v in step.variations if v.name == name), None) if step else None
    if chosen is None:
        names = [v.name for v in step.variations] if step else []
        hint_ = turn.text(Prompt.VARIATIONS, names=turn.world.prompts.one_of(names))
        reply(turn, turn.text(Prompt.NO_VARIATION), hint_ if names else "")
        return
    turn.set(variation=name)
    if turn.state.phase is Phase.GUIDING:
        _tell_with_variation(turn, name)
    else:
        words = pressure_words(turn.state, step, turn.world.prompts) if step else ""
        say = chosen.say.replace("{pressure}", words)
        reply(turn, turn.text(Prompt.VARIATION_CHOSEN, say=say))


def _tell_with_variation(turn: Turn, name: str) -> None:
    """Go on with the instruction so that the variation's own words are still said in it."""
    utterance = turn.state.utterance
    own_words = end_of_own_words(turn.state, turn.world.prompts)
    place = min(utterance.place if utterance is not None else 0, own_words)
    tell_from(turn, place, turn.text(Prompt.VARIATION_NAMED, name=name))


def repeat(turn: Turn) -> None:
    """Say the step again, or the question or advice that stands; at rest, then how to go on."""
    state = turn.state
    if state.phase in (Phase.PAUSED, Phase.STOPPED) and state.is_begun:
        next_ = turn.text(Prompt.SAY_NEXT)  # not what would help at rest
        again = [c for c in instruction(state, turn.world.prompts) if c != next_]
        turn.say(then=(*again, *matter(turn)))
    else:
        put_again(turn)

"""Answers that leave the dialogue where it is: pressure, voice, place, time, why, help."""

from dataclasses import replace

from voiceguide.core.actions import AdjustVoice, RememberSettings
from voiceguide.core.intents import Intent, Meaning
from voiceguide.core.prompts import Prompt
from voiceguide.core.rests import take_up, unsaid
from voiceguide.core.routine import Step
from voiceguide.core.settings import (
    RATE_WPM_STEPS,
    VOLUME_STEPS,
    Detail,
    Pace,
    Settings,
    step_along,
)
from voiceguide.core.state import Hold, Phase
from voiceguide.core.steps import (
    AUTOMATIC_DWELL_SECONDS,
    after_check_in,
    arm,
    arm_wait,
    instruction,
    pressure_words,
    start_hold,
)
from voiceguide.core.turn import PHRASES_AT_ONCE, Turn

MORE_TIME_SECONDS = 60.0
SPEECH_SECONDS_A_STEP = 12.0
"""Roughly what saying a step takes; only for "how long"."""


def reply(turn: Turn, *texts: str) -> None:
    """Answer, then go on with the instruction if one was cut; a timer keeps running."""
    if turn.state.phase is Phase.GUIDING:
        turn.say(*texts, then=unsaid(turn))
    else:
        turn.say(*texts)
    turn.wake_in(None)


def change_pressure(turn: Turn, by: int) -> None:
    """Softer (-1) or firmer (+1) from here on, answered with the step's own way of doing it."""
    words = _pressure_reply(turn, by)
    if turn.state.phase is Phase.CHECKING_IN:
        after_check_in(turn, words)
    else:
        reply(turn, words)


def _pressure_reply(turn: Turn, by: int) -> str:
    step = turn.state.step
    if step is None or step.pressure is None:
        turn.set(pressure_offset=turn.state.pressure_offset + by)
        return turn.text(Prompt.NO_PRESSURE)
    before = step.pressure.at(turn.state.pressure_offset)
    turn.set(pressure_offset=before + by - step.pressure.usual)
    pressure = pressure_words(turn.state, step, turn.world.prompts)
    if step.pressure.at(turn.state.pressure_offset) == before:
        return turn.text(Prompt.SOFTEST if by < 0 else Prompt.FIRMEST, pressure=pressure)
    how = step.softer if by < 0 else step.firmer
    return turn.text(Prompt.SOFTER if by < 0 else Prompt.FIRMER, how=how, pressure=pressure)


def just_right(turn: Turn) -> None:
    """Keep the pressure as it is."""
    if turn.state.phase is Phase.CHECKING_IN:
        after_check_in(turn, turn.text(Prompt.JUST_RIGHT))
    else:
        reply(turn, turn.text(Prompt.JUST_RIGHT))


def on_check_in_answer(turn: Turn, intent: Intent) -> None:
    """A "yes" is just right; anything else asks which way."""
    if intent is Intent.YES:
        just_right(turn)
    else:
        turn.say(turn.text(Prompt.CHECK_IN_SOFTER_OR_FIRMER))


def change_settings(turn: Turn, prompt: Prompt, **changes: object) -> None:
    """Change how the guide speaks or paces, keep it for next time, and say so."""
    changed = replace(turn.state.settings, **changes)  # type: ignore[arg-type]
    voice = (changed.rate_wpm, changed.volume)
    if voice != (turn.state.settings.rate_wpm, turn.state.settings.volume):
        turn.do(AdjustVoice(*voice))
    turn.set(settings=changed)
    turn.do(RememberSettings(changed))
    reply(turn, turn.text(prompt))
    _rearm(turn)


def _rearm(turn: Turn) -> None:
    if turn.state.phase is Phase.HOLDING:
        arm(turn)
    elif turn.state.phase is Phase.WAITING:
        arm_wait(turn)


def change_voice(turn: Turn, intent: Intent) -> None:
    """Louder, quieter, slower, faster, full or brief."""
    settings = turn.state.settings
    match intent:
        case Intent.LOUDER | Intent.QUIETER:
            _change_volume(turn, settings, 1 if intent is Intent.LOUDER else -1)
        case Intent.FASTER | Intent.SLOWER:
            _change_rate(turn, settings, 1 if intent is Intent.FASTER else -1)
        case Intent.FULL:
            change_settings(turn, Prompt.FULL, detail=Detail.FULL)
        case _:
            change_settings(turn, Prompt.BRIEF, detail=Detail.BRIEF)


def _change_volume(turn: Turn, settings: Settings, by: int) -> None:
    volume = step_along(VOLUME_STEPS, settings.volume, by)
    at_end = Prompt.LOUDEST if by > 0 else Prompt.QUIETEST
    changed = Prompt.LOUDER if by > 0 else Prompt.QUIETER
    change_settings(turn, at_end if volume == settings.volume else changed, volume=volume)


def _change_rate(turn: Turn, settings: Settings, by: int) -> None:
    rate = int(step_along(RATE_WPM_STEPS, settings.rate_wpm, by))
    at_end = Prompt.FASTEST if by > 0 else Prompt.SLOWEST
    changed = Prompt.FASTER if by > 0 else Prompt.SLOWER
    change_settings(turn, at_end if rate == settings.rate_wpm else changed, rate_wpm=rate)


def change_pace(turn: Turn, pace: Pace) -> None:
    """Automatic, or wait for me."""
    prompt = Prompt.AUTOMATIC if pace is Pace.AUTOMATIC else Prompt.WAIT_FOR_ME
    change_settings(turn, prompt, pace=pace)


def more_time(turn: Turn) -> None:
    """A minute more for this step, whether its timer still runs or is over."""
    hold = turn.state.hold or Hold(0.0)
    longer = replace(hold, total_seconds=hold.total_seconds + MORE_TIME_SECONDS)
    if turn.state.phase is Phase.HOLDING:
        turn.set(hold=longer)
        reply(turn, turn.text(Prompt.MORE_TIME))
    elif turn.state.phase is Phase.GUIDING:
        reply(turn, turn.text(Prompt.MORE_TIME))
    else:
        step = turn.state.step
        cues = len(step.cues) + 10_000 if step else 0  # an extra minute has no cues of its own
        turn.say(turn.text(Prompt.MORE_TIME))
        start_hold(turn, replace(longer, cues_said=cues))


def how_long(turn: Turn) -> None:
    """What is left of this step's time and of the routine."""
    duration = turn.world.prompts.duration
    hold = turn.state.hold
    step_left = hold.total_seconds - hold.elapsed_at(turn.now) if hold else 0.0
    parts = [turn.text(Prompt.SECONDS_LEFT, time=duration(step_left))] if hold else []
    routine = turn.state.routine
    later = routine.steps[turn.state.step_index + 1 :] if routine else ()
    if later:
        left = step_left + sum(map(_step_seconds, later))
        parts.append(turn.text(Prompt.MINUTES_LEFT, time=duration(left)))
    else:
        parts.append(turn.text(Prompt.LAST_STEP))
    reply(turn, *parts)


def _step_seconds(step: Step) -> float:
    work = step.timing.total_seconds if step.timing else AUTOMATIC_DWELL_SECONDS
    return work + SPEECH_SECONDS_A_STEP


def where(turn: Turn) -> None:
    """Which step of which routine."""
    routine = turn.state.routine
    if routine is None:
        reply(turn, turn.text(Prompt.WHERE_MENU))
        return
    number = turn.world.prompts.number
    place = turn.text(
        Prompt.WHERE,
        number=number(turn.state.step_index + 1),
        count=number(len(routine.steps)),
        title=routine.title,
    )
    reply(turn, place)


def why(turn: Turn) -> None:
    """The step's reason."""
    step = turn.state.step
    reply(turn, (step.why if step else "") or turn.text(Prompt.NO_WHY))


def help_(turn: Turn) -> None:
    """What can be said here, a handful at a time; asking again gives the next handful."""
    page = turn.state.help_page
    more = (page + 1) * PHRASES_AT_ONCE < len(turn.available())
    texts = [turn.text(Prompt.HELP, phrases=turn.phrases(page))]
    if more:
        texts.append(turn.text(Prompt.HELP_MORE))
    turn.set(help_page=page + 1 if more else 0)
    reply(turn, *texts)


def choose_variation(turn: Turn, meaning: Meaning) -> None:
    """Do this step with other hands, if it knows how."""
    name = str(meaning.slot("variation"))
    step = turn.state.step
    chosen = next((v for v in step.variations if v.name == name), None) if step else None
    if chosen is None:
        names = [v.name for v in step.variations] if step else []
        hint = turn.text(Prompt.VARIATIONS, names=turn.world.prompts.one_of(names))
        reply(turn, turn.text(Prompt.NO_VARIATION), hint if names else "")
        return
    turn.set(variation=name)
    reply(turn, turn.text(Prompt.VARIATION_CHOSEN, say=chosen.say))


def repeat(turn: Turn) -> None:
    """Say the step again, or the question or advice that stands."""
    if turn.state.phase in (Phase.GUIDING, Phase.HOLDING, Phase.WAITING):
        turn.say(then=instruction(turn.state, turn.world.prompts))
        _rearm(turn)
    elif turn.state.phase is Phase.STOPPED and turn.state.step is not None:
        turn.say(then=instruction(turn.state, turn.world.prompts))
    else:
        take_up(turn, "")

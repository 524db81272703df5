"""Every occasion on which the guide speaks. The words are in the language file."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Prompt(StrEnum):
    """One key per occasion; the language file must have each, with just these placeholders."""

    WELCOME = "welcome"
    MENU = "menu"
    MENU_ITEM = "menu_item"
    MENU_AGAIN = "menu_again"
    MENU_SILENT = "menu_silent"
    EMPTY_LIBRARY = "empty_library"
    UNKNOWN_ROUTINE = "unknown_routine"
    INTRODUCTION = "introduction"
    SAFETY_NOTE = "safety_note"
    SCREENING_START = "screening_start"
    SCREENING_WHY = "screening_why"
    YES_NO_NOT_SURE = "yes_no_not_sure"
    SCREENING_DONE = "screening_done"
    SCREENING_SILENT = "screening_silent"
    SCREENING_NAMED = "screening_named"
    SOMETHING_FELT_WRONG = "something_felt_wrong"
    SAME_AS_LAST_TIME = "same_as_last_time"
    PARTNER_SAME_AS_LAST_TIME = "partner_same_as_last_time"
    ASK_EACH = "ask_each"
    DECLINED = "declined"
    EQUIPMENT = "equipment"
    PREPARATION_READY = "preparation_ready"
    PREPARATION_WAITING = "preparation_waiting"
    STEP_NUMBER = "step_number"
    SAY_NEXT = "say_next"
    STILL_HERE = "still_here"
    TIME_UP = "time_up"
    TIME_UP_ALONE = "time_up_alone"
    CHANGE_SIDES = "change_sides"
    VARIATIONS = "variations"
    VARIATION_CHOSEN = "variation_chosen"
    VARIATION_NAMED = "variation_named"
    NO_VARIATION = "no_variation"
    FIRST_STEP = "first_step"
    NO_SUCH_STEP = "no_such_step"
    STARTING_OVER = "starting_over"
    SOFTER = "softer"
    FIRMER = "firmer"
    SOFTEST = "softest"
    FIRMEST = "firmest"
    PRESSURE_NOW = "pressure_now"
    JUST_RIGHT = "just_right"
    NO_PRESSURE_SOFTER = "no_pressure_softer"
    NO_PRESSURE_FIRMER = "no_pressure_firmer"
    CHECK_IN_SOFTER_OR_FIRMER = "check_in_softer_or_firmer"
    CHECK_IN_ALONE = "check_in_alone"
    CHECK_IN_TOGETHER = "check_in_together"
    CHECK_IN_PAUSED = "check_in_paused"
    CHECK_IN_SILENT = "check_in_silent"
    CHECK_IN_GOING_ON = "check_in_going_on"
    RATING_ASK = "rating_ask"
    RATING_HOW_TO_ANSWER = "rating_how_to_answer"
    RATING_HOLD = "rating_hold"
    RATING_EASE_OFF = "rating_ease_off"
    RATING_AGAIN = "rating_again"
    RATING_RELEASE = "rating_release"
    RATING_ENOUGH = "rating_enough"
    RATING_SILENT = "rating_silent"
    PAUSED = "paused"
    PAUSED_WAITING = "paused_waiting"
    RESUMING = "resuming"
    STOPPED_HINT = "stopped_hint"
    MORE_TIME = "more_time"
    MORE_TIME_UNTIMED = "more_time_untimed"
    STEP_TAKES = "step_takes"
    SECONDS_LEFT = "seconds_left"
    MINUTES_LEFT = "minutes_left"
    TAKES_IN_ALL = "takes_in_all"
    LAST_STEP = "last_step"
    WHERE = "where"
    WHERE_MENU = "where_menu"
    WHERE_SCREENING = "where_screening"
    WHERE_PREPARING = "where_preparing"
    NO_WHY = "no_why"
    HELP = "help"
    HELP_MORE = "help_more"
    NAME_READY = "name_ready"
    NOT_NOW = "not_now"
    NO_MATCH = "no_match"
    LOUDER = "louder"
    QUIETER = "quieter"
    LOUDEST = "loudest"
    QUIETEST = "quietest"
    SLOWER = "slower"
    FASTER = "faster"
    SLOWEST = "slowest"
    FASTEST = "fastest"
    GIVE_TIME = "give_time"
    USUAL_TIME = "usual_time"
    FULL = "full"
    BRIEF = "brief"
    AUTOMATIC = "automatic"
    WAIT_FOR_ME = "wait_for_me"
    MORE_OIL = "more_oil"
    OIL_USUAL = "oil_usual"
    ASLEEP = "asleep"
    AWAKE = "awake"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    FINISHED = "finished"
    ENDING_EARLY = "ending_early"
    ENDING_ALARMED = "ending_alarmed"
    REST_AFTER = "rest_after"
    BETTER_MODEL = "better_model"
    GOODBYE = "goodbye"
    RED_FLAG_STOP_SELF = "red_flag_stop_self"
    RED_FLAG_STOP_GIVER = "red_flag_stop_giver"
    ASK_IS_IT_A_SYMPTOM = "ask_is_it_a_symptom"
    ASK_BOTH_LEGS_OR_SADDLE = "ask_both_legs_or_saddle"
    ASK_SUDDEN_OR_ONE_SIDED = "ask_sudden_or_one_sided"
    ASK_FALSE_ALARM = "ask_false_alarm"
    ASK_ARE_YOU_ALL_RIGHT = "ask_are_you_all_right"
    NOBODY_ANSWERS = "nobody_answers"
    NO_SYMPTOM = "no_symptom"
    ADVICE_EMERGENCY = "advice_emergency"
    ADVICE_URGENT = "advice_urgent"
    ADVICE_CAUTION = "advice_caution"
    OFFER_REPEAT = "offer_repeat"
    OFFER_SOFTER_OR_OTHER_AREA = "offer_softer_or_other_area"
    OFFER_SOFTER = "offer_softer"
    OFFER_START_AGAIN = "offer_start_again"
    OFFER_OTHER_AREA = "offer_other_area"
    OFFER_END = "offer_end"
    AREA_CLOSED = "area_closed"
    CLOSED_TODAY = "closed_today"
    OTHER_AREA = "other_area"
    NO_OTHER_AREA = "no_other_area"
    FALSE_ALARM_TAKEN = "false_alarm_taken"
    ASK_STILL_SORE = "ask_still_sore"
    ASK_PARTNER_STILL_SORE = "ask_partner_still_sore"
    REST_WHILE_SORE = "rest_while_sore"
    ASK_SAME_PERSON = "ask_same_person"
    TODAY = "today"
    YESTERDAY = "yesterday"
    DAYS_AGO = "days_ago"
    TOO_SOON = "too_soon"
    LIMIT_USED_UP = "limit_used_up"
    LIMITS_NOT_KEPT = "limits_not_kept"
    LIMIT_LEFT = "limit_left"
    LIMIT_STEP = "limit_step"
    LIMIT_REACHED = "limit_reached"
    LIMIT_NO_MORE_TIME = "limit_no_more_time"
    ASK_NOTE = "ask_note"
    NOTING = "noting"
    NOTED = "noted"
    NOT_NOTED = "not_noted"
    NOTING_FAILED = "noting_failed"
    NOTE = "note"
    EMERGENCY_NUMBER = "emergency_number"
    MICROPHONE_LOST = "microphone_lost"
    MICROPHONE_BACK = "microphone_back"
    SPEAKER_BACK = "speaker_back"
    HEARS_ITSELF = "hears_itself"
    TOO_SLOW = "too_slow"
    DURATION_SECONDS = "duration_seconds"
    DURATION_ONE_MINUTE = "duration_one_minute"
    DURATION_ONE_AND_A_HALF = "duration_one_and_a_half"
    DURATION_MINUTES = "duration_minutes"


PLACEHOLDERS: Mapping[Prompt, frozenset[str]] = {
    Prompt.MENU_ITEM: frozenset({"number", "title"}),
    Prompt.UNKNOWN_ROUTINE: frozenset({"name"}),
    Prompt.INTRODUCTION: frozenset({"title", "summary"}),
    Prompt.SAME_AS_LAST_TIME: frozenset({"topics"}),
    Prompt.PARTNER_SAME_AS_LAST_TIME: frozenset({"topics"}),
    Prompt.DECLINED: frozenset({"advice"}),
    Prompt.EQUIPMENT: frozenset({"things"}),
    Prompt.STEP_NUMBER: frozenset({"number", "count"}),
    Prompt.CHANGE_SIDES: frozenset({"side"}),
    Prompt.VARIATIONS: frozenset({"names"}),
    Prompt.VARIATION_CHOSEN: frozenset({"say"}),
    Prompt.VARIATION_NAMED: frozenset({"name"}),
    Prompt.NO_SUCH_STEP: frozenset({"count"}),
    Prompt.SOFTER: frozenset({"how", "pressure"}),
    Prompt.FIRMER: frozenset({"how", "pressure"}),
    Prompt.SOFTEST: frozenset({"pressure"}),
    Prompt.FIRMEST: frozenset({"pressure"}),
    Prompt.PRESSURE_NOW: frozenset({"pressure"}),
    Prompt.RATING_HOLD: frozenset({"rating", "seconds"}),
    Prompt.SECONDS_LEFT: frozenset({"time"}),
    Prompt.MINUTES_LEFT: frozenset({"time"}),
    Prompt.STEP_TAKES: frozenset({"time"}),
    Prompt.TAKES_IN_ALL: frozenset({"time"}),
    Prompt.WHERE: frozenset({"number", "count", "title"}),
    Prompt.WHERE_SCREENING: frozenset({"number", "count", "title"}),
    Prompt.WHERE_PREPARING: frozenset({"title"}),
    Prompt.HELP: frozenset({"phrases"}),
    Prompt.NOT_NOW: frozenset({"phrases"}),
    Prompt.NO_MATCH: frozenset({"phrases"}),
    Prompt.BETTER_MODEL: frozenset({"size", "name"}),
    Prompt.MORE_OIL: frozenset({"how"}),
    Prompt.ASK_SAME_PERSON: frozenset({"when"}),
    Prompt.DAYS_AGO: frozenset({"number"}),
    Prompt.LIMIT_USED_UP: frozenset({"minutes"}),
    Prompt.LIMIT_LEFT: frozenset({"time"}),
    Prompt.LIMIT_STEP: frozenset({"time"}),
    Prompt.NOTED: frozenset({"folder", "parent"}),
    Prompt.NOTE: frozenset({"written", "routine", "step", "pressure", "tier", "said"}),
    Prompt.DURATION_SECONDS: frozenset({"number"}),
    Prompt.DURATION_MINUTES: frozenset({"number"}),
}
"""What each prompt is given; prompts not named here take nothing."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The guide's words in one language.

    Attributes:
        texts: a template for every `Prompt`.
        pressures: the five words for pressure 1 to 5.
        numbers: words for 0 upwards, used in counting aloud.
        names: how each intent is named in help, by the intent's value.
    """

    texts: Mapping[Prompt, str]
    pressures: tuple[str, ...]
    numbers: tuple[str, ...]
    names: Mapping[str, str]
    either: str = "or"
    both: str = "and"

    def text(self, prompt: Prompt, **values: object) -> str:
        """The words for an occasion; a sentence that begins with a value begins with a capital."""
        template = self.texts[prompt]
        words = template.format(**values).strip()
        return words[:1].upper() + words[1:] if template.startswith("{") else words

    def number(self, value: int) -> str:
        """A number in words where the language file has it, else in digits."""
        return self.numbers[value] if 0 <= value < len(self.numbers) else str(value)

    def one_of(self, items: list[str]) -> str:
        """The items as a choice: "a, b or c"."""
        return _listing(items, self.either)

    def all_of(self, items: list[str]) -> str:
        """The items as a list: "a, b and c"."""
        return _listing(items, self.both)

    def duration(self, seconds: float) -> str:
        """A time as people say it: "forty seconds", "one minute", "about three minutes"."""
        if seconds < 52.5:
            number = self.number(max(5, round(seconds / 5) * 5))
            return self.texts[Prompt.DURATION_SECONDS].format(number=number)
        if seconds < 75:
            return self.texts[Prompt.DURATION_ONE_MINUTE]
        if seconds < 105:
            return self.texts[Prompt.DURATION_ONE_AND_A_HALF]
        number = self.number(round(seconds / 60))
        return self.texts[Prompt.DURATION_MINUTES].format(number=number)


def _listing(items: list[str], conjunction: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def placeholders_of(template: str) -> frozenset[str]:
    """The names in braces of a template.

    Raises:
        ValueError: the template's braces don't match.
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)

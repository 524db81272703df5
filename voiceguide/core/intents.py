"""What a user can mean, and a phrase's meaning: the intent with its slots."""

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What a user can mean. The value is the plain name that `hear` and `understand` print."""

    NEXT = "next"
    BACK = "back"
    REPEAT = "repeat"
    START_OVER = "start_over"
    GO_TO_STEP = "go_to_step"
    SOFTER = "softer"
    FIRMER = "firmer"
    JUST_RIGHT = "just_right"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    END = "end"
    MORE_TIME = "more_time"
    HOW_LONG = "how_long"
    WHERE_AM_I = "where_am_i"
    WHY = "why"
    HELP = "help"
    VARIATION = "variation"
    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"
    ALL_WELL = "all_well"
    NUMBER = "number"
    LOUDER = "louder"
    QUIETER = "quieter"
    SLOWER = "slower"
    FASTER = "faster"
    GIVE_TIME = "give_time"
    USUAL_TIME = "usual_time"
    FULL = "full"
    BRIEF = "brief"
    MORE_OIL = "more_oil"
    AUTOMATIC = "automatic"
    WAIT_FOR_ME = "wait_for_me"
    SLEEP = "sleep"
    WAKE = "wake"
    UNDO = "undo"
    CHOOSE = "choose"
    WRITE_DOWN = "write_down"
    START_AGAIN = "start_again"
    OTHER_AREA = "other_area"
    FALSE_ALARM = "false_alarm"


DEAR_INTENTS = frozenset(
    {Intent.END, Intent.START_OVER, Intent.START_AGAIN, Intent.SLEEP}
    | {Intent.FALSE_ALARM, Intent.ALL_WELL}
)
"""What nobody may be thought to have said by mistake: ends, new beginnings, sleep, no alarm."""


Slot = int | str


@dataclass(frozen=True, slots=True)
class Meaning:
    """An intent and its slots, such as `("number", 3)` or `("variation", "fists")`."""

    intent: Intent
    slots: tuple[tuple[str, Slot], ...] = ()

    def slot(self, name: str) -> Slot | None:
        """The value of a slot, or None where the phrase had none."""
        return dict(self.slots).get(name)

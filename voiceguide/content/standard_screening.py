"""The standard questions before the start: one wording, in `screening.yaml`, for every routine."""

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from voiceguide.content.mends import schema_problems
from voiceguide.content.routine_schema import FileModel, Screen, Text, Topic
from voiceguide.content.yaml_lines import read_document
from voiceguide.errors import ContentError

PATH = Path(__file__).with_name("screening.yaml")


SELDOM_CHANGE = frozenset({Screen.BLOOD_THINNERS, Screen.BONES, Screen.CANCER, Screen.MEDICINES})
"""Questions whose "no" may be offered again; all others are asked each time.

They ask about something lasting and nothing else. `age` also asks about back pain, and `nerves`
about a numb area: both may be new today.
"""


class StandardQuestion(FileModel):
    """A question as the giver hears it, as someone alone hears it, and the advice after "yes".

    `same_as_last_time` names what it asks about, where a "no" may be offered again.
    """

    partner: Text
    self: Text
    advice: Text
    same_as_last_time: Topic = ""


@cache
def questions() -> dict[Screen, StandardQuestion]:
    """The words of every standard question."""
    return read_questions(PATH)


def read_questions(path: Path) -> dict[Screen, StandardQuestion]:
    """Reads the questions from a file, which must have each of them.

    Raises:
        ContentError: with every problem found.
    """
    document = read_document(path)
    try:
        found = TypeAdapter(dict[Screen, StandardQuestion]).validate_python(document.value)
    except ValidationError as error:
        raise ContentError(*schema_problems(error, document)) from None
    missing = [screen.value for screen in Screen if screen not in found]
    if missing:
        what = f"The questions {', '.join(missing)} are missing."
        raise ContentError(document.problem((), what, "Write them."))
    problems = [
        document.problem((screen.value, "same_as_last_time"), _ASKED_EACH_TIME, _MEND)
        for screen, question in found.items()
        if question.same_as_last_time and screen not in SELDOM_CHANGE
    ]
    if problems:
        raise ContentError(*problems)
    return found


_ASKED_EACH_TIME = "This may have changed since last time, so it is asked each time."
_MEND = "Delete `same_as_last_time`."

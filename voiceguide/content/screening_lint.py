"""Checks the questions before the start: is all asked that this routine's kind needs?

A question of the routine's own, which "yes" ends, counts as the standard one whose topic it names.
"""

import re
from collections.abc import Iterator

from voiceguide.content.routine_clauses import plain
from voiceguide.content.routine_schema import RoutineFile, Screen, StopIf, Technique
from voiceguide.content.unsafe_words import unsafe_words
from voiceguide.content.yaml_lines import Document, Place
from voiceguide.core.routine import Audience, Region
from voiceguide.errors import Problem

REQUIRED_SCREENING: tuple[frozenset[Screen], ...] = (
    frozenset({Screen.SKIN}),
    frozenset({Screen.FEVER}),
    frozenset({Screen.INJURY}),
    frozenset({Screen.NUMBNESS, Screen.NERVES}),
    frozenset({Screen.PREGNANCY}),
    frozenset({Screen.BLOOD_THINNERS, Screen.MEDICINES}),
)
"""Every routine asks at least one question of each group."""

ALONE_SCREENING = frozenset({Screen.BONES, Screen.SEVERE_PAIN})
"""Asked as well of someone alone: their own weight presses, and nobody watches."""

FIRM_SCREENING = frozenset({Screen.BONES, Screen.CALF})
"""Asked as well before firm pressure, unless the stricter list of seed 002 or 004 is."""

TRIGGER_POINT_SCREENING = frozenset({Screen.NERVES, Screen.CANCER, Screen.MEDICINES})
"""Asked as well where a painful spot is pressed on purpose."""

BACK_SCREENING = frozenset({Screen.AGE, Screen.WORSE, Screen.UPPER_SPINE, Screen.WEIGHT_LOSS})
"""Asked as well where that spot is on the back or the shoulders: the red flags of seed 002."""

TENDER_SPOT_SCREENING = frozenset(
    {Screen.BLADDER, Screen.SEVERE_PAIN, Screen.NIGHT_PAIN, Screen.SUDDEN_PAIN}
)
"""Asked as well where a partner's tender spots are held: the reasons of seed 004 to seek help."""

FIRM_PRESSURE = 4

CHANGES = re.compile(
    r"\b(?:today|now|right now|still|yet|lately|recent\w*|since|new|days?|weeks?|months?|ago|worse"
    r"|fevers?|ill|sick\w*|infect\w*|red|redness|rash\w*|sores?|wounds?|cuts?|burn\w*|bruis\w*"
    r"|swell\w*|swollen|lumps?|hot|injur\w*|hurts?|fall|fell|fallen|accidents?|operat\w*|surger\w*"
    r"|pregnan\w*|pain\w*|aches?|aching|numb\w*|tingl\w*|weak\w*|feel\w*|feelings?|dizz\w*"
    r"|faint\w*|tired|drunk|drink\w*|drank|alcohol|drugs?|bladder|bowels?|breath\w*)\b",
    re.IGNORECASE,
)
"""Words of a question whose answer may be another one tomorrow."""


def screening_problems(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """Every problem with the questions before the start."""
    if len(set(file.screening)) < len(file.screening):
        what = "A standard question is named twice."
        yield document.problem(("screening",), what, "Name each question once.")
    asked = set(file.screening) | _asked_in_own_words(file)
    for group in _required(file):
        if not asked & group:
            names = " or ".join(sorted(name.value for name in group))
            what = f"The standard question `{names}` is not asked before the start."
            yield document.problem(("screening",), what, f"Add {names} to `screening`.")
    yield from _same_as_last_time(file, document)


def _asked_in_own_words(file: RoutineFile) -> set[Screen]:
    asks = [plain(question.ask) for question in file.also_ask if question.stop_if is StopIf.YES]
    topics = unsafe_words().topics.items()
    return {screen for screen, words in topics if any(words.search(ask) for ask in asks)}


def _required(file: RoutineFile) -> list[frozenset[Screen]]:
    more = _required_by_kind(file)
    one_each = [frozenset({screen}) for screen in Screen if screen in more]
    return [*(group for group in REQUIRED_SCREENING if not group & more), *one_each]


def _required_by_kind(file: RoutineFile) -> frozenset[Screen]:
    """What is asked besides, because of who works, how, and from which article it is."""
    if file.audience is Audience.SELF:
        return ALONE_SCREENING | _trigger_point_screening(file)
    more = _trigger_point_screening(file)
    if "004_" in file.source or any(step.technique is Technique.HOLDING for step in file.steps):
        more |= TENDER_SPOT_SCREENING
    firm = any(step.pressure and step.pressure.most >= FIRM_PRESSURE for step in file.steps)
    return more or (FIRM_SCREENING if firm else frozenset())


def _trigger_point_screening(file: RoutineFile) -> frozenset[Screen]:
    steps = [step for step in file.steps if step.technique is Technique.TRIGGER_POINT]
    if "002_" in file.source or any(step.region is not Region.UPPER_ARMS for step in steps):
        return TRIGGER_POINT_SCREENING | BACK_SCREENING
    return TRIGGER_POINT_SCREENING if steps else frozenset()


def _same_as_last_time(file: RoutineFile, document: Document) -> Iterator[Problem]:
    """What may be carried over from the last time: a "no" to something lasting, nothing else."""
    for index, question in enumerate(file.also_ask):
        if not question.same_as_last_time:
            continue
        place: Place = ("also_ask", index, "same_as_last_time")
        changes = CHANGES.search(f"{question.ask} {question.same_as_last_time}")
        if question.stop_if is not StopIf.YES:
            what = 'Only a "no" may be carried over, and here "no" ends the session.'
            yield document.problem(place, what, "Delete `same_as_last_time`.")
        elif changes:
            what = f'"{changes[0]}": this may have changed since last time.'
            yield document.problem(place, what, "Delete `same_as_last_time`, and ask each time.")

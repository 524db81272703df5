"""Turns routine files into the frozen values of `voiceguide.core.routine`, or says what to mend.

Only a routine that passes the schema and the linter is ever handed out.
"""

from pathlib import Path

from pydantic import ValidationError

from voiceguide.content import standard_screening
from voiceguide.content.mends import schema_problems
from voiceguide.content.routine_lint import lint
from voiceguide.content.routine_schema import RoutineFile, Screen, StepFile, TimingFile
from voiceguide.content.yaml_lines import Document, read_document
from voiceguide.core.routine import (
    Audience,
    Cue,
    Limits,
    PressureBounds,
    RatingLoop,
    Routine,
    RoutineRedFlag,
    ScreeningQuestion,
    Step,
    Timing,
    Variation,
)
from voiceguide.errors import ContentError, Problem, UsageError


def load_routine(path: Path) -> Routine:
    """Loads one routine.

    Raises:
        ContentError: with every problem found in the file.
    """
    document = read_document(path)
    file = _validated(document)
    problems = lint(file, document)
    if problems:
        raise ContentError(*problems)
    return _routine(file)


def load_routines(directory: Path) -> tuple[Routine, ...]:
    """Loads every `*.yaml` of a directory, in the order of the spoken menu.

    Raises:
        ContentError: with every problem found in any of the files.
        UsageError: there is no such directory, or no routine in it.
    """
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise UsageError(f"There are no routines in {directory}. Name a folder with YAML files.")
    routines: list[Routine] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            routines.append(load_routine(path))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(*problems)
    return tuple(sorted(routines, key=_menu_place))


def check_file(path: Path) -> tuple[Problem, ...]:
    """Every problem of one routine file, by line; never raises for what it contains."""
    try:
        load_routine(path)
    except ContentError as error:
        return tuple(sorted(error.problems, key=lambda problem: problem.line))
    return ()


def _menu_place(routine: Routine) -> tuple[int, str]:
    return routine.menu_order, routine.title


def _validated(document: Document) -> RoutineFile:
    if not isinstance(document.value, dict):
        what = "A routine is a list of named fields, and this is something else."
        raise ContentError(document.problem((), what, "Begin with `id:` and `title:`."))
    try:
        return RoutineFile.model_validate(document.value)
    except ValidationError as error:
        raise ContentError(*schema_problems(error, document)) from None


def _routine(file: RoutineFile) -> Routine:
    return Routine(
        id=file.id,
        title=file.title,
        summary=file.summary,
        audience=file.audience,
        source=file.source,
        menu_order=file.menu_order,
        steps=tuple(map(_step, file.steps)),
        equipment=tuple(file.equipment),
        screening=_screening(file),
        preparation=tuple(file.preparation),
        finish=file.finish,
        advice=tuple(file.advice),
        notes=tuple(file.notes),
        oil=file.oil,
        check_in_minutes=file.check_in_minutes,
        limits=Limits(**file.limits.model_dump()),
        red_flags=tuple(RoutineRedFlag(flag.phrase, flag.tier) for flag in file.red_flags),
    )


def _screening(file: RoutineFile) -> tuple[ScreeningQuestion, ...]:
    standard = tuple(_standard_question(name, file.audience) for name in file.screening)
    own = tuple(
        ScreeningQuestion(
            question.ask,
            question.advice,
            question.stop_if.value,
            topic=question.same_as_last_time,
        )
        for question in file.also_ask
    )
    return standard + own


def _standard_question(name: Screen, audience: Audience) -> ScreeningQuestion:
    words = standard_screening.questions()[name]
    ask = words.partner if audience is Audience.PARTNER else words.self
    return ScreeningQuestion(ask, words.advice, topic=words.same_as_last_time)


def _step(file: StepFile) -> Step:
    return Step(
        id=file.id,
        say=file.say,
        brief=file.brief,
        region=file.region,
        technique=file.technique.value,
        direction=file.direction,
        pressure=PressureBounds(**file.pressure.model_dump()) if file.pressure else None,
        timing=_timing(file.timing) if file.timing else None,
        cues=tuple(Cue(cue.at, cue.say) for cue in file.cues),
        softer=file.softer,
        firmer=file.firmer,
        variations=tuple(Variation(way.name, way.say) for way in file.variations),
        cautions=tuple(file.cautions),
        why=file.why,
        check_in=file.check_in,
        rating=RatingLoop(**file.rating.model_dump()) if file.rating else None,
    )


def _timing(file: TimingFile) -> Timing:
    return Timing(file.seconds, file.repetitions, file.seconds_each, tuple(file.sides))

"""A rehearsal's script: YAML to `ScriptLine`s, with the line and a mend for each mistake."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voiceguide.content.yaml_lines import Document, read_document
from voiceguide.core.script import ScriptLine
from voiceguide.errors import ContentError, Problem


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: Annotated[float, Field(ge=0, le=36_000)] | None = None
    when: str = ""
    after: str = ""
    wait: Annotated[float, Field(ge=0, le=36_000)] | None = None
    say: str = ""
    wav: str = ""
    level_db: Annotated[float, Field(ge=-60, le=30)] = 0.0
    voice: str = ""

    @model_validator(mode="after")
    def _one_cue_and_one_sound(self) -> "_Line":
        cues = (self.at is not None, bool(self.when), bool(self.after), self.wait is not None)
        if sum(cues) != 1:
            raise ValueError("has not just one of at, when, after and wait")
        if bool(self.say) == bool(self.wav):
            raise ValueError("has not just one of say and wav")
        return self


def load_script(path: Path) -> tuple[ScriptLine, ...]:
    """Read a script; `wav` files are relative to its folder.

    Raises:
        ContentError: the file is missing, no YAML, or not a list of lines; a recording is missing.
    """
    document = read_document(path)
    if not isinstance(document.value, list):
        raise ContentError(
            document.problem((), "A script is a list.", 'Write lines like "- {at: 5, say: next}".')
        )
    lines: list[ScriptLine] = []
    problems: list[Problem] = []
    for index, entry in enumerate(document.value):
        try:
            line = _script_line(_Line.model_validate(entry), path)
        except ValidationError as error:
            problems += _problems(document, index, error)
            continue
        lines.append(line)
        if line.wav and not Path(line.wav).is_file():
            what = f"There is no recording {line.wav}."
            problems.append(document.problem((index, "wav"), what, "Name one beside the script."))
    if problems:
        raise ContentError(*problems)
    return tuple(lines)


def _script_line(line: _Line, path: Path) -> ScriptLine:
    wav = str(path.parent / line.wav) if line.wav else ""
    return ScriptLine(
        at_seconds=line.at,
        when=line.when,
        after=line.after,
        wait_seconds=line.wait,
        say=line.say,
        wav=wav,
        level_db=line.level_db,
        voice=line.voice,
    )


def _problems(document: Document, index: int, error: ValidationError) -> list[Problem]:
    mend = "A line has at, when, after or wait; say or wav; and may have level_db and voice."
    return [
        document.problem((index, *fault["loc"]), _what(fault["msg"]), mend)
        for fault in error.errors()
    ]


def _what(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"This line {text}." if text.startswith("has") else f"{text}."

"""The routine format as a file has it: fields, units and ranges. Publishes the JSON Schema.

Rules that need judgement, such as pressure on the neck, are in `routine_lint`; the meaning of each
field at length is in `docs/reference/routine-format.md`.
"""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from voiceguide.core.red_flags import Tier
from voiceguide.core.routine import Audience, Region

SCHEMA_ID = "routine.schema.json"


class Technique(StrEnum):
    """What the hands (or the ball) do."""

    LOOKING = "looking"
    POSITIONING = "positioning"
    OILING = "oiling"
    STROKING = "stroking"
    CIRCLING = "circling"
    KNEADING = "kneading"
    PRESSING = "pressing"
    FRICTION = "friction"
    SEARCHING = "searching"
    HOLDING = "holding"
    TRIGGER_POINT = "trigger point"
    ROLLING = "rolling"
    RESTING = "resting"


class Screen(StrEnum):
    """The standard questions before the start. Their words are in `screening.yaml`."""

    SKIN = "skin"
    FEVER = "fever"
    INJURY = "injury"
    NUMBNESS = "numbness"
    PREGNANCY = "pregnancy"
    BLOOD_THINNERS = "blood-thinners"
    CALF = "calf"
    BONES = "bones"
    AGE = "age"
    WORSE = "worse"
    UPPER_SPINE = "upper-spine"
    CANCER = "cancer"
    MEDICINES = "medicines"
    WEIGHT_LOSS = "weight-loss"
    NERVES = "nerves"
    SEVERE_PAIN = "severe-pain"
    NIGHT_PAIN = "night-pain"
    SUDDEN_PAIN = "sudden-pain"
    BLADDER = "bladder"


class StopIf(StrEnum):
    """The answer that ends the session before it begins."""

    YES = "yes"
    NO = "no"


Text = Annotated[str, Field(min_length=1, max_length=1200, pattern=r"\S")]
Slug = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Topic = Annotated[str, Field(max_length=60)]
Level = Annotated[int, Field(ge=1, le=5)]


class FileModel(BaseModel):
    """What all parts of the file share: no unknown field, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PressureFile(FileModel):
    """Pressure from 1 (very light) to 5 (very firm)."""

    usual: Level = Field(description="Where the step starts, 1 to 5.")
    least: Level = Field(default=1, description="`softer` never goes below this, 1 to 5.")
    most: Level = Field(default=5, description="`firmer` never goes above this, 1 to 5.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least <= self.usual <= self.most:
            raise _mistake(
                f"The pressure {self.least}, {self.usual}, {self.most} is not in rising order.",
                "Make `least` the smallest and `most` the largest.",
            )
        return self


class TimingFile(FileModel):
    """How long a step lasts: seconds, or repetitions; on each side where sides are named."""

    seconds: float | None = Field(
        default=None,
        ge=5,
        le=1200,
        description="Seconds of work, 5 to 1200; on each side where sides are.",
    )
    repetitions: int | None = Field(
        default=None,
        ge=1,
        le=60,
        description="How many times, 1 to 60; on each side where sides are.",
    )
    seconds_each: float = Field(
        default=4.0, ge=1, le=60, description="Seconds for one repetition, 1 to 60."
    )
    sides: list[Text] = Field(
        default=[],
        max_length=4,
        description='The sides as they are called, in order, such as "left side".',
    )

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.seconds is None) == (self.repetitions is None):
            raise _mistake(
                "A timing has either `seconds` or `repetitions`.", "Write one of the two."
            )
        if len(set(self.sides)) < len(self.sides):
            raise _mistake("A side is named twice.", "Name each side once.")
        return self


class CueFile(FileModel):
    """Something said while the step's time runs."""

    at: float = Field(gt=0, lt=1, description="When: a part of the whole time, 0.5 is half-way.")
    say: Text = Field(description="What the guide says then.")


class VariationFile(FileModel):
    """Another way of doing the step, which the user chooses by its name."""

    name: Text = Field(description='One or two words that can be said, such as "fists".')
    say: Text = Field(description="How to do it in this way; said after the step's own words.")


class RatingFile(FileModel):
    """Press, ask for a number from 0 to 10, hold until it has fallen."""

    hold_seconds: float = Field(
        default=10.0, ge=3, le=30, description="Seconds between questions, 3 to 30."
    )
    rounds: int = Field(default=6, ge=1, le=6, description="How many times at most, 1 to 6.")
    ease_off_above: int = Field(
        default=8, ge=5, le=8, description="Above this the guide eases off, 5 to 8."
    )
    release_at: int = Field(
        default=6, ge=0, le=7, description="At this or below the round is over, 0 to 7."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.release_at >= self.ease_off_above:
            raise _mistake(
                "`release_at` is not below `ease_off_above`.", "Make `release_at` smaller."
            )
        return self


class StepFile(FileModel):
    """One instruction and everything that belongs to it."""

    id: Slug = Field(description="Short name, unique in the routine: lower case and hyphens.")
    say: Text = Field(
        description="What the guide says. `{pressure}` becomes the pressure in words."
    )
    brief: str = Field(
        default="", max_length=300, description="The same in few words, for brief mode."
    )
    region: Annotated[Region, Field(strict=False)] = Field(
        default=Region.NONE, description="Where the step works."
    )
    technique: Annotated[Technique, Field(strict=False)] = Field(
        description="What the hands or the ball do."
    )
    direction: str = Field(default="", max_length=200, description="Which way the hands move.")
    pressure: PressureFile | None = Field(
        default=None,
        description="Needed wherever there is a region; absent where nothing is touched.",
    )
    timing: TimingFile | None = Field(
        default=None, description="Absent: the guide waits until the user says next."
    )
    cues: list[CueFile] = Field(default=[], max_length=12, description="Said while the time runs.")
    softer: str = Field(
        default="", max_length=300, description="How to give less pressure in this step."
    )
    firmer: str = Field(
        default="", max_length=300, description="How to give more pressure in this step."
    )
    variations: list[VariationFile] = Field(
        default=[], max_length=6, description="Other ways of doing the step."
    )
    cautions: list[Text] = Field(default=[], max_length=6, description="What to take care of.")
    why: str = Field(default="", max_length=400, description="What the step is for; no cures.")
    check_in: str = Field(
        default="", max_length=200, description="A question to which yes means that all is well."
    )
    rating: RatingFile | None = Field(
        default=None, description="Press, ask from 0 to 10, hold, release."
    )


class QuestionFile(FileModel):
    """A question of the routine's own before the start."""

    ask: Text = Field(description="A question that is answered by yes or no.")
    advice: Text = Field(description="What the guide says where the answer ends the session.")
    stop_if: Annotated[StopIf, Field(strict=False)] = Field(
        default=StopIf.YES, description="The answer that ends the session."
    )
    same_as_last_time: Topic = Field(
        default="",
        description="What it asks about, in a few words, where that seldom changes: "
        'then a "no" may be offered again for some weeks. Absent: it is asked each time.',
    )


class LimitsFile(FileModel):
    """How much of this is enough."""

    minutes_per_day: float | None = Field(
        default=None,
        ge=1,
        le=120,
        description="Minutes in one day, 1 to 120; a ball or roller: at most 5.",
    )
    days_between: int = Field(
        default=0, ge=0, le=30, description="Whole days without it between two, 0 to 30."
    )
    rest_days_if_sore: int = Field(
        default=0, ge=0, le=30, description="Days of rest when it is sore the next day, 0 to 30."
    )


class RedFlagFile(FileModel):
    """A phrase of this routine's own that stops it."""

    phrase: Text = Field(description="The words, as they would be said.")
    tier: Annotated[Tier, Field(strict=False)] = Field(description="How grave it is.")


class RoutineFile(FileModel):
    """A guided massage for `voiceguide`."""

    id: Slug = Field(description="The file's name without `.yaml`.")
    title: Text = Field(description="What the guide calls it in the spoken menu.")
    summary: Text = Field(description="One or two sentences for the menu.")
    audience: Annotated[Audience, Field(strict=False)] = Field(
        alias="for", description="`partner`: one person massages another. `self`: one person alone."
    )
    source: Text = Field(
        description="The article it comes from, by its file name; or `own:` and where it is from."
    )
    menu_order: int = Field(
        default=100, ge=1, le=1000, description="Place in the spoken menu, small first, 1 to 1000."
    )
    equipment: list[Text] = Field(default=[], max_length=12, description="Things that are needed.")
    screening: list[Annotated[Screen, Field(strict=False)]] = Field(
        min_length=1, max_length=16, description="Standard questions before the start, in order."
    )
    also_ask: list[QuestionFile] = Field(
        default=[], max_length=6, description="Questions of its own, after the standard ones."
    )
    preparation: list[Text] = Field(
        default=[], max_length=12, description="What to get ready; said one at a time."
    )
    steps: list[StepFile] = Field(min_length=1, max_length=60, description="The massage itself.")
    finish: Text = Field(description="What the guide says at the end.")
    advice: list[Text] = Field(
        min_length=1, max_length=8, description="What to know for afterwards; said at the end."
    )
    notes: list[Text] = Field(
        default=[], max_length=20, description="For readers of the file: what was changed, and why."
    )
    oil: str = Field(
        default="", max_length=300, description='Said at "more oil"; empty: it needs none.'
    )
    check_in_minutes: float | None = Field(
        default=None,
        ge=1,
        le=10,
        description="Minutes without a word after which the guide asks after you, 1 to 10.",
    )
    limits: LimitsFile = Field(default=LimitsFile(), description="How often, and how long.")
    red_flags: list[RedFlagFile] = Field(
        default=[], max_length=20, description="Phrases of its own that stop it."
    )


def _mistake(what: str, mend: str) -> PydanticCustomError:
    return PydanticCustomError("mistake", "{what} {mend}", {"what": what, "mend": mend})


def routine_json_schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12), by which editors complete and check a routine."""
    schema = RoutineFile.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
    }

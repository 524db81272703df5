"""The routines we ship: complete, true to their seeds' figures, safe, and fit to be heard."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from voiceguide.content.language import load_language
from voiceguide.content.loader import check_file, load_routine, load_routines
from voiceguide.content.routine_schema import routine_json_schema
from voiceguide.content.yaml_lines import read_document
from voiceguide.core.red_flags import Tier
from voiceguide.core.routine import Audience, PressureBounds, RatingLoop, Region, Routine, Step

FOLDER = Path(__file__).parents[2] / "routines"
PATHS = sorted(FOLDER.glob("*.yaml"))
ROUTINES = {routine.id: routine for routine in load_routines(FOLDER)}
SELF = [routine for routine in ROUTINES.values() if routine.audience is Audience.SELF]
PARTNER = [routine for routine in ROUTINES.values() if routine.audience is Audience.PARTNER]

SEEDS = {
    "back-massage-basic": ["000_1afd50af6103cbf3", "003_b18a66fc59ee531c"],
    "back-massage-kneading": ["001_a0f769286785e835"],
    "partner-massage-relief": ["004_0549e55a075c149d"],
    "back-massage-eight-techniques": ["002_2f7799f2d7a5e135"],
    "self-massage-two-balls": ["001_a0f769286785e835", "003_b18a66fc59ee531c"],
    "self-massage-wall": ["003_b18a66fc59ee531c"],
    "self-massage-floor": ["003_b18a66fc59ee531c"],
}
"""The shipped routines in the order of the menu, and the articles each comes from."""


def names(routines: list[Routine]) -> list[str]:
    return [routine.id for routine in routines]


def step(routine_id: str, step_id: str) -> Step:
    return next(s for s in ROUTINES[routine_id].steps if s.id == step_id)


def seconds(routine_id: str, *step_ids: str) -> float:
    timings = [step(routine_id, step_id).timing for step_id in step_ids]
    return sum(timing.total_seconds for timing in timings if timing)


def work_minutes(routine: Routine) -> float:
    return sum(s.timing.total_seconds for s in routine.steps if s.timing) / 60


def spoken(routine: Routine) -> Iterator[str]:
    yield from (routine.title, routine.summary, routine.finish, routine.oil)
    yield from (*routine.equipment, *routine.preparation, *routine.advice)
    for question in routine.screening:
        yield from (question.ask, question.advice)
    for s in routine.steps:
        yield from step_texts(s)


def step_texts(s: Step) -> list[str]:
    texts = [s.say, s.brief, s.softer, s.firmer, s.why, s.check_in, *s.cautions]
    texts += [cue.say for cue in s.cues] + [variation.say for variation in s.variations]
    return [text for text in texts if text]


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.?!])\s+", text.strip()) if sentence]


def everything(routine: Routine) -> str:
    return " ".join(spoken(routine)).lower()


def test_all_seven_are_there_in_the_order_of_the_menu() -> None:
    assert list(ROUTINES) == list(SEEDS)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_passes_the_check(path: Path) -> None:
    assert check_file(path) == ()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_is_valid_by_the_published_schema(path: Path) -> None:
    jsonschema.Draft202012Validator(routine_json_schema()).validate(read_document(path).value)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_its_first_line_leads_editors_to_the_schema(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    target = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)

    assert target
    assert (FOLDER / target[1]).resolve().is_file()


@pytest.mark.parametrize("routine", ROUTINES.values(), ids=names(list(ROUTINES.values())))
class TestEvery:
    def test_it_names_its_seeds(self, routine: Routine) -> None:
        assert re.findall(r"\d{3}_[0-9a-f]{16}", routine.source) == SEEDS[routine.id]

    def test_it_says_what_was_left_out_or_mended(self, routine: Routine) -> None:
        notes = " ".join(routine.notes)

        assert "Mended" in notes
        assert "Left out" in notes

    def test_no_sentence_is_longer_than_eighteen_words(self, routine: Routine) -> None:
        long = [s for text in spoken(routine) for s in sentences(text) if len(s.split()) > 18]

        assert long == []

    def test_most_sentences_are_short(self, routine: Routine) -> None:
        lengths = sorted(len(s.split()) for text in spoken(routine) for s in sentences(text))

        assert lengths[int(len(lengths) * 0.9)] <= 15

    def test_advice_instead_of_a_massage_has_short_clauses(self, routine: Routine) -> None:
        clauses = [c for q in routine.screening for c in re.split(r"[.,?!]\s*", q.advice)]

        assert [clause for clause in clauses if len(clause.split()) > 12] == []

    def test_numbers_are_words(self, routine: Routine) -> None:
        assert [text for text in spoken(routine) if re.search(r"\d", text)] == []

    def test_every_step_has_a_short_form_and_a_reason(self, routine: Routine) -> None:
        assert [s.id for s in routine.steps if not (s.brief and s.why)] == []

    def test_short_forms_are_shorter(self, routine: Routine) -> None:
        assert [s.id for s in routine.steps if len(s.brief) >= len(s.say)] == []

    def test_softer_and_firmer_change_every_pressing_step(self, routine: Routine) -> None:
        pressing = [s for s in routine.steps if s.pressure]

        assert len(pressing) >= 3
        assert [s.id for s in pressing if s.pressure and s.pressure.least == s.pressure.most] == []

    def test_every_touching_step_has_a_direction(self, routine: Routine) -> None:
        touching = [s for s in routine.steps if s.region is not Region.NONE]

        assert [s.id for s in touching if not s.direction] == []

    def test_it_can_begin_and_end_and_be_got_out_of(self, routine: Routine) -> None:
        assert any("say stop" in line for line in routine.preparation)
        assert routine.finish
        assert any("doctor" in line for line in routine.advice)

    def test_six_to_eleven_questions_come_first_and_stop_at_yes_or_no(
        self, routine: Routine
    ) -> None:
        assert 6 <= len(routine.screening) <= 11
        assert all(question.ask.endswith("?") for question in routine.screening)
        assert {question.stop_if for question in routine.screening} <= {"yes", "no"}

    def test_check_ins_are_questions(self, routine: Routine) -> None:
        check_ins = [s.check_in for s in routine.steps if s.check_in]

        assert len(check_ins) >= 2
        assert all(check_in.endswith("?") for check_in in check_ins)

    def test_no_step_sounds_like_a_grave_red_flag(self, routine: Routine) -> None:
        """The guide hears itself; what it says in every step must not look like an alarm."""
        judge = load_language("en").red_flags.judge
        graves = {Tier.URGENT, Tier.EMERGENCY}

        assert [t for s in routine.steps for t in step_texts(s) if judge(t).tier in graves] == []

    def test_the_guide_promises_nothing(self, routine: Routine) -> None:
        assert not re.search(r"cure|heal|immun|toxin|disappear", everything(routine))

    def test_half_way_comes_half_way(self, routine: Routine) -> None:
        wrong = [
            cue
            for s in routine.steps
            for cue in s.cues
            if cue.say.startswith("Half") and cue.at != 0.5
        ]

        assert wrong == []


def test_basic_has_what_seeds_000_and_003_name() -> None:
    basic = "back-massage-basic"

    assert "redness, sores or a rash" in ROUTINES[basic].screening[0].ask
    assert "no oil or lotion on a rash" in step(basic, "look-at-the-skin").say.lower()
    assert "rub your hands together" in step(basic, "warm-the-oil").say.lower()
    assert step(basic, "strokes-up").direction == "from the lower back up to the shoulders"
    assert "thumbs press a little more" in step(basic, "circles-up").say
    assert "posture" in step(basic, "stand-well").say
    assert "which places hurt" in step(basic, "ask-about-pain").say
    assert "glide" in step(basic, "more-oil").say
    assert ROUTINES[basic].oil


def test_basic_presses_less_on_the_arms_than_on_the_shoulders() -> None:
    shoulders = step("back-massage-basic", "across-the-shoulders").pressure
    arms = step("back-massage-basic", "down-the-arms").pressure

    assert shoulders
    assert arms
    assert (arms.usual, arms.most) < (shoulders.usual, shoulders.most)


def test_kneading_takes_ten_minutes_in_the_order_of_seed_001() -> None:
    routine = ROUTINES["back-massage-kneading"]
    regions = [s.region for s in routine.steps if s.region is not Region.NONE]

    assert work_minutes(routine) == 10
    assert regions == [
        Region.NECK,
        Region.BESIDE_SPINE,
        Region.BESIDE_SPINE,
        Region.SHOULDERS,
        Region.UPPER_ARMS,
    ]


def test_kneading_leaves_the_choice_to_press_in_every_step_of_work() -> None:
    work = [s for s in ROUTINES["back-massage-kneading"].steps if s.pressure]

    assert [[v.name for v in s.variations] for s in work] == [["kneading", "pressing"]] * 5


def test_the_neck_never_takes_more_than_light_pressure() -> None:
    necks = [s for r in ROUTINES.values() for s in r.steps if s.region is Region.NECK]

    assert [s.pressure for s in necks] == [PressureBounds(usual=2, least=1, most=2)]


def test_the_eight_techniques_have_the_figures_of_seed_002() -> None:
    eight = "back-massage-eight-techniques"

    assert 300 <= seconds(eight, "whole-hand-strokes", "whole-hand-circles") <= 600
    assert seconds(eight, "reinforced-fingers") == 300
    for name, repetitions, sides in (
        ("heel-of-the-hand", 4, 2),
        ("thumbs", 3, 2),
        ("middle-fingers", 5, 2),
        ("forearms", 6, 0),
    ):
        timing = step(eight, name).timing
        assert timing
        assert (timing.repetitions, len(timing.sides)) == (repetitions, sides)
    assert step(eight, "trigger-point").rating == RatingLoop(10, 6, 8, 6)
    assert [cue.say for cue in step(eight, "last-strokes").cues] == [
        "Now use the heels of your hands.",
        "And now the whole hands, slower and slower.",
    ]
    assert seconds(eight, "rest") >= 120


def test_the_eight_techniques_are_counted_from_one_to_eight() -> None:
    said = " ".join(s.say for s in ROUTINES["back-massage-eight-techniques"].steps)

    assert re.findall(r"Technique (\w+) ", said) == (
        ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    )


def test_the_red_flags_of_seed_002_are_asked_before_the_eight_techniques() -> None:
    asked = " ".join(q.ask for q in ROUTINES["back-massage-eight-techniques"].screening)

    for sign in (
        "under twenty or over fifty-five",
        "fall, an accident",
        "getting worse",
        "upper part of the spine",
        "cancer",
        "steroids",
        "lost a lot of weight",
        "nerve problem",
    ):
        assert sign in asked


def test_the_reasons_of_seed_004_to_seek_help_are_asked_before_relief() -> None:
    asked = " ".join(q.ask for q in ROUTINES["partner-massage-relief"].screening)

    for sign in ("painkillers", "fall", "in the night", "suddenly", "numb", "bladder", "fever"):
        assert sign in asked


def test_relief_holds_a_tender_spot_for_ten_to_thirty_seconds() -> None:
    timing = step("partner-massage-relief", "hold-a-tender-spot").timing

    assert timing
    assert 10 <= timing.seconds_each <= 30


def test_relief_offers_fists_elbows_and_palms_and_elbows_ask_for_care() -> None:
    steps = ROUTINES["partner-massage-relief"].steps
    ways = {v.name: v.say for s in steps for v in s.variations}

    assert {"fists", "elbows", "palms"} <= set(ways)
    assert "loose fists" in ways["fists"]
    assert "ask" in ways["elbows"]
    assert "clockwise" in step("partner-massage-relief", "clockwise-circles").say


@pytest.mark.parametrize("routine", SELF, ids=names(SELF))
class TestAlone:
    def test_it_fits_into_five_minutes_a_day_and_rests_when_sore(self, routine: Routine) -> None:
        assert work_minutes(routine) <= 5
        assert routine.limits.minutes_per_day == 5
        assert routine.limits.rest_days_if_sore >= 1

    def test_it_stays_at_medium_pressure_or_less(self, routine: Routine) -> None:
        assert max(s.pressure.most for s in routine.steps if s.pressure) <= 3

    def test_it_warns_of_the_bones_and_of_extreme_pain(self, routine: Routine) -> None:
        assert any("bone" in caution for s in routine.steps for caution in s.cautions)
        assert any("very much" in line and "doctor at once" in line for line in routine.advice)

    def test_the_way_out_is_told_before_the_first_step(self, routine: Routine) -> None:
        assert "Know the way out." in routine.preparation[-1]


def test_two_balls_lie_on_either_side_of_the_spine_with_the_knees_up() -> None:
    said = step("self-massage-two-balls", "place-the-balls").say

    assert "one ball on each side of\nthe spine".replace("\n", " ") in said
    assert "knees up" in said
    assert "feet flat" in said


def test_two_balls_roll_in_all_four_directions() -> None:
    steps = ROUTINES["self-massage-two-balls"].steps

    assert {"up and down", "left and right"} <= {s.direction.split(",")[0] for s in steps}


@pytest.mark.parametrize("routine", PARTNER, ids=names(PARTNER))
def test_the_giver_asks_the_partner(routine: Routine) -> None:
    check_ins = [s.check_in for s in routine.steps if s.check_in]

    assert all(check_in.startswith("Ask your partner.") for check_in in check_ins)


def unsafe_edits(text: str) -> Iterator[str]:
    """The text of a shipped routine with one unsafe change each; the notes are never said."""
    said, notes = text.split("\nnotes:\n")
    for pattern, replacement in (
        (r"most: \d", "most: 5"),
        (r"beside the spine\b", "on the spine"),
        (r"side of\s+the spine", "part of the spine"),
        (r"[Nn]ever on (the spine|it|a bone)", "Right on the spine"),
        (r"on the outer side of the arms", "on the throat"),
        (r"^    softer: .*$", ""),
        (r"^    firmer: .*$", ""),
        (r"\{seconds: 20\}", "{seconds: 40}"),
        (r"seconds_each: 20\}", "seconds_each: 35}"),
        (r"\{seconds: (150|180|240|300)\b", "{seconds: 700"),
        (r"minutes_per_day: 5", "minutes_per_day: 10"),
        (r"(?<=minutes_per_day: 5\n)  rest_days_if_sore: 1", "  rest_days_if_sore: 0"),
        (r"hold_seconds: 10", "hold_seconds: 45"),
        (r"rounds: 6", "rounds: 12"),
        (r"ease_off_above: 8", "ease_off_above: 10"),
        (r"^    rating: .*$", ""),
        (r"say stop", "carry on"),
        (r"doctor", "friend"),
        (r"\b(skin|fever|injury|pregnancy),", ""),
        (r"^  - (skin|fever|injury|pregnancy|nerves|medicines|cancer|numbness)$", ""),
        (r"numbness, |blood-thinners, |, pregnancy\b", ""),
        (r"\bwith \{pressure\} pressure", ""),
        (r"why: ", "why: This heals. "),
    ):
        for found in re.finditer(pattern, said, re.MULTILINE):
            if said[: found.start()].rpartition("\n")[2].lstrip().startswith("#"):
                continue
            edited = said[: found.start()] + replacement + said[found.end() :]
            yield f"{edited}\nnotes:\n{notes}"


def is_caught(path: Path, text: str) -> bool:
    path.write_text(text)
    return bool(check_file(path))


def test_unsafe_edits_of_the_shipped_routines_are_caught(tmp_path: Path) -> None:
    tried: list[str] = []
    missed: list[str] = []
    for source in PATHS:
        original = source.read_text()
        for text in unsafe_edits(original):
            tried.append(text)
            if not is_caught(tmp_path / source.name, text):
                missed.append(f"{source.name}: {_first_difference(original, text)}")

    assert len(tried) >= 100
    assert len(missed) <= len(tried) * 0.02, missed


def _first_difference(before: str, after: str) -> str:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((new for old, new in pairs if old != new), "the end")


def test_a_shipped_routine_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    text = PATHS[0].read_text()
    path = tmp_path / PATHS[0].name

    for part in (text[: len(text) // 2], text[: len(text) // 4]):
        assert is_caught(path, part)


def test_loading_one_gives_the_same_as_loading_all() -> None:
    loaded: list[Any] = [load_routine(path) for path in PATHS]

    assert {r.id: r for r in loaded} == ROUTINES

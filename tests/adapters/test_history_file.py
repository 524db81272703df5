import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voiceguide.adapters.history_file import KEEP_DAYS, HistoryFile
from voiceguide.core.limits import Closed, History, Past, Soreness, Work, seconds_left
from voiceguide.core.routine import Audience, Limits, Region, Routine

DAY = date(2026, 3, 28)
BALL = Routine("ball", "Ball", "", Audience.SELF, "", (), limits=Limits(5))


def on(day: date, folder: Path) -> HistoryFile:
    return HistoryFile(folder, lambda: day)


def write_something(folder: Path, day: date = DAY) -> Path:
    on(day, folder).add_work("ball", Audience.SELF, 60.0, is_full=False)
    return folder / f"{day.isoformat()}.jsonl"


def test_what_was_added_is_loaded(tmp_path: Path) -> None:
    file = on(DAY, tmp_path / "new")
    file.add_work("ball", Audience.SELF, 62.26, is_full=False)
    file.add_work("full", Audience.PARTNER, 900.0, is_full=True)
    file.add_soreness(Audience.SELF, is_sore=True)
    file.add_closed((Region.NECK,))
    day = DAY.toordinal()

    assert on(DAY, tmp_path / "new").load() == History(
        work=(
            Work(day, "ball", Audience.SELF, 62.3),
            Work(day, "full", Audience.PARTNER, 900.0, is_full=True),
        ),
        soreness=(Soreness(day, Audience.SELF, is_sore=True),),
        closed=(Closed(day, Region.NECK),),
    )


def test_a_new_user_has_no_history(tmp_path: Path) -> None:
    assert on(DAY, tmp_path / "none").load() == History()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        "\x00",
        '{"day": "2026-03-28"}',
        '{"day":"someday","kind":"work","routine":"b","for":"self","seconds":1,"full":true}',
        '{"day":"2026-03-28","kind":"work","routine":"b","for":"self","seconds":-1,"full":true}',
        '{"day":"2026-03-28","kind":"work","routine":"b","for":"self","seconds":NaN,"full":true}',
        '{"day":"2026-03-28","kind":"work","routine":"b","for":"self","seconds":1,"full":"yes"}',
        '{"day":"2026-03-28","kind":"closed","area":"moon"}',
        '{"day":"2026-03-28","kind":"work","routine":"b","for":"cats","seconds":1,"full":true}',
        '{"day":"2026-03-28","kind":"play","routine":"b","for":"self","seconds":1,"full":true}',
        '{"day":"2026-03-28","kind":"sore","for":"self","sore":1}',
        "[" * 5000,
    ],
)
def test_a_bad_line_costs_only_itself_and_is_kept_aside(line: str, tmp_path: Path) -> None:
    path = write_something(tmp_path)
    before = path.read_text()
    path.write_text(before + line + "\n")
    history = on(DAY, tmp_path).load()

    assert [work.seconds for work in history.work] == [60.0]
    assert path.with_suffix(".bad").read_text() == before + line + "\n"


def test_a_file_of_rubbish_is_nothing_remembered_and_does_not_stop_what_follows(
    tmp_path: Path,
) -> None:
    path = write_something(tmp_path)
    path.write_bytes(bytes(range(256)) * 20)

    assert on(DAY, tmp_path).load() == History()
    assert path.with_suffix(".bad").exists()

    write_something(tmp_path)

    assert len(on(DAY, tmp_path).load().work) == 1


def test_a_line_torn_by_a_power_cut_does_not_take_the_next_one_with_it(tmp_path: Path) -> None:
    path = write_something(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    write_something(tmp_path)

    assert [work.seconds for work in on(DAY, tmp_path).load().work] == [60.0]


def test_good_files_leave_nothing_aside(tmp_path: Path) -> None:
    write_something(tmp_path)
    on(DAY, tmp_path).load()

    assert not list(tmp_path.glob("*.bad"))


def test_old_days_are_forgotten(tmp_path: Path) -> None:
    old = write_something(tmp_path, DAY - timedelta(days=KEEP_DAYS + 1))
    kept = write_something(tmp_path, DAY - timedelta(days=KEEP_DAYS))
    write_something(tmp_path)

    assert not old.exists()
    assert kept.exists()


def test_a_folder_that_refuses_costs_only_the_memory(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    file = on(DAY, in_the_way / "history")
    file.add_soreness(Audience.SELF, is_sore=True)

    assert file.load() == History()


WRITER = """
import sys
from datetime import date
from pathlib import Path
from voiceguide.adapters.history_file import HistoryFile
from voiceguide.core.routine import Audience
file = HistoryFile(Path(sys.argv[1]), lambda: date(2026, 3, 28))
for _ in range(200):
    file.add_work(sys.argv[2] * 200, Audience.SELF, 1.0, is_full=False)
"""


def test_two_programs_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in "ab"
    ]

    assert [writer.wait(60) for writer in writers] == [0, 0]

    work = on(DAY, tmp_path).load().work

    assert len(work) == 400
    assert {record.routine_id[0] for record in work} == {"a", "b"}
    assert not list(tmp_path.glob("*.bad"))


moments = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]).map(ZoneInfo)
sessions = st.lists(
    st.tuples(st.timedeltas(timedelta(), timedelta(hours=30)), st.floats(1, 400)), max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(begin=moments, zone=zones, plan=sessions)
def test_no_local_day_ever_holds_more_than_five_minutes(
    tmp_path_factory: pytest.TempPathFactory,
    begin: datetime,
    zone: ZoneInfo,
    plan: list[tuple[timedelta, float]],
) -> None:
    folder = tmp_path_factory.mktemp("history")
    moment, done = begin, dict[date, float]()
    for pause, wanted in plan:  # over changes of summer time, and over midnight
        moment += pause
        day = moment.astimezone(zone).date()
        file = on(day, folder)
        left = seconds_left(BALL, Past(day.toordinal(), file.load()))
        seconds = min(wanted, left or 0.0)
        file.add_work("ball", Audience.SELF, seconds, is_full=False)
        done[day] = done.get(day, 0.0) + seconds
        moment += timedelta(seconds=seconds)

    assert all(seconds <= 300.5 for seconds in done.values())


@settings(max_examples=40, deadline=None)
@given(back=st.integers(0, 1), seconds=st.floats(0, 300))
def test_setting_the_calendar_back_gives_no_minutes(
    tmp_path_factory: pytest.TempPathFactory, back: int, seconds: float
) -> None:
    folder = tmp_path_factory.mktemp("history")
    on(DAY, folder).add_work("ball", Audience.SELF, seconds, is_full=False)
    day = DAY - timedelta(days=back)
    left = seconds_left(BALL, Past(day.toordinal(), on(day, folder).load()))

    assert left == pytest.approx(300 - seconds, abs=0.1)

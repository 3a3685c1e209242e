"""Cycles: the next time, what was missed, month ends that do not drift, and working days of the month."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar_seed import seed_days
from engine.domain.calendar import Calendar, CalendarDay, CalendarError, DayKind
from engine.domain.cycle import Occurrence, WorkingCycle, next_after
from engine.domain.iso8601 import parse_cycle, parse_duration, parse_instant
from engine.errors import ExpressionSyntaxError

CHINA, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
CALENDAR = Calendar(version=1, days={entry.day: entry for year in (2025, 2026) for entry in seed_days(year)})


def at(text: str, zone: ZoneInfo = CHINA) -> datetime:
    """Return a local time, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_the_31st_comes_back_after_february() -> None:
    """Months are counted from the beginning, not from the last time."""
    cycle = parse_cycle("R/2026-01-31T09:00/P1M", at("2026-01-01T00:00"), CHINA)
    found, now = [], at("2026-01-01T00:00")
    for number in range(-1, 4):
        occurrence = next_after(cycle, number, now, CHINA)
        assert occurrence.due is not None
        assert occurrence.skipped == 0
        now = occurrence.due
        found.append(f"{now.astimezone(CHINA):%m-%d %H:%M}")

    assert found == ["01-31 09:00", "02-28 09:00", "03-31 09:00", "04-30 09:00", "05-31 09:00"]


@pytest.mark.parametrize(
    ("text", "fired", "now", "expected"),
    [
        ("R/2026-03-01T09:00/P1D", 0, "2026-03-01T09:00:05", (1, "2026-03-02T09:00", 0)),
        ("R/2026-03-01T09:00/P1D", 0, "2026-03-04T10:00", (4, "2026-03-05T09:00", 3)),
        ("R/2026-03-01T09:00/P1D", 0, "2026-03-04T09:00", (4, "2026-03-05T09:00", 3)),  # due just now is past
        ("R5/2026-03-01T09:00/P1D", 0, "2026-03-04T10:00", (4, "2026-03-05T09:00", 3)),
        ("R5/2026-03-01T09:00/P1D", 0, "2026-05-01T10:00", (5, None, 4)),
        ("R1/2026-03-01T09:00/P1D", 0, "2026-03-01T09:00", (1, None, 0)),
        ("R3/P1D/2026-03-03T09:00", -1, "2026-02-01T00:00", (0, "2026-03-01T09:00", 0)),  # ends then
        ("R3/P1M/2026-03-31T09:00", 0, "2026-01-31T09:00", (1, "2026-02-28T09:00", 0)),
        ("R/2020-01-01T00:00:00/PT1S", -1, "2026-03-01T00:00", (194486401, "2026-03-01T00:00:01", 194486401)),
    ],
)
def test_missed_times_are_counted_and_not_made_up_for(
    text: str, fired: int, now: str, expected: tuple[int, str | None, int]
) -> None:
    """After a stop there is one next time, and how many were missed is known."""
    cycle = parse_cycle(text, at("2026-01-01T00:00"), CHINA)
    number, due, skipped = expected

    assert next_after(cycle, fired, at(now), CHINA) == Occurrence(number, at(due) if due else None, skipped)


def test_a_time_that_is_due_just_now_is_past_also_after_a_short_day() -> None:
    """Two days with a change of the clock between them are 47 hours, and both are counted."""
    cycle = parse_cycle("R/2026-03-07T09:00/P1D", at("2026-03-01T00:00"), NEW_YORK)
    found = next_after(cycle, -1, at("2026-03-08T09:00", NEW_YORK), NEW_YORK)

    assert found == Occurrence(2, at("2026-03-09T09:00", NEW_YORK), 2)


def test_a_day_is_a_day_where_the_clock_is_changed() -> None:
    """Nine o'clock stays nine o'clock."""
    cycle = parse_cycle("R/2026-03-06T09:00/P1D", at("2026-03-01T00:00"), NEW_YORK)
    dues = [cycle.at(number, NEW_YORK) for number in range(4)]

    assert {due.astimezone(NEW_YORK).time() for due in dues} == {time(9)}
    assert [b - a for a, b in pairwise(dues)] == [timedelta(hours=24), timedelta(hours=23), timedelta(hours=24)]


EVERY = st.sampled_from(["PT1M", "PT7H", "P1D", "P2W", "P1M", "P1M1D", "P3M", "P1Y"])


@settings(max_examples=150, deadline=None)
@given(EVERY, st.integers(-1, 40), st.timedeltas(timedelta(0), timedelta(days=60)), st.sampled_from([CHINA, NEW_YORK]))
def test_the_next_time_is_the_one_a_walk_finds(every: str, fired: int, behind: timedelta, zone: ZoneInfo) -> None:
    """The search skips exactly the times that are past."""
    cycle = parse_cycle(f"R/2026-01-31T01:30/{every}", at("2026-01-01T00:00"), zone)
    now = cycle.at(max(fired, 0), zone) + (behind if every != "PT1M" else behind / 40)
    number = fired + 1
    while cycle.at(number, zone) <= now:
        number += 1

    assert next_after(cycle, fired, now, zone) == Occurrence(number, cycle.at(number, zone), number - fired - 1)


@pytest.mark.parametrize(
    ("text", "months", "seconds"),
    [
        ("PT24H", 0, 86_400),
        ("P1M", 1, 0),
        ("P1Y2M10DT2H30M", 14, 10 * 86_400 + 9_000),
        ("P2W", 0, 14 * 86_400),
        ("PT0.5S", 0, 0.5),
    ],
)
def test_durations_are_read(text: str, months: int, seconds: float) -> None:
    """Months are kept apart from time."""
    duration = parse_duration(text)

    assert (duration.months, duration.time) == (months, timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "text", ["-PT5M", "+P1D", "P", "PT", "P1DT", "1D", "P1H", "PT5", "P1M2Y", "P200Y", "P1.5D", "", "P99999999999D"]
)
def test_what_is_no_duration_of_a_timer_is_refused(text: str) -> None:
    """Negative ones and what the standard doesn't know get a sentence."""
    with pytest.raises(ExpressionSyntaxError, match=r"ISO 8601 duration|longer than"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text", ["R0/P1D", "R/PT0S", "R/P1D/2026-01-01", "P1D", "R-1/P1D", "R3", "R3/P1D/P1D/P1D", "R/-P1D"]
)
def test_what_is_no_repeating_interval_is_refused(text: str) -> None:
    """A cycle that never happens, never pauses or never begins is found when it is read."""
    with pytest.raises(ExpressionSyntaxError):
        parse_cycle(text, at("2026-01-01T00:00"), CHINA)


def test_a_time_without_offset_is_the_companys() -> None:
    """A date is its midnight."""
    assert parse_instant("2026-03-01", CHINA) == at("2026-03-01T00:00")
    assert parse_instant("2026-03-01T09:00", CHINA) == at("2026-03-01T09:00")
    assert parse_instant("2026-03-01T09:00Z", CHINA) == datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        (
            'monthly_on_working_day(1, "09:00")',
            "2026-01-15T00:00",
            ["2026-02-02", "2026-03-02", "2026-04-01", "2026-05-06"],
        ),
        ('monthly_on_working_day(1, "09:00")', "2026-09-30T00:00", ["2026-10-08", "2026-11-02"]),
        (
            'monthly_on_working_day(3, "09:00")',
            "2026-01-01T00:00",
            ["2026-01-06", "2026-02-04"],
        ),  # Sunday the 4th is worked
        ('monthly_on_working_day(-1, "17:30")', "2026-02-01T00:00", ["2026-02-28", "2026-03-31"]),
        ('monthly_on_working_day(23, "09:00")', "2026-02-01T00:00", ["2026-02-28", "2026-03-31"]),
        ('quarterly_on_working_day(1, "09:00", 1)', "2026-01-15T00:00", ["2026-04-01", "2026-07-01", "2026-10-08"]),
        ('quarterly_on_working_day(1, "09:00", 3)', "2026-01-15T00:00", ["2026-03-02", "2026-06-01"]),
        ('yearly_on_working_day(5, "10:00", 1)', "2025-01-15T00:00", ["2026-01-08", "2027-01-07"]),
    ],
)
def test_cycles_on_working_days_follow_the_calendar(text: str, after: str, expected: list[str]) -> None:
    """Holidays are passed over, make-up days count, and the text is the value."""
    cycle, now, found = WorkingCycle.parse(text), at(after), []
    for _ in expected:
        now = cycle.next_after(now, CALENDAR)
        found.append(now)

    assert [due.astimezone(CHINA).date().isoformat() for due in found] == expected
    assert {due.astimezone(CHINA).time() for due in found} == {cycle.at}
    assert str(cycle) == text


def test_a_month_without_working_days_is_left_out() -> None:
    """There is no first working day in a month that is off altogether."""
    closed = [CalendarDay(date(2026, 8, day), DayKind.HOLIDAY) for day in range(1, 32)]
    calendar = CALENDAR.with_days(2026, [*seed_days(2026), *closed], 2)

    assert WorkingCycle(1, 1, time(9)).next_after(at("2026-07-15T00:00"), calendar) == at("2026-09-01T09:00")
    with pytest.raises(CalendarError, match="too little working time"):
        WorkingCycle(1, 1, time(9)).next_after(at("2026-07-15T00:00"), Calendar(weekly=(False,) * 7))


def test_missed_times_on_working_days_are_counted_once() -> None:
    """Three first working days went by while nothing ran."""
    found = WorkingCycle(1, 1, time(9)).catch_up(at("2026-02-02T09:00"), at("2026-05-20T00:00"), CALENDAR)

    assert (found.due, found.skipped) == (at("2026-06-01T09:00"), 3)


@pytest.mark.parametrize(
    "text",
    [
        'monthly_on_working_day(0, "09:00")',
        'monthly_on_working_day(1, "25:00")',
        'monthly_on_working_day(1, "9:00")',
        'weekly_on_working_day(1, "09:00")',
        'yearly_on_working_day(1, "09:00", 13)',
        "R/P1M",
    ],
)
def test_other_texts_are_no_cycle_on_working_days(text: str) -> None:
    """What is stored wrongly is not read as something else."""
    with pytest.raises(ExpressionSyntaxError):
        WorkingCycle.parse(text)

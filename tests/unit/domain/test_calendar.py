"""The company's calendar on concrete days: the year of the law, its holidays, its make-up days, its half days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from engine.calendar_seed import seed_days
from engine.domain.calendar import (
    Calendar,
    CalendarDay,
    CalendarError,
    DayKind,
    WorkingDuration,
    calendar_days_between,
    fraction_point,
)
from engine.errors import ExpressionError, ExpressionSyntaxError, InvalidInput

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(version=1, days={entry.day: entry for year in (2025, 2026) for entry in seed_days(year)})
HALF = CALENDAR.with_days(
    2027,
    [CalendarDay(date(2027, 3, 3), DayKind.MORNING, "周年庆"), CalendarDay(date(2027, 3, 5), DayKind.AFTERNOON)],
    2,
)


def at(text: str) -> datetime:
    """Return a time in China, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-02T10:00", 1, "2026-03-03T18:00"),
        ("2026-03-02T08:00", 1, "2026-03-03T18:00"),  # before hours
        ("2026-03-02T22:00", 1, "2026-03-03T18:00"),  # after hours
        ("2026-03-06T10:00", 3, "2026-03-11T18:00"),  # over a weekend
        ("2026-03-07T10:00", 1, "2026-03-09T18:00"),  # on a Saturday
        ("2026-03-02T10:00", 0, "2026-03-02T18:00"),  # the same working day
        ("2026-03-02T18:00", 0, "2026-03-03T18:00"),  # the day is over
        ("2026-03-07T10:00", 0, "2026-03-09T18:00"),
        ("2026-02-13T10:00", 1, "2026-02-14T18:00"),  # the Saturday before Spring Festival is worked
        ("2026-02-13T10:00", 2, "2026-02-24T18:00"),  # nine days of Spring Festival
        ("2026-02-17T10:00", 1, "2026-02-24T18:00"),  # on a holiday
        ("2026-02-27T10:00", 1, "2026-02-28T18:00"),  # the other make-up Saturday
        ("2025-09-26T10:00", 1, "2025-09-28T18:00"),  # the Sunday before National Day is worked
        ("2025-09-30T10:00", 3, "2025-10-11T18:00"),  # eight days of National Day, then a worked Saturday
        ("2026-10-09T10:00", 1, "2026-10-10T18:00"),
        ("2025-12-31T10:00", 1, "2026-01-04T18:00"),  # over the year's end into a worked Sunday
    ],
)
def test_working_days_end_with_the_hours_of_the_nth_working_day_after_the_start(
    start: str, days: int, due: str
) -> None:
    """The day of the start is not counted, holidays are passed over, make-up days count."""
    assert CALENDAR.add_working_days(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (
            "2026-03-02T08:00",
            3,
            "2026-03-02T12:00",
        ),  # before hours; the end of the morning, not the afternoon's beginning
        ("2026-03-02T11:00", 2, "2026-03-02T14:30"),  # over noon
        ("2026-03-02T12:30", 1, "2026-03-02T14:30"),  # at noon
        ("2026-03-06T17:00", 2, "2026-03-09T10:00"),  # over a weekend
        ("2026-02-14T17:00", 2, "2026-02-24T10:00"),  # over Spring Festival
        ("2026-02-19T17:00", 2, "2026-02-24T11:00"),  # on a holiday
        ("2026-02-27T17:00", 2, "2026-02-28T10:00"),  # into a make-up day
        ("2026-03-06T18:00", 0, "2026-03-09T09:00"),
        ("2026-03-06T17:59", 0, "2026-03-06T17:59"),
    ],
)
def test_working_hours_are_counted_by_the_clock_within_working_hours(start: str, hours: int, due: str) -> None:
    """Breaks, nights, weekends and holidays pass without being counted."""
    assert CALENDAR.add_working_time(at(start), timedelta(hours=hours)) == at(due)


def test_a_half_day_counts_as_a_working_day_and_ends_at_its_own_hour() -> None:
    """A morning ends the term at noon; an afternoon begins after the break."""
    assert HALF.add_working_days(at("2027-03-02T10:00"), 1) == at("2027-03-03T12:00")
    assert HALF.add_working_days(at("2027-03-03T15:00"), 0) == at("2027-03-04T18:00")
    assert HALF.add_working_time(at("2027-03-03T11:00"), timedelta(hours=2)) == at("2027-03-04T10:00")
    assert HALF.add_working_time(at("2027-03-05T09:00"), timedelta(hours=1)) == at("2027-03-05T14:30")
    assert HALF.working_days_between(date(2027, 3, 1), date(2027, 3, 7)) == Decimal(4)


@pytest.mark.parametrize(
    ("hours", "morning", "afternoon"),
    [
        (((time(9), time(12)), (time(13, 30), time(18))), ("09:00", "12:00"), ("13:30", "18:00")),
        (((time(8), time(16)),), ("08:00", "12:00"), ("12:00", "16:00")),
        (((time(8), time(10)), (time(10, 15), time(12)), (time(13), time(17))), ("08:00", "12:00"), ("13:00", "17:00")),
    ],
)
def test_the_longest_break_divides_the_day(
    hours: tuple[tuple[time, time], ...], morning: tuple[str, str], afternoon: tuple[str, str]
) -> None:
    """Half days follow the company's hours, however many breaks there are."""
    days = [CalendarDay(date(2027, 3, 3), DayKind.MORNING), CalendarDay(date(2027, 3, 4), DayKind.AFTERNOON)]
    calendar = replace(Calendar(hours=hours), days={entry.day: entry for entry in days})

    def ends(day: date) -> tuple[str, str]:
        spans = calendar.intervals(day)
        return tuple(f"{end.astimezone(CHINA):%H:%M}" for end in (spans[0][0], spans[-1][1]))  # type: ignore[return-value]

    assert (ends(date(2027, 3, 3)), ends(date(2027, 3, 4))) == (morning, afternoon)


def test_hours_that_the_clock_skips_are_not_worked_and_none_is_counted_twice() -> None:
    """On 8 March 2026 New York goes from 2:00 to 3:00: of 1:00 to 2:45 and 3:00 to 4:00 two hours are left."""
    hours = ((time(1), time(2, 45)), (time(3), time(4)))
    calendar = Calendar(time_zone="America/New_York", hours=hours, weekly=(True,) * 7)

    spans = calendar.intervals(date(2026, 3, 8))
    assert sum((end - start for start, end in spans), timedelta(0)) == timedelta(hours=2)
    assert spans[0][1] <= spans[1][0]


def test_a_day_can_have_hours_of_its_own() -> None:
    """The hours of one day replace the company's."""
    short = CalendarDay(date(2026, 3, 3), DayKind.WORKING, "盘点", ((time(10), time(11)),))
    calendar = CALENDAR.with_days(2026, [short], 2)

    assert calendar.add_working_time(at("2026-03-03T08:00"), timedelta(hours=2)) == at("2026-03-04T10:00")
    assert calendar.add_working_days(at("2026-03-02T08:00"), 1) == at("2026-03-03T11:00")
    assert Calendar.from_json(calendar.to_json()) == calendar


@pytest.mark.parametrize(
    ("first", "first_half", "last", "last_half", "worked", "all_days"),
    [
        ("2026-03-02", "am", "2026-03-06", "pm", "5", "5"),
        ("2026-03-02", "pm", "2026-03-06", "am", "4", "4"),
        ("2026-03-02", "am", "2026-03-02", "am", "0.5", "0.5"),
        ("2026-03-02", "pm", "2026-03-02", "am", "0", "0"),
        ("2026-03-03", "am", "2026-03-02", "pm", "0", "0"),
        ("2026-02-13", "am", "2026-02-24", "pm", "3", "12"),  # 13, 14 (make-up), 24
        ("2026-02-15", "pm", "2026-02-23", "am", "0", "8"),
        ("2025-12-29", "pm", "2026-01-05", "pm", "4.5", "7.5"),
    ],
)
def test_leave_is_counted_in_halves_with_both_ends_included(  # noqa: PLR0913, PLR0917
    first: str, first_half: str, last: str, last_half: str, worked: str, all_days: str
) -> None:
    """Halves are left out at the ends only, and only where they would have been worked."""
    ends = date.fromisoformat(first), date.fromisoformat(last), first_half, last_half

    assert CALENDAR.working_days_between(*ends) == Decimal(worked)
    assert calendar_days_between(*ends) == Decimal(all_days)


def test_leaving_out_a_half_that_is_not_worked_takes_nothing_away() -> None:
    """A leave from noon of a day on which only the afternoon is worked costs half a day."""
    assert HALF.working_days_between(date(2027, 3, 5), date(2027, 3, 5), "pm") == Decimal("0.5")
    assert HALF.working_days_between(date(2027, 3, 3), date(2027, 3, 3), "pm") == Decimal(0)


def test_a_half_is_am_or_pm() -> None:
    """Another word is refused instead of being taken for a whole day."""
    with pytest.raises(CalendarError, match="上午"):
        CALENDAR.working_days_between(date(2026, 3, 2), date(2026, 3, 2), "上午")


def test_remaining_time_is_told_in_days_hours_and_minutes() -> None:
    """What is left is told in working days of the calendar; what is over is told likewise."""
    left = CALENDAR.remaining(at("2026-03-02T15:00"), at("2026-03-04T10:20"))
    over = CALENDAR.remaining(at("2026-03-04T10:20"), at("2026-03-02T15:00"))

    assert (left.days, left.hours, left.minutes, left.overdue) == (1, 4, 20, False)
    assert (over.days, over.hours, over.minutes, over.overdue) == (1, 4, 20, True)
    assert over.working == -left.working == -timedelta(hours=11, minutes=50)


def test_a_due_time_that_passed_on_a_holiday_is_overdue_though_no_working_time_went_by() -> None:
    """Overdue goes by the clock."""
    left = CALENDAR.remaining(at("2026-02-17T10:00"), at("2026-02-16T10:00"))

    assert (left.seconds, left.overdue) == (0, True)


def test_remaining_time_to_the_end_of_all_years_is_cut_off() -> None:
    """A due date that somebody typed wrong does not break the inbox."""
    left = Calendar().remaining(at("2026-03-02T15:00"), datetime(9999, 12, 30, tzinfo=UTC))

    assert left.days > CALENDAR.remaining(at("2026-03-02T15:00"), at("2056-03-02T15:00")).days


@pytest.mark.parametrize("amount", [WorkingDuration(Fraction(1), "days"), WorkingDuration(Fraction(1), "hours")])
def test_a_calendar_without_working_time_is_an_error_and_not_an_endless_search(amount: WorkingDuration) -> None:
    """Nobody waits for a Monday that never comes."""
    idle = Calendar(version=7, weekly=(False,) * 7)

    with pytest.raises(CalendarError, match=r"version 7.*too little working time within 10 years"):
        amount.after(at("2026-03-02T15:00"), idle)
    with pytest.raises(CalendarError, match="too little working time"):
        amount.before(at("2026-03-02T15:00"), idle)


def test_what_lies_further_than_the_horizon_is_refused() -> None:
    """Ten years is the limit of adding, fifty of measuring, and the calendar ends where years end."""
    with pytest.raises(CalendarError, match="within 10 years"):
        CALENDAR.add_working_days(at("2026-03-02T15:00"), 4000)
    with pytest.raises(CalendarError, match="within 10 years"):
        CALENDAR.add_working_time(at("2026-03-02T15:00"), timedelta(hours=30_000))
    with pytest.raises(CalendarError, match="more than 50 years"):
        CALENDAR.working_days_between(date(1000, 1, 1), date(3000, 1, 1))
    with pytest.raises(CalendarError, match="9999 is outside"):
        CALENDAR.add_working_days(datetime(9999, 12, 31, 23, tzinfo=UTC), 1)
    with pytest.raises(CalendarError, match="a number from 0"):
        CALENDAR.add_working_days(at("2026-03-02T15:00"), -1)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    """Nobody guesses whose three o'clock it is."""
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.add_working_days(datetime(2026, 3, 2, 15), 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Calendar(hours=((time(9), time(12)), (time(11), time(18)))), "without overlap"),
        (lambda: Calendar(hours=((time(12), time(9)),)), "without overlap"),
        (lambda: Calendar(hours=((time(9, 0, 30), time(10)),)), "whole minutes"),
        (lambda: Calendar(weekly=(True,) * 5), "seven"),
        (lambda: Calendar(time_zone="Asia/Atlantis"), "no time zone"),
        (lambda: CalendarDay(date(2026, 1, 1), DayKind.HOLIDAY, "", ((time(9), time(10)),)), "holiday"),
    ],
)
def test_what_is_no_calendar_is_refused_with_a_sentence(build: type, sentence: str) -> None:
    """Mistakes in the company's table are found when it is entered."""
    with pytest.raises(InvalidInput, match=sentence):
        build()


def test_working_durations_are_stored_as_expressions_write_them() -> None:
    """Text and value are the same thing, also for parts."""
    texts = ["working_days(3)", "working_hours(4)", "working_hours(0.25)", "working_days(1/3)", "working_days(0)"]

    assert [str(WorkingDuration.parse(text)) for text in texts] == texts
    assert WorkingDuration.parse("working_days(3)").times(Fraction(1, 2)) == WorkingDuration(Fraction(3, 2), "days")


@pytest.mark.parametrize(
    "text", ["working_days(-1)", "working_weeks(1)", "working_days(1/0)", "working_days( 1)", "3", "PT3H"]
)
def test_other_texts_are_no_working_time(text: str) -> None:
    """What is stored wrongly is not read as something else."""
    with pytest.raises(ExpressionSyntaxError, match="no working time"):
        WorkingDuration.parse(text)


def test_negative_working_time_is_refused() -> None:
    """Terms run forward."""
    with pytest.raises(ExpressionError, match="from 0"):
        WorkingDuration(Fraction(-1), "days")


def test_part_of_a_day_is_that_part_of_its_working_hours() -> None:
    """Half a working day of 7.5 hours is 3 hours 45 minutes."""
    half = WorkingDuration(Fraction(1, 2), "days")

    assert half.after(at("2026-03-02T09:00"), CALENDAR) == at("2026-03-02T14:15")
    assert half.before(at("2026-03-02T14:15"), CALENDAR) == at("2026-03-02T09:00")


def test_half_of_a_deadline_is_half_of_its_working_time() -> None:
    """A reminder at half comes on a working day, also when the deadline spans a weekend."""
    start, due = at("2026-03-06T15:00"), at("2026-03-09T12:00")

    assert fraction_point(start, due, Fraction(1, 2), CALENDAR) == at("2026-03-06T18:00")
    assert fraction_point(start, due, Fraction(3, 4), CALENDAR) == at("2026-03-09T10:30")
    assert fraction_point(start, due, Fraction(1), CALENDAR) == due


def test_half_of_a_deadline_without_working_time_is_half_by_the_clock() -> None:
    """A reminder is never later than the deadline."""
    found = fraction_point(at("2026-03-07T10:00"), at("2026-03-08T10:00"), Fraction(1, 2), CALENDAR)

    assert found == at("2026-03-07T22:00")

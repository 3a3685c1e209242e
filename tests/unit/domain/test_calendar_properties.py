"""What holds for every calendar and every instant: laws of adding, subtracting and measuring working time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.calendar_seed import seed_days
from engine.domain.calendar import (
    Calendar,
    CalendarDay,
    DayKind,
    WorkingDuration,
    calendar_days_between,
    fraction_point,
)

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]
SEED = tuple(entry for year in (2024, 2025, 2026) for entry in seed_days(year))
DAY = timedelta(days=1)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

dates = st.dates(date(2024, 1, 1), date(2027, 12, 31))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
amounts = st.timedeltas(timedelta(microseconds=1), timedelta(hours=300))
halves = st.sampled_from(["am", "pm"])


@st.composite
def hours(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    """Give one to three stretches a day, also ones that end at midnight."""
    ends = sorted(draw(st.sets(st.integers(0, 24).map(lambda hour: hour * 4 - hour % 3), min_size=2, max_size=6)))
    quarters = [time(q // 4 % 24, q % 4 * 15) for q in ends]
    return tuple(zip(quarters[0::2], quarters[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Give calendars with the national holidays or made-up ones, half days, other hours, other weeks, other zones."""
    days = {entry.day: entry for entry in (SEED if draw(st.booleans()) else ())}
    kinds = st.sampled_from(DayKind)
    days |= {day: CalendarDay(day, kind) for day, kind in draw(st.dictionaries(dates, kinds, max_size=12)).items()}
    weekly = draw(
        st.sampled_from([(True,) * 5 + (False,) * 2, (True,) * 7, (False, True, False, True, True, False, True)])
    )
    usual = st.just(Calendar().hours)
    return Calendar(1, draw(st.sampled_from(ZONES)), draw(usual | hours()), weekly, days)


def walked(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time between two instants by walking over the days, without the tables."""
    day, total = calendar.local_day(start) - DAY, timedelta(0)
    while day <= calendar.local_day(end) + DAY:
        for begin, finish in calendar.intervals(day):
            total += max(min(finish, end) - max(begin, start), timedelta(0))
        day += DAY
    return total


@QUICK
@given(calendars(), instants, amounts)
def test_the_time_between_a_start_and_what_was_added_is_the_amount(
    c: Calendar, start: datetime, amount: timedelta
) -> None:
    """Adding takes exactly as much working time as was asked for, and ends in working hours or with them."""
    due = c.add_working_time(start, amount)

    assert c.working_time_between(start, due) == amount
    assert due > start
    assert c.working_time_between(due - timedelta(microseconds=1), due) == timedelta(microseconds=1)


@QUICK
@given(calendars(), instants, amounts)
def test_subtracting_undoes_adding(c: Calendar, start: datetime, amount: timedelta) -> None:
    """From a moment of work one comes back to it; from outside, to the moment at which work begins next."""
    begun = c.add_working_time(start, timedelta(0))

    assert c.subtract_working_time(c.add_working_time(start, amount), amount) == begun
    assert c.add_working_time(start, -amount) == c.subtract_working_time(start, amount)


@QUICK
@given(calendars(), instants, instants, instants)
def test_working_time_is_additive_and_has_a_direction(c: Calendar, a: datetime, b: datetime, d: datetime) -> None:
    """Stretches laid end to end add up, backwards is negative, and no stretch is longer than the clock says."""
    assert c.working_time_between(a, b) + c.working_time_between(b, d) == c.working_time_between(a, d)
    assert c.working_time_between(a, b) == -c.working_time_between(b, a)
    assert abs(c.working_time_between(a, b)) <= abs(b - a)


@QUICK
@given(calendars(), instants, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_the_tables_agree_with_a_walk_over_the_days(c: Calendar, start: datetime, length: timedelta) -> None:
    """The fast answer is the plain one."""
    assert c.working_time_between(start, start + length) == walked(c, start, start + length)


@QUICK
@given(calendars(), instants, st.timedeltas(timedelta(0), timedelta(days=9)), amounts, amounts)
def test_later_starts_and_larger_amounts_are_never_due_earlier(
    c: Calendar, start: datetime, later: timedelta, amount: timedelta, more: timedelta
) -> None:
    """Adding is monotone in both, for hours and for days."""
    assert c.add_working_time(start + later, amount) >= c.add_working_time(start, amount)
    assert c.add_working_time(start, amount + more) > c.add_working_time(start, amount)
    days = amount // timedelta(hours=8)
    assert c.add_working_days(start + later, days) >= c.add_working_days(start, days)
    assert c.add_working_days(start, days + 2) > c.add_working_days(start, days + 1) >= c.add_working_days(start, days)


@QUICK
@given(calendars(), instants, st.integers(1, 300))
def test_working_days_pass_exactly_so_many_working_days(c: Calendar, start: datetime, days: int) -> None:
    """From the day after the start to the day of the end there are so many worked days, and it ends with one."""
    due = c.add_working_days(start, days)
    last = c.local_day(due - timedelta(microseconds=1))

    assert c.count_working_days(c.local_day(start) + DAY, last) == days
    assert due == c.intervals(last)[-1][1]


@QUICK
@given(calendars(), instants, st.integers(1, 300))
def test_the_hour_of_the_start_does_not_change_a_deadline_in_days(c: Calendar, start: datetime, days: int) -> None:
    """Before hours, at noon and after hours the same day gives the same deadline."""
    day = start.astimezone(c.zone).date()
    moments = [datetime.combine(day, time(hour), c.zone) for hour in (3, 6, 12, 20, 23)]

    assert {c.add_working_days(moment, days) for moment in moments} == {c.add_working_days(start, days)}


@QUICK
@given(calendars(), instants, st.integers(1, 300))
def test_so_many_days_before_the_end_of_a_working_day_lead_back_to_it(
    c: Calendar, instant: datetime, days: int
) -> None:
    """What must begin n days before a deadline, and then takes n days, is over at the deadline."""
    due = c.add_working_days(instant, 1)
    assume(due.astimezone(c.zone).time() != time(0))  # midnight is already the next day

    assert c.add_working_days(c.subtract_working_days(due, days), days) == due


@QUICK
@given(calendars(), dates, dates, dates, halves, halves)
def test_leaves_laid_end_to_end_cost_as_much_as_one(  # noqa: PLR0913, PLR0917
    c: Calendar, first: date, middle: date, last: date, first_half: str, last_half: str
) -> None:
    """Splitting a leave at a night or at a noon neither wins nor loses half a day."""
    first, middle, last = sorted((first, middle, last))
    assume(first < middle < last)
    whole = c.working_days_between(first, last, first_half, last_half)

    at_night = c.working_days_between(first, middle, first_half) + c.working_days_between(
        middle + DAY, last, "am", last_half
    )
    at_noon = c.working_days_between(first, middle, first_half, "am") + c.working_days_between(
        middle, last, "pm", last_half
    )
    assert whole == at_night == at_noon
    assert Decimal(0) <= whole <= calendar_days_between(first, last, first_half, last_half)
    assert whole * 2 % 1 == 0


@QUICK
@given(calendars(), instants, amounts, st.fractions(0, 1))
def test_a_part_of_a_deadline_lies_between_its_ends(
    c: Calendar, start: datetime, amount: timedelta, part: Fraction
) -> None:
    """A reminder is never later than the deadline, and takes its part of the working time."""
    due = c.add_working_time(start, amount)
    found = fraction_point(start, due, part, c)

    assert start <= found <= due
    assert abs(c.working_time_between(start, found) - amount * float(part)) < timedelta(milliseconds=1)


@QUICK
@given(st.fractions(0, 500), st.sampled_from(["days", "hours"]))
def test_working_durations_survive_being_written(amount: Fraction, unit: str) -> None:
    """No part of an amount is lost in its text."""
    duration = WorkingDuration(amount, unit)

    assert WorkingDuration.parse(str(duration)) == duration


@QUICK
@given(calendars())
def test_calendars_survive_being_stored(c: Calendar) -> None:
    """Equal calendars give equal text, whatever the order in which their days were entered."""
    text = json.dumps(c.to_json(), ensure_ascii=False)
    turned = Calendar(c.version, c.time_zone, c.hours, c.weekly, dict(reversed(list(c.days.items()))))

    assert Calendar.from_json(json.loads(text)) == c
    assert json.dumps(turned.to_json(), ensure_ascii=False) == text


@QUICK
@given(st.sampled_from([*ZONES, "Africa/Cairo", "Asia/Tehran"]), instants, instants)
def test_working_round_the_clock_is_the_time_of_the_clock(zone: str, a: datetime, b: datetime) -> None:
    """Where the clock is put forward or back no moment is lost or counted twice."""
    always = Calendar(1, zone, ((time(0), time(0)),), (True,) * 7)

    assert always.working_time_between(a, b) == b - a


@QUICK
@given(instants, st.integers(1, 30), st.sampled_from([entry for entry in SEED if entry.kind is DayKind.MAKE_UP]))
def test_a_make_up_day_never_makes_a_deadline_later(start: datetime, days: int, made_up: CalendarDay) -> None:
    """With one more worked Saturday, terms are over at the same time or earlier."""
    with_it = Calendar(days={entry.day: entry for entry in SEED})
    without = Calendar(days={entry.day: entry for entry in SEED if entry != made_up})

    assert with_it.add_working_days(start, days) <= without.add_working_days(start, days)

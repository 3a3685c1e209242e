"""The ledger of a deadline: it keeps what was promised, stands still when told to, and can be counted anew."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar_seed import seed_days
from engine.domain.calendar import Calendar, CalendarDay, DayKind, WorkingDuration
from engine.domain.deadline import Deadline
from engine.errors import Conflict, ExpressionSyntaxError

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(version=3, days={entry.day: entry for entry in seed_days(2026)})
THREE_DAYS = WorkingDuration(Fraction(3), "days")
FOUR_HOURS = WorkingDuration(Fraction(4), "hours")
BUDGETS = [
    "working_days(3)",
    "working_days(0)",
    "working_days(1.5)",
    "working_hours(4)",
    "PT24H",
    "P1M",
    "2026-05-01T12:00",
]


def at(text: str) -> datetime:
    """Return a time in China, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


@pytest.mark.parametrize(
    ("budget", "due"),
    [
        ("working_days(3)", "2026-03-05T18:00"),
        ("working_hours(4)", "2026-03-02T15:30"),
        ("PT24H", "2026-03-03T10:00"),
        ("P1M", "2026-04-02T10:00"),
        ("2026-05-01", "2026-05-01T00:00"),
        ("2026-05-01T12:00:00+00:00", "2026-05-01T20:00"),
    ],
)
def test_a_deadline_begins_with_its_budget(budget: str, due: str) -> None:
    """Working time, time of the clock and dates give a due time and note the calendar."""
    deadline = Deadline.begin(at("2026-03-02T10:00"), budget, CALENDAR)

    assert (deadline.due, deadline.calendar_version) == (at(due), 3)


def test_the_text_of_an_expression_needs_its_value() -> None:
    """A budget that only the diagram understands is a fixed date."""
    start, due = at("2026-03-02T10:00"), at("2026-03-31T18:00")

    assert Deadline.begin(start, "delivery_date", CALENDAR, due).due == due
    with pytest.raises(ExpressionSyntaxError):
        Deadline.begin(start, "delivery_date", CALENDAR)


@pytest.mark.parametrize(
    ("paused", "resumed", "due"),
    [
        ("2026-03-04T11:00", "2026-03-04T16:00", "2026-03-05T18:00"),  # within a day: nothing changes
        ("2026-03-04T11:00", "2026-03-06T09:30", "2026-03-09T18:00"),  # one day was left after the 4th
        ("2026-03-02T11:00", "2026-03-07T09:30", "2026-03-11T18:00"),  # all three days, resumed on a Saturday
        ("2026-03-05T11:00", "2026-03-10T09:30", "2026-03-10T18:00"),  # on its last day: the day of the resumption
        ("2026-03-05T19:00", "2026-03-10T09:30", "2026-03-05T18:00"),  # it was overdue already
    ],
)
def test_a_deadline_in_days_goes_on_with_the_days_that_were_left(paused: str, resumed: str, due: str) -> None:
    """It stays at the end of a working day."""
    deadline = Deadline.begin(at("2026-03-02T10:00"), THREE_DAYS, CALENDAR)
    deadline = deadline.pause(at(paused), "等待客户补充材料", CALENDAR).resume(at(resumed), CALENDAR)

    assert deadline.due == at(due)


def test_a_deadline_in_hours_goes_on_with_the_hours_that_were_left() -> None:
    """An hour and a half was used, two and a half are left."""
    deadline = Deadline.begin(at("2026-03-02T10:30"), FOUR_HOURS, CALENDAR)
    paused = deadline.pause(at("2026-03-02T12:30"), "等待", CALENDAR)
    resumed = paused.resume(at("2026-03-06T17:00"), CALENDAR)

    assert paused.used == timedelta(hours=1.5)
    assert resumed.due == at("2026-03-09T10:30")
    assert resumed.used_at(at("2026-03-06T17:30"), CALENDAR) == timedelta(hours=2)


def test_a_deadline_by_the_clock_is_put_off_by_the_length_of_the_pause() -> None:
    """24 hours, 6 of which were used before the pause."""
    deadline = Deadline.begin(at("2026-03-06T10:00"), "PT24H", CALENDAR)
    deadline = deadline.pause(at("2026-03-06T16:00"), "", CALENDAR).resume(at("2026-03-08T08:00"), CALENDAR)

    assert (deadline.due, deadline.used) == (at("2026-03-09T02:00"), timedelta(hours=6))


def test_a_fixed_date_is_not_moved_by_a_pause() -> None:
    """The date is the date; the pause is noted all the same."""
    deadline = Deadline.begin(at("2026-03-02T10:00"), "2026-03-31", CALENDAR)
    after = deadline.pause(at("2026-03-03T10:00"), "出差", CALENDAR).resume(at("2026-03-20T10:00"), CALENDAR)

    assert after.due == deadline.due
    assert [p.why for p in after.pauses] == ["出差"]


def test_a_clock_that_stands_still_shows_the_same_time_left() -> None:
    """During a pause nothing is used and nothing becomes overdue."""
    deadline = Deadline.begin(at("2026-03-02T10:00"), FOUR_HOURS, CALENDAR).pause(at("2026-03-02T11:00"), "", CALENDAR)
    left = deadline.remaining(at("2026-06-02T11:00"), CALENDAR)

    assert (left.hours, left.minutes, left.overdue) == (3, 0, False)
    assert deadline.used_at(at("2026-06-02T11:00"), CALENDAR) == timedelta(hours=1)


def test_a_clock_is_stopped_and_started_in_turn() -> None:
    """Stopping twice, or starting what runs, is a conflict and not a second pause."""
    deadline = Deadline.begin(at("2026-03-02T10:00"), THREE_DAYS, CALENDAR)

    with pytest.raises(Conflict, match="does not stand still"):
        deadline.resume(at("2026-03-02T11:00"), CALENDAR)
    with pytest.raises(Conflict, match="already stands still"):
        deadline.pause(at("2026-03-02T11:00"), "", CALENDAR).pause(at("2026-03-02T12:00"), "", CALENDAR)


def test_a_changed_calendar_changes_no_promise_until_it_is_counted_anew() -> None:
    """The deadline keeps its due time and version; counting anew gives those of the new calendar."""
    deadline = Deadline.begin(at("2026-03-02T10:00"), THREE_DAYS, CALENDAR)
    days = [*seed_days(2026), CalendarDay(date(2026, 3, 4), DayKind.HOLIDAY, "公司活动")]
    changed = CALENDAR.with_days(2026, days, 4)

    assert (deadline.due, deadline.calendar_version) == (at("2026-03-05T18:00"), 3)
    anew = deadline.recomputed(changed)
    assert (anew.due, anew.calendar_version) == (at("2026-03-06T18:00"), 4)
    assert (anew.started, anew.budget) == (deadline.started, deadline.budget)


def test_a_pause_does_not_bring_a_deadline_forward_when_the_calendar_changed_meanwhile() -> None:
    """The due day has become a holiday; whoever was promised its end keeps it."""
    deadline = Deadline.begin(at("2026-03-02T10:00"), THREE_DAYS, CALENDAR).pause(at("2026-03-03T10:00"), "", CALENDAR)
    days = [*seed_days(2026), CalendarDay(date(2026, 3, 5), DayKind.HOLIDAY, "公司活动")]

    assert deadline.resume(at("2026-03-03T11:00"), CALENDAR.with_days(2026, days, 4)).due == at("2026-03-05T18:00")


def test_a_working_day_that_ends_at_midnight_is_still_that_day() -> None:
    """Resumed on the day of the pause, the deadline is due as before."""
    late = Calendar(hours=((time(14), time(0)),))
    deadline = Deadline.begin(at("2026-03-02T15:00"), THREE_DAYS, late).pause(at("2026-03-03T15:00"), "", late)

    assert deadline.due == at("2026-03-06T00:00")
    assert deadline.resume(at("2026-03-03T16:00"), late).due == deadline.due


def test_a_ledger_written_without_used_time_is_read() -> None:
    """What has never been paused need not say so."""
    content = {
        "started": "2026-03-02T02:00:00+00:00",
        "budget": "working_days(3)",
        "due": "2026-03-05T10:00:00+00:00",
        "calendar": 3,
        "pauses": [],
    }

    assert Deadline.from_json(content) == Deadline.begin(at("2026-03-02T10:00"), THREE_DAYS, CALENDAR)


starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 30), timezones=st.just(UTC))  # noqa: DTZ001
gaps = st.lists(st.timedeltas(timedelta(0), timedelta(days=4)), max_size=6)


def run(start: datetime, budget: str, lengths: list[timedelta], calendar: Calendar) -> Deadline:
    """Stop and start a clock in turn after each of the lengths."""
    deadline, now = Deadline.begin(start, budget, calendar), start
    for length in lengths:
        now += length
        deadline = deadline.resume(now, calendar) if deadline.paused else deadline.pause(now, "等待", calendar)
    return deadline


@settings(max_examples=150, deadline=None)
@given(starts, st.sampled_from(BUDGETS), gaps)
def test_pauses_never_bring_a_deadline_forward_and_ledgers_survive_being_stored(
    start: datetime, budget: str, lengths: list[timedelta]
) -> None:
    """Whatever the order of stops and starts; and counting anew by the same calendar changes nothing."""
    deadline = run(start, budget, lengths, CALENDAR)

    assert deadline.due >= Deadline.begin(start, budget, CALENDAR).due
    assert Deadline.from_json(json.loads(json.dumps(deadline.to_json(), ensure_ascii=False))) == deadline
    assert deadline.recomputed(CALENDAR) == deadline


@settings(max_examples=150, deadline=None)
@given(starts, st.integers(1, 60), gaps)
def test_a_budget_in_hours_is_given_in_full_whatever_the_pauses(
    start: datetime, hours: int, lengths: list[timedelta]
) -> None:
    """Used time and time left are always the whole budget, as long as it is not overdue."""
    deadline = run(start, f"working_hours({hours})", lengths, CALENDAR)
    now = start + sum(lengths, timedelta(0))
    left = CALENDAR.working_time_between(deadline.pauses[-1].since if deadline.paused else now, deadline.due)
    used = deadline.used_at(now, CALENDAR)

    assert used + left == timedelta(hours=hours) or used >= timedelta(hours=hours)

"""Working time: which days and hours count, and how terms are counted in them.

``working_days(n)`` is counted as the Civil Code counts terms (articles 201 and 203): the day on which the term begins
is not counted, and it ends with the working hours of its last working day. ``working_hours(n)`` counts by the clock
within working hours. docs/adr/0003-working-time.md says why.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.domain.calendar_day import (
    CalendarDay,
    CalendarError,
    DayKind,
    Hours,
    calendar_days_between,
    check_half,
    check_hours,
    hours_from_json,
    hours_to_json,
    minutes,
    split_hours,
)
from engine.domain.working_duration import Remaining, WorkingDuration, fraction_point
from engine.domain.working_year import Spans, WorkingYear
from engine.errors import N_, InvalidInput

__all__ = [
    "Calendar",
    "CalendarDay",
    "CalendarError",
    "DayKind",
    "Hours",
    "Remaining",
    "WorkingDuration",
    "calendar_days_between",
    "fraction_point",
]

HORIZON_YEARS = 10
"""How many years a search for working time looks ahead or back."""
SPAN_YEARS = 50
"""The longest stretch, in years, whose working time is measured."""
DEFAULT_HOURS: Hours = ((time(9), time(12)), (time(13, 30), time(18)))
DEFAULT_WEEK = (True, True, True, True, True, False, False)


@dataclass(frozen=True)
class Calendar:
    """One version of the company's calendar.

    ``weekly`` tells of Monday to Sunday which are worked, ``days`` are the exceptions. All instants are aware
    datetimes; those returned are UTC.
    """

    version: int = 0
    time_zone: str = "Asia/Shanghai"
    hours: Hours = DEFAULT_HOURS
    weekly: tuple[bool, ...] = DEFAULT_WEEK
    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    _years: dict[int, WorkingYear] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no calendar with InvalidInput."""
        check_hours(self.hours)
        if len(self.weekly) != 7:  # noqa: PLR2004
            raise InvalidInput(
                N_("The weekly pattern has %(count)d days; seven were expected."), count=len(self.weekly)
            )
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidInput(N_("%(name)s is no time zone."), name=self.time_zone) from error

    @property
    def zone(self) -> ZoneInfo:
        """Return the company's time zone."""
        return ZoneInfo(self.time_zone)

    def kind(self, day: date) -> DayKind:
        """Return what ``day`` is."""
        exception = self.days.get(day)
        if exception is not None:
            return exception.kind
        return DayKind.WORKING if self.weekly[day.weekday()] else DayKind.HOLIDAY

    def is_working_day(self, day: date) -> bool:
        """Say whether any part of ``day`` is worked."""
        return bool(self.intervals(day))

    def intervals(self, day: date) -> Spans:
        """Return the working hours of ``day`` as pairs of UTC instants."""
        return self._year(day.year).by_day[day.toordinal() - date(day.year, 1, 1).toordinal()]

    def day_seconds(self) -> int:
        """Return the working seconds of a full day."""
        return 60 * sum(minutes(end, closing=True) - minutes(start) for start, end in self.hours)

    def local_day(self, instant: datetime) -> date:
        """Return the company's date at ``instant``; raise ValueError when it has no time zone."""
        if instant.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        try:
            return instant.astimezone(self.zone).date()
        except OverflowError as error:
            raise self._outside(instant.year) from error

    def in_utc(self, instant: datetime) -> datetime:
        """Return ``instant`` in UTC; raise ValueError when it has no time zone, CalendarError at the ends of time."""
        self._year(self.local_day(instant).year)
        return instant.astimezone(UTC)

    # --- counting hours ---

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the first instant at which ``amount`` of working time has passed since ``start``.

        Nothing added to an instant outside working hours gives the next beginning of work. A negative amount is
        subtracted. Raises CalendarError when the calendar has too little working time within ten years.
        """
        if amount < timedelta(0):
            return self.subtract_working_time(start, -amount)
        year = self.local_day(start).year
        start, left = start.astimezone(UTC), self._year(year).used(start) + amount
        for number in range(year, year + HORIZON_YEARS + 1):
            table = self._year(number)
            found = table.reached(left) if amount else table.next_moment(start)
            if found is not None:
                return found
            left -= table.total
        raise self._too_far()

    def subtract_working_time(self, end: datetime, amount: timedelta) -> datetime:
        """Return the last instant from which ``amount`` of working time passes until ``end``; the mirror of adding."""
        if amount < timedelta(0):
            return self.add_working_time(end, -amount)
        year = self.local_day(end).year
        end, left = end.astimezone(UTC), self._year(year).used(end) - amount
        for number in range(year, year - HORIZON_YEARS - 1, -1):
            found = self._year(number).left(left) if amount else self._year(number).last_moment(end)
            if found is not None:
                return found
            left += self._year(number - 1).total
        raise self._too_far()

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from ``start`` to ``end``; negative when ``end`` lies before.

        Raises CalendarError when they are more than fifty years apart.
        """
        if end < start:
            return -self.working_time_between(end, start)
        first, last = self.local_day(start).year, self.local_day(end).year
        self._check_span(first, last)
        whole = sum((self._year(number).total for number in range(first, last)), timedelta(0))
        return whole + self._year(last).used(end) - self._year(first).used(start)

    # --- counting days ---

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return the end of working hours of the ``days``-th working day after the day of ``start``.

        The hour of the start does not matter. With 0 days: the end of working hours of the same day, or of the next
        working day when they are over or there are none. Raises CalendarError when there are not so many working days
        within ten years, and for a negative number.
        """
        self._check_days(days)
        day = self.local_day(start)
        if days == 0 and self.is_working_day(day) and self.intervals(day)[-1][1] > start:
            return self.intervals(day)[-1][1]
        return self.intervals(self.nth_working_day(day, max(days, 1), after=True))[-1][1]

    def subtract_working_days(self, end: datetime, days: int) -> datetime:
        """Return the beginning of working hours of the ``days``-th working day before the day of ``end``."""
        self._check_days(days)
        day = self.local_day(end)
        if days == 0 and self.is_working_day(day) and self.intervals(day)[0][0] < end:
            return self.intervals(day)[0][0]
        return self.intervals(self.nth_working_day_before(day, max(days, 1)))[0][0]

    def nth_working_day(self, first: date, n: int, *, after: bool = False) -> date:
        """Return the ``n``-th working day (from 1) from ``first`` on, itself included, or only ``after`` it."""
        ordinal, left = first.toordinal() + after, n
        for number in range(first.year, first.year + HORIZON_YEARS + 1):
            days = self._year(number).days
            place = bisect_left(days, ordinal)
            if place + left <= len(days):
                return date.fromordinal(days[place + left - 1])
            left -= len(days) - place
        raise self._too_far()

    def nth_working_day_before(self, last: date, n: int) -> date:
        """Return the ``n``-th working day (from 1) before ``last``."""
        ordinal, left = last.toordinal() - 1, n
        for number in range(last.year, last.year - HORIZON_YEARS - 1, -1):
            days = self._year(number).days
            place = bisect_right(days, ordinal)
            if left <= place:
                return date.fromordinal(days[place - left])
            left -= place
        raise self._too_far()

    def count_working_days(self, first: date, last: date) -> int:
        """Return how many days from ``first`` to ``last``, both included, are worked, half days like whole ones."""
        self._check_span(first.year, last.year)
        if last < first:
            return 0
        whole = sum(len(self._year(number).days) for number in range(first.year, last.year))
        until = bisect_right(self._year(last.year).days, last.toordinal())
        return whole + until - bisect_left(self._year(first.year).days, first.toordinal())

    def working_days_between(self, first: date, last: date, first_half: str = "am", last_half: str = "pm") -> Decimal:
        """Return the worked days from ``first`` to ``last``, both included, in halves.

        ``first_half`` "pm" leaves out the morning of the first day, ``last_half`` "am" the afternoon of the last one.
        A day of which only one half is worked counts half. Zero when ``last`` lies before ``first``.
        """
        check_half(first_half, last_half)
        if last < first:
            return Decimal(0)
        self._check_span(first.year, last.year)
        whole = sum(self._year(number).halves[-1] for number in range(first.year, last.year))
        halves = whole + self._halves_until(last) - self._halves_until(first) + len(self.kind(last).halves)
        halves -= first_half == "pm" and "am" in self.kind(first).halves
        halves -= last_half == "am" and "pm" in self.kind(last).halves
        return Decimal(halves) / 2

    def remaining(self, now: datetime, due: datetime) -> Remaining:
        """Return the working time from ``now`` to ``due``; beyond fifty years it is cut off."""
        limit = timedelta(days=366 * (SPAN_YEARS - 1))
        total = int(self.working_time_between(now, min(max(due, now - limit), now + limit)).total_seconds())
        days, rest = divmod(abs(total), self.day_seconds() or 1)
        return Remaining(total, days, rest // 3600, rest % 3600 // 60, now > due)

    # --- the table of a year ---

    def _year(self, year: int) -> WorkingYear:
        found = self._years.get(year)
        if found is None:
            if not date.min.year < year < date.max.year:
                raise self._outside(year)
            found = self._years[year] = WorkingYear.build(date(year, 1, 1).toordinal(), self._layout(year))
        return found

    def _layout(self, year: int) -> Iterator[tuple[Spans, int]]:
        previous = datetime.min.replace(tzinfo=UTC)
        for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
            day, spans = date.fromordinal(ordinal), []
            for start, end in self._hours_of(day):
                # A clock that is put forward can fold the hours of a day into each other: no moment counts twice.
                begin = max(self._instant(day, start), previous)
                finish = self._instant(date.fromordinal(ordinal + (end == time())), end)
                if begin < finish:
                    spans.append((begin, finish))
                    previous = finish
            yield tuple(spans), len(self.kind(day).halves)

    def _hours_of(self, day: date) -> Hours:
        exception, kind = self.days.get(day), self.kind(day)
        if exception is not None and exception.hours:
            return exception.hours
        if kind is DayKind.HOLIDAY:
            return ()
        morning, afternoon = split_hours(self.hours)
        return {DayKind.MORNING: morning, DayKind.AFTERNOON: afternoon}.get(kind, self.hours)

    def _halves_until(self, day: date) -> int:
        return self._year(day.year).halves[day.toordinal() - date(day.year, 1, 1).toordinal()]

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    # --- refusing ---

    def _check_days(self, days: int) -> None:
        if days < 0:
            raise CalendarError(N_("%(count)s working days: a number from 0 was expected."), count=days)

    def _check_span(self, first: int, last: int) -> None:
        if last - first > SPAN_YEARS:
            template = N_("From %(first)d to %(last)d are more than %(limit)d years.")
            raise CalendarError(template, first=first, last=last, limit=SPAN_YEARS)

    def _outside(self, year: int) -> CalendarError:
        return CalendarError(N_("The year %(year)d is outside the calendar."), year=year)

    def _too_far(self) -> CalendarError:
        template = N_("The calendar (version %(version)s) has too little working time within %(years)d years.")
        return CalendarError(template, version=self.version, years=HORIZON_YEARS)

    # --- storing ---

    def with_days(self, year: int, days: Iterable[CalendarDay], version: int) -> Calendar:
        """Return the next version of the calendar, with the exceptions of ``year`` replaced."""
        kept = {day: entry for day, entry in self.days.items() if day.year != year}
        return Calendar(version, self.time_zone, self.hours, self.weekly, kept | {entry.day: entry for entry in days})

    def to_json(self) -> dict[str, Any]:
        """Return the calendar as plain JSON, days in order; equal calendars give equal JSON."""
        days = []
        for entry in sorted(self.days.values(), key=lambda entry: entry.day):
            own: list[Any] = [hours_to_json(entry.hours)] if entry.hours else []
            days.append([entry.day.isoformat(), entry.kind.value, entry.name, *own])
        return {
            "version": self.version,
            "time_zone": self.time_zone,
            "weekly": list(self.weekly),
            "hours": hours_to_json(self.hours),
            "days": days,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Calendar:
        """Read what :meth:`to_json` wrote."""
        days = [
            CalendarDay(date.fromisoformat(day), DayKind(kind), name, hours_from_json(own[0]) if own else ())
            for day, kind, name, *own in content["days"]
        ]
        return cls(
            content["version"],
            content["time_zone"],
            hours_from_json(content["hours"]),
            tuple(content["weekly"]),
            {entry.day: entry for entry in days},
        )

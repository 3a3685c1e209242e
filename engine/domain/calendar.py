"""Working time: which days and hours count, and how deadlines are counted in them.

``working_days(n)`` is counted as the Civil Code counts terms (articles 201 and 203): the day on which it begins does not count, and
it ends with the working hours of its last working day. ``working_hours(n)`` counts minute by minute within working hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import N_, EngineError

HORIZON = 3_660
"""Days that a search for working time looks ahead before it says that there is none."""


class CalendarError(EngineError):
    """The calendar cannot answer: it has no working time, or the deadline lies beyond its horizon."""


class DayKind(Enum):
    """What the company's table says about a day."""

    WORKING = "working"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """An exception from the weekly pattern, with the name of the holiday or the reason."""

    day: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Remaining:
    """How much working time is left until ``due`` (negative: used up since), in whole days of the calendar and the rest."""

    seconds: int
    days: int
    hours: int
    minutes: int
    overdue: bool


@dataclass(frozen=True)
class Calendar:
    """One version of the company's calendar; ``hours`` are local times, ``weekly`` tells Monday to Sunday which days are worked."""

    version: int = 0
    time_zone: str = "Asia/Shanghai"
    hours: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(18)))
    weekly: tuple[bool, ...] = (True, True, True, True, True, False, False)
    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    _known: dict[date, tuple[tuple[datetime, datetime], ...]] = field(default_factory=dict, compare=False, repr=False)

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
        return self.kind(day) is not DayKind.HOLIDAY and bool(self.intervals(day))

    def intervals(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the working hours of ``day`` as pairs of UTC instants."""
        found = self._known.get(day)
        if found is None:
            kind = self.kind(day)
            middle = len(self.hours) // 2
            parts = {DayKind.HOLIDAY: (), DayKind.MORNING: self.hours[:middle] or self.hours[:1],
                     DayKind.AFTERNOON: self.hours[middle:]}.get(kind, self.hours)
            found = tuple((self._instant(day, start), self._instant(day, end)) for start, end in parts)
            if len(self._known) < 20_000:
                self._known[day] = found
        return found

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def seconds(self, day: date) -> int:
        """Return the working seconds of ``day``."""
        return sum(int((end - start).total_seconds()) for start, end in self.intervals(day))

    def day_seconds(self) -> int:
        """Return the working seconds of a full day."""
        return sum((e.hour - s.hour) * 3600 + (e.minute - s.minute) * 60 + e.second - s.second for s, e in self.hours)

    def local_day(self, instant: datetime) -> date:
        """Return the company's date at ``instant``."""
        return instant.astimezone(self.zone).date()

    # --- counting ---

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return the end of working hours of the ``days``-th working day after the day of ``start``; 0: of that day, or the next worked.

        Raises CalendarError when the calendar has too little working time.
        """
        if days < 0:
            raise CalendarError(N_("%(count)s working days: a number from 0 was expected."), count=days)
        day = self.local_day(start)
        left = days
        for _ in range(HORIZON):
            if left == 0 and self.is_working_day(day) and self.intervals(day)[-1][1] >= start:
                return self.intervals(day)[-1][1]
            day += timedelta(days=1)
            if left > 0 and self.is_working_day(day):
                left -= 1
        raise self._too_far()

    def subtract_working_days(self, end: datetime, days: int) -> datetime:
        """Return the beginning of working hours of the ``days``-th working day before the day of ``end``."""
        day, left = self.local_day(end), days
        for _ in range(HORIZON):
            if left == 0 and self.is_working_day(day):
                return self.intervals(day)[0][0]
            day -= timedelta(days=1)
            if left > 0 and self.is_working_day(day):
                left -= 1
        raise self._too_far()

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the instant at which ``amount`` of working time has passed since ``start`` (UTC, to the microsecond)."""
        if amount < timedelta(0):
            return self._subtract(start, -amount)
        day, left, position = self.local_day(start), amount, start
        for _ in range(HORIZON):
            for begin, end in self.intervals(day):
                position = max(begin, start)
                if position >= end:
                    continue
                if left <= end - position:
                    return position + left
                left -= end - position
            day += timedelta(days=1)
        raise self._too_far()

    def _subtract(self, end: datetime, amount: timedelta) -> datetime:
        day, left = self.local_day(end), amount
        for _ in range(HORIZON):
            for begin, finish in reversed(self.intervals(day)):
                position = min(finish, end)
                if position <= begin:
                    continue
                if left <= position - begin:
                    return position - left
                left -= position - begin
            day -= timedelta(days=1)
        raise self._too_far()

    def _too_far(self) -> CalendarError:
        return CalendarError(N_("The calendar (version %(version)s) has no working time within ten years."), version=self.version)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from ``start`` to ``end``; negative when ``end`` lies before."""
        if end < start:
            return -self.working_time_between(end, start)
        day, last, total = self.local_day(start), self.local_day(end), timedelta(0)
        if (last - day).days > HORIZON:
            raise self._too_far()
        while day <= last:
            for begin, finish in self.intervals(day):
                total += max(min(finish, end) - max(begin, start), timedelta(0))
            day += timedelta(days=1)
        return total

    def working_days_between(self, first: date, last: date, first_half: str = "am", last_half: str = "pm") -> Decimal:
        """Return the worked days from ``first`` to ``last``, both included, in halves.

        ``first_half`` "pm" leaves out the morning of the first day, ``last_half`` "am" the afternoon of the last one. A day of
        which only one half is worked counts half. Zero when ``last`` lies before ``first``.
        """
        if (last - first).days > HORIZON:
            raise self._too_far()
        halves, day = 0, first
        while day <= last:
            worked = {DayKind.HOLIDAY: set(), DayKind.MORNING: {"am"}, DayKind.AFTERNOON: {"pm"}}.get(self.kind(day), {"am", "pm"})
            if day == first and first_half == "pm":
                worked = worked - {"am"}
            if day == last and last_half == "am":
                worked = worked - {"pm"}
            halves += len(worked)
            day += timedelta(days=1)
        return Decimal(halves) / 2

    def nth_working_day(self, first: date, n: int) -> date:
        """Return the ``n``-th working day from ``first`` on, which may be the first itself; ``n`` from 1."""
        day, left = first, n
        for _ in range(HORIZON):
            if self.is_working_day(day):
                left -= 1
                if left == 0:
                    return day
            day += timedelta(days=1)
        raise self._too_far()

    def remaining(self, now: datetime, due: datetime) -> Remaining:
        """Return the working time from ``now`` to ``due`` in words' units: full calendar days, hours, minutes."""
        if abs((due - now).days) > HORIZON:
            due = now + timedelta(days=HORIZON if due > now else -HORIZON)
        total = int(self.working_time_between(now, due).total_seconds())
        size = abs(total)
        per_day = self.day_seconds() or 1
        days, rest = divmod(size, per_day)
        return Remaining(total, days, rest // 3600, rest % 3600 // 60, now > due)

    # --- storing ---

    def with_days(self, year: int, days: list[CalendarDay], version: int) -> Calendar:
        """Return the next version of the calendar, with the exceptions of ``year`` replaced."""
        kept = {d: entry for d, entry in self.days.items() if d.year != year}
        return Calendar(version, self.time_zone, self.hours, self.weekly, kept | {entry.day: entry for entry in days})

    def to_json(self) -> dict[str, Any]:
        """Return the calendar as plain JSON, days in order."""
        return {"version": self.version, "time_zone": self.time_zone, "weekly": list(self.weekly),
                "hours": [[s.isoformat("minutes"), e.isoformat("minutes")] for s, e in self.hours],
                "days": [[d.day.isoformat(), d.kind.value, d.name] for d in sorted(self.days.values(), key=lambda d: d.day)]}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Calendar:
        """Read what :meth:`to_json` wrote."""
        days = [CalendarDay(date.fromisoformat(d), DayKind(k), n) for d, k, n in content["days"]]
        return cls(content["version"], content["time_zone"],
                   tuple((time.fromisoformat(s), time.fromisoformat(e)) for s, e in content["hours"]), tuple(content["weekly"]),
                   {d.day: d for d in days})


@dataclass(frozen=True, slots=True)
class WorkingDuration:
    """An amount of working time: whole days, or hours."""

    amount: Fraction
    unit: str  # days | hours

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """Return when it is over, begun at ``start``."""
        if self.unit == "days" and self.amount.denominator == 1:
            return calendar.add_working_days(start, int(self.amount))
        seconds = self.amount * (calendar.day_seconds() if self.unit == "days" else 3600)
        return calendar.add_working_time(start, timedelta(microseconds=round(seconds * 1_000_000)))

    def before(self, end: datetime, calendar: Calendar) -> datetime:
        """Return when it must begin to be over at ``end``."""
        if self.unit == "days" and self.amount.denominator == 1:
            return calendar.subtract_working_days(end, int(self.amount))
        seconds = self.amount * (calendar.day_seconds() if self.unit == "days" else 3600)
        return calendar.add_working_time(end, -timedelta(microseconds=round(seconds * 1_000_000)))

    def __str__(self) -> str:
        number = str(int(self.amount)) if self.amount.denominator == 1 else str(float(self.amount))
        return f"working_{self.unit}({number})"


def fraction_point(start: datetime, due: datetime, part: Fraction, calendar: Calendar) -> datetime:
    """Return the instant at which ``part`` of the working time from ``start`` to ``due`` has passed."""
    total = calendar.working_time_between(start, due)
    return calendar.add_working_time(start, timedelta(microseconds=round(total / timedelta(microseconds=1) * part)))

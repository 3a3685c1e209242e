"""What happens again and again: the next time of a cycle, and how many times were missed meanwhile."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.domain.calendar import HORIZON_YEARS, Calendar, CalendarError
from engine.domain.iso8601 import Cycle
from engine.errors import N_, ExpressionSyntaxError

PERIODS = {"monthly": 1, "quarterly": 3, "yearly": 12}
"""The months from one time to the next, by the first word of the function's name."""
_TEXT = re.compile(r'(monthly|quarterly|yearly)_on_working_day\((-?\d{1,2}), "(\d\d:\d\d)"(?:, (\d{1,2}))?\)', re.ASCII)
_MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The next time of a cycle (``due`` None: it is over), its number from 0, and how many before it were skipped."""

    number: int
    due: datetime | None
    skipped: int


def next_after(cycle: Cycle, fired: int, now: datetime, zone: ZoneInfo) -> Occurrence:
    """Return the first time later than ``now`` among those after the ``fired``-th (-1: none has fired).

    Those between are past: they are not made up for one by one, only counted. Times are reckoned from the cycle's
    anchor, so that the 31st comes back after February.
    """
    first = fired + 1
    last = first + 1
    if (behind := now - cycle.at(first, zone)) >= timedelta(0):
        shortest = timedelta(days=28 * cycle.every.months) + cycle.every.time
        last = first + behind // shortest + 1
        while cycle.at(last, zone) <= now:  # a day with a change of the clock is shorter than a day
            last = first + 2 * (last - first)
    if cycle.count >= 0:
        last = min(last, cycle.count)
    times = range(first, last)
    skipped = bisect_right(times, now, key=lambda number: cycle.at(number, zone)) if times else 0
    number = first + skipped
    over = 0 <= cycle.count <= number
    return Occurrence(number, None if over else cycle.at(number, zone), skipped)


@dataclass(frozen=True, slots=True)
class WorkingCycle:
    """A time that comes back on a working day of the month.

    It is every ``months`` months, counted from ``month``, on the ``day``-th working day at the local time ``at``. A
    negative ``day`` counts from the end of the month (-1: its last working day). A month with fewer working days
    takes the one nearest to what was asked for; a month without any is left out.
    """

    months: int
    day: int
    at: time
    month: int = 1

    def __post_init__(self) -> None:
        """Refuse another period, or a day or month that there is not, with ExpressionSyntaxError."""
        possible = self.months in PERIODS.values() and 1 <= abs(self.day) <= _MOST_DAYS and 1 <= self.month <= 12  # noqa: PLR2004
        if not possible or self.at.tzinfo is not None:
            raise ExpressionSyntaxError(
                N_("%(text)s is no cycle on a working day."), text=f"{self.day}, {self.at}, {self.month}"
            )

    @classmethod
    def parse(cls, text: str) -> WorkingCycle:
        """Read what ``str()`` wrote; raise ExpressionSyntaxError for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            example = 'monthly_on_working_day(1, "09:00")'
            raise ExpressionSyntaxError(
                N_("%(text)s is no cycle such as %(example)s."), text=text[:80], example=example
            )
        try:
            at = time.fromisoformat(match.group(3))
        except ValueError as error:
            raise ExpressionSyntaxError(N_("%(text)s is no time of day."), text=match.group(3)) from error
        return cls(PERIODS[match.group(1)], int(match.group(2)), at, int(match.group(4) or 1))

    def __str__(self) -> str:
        """Return the text that expressions use."""
        name = next(name for name, months in PERIODS.items() if months == self.months)
        month = f", {self.month}" if self.months > 1 else ""
        return f'{name}_on_working_day({self.day}, "{self.at.isoformat("minutes")}"{month})'

    def next_after(self, instant: datetime, calendar: Calendar) -> datetime:
        """Return the first time later than ``instant`` (UTC); raise CalendarError if there is none in ten years."""
        local = calendar.local_day(instant)
        for ahead in range(12 * HORIZON_YEARS):
            index = local.year * 12 + local.month - 1 + ahead
            if (index % 12 + 1 - self.month) % self.months == 0:
                day = self._day_of(index, calendar)
                found = datetime.combine(day, self.at, calendar.zone).astimezone(UTC) if day else None
                if found is not None and found > instant:
                    return found
        raise CalendarError(N_("%(cycle)s: no such day was found within ten years."), cycle=str(self))

    def catch_up(self, fired: datetime, now: datetime, calendar: Calendar) -> Occurrence:
        """Return the first time later than ``now`` after the one that ``fired``, and how many it skipped."""
        skipped, found = 0, self.next_after(fired, calendar)
        while found <= now:
            skipped, found = skipped + 1, self.next_after(found, calendar)
        return Occurrence(skipped, found, skipped)

    def _day_of(self, index: int, calendar: Calendar) -> date | None:
        """Return the day in a month, which is counted from the year 0."""
        first, following = date(index // 12, index % 12 + 1, 1), date((index + 1) // 12, (index + 1) % 12 + 1, 1)
        earliest, latest = calendar.nth_working_day(first, 1), calendar.nth_working_day_before(following, 1)
        if earliest >= following:
            return None
        if self.day > 0:
            return min(calendar.nth_working_day(first, self.day), latest)
        return max(calendar.nth_working_day_before(following, -self.day), earliest)

"""ISO 8601 as timers write it: durations, repeating intervals, dates; counted from an anchor so that month ends don't drift."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.errors import N_, ExpressionError, ExpressionSyntaxError

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d{1,6})?)S)?)?", re.ASCII)
_LIMIT_YEARS = 100
_MOST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and days, which are counted on the company's calendar dates, and time of the clock, which is exact."""

    months: int
    days: int
    clock: timedelta

    @property
    def time(self) -> timedelta:
        """Return days and hours together, a day being 24 hours."""
        return timedelta(days=self.days) + self.clock

    def times(self, count: int) -> Duration:
        """Return it ``count`` times."""
        return Duration(self.months * count, self.days * count, self.clock * count)

    def after(self, start: datetime, zone: ZoneInfo) -> datetime:
        """Return ``start`` plus the duration (UTC); a day that the month doesn't have becomes its last one; raise ExpressionError past the end of time."""
        try:
            local = start.astimezone(zone)
            month = local.month - 1 + self.months
            year, month = local.year + month // 12, month % 12 + 1
            day = min(local.day, calendar.monthrange(year, month)[1])
            moved = local.replace(year=year, month=month, day=day, tzinfo=None) + timedelta(days=self.days)
            return moved.replace(tzinfo=zone).astimezone(UTC) + self.clock
        except (OverflowError, ValueError) as error:
            raise ExpressionError(N_("A time lies beyond the years that can be counted.")) from error


def parse_duration(text: str) -> Duration:
    """Read ``P1Y2M10DT2H30M``, ``P2W`` …; raise ExpressionSyntaxError for anything else, a sign included."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ExpressionSyntaxError(N_("%(text)s is no ISO 8601 duration such as PT24H, P3D or P1M (without a sign)."), text=text[:80])
    parts = {name: value for name, value in match.groupdict().items() if value}
    seconds = float(parts.get("seconds", "0").replace(",", "."))
    if any(len(re.split("[.,]", value)[0]) > _MOST_DIGITS for value in parts.values()):
        raise _too_long(text)
    number = {name: int(value) for name, value in parts.items() if name != "seconds"}
    months = number.get("years", 0) * 12 + number.get("months", 0)
    days = number.get("weeks", 0) * 7 + number.get("days", 0)
    clock = timedelta(hours=number.get("hours", 0), minutes=number.get("minutes", 0), seconds=seconds)
    if months > _LIMIT_YEARS * 12 or timedelta(days=min(days, 10**6)) + clock > timedelta(days=366 * _LIMIT_YEARS):
        raise _too_long(text)
    return Duration(months, days, clock)


def _too_long(text: str) -> ExpressionSyntaxError:
    return ExpressionSyntaxError(N_("The duration %(text)s is longer than 100 years."), text=text[:80])


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read a date or a date and time (UTC is returned); without an offset it is the company's time, a date is its midnight."""
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise ExpressionSyntaxError(N_("%(text)s is no ISO 8601 date or date and time."), text=text[:80]) from error


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating interval: ``count`` times (-1: for ever), every ``every``, counted from ``anchor``, the first one ``offset`` later."""

    count: int
    every: Duration
    anchor: datetime
    offset: int

    def at(self, number: int, zone: ZoneInfo) -> datetime:
        """Return the ``number``-th time, from 0; counted from the anchor, so that the 31st comes back after February."""
        return self.every.times(number + self.offset).after(self.anchor, zone)


def parse_cycle(text: str, now: datetime, zone: ZoneInfo) -> Cycle:
    """Read ``R3/PT10H``, ``R/P1M``, ``R3/2026-01-01T09:00:00+08:00/P1D`` or ``R3/P1D/2026-01-01``; raise ExpressionSyntaxError."""
    parts = text.strip().split("/")
    match = re.fullmatch(r"R(\d{0,6})", parts[0])
    if match is None or len(parts) not in {2, 3}:
        raise ExpressionSyntaxError(N_("%(text)s is no repeating interval such as R/P1M or R3/PT10H."), text=text[:80])
    count = int(match.group(1)) if match.group(1) else -1
    if count == 0:
        raise ExpressionSyntaxError(N_("%(text)s never happens."), text=text[:80])
    if len(parts) == 2:
        cycle = Cycle(count, parse_duration(parts[1]), now, 1)
    elif not parts[1].startswith("P"):
        cycle = Cycle(count, parse_duration(parts[2]), parse_instant(parts[1], zone), 0)
    elif count > 0:
        cycle = Cycle(count, parse_duration(parts[1]), parse_instant(parts[2], zone), 1 - count)
    else:
        raise ExpressionSyntaxError(N_("%(text)s ends at a time, so it needs a number of repetitions."), text=text[:80])
    if cycle.every.months == 0 and cycle.every.time < timedelta(seconds=1):
        raise ExpressionSyntaxError(N_("%(text)s repeats without a pause; at least a second was expected."), text=text[:80])
    return cycle

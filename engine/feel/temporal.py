"""Dates, times and durations: reading them, adding and subtracting them, and their properties."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.limits import MAX_MAGNITUDE
from engine.feel.values import Duration, moment

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?(?:@([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*))?",
    re.ASCII,
)
_DURATION = re.compile(
    r"([+-])?P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?"
    r"(T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
_DAY = 86400
_MAX_MONTHS = 12 * 20_000
_MAX_SECONDS = 20_000 * 366 * _DAY
"""Twenty thousand years: more than lies between the first and the last date."""
MICROSECOND = Decimal("0.000001")


def read_date(text: str) -> date | None:
    """Return the date of ``2026-01-31``, None for anything else."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Return the time of ``10:00``, ``10:00:00Z``, ``10:00:00+08:00`` or ``10:00:00@Asia/Shanghai``."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, fraction, offset, zone_name = found.groups()
    zone = _zone(offset, zone_name)
    if zone is None and (offset or zone_name):
        return None
    try:
        micro = int(f"{fraction or '0':0<6}"[:6])
        return time(int(hour), int(minute), int(second or 0), micro, tzinfo=zone)
    except ValueError:
        return None


def _zone(offset: str | None, name: str | None) -> tzinfo | None:
    if offset and name:
        return None
    if name:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # an unknown zone, or a folder of zones such as "Asia"
            return None
    if not offset:
        return None
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "")
    try:
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0), seconds=int(digits[4:6] or 0))
        return timezone(-shift if offset[0] == "-" else shift) if shift else UTC
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """Return the date and time of ``2026-01-31T10:00:00`` with or without a zone; a date alone is its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = read_date(day_text)
    hour = read_time(time_text) if separator else time()
    return None if day is None or hour is None else datetime.combine(day, hour)


def read_duration(text: str) -> Duration | None:
    """Return the duration of ``P1Y2M``, ``P3DT4H`` or a mixture, None for anything else."""
    found = _DURATION.fullmatch(text) if len(text) <= MAX_MAGNITUDE else None
    if found is None or not any(found.groups()[1:5] + found.groups()[6:]) or found.group(6) == "T":
        return None
    sign = -1 if found.group(1) == "-" else 1
    years, months, weeks, days = (int(part or 0) for part in found.groups()[1:5])
    hours, minutes = (int(part or 0) for part in found.groups()[6:8])
    seconds = Decimal(found.group(9) or 0) + ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60
    return bounded(Duration(sign * (years * 12 + months), sign * seconds))


def bounded(span: Duration) -> Duration | None:
    """Return ``span``, or None when it is longer than all dates."""
    return span if abs(span.months) <= _MAX_MONTHS and abs(span.seconds) <= _MAX_SECONDS else None


def read_at(text: str) -> date | time | Duration | None:
    """Return what ``@"..."`` stands for."""
    if re.match(r"[+-]?P", text):
        return read_duration(text)
    if re.match(r"\d\d?:", text):
        return read_time(text)
    return read_moment(text) if "T" in text else read_date(text)


def plus(value: date, span: Duration) -> date | None:
    """Return ``value`` after ``span``; the last day of a shorter month stands for missing days; None outside years 1–9999.

    A date stays a date unless hours are added; then it is a moment counted from midnight UTC.
    """
    try:
        shifted = _months_later(value, span.months)
        step = timedelta(microseconds=int((span.seconds / MICROSECOND).to_integral_value()))
        if isinstance(shifted, datetime):
            return _exactly_later(shifted, step)
        instant = moment(shifted, UTC) + step
        return instant.date() if instant.time() == time() else instant
    except (OverflowError, ValueError):
        return None


def _exactly_later(value: datetime, step: timedelta) -> datetime:
    """Add elapsed time; Python would add wall-clock time in a named zone."""
    if not isinstance(value.tzinfo, ZoneInfo) or step % timedelta(days=1) == timedelta():
        return value + step
    return (value.astimezone(UTC) + step).astimezone(value.tzinfo)


def _months_later(value: date, months: int) -> date:
    if not months:
        return value
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return value.replace(year=year, month=month + 1, day=min(value.day, calendar.monthrange(year, month + 1)[1]))


def clock_plus(value: time, span: Duration) -> time:
    """Return the time of day ``span`` later, around midnight if need be."""
    start = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    step = timedelta(microseconds=int((span.seconds / MICROSECOND).to_integral_value()))
    return (datetime(2000, 1, 1) + (start + step) % timedelta(days=1)).time().replace(tzinfo=value.tzinfo)


def seconds_of(span: timedelta) -> Duration:
    """Return a span of Python as a duration."""
    return Duration(0, (Decimal(span // timedelta(microseconds=1)) * MICROSECOND).normalize())


def months_between(start: date, end: date) -> int:
    """Return the whole months from ``start`` to ``end``; negative when the end is earlier."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if _months_later(start, months) > end else months


def property_of(value: object, name: str, zone: tzinfo) -> object:
    """Return a property of a temporal value as a number, text or duration; None when it has no such property."""
    if isinstance(value, Duration):
        return _duration_property(value, name)
    if isinstance(value, date) and name in ("year", "month", "day"):
        return Decimal(getattr(value, name))  # one of the three names above
    if isinstance(value, date) and name == "weekday":
        return Decimal(value.isoweekday())
    if not isinstance(value, datetime | time):
        return None
    if name in ("hour", "minute", "second"):
        return Decimal(getattr(value, name))  # one of the three names above
    if name == "time offset":
        offset = value.utcoffset()
        return None if offset is None else seconds_of(offset)
    if name == "timezone":
        return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
    return None


def _duration_property(value: Duration, name: str) -> Decimal | None:
    sign = -1 if value.months < 0 or value.seconds < 0 else 1
    whole = int(abs(value.seconds))
    parts = {
        "years": abs(value.months) // 12,
        "months": abs(value.months) % 12,
        "days": whole // _DAY,
        "hours": whole % _DAY // 3600,
        "minutes": whole % 3600 // 60,
        "seconds": whole % 60,
    }
    return Decimal(sign * parts[name]) if name in parts else None

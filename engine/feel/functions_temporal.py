"""The built-in functions on dates, times and durations."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from engine.errors import N_, ExpressionError
from engine.feel.scope import Run
from engine.feel.signature import builtin
from engine.feel.temporal import MICROSECOND, months_between, read_date, read_duration, read_moment, read_time
from engine.feel.values import Duration

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("date", "year: any?", "month: number?", "day: number?", "from: any?")
def _date(run: Run, year: object, month: object, day: object, source: object) -> object:
    if isinstance(year, Decimal):
        return _made_date(year, month, day)
    value = source if isinstance(source, str | date) else year
    if isinstance(value, str):
        moment = read_moment(value) if "T" in value else read_date(value)
        value = moment
    return date(value.year, value.month, value.day) if isinstance(value, date) else None


def _made_date(year: Decimal, month: object, day: object) -> date | None:
    if not isinstance(month, Decimal) or not isinstance(day, Decimal):
        return None
    if any(part != int(part) or abs(part) > 9999 for part in (year, month, day)):
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@builtin("date and time", "date: any?", "time: time?", "from: string?")
def _date_and_time(run: Run, day: object, hour: object, source: object) -> object:
    text = day if isinstance(day, str) else source
    if isinstance(text, str):
        return read_moment(text)
    if isinstance(day, date) and isinstance(hour, time):
        return datetime.combine(date(day.year, day.month, day.day), hour)
    return None


@builtin("time", "hour: any?", "minute: number?", "second: number?", "offset: duration?", "from: any?")
def _time(run: Run, hour: object, minute: object, second: object, offset: object, source: object) -> object:
    if isinstance(hour, Decimal):
        return _made_time(hour, minute, second, offset)
    value = source if isinstance(source, str | date | time) else hour
    if isinstance(value, str):
        return read_time(value)
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, date):
        return time(tzinfo=UTC)
    return value if isinstance(value, time) else None


def _made_time(hour: Decimal, minute: object, second: object, offset: object) -> time | None:
    if (
        not isinstance(minute, Decimal)
        or not isinstance(second, Decimal)
        or not all(0 <= part < 60 for part in (hour, minute, second))
    ):
        return None
    if hour != int(hour) or minute != int(minute):
        return None
    whole = int(second)
    micro = int((second - whole) / MICROSECOND)
    try:
        zone = timezone(timedelta(seconds=int(offset.seconds))) if isinstance(offset, Duration) else None
        return time(int(hour), int(minute), whole, micro, tzinfo=zone)
    except (ValueError, OverflowError):
        return None


@builtin("duration", "from: string")
def _duration(run: Run, text: str) -> object:
    return read_duration(text)


@builtin("years and months duration", "from: date", "to: date")
def _years_and_months(run: Run, start: date, end: date) -> object:
    return Duration(months_between(_day(start), _day(end)))


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)


@builtin("day of year", "date: point")
def _day_of_year(run: Run, value: date) -> object:
    return Decimal(value.timetuple().tm_yday)


@builtin("day of week", "date: point")
def _day_of_week(run: Run, value: date) -> object:
    return _DAYS[value.weekday()]


@builtin("month of year", "date: point")
def _month_of_year(run: Run, value: date) -> object:
    return _MONTHS[value.month - 1]


@builtin("week of year", "date: point")
def _week_of_year(run: Run, value: date) -> object:
    return Decimal(value.isocalendar().week)


def _no_clock(name: str) -> object:
    raise ExpressionError(N_("The time of day is not known here, so %(name)s() cannot be called."), name=name)


@builtin("now")
def _now(run: Run) -> object:
    return _no_clock("now")


@builtin("today")
def _today(run: Run) -> object:
    return _no_clock("today")

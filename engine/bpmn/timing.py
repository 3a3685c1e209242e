"""When things are due: timers, due dates, reminders, and the functions of working time that expressions can call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.bpmn.model import EventDefinition, Reminder
from engine.bpmn.variables import evaluate
from engine.domain.calendar import Calendar, WorkingDuration, fraction_point
from engine.domain.iso8601 import parse_cycle, parse_duration, parse_instant
from engine.errors import N_, ExpressionError, IncidentError
from engine.feel import Duration, compile_expression

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run, Surroundings
    from engine.bpmn.specs import Token

_ISO = re.compile(r"[+-]?P[\dT]|R\d*/|\d{4}-\d\d-\d\d", re.ASCII)
MONTH = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True)
class WorkingCycle:
    """Every ``months`` months, on the ``day``-th working day of the month, at a local time."""

    months: int
    day: int
    at: time
    month: int = 1

    def after(self, instant: datetime, calendar: Calendar) -> datetime:
        """Return the first time later than ``instant``."""
        local = instant.astimezone(calendar.zone).date()
        year, month = local.year, local.month
        for _ in range(30):
            if (month - self.month) % self.months == 0:
                day = calendar.nth_working_day(date(year, month, 1), self.day)
                found = datetime.combine(day, self.at, calendar.zone).astimezone(UTC)
                if found > instant:
                    return found
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        raise ExpressionError(N_("No time was found for a cycle of %(months)d months."), months=self.months)

    def __str__(self) -> str:
        return f"{self.months}/{self.day}/{self.at.isoformat('minutes')}/{self.month}"


@dataclass(frozen=True, slots=True)
class Clock:
    """The surroundings of an expression outside any instance: a time and a calendar, and no registers."""

    now: datetime
    calendar: Calendar

    def lookup(self, function: str, _arguments: tuple[Any, ...]) -> Any:
        """Refuse: nothing can be asked here."""
        raise ExpressionError(N_("%(function)s cannot be called here."), function=function)


def functions(surroundings: Surroundings | Clock) -> Mapping[str, Callable[..., Any]]:
    """Return the functions of expressions besides FEEL's own (docs/diagram-language.md)."""
    calendar, now = surroundings.calendar, surroundings.now

    def lookup(name: str) -> Callable[..., Any]:
        return lambda *arguments: surroundings.lookup(name, tuple(_plain(a) for a in arguments))

    def cycle(name: str) -> Callable[..., WorkingCycle]:
        def make(day: Any, at: Any = "09:00", month: Any = 1) -> WorkingCycle:
            return WorkingCycle(MONTH[name], _whole(day, 1, 23), time.fromisoformat(str(at)), _whole(month, 1, 12))
        return make

    return {
        "now": lambda: now.astimezone(calendar.zone), "today": lambda: now.astimezone(calendar.zone).date(),
        "working_days": lambda n: WorkingDuration(_amount(n), "days"), "working_hours": lambda n: WorkingDuration(_amount(n), "hours"),
        "is_working_day": lambda d: None if d is None else calendar.is_working_day(_date(d)),
        "working_days_between": lambda *a: _days_between(calendar, a),
        "end_of_working_day": lambda *a: calendar.add_working_days(_moment(a[0], calendar) if a else now, 0).astimezone(calendar.zone),
        "monthly_on_working_day": cycle("monthly"), "quarterly_on_working_day": cycle("quarterly"),
        "yearly_on_working_day": cycle("yearly"),
        **{name: lookup(name) for name in LOOKUPS},
    }


LOOKUPS = ("register_sum", "register_count", "register_rows", "people", "person", "open_tasks")
"""The functions that ask the database; their answers are kept, so that a step can be repeated."""
NAMES = frozenset({"now", "today", "working_days", "working_hours", "is_working_day", "working_days_between", "end_of_working_day",
                   "monthly_on_working_day", "quarterly_on_working_day", "yearly_on_working_day", *LOOKUPS})


def _plain(value: Any) -> Any:
    from engine.feel import to_json  # noqa: PLC0415

    return to_json(value)


def _whole(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value) or not low <= value <= high:
        raise ExpressionError(N_("%(value)s: a whole number from %(low)d to %(high)d was expected."), value=str(value), low=low, high=high)
    return int(value)


def _amount(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 2000:
        raise ExpressionError(N_("An amount of working time is %(value)s; a number from 0 to 2000 was expected."), value=str(value))
    return Fraction(value)


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ExpressionError(N_("%(value)s is no date."), value=str(value)[:80]) from error


def _moment(value: Any, calendar: Calendar) -> datetime:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=calendar.zone)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), calendar.zone).astimezone(UTC)
    return parse_instant(str(value), calendar.zone)


def _days_between(calendar: Calendar, arguments: tuple[Any, ...]) -> Decimal | None:
    if len(arguments) == 2:
        first, first_half, last, last_half = arguments[0], "am", arguments[1], "pm"
    elif len(arguments) == 4:
        first, first_half, last, last_half = arguments
    else:
        raise ExpressionError(N_("working_days_between takes two dates, or two dates each followed by \"am\" or \"pm\"."))
    if first is None or last is None:
        return None
    return calendar.working_days_between(_date(first), _date(last), str(first_half or "am"), str(last_half or "pm"))


def check_text(text: str, kind: str) -> None:
    """Raise ExpressionSyntaxError when a timer's text is neither ISO 8601 of its kind nor FEEL."""
    if not _ISO.match(text):
        compile_expression(text)
    elif kind == "cycle":
        parse_cycle(text, datetime(2026, 1, 1, tzinfo=UTC), Calendar().zone)
    elif kind == "date":
        parse_instant(text, Calendar().zone)
    elif text.startswith(("P", "-", "+")):
        parse_duration(text)
    else:
        parse_instant(text, Calendar().zone)


def _value(run: Run, token: Token | None, text: str) -> Any:
    return text if _ISO.match(text) else evaluate(run, token, text)


def due(value: Any, start: datetime, calendar: Calendar, what: str) -> datetime:
    """Return the instant that a duration (from ``start``), date or working time means; raise IncidentError for anything else."""
    if isinstance(value, WorkingDuration):
        return value.after(start, calendar)
    if isinstance(value, Duration | timedelta):
        value = _iso(value)
    if isinstance(value, datetime | date):
        return _moment(value, calendar)
    if isinstance(value, str) and _ISO.match(value):
        return parse_duration(value).after(start, calendar.zone) if value[0] in "P+-" else parse_instant(value, calendar.zone)
    raise IncidentError(N_("%(what)s is %(value)s; a duration, a date or working time was expected."), what=what,
                        value="null" if value is None else str(value)[:80])


def _iso(value: Any) -> str:
    from engine.feel import to_json  # noqa: PLC0415

    return str(to_json(value))


def deadline(run: Run, token: Token, text: str) -> dict[str, Any]:
    """Return the ledger of a due date: when it began, its budget as written, when it is due, by which calendar, and its pauses."""
    value = _value(run, token, text)
    now, calendar = run.surroundings.now, run.surroundings.calendar
    return {"started": now.isoformat(), "budget": str(value) if isinstance(value, WorkingDuration) else text,
            "due": due(value, now, calendar, "camunda:dueDate").isoformat(), "calendar": calendar.version, "pauses": []}


def reminder(run: Run, token: Token, wanted: Reminder, now: datetime, until: str | None, calendar: Calendar) -> str | None:
    """Return when to remind, or None when a share of a due date is asked for and there is none."""
    if wanted.after:
        return due(_value(run, token, wanted.after), now, calendar, "gc:remind").isoformat()
    if until is None:
        return None
    part = Fraction(wanted.at.rstrip("% ")) / (100 if wanted.at.endswith("%") else 1)
    return fraction_point(now, datetime.fromisoformat(until), part, calendar).isoformat()


def plan(run: Run, token: Token, event: EventDefinition) -> dict[str, Any]:
    """Return when a timer is due first, and for a cycle what is needed to go on."""
    value = _value(run, token, event.text)
    now, calendar = run.surroundings.now, run.surroundings.calendar
    what = run.node_of(token).name or run.node_of(token).id
    if event.timer != "cycle":
        return {"due": due(value, now, calendar, what).isoformat()}
    return first_of_cycle(value, now, calendar, what)


def first_of_cycle(value: Any, now: datetime, calendar: Calendar, what: str) -> dict[str, Any]:
    """Return the first time of a cycle, and the cycle as the token keeps it."""
    if isinstance(value, WorkingCycle):
        return {"due": value.after(now, calendar).isoformat(), "cycle": {"working": str(value)}}
    if not isinstance(value, str):
        raise IncidentError(N_("%(what)s is %(value)s; a repeating interval was expected."), what=what, value=str(value)[:80])
    cycle = parse_cycle(value, now, calendar.zone)
    return {"due": cycle.at(0, calendar.zone).isoformat(), "cycle": {"text": value, "from": now.isoformat(), "number": 0}}


def next_of_cycle(run: Run, cycle: dict[str, Any], fired: str) -> tuple[dict[str, Any] | None, int]:
    """Return the next time after the one that fired (None: the last), and how many were missed: those are past, and count as one."""
    return following(cycle, fired, run.surroundings.now, run.surroundings.calendar)


def following(cycle: dict[str, Any], fired: str, now: datetime, calendar: Calendar) -> tuple[dict[str, Any] | None, int]:
    """See :func:`next_of_cycle`."""
    if "working" in cycle:
        months, day, at, month = cycle["working"].split("/")
        working = WorkingCycle(int(months), int(day), time.fromisoformat(at), int(month))
        missed, found = 0, working.after(datetime.fromisoformat(fired), calendar)
        while found <= now:
            missed, found = missed + 1, working.after(found, calendar)
        return {"due": found.isoformat(), "cycle": cycle}, missed
    parsed = parse_cycle(cycle["text"], datetime.fromisoformat(cycle["from"]), calendar.zone)
    number, missed = cycle["number"] + 1, 0
    if parsed.every.months == 0:  # jump over what was missed instead of walking it
        behind = (now - parsed.at(number, calendar.zone)) // parsed.every.time
        skip = max(0, int(behind) - 1)
        number, missed = number + skip, skip
    while (parsed.count < 0 or number < parsed.count) and parsed.at(number, calendar.zone) <= now:
        number, missed = number + 1, missed + 1
    if parsed.count >= 0 and number >= parsed.count:
        return None, min(missed, max(0, parsed.count - cycle["number"] - 1))
    return {"due": parsed.at(number, calendar.zone).isoformat(), "cycle": {**cycle, "number": number}}, missed

"""What the company's table says about a day: its kind, its name, its hours, and which halves of it are worked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum

from engine.errors import N_, EngineError, InvalidInput

Hours = tuple[tuple[time, time], ...]
"""Local working hours of a day in order; an end of 00:00 is midnight at the end of the day."""


class CalendarError(EngineError):
    """The calendar cannot answer: it has no working time, or the answer lies beyond its horizon."""


class DayKind(Enum):
    """The kinds of days; MORNING and AFTERNOON are half days on which only that half is worked."""

    WORKING = "working"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    MORNING = "morning"
    AFTERNOON = "afternoon"

    @property
    def halves(self) -> tuple[str, ...]:
        """Return the worked halves, "am" and "pm"."""
        return {"holiday": (), "morning": ("am",), "afternoon": ("pm",)}.get(self.value, ("am", "pm"))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """An exception from the weekly pattern, with the name of the holiday or the reason.

    ``hours`` replace the company's on this day; a holiday has none.
    """

    day: date
    kind: DayKind
    name: str = ""
    hours: Hours = ()

    def __post_init__(self) -> None:
        """Refuse hours that no clock shows, and working hours on a holiday, with InvalidInput."""
        check_hours(self.hours)
        if self.hours and self.kind is DayKind.HOLIDAY:
            raise InvalidInput(N_("%(day)s is a holiday, so it has no working hours."), day=self.day.isoformat())


def calendar_days_between(first: date, last: date, first_half: str = "am", last_half: str = "pm") -> Decimal:
    """Return all days from ``first`` to ``last``, worked or not, both included, in halves.

    ``first_half`` "pm" leaves out the morning of the first day, ``last_half`` "am" the afternoon of the last one.
    """
    check_half(first_half, last_half)
    halves = 2 * ((last - first).days + 1) - (first_half == "pm") - (last_half == "am")
    return Decimal(max(halves, 0)) / 2


def check_half(*halves: str) -> None:
    """Raise CalendarError for anything but "am" and "pm"."""
    for half in halves:
        if half not in {"am", "pm"}:
            raise CalendarError(N_('%(half)s is no half of a day; "am" or "pm" was expected.'), half=half[:20])


def check_hours(hours: Hours) -> None:
    """Raise InvalidInput unless the hours are whole minutes, in order and without overlap."""
    last = 0
    for start, end in hours:
        if start.second or end.second or minutes(start) < last or minutes(end, closing=True) <= minutes(start):
            raise InvalidInput(
                N_("Working hours are whole minutes, in order and without overlap; %(start)s–%(end)s is not."),  # noqa: RUF001
                start=start.isoformat(),
                end=end.isoformat(),
            )
        last = minutes(end, closing=True)


def minutes(at: time, *, closing: bool = False) -> int:
    """Return the minutes since midnight; a ``closing`` 00:00 is the midnight that ends the day."""
    return at.hour * 60 + at.minute or 1440 * closing


def split_hours(hours: Hours) -> tuple[Hours, Hours]:
    """Return the hours of the morning and of the afternoon, divided by the longest break, or else in the middle."""
    if len(hours) == 1:
        ((start, end),) = hours
        middle = (minutes(start) + minutes(end, closing=True)) // 2
        noon = time(middle // 60, middle % 60)
        return ((start, noon),), ((noon, end),)
    breaks = [minutes(hours[i][0]) - minutes(hours[i - 1][1]) for i in range(1, len(hours))]
    cut = breaks.index(max(breaks)) + 1 if breaks else 0
    return hours[:cut], hours[cut:]


def hours_to_json(hours: Hours) -> list[list[str]]:
    """Return the hours as pairs of ``HH:MM``."""
    return [[start.isoformat("minutes"), end.isoformat("minutes")] for start, end in hours]


def hours_from_json(content: Iterable[Iterable[str]]) -> Hours:
    """Read what :func:`hours_to_json` wrote."""
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in content)

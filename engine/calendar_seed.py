"""The national holidays and make-up working days of China, with which the company's table of a year begins."""

from __future__ import annotations

from datetime import date

import chinese_calendar  # type: ignore[import-untyped, unused-ignore]

from engine.domain.calendar import CalendarDay, DayKind
from engine.errors import N_, NotFound

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
MAKE_UP = "%s调休上班"


def known_years() -> tuple[int, ...]:
    """Return the years whose holidays are known, in order."""
    return tuple(sorted({day.year for day in chinese_calendar.holidays}))


def seed_days(year: int) -> list[CalendarDay]:
    """Return the holidays, weekends within them included, and the make-up working days of ``year``, in order.

    Raises NotFound for a year whose holidays have not been announced, or not reached this installation: its table has
    to be entered.
    """
    if year not in known_years():
        raise NotFound(
            N_("The holidays of %(year)d are not known here; the table of the year has to be entered."), year=year
        )
    days = [
        CalendarDay(day, DayKind.HOLIDAY, _name(name))
        for day, name in chinese_calendar.holidays.items()
        if day.year == year
    ]
    days += [
        CalendarDay(day, DayKind.MAKE_UP, MAKE_UP % _name(name))
        for day, name in chinese_calendar.workdays.items()
        if day.year == year
    ]
    return sorted(days, key=_day)


def _day(entry: CalendarDay) -> date:
    return entry.day


def _name(name: str) -> str:
    return NAMES.get(name, name)

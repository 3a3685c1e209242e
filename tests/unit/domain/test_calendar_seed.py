"""The national holidays as they were announced for 2025 and 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.calendar_seed import known_years, seed_days
from engine.domain.calendar import Calendar, DayKind
from engine.errors import NotFound

HOLIDAYS = {
    2025: {
        "元旦": ("01-01", 1), "春节": ("01-28", 8), "清明节": ("04-04", 3), "劳动节": ("05-01", 5),
        "端午节": ("05-31", 3),
    },
    2026: {
        "元旦": ("01-01", 3), "春节": ("02-15", 9), "清明节": ("04-04", 3), "劳动节": ("05-01", 5),
        "端午节": ("06-19", 3), "中秋节": ("09-25", 3), "国庆节": ("10-01", 7),
    },
}  # fmt: skip
MAKE_UP = {
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


@pytest.mark.parametrize(("year", "name"), [(year, name) for year, named in HOLIDAYS.items() for name in named])
def test_each_holiday_has_its_days(year: int, name: str) -> None:
    """Every day of the holiday, weekends included, carries the Chinese name."""
    start, length = HOLIDAYS[year][name]
    first = date.fromisoformat(f"{year}-{start}")

    assert [e.day for e in seed_days(year) if e.name == name] == [first + timedelta(days=i) for i in range(length)]


def test_national_day_and_mid_autumn_of_2025_are_one_holiday_of_eight_days() -> None:
    """The two names together cover 1 to 8 October."""
    days = [e.day for e in seed_days(2025) if e.name in {"国庆节", "中秋节"}]

    assert days == [date(2025, 10, day) for day in range(1, 9)]


@pytest.mark.parametrize("year", MAKE_UP)
def test_make_up_days_are_weekends_that_are_worked(year: int) -> None:
    """They are those announced, and say for which holiday."""
    found = [e for e in seed_days(year) if e.kind is DayKind.MAKE_UP]
    calendar = Calendar().with_days(year, seed_days(year), 1)

    assert [f"{e.day:%m-%d}" for e in found] == MAKE_UP[year]
    assert all(e.day.weekday() > 4 and calendar.is_working_day(e.day) for e in found)  # noqa: PLR2004
    assert all(e.name.endswith("调休上班") for e in found)


@pytest.mark.parametrize(("year", "days"), [(2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_were_announced(year: int, days: int) -> None:
    """The whole year is right, not only the days looked at."""
    calendar = Calendar().with_days(year, seed_days(year), 1)

    assert calendar.count_working_days(date(year, 1, 1), date(year, 12, 31)) == days


def test_a_year_that_is_not_known_has_to_be_entered() -> None:
    """No year is invented; the sentence says what to do."""
    with pytest.raises(NotFound, match="has to be entered"):
        seed_days(known_years()[-1] + 1)

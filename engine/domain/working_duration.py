"""Amounts of working time: those granted, as ``working_days(3)`` gives them, and those left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.errors import N_, ExpressionError, ExpressionSyntaxError

if TYPE_CHECKING:
    from engine.domain.calendar import Calendar

MICROSECOND = timedelta(microseconds=1)
_TEXT = re.compile(r"working_(days|hours)\((\d{1,40}(?:\.\d{1,40}|/[1-9]\d{0,39})?)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class WorkingDuration:
    """``amount`` working days or hours (``unit``); not negative.

    A whole number of days is counted in days, each up to the end of its working hours. A part of a day is counted in
    hours, as that part of the working hours of a full day.
    """

    amount: Fraction
    unit: str  # days | hours

    def __post_init__(self) -> None:
        """Refuse another unit, and a negative amount, with ExpressionError."""
        if self.unit not in {"days", "hours"} or self.amount < 0:
            raise ExpressionError(
                N_("%(amount)s working %(unit)s: an amount from 0 of days or hours was expected."),
                amount=str(self.amount),
                unit=self.unit,
            )

    @classmethod
    def parse(cls, text: str) -> WorkingDuration:
        """Read what ``str()`` wrote; raise ExpressionSyntaxError for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ExpressionSyntaxError(N_("%(text)s is no working time such as working_days(3)."), text=text[:80])
        return cls(Fraction(match.group(2)), match.group(1))

    @staticmethod
    def is_text(text: str) -> bool:
        """Say whether :meth:`parse` can read ``text``."""
        return _TEXT.fullmatch(text) is not None

    @property
    def whole_days(self) -> int | None:
        """Return the number of days when it is counted in days, or None when it is counted in hours."""
        return int(self.amount) if self.unit == "days" and self.amount.denominator == 1 else None

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """Return when it is over (UTC), begun at ``start``."""
        if self.whole_days is not None:
            return calendar.add_working_days(start, self.whole_days)
        return calendar.add_working_time(start, self.time(calendar))

    def before(self, end: datetime, calendar: Calendar) -> datetime:
        """Return when it must begin (UTC) to be over at ``end``."""
        if self.whole_days is not None:
            return calendar.subtract_working_days(end, self.whole_days)
        return calendar.subtract_working_time(end, self.time(calendar))

    def time(self, calendar: Calendar) -> timedelta:
        """Return it as working time, a day being a full day of ``calendar``."""
        seconds = self.amount * (calendar.day_seconds() if self.unit == "days" else 3600)
        try:
            return round(seconds * 1_000_000) * MICROSECOND
        except OverflowError as error:
            raise ExpressionError(N_("%(text)s is too long."), text=str(self)) from error

    def times(self, factor: Fraction) -> WorkingDuration:
        """Return it scaled."""
        return WorkingDuration(self.amount * factor, self.unit)

    def __str__(self) -> str:
        """Return the text that expressions use: decimal where that is exact, else as a fraction."""
        for places in range(10):
            scaled = self.amount * 10**places
            if scaled.denominator == 1:
                digits = str(int(scaled)).rjust(places + 1, "0")
                return (
                    f"working_{self.unit}({digits[:-places]}.{digits[-places:]})"
                    if places
                    else f"working_{self.unit}({digits})"
                )
        return f"working_{self.unit}({self.amount})"


@dataclass(frozen=True, slots=True)
class Remaining:
    """How much working time is left (``seconds`` < 0: used up since), in full working days and the rest.

    ``overdue`` goes by the clock: a due time that passed on a holiday is overdue although no working time has passed.
    """

    seconds: int
    days: int
    hours: int
    minutes: int
    overdue: bool

    @property
    def working(self) -> timedelta:
        """Return the working time left, negative when overdue."""
        return timedelta(seconds=self.seconds)


def fraction_point(start: datetime, due: datetime, part: Fraction, calendar: Calendar) -> datetime:
    """Return the instant (UTC) at which ``part`` of the working time from ``start`` to ``due`` has passed.

    Never later than ``due`` for a part up to 1. When there is no working time between them, the part of the time of
    the clock.
    """
    total = calendar.working_time_between(start, due)
    if total <= timedelta(0):
        return calendar.in_utc(start + round((due - start) / MICROSECOND * part) * MICROSECOND)
    found = calendar.add_working_time(start, round(total // MICROSECOND * part) * MICROSECOND)
    return min(found, calendar.in_utc(due)) if part <= 1 else found

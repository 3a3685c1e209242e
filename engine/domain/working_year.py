"""One year of working time, laid out so that counting is a search in sorted lists instead of a walk over days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

Spans = tuple[tuple[datetime, datetime], ...]
"""Stretches of working time as pairs of UTC instants, in order, without overlap; the end is not part of a stretch."""


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """The stretches of a year with running totals.

    ``before[i]`` is the working time of the year before the ``i``-th stretch, ``days`` the ordinals of the days that
    have any, ``by_day`` the stretches of each day of the year and ``halves[i]`` the number of worked halves before
    its ``i``-th day.
    """

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta
    days: tuple[int, ...]
    by_day: tuple[Spans, ...]
    halves: tuple[int, ...]

    @classmethod
    def build(cls, first: int, days: Iterable[tuple[Spans, int]]) -> WorkingYear:
        """Lay out the stretches and the worked halves (0 to 2) of each day; ``first`` is the first day's ordinal."""
        listed = list(days)
        spans = [span for stretches, _ in listed for span in stretches]
        sums = list(accumulate((end - start for start, end in spans), initial=timedelta(0)))
        return cls(
            starts=tuple(start for start, _ in spans),
            ends=tuple(end for _, end in spans),
            before=tuple(sums[:-1]),
            total=sums[-1],
            days=tuple(first + number for number, (stretches, _) in enumerate(listed) if stretches),
            by_day=tuple(stretches for stretches, _ in listed),
            halves=tuple(accumulate((halves for _, halves in listed), initial=0)),
        )

    def used(self, instant: datetime) -> timedelta:
        """Return the working time of the year before ``instant``."""
        place = bisect_right(self.starts, instant) - 1
        if place < 0:
            return timedelta(0)
        return self.before[place] + min(instant, self.ends[place]) - self.starts[place]

    def reached(self, amount: timedelta) -> datetime | None:
        """Return the first instant before which ``amount`` (more than none) is worked, or None if it isn't."""
        if amount > self.total:
            return None
        place = bisect_left(self.before, amount) - 1
        return self.starts[place] + (amount - self.before[place])

    def left(self, amount: timedelta) -> datetime | None:
        """Return the last instant before which only ``amount`` (less than the total) is worked; None if negative."""
        if amount < timedelta(0):
            return None
        place = bisect_right(self.before, amount) - 1
        return self.starts[place] + (amount - self.before[place])

    def next_moment(self, instant: datetime) -> datetime | None:
        """Return ``instant`` when work goes on then, or else the next beginning of a stretch, if any."""
        place = bisect_right(self.ends, instant)
        return max(instant, self.starts[place]) if place < len(self.starts) else None

    def last_moment(self, instant: datetime) -> datetime | None:
        """Return ``instant`` when work went on until then, or else the last end of a stretch, if any."""
        place = bisect_left(self.starts, instant) - 1
        return min(instant, self.ends[place]) if place >= 0 else None

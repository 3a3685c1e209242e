"""Change the company's calendar; each change is a new version, and deadlines keep the one that they were computed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine import organisation
from engine.domain.calendar import Calendar, CalendarDay, Hours
from engine.errors import N_, Conflict, InvalidInput, NotAllowed
from engine.process_engine import Work
from engine.store import repository

KEEPERS = frozenset({"administrator", "hr"})
"""Roles that may change the calendar."""


@dataclass(frozen=True)
class SetCalendarDays:
    """Replace the exceptions of a year (holidays, make-up days, half days); ``version`` is the one that was looked at, if any was.

    Raises Conflict when somebody else changed the calendar in between, InvalidInput for days of other years or listed twice.
    """

    year: int
    days: Sequence[CalendarDay]
    version: int | None = None

    def run(self, work: Work) -> int:
        """Write the next version and return its number; the same days give none."""
        _allowed(work)
        current = _current(work, self.version)
        for entry in self.days:
            if entry.day.year != self.year:
                raise InvalidInput(N_("%(day)s does not lie in %(year)d."), day=entry.day.isoformat(), year=self.year)
        if len({entry.day for entry in self.days}) < len(self.days):
            raise InvalidInput(N_("A day stands twice in the table of %(year)d."), year=self.year)
        before = {entry for entry in current.days.values() if entry.day.year == self.year}
        if before == set(self.days):
            return current.version
        version = repository.newest_calendar_version(work.connection) + 1
        _write(work, current.with_days(self.year, self.days, version))
        work.record("calendar", "calendar_changed", {
            "year": self.year, "version": version, "days": sorted(e.day.isoformat() for e in before ^ set(self.days))})
        return version


@dataclass(frozen=True)
class SetWorkingHours:
    """Set the company's daily hours and which days of the week are worked (Monday first)."""

    hours: Hours
    weekly: tuple[bool, ...]
    version: int | None = None

    def run(self, work: Work) -> int:
        """Write the next version and return its number."""
        _allowed(work)
        current = _current(work, self.version)
        if not self.hours or not any(self.weekly):
            raise InvalidInput(N_("A week without working hours would let every deadline stand still."))
        version = repository.newest_calendar_version(work.connection) + 1
        changed = Calendar(version, current.time_zone, self.hours, self.weekly, current.days)
        _write(work, changed)
        content = changed.to_json()
        work.record("calendar", "hours_changed", {"version": version, "hours": content["hours"], "weekly": content["weekly"]})
        return version


def _allowed(work: Work) -> None:
    if work.actor.person and not KEEPERS & organisation.roles_of(work.connection, work.actor.person):
        raise NotAllowed(N_("Only an administrator or human resources may change the calendar."))


def _current(work: Work, seen: int | None) -> Calendar:
    current: Calendar = work.engine.calendar(work.connection)
    if seen is not None and seen != current.version:
        raise Conflict(N_("The calendar was changed meanwhile (version %(now)d, you saw %(seen)d); look at it again."),
                       now=current.version, seen=seen)
    return current


def _write(work: Work, calendar: Calendar) -> None:
    repository.insert_calendar(work.connection, calendar.version, work.now, work.actor.person, calendar.to_json())

"""Change the company's calendar; each change is a new version, and deadlines keep the one that they were computed with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.domain.calendar import Calendar
from engine.process_engine import Work
from engine.store import repository


@dataclass(frozen=True)
class SetCalendarDays:
    """Replace the exceptions of a year (holidays, make-up days, half days)."""

    year: int
    days: tuple[Any, ...]

    def run(self, work: Work) -> int:
        """Write the next version and return its number."""
        current: Calendar = work.engine.calendar(work.connection)
        version = repository.newest_calendar_version(work.connection) + 1
        changed = current.with_days(self.year, list(self.days), version)
        repository.insert_calendar(work.connection, version, work.now, work.actor.person, changed.to_json())
        work.record("calendar", "calendar_changed", {"year": self.year, "version": version})
        return version

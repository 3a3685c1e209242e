"""The ledger of a deadline: what was granted, when it is due by which calendar, what is used, and when it stood still.

The ledger belongs to the work and not to whoever does it: handing a task on, returning it or moving it to a new
version of the diagram carries the ledger along unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from engine.domain.calendar import Calendar, Remaining, WorkingDuration
from engine.domain.iso8601 import parse_duration, parse_instant
from engine.errors import N_, Conflict

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still from ``since`` to ``until`` (None: it still does), for the reason ``why``."""

    since: datetime
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term that runs; instants are UTC.

    ``budget`` is working time, or the text of an ISO 8601 duration (time of the clock), or any other text: then the
    deadline is a fixed date, which pauses don't move. ``used`` is what was used up to the last pause: working time
    for a budget of working time, else time of the clock. ``calendar_version`` is the version by which ``due`` was
    counted.
    """

    started: datetime
    budget: WorkingDuration | str
    due: datetime
    calendar_version: int
    used: timedelta = timedelta(0)
    pauses: tuple[Pause, ...] = ()

    @classmethod
    def begin(
        cls, started: datetime, budget: WorkingDuration | str, calendar: Calendar, due: datetime | None = None
    ) -> Deadline:
        """Start the clock; ``due`` is given when ``budget`` is the text of an expression that gave a date.

        Raises ExpressionSyntaxError when the budget cannot be read and no ``due`` is given, CalendarError when the
        calendar has too little working time.
        """
        budget = _read(budget)
        if due is None:
            if isinstance(budget, WorkingDuration):
                due = budget.after(started, calendar)
            elif budget.startswith("P"):
                due = parse_duration(budget).after(started, calendar.zone)
            else:
                due = parse_instant(budget, calendar.zone)
        return cls(calendar.in_utc(started), budget, calendar.in_utc(due), calendar.version)

    @property
    def paused(self) -> bool:
        """Say whether the clock stands still."""
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def fixed(self) -> bool:
        """Say whether it is due on a date, whatever happens."""
        return isinstance(self.budget, str) and not self.budget.startswith("P")

    def pause(self, now: datetime, why: str, calendar: Calendar) -> Deadline:
        """Stop the clock; raise Conflict when it stands still already."""
        if self.paused:
            raise Conflict(N_("The deadline already stands still."))
        return replace(
            self, used=self.used_at(now, calendar), pauses=(*self.pauses, Pause(calendar.in_utc(now), None, why))
        )

    def resume(self, now: datetime, calendar: Calendar) -> Deadline:
        """Let the clock go on: from ``now`` the rest of the budget is left, counted by ``calendar``.

        A deadline in whole working days stays at the end of a day: the rest is the working days after the day of the
        pause, and the day of the resumption is not counted, as the day of the beginning isn't. What was overdue when
        it stopped, and a fixed date, are due as before. A pause never brings a deadline forward. Raises Conflict when
        the clock doesn't stand still.
        """
        if not self.paused:
            raise Conflict(N_("The deadline does not stand still."))
        last = self.pauses[-1]
        pauses = (*self.pauses[:-1], replace(last, until=calendar.in_utc(now)))
        if self.fixed or self.due <= last.since:
            return replace(self, pauses=pauses)
        due = max(self.due, self._moved(last.since, now, calendar))
        return replace(self, pauses=pauses, due=due, calendar_version=calendar.version)

    def _moved(self, since: datetime, now: datetime, calendar: Calendar) -> datetime:
        if not isinstance(self.budget, WorkingDuration):
            return self.due + (now - since)
        if self.budget.whole_days is None:
            return calendar.add_working_time(now, calendar.working_time_between(since, self.due))
        # A due time is the end of a working day; one at midnight belongs to the day that it ends.
        due_day = calendar.local_day(self.due - MICROSECOND)
        rest = calendar.count_working_days(calendar.local_day(since) + timedelta(days=1), due_day)
        return calendar.add_working_days(now, rest)

    def used_at(self, now: datetime, calendar: Calendar) -> timedelta:
        """Return what is used at ``now``, pauses left out (units: see the class)."""
        if self.paused:
            return self.used
        since = self.pauses[-1].until if self.pauses else None
        begun = since or self.started
        working = isinstance(self.budget, WorkingDuration)
        stretch = calendar.working_time_between(begun, now) if working else now - begun
        return self.used + max(stretch, timedelta(0))

    def remaining(self, now: datetime, calendar: Calendar) -> Remaining:
        """Return the working time left at ``now``, or since when the clock stands still."""
        return calendar.remaining(self.pauses[-1].since if self.paused else now, self.due)

    def recomputed(self, calendar: Calendar) -> Deadline:
        """Return the deadline as ``calendar`` would have counted it from the beginning, with the same pauses."""
        found = Deadline.begin(self.started, self.budget, calendar, self.due if self.fixed else None)
        for pause in self.pauses:
            found = found.pause(pause.since, pause.why, calendar)
            if pause.until is not None:
                found = found.resume(pause.until, calendar)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the ledger as plain JSON; ``used`` in microseconds."""
        return {
            "started": self.started.isoformat(),
            "budget": str(self.budget),
            "due": self.due.isoformat(),
            "calendar": self.calendar_version,
            "used": self.used // MICROSECOND,
            "pauses": [[p.since.isoformat(), p.until.isoformat() if p.until else None, p.why] for p in self.pauses],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Deadline:
        """Read what :meth:`to_json` wrote; without ``used`` nothing is used."""
        instant = datetime.fromisoformat
        pauses = tuple(Pause(instant(s), instant(u) if u else None, why) for s, u, why in content["pauses"])
        used = content.get("used", 0) * MICROSECOND
        return cls(
            instant(content["started"]),
            _read(content["budget"]),
            instant(content["due"]),
            content["calendar"],
            used,
            pauses,
        )


def _read(budget: WorkingDuration | str) -> WorkingDuration | str:
    """Return working time that is written as text as what it means, and any other text as it is."""
    if isinstance(budget, str) and WorkingDuration.is_text(budget):
        return WorkingDuration.parse(budget)
    return budget

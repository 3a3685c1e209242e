"""The working days of a year as twelve months, the national holidays to begin with, and the daily hours."""

from __future__ import annotations

import calendar as months
import json
from datetime import date, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import calendar_seed, clock
from engine.commands.calendar import SetCalendarDays, SetWorkingHours
from engine.domain.calendar import CalendarDay, DayKind, Hours
from engine.errors import N_, InvalidInput, NotFound
from engine.store.queries import admin as queries
from web import language
from web.access import only_for
from web.auth import actor, engine

ROLES = ("administrator", "hr")
FIRST, LAST = 2000, 2100


def add_to(blueprint: Blueprint) -> None:
    """Add the pages of this module."""
    blueprint.add_url_rule("/calendar", "this_year", this_year)
    blueprint.add_url_rule("/calendar/<int:year>", "calendar", year_page, methods=["GET", "POST"])
    blueprint.add_url_rule("/calendar/hours", "hours", hours, methods=["POST"])


def this_year() -> Any:
    """Lead to the current year."""
    return redirect(url_for("admin.calendar", year=clock.now().astimezone(engine().zone).year))


def year_page(year: int) -> Any:
    """Show a year; take changes of days, or the national holidays as its new table."""
    only_for(*ROLES)
    if not FIRST <= year <= LAST:
        raise NotFound(N_("The calendar has the years %(first)d to %(last)d."), first=FIRST, last=LAST)
    with engine().database.reading() as connection:
        current = engine().calendar(connection)
        versions = queries.calendar_versions(connection, 20)
    days = {entry.day: entry for entry in current.days.values() if entry.day.year == year}
    if request.method == "POST":
        table = calendar_seed.seed_days(year) if request.form.get("seed") else _changed(days, year)
        engine().execute(SetCalendarDays(year, tuple(table), _version()), actor())
        flash(language.translate("日历已保存。已有期限仍按其产生时的日历版本计算。"))
        return redirect(url_for("admin.calendar", year=year))
    weeks = months.Calendar(firstweekday=0)
    return render_template(
        "admin/calendar.html", year=year, current=current, days=days, versions=versions, kinds=list(DayKind),
        months=[(month, weeks.monthdatescalendar(year, month)) for month in range(1, 13)], today=clock.now().astimezone(engine().zone).date(),
        known=year in calendar_seed.known_years(), first=FIRST, last=LAST,
        worked=sum(current.is_working_day(day) for day in _days(year)))


def _days(year: int) -> list[date]:
    return [date.fromordinal(o) for o in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)]


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() else None


def _changed(days: dict[date, CalendarDay], year: int) -> list[CalendarDay]:
    """Return the table of the year after what the page changed: many days by script, or one by the plain form."""
    form = request.form
    try:
        changes = json.loads(form["changes"]) if form.get("changes") else {}
        if form.get("day"):
            changes[form["day"]] = {"kind": form.get("day_kind", ""), "name": form.get("day_name", "")}
        table = dict(days)
        for text, change in changes.items():
            day = date.fromisoformat(text)
            table.pop(day, None)
            if change["kind"]:
                table[day] = CalendarDay(day, DayKind(change["kind"]), str(change["name"]).strip()[:40])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInput(N_("These are no days of a calendar.")) from error
    return sorted(table.values(), key=lambda entry: entry.day)


def hours() -> Any:
    """Set the daily hours and the days of the week that are worked."""
    only_for(*ROLES)
    engine().execute(SetWorkingHours(_hours(request.form.get("hours", "")), tuple(str(n) in request.form.getlist("weekly") for n in range(7)),
                                     _version()), actor())
    flash(language.translate("工作时间已保存。"))
    return redirect(url_for("admin.this_year"))


def _hours(text: str) -> Hours:
    """Read ``09:00-12:00, 13:30-18:00``."""
    found = []
    for part in text.replace("，", ",").replace("–", "-").split(","):
        start, _, end = (piece.strip() for piece in part.partition("-"))
        try:
            found.append((time.fromisoformat(start), time() if end == "24:00" else time.fromisoformat(end)))
        except ValueError as error:
            raise InvalidInput(N_("Hours like 09:00-12:00, 13:30-18:00 were expected.")) from error
    return tuple(found)

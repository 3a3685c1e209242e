"""How values look on pages: local times, remaining working time, names of people, sentences of errors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import g

from engine import clock
from engine.errors import EngineError, Problem
from engine.store import schema as t
from web import auth, language


def local(value: datetime | str | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """Return an instant in the company's time."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(auth.engine().zone).strftime(form)


def names() -> dict[str, str]:
    """Return the names of all people by login, read once a request."""
    if "names" not in g:
        with auth.engine().database.reading() as connection:
            code = language.current()
            column = t.person.c.name_en if code == "en" else t.person.c.name
            g.names = {row.id: row[1] or row.id for row in connection.execute(sa.select(t.person.c.id, column))}
            if code == "zh_Hant":
                g.names = {k: language.traditional(v) for k, v in g.names.items()}
    found: dict[str, str] = g.names
    return found


def person_name(login: str | None) -> str:
    """Return the name of a person; the system has one too."""
    if not login:
        return language.translate("系统")
    return names().get(login, login)


def remaining(due: datetime | None) -> tuple[str, str]:
    """Return words and a class (late, soon, fine) for the working time until ``due``."""
    if due is None:
        return "", ""
    if "calendar" not in g:
        with auth.engine().database.reading() as connection:
            g.calendar = auth.engine().calendar(connection)
    left = g.calendar.remaining(clock.now(), due)
    seconds = abs(int(left.working.total_seconds()))
    day = g.calendar.day_seconds()
    day = int(day.total_seconds()) if hasattr(day, "total_seconds") else int(day)
    days, rest = divmod(seconds, day or 1)
    hours, minutes = rest // 3600, rest % 3600 // 60
    parts = ([language.translate("%(n)d 个工作日", n=days)] if days else []) + ([language.translate("%(n)d 小时", n=hours)] if hours else [])
    if not parts:
        parts = [language.translate("%(n)d 分钟", n=minutes)]
    words = " ".join(parts)
    if left.overdue:
        return language.translate("已超时 %(time)s", time=words), "late"
    return language.translate("还剩 %(time)s", time=words), "soon" if seconds < day else "fine"


def sentence(error: EngineError | Problem) -> str:
    """Return an error's sentence in the request's language, with names and local times."""
    params: dict[str, Any] = {}
    for key, value in error.params.items():
        if isinstance(value, datetime):
            params[key] = local(value)
        elif key == "person":
            params[key] = person_name(str(value))
        else:
            params[key] = language.translate(value) if isinstance(value, str) else value
    text = language.translate(error.template)
    return text % params if params else text

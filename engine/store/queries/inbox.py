"""The inbox: to do, my groups', done, started by me, copied to me; each one index walk of at most a page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import schema as t

PAGE = 50
CAP = 100
u, i, c, k = t.user_task.c, t.process_instance.c, t.task_candidate.c, t.copy.c


def _not_excluded(person: str) -> Any:
    x = t.task_excluded.c
    return ~sa.exists().where(x.task_id == u.id, x.person_id == person)


def _todo(person: str, principals: Collection[str], now: datetime) -> Any:
    return (sa.select(t.user_task).where(u.state == "open", u.assignee.in_([person, *principals]), _not_excluded(person),
                                         sa.or_(u.follow_up_at.is_(None), u.follow_up_at <= now)).order_by(u.due_at.is_(None), u.due_at))


def _group(person: str, roles: Collection[str]) -> Any:
    """Walk each role's tasks in the order of their due dates, and stop early."""
    x = t.task_excluded.c
    ids = (sa.select(c.task_id).where(c.role_id.in_(list(roles)),
                                      sa.exists().where(u.id == c.task_id, u.assignee.is_(None)),
                                      ~sa.exists().where(x.task_id == c.task_id, x.person_id == person))
           .order_by(c.due_at).limit(1000))
    return sa.select(t.user_task).where(u.id.in_(ids)).order_by(u.due_at.is_(None), u.due_at)


def query(tab: str, person: str, principals: Collection[str], roles: Collection[str], now: datetime) -> Any:
    """Return the statement of a tab: todo, group, done, mine or copies."""
    if tab == "todo":
        return _todo(person, principals, now)
    if tab == "group":
        return _group(person, roles)
    if tab == "done":
        return sa.select(t.user_task).where(u.completed_by == person).order_by(u.completed_at.desc())
    if tab == "copies":
        return (sa.select(t.process_instance, k.read_at, k.at.label("copied_at")).join(t.copy, k.instance_id == i.id)
                .where(k.person_id == person).order_by(k.at.desc()))
    return sa.select(t.process_instance).where(i.initiator == person).order_by(i.started_at.desc())


def rows(connection: sa.Connection, statement: Any, search: str, page: int) -> list[Any]:
    """Return a page; ``search`` looks into titles, keys and summaries."""
    if search:
        column = statement.selected_columns.search
        statement = statement.where(column.contains(search.lower(), autoescape=True))
    return list(connection.execute(statement.limit(PAGE + 1).offset(PAGE * page)))


def count(connection: sa.Connection, statement: Any) -> int:
    """Return how many, counted up to a hundred."""
    inner = statement.with_only_columns(sa.literal(1)).order_by(None).limit(CAP).subquery()
    return int(connection.scalar(sa.select(sa.func.count()).select_from(inner)) or 0)

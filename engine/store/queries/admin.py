"""Read what administrators look after: jobs, versions, sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import schema as t

Row = sa.Row[Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page of the administration counts."""

    people: int
    without_password: int
    roles_without_holder: tuple[str, ...]
    running: int
    overdue_jobs: int
    failed_jobs: int


def overview(connection: sa.Connection, now: datetime) -> Overview:
    """Return the counts; none of them grows with finished instances."""
    p, j, i = t.person.c, t.job.c, t.process_instance.c
    held = sa.select(t.membership.c.role_id).join(t.person, t.person.c.id == t.membership.c.person_id).where(p.active)
    empty = sa.select(t.role.c.id).where(t.role.c.id.not_in(held)).order_by(t.role.c.id)
    return Overview(
        _count(connection, sa.select(p.id).where(p.active)),
        _count(connection, sa.select(p.id).where(p.active, p.password == "")),
        tuple(connection.scalars(empty)),
        _count(connection, sa.select(i.id).where(i.state == "running").limit(1_000)),
        _count(connection, sa.select(j.id).where(j.due_at <= now, ~j.failed).limit(1_000)),
        _count(connection, sa.select(j.id).where(j.failed).limit(1_000)))


def _count(connection: sa.Connection, query: sa.Select[Any]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0)


def jobs(connection: sa.Connection, *, kind: str = "", failed: bool = False, limit: int = 200) -> list[Row]:
    """Return jobs with the titles of their instances, the next due first."""
    j, p = t.job.c, t.process_instance.c
    query = (sa.select(t.job, p.title, p.process_key).outerjoin(t.process_instance, p.id == j.instance_id)
             .where(j.failed == failed).order_by(j.due_at, j.id).limit(limit))
    if kind:
        query = query.where(j.kind == kind)
    return list(connection.execute(query))


def versions(connection: sa.Connection) -> list[Row]:
    """Return all versions of all processes, the newest first, with how many instances run on each."""
    v, i = t.process_version.c, t.process_instance.c
    running = (sa.select(i.version_id, sa.func.count().label("running")).where(i.state == "running").group_by(i.version_id).subquery())
    query = (sa.select(v.id, v.process_key, v.number, v.name, v.manifest, v.main, v.deployed_at, v.deployed_by, v.current, v.startable,
                       sa.func.coalesce(running.c.running, 0).label("running"))
             .outerjoin(running, running.c.version_id == v.id).order_by(v.process_key, v.number.desc()))
    return list(connection.execute(query))


def calendar_versions(connection: sa.Connection, limit: int = 50) -> list[Row]:
    """Return who changed the calendar when, the newest first."""
    c = t.calendar_version.c
    return list(connection.execute(sa.select(c.version, c.at, c.by).order_by(c.version.desc()).limit(limit)))


def table_sizes(connection: sa.Connection) -> dict[str, int]:
    """Return how many rows the tables that grow have."""
    tables = (t.process_instance, t.user_task, t.history, t.register_entry, t.attachment)
    return {table.name: int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0) for table in tables}

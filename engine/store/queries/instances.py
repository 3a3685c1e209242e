"""What a page of an instance shows: its tasks, comments, calls, files, copies, incidents, history."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa

from engine.store import schema as t


def tasks(connection: sa.Connection, instance_id: str) -> list[Any]:
    """Return the tasks of an instance, the oldest first."""
    u = t.user_task
    return list(connection.execute(sa.select(u).where(u.c.instance_id == instance_id).order_by(u.c.created_at, u.c.token)))


def of(connection: sa.Connection, table: sa.Table, instance_id: str, order: str = "at") -> list[Any]:
    """Return the rows of ``table`` (comment, attachment_use, incident, copy) that belong to an instance."""
    return list(connection.execute(sa.select(table).where(table.c.instance_id == instance_id).order_by(table.c[order])))


def called(connection: sa.Connection, instance_id: str) -> list[Any]:
    """Return the instances that this one called."""
    i = t.process_instance
    return list(connection.execute(sa.select(i).where(i.c.parent_id == instance_id).order_by(i.c.started_at)))


def passed(connection: sa.Connection, instance_id: str) -> tuple[set[str], set[str]]:
    """Return the elements and flows that an instance has passed."""
    h = t.history.c
    done: set[str] = set()
    flows: set[str] = set()
    for payload in connection.scalars(sa.select(h.payload).where(h.stream == instance_id)):
        for event in orjson.loads(payload).get("events", ()):
            if event["kind"] == "passed":
                done.add(event["element"])
                flows.update(event.get("data", {}).get("flows", ()))
    return done, flows


def took_part(connection: sa.Connection, instance: Any, person: str) -> bool:
    """Say whether a person started, did, has or got a copy of something of an instance (or of its caller)."""
    if instance.initiator == person:
        return True
    u, k = t.user_task.c, t.copy.c
    ids = [instance.id] + ([instance.parent_id] if instance.parent_id else [])
    found = connection.scalar(sa.select(u.id).where(u.instance_id.in_(ids), sa.or_(u.completed_by == person, u.assignee == person)).limit(1))
    return bool(found) or bool(connection.scalar(sa.select(k.person_id).where(k.instance_id.in_(ids), k.person_id == person).limit(1)))


def links(connection: sa.Connection, stream: str) -> list[Any]:
    """Return the links of a stream in order."""
    h = t.history
    return list(connection.execute(sa.select(h).where(h.c.stream == stream).order_by(h.c.seq).limit(2000)))

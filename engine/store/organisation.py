"""The statements that write people, roles, memberships, stand-ins, and that find tasks which nobody can do any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import schema as t

Row = sa.Row[Any]

NEW_PERSON: dict[str, Any] = {
    "name_en": "", "email": "", "department": "", "attributes": {}, "active": True, "language": "", "preferences": {}, "password": "",
    "failed_logins": 0, "locked_until": None, "session_epoch": 0}


def person(connection: sa.Connection, person_id: str) -> Row | None:
    """Return the row of a person, locked until the end of the transaction."""
    return connection.execute(sa.select(t.person).where(t.person.c.id == person_id).with_for_update()).first()


def insert_person(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Insert a person; what isn't given is empty."""
    connection.execute(sa.insert(t.person), {**NEW_PERSON, **values})


def change_person(connection: sa.Connection, person_id: str, values: Mapping[str, Any]) -> None:
    """Write columns of a person."""
    connection.execute(sa.update(t.person).where(t.person.c.id == person_id).values(dict(values)))


def end_sessions(connection: sa.Connection, person_id: str) -> None:
    """Let every session of a person end at its next request."""
    p = t.person.c
    connection.execute(sa.update(t.person).where(p.id == person_id).values(session_epoch=p.session_epoch + 1))


def role(connection: sa.Connection, role_id: str) -> Row | None:
    """Return the row of a role."""
    return connection.execute(sa.select(t.role).where(t.role.c.id == role_id)).first()


def role_named(connection: sa.Connection, name: str) -> Row | None:
    """Return the role that has this name."""
    return connection.execute(sa.select(t.role).where(t.role.c.name == name)).first()


def insert_role(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Insert a role."""
    connection.execute(sa.insert(t.role), values)


def change_role(connection: sa.Connection, role_id: str, values: Mapping[str, Any]) -> None:
    """Write columns of a role."""
    connection.execute(sa.update(t.role).where(t.role.c.id == role_id).values(dict(values)))


def memberships(connection: sa.Connection, person_id: str) -> set[str]:
    """Return the roles that a person holds."""
    return set(connection.scalars(sa.select(t.membership.c.role_id).where(t.membership.c.person_id == person_id)))


def insert_memberships(connection: sa.Connection, person_id: str, roles: Iterable[str]) -> None:
    """Give a person roles that they don't hold yet."""
    rows = [{"person_id": person_id, "role_id": role_id} for role_id in roles]
    if rows:
        connection.execute(sa.insert(t.membership), rows)


def delete_memberships(connection: sa.Connection, person_id: str, roles: Iterable[str]) -> None:
    """Take roles from a person."""
    m = t.membership.c
    connection.execute(sa.delete(t.membership).where(m.person_id == person_id, m.role_id.in_(list(roles))))


def insert_substitution(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Insert a stand-in."""
    connection.execute(sa.insert(t.substitution), values)


def substitution(connection: sa.Connection, substitution_id: str) -> Row | None:
    """Return the row of a stand-in."""
    return connection.execute(sa.select(t.substitution).where(t.substitution.c.id == substitution_id)).first()


def overlapping_substitution(connection: sa.Connection, person_id: str, substitute_id: str, starts_at: datetime,
                             ends_at: datetime | None) -> Row | None:
    """Return a stand-in of the same two people whose time overlaps."""
    s = t.substitution.c
    query = sa.select(t.substitution).where(s.person_id == person_id, s.substitute_id == substitute_id,
                                            sa.or_(s.ends_at.is_(None), s.ends_at > starts_at))
    if ends_at is not None:
        query = query.where(s.starts_at < ends_at)
    return connection.execute(query.limit(1)).first()


def end_substitution(connection: sa.Connection, substitution_id: str, at: datetime) -> None:
    """Let a stand-in end at ``at``; one that has not begun by then never does."""
    s = t.substitution.c
    starts = sa.case((s.starts_at > at, at), else_=s.starts_at)
    connection.execute(sa.update(t.substitution).where(s.id == substitution_id).values(ends_at=at, starts_at=starts))


# --- tasks that lost whoever could do them ---


def open_tasks_of(connection: sa.Connection, person_id: str) -> list[Row]:
    """Return the open tasks that a person has."""
    u = t.user_task.c
    return list(connection.execute(sa.select(t.user_task).where(u.assignee == person_id, u.state == "open").order_by(u.id)))


def tasks_without_holder(connection: sa.Connection, roles: Iterable[str]) -> list[Row]:
    """Return the unclaimed open tasks of these roles that no active, allowed person can claim."""
    u, c, m, x = t.user_task.c, t.task_candidate, t.membership.c, t.task_excluded.c
    other = c.alias()
    kept_out = sa.exists().where(x.task_id == u.id, x.person_id == m.person_id)
    somebody = (sa.select(sa.literal(1)).select_from(other).join(t.membership, m.role_id == other.c.role_id)
                .join(t.person, sa.and_(t.person.c.id == m.person_id, t.person.c.active))
                .where(other.c.task_id == u.id, ~kept_out).exists())
    concerned = sa.select(c.c.task_id).where(c.c.role_id.in_(list(roles)))
    query = sa.select(t.user_task).where(u.id.in_(concerned), u.state == "open", u.assignee.is_(None), ~somebody).order_by(u.id)
    return list(connection.execute(query))


def has_open_incident(connection: sa.Connection, task_id: str) -> bool:
    """Say whether an incident about a task is open."""
    i = t.incident.c
    return connection.execute(sa.select(i.id).where(i.task_id == task_id, i.resolved_at.is_(None)).limit(1)).first() is not None


def tasks_waiting_for(connection: sa.Connection, person_id: str) -> list[str]:
    """Return the open tasks of a person that have an open incident: nobody could do them while the person was not active."""
    u, i = t.user_task.c, t.incident.c
    return list(connection.scalars(sa.select(u.id).join(t.incident, i.task_id == u.id).where(
        u.assignee == person_id, u.state == "open", i.kind == "nobody", i.resolved_at.is_(None)).distinct()))

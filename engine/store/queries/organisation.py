"""Read people, roles, who holds them and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import schema as t

Row = sa.Row[Any]


@dataclass(frozen=True, slots=True)
class Role:
    """A role and how many active people hold it."""

    id: str
    name: str
    name_en: str
    kind: str
    fallback: tuple[str, ...]
    holders: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """A person as lists show them, with the ids of their roles; ``has_password`` says whether they can log in."""

    id: str
    name: str
    name_en: str
    email: str
    department: str
    attributes: dict[str, Any]
    active: bool
    language: str
    has_password: bool
    locked_until: datetime | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Substitution:
    """Who stands in for whom, from when to when."""

    id: str
    person_id: str
    person_name: str
    substitute_id: str
    substitute_name: str
    starts_at: datetime
    ends_at: datetime | None
    reason: str

    def is_active(self, now: datetime) -> bool:
        """Say whether it holds at ``now``."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def roles(connection: sa.Connection) -> list[Role]:
    """Return all roles, those of the regulation first."""
    r, m = t.role.c, t.membership.c
    count = (sa.select(m.role_id, sa.func.count().label("holders")).join(t.person, t.person.c.id == m.person_id)
             .where(t.person.c.active).group_by(m.role_id).subquery())
    query = sa.select(t.role, sa.func.coalesce(count.c.holders, 0).label("holders")).outerjoin(
        count, count.c.role_id == r.id).order_by(r.kind, r.id)
    return [Role(row.id, row.name, row.name_en, row.kind, tuple(row.fallback), row.holders) for row in connection.execute(query)]


def role(connection: sa.Connection, role_id: str) -> Role | None:
    """Return a role."""
    return next((found for found in roles(connection) if found.id == role_id), None)


def rows_of_people(connection: sa.Connection) -> list[Row]:
    """Return the rows of all people, as stored."""
    return list(connection.execute(sa.select(t.person).order_by(t.person.c.id)))


def people(connection: sa.Connection, *, search: str = "", role_id: str = "", active: bool | None = None, after: str = "",
           limit: int | None = None) -> list[Person]:
    """Return people by login, filtered; ``after`` is the last login of the page before."""
    p, m = t.person.c, t.membership.c
    query = sa.select(t.person).order_by(p.id)
    for word in search.lower().split():
        query = query.where(sa.or_(*(sa.func.lower(column).contains(word, autoescape=True)
                                     for column in (p.id, p.name, p.name_en, p.email, p.department))))
    if role_id:
        query = query.where(p.id.in_(sa.select(m.person_id).where(m.role_id == role_id)))
    if active is not None:
        query = query.where(p.active == active)
    if after:
        query = query.where(p.id > after)
    if limit is not None:
        query = query.limit(limit)
    rows = list(connection.execute(query))
    held = _roles_by_person(connection, [row.id for row in rows])
    return [_person(row, held.get(row.id, ())) for row in rows]


def person(connection: sa.Connection, person_id: str) -> Person | None:
    """Return a person."""
    row = connection.execute(sa.select(t.person).where(t.person.c.id == person_id)).first()
    return None if row is None else _person(row, _roles_by_person(connection, [person_id]).get(person_id, ()))


def _person(row: Row, held: tuple[str, ...]) -> Person:
    return Person(row.id, row.name, row.name_en, row.email, row.department, row.attributes, row.active, row.language,
                  bool(row.password), row.locked_until, held)


def _roles_by_person(connection: sa.Connection, ids: list[str]) -> dict[str, tuple[str, ...]]:
    m = t.membership.c
    found: dict[str, list[str]] = {}
    for start in range(0, len(ids), 500):
        query = sa.select(m.person_id, m.role_id).where(m.person_id.in_(ids[start:start + 500])).order_by(m.role_id)
        for row in connection.execute(query):
            found.setdefault(row.person_id, []).append(row.role_id)
    return {person_id: tuple(held) for person_id, held in found.items()}


def names(connection: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of people by id; ids that are nobody's are left out."""
    wanted = sorted({i for i in ids if i})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        query = sa.select(t.person.c.id, t.person.c.name).where(t.person.c.id.in_(wanted[start:start + 500]))
        found |= {row.id: row.name for row in connection.execute(query)}
    return found


def substitutions(connection: sa.Connection, *, now: datetime, person_id: str = "", past: bool = False) -> list[Substitution]:
    """Return stand-ins that hold now or will, or with ``past`` those that are over; of one person (either side) if asked."""
    s, one, two = t.substitution.c, t.person.alias("one"), t.person.alias("two")
    over = sa.and_(s.ends_at.is_not(None), s.ends_at <= now)
    query = (sa.select(t.substitution, one.c.name.label("person_name"), two.c.name.label("substitute_name"))
             .join(one, one.c.id == s.person_id).join(two, two.c.id == s.substitute_id)
             .where(over if past else ~over).order_by(s.starts_at.desc() if past else s.starts_at, s.id).limit(500))
    if person_id:
        query = query.where(sa.or_(s.person_id == person_id, s.substitute_id == person_id))
    return [Substitution(row.id, row.person_id, row.person_name, row.substitute_id, row.substitute_name, row.starts_at, row.ends_at,
                         row.reason) for row in connection.execute(query)]

"""Who may do what: holders of roles, stand-ins, four eyes and the roles that are asked next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import schema as t

SYSTEM_INITIATOR: dict[str, Any] = {"id": "", "name": "", "department": "", "roles": [], "attributes": {}}


@dataclass(frozen=True, slots=True)
class Resolution:
    """The roles that were asked in the end, and the allowed people who hold them."""

    roles: tuple[str, ...]
    people: tuple[str, ...]


_HOLDERS = (
    sa.select(t.membership.c.role_id, t.membership.c.person_id)
    .join(t.person, t.person.c.id == t.membership.c.person_id)
    .where(t.person.c.active, t.membership.c.role_id.in_(sa.bindparam("roles", expanding=True)))
    .order_by(t.membership.c.person_id)
)
_ROLES = sa.select(t.role.c.id, t.role.c.name, t.role.c.fallback).where(
    sa.or_(t.role.c.id.in_(sa.bindparam("words", expanding=True)), t.role.c.name.in_(sa.bindparam("words", expanding=True))))


def holders(connection: sa.Connection, roles: Iterable[str]) -> list[tuple[str, str]]:
    """Return (role, person) for the active people who hold the roles."""
    return [(row.role_id, row.person_id) for row in connection.execute(_HOLDERS, {"roles": list(roles)})]


def roles_named(connection: sa.Connection, words: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
    """Return for each id or name that is a role its id and the roles that are asked after it."""
    wanted = list(words)
    rows = connection.execute(_ROLES, {"words": wanted})
    found: dict[str, tuple[str, list[str]]] = {}
    for row in rows:
        found[row.name] = found.get(row.name, (row.id, row.fallback))
        found[row.id] = (row.id, row.fallback)
    return {word: found[word] for word in wanted if word in found}


def resolve(connection: sa.Connection, words: Sequence[str], excluded: frozenset[str], now: datetime) -> Resolution:  # noqa: ARG001
    """Return who may do a task of these roles (ids or names) when ``excluded`` may not.

    When that is nobody, the roles' fallback chains are asked in turn, with the same people excluded; no people: nobody at all.
    """
    named = roles_named(connection, words)
    roles = [role for role, _ in named.values()]
    people = _allowed(connection, roles, excluded)
    if people:
        return Resolution(tuple(roles), people)
    asked = set(roles)
    waiting = [role for _, chain in named.values() for role in chain]
    while waiting:
        role = waiting.pop(0)
        if role in asked:
            continue
        asked.add(role)
        people = _allowed(connection, [role], excluded)
        if people:
            return Resolution((role,), people)
    return Resolution(tuple(roles), ())


def _allowed(connection: sa.Connection, roles: Sequence[str], excluded: frozenset[str]) -> tuple[str, ...]:
    if not roles:
        return ()
    return tuple(dict.fromkeys(person for _, person in holders(connection, roles) if person not in excluded))


def is_active(connection: sa.Connection, person: str) -> bool:
    """Say whether there is such a person, and active."""
    return bool(connection.scalar(_ACTIVE, {"person": person}))


_ACTIVE = sa.select(t.person.c.active).where(t.person.c.id == sa.bindparam("person"))


def people(connection: sa.Connection, words: Iterable[str]) -> list[str]:
    """Return the active people that ids of people, ids of roles or names of roles mean."""
    wanted = list(words)
    named = roles_named(connection, wanted)
    found = [person for _, person in holders(connection, [role for role, _ in named.values()])] if named else []
    rest = [word for word in wanted if word not in named]
    if rest:
        found += connection.scalars(sa.select(t.person.c.id).where(t.person.c.id.in_(rest), t.person.c.active)).all()
    return list(dict.fromkeys(found))


def roles_of(connection: sa.Connection, person: str) -> frozenset[str]:
    """Return the roles that a person holds."""
    return frozenset(connection.scalars(sa.select(t.membership.c.role_id).where(t.membership.c.person_id == person)))


def represented(connection: sa.Connection, person: str, now: datetime) -> tuple[str, ...]:
    """Return for whom a person stands in now."""
    s = t.substitution.c
    return tuple(connection.scalars(sa.select(s.person_id).where(
        s.substitute_id == person, s.starts_at <= now, sa.or_(s.ends_at.is_(None), s.ends_at > now)).distinct()))


def as_initiator(connection: sa.Connection, person: str) -> Mapping[str, Any]:
    """Return what expressions read of an initiator; the system's own when there is no such person."""
    row = connection.execute(sa.select(t.person).where(t.person.c.id == person)).first()
    if row is None:
        return SYSTEM_INITIATOR
    return {"id": row.id, "name": row.name, "department": row.department, "roles": sorted(roles_of(connection, person)),
            "attributes": row.attributes}

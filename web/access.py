"""Which pages and instances a person may see; what is refused is on record."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import request

from engine.commands.access import RefusePage
from engine.store import schema as t
from engine.store.queries import instances
from web.auth import actor, engine, me

WIDE = frozenset({"administrator", "auditor"})
"""Roles that may look at every instance."""


def only_for(*roles: str) -> None:
    """Refuse the page to people who hold none of ``roles``; raises NotAllowed after recording the attempt."""
    who = me()
    if who is None or not who.roles & set(roles):
        engine().execute(RefusePage(request.path, roles), actor())


def may_see(connection: sa.Connection, row: Any) -> bool:
    """Say whether who is logged in takes part in an instance (its row), stands in for somebody who does, or may see all."""
    who = me()
    if who is None:
        return False
    if who.roles & WIDE or any(instances.took_part(connection, row, person) for person in (who.id, *who.represented)):
        return True
    c, u = t.task_candidate.c, t.user_task.c
    return bool(connection.scalar(sa.select(c.task_id).join(t.user_task, u.id == c.task_id).where(
        u.instance_id == row.id, c.role_id.in_(list(who.roles))).limit(1)))

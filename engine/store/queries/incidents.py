"""Read what went wrong and who has to see to it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.store import schema as t

Row = sa.Row[Any]


def page(connection: sa.Connection, *, resolved: bool = False, after: str = "", limit: int = 50) -> list[Row]:
    """Return incidents with the titles of their instances, the newest first; ``after`` is the last id of the page before."""
    i, p = t.incident.c, t.process_instance.c
    query = (sa.select(t.incident, p.title, p.business_key).outerjoin(t.process_instance, p.id == i.instance_id)
             .where(i.resolved_at.is_not(None) if resolved else i.resolved_at.is_(None)).order_by(i.id.desc()).limit(limit))
    if after:
        query = query.where(i.id < after)
    return list(connection.execute(query))


def count_open(connection: sa.Connection, most: int = 100) -> int:
    """Return how many incidents are open, counted up to ``most``."""
    few = sa.select(t.incident.c.id).where(t.incident.c.resolved_at.is_(None)).limit(most).subquery()
    return int(connection.scalar(sa.select(sa.func.count()).select_from(few)) or 0)

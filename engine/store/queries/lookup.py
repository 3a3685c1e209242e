"""What expressions ask about the work that goes on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.store import schema as t


def open_tasks(connection: sa.Connection, person: str, but: str) -> list[dict[str, Any]]:
    """Return the open tasks assigned to a person, the oldest first, without those of the instance ``but``; ``due`` is ISO 8601 or null."""
    u = t.user_task.c
    rows = connection.execute(sa.select(u.id, u.name, u.process_key, u.title, u.instance_id, u.due_at).where(
        u.assignee == person, u.state == "open", u.instance_id != but).order_by(u.created_at, u.id))
    return [{"task": row.id, "name": row.name, "process": row.process_key, "title": row.title, "instance": row.instance_id,
             "due": row.due_at.isoformat() if row.due_at else None} for row in rows]

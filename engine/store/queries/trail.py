"""Read what people decided in an instance, in order: the approval trail of documents and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.store import schema as t
from engine.store.queries import organisation


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did: ``kind`` is started, task, transferred, withdrawn or cancelled; people are ids with their names."""

    kind: str
    at: datetime
    person: str
    person_name: str
    on_behalf_of: str = ""
    on_behalf_of_name: str = ""
    element: str = ""
    name: str = ""
    outcome: str = ""
    comment: str = ""


def trail(connection: sa.Connection, instance: Any) -> list[Deed]:
    """Return the deeds of an instance (its row), the oldest first; an empty person is the system."""
    u = t.user_task.c
    tasks = list(connection.execute(sa.select(t.user_task).where(u.instance_id == instance.id, u.state == "completed")
                                    .order_by(u.completed_at, u.token)))
    end = _end(connection, instance)
    people = {instance.initiator, *(row.completed_by for row in tasks), *(row.on_behalf_of for row in tasks)}
    people |= {end.actor} if end is not None else set()
    names = organisation.names(connection, (person for person in people if person))
    found = [Deed("started", instance.started_at, instance.initiator, names.get(instance.initiator, ""))]
    found += [Deed("task", row.completed_at, row.completed_by or "", names.get(row.completed_by, ""), row.on_behalf_of or "",
                   names.get(row.on_behalf_of, ""), row.element, row.name, row.outcome or "", row.comment or "") for row in tasks]
    if end is not None:
        reason = orjson.loads(end.private)["command"].get("reason", "") if end.private else ""
        found.append(Deed(instance.state, end.at, end.actor, names.get(end.actor, ""), comment=reason))
    return found


def _end(connection: sa.Connection, instance: Any) -> Any:
    """Return the link that cancelled or withdrew an instance."""
    if instance.state not in {"cancelled", "withdrawn"}:
        return None
    h = t.history.c
    return connection.execute(sa.select(h.at, h.actor, h.private).where(h.stream == instance.id, h.kind == "Cancel")
                              .order_by(h.seq.desc()).limit(1)).first()

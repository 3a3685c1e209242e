"""Read the history as auditors do: instances found by what they say, streams in order, links page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import schema as t

Row = sa.Row[Any]
PAGE = 50
LINKS = 100


@dataclass(frozen=True, slots=True)
class InstanceQuestion:
    """What an auditor looks for; times are bounds of the start, ``after`` is the id of the last instance of the page before."""

    search: str = ""
    process: str = ""
    state: str = ""
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""


def instances(connection: sa.Connection, question: InstanceQuestion, limit: int = PAGE) -> list[Row]:
    """Return instances, the newest first; ids sort by time."""
    i = t.process_instance.c
    query = sa.select(i.id, i.process_key, i.title, i.business_key, i.state, i.initiator, i.started_at, i.ended_at, i.history_count,
                      i.version_id).order_by(i.id.desc()).limit(limit)
    for word in question.search.lower().split()[:8]:
        query = query.where(sa.or_(i.search.contains(word, autoescape=True), i.id == word))
    if question.process:
        query = query.where(i.process_key == question.process)
    if question.state:
        query = query.where(i.state == question.state)
    if question.person:
        u = t.user_task.c
        did = sa.select(u.instance_id).where(u.completed_by == question.person)
        query = query.where(sa.or_(i.initiator == question.person, i.id.in_(did)))
    if question.since is not None:
        query = query.where(i.started_at >= question.since)
    if question.until is not None:
        query = query.where(i.started_at < question.until)
    if question.after:
        query = query.where(i.id < question.after)
    return list(connection.execute(query))


def other_streams(connection: sa.Connection) -> list[Row]:
    """Return the streams that are not instances, with how many links they have."""
    h = t.history_head.c
    return list(connection.execute(sa.select(h.stream, h.count).order_by(h.stream)))


def count_streams(connection: sa.Connection) -> int:
    """Return how many streams should be there."""
    return sum(int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
               for table in (t.process_instance, t.history_head))


def streams_after(connection: sa.Connection, after: str, limit: int) -> list[str]:
    """Return the next streams in order, those included of which only links are left."""
    found: set[str] = set()
    for column in (t.process_instance.c.id, t.history_head.c.stream, t.history.c.stream):
        found |= set(connection.scalars(sa.select(column).where(column > after).distinct().order_by(column).limit(limit)))
    return sorted(found)[:limit]


def links(connection: sa.Connection, stream: str, after: int = 0, limit: int = LINKS) -> list[Row]:
    """Return links of a stream in order, those after number ``after``."""
    h = t.history.c
    return list(connection.execute(sa.select(t.history).where(h.stream == stream, h.seq > after).order_by(h.seq).limit(limit)))


def all_links(connection: sa.Connection, stream: str) -> Iterator[Row]:
    """Return all links of a stream in order, one after the other, for a file."""
    query = sa.select(t.history).where(t.history.c.stream == stream).order_by(t.history.c.seq)
    yield from connection.execute(query.execution_options(yield_per=200))


def link(connection: sa.Connection, stream: str, seq: int) -> Row | None:
    """Return one link."""
    h = t.history.c
    return connection.execute(sa.select(t.history).where(h.stream == stream, h.seq == seq)).first()


def last_checkpoint(connection: sa.Connection) -> sa.Row[Any, Any, Any] | None:
    """Return the newest checkpoint."""
    c = t.checkpoint.c
    return connection.execute(sa.select(c.seq, c.at, c.leaf).order_by(c.seq.desc()).limit(1)).first()

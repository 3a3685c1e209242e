"""The statements of the write side, one named function each; they run inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store import schema as t

Row = sa.Row[Any]


def _upsert(connection: sa.Connection, table: sa.Table) -> Any:
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


# --- instances ---

_INSTANCE = sa.select(t.process_instance).where(t.process_instance.c.id == sa.bindparam("key"))
_INSTANCE_LOCKED = _INSTANCE.with_for_update()


def instance(connection: sa.Connection, instance_id: str, *, lock: bool = False) -> Row | None:
    """Return the row of an instance, locked until the end of the transaction if asked."""
    return connection.execute(_INSTANCE_LOCKED if lock else _INSTANCE, {"key": instance_id}).first()


_INSERT_INSTANCE = sa.insert(t.process_instance)


def insert_instance(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Insert the row of a new instance."""
    connection.execute(_INSERT_INSTANCE, values)


_UPDATE_INSTANCE = (
    sa.update(t.process_instance).where(t.process_instance.c.id == sa.bindparam("key"))
    .values({name: sa.bindparam(name) for name in (
        "state", "title", "business_key", "ended_at", "revision", "snapshot", "search", "history_count", "history_head",
        "history_seal")})
)


def update_instance(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Write what a step changed; ``key`` is the instance id."""
    connection.execute(_UPDATE_INSTANCE, values)


_CHILDREN = sa.select(t.process_instance.c.id, t.process_instance.c.parent_token).where(
    t.process_instance.c.parent_id == sa.bindparam("key"), t.process_instance.c.ended_at.is_(None))


def running_children(connection: sa.Connection, instance_id: str, token: int) -> list[str]:
    """Return the instances that this one has called at ``token`` and that run."""
    return [row.id for row in connection.execute(_CHILDREN, {"key": instance_id}) if row.parent_token == token]


# --- user tasks ---

_TASK = sa.select(t.user_task).where(t.user_task.c.id == sa.bindparam("key"))
_TASK_LOCKED = _TASK.with_for_update()


def user_task(connection: sa.Connection, task_id: str, *, lock: bool = False) -> Row | None:
    """Return the row of a user task."""
    return connection.execute(_TASK_LOCKED if lock else _TASK, {"key": task_id}).first()


EVERYTHING = frozenset({"candidate", "excluded", "draft", "job"})
"""The kinds of rows that can stand around a task."""
_EXISTS = [sa.exists().where(where).label(f"has_{name}") for name, where in (
    ("candidate", t.task_candidate.c.task_id == t.user_task.c.id), ("excluded", t.task_excluded.c.task_id == t.user_task.c.id),
    ("draft", t.draft.c.subject == t.user_task.c.id),
    ("job", sa.and_(t.job.c.instance_id == t.user_task.c.instance_id, t.job.c.token == t.user_task.c.token)))]
_TASK_AND_INSTANCE = (
    sa.select(t.user_task, *(c.label(f"instance__{c.name}") for c in t.process_instance.c), *_EXISTS,
              sa.select(sa.func.max(t.calendar_version.c.version)).scalar_subquery().label("calendar"),
              sa.select(t.history_head.c.count).where(t.history_head.c.stream == "organisation").scalar_subquery().label("organisation"))
    .select_from(t.process_instance).join(t.user_task, t.user_task.c.instance_id == t.process_instance.c.id)
    .where(t.user_task.c.id == sa.bindparam("key"))
    .with_for_update(of=[t.process_instance, t.user_task])  # the instance first: every step locks in this order
)


@dataclass(frozen=True, slots=True)
class TaskAtHand:
    """A task and its instance, both locked; ``around`` names the kinds of rows that stand around the task.

    ``calendar`` is the version of the calendar in force, ``organisation`` how often people and roles have changed.
    """

    task: Row
    instance: dict[str, Any]
    around: frozenset[str]
    calendar: int
    organisation: int


def task_at_hand(connection: sa.Connection, task_id: str) -> TaskAtHand | None:
    """Return a user task with its instance in one statement, locked until the end of the transaction; None when there is no such task."""
    row = connection.execute(_TASK_AND_INSTANCE, {"key": task_id}).first()
    if row is None:
        return None
    found = row._mapping
    return TaskAtHand(row, {c.name: found[f"instance__{c.name}"] for c in t.process_instance.c},
                      frozenset(name for name in EVERYTHING if found[f"has_{name}"]), found["calendar"] or 0,
                      found["organisation"] or 0)


_INSERT_TASK = sa.insert(t.user_task)
_INSERT_CANDIDATE = sa.insert(t.task_candidate)
_INSERT_EXCLUDED = sa.insert(t.task_excluded)


def insert_user_task(connection: sa.Connection, values: Mapping[str, Any], candidates: Sequence[str],
                     excluded: Iterable[str]) -> None:
    """Insert an open task with its candidate roles and the people whom four eyes keep out."""
    connection.execute(_INSERT_TASK, values)
    insert_candidates(connection, values["id"], candidates, values["due_at"])
    out = [{"task_id": values["id"], "person_id": person} for person in excluded]
    if out:
        connection.execute(_INSERT_EXCLUDED, out)


def insert_candidates(connection: sa.Connection, task_id: str, candidates: Sequence[str], due_at: datetime | None) -> None:
    """Insert the candidate roles of an open task."""
    rows = [{"task_id": task_id, "role_id": role, "due_at": due_at} for role in candidates]
    if rows:
        connection.execute(_INSERT_CANDIDATE, rows)


_END_TASK = (
    sa.update(t.user_task).where(t.user_task.c.id == sa.bindparam("key"))
    .values({name: sa.bindparam(name) for name in (
        "state", "completed_at", "completed_by", "on_behalf_of", "outcome", "comment")})
)
_DELETE_CANDIDATES = sa.delete(t.task_candidate).where(t.task_candidate.c.task_id == sa.bindparam("key"))
_DELETE_EXCLUDED = sa.delete(t.task_excluded).where(t.task_excluded.c.task_id == sa.bindparam("key"))
_DELETE_DRAFTS = sa.delete(t.draft).where(t.draft.c.subject == sa.bindparam("key"))


def end_user_task(connection: sa.Connection, task_id: str, state: str, at: datetime, *, by: str | None = None,
                  on_behalf_of: str | None = None, outcome: str | None = None, comment: str | None = None,
                  around: frozenset[str] = EVERYTHING) -> None:
    """Close a task, and forget who could have done it and what was drafted; ``around``: only these kinds of rows exist."""
    key = {"key": task_id}
    connection.execute(_END_TASK, {**key, "state": state, "completed_at": at, "completed_by": by,
                                   "on_behalf_of": on_behalf_of or None, "outcome": outcome, "comment": comment or None})
    for name, statement in (("candidate", _DELETE_CANDIDATES), ("excluded", _DELETE_EXCLUDED), ("draft", _DELETE_DRAFTS)):
        if name in around:
            connection.execute(statement, key)


def delete_candidates(connection: sa.Connection, task_id: str) -> None:
    """Forget the candidate roles of a task."""
    connection.execute(_DELETE_CANDIDATES, {"key": task_id})


_EXCLUDED = sa.select(t.task_excluded.c.person_id).where(t.task_excluded.c.task_id == sa.bindparam("key"))
_CANDIDATES = sa.select(t.task_candidate.c.role_id).where(t.task_candidate.c.task_id == sa.bindparam("key"))


def excluded(connection: sa.Connection, task_id: str) -> frozenset[str]:
    """Return whom four eyes keep out of a task."""
    return frozenset(connection.scalars(_EXCLUDED, {"key": task_id}))


def candidates(connection: sa.Connection, task_id: str) -> tuple[str, ...]:
    """Return the candidate roles of an open task."""
    return tuple(connection.scalars(_CANDIDATES, {"key": task_id}))


def assign(connection: sa.Connection, task_id: str, person: str | None, how: str, role: str | None = None) -> None:
    """Write who has a task, and how that came about."""
    values: dict[str, Any] = {"assignee": person, "assigned_by": how}
    if role is not None:
        values["role"] = role
    connection.execute(sa.update(t.user_task).where(t.user_task.c.id == task_id).values(values))


_RETITLE = sa.update(t.user_task).where(
    t.user_task.c.instance_id == sa.bindparam("key"), t.user_task.c.state == "open"
).values(title=sa.bindparam("new_title"), search=sa.bindparam("new_search"), summary=sa.bindparam("new_summary"))


def retitle_open_tasks(connection: sa.Connection, instance_id: str, title: str, search: str, summary: Any) -> None:
    """Let the open tasks of an instance show its new title and summary."""
    connection.execute(_RETITLE, {"key": instance_id, "new_title": title, "new_search": search, "new_summary": summary})


# --- jobs ---

_INSERT_JOB = sa.insert(t.job)
_DELETE_JOB = sa.delete(t.job).where(t.job.c.id == sa.bindparam("key"))
_DELETE_JOBS_AT = sa.delete(t.job).where(t.job.c.instance_id == sa.bindparam("key"), t.job.c.token == sa.bindparam("at"))
_DELETE_JOBS_OF = sa.delete(t.job).where(t.job.c.instance_id == sa.bindparam("key"))


def insert_job(connection: sa.Connection, **values: Any) -> None:
    """Insert a job row: ``id``, ``kind``, ``due_at`` and what the kind needs."""
    row = {"instance_id": None, "token": None, "element": "", "payload": {}, "attempts": 0, "failed": False, "lease_until": None,
           "calendar_version": 0, "planned_at": values["due_at"]} | values
    connection.execute(_INSERT_JOB, row)


def delete_job(connection: sa.Connection, job_id: str) -> None:
    """Delete a job; say whether it was there."""
    connection.execute(_DELETE_JOB, {"key": job_id})


def delete_jobs_at(connection: sa.Connection, instance_id: str, token: int) -> None:
    """Delete the jobs of one token."""
    connection.execute(_DELETE_JOBS_AT, {"key": instance_id, "at": token})


def delete_jobs_of(connection: sa.Connection, instance_id: str) -> None:
    """Delete all jobs of an instance."""
    connection.execute(_DELETE_JOBS_OF, {"key": instance_id})


def due_jobs(connection: sa.Connection, now: datetime, limit: int, kinds: Sequence[str] | None = None) -> list[Row]:
    """Return the jobs that are due, the oldest first; a leased one only after its lease."""
    j = t.job.c
    query = (sa.select(t.job).where(j.due_at <= now, ~j.failed, sa.or_(j.lease_until.is_(None), j.lease_until <= now))
             .order_by(j.due_at, j.id).limit(limit))
    if kinds is not None:
        query = query.where(j.kind.in_(kinds))
    return list(connection.execute(query))


def lock_job(connection: sa.Connection, job_id: str) -> Row | None:
    """Return a job that no other worker holds, locked until the end of the transaction; None when another one has it."""
    return connection.execute(sa.select(t.job).where(t.job.c.id == job_id).with_for_update(skip_locked=True)).first()


def change_job(connection: sa.Connection, job_id: str, **values: Any) -> None:
    """Write attempts, lease, the next try or the final failure of a job."""
    connection.execute(sa.update(t.job).where(t.job.c.id == job_id).values(values))


def next_job_at(connection: sa.Connection) -> datetime | None:
    """Return when the next job is due."""
    found: datetime | None = connection.scalar(sa.select(sa.func.min(t.job.c.due_at)).where(~t.job.c.failed))
    return found


# --- messages and signals ---


def insert_subscription(connection: sa.Connection, **values: Any) -> None:
    """Write that a token waits for a message or signal."""
    connection.execute(sa.insert(t.subscription), values)


def delete_subscription(connection: sa.Connection, instance_id: str, token: int) -> None:
    """Write that a token waits no more."""
    s = t.subscription.c
    connection.execute(sa.delete(t.subscription).where(s.instance_id == instance_id, s.token == token))


def delete_subscriptions_of(connection: sa.Connection, instance_id: str) -> None:
    """Forget all that an instance waits for."""
    connection.execute(sa.delete(t.subscription).where(t.subscription.c.instance_id == instance_id))


def subscriptions(connection: sa.Connection, kind: str, name: str, correlation: str | None = None) -> list[Row]:
    """Return who waits, the longest first."""
    s = t.subscription.c
    query = sa.select(t.subscription).where(s.kind == kind, s.name == name).order_by(s.since, s.instance_id, s.token)
    if correlation is not None:
        query = query.where(s.correlation == correlation)
    return list(connection.execute(query))


def start_subscriptions(connection: sa.Connection, kind: str, name: str) -> list[Row]:
    """Return the processes that a message or signal starts."""
    s = t.start_subscription.c
    return list(connection.execute(sa.select(t.start_subscription).where(s.kind == kind, s.name == name)
                                   .order_by(s.process_key, s.element)))


def insert_message(connection: sa.Connection, **values: Any) -> None:
    """Keep a message that nobody waits for yet."""
    connection.execute(sa.insert(t.message), values)


def take_message(connection: sa.Connection, name: str, correlation: str) -> Row | None:
    """Take the oldest kept message for a new receiver."""
    m = t.message.c
    found = connection.execute(sa.select(t.message).where(m.name == name, m.correlation == correlation)
                               .order_by(m.sent_at, m.id).limit(1).with_for_update(skip_locked=True)).first()
    if found is not None:
        connection.execute(sa.delete(t.message).where(m.id == found.id))
    return found


def lock_message(connection: sa.Connection, name: str, correlation: str) -> None:
    """Let nobody else send or await this message until the transaction ends: else both sides could miss each other.

    SQLite has one writer at a time; PostgreSQL takes an advisory lock.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_LOCK_MESSAGE, {"name": f"message {name} {correlation}"})


_LOCK_MESSAGE = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("name"), 0)))


def delete_message(connection: sa.Connection, message_id: str) -> Row | None:
    """Delete a kept message and return what it was."""
    found = connection.execute(sa.select(t.message).where(t.message.c.id == message_id)).first()
    connection.execute(sa.delete(t.message).where(t.message.c.id == message_id))
    return found


# --- incidents, copies, notifications, comments ---


def insert_incident(connection: sa.Connection, **values: Any) -> None:
    """Write an incident that an administrator must see."""
    row = {"instance_id": None, "process_key": "", "element": "", "token": None, "job_id": None, "task_id": None,
           "resolved_at": None, "resolved_by": None} | values
    connection.execute(sa.insert(t.incident), row)


def open_incident(connection: sa.Connection, incident_id: str) -> Row | None:
    """Return an incident that is not resolved."""
    i = t.incident.c
    return connection.execute(sa.select(t.incident).where(i.id == incident_id, i.resolved_at.is_(None))).first()


def resolve_incidents(connection: sa.Connection, at: datetime, by: str, **where: Any) -> None:
    """Resolve the open incidents that match the columns given."""
    i = t.incident.c
    connection.execute(sa.update(t.incident).where(i.resolved_at.is_(None), *(i[k] == v for k, v in where.items()))
                       .values(resolved_at=at, resolved_by=by))


def open_incidents(connection: sa.Connection, kind: str) -> list[Row]:
    """Return the open incidents of a kind, the oldest first."""
    i = t.incident.c
    return list(connection.execute(sa.select(t.incident).where(i.kind == kind, i.resolved_at.is_(None)).order_by(i.at)))


def insert_copy(connection: sa.Connection, **values: Any) -> None:
    """Give a person a copy of an instance; a second copy makes the first one unread again."""
    statement = _upsert(connection, t.copy).values({"read_at": None, **values})
    connection.execute(statement.on_conflict_do_update(index_elements=["instance_id", "person_id"],
                                                       set_={"at": values["at"], "element": values["element"], "read_at": None}))


def insert_notification(connection: sa.Connection, **values: Any) -> None:
    """Tell a person something."""
    connection.execute(sa.insert(t.notification), {"read_at": None, "params": {}, "instance_id": "", "task_id": "", **values})


def insert_comment(connection: sa.Connection, **values: Any) -> None:
    """Keep a remark on an instance."""
    connection.execute(sa.insert(t.comment), values)


def insert_attachment_use(connection: sa.Connection, **values: Any) -> None:
    """Write that an instance refers to a file."""
    connection.execute(_upsert(connection, t.attachment_use).values(values).on_conflict_do_nothing())


# --- registers, counters, receipts, drafts ---


def upsert_register_entry(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Write a register row."""
    statement = _upsert(connection, t.register_entry).values(dict(values))
    changed = {k: statement.excluded[k] for k in ("content", "sort", "search", "person_id", "changed_at", "history_seq")}
    connection.execute(statement.on_conflict_do_update(index_elements=["register_id", "instance_id"], set_=changed))


def delete_register_entry(connection: sa.Connection, register_id: str, instance_id: str) -> None:
    """Take a register row away."""
    r = t.register_entry.c
    connection.execute(sa.delete(t.register_entry).where(r.register_id == register_id, r.instance_id == instance_id))


_ENTRIES = sa.select(t.register_entry.c.register_id, t.register_entry.c.content).where(
    t.register_entry.c.instance_id == sa.bindparam("key"))


def register_entries(connection: sa.Connection, instance_id: str) -> dict[str, Any]:
    """Return the register rows of an instance by register."""
    return {row.register_id: row.content for row in connection.execute(_ENTRIES, {"key": instance_id})}


def register_contents(connection: sa.Connection, register_id: str, person_id: str | None, but: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (instance, content) of a register's rows, of one person if asked, the oldest first, without those of the instance ``but``."""
    r = t.register_entry.c
    query = sa.select(r.instance_id, r.content).where(r.register_id == register_id, r.instance_id != but).order_by(r.instance_id)
    if person_id is not None:
        query = query.where(r.person_id == person_id)
    return [(row.instance_id, row.content) for row in connection.execute(query)]


def next_number(connection: sa.Connection, name: str) -> int:
    """Return the next number of a counter, from 1 without gaps: the row stays locked until the transaction ends."""
    statement = _upsert(connection, t.counter).values(name=name, value=1)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": t.counter.c.value + 1})
    return int(connection.execute(statement.returning(t.counter.c.value)).scalar_one())


def receipt(connection: sa.Connection, request_id: str) -> Row | None:
    """Return what a request was answered, if it was carried out already."""
    return connection.execute(sa.select(t.receipt).where(t.receipt.c.request_id == request_id)).first()


def insert_receipt(connection: sa.Connection, request_id: str, at: datetime, result: Any) -> None:
    """Keep what a request was answered."""
    connection.execute(sa.insert(t.receipt), {"request_id": request_id, "at": at, "result": result})


def save_draft(connection: sa.Connection, person: str, subject: str, content: Any, at: datetime) -> None:
    """Keep what a person has typed so far."""
    statement = _upsert(connection, t.draft).values(person_id=person, subject=subject, content=content, saved_at=at)
    connection.execute(statement.on_conflict_do_update(index_elements=["person_id", "subject"],
                                                       set_={"content": statement.excluded.content, "saved_at": at}))


def delete_draft(connection: sa.Connection, person: str, subject: str) -> None:
    """Forget a draft."""
    connection.execute(sa.delete(t.draft).where(t.draft.c.person_id == person, t.draft.c.subject == subject))


# --- history ---

_INSERT_LINK = sa.insert(t.history)


def insert_link(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Append one link of a stream."""
    connection.execute(_INSERT_LINK, values)


def head(connection: sa.Connection, stream: str) -> Row | None:
    """Return the end of a stream that is not an instance, locked."""
    return connection.execute(sa.select(t.history_head).where(t.history_head.c.stream == stream).with_for_update()).first()


def write_head(connection: sa.Connection, stream: str, count: int, leaf: bytes, seal: bytes) -> None:
    """Write the end of a stream that is not an instance."""
    statement = _upsert(connection, t.history_head).values(stream=stream, count=count, head=leaf, seal=seal)
    connection.execute(statement.on_conflict_do_update(index_elements=["stream"], set_={"count": count, "head": leaf, "seal": seal}))


def mark_for_checkpoint(connection: sa.Connection, stream: str) -> None:
    """Let the next checkpoint mention a stream."""
    connection.execute(_upsert(connection, t.pending_checkpoint).values(stream=stream).on_conflict_do_nothing())


# --- calendar and settings ---


def newest_calendar(connection: sa.Connection) -> Row | None:
    """Return the calendar in force."""
    c = t.calendar_version
    return connection.execute(sa.select(c).order_by(c.c.version.desc()).limit(1)).first()


def calendar(connection: sa.Connection, version: int) -> Row | None:
    """Return one version of the calendar."""
    return connection.execute(sa.select(t.calendar_version).where(t.calendar_version.c.version == version)).first()


def newest_calendar_version(connection: sa.Connection) -> int:
    """Return the number of the calendar in force, 0 when there is none."""
    return int(connection.scalar(_NEWEST_CALENDAR) or 0)


_NEWEST_CALENDAR = sa.select(sa.func.max(t.calendar_version.c.version))


def insert_calendar(connection: sa.Connection, version: int, at: datetime, by: str, content: Any) -> None:
    """Keep a new version of the calendar."""
    connection.execute(sa.insert(t.calendar_version), {"version": version, "at": at, "by": by, "content": content})


# --- definitions ---


def current_version(connection: sa.Connection, process_key: str) -> str | None:
    """Return the id of the version that new instances begin with."""
    v = t.process_version.c
    found: str | None = connection.scalar(sa.select(v.id).where(v.process_key == process_key, v.current))
    return found


def version(connection: sa.Connection, version_id: str) -> Row | None:
    """Return a version."""
    return connection.execute(sa.select(t.process_version).where(t.process_version.c.id == version_id)).first()


def current_versions(connection: sa.Connection) -> list[Row]:
    """Return all versions that new instances begin with."""
    v = t.process_version
    return list(connection.execute(sa.select(v).where(v.c.current).order_by(v.c.process_key)))


def resources(connection: sa.Connection, hashes: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of files by hash."""
    r = t.resource.c
    return {row.hash: row.content for row in connection.execute(sa.select(t.resource).where(r.hash.in_(list(hashes))))}


def insert_resource(connection: sa.Connection, digest: str, content: bytes) -> None:
    """Keep a file by its hash."""
    connection.execute(_upsert(connection, t.resource).values(hash=digest, content=content).on_conflict_do_nothing())


def insert_version(connection: sa.Connection, **values: Any) -> int:
    """Make a version the current one of its process and return its number."""
    v = t.process_version.c
    key = values["process_key"]
    number = int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(v.number), 0)).where(v.process_key == key)) or 0) + 1
    connection.execute(sa.update(t.process_version).where(v.process_key == key).values(current=False))
    connection.execute(sa.insert(t.process_version), {**values, "number": number, "current": True})
    return number


def make_current(connection: sa.Connection, process_key: str, version_id: str) -> None:
    """Make an older version the current one again."""
    v = t.process_version.c
    connection.execute(sa.update(t.process_version).where(v.process_key == process_key).values(current=v.id == version_id))


def replace_start_subscriptions(connection: sa.Connection, process_key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what starts a process from now on."""
    s = t.start_subscription
    connection.execute(sa.delete(s).where(s.c.process_key == process_key))
    if rows:
        connection.execute(sa.insert(s), list(rows))


def delete_start_jobs(connection: sa.Connection, process_key: str) -> None:
    """Forget the timers that start a process."""
    j = t.job.c
    connection.execute(sa.delete(t.job).where(j.kind == "start", j.element.like(f"{process_key}/%")))


def role_ids(connection: sa.Connection) -> dict[str, str]:
    """Return the ids of the roles by id and by name."""
    rows = list(connection.execute(sa.select(t.role.c.id, t.role.c.name)))
    return {row.name: row.id for row in rows} | {row.id: row.id for row in rows}


# --- looking back ---


def last_notification(connection: sa.Connection, task_id: str, kind: str) -> datetime | None:
    """Return when people were last told something about a task."""
    n = t.notification.c
    found: datetime | None = connection.scalar(
        sa.select(n.at).where(n.task_id == task_id, n.kind == kind).order_by(n.at.desc()).limit(1))
    return found


def sole_tasks(connection: sa.Connection, person: str) -> list[str]:
    """Return the open tasks that a person has because nobody else held the role."""
    u = t.user_task.c
    return list(connection.scalars(sa.select(u.id).where(u.assignee == person, u.state == "open", u.assigned_by == "sole")))

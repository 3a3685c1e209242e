"""The tables: instances and what is projected from their events, definitions, organisation, history.

Times are UTC, stored as sortable ISO 8601 text; keys are text (UUIDv7, content hashes or the names people gave), so that no
sequence is needed and any number of processes can insert.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as ``2026-03-02T01:00:00.000000Z``: sortable, and readable in any SQL shell."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ARG002
        """Write; raise ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Only times with a zone are stored.")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Read."""
        return None if value is None else datetime.fromisoformat(value)


Json = sa.JSON(none_as_null=True)
Blob = sa.LargeBinary
Text = sa.Text


def _table(name: str, *items: Any) -> sa.Table:
    return sa.Table(name, metadata, *items)


def _key(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, Text, primary_key=True)


# --- organisation -------------------------------------------------------------------------------------------------------

person = _table(
    "person",
    _key(),  # the login, which never changes
    sa.Column("name", Text, nullable=False),
    sa.Column("name_en", Text, nullable=False, default=""),
    sa.Column("email", Text, nullable=False, default=""),
    sa.Column("department", Text, nullable=False, default=""),
    sa.Column("attributes", Json, nullable=False),  # evidence-backed facts that expressions read, e.g. work_start
    sa.Column("active", sa.Boolean, nullable=False, default=True),
    sa.Column("language", Text, nullable=False, default=""),
    sa.Column("preferences", Json, nullable=False),
    sa.Column("password", Text, nullable=False, default=""),  # argon2id; empty: cannot log in
    sa.Column("failed_logins", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", Instant),
    sa.Column("session_epoch", sa.Integer, nullable=False, default=0),  # raising it ends all sessions
)
role = _table(
    "role",
    _key(),
    sa.Column("name", Text, nullable=False),
    sa.Column("name_en", Text, nullable=False, default=""),
    sa.Column("kind", Text, nullable=False, default="regulation"),  # regulation | system
    sa.Column("fallback", Json, nullable=False),  # role ids asked in turn when four eyes leave nobody
)
membership = _table(
    "membership",
    sa.Column("person_id", Text, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("role_id", Text, sa.ForeignKey("role.id"), primary_key=True, index=True),
)
substitution = _table(
    "substitution",
    _key(),
    sa.Column("person_id", Text, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("substitute_id", Text, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant),
    sa.Column("reason", Text, nullable=False, default=""),
)

# --- definitions --------------------------------------------------------------------------------------------------------

resource = _table(
    "resource",
    _key("hash"),  # SHA-256 of the content, hexadecimal
    sa.Column("content", Blob, nullable=False),
)
process_version = _table(
    "process_version",
    _key(),  # SHA-256 over the manifest: the same files are the same version
    sa.Column("process_key", Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("manifest", Json, nullable=False),  # {path: hash of resource}
    sa.Column("main", Text, nullable=False),  # path of the diagram in the manifest
    sa.Column("deployed_at", Instant, nullable=False),
    sa.Column("deployed_by", Text, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("startable", sa.Boolean, nullable=False, default=True),
    sa.UniqueConstraint("process_key", "number"),
)
start_subscription = _table(
    "start_subscription",  # what begins an instance of the current version: timers are jobs, the others rows here
    sa.Column("process_key", Text, primary_key=True),
    sa.Column("element", Text, primary_key=True),
    sa.Column("kind", Text, nullable=False),  # message | signal
    sa.Column("name", Text, nullable=False, index=True),
)

# --- instances ----------------------------------------------------------------------------------------------------------

process_instance = _table(
    "process_instance",
    _key(),
    sa.Column("version_id", Text, nullable=False),
    sa.Column("process_key", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("title", Text, nullable=False, default=""),
    sa.Column("business_key", Text, nullable=False, default=""),
    sa.Column("initiator", Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("parent_id", Text),
    sa.Column("parent_token", sa.Integer),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("snapshot", Blob, nullable=False),
    sa.Column("search", Text, nullable=False, default=""),
    sa.Column("history_count", sa.Integer, nullable=False),
    sa.Column("history_head", Blob, nullable=False),
    sa.Column("history_seal", Blob, nullable=False),
    sa.Index("ix_process_instance_initiator_started", "initiator", "started_at"),
    sa.Index("ix_process_instance_key_started", "process_key", "started_at"),
    sa.Index("ix_process_instance_parent", "parent_id"),
    sa.Index("ix_process_instance_version_state", "version_id", "state"),
)
user_task = _table(
    "user_task",
    _key(),  # "<instance id>.<token>"
    sa.Column("instance_id", Text, nullable=False, index=True),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("process_key", Text, nullable=False),
    sa.Column("element", Text, nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("assignee", Text),
    sa.Column("assigned_by", Text, nullable=False, default=""),  # sole | initiator | expression | claim | transfer
    sa.Column("role", Text, nullable=False, default=""),
    sa.Column("title", Text, nullable=False, default=""),
    sa.Column("initiator", Text, nullable=False, default=""),
    sa.Column("summary", Json, nullable=False),
    sa.Column("search", Text, nullable=False, default=""),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("follow_up_at", Instant),
    sa.Column("deadline", Json),  # the ledger: budget, used, pauses, calendar version
    sa.Column("completed_at", Instant),
    sa.Column("completed_by", Text),
    sa.Column("on_behalf_of", Text),
    sa.Column("outcome", Text),
    sa.Column("comment", Text),
    sa.Index("ix_user_task_assignee_open", "assignee", "due_at", sqlite_where=sa.text("state = 'open'"),
             postgresql_where=sa.text("state = 'open'")),
    sa.Index("ix_user_task_completed_by", "completed_by", "completed_at"),
)
task_candidate = _table(
    "task_candidate",  # only of open tasks
    sa.Column("task_id", Text, primary_key=True),
    sa.Column("role_id", Text, primary_key=True),
    sa.Column("due_at", Instant),  # repeated here, so that a group's list is one index walk
    sa.Index("ix_task_candidate_role_due", "role_id", "due_at"),
)
task_excluded = _table(
    "task_excluded",  # only of open tasks: whom four eyes keep out
    sa.Column("task_id", Text, primary_key=True),
    sa.Column("person_id", Text, primary_key=True),
)
draft = _table(
    "draft",
    sa.Column("person_id", Text, primary_key=True),
    sa.Column("subject", Text, primary_key=True),  # task id, or "start:<process key>"
    sa.Column("content", Json, nullable=False),
    sa.Column("saved_at", Instant, nullable=False),
)
subscription = _table(
    "subscription",
    sa.Column("instance_id", Text, primary_key=True),
    sa.Column("token", sa.Integer, primary_key=True),
    sa.Column("kind", Text, nullable=False),  # message | signal
    sa.Column("name", Text, nullable=False),
    sa.Column("correlation", Text, nullable=False, default=""),
    sa.Column("since", Instant, nullable=False),
    sa.Index("ix_subscription_name", "kind", "name", "correlation"),
)
message = _table(
    "message",  # sent, and nobody waited yet
    _key(),
    sa.Column("name", Text, nullable=False),
    sa.Column("correlation", Text, nullable=False),
    sa.Column("payload", Json),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("sender", Text, nullable=False, default=""),
    sa.Index("ix_message_name", "name", "correlation"),
)
job = _table(
    "job",
    _key(),
    sa.Column("kind", Text, nullable=False),  # timer | reminder | service | start | expiry
    sa.Column("instance_id", Text, index=True),
    sa.Column("token", sa.Integer),
    sa.Column("element", Text, nullable=False, default=""),
    sa.Column("due_at", Instant, nullable=False, index=True),  # when it is asked for; moved on by a retry
    sa.Column("planned_at", Instant, nullable=False),  # when it was to happen
    sa.Column("payload", Json, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("failed", sa.Boolean, nullable=False, default=False),
    sa.Column("lease_until", Instant),
    sa.Column("calendar_version", sa.Integer, nullable=False, default=0),
)
incident = _table(
    "incident",
    _key(),
    sa.Column("instance_id", Text, index=True),
    sa.Column("process_key", Text, nullable=False, default=""),
    sa.Column("element", Text, nullable=False, default=""),
    sa.Column("token", sa.Integer),
    sa.Column("job_id", Text),
    sa.Column("task_id", Text),
    sa.Column("kind", Text, nullable=False),
    sa.Column("template", Text, nullable=False),
    sa.Column("params", Json, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("resolved_at", Instant),
    sa.Column("resolved_by", Text),
)
comment = _table(
    "comment",
    _key(),
    sa.Column("instance_id", Text, nullable=False, index=True),
    sa.Column("person_id", Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("text", Text, nullable=False),
)
copy = _table(
    "copy",
    sa.Column("instance_id", Text, primary_key=True),
    sa.Column("person_id", Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("element", Text, nullable=False, default=""),
    sa.Column("read_at", Instant),
    sa.Index("ix_copy_person_at", "person_id", "at"),
)
notification = _table(
    "notification",
    _key(),
    sa.Column("person_id", Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", Text, nullable=False),  # reminder | urge | escalation | cancelled | completed
    sa.Column("instance_id", Text, nullable=False, default=""),
    sa.Column("task_id", Text, nullable=False, default=""),
    sa.Column("params", Json, nullable=False),
    sa.Column("read_at", Instant),
    sa.Index("ix_notification_person_at", "person_id", "at"),
)
attachment = _table(
    "attachment",
    _key("fingerprint"),  # SHA-256 of the content, hexadecimal
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", Text, nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("uploaded_at", Instant, nullable=False),
    sa.Column("uploaded_by", Text, nullable=False),
)
attachment_use = _table(
    "attachment_use",
    sa.Column("fingerprint", Text, primary_key=True),
    sa.Column("instance_id", Text, primary_key=True, index=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("element", Text, nullable=False, default=""),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", Text, nullable=False),
)
register_entry = _table(
    "register_entry",
    sa.Column("register_id", Text, primary_key=True),
    sa.Column("instance_id", Text, primary_key=True),
    sa.Column("content", Json, nullable=False),  # {column id: value}
    sa.Column("sort", Text, nullable=False, default=""),
    sa.Column("search", Text, nullable=False, default=""),
    sa.Column("person_id", Text, nullable=False, default=""),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("history_seq", sa.Integer, nullable=False, default=0),
    sa.Index("ix_register_entry_sort", "register_id", "sort"),
    sa.Index("ix_register_entry_person", "register_id", "person_id"),
    sa.Index("ix_register_entry_instance", "instance_id"),
)
counter = _table("counter", _key("name"), sa.Column("value", sa.BigInteger, nullable=False))
receipt = _table(
    "receipt",  # what a command with a request id answered, so that asking twice does it once
    _key("request_id"),
    sa.Column("at", Instant, nullable=False),
    sa.Column("result", Json),
)
calendar_version = _table(
    "calendar_version",
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", Text, nullable=False),
    sa.Column("content", Json, nullable=False),
)
setting = _table("setting", _key("name"), sa.Column("value", Json))

# --- history ------------------------------------------------------------------------------------------------------------

history = _table(
    "history",
    sa.Column("stream", Text, primary_key=True),  # instance id, or organisation | deployment | access | calendar
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("payload", Text, nullable=False),  # canonical JSON; personal data only as a commitment
    sa.Column("private", Text),  # canonical JSON that the commitment is over; may be erased
    sa.Column("salt", Blob),
    sa.Column("leaf", Blob, nullable=False),
)
history_head = _table(
    "history_head",  # of the streams that are not instances
    _key("stream"),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("head", Blob, nullable=False),
    sa.Column("seal", Blob, nullable=False),
)
checkpoint = _table(
    "checkpoint",  # which streams had grown to where: makes a stream that vanishes whole be missed
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("payload", Text, nullable=False),
    sa.Column("leaf", Blob, nullable=False),
    sa.Column("seal", Blob, nullable=False),
)
pending_checkpoint = _table("pending_checkpoint", _key("stream"))

"""Append to the chained history, set checkpoints, and verify that nobody changed it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.domain.chain import EMPTY, commitment, leaf, seal
from engine.errors import N_
from engine.store import repository
from engine.store import schema as t
from engine.store.database import dumps


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a stream: how many links, and the leaf of the last one."""

    count: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that verification found wrong; ``template`` and ``params`` make the sentence, ``seq`` is 0 for the stream itself."""

    stream: str
    seq: int
    template: str
    params: dict[str, Any]

    def __str__(self) -> str:
        return self.template % self.params


def append(connection: sa.Connection, stream: str, head: Head, at: datetime, actor: str, kind: str, payload: dict[str, Any],
           private: dict[str, Any] | None, salt: bytes | None = None) -> Head:
    """Write the next link of ``stream`` and return the new head; ``private`` is bound by a salted commitment only."""
    hidden = None
    if private is not None:
        hidden = dumps(private)
        salt = salt or secrets.token_bytes(16)
        payload = {**payload, "private": commitment(salt, hidden)}
    text = dumps(payload)
    seq = head.count + 1
    digest = leaf(head.leaf, stream, seq, at, actor, kind, text)
    repository.insert_link(connection, {"stream": stream, "seq": seq, "at": at, "actor": actor, "kind": kind, "payload": text,
                                        "private": hidden, "salt": salt, "leaf": digest})
    return Head(seq, digest)


def record(connection: sa.Connection, key: bytes, stream: str, at: datetime, actor: str, kind: str, payload: dict[str, Any],
           private: dict[str, Any] | None = None) -> None:
    """Append to a stream that is not an instance (organisation, deployment, access, calendar), whose head is kept beside it."""
    row = repository.head(connection, stream)
    head = Head(row._mapping["count"], row.head) if row is not None else Head(0, EMPTY)
    head = append(connection, stream, head, at, actor, kind, payload, private)
    repository.write_head(connection, stream, head.count, head.leaf, seal(key, stream, head.count, head.leaf))
    if head.count == 1:
        repository.mark_for_checkpoint(connection, stream)


def checkpoint(connection: sa.Connection, key: bytes, at: datetime, *, everything: bool = False) -> int:
    """Write which streams have grown to where; return how many are mentioned. ``everything``: the daily anchor over all streams."""
    streams = [s for s, in connection.execute(sa.select(t.pending_checkpoint.c.stream).order_by(t.pending_checkpoint.c.stream))]
    heads = {stream: head for stream, head in _heads(connection, None if everything else streams)}
    if not heads:
        return 0
    last = connection.execute(sa.select(t.checkpoint).order_by(t.checkpoint.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.leaf) if last is not None else (1, EMPTY)
    text = dumps({"streams": {s: [h.count, h.leaf.hex()] for s, h in heads.items()}, "all": everything})
    digest = leaf(previous, "checkpoint", seq, at, "", "checkpoint", text)
    connection.execute(sa.insert(t.checkpoint), {"seq": seq, "at": at, "payload": text, "leaf": digest,
                                                 "seal": seal(key, "checkpoint", seq, digest)})
    connection.execute(sa.delete(t.pending_checkpoint).where(t.pending_checkpoint.c.stream.in_(streams)))
    return len(heads)


def _heads(connection: sa.Connection, streams: list[str] | None) -> Iterator[tuple[str, Head]]:
    i, h = t.process_instance.c, t.history_head.c
    one = sa.select(i.id, i.history_count, i.history_head)
    two = sa.select(h.stream, h.count, h.head)
    if streams is not None:
        for start in range(0, len(streams), 500):
            some = streams[start:start + 500]
            for query in (one.where(i.id.in_(some)), two.where(h.stream.in_(some))):
                for stream, count, digest in connection.execute(query):
                    yield stream, Head(count, digest)
        return
    for query in (one, two):
        for stream, count, digest in connection.execute(query):
            yield stream, Head(count, digest)


# --- verification ---


def verify_stream(connection: sa.Connection, key: bytes, stream: str) -> list[Finding]:
    """Check the links of one stream, its end, its seal, and for an instance the stored state and the tables projected from it."""
    i = t.process_instance
    instance = connection.execute(sa.select(i).where(i.c.id == stream)).first()
    if instance is not None:
        end = (instance.history_count, instance.history_head, instance.history_seal)
    else:
        row = connection.execute(sa.select(t.history_head).where(t.history_head.c.stream == stream)).first()
        if row is None:
            known = connection.scalar(sa.select(sa.func.count()).select_from(t.history).where(t.history.c.stream == stream))
            return [Finding(stream, 0, N_("The end of the stream %(stream)s is missing, while %(count)d links are there."),
                            {"stream": stream, "count": known})]
        end = (row.count, row.head, row.seal)
    links = list(connection.execute(sa.select(t.history).where(t.history.c.stream == stream).order_by(t.history.c.seq)))
    findings = _check_links(stream, links, end, key)
    if instance is not None and not findings:
        findings += _check_state(connection, instance, links)
    return findings


def _check_links(stream: str, links: list[Any], end: tuple[int, bytes, bytes], key: bytes) -> list[Finding]:
    findings: list[Finding] = []
    previous, expected = EMPTY, 1
    broken = False
    for link in links:
        if link.seq != expected:
            findings.append(Finding(stream, expected, N_("Link %(expected)d of %(stream)s is missing: %(found)d follows."),
                                    {"expected": expected, "found": link.seq, "stream": stream}))
            broken = True
        digest = leaf(previous, stream, link.seq, link.at, link.actor, link.kind, link.payload)
        if not broken and digest != link.leaf:
            findings.append(Finding(stream, link.seq, N_("Link %(seq)d of %(stream)s (%(kind)s, %(at)s) is not what was recorded."),
                                    {"seq": link.seq, "stream": stream, "kind": link.kind, "at": link.at.isoformat()}))
            broken = True
        elif broken and leaf(link_before.leaf if (link_before := _before(links, link)) else EMPTY, stream, link.seq, link.at,
                             link.actor, link.kind, link.payload) != link.leaf:
            findings.append(Finding(stream, link.seq, N_("Link %(seq)d of %(stream)s doesn't follow the one before it."),
                                    {"seq": link.seq, "stream": stream}))
        findings += _check_private(stream, link)
        previous, expected = link.leaf, link.seq + 1
    count, head, sealed = end
    if count != expected - 1:
        findings += [Finding(stream, seq, N_("Link %(seq)d of %(stream)s is missing at the end."), {"seq": seq, "stream": stream})
                     for seq in range(expected, min(count, expected + 20) + 1)]
        findings.append(Finding(stream, 0, N_("%(stream)s should have %(count)d links, and has %(found)d."),
                                {"stream": stream, "count": count, "found": len(links)}))
    elif head != previous:
        findings.append(Finding(stream, count, N_("The last link of %(stream)s is not the one that was recorded as its end."),
                                {"stream": stream}))
    if not hmac.compare_digest(seal(key, stream, count, head), sealed):
        findings.append(Finding(stream, 0, N_("The seal of %(stream)s doesn't fit: its end was changed without the key."),
                                {"stream": stream}))
    return findings


def _before(links: list[Any], link: Any) -> Any:
    position = links.index(link)
    return links[position - 1] if position else None


def _check_private(stream: str, link: Any) -> list[Finding]:
    committed = orjson.loads(link.payload).get("private") if link.payload.startswith("{") else None
    if link.private is None:  # never had any, or erased on purpose: the commitment stays
        return []
    if committed is None or link.salt is None or commitment(link.salt, link.private) != committed:
        return [Finding(stream, link.seq, N_("The personal data of link %(seq)d of %(stream)s are not what was recorded."),
                        {"seq": link.seq, "stream": stream})]
    return []


def state_digest(salt: bytes, snapshot: bytes) -> str:
    """Return the salted hash of a stored state, as the link that produced it carries it."""
    return hashlib.sha256(b"\x03" + salt + snapshot).hexdigest()


def _check_state(connection: sa.Connection, instance: Any, links: list[Any]) -> list[Finding]:
    stream = instance.id
    last = next((link for link in reversed(links) if "state" in orjson.loads(link.payload)), None)
    findings: list[Finding] = []
    if last is not None and state_digest(last.salt, bytes(instance.snapshot)) != orjson.loads(last.payload)["state"]:
        findings.append(Finding(stream, last.seq, N_("The stored state of %(stream)s is not the one that link %(seq)d left."),
                                {"stream": stream, "seq": last.seq}))
    recorded: dict[str, tuple[str, Any, Any]] = {}
    for link in links:
        for event in orjson.loads(link.payload).get("events", ()):
            task = f"{stream}.{event.get('token')}"
            if event["kind"] == "task_created":
                recorded[task] = ("open", None, None)
            elif event["kind"] == "task_completed":
                recorded[task] = ("completed", event["data"]["by"], event["data"]["outcome"])
            elif event["kind"] == "task_withdrawn":
                recorded[task] = ("cancelled", None, None)
    u = t.user_task.c
    stored = {row.id: (row.state, row.completed_by if row.state == "completed" else None,
                       row.outcome if row.state == "completed" else None)
              for row in connection.execute(sa.select(u.id, u.state, u.completed_by, u.outcome).where(u.instance_id == stream))}
    for task in recorded.keys() | stored.keys():
        if recorded.get(task) != stored.get(task):
            findings.append(Finding(stream, 0, N_("The task %(task)s is stored otherwise than the history of %(stream)s tells."),
                                    {"task": task, "stream": stream}))
    return findings


def verify_checkpoints(connection: sa.Connection, key: bytes) -> list[Finding]:
    """Check the chain of checkpoints, and that every stream which one mentions is still there and at least as long."""
    findings: list[Finding] = []
    previous, expected = EMPTY, 1
    for row in connection.execute(sa.select(t.checkpoint).order_by(t.checkpoint.c.seq)):
        digest = leaf(previous, "checkpoint", row.seq, row.at, "", "checkpoint", row.payload)
        if row.seq != expected or digest != row.leaf or not hmac.compare_digest(seal(key, "checkpoint", row.seq, digest), row.seal):
            findings.append(Finding("checkpoint", row.seq, N_("Checkpoint %(seq)d is not what was recorded, or one before it is gone."),
                                    {"seq": row.seq}))
        for stream, (count, head) in orjson.loads(row.payload)["streams"].items():
            found = connection.scalar(sa.select(t.history.c.leaf).where(t.history.c.stream == stream, t.history.c.seq == count))
            if found is None or found.hex() != head:
                findings.append(Finding(stream, count, N_(
                    "Checkpoint %(seq)d saw link %(count)d of %(stream)s, which is gone or is another one now."),
                    {"seq": row.seq, "count": count, "stream": stream}))
        previous, expected = row.leaf, row.seq + 1
    return findings


def streams(connection: sa.Connection) -> list[str]:
    """Return all streams: of instances, of the others, and any that links are left of."""
    found = set(connection.scalars(sa.select(t.process_instance.c.id)))
    found |= set(connection.scalars(sa.select(t.history_head.c.stream)))
    found |= set(connection.scalars(sa.select(t.history.c.stream).distinct()))
    return sorted(found)


def verify_all(connection: sa.Connection, key: bytes, progress: Any = None) -> list[Finding]:
    """Check every stream and the checkpoints; ``progress(done, total)`` is called now and then."""
    names = streams(connection)
    findings = verify_checkpoints(connection, key)
    for number, stream in enumerate(names, 1):
        findings += verify_stream(connection, key, stream)
        if progress is not None and (number % 50 == 0 or number == len(names)):
            progress(number, len(names))
    return findings

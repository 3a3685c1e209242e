"""The pages of auditors: find an instance, read its history link by link, verify it or the whole database, take it along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for

from engine import history
from engine.commands.access import RecordAccess
from engine.errors import N_, NotFound
from engine.history import Finding
from engine.store import repository
from engine.store.queries import history as queries
from engine.store.queries.history import InstanceQuestion
from web import views
from web.access import only_for
from web.auth import actor, engine

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
ROLES = ("auditor", "administrator")
STEP = 100
"""Streams that are verified between two reports of progress."""
STATES = ("running", "completed", "cancelled", "withdrawn", "failed")


@blueprint.before_request
def protect() -> None:
    """Let auditors and administrators in."""
    only_for(*ROLES)


@blueprint.get("/")
def index() -> Any:
    """Find instances by what they say, who took part, when and how they ended."""
    given = request.args
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    question = InstanceQuestion(
        given.get("q", "").strip()[:200], given.get("process", ""), given.get("state", ""), given.get("person", ""),
        _begins(since) if since else None, _begins(until + timedelta(days=1)) if until else None, given.get("after", ""))
    with engine().database.reading() as connection:
        found = queries.instances(connection, question)
        definitions = {d.key: d for d in engine().definitions.all_current(connection)}
        others = queries.other_streams(connection)
        checkpoint = queries.last_checkpoint(connection)
    return render_template("audit/index.html", found=found, definitions=definitions, others=others, checkpoint=checkpoint,
                           states=STATES, given=given, more=len(found) == queries.PAGE)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), engine().zone).astimezone(UTC)


@blueprint.get("/streams/<stream>")
def stream(stream: str) -> Any:
    """Show a stream link by link, with what was recorded in each; the look is recorded too."""
    after = request.args.get("after", "")
    after_seq = int(after) if after.isdecimal() else 0
    with engine().database.reading() as connection:
        instance = repository.instance(connection, stream)
        links = queries.links(connection, stream, after_seq)
        findings = history.verify_stream(connection, engine().settings.history_key, stream) if request.args.get("verify") else None
        definition = engine().definitions.get(connection, instance.version_id) if instance is not None else None
    if instance is None and not links and not after_seq and findings is None:
        raise NotFound(N_("There is no history of %(stream)s."), stream=stream[:80])
    if findings is not None:
        _record_verdict(stream, findings)
    elif not after_seq:
        engine().execute(RecordAccess("history_read", stream), actor())
    return render_template("audit/stream.html", stream=stream, instance=instance, definition=definition, links=links, findings=findings,
                           bad={f.seq for f in findings or ()}, told=_told, pretty=_pretty, more=len(links) == queries.LINKS,
                           sentence=views.sentence)


def _record_verdict(stream: str, findings: list[Finding]) -> None:
    engine().execute(RecordAccess("verified", stream, {"findings": len(findings)}), actor())


def _told(link: Any) -> list[tuple[str, str]]:
    """Return what a link tells in short: the events with their elements, or the first facts of the payload."""
    payload = orjson.loads(link.payload)
    if "events" in payload:
        return [(event["kind"], event.get("element") or "") for event in payload["events"]]
    return [(key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) for key, value in payload.items()
            if key != "private"][:6]


def _pretty(text: str | None) -> str:
    return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode() if text else ""


@blueprint.get("/streams/<stream>.jsonl")
def download(stream: str) -> Response:
    """Give a stream as JSON lines, with all that is needed to verify it elsewhere."""
    engine().execute(RecordAccess("history_exported", stream), actor())
    response = Response(stream_with_context(_lines(stream)), mimetype="application/x-ndjson")
    response.headers.set("Content-Disposition", "attachment", filename=f"history-{stream}.jsonl")
    return response


def _lines(stream: str) -> Iterator[bytes]:
    with engine().database.reading() as connection:
        for link in queries.all_links(connection, stream):
            yield orjson.dumps({
                "stream": link.stream, "seq": link.seq, "at": link.at.isoformat(), "actor": link.actor, "kind": link.kind,
                "payload": link.payload, "private": link.private, "salt": link.salt.hex() if link.salt else None,
                "leaf": link.leaf.hex()}, option=orjson.OPT_APPEND_NEWLINE)


@blueprint.get("/verify")
def verify() -> Any:
    """Show the verification of the whole database; the page asks step by step and shows how far it is."""
    with engine().database.reading() as connection:
        total = queries.count_streams(connection)
        checkpoint = queries.last_checkpoint(connection)
    return render_template("audit/verify.html", total=total, checkpoint=checkpoint, findings=None, done=0)


@blueprint.post("/verify")
def verify_all() -> Any:
    """Verify everything at once, for browsers without scripts."""
    with engine().database.reading() as connection:
        total = queries.count_streams(connection)
        findings = history.verify_all(connection, engine().settings.history_key)
        checkpoint = queries.last_checkpoint(connection)
    _record_verdict("*", findings)
    return render_template("audit/verify.html", total=total, checkpoint=checkpoint, findings=findings, done=total, sentence=views.sentence)


@blueprint.post("/verify/step")
def verify_step() -> Any:
    """Verify the next streams after ``after``; the last step verifies the checkpoints and records the verdict."""
    after = request.form.get("after", "")
    so_far = request.form.get("found", "0")
    with engine().database.reading() as connection:
        key = engine().settings.history_key
        names = queries.streams_after(connection, after, STEP)
        findings = [finding for name in names for finding in history.verify_stream(connection, key, name)]
        over = len(names) < STEP
        if over:
            findings += history.verify_checkpoints(connection, key)
    if over:
        count = len(findings) + (int(so_far) if so_far.isdecimal() else 0)
        engine().execute(RecordAccess("verified", "*", {"findings": count}), actor())
    return {"done": len(names), "after": names[-1] if names else after, "over": over,
            "findings": [{"stream": f.stream, "seq": f.seq, "sentence": views.sentence(f)} for f in findings]}


@blueprint.get("/instance/<instance_id>")
def instance(instance_id: str) -> Any:
    """Lead from an instance to its stream."""
    return redirect(url_for("audit.stream", stream=instance_id))

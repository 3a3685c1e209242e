"""What the system itself needs: incidents to settle, jobs that wait, settings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import clock
from engine.commands.incident import SETTLED_BY_HAND, ResolveIncident
from engine.commands.process_instance import RetryIncident
from engine.errors import Problem
from engine.store.queries import admin as queries
from engine.store.queries import incidents as incident_queries
from engine.store.queries import organisation
from web import language, views
from web.access import only_for
from web.auth import actor, engine

PAGE = 50
JOB_KINDS = ("timer", "reminder", "service", "start", "expiry")


def add_to(blueprint: Blueprint) -> None:
    """Add the pages of this module."""
    blueprint.add_url_rule("/incidents", "incidents", incidents, methods=["GET", "POST"])
    blueprint.add_url_rule("/jobs", "jobs", jobs)
    blueprint.add_url_rule("/settings", "settings", settings)


def incidents() -> Any:
    """List incidents; retry one, or say that it is settled."""
    only_for("administrator")
    if request.method == "POST":
        identifier = request.form.get("incident", "")
        if request.form.get("verb") == "resolve":
            engine().execute(ResolveIncident(identifier, request.form.get("note", "")), actor())
            flash(language.translate("已标记为解决。"))
        else:
            engine().execute(RetryIncident(identifier), actor())
            with engine().database.reading() as connection:
                still = any(row.id == identifier for row in incident_queries.page(connection, limit=1_000))
            flash(language.translate("已重试，但问题仍在。") if still else language.translate("已重试，问题已解决。"))
        return redirect(url_for("admin.incidents"))
    resolved = request.args.get("show") == "resolved"
    with engine().database.reading() as connection:
        found = incident_queries.page(connection, resolved=resolved, after=request.args.get("after", ""), limit=PAGE)
        roles = organisation.roles(connection)
    return render_template("admin/incidents.html", found=found, resolved=resolved, more=len(found) == PAGE, by_hand=SETTLED_BY_HAND,
                           sentence=lambda row: _sentence(row, {r.id: r.name for r in roles}))


def _sentence(row: Any, roles: dict[str, str]) -> str:
    params = dict(row.params)
    if isinstance(params.get("role"), str):
        params["role"] = "、".join(roles.get(word.strip(), word.strip()) for word in params["role"].split(","))
    return views.sentence(Problem(row.template, params))


def jobs() -> Any:
    """List what waits for its time, and what failed for good."""
    only_for("administrator")
    kind = request.args.get("kind", "")
    failed = request.args.get("show") == "failed"
    with engine().database.reading() as connection:
        found = queries.jobs(connection, kind=kind if kind in JOB_KINDS else "", failed=failed)
        definitions = {d.key: d for d in engine().definitions.all_current(connection)}
    return render_template("admin/jobs.html", found=found, kind=kind, kinds=JOB_KINDS, failed=failed, definitions=definitions, now=clock.now())


def settings() -> Any:
    """Show how this installation is set up, and how large it has grown."""
    only_for("administrator")
    with engine().database.reading() as connection:
        sizes = queries.table_sizes(connection)
    return render_template("admin/settings.html", settings=engine().settings, sizes=sizes, database=engine().database.url)

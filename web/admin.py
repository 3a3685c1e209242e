"""The pages of administrators and auditors: people, incidents, deployments, calendar, verification."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import history
from engine.commands.calendar import SetCalendarDays
from engine.commands.deployment import Deploy
from engine.commands.organisation import ImportPeople, SavePerson, SetPassword
from engine.commands.process_instance import RetryIncident
from engine.domain.calendar import CalendarDay, DayKind
from engine.errors import N_, InvalidInput, NotAllowed
from engine.process_engine import Work
from engine.store import schema as t
from engine.store.queries import instances
from web import language, views
from web.auth import actor, engine, me

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


class Page:
    """Refuse a page to those without one of its roles, on record."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles
        self.subject = request.path

    def run(self, work: Work) -> None:  # noqa: ARG002
        """Refuse."""
        if not me().roles & set(self.roles):
            raise NotAllowed(N_("This page is for %(roles)s."), roles=", ".join(self.roles))


def _for(*roles: str) -> None:
    if not me().roles & set(roles):
        engine().execute(Page(*roles), actor())


@blueprint.route("/people", methods=["GET", "POST"])
def people() -> Any:
    """Keep people and their roles, one by one or by CSV."""
    _for("administrator")
    if request.method == "POST":
        if request.files.get("csv"):
            done = engine().execute(ImportPeople(request.files["csv"].read()), actor())
            flash(language.translate("已导入 %(n)d 人。", n=len(done)))
        else:
            login = request.form.get("login", "").strip()
            engine().execute(SavePerson(login, request.form.get("name") or None, tuple(request.form.getlist("roles")),
                                        request.form.get("name_en"), active=request.form.get("active") == "on"), actor())
            if request.form.get("password"):
                engine().execute(SetPassword(login, request.form["password"]), actor())
            flash(language.translate("已完成。"))
        return redirect(url_for("admin.people"))
    with engine().database.reading() as connection:
        rows = list(connection.execute(sa.select(t.person).order_by(t.person.c.id)))
        roles = list(connection.execute(sa.select(t.role).order_by(t.role.c.kind, t.role.c.id)))
        held: dict[str, list[str]] = {}
        for m in connection.execute(sa.select(t.membership)):
            held.setdefault(m.person_id, []).append(m.role_id)
    return render_template("admin/people.html", rows=rows, roles=roles, held=held)


@blueprint.route("/incidents", methods=["GET", "POST"])
def incidents() -> Any:
    """See what is stuck, and try again."""
    _for("administrator")
    if request.method == "POST":
        engine().execute(RetryIncident(request.form.get("incident", "")), actor())
        flash(language.translate("已重试。"))
        return redirect(url_for("admin.incidents"))
    with engine().database.reading() as connection:
        i = t.incident
        rows = list(connection.execute(sa.select(i).where(i.c.resolved_at.is_(None)).order_by(i.c.at.desc()).limit(200)))
        jobs = list(connection.execute(sa.select(t.job).order_by(t.job.c.due_at).limit(100)))
    return render_template("admin/incidents.html", rows=rows, jobs=jobs,
                           sentence=lambda r: language.translate(r.template) % r.params)


@blueprint.route("/deployments", methods=["GET", "POST"])
def deployments() -> Any:
    """See the versions; deploy the uploaded files."""
    _for("administrator", "process_owner")
    report = None
    if request.method == "POST":
        files = {}
        for file in request.files.getlist("files"):
            path = request.form.get("folder", "").strip().strip("/")
            if not path.startswith(("processes", "forms")) or ".." in path:
                raise InvalidInput(N_("The folder must begin with processes/ or forms/."))
            if file.filename:
                files[f"{path}/{file.filename.rsplit('/', 1)[-1]}"] = file.read()
        report = engine().execute(Deploy(files, "upload"), actor())
    with engine().database.reading() as connection:
        v = t.process_version
        rows = list(connection.execute(sa.select(v).order_by(v.c.process_key, v.c.number.desc())))
    return render_template("admin/deployments.html", rows=rows, report=report)


@blueprint.route("/calendar/<int:year>", methods=["GET", "POST"])
def calendar(year: int) -> Any:
    """Show and change the working days of a year."""
    _for("administrator", "hr")
    with engine().database.reading() as connection:
        current = engine().calendar(connection)
    if request.method == "POST":
        try:
            day, kind = date.fromisoformat(request.form.get("day", "")), DayKind(request.form.get("kind", ""))
        except ValueError as error:
            raise InvalidInput(N_("A date or time was expected.")) from error
        days = [d for d in current.days.values() if d.day.year == year and d.day != day]
        engine().execute(SetCalendarDays(year, (*days, CalendarDay(day, kind, request.form.get("name", "")))), actor())
        flash(language.translate("已完成。"))
        return redirect(url_for("admin.calendar", year=year))
    days = sorted((d for d in current.days.values() if d.day.year == year), key=lambda d: d.day)
    return render_template("admin/calendar.html", year=year, days=days, kinds=list(DayKind), version=current.version)


@blueprint.get("/audit")
def audit() -> Any:
    """Find an instance and see its history, link by link; verify one or all."""
    _for("auditor", "administrator")
    stream = request.args.get("stream", "").strip()
    findings, links, verified = None, [], 0
    with engine().database.reading() as connection:
        key = engine().settings.history_key
        if request.args.get("verify") == "all":
            findings = history.verify_all(connection, key)
            verified = len(history.streams(connection))
        elif stream:
            findings = history.verify_stream(connection, key, stream)
            verified = 1
        if stream:
            links = instances.links(connection, stream)
        i = t.process_instance
        query = sa.select(i).order_by(i.c.started_at.desc()).limit(50)
        if request.args.get("q"):
            query = query.where(i.c.search.contains(request.args["q"].lower(), autoescape=True))
        found = list(connection.execute(query))
    return render_template("admin/audit.html", stream=stream, findings=findings, links=links, verified=verified, found=found,
                           events=lambda link: [e["kind"] + (" " + e["element"] if e.get("element") else "")
                                                for e in orjson.loads(link.payload).get("events", ())], sentence=views.sentence)

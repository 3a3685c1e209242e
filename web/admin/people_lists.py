"""Lists of people and roles: download as CSV, change in a spreadsheet, look at what would change, take in."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import clock
from engine.commands.access import RecordAccess
from engine.commands.organisation import ImportPeople, ImportRoles
from engine.domain import people_file as files
from engine.errors import N_, EngineError, InvalidInput
from engine.store.queries import organisation as queries
from web import language
from web.access import only_for
from web.auth import actor, engine

COMMANDS: dict[str, Any] = {"people": ImportPeople, "roles": ImportRoles}
LARGEST = 300 * 1024
"""Bytes that travel through the page between the look and the import; longer lists are taken in by the command line."""


def add_to(blueprint: Blueprint) -> None:
    """Add the pages of this module."""
    for what in COMMANDS:
        blueprint.add_url_rule(f"/{what}.csv", "download", download, defaults={"what": what})
        blueprint.add_url_rule(f"/{what}/import", "import_list", import_list, methods=["GET", "POST"], defaults={"what": what})


def download(what: str) -> Response:
    """Give a list as CSV that can be taken in again, and record it."""
    only_for("administrator")
    with engine().database.reading() as connection:
        if what == "people":
            found = queries.people(connection)
            extra = sorted({name for person in found for name in person.attributes})
            columns = ["login", "name", "name_en", "email", "department", "roles", "active", *(files.ATTRIBUTE + name for name in extra)]
            rows = [_person(person) for person in found]
        else:
            columns = ["id", "name", "name_en", "kind", "fallback"]
            rows = [{"id": r.id, "name": r.name, "name_en": r.name_en, "kind": r.kind, "fallback": ";".join(r.fallback)}
                    for r in queries.roles(connection)]
    engine().execute(RecordAccess("exported", what, {"rows": len(rows), "format": "csv"}), actor())
    response = Response(files.write(columns, rows), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{what}-{clock.now().astimezone(engine().zone):%Y%m%d}.csv")
    return response


def _person(person: queries.Person) -> dict[str, str]:
    return {"login": person.id, "name": person.name, "name_en": person.name_en, "email": person.email, "department": person.department,
            "roles": ";".join(person.roles), "active": "yes" if person.active else "no",
            **{files.ATTRIBUTE + name: str(value) for name, value in person.attributes.items()}}


def import_list(what: str) -> Any:
    """Look at what a list would change; take it in when that was confirmed."""
    only_for("administrator")
    report, content, error = None, b"", None
    if request.method == "POST":
        try:
            content = _content()
            confirmed = bool(request.form.get("content"))
            report = engine().execute(COMMANDS[what](content, not confirmed, _name(what)), actor())
            if confirmed:
                flash(language.translate("已导入：新增 %(new)d，修改 %(changed)d。", new=len(report.created), changed=len(report.changed)))
                return redirect(url_for(f"admin.{what}"))
        except EngineError as found:
            error = found
    return render_template("admin/import.html", what=what, report=report, error=error, content=base64.b64encode(content).decode(),
                           columns=files.PEOPLE if what == "people" else files.ROLES), 400 if error else 200


def _name(what: str) -> str:
    uploaded = request.files.get("file")
    return (uploaded.filename if uploaded is not None else None) or f"{what}.csv"


def _content() -> bytes:
    if request.form.get("content"):
        try:
            return base64.b64decode(request.form["content"], validate=True)
        except binascii.Error as error:
            raise InvalidInput(N_("The list did not arrive whole; choose the file again.")) from error
    uploaded = request.files.get("file")
    content = uploaded.read(LARGEST + 1) if uploaded is not None else b""
    if not content:
        raise InvalidInput(N_("Choose a file."))
    if len(content) > LARGEST:
        raise InvalidInput(N_("The list is larger than %(limit)d KiB; take it in by the command line."), limit=LARGEST // 1024)
    return content

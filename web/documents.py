"""Printed documents as PDF, and the page that their QR code opens: is what is on paper what the history says?"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from engine import clock, history, printing
from engine.commands.access import RecordAccess
from engine.definition import Definition
from engine.errors import N_, NotFound
from engine.store import repository
from engine.store.queries import history as queries
from web import language
from web.access import may_see
from web.auth import actor, engine

blueprint = Blueprint("documents", __name__)
HIDDEN = N_("There is no instance %(id)s.")


@blueprint.get("/documents/<instance_id>/<document_id>.pdf")
def pdf(instance_id: str, document_id: str) -> Response:
    """Print a document of an instance that one may see, and record it."""
    with engine().database.reading() as connection:
        row = repository.instance(connection, instance_id)
        if row is None or not may_see(connection, row):
            raise NotFound(HIDDEN, id=instance_id)
        definition = engine().definitions.get(connection, row.version_id)
        printed = printing.print_document(
            engine(), connection, instance_id, document_id, translate=lambda text: translated(definition, text), now=clock.now(),
            verify_url=(engine().settings.public_url or request.host_url.rstrip("/")) + "/verify/{instance}/{count}/{head}")
    engine().execute(RecordAccess("printed", f"{instance_id}/{document_id}", {"link": printed.history_count}), actor())
    response = Response(printed.content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment" if request.args.get("save") else "inline", filename=printed.file_name)
    return response


def translated(definition: Definition, text: str) -> str:
    """Return a text of the site or of a definition in the language of the request."""
    found = language.translate(text)
    return language.text(definition, found) if found == text else found


@blueprint.get("/verify/<instance_id>/<int:count>/<head>")
def verify(instance_id: str, count: int, head: str) -> Any:
    """Tell whoever holds a printed document whether the history had that end, still has it, and what came after."""
    with engine().database.reading() as connection:
        row = repository.instance(connection, instance_id)
        link = queries.link(connection, instance_id, count)
        findings = history.verify_stream(connection, engine().settings.history_key, instance_id) if row is not None else []
        visible = row is not None and may_see(connection, row)
    fits = link is not None and len(head) >= 16 and link.leaf.hex().startswith(head.lower())
    return render_template("audit/paper.html", row=row, count=count, head=head, link=link, fits=fits, findings=findings,
                           visible=visible), 200 if row is not None else 404

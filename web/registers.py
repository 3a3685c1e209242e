"""The pages of registers: a list, a table with filters for every column, search, totals, and Excel files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request
from werkzeug.utils import secure_filename

from engine import clock, spreadsheet
from engine.commands.access import RecordAccess
from engine.definition import Definition
from engine.domain.register import Column, Register
from engine.errors import N_, NotFound
from engine.store.queries import registers as queries
from engine.store.queries.registers import Filter, Question
from web import language, views
from web.auth import actor, engine, me

blueprint = Blueprint("registers", __name__)
EVERYTHING = "auditor"
"""Who holds this role sees every register."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/registers")
def index() -> Any:
    """List the registers that one may see."""
    with engine().database.reading() as connection:
        found = _visible(connection)
        counts = queries.counts(connection, [register.id for _, register in found])
    return render_template("registers/list.html", found=found, counts=counts, counted=queries.COUNTED)


def _visible(connection: sa.Connection) -> list[tuple[Definition, Register]]:
    who = me()
    roles = who.roles if who is not None else frozenset()
    return [(definition, register) for definition in engine().definitions.all_current(connection) for register in definition.registers
            if EVERYTHING in roles or roles & set(register.roles)]


def _register(connection: sa.Connection, register_id: str) -> tuple[Definition, Register]:
    for definition, register in _visible(connection):
        if register.id == register_id:
            return definition, register
    raise NotFound(N_("There is no register %(id)s for you."), id=register_id)


@blueprint.get("/registers/<register_id>")
def table(register_id: str) -> Any:
    """Show a register."""
    with engine().database.reading() as connection:
        definition, register = _register(connection, register_id)
        question = _question(register, request.args)
        page = queries.page(connection, register, question)
        choices = {c.id: queries.choices(connection, register, c) for c in register.columns if c.type == "choice"}
    return render_template(
        "registers/table.html", definition=definition, register=register, page=page, question=question, choices=choices,
        shown=lambda column, value: shown(definition, column, value), link=_link, active=[f.column for f in question.filters],
        counted=queries.COUNTED, given=request.args)


@blueprint.get("/registers/<register_id>.xlsx")
def excel(register_id: str) -> Response:
    """Export what the page shows, all its pages, and record that it left the system."""
    with engine().database.reading() as connection:
        definition, register = _register(connection, register_id)
        question = _question(register, request.args)
        name = language.text(definition, register.name)
        columns = [spreadsheet.SheetColumn(language.text(definition, c.label), c.type, c.wide, c.total) for c in register.columns]
        content, count = spreadsheet.write(name, columns, _cells(connection, definition, register, question), engine().zone)
    engine().execute(RecordAccess("exported", register.id, {"rows": count, "format": "xlsx", "filters": sorted(
        {f.column for f in question.filters}), "search": bool(question.search)}), actor())
    response = Response(content, mimetype=EXCEL)
    local = clock.now().astimezone(engine().zone)
    response.headers.set("Content-Disposition", "attachment", filename=f"{secure_filename(register.id)}-{local:%Y%m%d-%H%M}.xlsx")
    return response


def _cells(connection: sa.Connection, definition: Definition, register: Register, question: Question) -> Iterator[list[Any]]:
    for entry in queries.entries(connection, register, question):
        yield [entry.content.get(c.id) if c.type in {"number", "money", "date", "datetime"} else shown(definition, c, entry.content.get(c.id))
               for c in register.columns]


def shown(definition: Definition, column: Column, value: Any) -> str:
    """Return a value as people read it, in the language of the request."""
    if value is None or value == "":
        return ""
    match column.type:
        case "person":
            return "、".join(views.person_name(part) for part in str(value).split("、"))
        case "boolean":
            return language.translate("是") if value else language.translate("否")
        case "money" if isinstance(value, int | float):
            return f"{value:,.2f}"
        case "number" if isinstance(value, float):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        case "datetime":
            return views.local(str(value))
        case "choice":
            return language.text(definition, value)
    return str(value)


def _question(register: Register, given: Mapping[str, str]) -> Question:
    """Read what is asked for; what makes no sense is left out, as a page must not break on an old link."""
    filters = tuple(found for column in register.columns if (found := _filter(column, given)) is not None)
    sort = given.get("sort", "")
    sort = sort if sort.lstrip("-") in {column.id for column in register.columns} else ""
    at = given.get("at", "")
    return Question(filters, given.get("q", "").strip()[:200], sort, min(int(at), 1_000_000) if at.isdecimal() else 0)


def _filter(column: Column, given: Mapping[str, str]) -> Filter | None:
    value = given.get(f"f.{column.id}", "").strip()[:200]
    least, most = (given.get(f"{bound}.{column.id}", "").strip()[:40] for bound in ("from", "to"))
    match column.type:
        case "boolean":
            return Filter(column.id, equals=value == "yes") if value in {"yes", "no"} else None
        case "choice":
            return Filter(column.id, equals=value) if value else None
        case "number" | "money":
            low, high = _number(least), _number(most)
            return Filter(column.id, least=low, most=high) if (low, high) != (None, None) else None
        case "date":
            first, last = _day(least), _day(most)
            return Filter(column.id, least=first.isoformat() if first else None, most=last.isoformat() if last else None) if first or last else None
        case "datetime":
            first, last = _day(least), _day(most)
            after = last + timedelta(days=1) if last else None
            return Filter(column.id, least=_begins(first), most=_begins(after)) if first or last else None
    return Filter(column.id, contains=value) if value else None


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e15 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _begins(day: date | None) -> str | None:
    """Return the moment at which a local day begins, as registers keep moments."""
    if day is None:
        return None
    return f"{datetime.combine(day, time(), engine().zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _link(**changes: Any) -> str:
    """Return the address of this register with other parameters; None takes one away."""
    kept = {k: v for k, v in request.args.items() if v and k != "at"} | changes
    return "?" + urlencode({k: v for k, v in kept.items() if v is not None and v != ""})

"""Take what people typed into a form: fill the options from the organisation, check, and refuse with a problem per field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import organisation
from engine.bpmn import timing
from engine.domain.calendar import Calendar
from engine.errors import N_, InvalidInput, NotFound, Problem
from engine.forms import fields, validate
from engine.store import schema as t


def options(connection: sa.Connection, source: str) -> list[dict[str, str]]:
    """Return the options of a field by its source: people, groups, departments or ``role:<id>``; NotFound for another one."""
    if source == "people" or source.startswith("role:"):
        query = sa.select(t.person.c.id, t.person.c.name).where(t.person.c.active).order_by(t.person.c.id)
        if source.startswith("role:"):
            query = query.where(t.person.c.id.in_([p for _, p in organisation.holders(connection, [source[5:]])]))
        return [{"value": row.id, "label": f"{row.name}"} for row in connection.execute(query)]
    if source in {"groups", "departments"}:
        query = sa.select(t.role.c.id, t.role.c.name).where(t.role.c.kind == "regulation").order_by(t.role.c.id)
        return [{"value": row.id, "label": row.name} for row in connection.execute(query)]
    raise NotFound(N_("A form asks for the options %(source)s, which don't exist."), source=source)


def with_options(connection: sa.Connection, schema: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the schema with the options of all fields whose ``properties.source`` names the organisation."""
    if schema is None:
        return None

    def filled(component: dict[str, Any]) -> dict[str, Any]:
        source = (component.get("properties") or {}).get("source")
        changed = {**component, "values": options(connection, source)} if source else dict(component)
        if isinstance(component.get("components"), list):
            changed["components"] = [filled(c) for c in component["components"]]
        return changed

    return filled(schema)


def checked(connection: sa.Connection, definition: Any, schema: dict[str, Any] | None, values: Mapping[str, Any],
            context: Mapping[str, Any], now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Return the values that count; raise InvalidInput with a problem per field (translated labels are the site's business)."""
    if schema is None:
        return {}
    found = validate(with_options(connection, schema), values, context, timing.functions(timing.Clock(now, calendar)))
    problems = list(found.problems)
    problems += _missing_files(connection, found.values)
    if problems:
        labels = {f["key"]: f.get("label", f["key"]) for f in fields(schema)}
        first = problems[0]
        raise InvalidInput(N_("%(field)s: %(reason)s"), problems=problems, field=labels.get(first.element, first.element),
                           reason=first.template % first.params if first.params else first.template)
    return found.values


def _missing_files(connection: sa.Connection, values: Mapping[str, Any]) -> list[Problem]:
    wanted: dict[str, str] = {}
    for key, value in values.items():
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict) and "fingerprint" in item:
                wanted[item["fingerprint"]] = key
    if not wanted:
        return []
    there = set(connection.scalars(sa.select(t.attachment.c.fingerprint).where(t.attachment.c.fingerprint.in_(list(wanted)))))
    return [Problem(N_("The file was not uploaded."), element=key, rule="form") for print_, key in wanted.items() if print_ not in there]

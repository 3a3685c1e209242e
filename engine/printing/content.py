"""Fill a declared document: its expressions become values, and values become the texts that are printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.domain.chinese_amount import in_words
from engine.domain.document import Document, Field, Section
from engine.errors import N_, ExpressionError, IncidentError, InvalidInput
from engine.feel import compile_expression, to_json
from engine.store.queries import organisation
from engine.store.queries.trail import Deed

Translate = Callable[[str], str]
MAX_ROWS = 1_000
LABELS = {
    "number": N_("No."), "printed": N_("Printed at"), "page": N_("Page %(page)s of %(pages)s"), "step": N_("Step"), "who": N_("Person"),
    "outcome": N_("Decision"), "comment": N_("Opinion"), "at": N_("Time"), "clauses": N_("Clauses of the regulation"),
    "fingerprint": N_("History of %(count)s links, fingerprint"), "verify": N_("Scan to verify"), "nothing": N_("Nothing yet"),
    "version": N_("%(process)s, version %(version)s"),
}
DEEDS = {"started": N_("Request made"), "withdrawn": N_("Withdrawn"), "cancelled": N_("Cancelled")}


@dataclass(frozen=True)
class Filled:
    """What expressions of a document read and call."""

    context: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]
    zone: ZoneInfo


@dataclass(frozen=True)
class Facts:
    """What is printed around the declared content; ``outcomes`` maps (element, outcome) to the label of the button."""

    process: str
    version: int
    instance_id: str
    number: str
    title: str
    clauses: str
    printed_at: datetime
    zone: ZoneInfo
    history_count: int
    history_head: str
    verify_url: str
    outcomes: Mapping[tuple[str, str], str]


def compose(connection: sa.Connection, document: Document, filled: Filled, deeds: list[Deed], facts: Facts,
            translate: Translate) -> dict[str, Any]:
    """Return all texts of a document as plain JSON, ready to be set.

    Raises IncidentError naming the field whose expression fails.
    """
    people = dict(organisation.names(connection, _ids(document, filled)))
    writer = _Writer(filled, people, facts, translate)
    label = {name: translate(text) for name, text in LABELS.items()}
    return {
        "name": translate(document.name), "number": facts.number, "title": facts.title,
        "footer": translate(document.footer) if document.footer else "",
        "clauses": facts.clauses, "printed_at": writer.moment(facts.printed_at),
        "process": label["version"] % {"process": translate(facts.process), "version": facts.version},
        "fingerprint": label["fingerprint"] % {"count": facts.history_count}, "head": facts.history_head,
        "url": facts.verify_url, "labels": label,
        "sections": [writer.section(section, deeds) for section in document.sections]}


def _ids(document: Document, filled: Filled) -> list[str]:
    """Return the ids of people that fields of type person give, to be asked for at once."""
    found: list[str] = []
    for section in document.sections:
        for one in section.fields:
            if one.type == "person":
                found += _listed(_value(one.value, filled, one.label))
        if section.table is not None:
            people = [column for column in section.table.columns if column.type == "person"]
            for row in _rows(section, filled) if people else ():
                for column in people:
                    found += _listed(_value(column.value, filled, column.label, {"row": row}))
    return found


def _listed(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _value(expression: str, filled: Filled, label: str, extra: Mapping[str, Any] | None = None) -> Any:
    context = {**filled.context, **extra} if extra else filled.context
    try:
        return to_json(compile_expression(expression).evaluate(context, filled.functions, zone=filled.zone))
    except ExpressionError as error:
        raise IncidentError(N_("%(label)s cannot be printed: %(reason)s"), label=label, reason=str(error)) from error


def _rows(section: Section, filled: Filled) -> list[Any]:
    found = _value(section.table.rows, filled, section.title) if section.table is not None else None
    return found[:MAX_ROWS] if isinstance(found, list) else []


class _Writer:
    """Writes values as texts: dates and amounts as people read them, people by name, choices as they are."""

    def __init__(self, filled: Filled, people: Mapping[str, str], facts: Facts, translate: Translate) -> None:
        self.filled = filled
        self.people = people
        self.facts = facts
        self.translate = translate

    def section(self, section: Section, deeds: list[Deed]) -> dict[str, Any]:
        return {
            "title": self.translate(section.title) if section.title else "", "columns": section.columns,
            "fields": [{"label": self.translate(f.label), "value": self.field(f), "wide": f.wide} for f in section.fields],
            "table": self._table(section), "trail": [self._deed(deed) for deed in deeds] if section.trail else None}

    def field(self, one: Field, extra: Mapping[str, Any] | None = None) -> str:
        return self.text(_value(one.value, self.filled, one.label, extra), one.type)

    def _table(self, section: Section) -> dict[str, Any] | None:
        if section.table is None:
            return None
        columns = section.table.columns
        return {"columns": [self.translate(c.label) for c in columns],
                "right": [c.type in {"number", "money"} for c in columns],
                "rows": [[self.field(c, {"row": row}) for c in columns] for row in _rows(section, self.filled)]}

    def _deed(self, deed: Deed) -> dict[str, str]:
        who = deed.person_name or deed.person or self.translate(N_("The system"))
        if deed.on_behalf_of:
            who = self.translate(N_("%(person)s for %(principal)s")) % {
                "person": who, "principal": deed.on_behalf_of_name or deed.on_behalf_of}
        label = self.facts.outcomes.get((deed.element, deed.outcome), "")
        outcome = self.translate(label) if label else self.translate(N_("Done") if deed.kind == "task" else DEEDS[deed.kind])
        step = self.translate(deed.name) if deed.kind == "task" else ""
        return {"step": step, "who": who, "outcome": outcome, "comment": deed.comment, "at": self.moment(deed.at)}

    def text(self, value: Any, kind: str) -> str:
        """Return ``value`` as it is printed; what isn't of its kind is printed as it is."""
        if value is None or value == "":
            return ""
        if isinstance(value, list):
            return "、".join(filter(None, (self.text(item, kind) for item in value)))
        if isinstance(value, bool):
            return self.translate(N_("Yes") if value else N_("No"))
        if isinstance(value, dict):
            return str(value["name"]) if "name" in value else "；".join(f"{k}：{self.text(v, 'text')}" for k, v in value.items())
        try:
            return self._formatted(value, kind)
        except (ValueError, InvalidInput):
            return str(value)

    def _formatted(self, value: Any, kind: str) -> str:
        match kind:
            case "date":
                return self.day(date.fromisoformat(str(value)[:10]))
            case "datetime":
                return self.moment(datetime.fromisoformat(str(value)))
            case "person":
                return self.people.get(value, str(value))
            case "money" if isinstance(value, int | float):
                return f"¥{value:,.2f}（{in_words(Decimal(str(value)))}）"
            case _ if isinstance(value, float):
                return f"{value:.6f}".rstrip("0").rstrip(".")
        return str(value)

    def day(self, value: date) -> str:
        return self.translate(N_("%(year)s-%(month)s-%(day)s")) % {"year": value.year, "month": f"{value.month:02d}", "day": f"{value.day:02d}"}

    def moment(self, value: datetime) -> str:
        local = value.astimezone(self.facts.zone) if value.tzinfo else value
        return f"{self.day(local.date())} {local:%H:%M}"

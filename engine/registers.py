"""Read and check declared registers and documents, and derive the register row of an instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from engine.domain.document import Document, Field, Section, Table
from engine.domain.register import TYPES, Column, Entry, Register
from engine.errors import N_, DefinitionRefused, ExpressionError, IncidentError, Problem
from engine.feel import compile_expression, to_json


class _Reader:
    """Reads plain JSON and notes what is wrong, with the place."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def refuse(self, where: str, template: str, **params: object) -> None:
        self.problems.append(Problem(template, params, file=self.file, element=where, rule="declaration"))

    def text(self, item: Any, name: str, where: str, *, needed: bool = True) -> str:
        value = item.get(name, "") if isinstance(item, dict) else ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.refuse(where, N_("%(name)s must be text, and not empty."), name=name)
            return ""
        return value

    def feel(self, item: Any, name: str, where: str, default: str = "") -> str:
        value = self.text(item, name, where, needed=not default) or default
        body = value[1:].strip() if value.startswith("=") else value
        if not value.startswith("=") and not default:
            body = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        try:
            compile_expression(body)
        except ExpressionError as error:
            self.refuse(where, N_("%(name)s is no FEEL expression: %(reason)s"), name=name, reason=str(error))
        return body

    def items(self, item: Any, name: str, where: str) -> list[dict[str, Any]]:
        found = item.get(name) if isinstance(item, dict) else None
        if not isinstance(found, list) or not found or not all(isinstance(entry, dict) for entry in found) or len(found) > 200:
            self.refuse(where, N_("%(name)s must be a list of objects, with 1 to 200 entries."), name=name)
            return []
        return found

    def kind(self, item: Any, where: str) -> str:
        value = item.get("type", "text")
        if value not in TYPES:
            self.refuse(where, N_("The type %(type)s is not known: %(known)s."), type=str(value), known=", ".join(sorted(TYPES)))
            return "text"
        return str(value)

    def done(self) -> None:
        if self.problems:
            raise DefinitionRefused(N_("%(file)s cannot be used."), file=self.file, problems=self.problems)


def parse(content: Any, file: str) -> Register:
    """Return a register from its JSON; raise DefinitionRefused naming each place that is wrong."""
    reader = _Reader(file)
    columns = []
    for number, item in enumerate(reader.items(content, "columns", "columns"), 1):
        where = f"columns[{number}]"
        columns.append(Column(reader.text(item, "id", where), reader.text(item, "label", where), reader.feel(item, "value", where),
                              reader.kind(item, where), item.get("total") is True, item.get("wide") is True))
    ids = [column.id for column in columns]
    for twice in {i for i in ids if ids.count(i) > 1}:
        reader.refuse("columns", N_("The column %(id)s is there twice."), id=twice)
    order = content.get("order", "") if isinstance(content, dict) else ""
    if order and str(order).lstrip("-") not in ids:
        reader.refuse("order", N_("order names %(order)s, which is no column."), order=str(order))
    roles = content.get("roles", []) if isinstance(content, dict) else []
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        reader.refuse("roles", N_("roles must be a list of role ids."))
        roles = []
    register = Register(reader.text(content, "id", "id"), reader.text(content, "name", "name"), tuple(columns), tuple(roles),
                        reader.feel(content, "when", "when", "true"), str(order), str(content.get("clauses", ""))
                        if isinstance(content, dict) else "")
    reader.done()
    return register


def parse_document(content: Any, file: str) -> Document:
    """Return a printed document from its JSON; raise DefinitionRefused naming each place that is wrong."""
    reader = _Reader(file)
    sections = []
    for number, item in enumerate(reader.items(content, "sections", "sections"), 1):
        where = f"sections[{number}]"
        fields: tuple[Field, ...] = ()
        table = None
        if "rows" in item:
            fields = tuple(_field(reader, row, f"{where}.rows[{n}]") for n, row in enumerate(reader.items(item, "rows", where), 1))
        if isinstance(item.get("table"), dict):
            inner = item["table"]
            table = Table(reader.feel(inner, "rows", f"{where}.table"), tuple(
                _field(reader, c, f"{where}.table.columns[{n}]") for n, c in enumerate(reader.items(inner, "columns", where), 1)))
        columns = item.get("columns", 2)
        if not isinstance(columns, int) or not 1 <= columns <= 4:
            reader.refuse(where, N_("columns must be a number from 1 to 4."))
            columns = 2
        if not fields and table is None and item.get("trail") is not True:
            reader.refuse(where, N_("A section needs rows, a table or the trail."))
        sections.append(Section(str(item.get("title", "")), columns, fields, table, item.get("trail") is True))
    document = Document(reader.text(content, "id", "id"), reader.text(content, "name", "name"), tuple(sections),
                        reader.feel(content, "when", "when", "true"), str(content.get("footer", "")) if isinstance(content, dict) else "",
                        str(content.get("clauses", "")) if isinstance(content, dict) else "")
    reader.done()
    return document


def _field(reader: _Reader, item: dict[str, Any], where: str) -> Field:
    return Field(reader.text(item, "label", where), reader.feel(item, "value", where), reader.kind(item, where), item.get("wide") is True)


def row(register: Register, context: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Entry | None:
    """Return the row that an instance has in a register, or None while it has none.

    Raises IncidentError naming the column whose expression fails.
    """
    content: dict[str, Any] = {}
    name = "when"
    try:
        if compile_expression(register.when).evaluate(context, functions) is not True:
            return None
        for column in register.columns:
            name = column.label
            content[column.id] = typed(column, to_json(compile_expression(column.value).evaluate(context, functions)))
    except ExpressionError as error:
        raise IncidentError(N_("The register %(register)s cannot be kept: %(column)s fails (%(reason)s)."), register=register.name,
                            column=name, reason=str(error)) from error
    person = next((content[c.id] for c in register.columns if c.type == "person" and isinstance(content[c.id], str)), "")
    order = register.order.lstrip("-") or register.columns[0].id
    words = [str(value) for value in content.values() if isinstance(value, str | int | float) and not isinstance(value, bool)]
    return Entry(content, sort_key(content.get(order)), " ".join(words).lower(), person)


def typed(column: Column, value: Any) -> Any:
    """Return a value as its column keeps it: moments in UTC to the second, several texts in one.

    Raises ExpressionError when the value is not of the column's type, so that filters and totals can rely on it.
    """
    if value is None:
        return None
    good: Any = None
    match column.type:
        case "number" | "money":
            good = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "boolean":
            good = value if isinstance(value, bool) else None
        case "date":
            good = _parsed(date.fromisoformat, value) and value
        case "datetime":
            moment = _parsed(datetime.fromisoformat, value)
            good = moment and (f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment.tzinfo else moment.isoformat(timespec="seconds"))
        case _:
            items = value if isinstance(value, list) else [value]
            good = "、".join(str(item) for item in items) if not any(isinstance(i, dict | list | bool) for i in items) else None
    if good is None:
        raise ExpressionError(N_("%(column)s is %(value)s, which is no %(type)s"), column=column.label, value=str(value)[:80], type=column.type)
    return good


def _parsed(read: Callable[[str], Any], value: Any) -> Any:
    try:
        return read(value) if isinstance(value, str) else None
    except ValueError:
        return None


def sort_key(value: Any) -> str:
    """Return text that sorts as the value does: numbers by size, the rest as written."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(int(value))
    if isinstance(value, int | float):
        return f"{value + 1e15:021.4f}"
    return str(value)

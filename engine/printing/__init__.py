"""Print documents: declared sections become A4 pages by one Typst template; what people wrote is data, never markup."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bpmn import timing
from engine.domain.document import Document, Field
from engine.errors import N_, Conflict, ExpressionError, InvalidInput
from engine.execution import load_state
from engine.feel import compile_expression, to_json
from engine.store.queries import instances

TEMPLATE = Path(__file__).with_name("document.typ")
FONTS = ("/usr/share/fonts", str(Path(__file__).with_name("fonts")))


def render(engine: Any, connection: Any, row: Any, definition: Any, document: Document, translate: Callable[[str], str],
           name: Callable[[str], str]) -> bytes:
    """Return the PDF of a document of an instance.

    Raises Conflict when its ``when`` is not true yet, InvalidInput when one of its expressions fails.
    """
    import typst  # noqa: PLC0415  (slow to load, and most processes never print)

    state = load_state(row.snapshot)
    calendar = engine.calendar(connection)
    functions = timing.functions(timing.Clock(row.ended_at or row.started_at, calendar))
    context = {**state.variables, "initiator": state.initiator, "done": state.done, "case": {
        "id": row.id, "started": state.started, "business_key": row.business_key, "process": row.process_key, "state": row.state}}

    def value(text: str, extra: dict[str, Any] | None = None) -> Any:
        try:
            return to_json(compile_expression(text).evaluate({**context, **(extra or {})}, functions, zone=calendar.zone))
        except ExpressionError as error:
            raise InvalidInput(N_("The document %(name)s cannot be printed: %(reason)s"), name=document.name, reason=str(error)) from error

    def shown(field: Field, extra: dict[str, Any] | None = None) -> str:
        return _shown(field.type, value(field.value, extra), name, translate, engine.zone)

    if value(document.when) is not True:
        raise Conflict(N_("%(name)s cannot be printed yet."), name=document.name)
    sections: list[dict[str, Any]] = []
    for section in document.sections:
        part: dict[str, Any] = {"title": translate(section.title), "columns": section.columns,
                                "fields": [{"label": translate(f.label), "value": shown(f), "wide": f.wide} for f in section.fields]}
        if section.table is not None:
            rows = value(section.table.rows) or []
            part["table"] = {"head": [translate(c.label) for c in section.table.columns],
                             "rows": [[shown(c, {"row": r}) for c in section.table.columns] for r in (rows if isinstance(rows, list) else [])]}
        if section.trail:
            part["trail"] = _trail(connection, row, definition, translate, name, engine.zone)
        sections.append(part)
    data = {"title": translate(document.name), "number": row.business_key or row.title, "sections": sections,
            "footer": translate(document.footer), "head": row.history_head.hex(), "instance": row.id}
    return bytes(typst.compile(str(TEMPLATE), sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, font_paths=[f for f in FONTS if Path(f).is_dir()]))


def _trail(connection: Any, row: Any, definition: Any, translate: Callable[[str], str], name: Callable[[str], str], zone: Any) -> list[list[str]]:
    found = [[name(row.initiator), translate("发起"), "", "", row.started_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")]]
    for task in sorted((t for t in instances.tasks(connection, row.id) if t.state == "completed"), key=lambda t: t.completed_at):
        node = definition.process.nodes.get(task.element)
        label = next((o.label for o in node.outcomes if o.id == task.outcome), task.outcome or "完成") if node else task.outcome or ""
        who = name(task.completed_by) + (f"（代 {name(task.on_behalf_of)}）" if task.on_behalf_of else "")
        found.append([who, translate(task.name), translate(label), task.comment or "",
                      task.completed_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")])
    return found


def _shown(kind: str, value: Any, name: Callable[[str], str], translate: Callable[[str], str], zone: Any) -> str:
    if value is None or value == []:
        return ""
    if kind == "person":
        return name(str(value))
    if kind == "money" and isinstance(value, int | float):
        return f"¥{value:,.2f}"
    if kind == "boolean":
        return translate("是") if value else translate("否")
    if kind == "datetime":
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment.tzinfo else str(value)[:16]
    if isinstance(value, list):
        return "、".join(v.get("name", str(v)) if isinstance(v, dict) else str(v) for v in value)
    return translate(str(value))

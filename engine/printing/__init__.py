"""Printed documents: what is declared beside a diagram, filled from an instance and set by Typst as A4 PDF.

Reading order: ``print_document`` here, ``content`` (values become texts), ``typesetting`` (texts become pages), ``document.typ``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.bpmn import variables
from engine.bpmn.runtime import Run, Surroundings
from engine.definition import Definition
from engine.domain.document import Document
from engine.errors import N_, ExpressionError, IncidentError, NotFound
from engine.execution import load_state
from engine.feel import compile_expression
from engine.history import Head
from engine.lookups import Inputs
from engine.printing.content import Facts, Filled, Translate, compose
from engine.printing.typesetting import typeset
from engine.process_engine import SYSTEM, Loaded, ProcessEngine, Work
from engine.store import repository
from engine.store.queries.trail import trail

__all__ = ["Printed", "print_document", "printable"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as PDF, with the name of its file and the history that it was printed from."""

    file_name: str
    content: bytes
    history_count: int
    history_head: str


def printable(engine: ProcessEngine, connection: sa.Connection, instance_id: str) -> list[Document]:
    """Return the documents of an instance that can be printed now."""
    row = _instance(connection, instance_id)
    definition = engine.definitions.get(connection, row.version_id)
    filled = _filled(engine, connection, row, definition)
    return [document for document in definition.documents if _is_due(document, filled)]


def print_document(engine: ProcessEngine, connection: sa.Connection, instance_id: str, document_id: str, *, translate: Translate,
                   now: Any, verify_url: str) -> Printed:
    """Return a document of an instance as it stands now.

    ``translate`` gives the text of a Chinese text in the wanted language, ``now`` is printed as the time of printing, and
    ``verify_url`` (with ``{instance}``, ``{count}`` and ``{head}``) is what the QR code opens. Raises NotFound when there is no such
    document or it cannot be printed yet.
    """
    row = _instance(connection, instance_id)
    definition = engine.definitions.get(connection, row.version_id)
    document = next((d for d in definition.documents if d.id == document_id), None)
    if document is None:
        raise NotFound(N_("%(process)s has no document %(id)s."), process=definition.name, id=document_id)
    filled = _filled(engine, connection, row, definition)
    if not _is_due(document, filled):
        raise NotFound(N_("%(document)s cannot be printed yet."), document=document.name)
    head = row.history_head.hex()
    facts = Facts(
        process=definition.name, version=definition.number, instance_id=row.id, number=row.business_key, title=row.title,
        clauses=document.clauses, printed_at=now, zone=engine.zone, history_count=row.history_count, history_head=head,
        verify_url=verify_url.format(instance=row.id, count=row.history_count, head=head[:16]),
        outcomes={(node.id, outcome.id): outcome.label for node in definition.process.nodes.values() for outcome in node.outcomes})
    content = compose(connection, document, filled, trail(connection, row), facts, translate)
    name = f"{translate(document.name)} {row.business_key or row.id[:8]}.pdf".replace("/", "-").replace("\\", "-")
    return Printed(name, typeset(content, now), row.history_count, head)


def _instance(connection: sa.Connection, instance_id: str) -> Any:
    row = repository.instance(connection, instance_id)
    if row is None:
        raise NotFound(N_("There is no instance %(id)s."), id=instance_id)
    return row


def _filled(engine: ProcessEngine, connection: sa.Connection, row: Any, definition: Definition) -> Filled:
    """Return what the expressions of a document read: the state of the instance, as of its last step."""
    state = load_state(row.snapshot)
    work = Work(engine, connection, clock.now(), SYSTEM)
    loaded = Loaded(row.id, dict(row._mapping), state, definition, Head(row.history_count, row.history_head))
    surroundings = Surroundings(work.now, engine.calendar(connection), _no_numbers, Inputs(work, loaded).lookup)
    run = Run(definition.runnable, state, surroundings)
    return Filled(variables.read(run, None), run.functions, engine.zone)


def _no_numbers(counter: str) -> int:
    raise IncidentError(N_("A document cannot draw the number %(counter)s."), counter=counter)


def _is_due(document: Document, filled: Filled) -> bool:
    try:
        return compile_expression(document.when).evaluate(filled.context, filled.functions, zone=filled.zone) is True
    except ExpressionError:
        return False

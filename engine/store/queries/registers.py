"""Read registers: filtered by every column, searched, sorted, in pages, with totals; on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.register import Column, Register
from engine.store import schema as t

PAGE = 50
COUNTED = 10_000
"""Up to how many rows are counted and summed up for a page; a register may be larger than anybody waits for."""
EXPORTED = 100_000
"""How many rows one file takes at most."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of one column: text that it contains, a value that it equals, and bounds that belong to the range.

    Bounds of moments are UTC as registers keep them (``2026-03-02T01:00:00Z``); there ``most`` no longer belongs to the range.
    """

    column: str
    contains: str = ""
    equals: str | bool | None = None
    least: str | float | None = None
    most: str | float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a page of a register asks for; ``sort`` is a column id, with ``-`` descending; ``at`` the number of rows to skip."""

    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort: str = ""
    at: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a register and the instance that it was derived from, at which link of its history."""

    instance_id: str
    content: dict[str, Any]
    changed_at: datetime
    history_seq: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, how many there are in all (at most ``COUNTED`` + 1 are counted), and totals by column; None: too many to sum up."""

    entries: tuple[Entry, ...]
    count: int
    totals: dict[str, float] | None = field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        """Say whether the count is exact."""
        return self.count <= COUNTED


def page(connection: sa.Connection, register: Register, question: Question) -> Page:
    """Return what a page shows."""
    wanted = _wanted(register, question)
    few = sa.select(sa.literal(1)).select_from(t.register_entry).where(*wanted).limit(COUNTED + 1).subquery()
    count = int(connection.scalar(sa.select(sa.func.count()).select_from(few)) or 0)
    totals = _totals(connection, register, wanted) if count <= COUNTED else None
    query = _rows(register, question, wanted).limit(question.limit).offset(question.at)
    return Page(tuple(_entry(row) for row in connection.execute(query)), count, totals)


def entries(connection: sa.Connection, register: Register, question: Question) -> Iterator[Entry]:
    """Return all rows that a question asks for, one after the other, for a file."""
    query = _rows(register, question, _wanted(register, question)).limit(EXPORTED)
    for row in connection.execute(query.execution_options(yield_per=500)):
        yield _entry(row)


def choices(connection: sa.Connection, register: Register, column: Column, limit: int = 100) -> list[str]:
    """Return the values that a column has, for the list to choose from."""
    value = _text(column)
    query = sa.select(value).where(t.register_entry.c.register_id == register.id, value.is_not(None)).distinct().order_by(value).limit(limit)
    return [found for found in connection.scalars(query) if found]


def counts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Return how many rows registers have, none of them counted beyond ``COUNTED`` + 1."""
    found = {}
    for register_id in ids:
        few = sa.select(sa.literal(1)).where(t.register_entry.c.register_id == register_id).limit(COUNTED + 1).subquery()
        found[register_id] = int(connection.scalar(sa.select(sa.func.count()).select_from(few)) or 0)
    return found


def of_instance(connection: sa.Connection, instance_id: str) -> dict[str, dict[str, Any]]:
    """Return the rows of an instance by register."""
    r = t.register_entry.c
    return {row.register_id: row.content for row in connection.execute(
        sa.select(r.register_id, r.content).where(r.instance_id == instance_id))}


def _entry(row: Any) -> Entry:
    return Entry(row.instance_id, row.content, row.changed_at, row.history_seq)


def _rows(register: Register, question: Question, wanted: list[Any]) -> Any:
    r = t.register_entry.c
    order = question.sort or register.order
    descending, column_id = order.startswith("-"), order.lstrip("-")
    column = next((c for c in register.columns if c.id == column_id), None)
    if column is None or column_id == register.order.lstrip("-"):
        key: Any = r.sort  # indexed: the register's own order costs nothing
    else:
        key = _sorted_by(column)
    ways = (key.desc().nulls_last(), r.instance_id.desc()) if descending else (key.asc().nulls_last(), r.instance_id)
    if key is r.sort:
        ways = (r.sort.desc(), r.instance_id.desc()) if descending else (r.sort, r.instance_id)
    return sa.select(r.instance_id, r.content, r.changed_at, r.history_seq).where(*wanted).order_by(*ways)


def _wanted(register: Register, question: Question) -> list[Any]:
    r = t.register_entry.c
    wanted: list[Any] = [r.register_id == register.id]
    people = [column for column in register.columns if column.type == "person"]
    for word in question.search.lower().split()[:8]:
        ways = [r.search.contains(word, autoescape=True)]
        ways += [_text(column).in_(_people_like(word)) for column in people]
        wanted.append(sa.or_(*ways))
    by_id = {column.id: column for column in register.columns}
    for one in question.filters:
        if one.column in by_id:
            wanted += _conditions(by_id[one.column], one)
    return wanted


def _conditions(column: Column, one: Filter) -> list[Any]:
    found: list[Any] = []
    if one.contains:
        plain = one.contains.lower()
        like = sa.func.lower(_text(column)).contains(plain, autoescape=True)
        found.append(sa.or_(like, _text(column).in_(_people_like(plain))) if column.type == "person" else like)
    if one.equals is not None:
        value = one.equals
        found.append(_truth(column) == value if isinstance(value, bool) else _text(column) == value)
    key = _number(column) if column.type in {"number", "money"} else _text(column)
    if one.least is not None:
        found.append(key >= one.least)
    if one.most is not None:
        found.append(key < one.most if column.type == "datetime" else key <= one.most)
    return found


def _people_like(word: str) -> Any:
    p = t.person.c
    return sa.select(p.id).where(sa.or_(sa.func.lower(p.name).contains(word, autoescape=True),
                                        sa.func.lower(p.name_en).contains(word, autoescape=True)))


def _text(column: Column) -> Any:
    return t.register_entry.c.content[column.id].as_string()


def _truth(column: Column) -> Any:
    return t.register_entry.c.content[column.id].as_boolean()


def _number(column: Column) -> Any:
    return t.register_entry.c.content[column.id].as_float()


def _sorted_by(column: Column) -> Any:
    if column.type in {"number", "money"}:
        return _number(column)
    if column.type == "person":
        return sa.select(t.person.c.name).where(t.person.c.id == _text(column)).scalar_subquery()
    return _text(column)


def _totals(connection: sa.Connection, register: Register, wanted: list[Any]) -> dict[str, float]:
    columns = [column for column in register.columns if column.total]
    if not columns:
        return {}
    row = connection.execute(sa.select(*(sa.func.coalesce(sa.func.sum(_number(c)), 0) for c in columns)).where(*wanted)).one()
    return {column.id: round(float(value), 6) for column, value in zip(columns, row, strict=True)}

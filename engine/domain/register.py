"""Registers (台账) as declared beside a diagram: columns over the variables of an instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TYPES = frozenset({"text", "number", "money", "date", "datetime", "person", "choice", "boolean"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: FEEL for its value, a type for its filter and format; ``total`` sums it up."""

    id: str
    label: str
    value: str
    type: str = "text"
    total: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """A register; ``when`` is FEEL that says whether an instance has a row, ``order`` a column id (with ``-``: descending)."""

    id: str
    name: str
    columns: tuple[Column, ...]
    roles: tuple[str, ...] = ()
    when: str = "true"
    order: str = ""
    clauses: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts that are shown and translated."""
        return (self.name, *(column.label for column in self.columns))


@dataclass(frozen=True, slots=True)
class Entry:
    """The row of one instance: values by column, what it is sorted by, searched in, and whose it is."""

    content: dict[str, Any]
    sort: str
    search: str
    person: str

"""Printed documents as declared beside a diagram: sections of labelled values, tables and the approval trail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A label and FEEL for its value; ``wide`` fills the line."""

    label: str
    value: str
    type: str = "text"
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by FEEL (a list; each is ``row`` in the columns' expressions)."""

    rows: str
    columns: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part: fields in ``columns`` columns, or a table, or the approval trail."""

    title: str = ""
    columns: int = 2
    fields: tuple[Field, ...] = ()
    table: Table | None = None
    trail: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document; ``when`` is FEEL that says whether it can be printed yet."""

    id: str
    name: str
    sections: tuple[Section, ...]
    when: str = "true"
    footer: str = ""
    clauses: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts that are shown and translated."""
        found = [self.name, self.footer]
        for section in self.sections:
            found.append(section.title)
            found += [f.label for f in section.fields]
            found += [f.label for f in section.table.columns] if section.table else []
        return tuple(text for text in found if text)

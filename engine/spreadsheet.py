"""Write tables as Excel files: typed cells, a heading that stays in sight, and no text that a spreadsheet could run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

WIDTHS = {"text": 18, "choice": 12, "person": 12, "number": 10, "money": 16, "date": 12, "datetime": 18, "boolean": 8}
FORMATS = {"number": "General", "money": "#,##0.00", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "text": "@"}
LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the sheet: its heading and its type (a register column's)."""

    heading: str
    type: str = "text"
    wide: bool = False
    total: bool = False


def write(name: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], zone: ZoneInfo) -> tuple[bytes, int]:
    """Return a workbook with one sheet, and how many rows it has; moments become local times in ``zone``.

    Texts are written as texts, whatever they begin with: nothing in them becomes a formula or a link.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(sheet_name(name))
        head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "vcenter"})
        shapes = {kind: book.add_format({"num_format": text, "valign": "top", "text_wrap": kind == "text"}) for kind, text in FORMATS.items()}
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, head)
            width = 40 if column.wide else WIDTHS.get(column.type, 14)
            sheet.set_column(place, place, max(width, _width(column.heading)))
        count, sums = 0, [0.0] * len(columns)
        for count, row in enumerate(rows, 1):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                _cell(sheet, count, place, column.type, value, shapes, zone)
                if column.total and isinstance(value, int | float):
                    sums[place] += value
        _sum_up(sheet, columns, count, sums, book.add_format({"bold": True, "top": 1}))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return target.getvalue(), count


def sheet_name(name: str) -> str:
    """Return a name that Excel takes for a sheet."""
    return re.sub(r"[\[\]:*?/\\]", " ", name).strip().strip("'")[:31] or "Sheet"


def _width(heading: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in heading) + 4


def _cell(sheet: Any, row: int, place: int, kind: str, value: Any, shapes: dict[str, Any], zone: ZoneInfo) -> None:
    shape = shapes.get(kind, shapes["text"])
    if value is None or value == "":
        sheet.write_blank(row, place, None, shape)
    elif kind in {"number", "money"} and isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, place, value, shape)
    elif kind in {"date", "datetime"} and (moment := _moment(str(value), zone)) is not None:
        sheet.write_datetime(row, place, moment, shape)
    else:
        sheet.write_string(row, place, str(value)[:LONGEST_CELL], shapes["text"])


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return a date or a moment as Excel knows them: local, without a zone, from 1900 on."""
    try:
        found = datetime.combine(date.fromisoformat(text), datetime.min.time()) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
    found = found.astimezone(zone).replace(tzinfo=None) if found.tzinfo else found
    return found if 1900 < found.year < 10_000 else None


def _sum_up(sheet: Any, columns: Sequence[SheetColumn], count: int, sums: Sequence[float], shape: Any) -> None:
    """Write the totals below, as formulas over what is filtered, so that they follow the filter."""
    for place, column in enumerate(columns):
        if count and column.total:
            letters = xlsxwriter.utility.xl_col_to_name(place)
            sheet.write_formula(count + 1, place, f"=SUBTOTAL(109,{letters}2:{letters}{count + 1})", shape, round(sums[place], 6))

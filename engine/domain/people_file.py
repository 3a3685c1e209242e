"""Lists of people and of roles as CSV: read with the place of every mistake, and written so that they can be read again.

Spreadsheets write UTF-8 with or without a mark, or the Chinese national encoding; commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import N_, InvalidInput, Problem

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
ATTRIBUTE = "attribute:"
"""What the headings of columns with attributes begin with, e.g. ``attribute:work_start``."""

PEOPLE = {
    "login": ("login", "id", "登录名", "账号", "工号"), "name": ("name", "姓名"), "name_en": ("name_en", "英文名"),
    "email": ("email", "邮箱", "电子邮箱"), "department": ("department", "部门"), "roles": ("roles", "角色"),
    "active": ("active", "在职"), "password": ("password", "初始密码"),
}
ROLES = {
    "id": ("id", "角色编号"), "name": ("name", "角色名称"), "name_en": ("name_en", "英文名"), "kind": ("kind", "类别"),
    "fallback": ("fallback", "后备角色"),
}
YES = frozenset({"1", "true", "yes", "y", "是", "在职"})
NO = frozenset({"0", "false", "no", "n", "否", "离职"})
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number (the heading is 1) and its cells by column; absent columns are absent."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """A file that was read: its encoding, the columns that are there, and its lines."""

    encoding: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read(content: bytes, columns: Mapping[str, Sequence[str]], needed: Sequence[str], file: str) -> Listing:
    """Read a CSV file whose headings are among ``columns`` (name → accepted headings).

    Raises InvalidInput with a problem for each mistake, naming line and column.
    """
    text, encoding = _decode(content, file)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        listed = [(rows.line_num, [cell.strip() for cell in row]) for row in rows]
    except csv.Error as error:
        raise _refused(file, [Problem(N_("This line is no CSV: %(reason)s."), {"reason": str(error)}, file=file, line=rows.line_num)]) from error
    if not listed:
        raise _refused(file, [Problem(N_("The file is empty."), file=file)])
    names, problems = _headings(listed[0][1], columns, needed, file)
    lines = []
    for number, row in listed[1:]:
        if not any(row):
            continue
        if len(row) > len(names):
            problems.append(Problem(N_("%(found)d cells, while there are %(expected)d columns."),
                                    {"found": len(row), "expected": len(names)}, file=file, line=number))
        lines.append(Line(number, {n: _plain(v) for n, v in zip(names, row + [""] * (len(names) - len(row)), strict=False)}))
    if len(lines) > MAX_ROWS:
        problems.append(Problem(N_("At most %(limit)d lines can be read at once."), {"limit": MAX_ROWS}, file=file))
    if problems:
        raise _refused(file, problems)
    return Listing(encoding, tuple(names), tuple(lines))


def _decode(content: bytes, file: str) -> tuple[str, str]:
    if len(content) > MAX_BYTES:
        raise _refused(file, [Problem(N_("The file is larger than %(limit)d bytes."), {"limit": MAX_BYTES}, file=file)])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, "UTF-8" if encoding == "utf-8-sig" else "GB18030"
    raise _refused(file, [Problem(N_("The file is neither UTF-8 nor GB18030 text; save it as CSV UTF-8."), file=file)])


def _headings(row: Sequence[str], columns: Mapping[str, Sequence[str]], needed: Sequence[str], file: str) -> tuple[list[str], list[Problem]]:
    by_heading = {heading: name for name, headings in columns.items() for heading in headings}
    names, problems = [], []
    for heading in row:
        plain = heading.strip().lower()
        name = plain if plain.startswith(ATTRIBUTE) and len(plain) > len(ATTRIBUTE) else by_heading.get(plain, "")
        if not name:
            problems.append(Problem(N_("The column %(heading)s is not known; these are: %(known)s."),
                                    {"heading": heading or "-", "known": ", ".join(columns)}, file=file, element=heading, line=1))
        elif name in names:
            problems.append(Problem(N_("The column %(heading)s is there twice."), {"heading": heading}, file=file, element=heading, line=1))
        names.append(name)
    problems += [Problem(N_("The column %(name)s is missing."), {"name": name}, file=file, element=name, line=1)
                 for name in needed if name not in names]
    return names, problems


def _plain(cell: str) -> str:
    """Take away the apostrophe that writing put before what looks like a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in DANGEROUS else cell


def _refused(file: str, problems: Sequence[Problem]) -> InvalidInput:
    return InvalidInput(N_("%(file)s cannot be read; nothing was changed."), file=file, problems=problems)


def words(cell: str) -> list[str]:
    """Return the entries of a cell that are divided by semicolons, commas, bars or their Chinese likes."""
    for mark in ("、", "；", "，", "|", ","):
        cell = cell.replace(mark, ";")
    return list(dict.fromkeys(word.strip() for word in cell.split(";") if word.strip()))


def write(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write a CSV file that spreadsheets open as UTF-8 and that carries no formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{cell}" if (cell := row.get(column, "")).startswith(DANGEROUS) else cell for column in columns])
    return out.getvalue().encode("utf-8-sig")

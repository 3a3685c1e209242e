"""Take in a list of people, all or nothing; with ``preview`` only say what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import organisation, passwords
from engine.commands import person as people
from engine.commands.reassignment import after_gain, after_loss
from engine.domain import people_file as files
from engine.errors import N_, InvalidInput, Problem
from engine.process_engine import Work
from engine.store import organisation as statements
from engine.store.queries import organisation as queries


@dataclass(frozen=True)
class ImportReport:
    """What a list changes, or would: ids, and for changed ones which columns."""

    encoding: str
    created: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    unchanged: int
    done: bool


@dataclass
class _Entry:
    """A line that was checked: the columns given, and the roles when the file has them."""

    values: dict[str, Any]
    roles: set[str] | None
    active: bool | None
    password: str | None
    before: Any = None


@dataclass(frozen=True)
class ImportPeople:
    """Take in people by login: new ones are created, known ones changed; people who aren't listed stay as they are.

    Raises InvalidInput with a problem for each mistake, naming line and column; then nothing has changed.
    """

    content: bytes = field(repr=False)
    preview: bool = False
    file: str = "people.csv"

    def run(self, work: Work) -> ImportReport:
        """Check every line, then write all."""
        people.require_administrator(work)
        listing = files.read(self.content, files.PEOPLE, ("login", "name"), self.file)
        entries, problems = _check_people(work, listing, self.file)
        if problems:
            raise InvalidInput(N_("%(file)s has %(count)d mistakes; nothing was changed."), file=self.file, count=len(problems),
                               problems=problems)
        created = tuple(e.values["id"] for e in entries if e.before is None)
        changed = {e.values["id"]: different for e in entries if e.before is not None and (different := _differences(work, e))}
        if not self.preview:
            _write_people(work, entries, changed)
            work.record("organisation", "people_imported", {"created": len(created), "changed": len(changed)})
        return ImportReport(listing.encoding, created, changed, len(entries) - len(created) - len(changed), not self.preview)


def _check_people(work: Work, listing: files.Listing, file: str) -> tuple[list[_Entry], list[Problem]]:
    roles = {word: role.id for role in queries.roles(work.connection) for word in (role.name, role.id)}
    known = {row.id: row for row in queries.rows_of_people(work.connection)}
    entries: list[_Entry] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line in listing.lines:
        found: list[Problem] = []
        entry = _entry(line, roles, known, found)
        login = entry.values["id"]
        if login in seen:
            found.append(Problem(N_("The login %(login)s stands in line %(line)d already."), {"login": login, "line": seen[login]},
                                 element="login"))
        if login in roles:
            found.append(Problem(N_("%(person)s is the name of a role, so nobody can have it as login."), {"person": login}, element="login"))
        seen[login] = line.number
        entries.append(entry)
        problems += [Problem(p.template, p.params, file=file, element="login" if p.element == "id" else p.element, line=line.number)
                     for p in found]
    if not _an_administrator_is_left(work, entries):
        problems.append(Problem(N_("Nobody would be an administrator any more."), file=file, element="roles"))
    return entries, problems


def _entry(line: files.Line, roles: Mapping[str, str], known: Mapping[str, Any], problems: list[Problem]) -> _Entry:
    cells = line.cells
    values: dict[str, Any] = {"id": cells["login"].lower(), **{k: cells[k] for k in people.TEXTS if k in cells}}
    problems += people.problems_of(values)
    before = known.get(values["id"])
    attributes = {k.removeprefix(files.ATTRIBUTE): v for k, v in cells.items() if k.startswith(files.ATTRIBUTE)}
    if attributes:
        old = dict(before.attributes) if before is not None else {}
        values["attributes"] = {k: v for k, v in (old | {k: _typed(v) for k, v in attributes.items()}).items() if v != ""}
    held: set[str] | None = None
    if "roles" in cells:
        listed = files.words(cells["roles"])
        unknown = [word for word in listed if word not in roles]
        if unknown:
            problems.append(Problem(N_("There is no role %(role)s."), {"role": ", ".join(unknown)}, element="roles"))
        held = {roles[word] for word in listed if word in roles}
    active: bool | None = None
    if cells.get("active"):
        plain = cells["active"].lower()
        active = plain in files.YES
        if not active and plain not in files.NO:
            problems.append(Problem(N_("%(value)s is neither yes nor no."), {"value": cells["active"]}, element="active"))
    password = cells.get("password") or None
    if password is not None:
        problem = passwords.problem_with(password, login=values["id"], name=values["name"])
        problems += [problem] if problem is not None else []
    return _Entry(values, held, active, password, before)


def _typed(cell: str) -> Any:
    """Numbers become numbers, so that expressions can count with them; all else stays text."""
    if cell.isdecimal() and (len(cell) == 1 or cell[0] != "0") and len(cell) < 10:
        return int(cell)
    return cell


def _an_administrator_is_left(work: Work, entries: list[_Entry]) -> bool:
    holders = {person for _, person in organisation.holders(work.connection, [people.ADMINISTRATOR])}
    if not holders:
        return True
    for entry in entries:
        login = entry.values["id"]
        active = entry.active if entry.active is not None else entry.before is None or entry.before.active
        holds = people.ADMINISTRATOR in entry.roles if entry.roles is not None else login in holders
        holders = holders | {login} if active and holds else holders - {login}
    return bool(holders)


def _differences(work: Work, entry: _Entry) -> tuple[str, ...]:
    found = [k for k, v in entry.values.items() if getattr(entry.before, k) != v]
    if entry.roles is not None and entry.roles != statements.memberships(work.connection, entry.before.id):
        found.append("roles")
    if entry.active is not None and entry.active != entry.before.active:
        found.append("active")
    if entry.password is not None and not passwords.matches(entry.before.password, entry.password):
        found.append("password")
    return tuple(found)


def _write_people(work: Work, entries: list[_Entry], changed: Mapping[str, tuple[str, ...]]) -> None:
    for entry in entries:
        values = dict(entry.values)
        if entry.before is None:
            if entry.password is not None:
                values["password"] = passwords.hashed(entry.password)
            people.insert(work, {**values, "active": entry.active is not False}, entry.roles or set())
        elif values["id"] in changed:
            people.change(work, entry.before, values)
            _write_roles(work, entry, "password" in changed[values["id"]])
    for entry in entries:  # after all are written: whom one line takes a task from, another may be given it
        login = entry.values["id"]
        if entry.before is None or login in changed:
            before = entry.before is not None and entry.before.active
            if before and entry.active is False:
                after_loss(work, login, statements.memberships(work.connection, login), inactive=True)
            after_gain(work, login)


def _write_roles(work: Work, entry: _Entry, new_password: bool) -> None:
    login = entry.values["id"]
    held = statements.memberships(work.connection, login)
    if entry.roles is not None and entry.roles != held:
        statements.delete_memberships(work.connection, login, held - entry.roles)
        statements.insert_memberships(work.connection, login, sorted(entry.roles - held))
        work.record("organisation", "roles_set", {"person": login, "before": sorted(held), "after": sorted(entry.roles)})
        work.later(lambda: after_loss(work, login, held - (entry.roles or set())))
    if entry.active is not None and entry.active != entry.before.active:
        statements.change_person(work.connection, login, {"active": entry.active})
        statements.end_sessions(work.connection, login)
        work.record("organisation", "person_reactivated" if entry.active else "person_deactivated", {"person": login})
    if new_password and entry.password is not None:
        statements.change_person(work.connection, login, {"password": passwords.hashed(entry.password)})
        statements.end_sessions(work.connection, login)
        work.record("organisation", "password_set", {"person": login})

"""Keep roles, one by one or by a list."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from engine.commands.people_file import ImportReport
from engine.commands.person import require_administrator
from engine.domain import people_file as files
from engine.errors import N_, InvalidInput, Problem
from engine.process_engine import Work
from engine.store import organisation as statements
from engine.store.queries import organisation as queries

ROLE = re.compile(r"[a-z][a-z0-9_]{0,63}")
KINDS = ("regulation", "system")


@dataclass(frozen=True)
class SaveRole:
    """Create a role, or change the one with this id; ``fallback`` are the roles asked in turn when four eyes leave nobody."""

    id: str
    name: str
    name_en: str = ""
    kind: str = "regulation"
    fallback: tuple[str, ...] = ()

    def run(self, work: Work) -> None:
        """Check and write."""
        require_administrator(work)
        problems = problems_of(work, self, {role.id for role in queries.roles(work.connection)})
        if problems:
            raise InvalidInput(problems[0].template, problems=problems, **problems[0].params)
        write(work, self)

    @property
    def values(self) -> dict[str, Any]:
        """Return the columns besides the id."""
        return {"name": self.name.strip(), "name_en": self.name_en.strip(), "kind": self.kind, "fallback": list(self.fallback)}


def problems_of(work: Work, role: SaveRole, others: Collection[str]) -> list[Problem]:
    """Return what is wrong with a role; ``others`` are the ids that there are, or will be."""
    found = []
    if not ROLE.fullmatch(role.id):
        found.append(Problem(N_("A role's id has 1 to 64 small letters, digits or underscores, and begins with a letter."), element="id"))
    if statements.person(work.connection, role.id) is not None:
        found.append(Problem(N_("%(id)s is somebody's login, so no role can have it."), {"id": role.id}, element="id"))
    name = role.name.strip()
    same = statements.role_named(work.connection, name)
    if not name or len(name) > 100 or "," in name:
        found.append(Problem(N_("A role needs a name of at most 100 characters without a comma."), element="name"))
    elif same is not None and same.id != role.id:
        found.append(Problem(N_("Another role has the name %(name)s: lanes name roles, so each has its own."), {"name": name},
                             element="name"))
    if role.kind not in KINDS:
        found.append(Problem(N_("The kind of a role is regulation or system."), element="kind"))
    found += [Problem(N_("%(role)s cannot be asked next: another role that exists was expected."), {"role": other}, element="fallback")
              for other in role.fallback if other == role.id or other not in others]
    return found


def write(work: Work, role: SaveRole) -> None:
    """Write a role that was checked, and record what differs."""
    row = statements.role(work.connection, role.id)
    if row is None:
        statements.insert_role(work.connection, {"id": role.id, **role.values})
        work.record("organisation", "role_created", {"role": role.id, **role.values})
        return
    different = {k: v for k, v in role.values.items() if getattr(row, k) != v}
    if different:
        statements.change_role(work.connection, role.id, different)
        work.record("organisation", "role_changed", {"role": role.id, "before": {k: getattr(row, k) for k in different},
                                                     "after": different})


@dataclass(frozen=True)
class ImportRoles:
    """Take in roles by id: new ones are created, known ones changed; roles that aren't listed stay as they are.

    Raises InvalidInput with a problem for each mistake, naming line and column; then nothing has changed.
    """

    content: bytes = field(repr=False)
    preview: bool = False
    file: str = "roles.csv"

    def run(self, work: Work) -> ImportReport:
        """Check every line, then write all."""
        require_administrator(work)
        listing = files.read(self.content, files.ROLES, ("id", "name"), self.file)
        known = {role.id: role for role in queries.roles(work.connection)}
        listed = [(line.number, _role(line, known.get(line.cells["id"]))) for line in listing.lines]
        problems = self._problems(work, listed, known.keys() | {role.id for _, role in listed})
        if problems:
            raise InvalidInput(N_("%(file)s has %(count)d mistakes; nothing was changed."), file=self.file, count=len(problems),
                               problems=problems)
        created = tuple(role.id for _, role in listed if role.id not in known)
        changed = {role.id: different for _, role in listed if role.id in known and (different := _differences(role, known[role.id]))}
        if not self.preview:
            for _, role in listed:
                write(work, role)
        return ImportReport(listing.encoding, created, changed, len(listed) - len(created) - len(changed), not self.preview)

    def _problems(self, work: Work, listed: list[tuple[int, SaveRole]], others: Collection[str]) -> list[Problem]:
        found: list[Problem] = []
        names: dict[str, int] = {}
        ids: dict[str, int] = {}
        for number, role in listed:
            some = problems_of(work, role, others)
            for value, seen, column in ((role.id, ids, "id"), (role.name, names, "name")):
                if value in seen:
                    some.append(Problem(N_("%(value)s stands in line %(line)d already."), {"value": value, "line": seen[value]}, element=column))
                seen[value] = number
            found += [Problem(p.template, p.params, file=self.file, element=p.element, line=number) for p in some]
        return found


def _role(line: files.Line, old: Any) -> SaveRole:
    cells = line.cells
    return SaveRole(cells["id"], cells["name"], cells.get("name_en", old.name_en if old else ""),
                    cells.get("kind") or (old.kind if old else "regulation"),
                    tuple(files.words(cells["fallback"])) if "fallback" in cells else (old.fallback if old else ()))


def _differences(role: SaveRole, old: Any) -> tuple[str, ...]:
    return tuple(k for k, v in role.values.items() if (list(old.fallback) if k == "fallback" else getattr(old, k)) != v)

"""Keep who holds which role, and stand-ins; the commands on people, roles and their lists are named here too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import organisation
from engine.commands.people_file import ImportPeople, ImportReport
from engine.commands.person import (
    ADMINISTRATOR,
    ChangePerson,
    CreatePerson,
    DeactivatePerson,
    EndSessions,
    LogIn,
    ReactivatePerson,
    RecordLogin,
    SetPassword,
    UnlockPerson,
    existing,
    keep_an_administrator,
    require_administrator,
)
from engine.commands.reassignment import after_gain, after_loss
from engine.commands.role import ImportRoles, SaveRole
from engine.errors import N_, Conflict, InvalidInput, NotFound
from engine.identifiers import new_id
from engine.process_engine import Work
from engine.store import organisation as statements

__all__ = ["AddSubstitution", "ChangePerson", "CreatePerson", "DeactivatePerson", "EndSessions", "EndSubstitution", "GrantRole",
           "ImportPeople", "ImportReport", "ImportRoles", "LogIn", "ReactivatePerson", "RecordLogin", "RevokeRole", "SavePerson",
           "SaveRole", "SetPassword", "SetRoles", "UnlockPerson"]

@dataclass(frozen=True)
class SavePerson:
    """Take somebody in, or change what is given of them; None leaves it as it is. ``roles`` (ids or names) replace those held."""

    person: str
    name: str | None = None
    roles: tuple[str, ...] | None = None
    name_en: str | None = None
    email: str | None = None
    department: str | None = None
    active: bool | None = None
    attributes: dict[str, Any] | None = None

    def run(self, work: Work) -> None:
        """Create or change; then the roles, then whether active."""
        require_administrator(work)
        named = organisation.roles_named(work.connection, self.roles or ())
        for word in self.roles or ():
            if word not in named:
                raise InvalidInput(N_("There is no role %(role)s."), role=word)
        roles = {role for role, _ in named.values()}
        if statements.person(work.connection, self.person) is None:
            CreatePerson(self.person, self.name or "", self.name_en or "", self.email or "", self.department or "",
                         self.attributes or {}, tuple(sorted(roles))).run(work)
        else:
            ChangePerson(self.person, self.name, self.name_en, self.email, self.department, self.attributes).run(work)
            if self.active:
                ReactivatePerson(self.person).run(work)
            if self.roles is not None:
                SetRoles(self.person, tuple(sorted(roles))).run(work)
        if self.active is False:
            DeactivatePerson(self.person).run(work)


@dataclass(frozen=True)
class SetRoles:
    """Let somebody hold exactly these roles."""

    person: str
    roles: tuple[str, ...]

    def run(self, work: Work) -> None:
        """Grant first, then revoke, so that a task moves once."""
        held = statements.memberships(work.connection, self.person)
        for role in sorted(set(self.roles) - held):
            GrantRole(self.person, role).run(work)
        for role in sorted(held - set(self.roles)):
            RevokeRole(self.person, role).run(work)


@dataclass(frozen=True)
class GrantRole:
    """Give somebody a role; tasks that nobody could do find them at once."""

    person: str
    role: str

    def run(self, work: Work) -> None:
        """Write the membership."""
        require_administrator(work)
        if not existing(work, self.person).active:
            raise Conflict(N_("%(person)s is not active."), person=self.person)
        if statements.role(work.connection, self.role) is None:
            raise NotFound(N_("There is no role %(role)s."), role=self.role)
        if self.role not in statements.memberships(work.connection, self.person):
            statements.insert_memberships(work.connection, self.person, [self.role])
            work.record("organisation", "role_granted", {"person": self.person, "role": self.role})
            after_gain(work, self.person)


@dataclass(frozen=True)
class RevokeRole:
    """Take a role from somebody; their tasks of that role go to others, or an incident says that nobody is left."""

    person: str
    role: str

    def run(self, work: Work) -> None:
        """Delete the membership; raise Conflict for the last administrator."""
        require_administrator(work)
        existing(work, self.person)
        if self.role == ADMINISTRATOR:
            keep_an_administrator(work, self.person)
        if self.role in statements.memberships(work.connection, self.person):
            statements.delete_memberships(work.connection, self.person, [self.role])
            work.record("organisation", "role_revoked", {"person": self.person, "role": self.role})
            after_loss(work, self.person, [self.role])


@dataclass(frozen=True)
class AddSubstitution:
    """Let ``substitute`` see and do the tasks of ``person`` for a time; people may choose their own stand-in."""

    person: str
    substitute: str
    starts_at: datetime
    ends_at: datetime | None = None
    reason: str = ""

    def run(self, work: Work) -> str:
        """Check and write; return the id."""
        if work.actor.person != self.person:
            require_administrator(work)
        if self.person == self.substitute:
            raise InvalidInput(N_("Nobody stands in for themselves."))
        for person in (self.person, self.substitute):
            if not existing(work, person).active:
                raise InvalidInput(N_("%(person)s is not an active person."), person=person)
        if self.ends_at is not None and self.ends_at <= max(self.starts_at, work.now):
            raise InvalidInput(N_("A stand-in must end after it begins, and not in the past."))
        if statements.overlapping_substitution(work.connection, self.person, self.substitute, self.starts_at, self.ends_at) is not None:
            raise Conflict(N_("%(substitute)s stands in for %(person)s in this time already."), substitute=self.substitute,
                           person=self.person)
        identifier = new_id(work.now)
        statements.insert_substitution(work.connection, {
            "id": identifier, "person_id": self.person, "substitute_id": self.substitute, "starts_at": self.starts_at,
            "ends_at": self.ends_at, "reason": self.reason.strip()[:500]})
        work.record("organisation", "substitution_added", {
            "substitution": identifier, "person": self.person, "substitute": self.substitute, "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat() if self.ends_at else None}, {"reason": self.reason.strip()[:500]})
        return identifier


@dataclass(frozen=True)
class EndSubstitution:
    """Let a stand-in end now; one that lies in the future never begins. Who is stood in for, or an administrator, may."""

    substitution_id: str

    def run(self, work: Work) -> None:
        """Write the end."""
        row = statements.substitution(work.connection, self.substitution_id)
        if row is None:
            raise NotFound(N_("There is no such stand-in."))
        if work.actor.person not in {row.person_id, row.substitute_id}:
            require_administrator(work)
        if row.ends_at is not None and row.ends_at <= work.now:
            raise Conflict(N_("This stand-in is over already."))
        statements.end_substitution(work.connection, self.substitution_id, work.now)
        work.record("organisation", "substitution_ended", {"substitution": self.substitution_id})

"""Keep people, their roles, passwords and stand-ins."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine import organisation
from engine.commands.user_task import reassign_all
from engine.errors import N_, InvalidInput, NotAllowed, NotFound, Problem
from engine.identifiers import new_id
from engine.process_engine import Work
from engine.store import schema as t

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,40}")
MIN_PASSWORD = 10
MAX_FAILURES = 5
_hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("somebody who does not exist")


def _administrator(work: Work) -> None:
    if work.actor.person and "administrator" not in organisation.roles_of(work.connection, work.actor.person):
        raise NotAllowed(N_("Only an administrator may change the organisation."))


def _person(work: Work, person: str) -> Any:
    row = work.connection.execute(sa.select(t.person).where(t.person.c.id == person)).first()
    if row is None:
        raise NotFound(N_("There is no person %(person)s."), person=person)
    return row


@dataclass(frozen=True)
class SavePerson:
    """Create a person, or change one: name, department, roles; what is None stays as it is."""

    person: str
    name: str | None = None
    roles: tuple[str, ...] | None = None
    name_en: str | None = None
    email: str | None = None
    department: str | None = None
    active: bool | None = None
    attributes: dict[str, Any] | None = None

    def run(self, work: Work) -> None:
        """Write it, and look for people for tasks again."""
        _administrator(work)
        if not LOGIN.fullmatch(self.person):
            raise InvalidInput(N_("%(person)s is no login: 2 to 41 small letters, digits, dots and dashes were expected."), person=self.person)
        given = {k: getattr(self, k) for k in ("name", "name_en", "email", "department", "active", "attributes")}
        given = {k: v for k, v in given.items() if v is not None}
        known = work.connection.scalar(sa.select(t.person.c.id).where(t.person.c.id == self.person))
        if known is None:
            if not (self.name or "").strip():
                raise InvalidInput(N_("A person needs a name."))
            work.connection.execute(sa.insert(t.person), {"attributes": {}, "preferences": {}, "active": True, "name_en": "", "email": "",
                                                          "department": "", "language": "", "password": "", "failed_logins": 0,
                                                          "session_epoch": 0, "id": self.person, **given})
        elif given:
            if given.get("active") is False:
                given["session_epoch"] = t.person.c.session_epoch + 1
            work.connection.execute(sa.update(t.person).where(t.person.c.id == self.person).values(**given))
        if self.roles is not None:
            self._roles(work)
        work.record("organisation", "person_saved", {"person": self.person, "roles": list(self.roles) if self.roles is not None else None,
                                                     "active": self.active}, {"name": self.name, "email": self.email})
        reassign_all(work, self.person)

    def _roles(self, work: Work) -> None:
        named = organisation.roles_named(work.connection, self.roles or ())
        for word in self.roles or ():
            if word not in named:
                raise InvalidInput(N_("There is no role %(role)s."), role=word)
        work.connection.execute(sa.delete(t.membership).where(t.membership.c.person_id == self.person))
        rows = [{"person_id": self.person, "role_id": role} for role in sorted({r for r, _ in named.values()})]
        if rows:
            work.connection.execute(sa.insert(t.membership), rows)


@dataclass(frozen=True)
class SetPassword:
    """Set a password (one's own with the old one, or anybody's as an administrator); all sessions of the person end."""

    person: str
    password: str
    old: str | None = None

    def run(self, work: Work) -> None:
        """Hash it by argon2id."""
        row = _person(work, self.person)
        if work.actor.person == self.person and self.old is not None:
            if not _fits(row.password, self.old):
                raise NotAllowed(N_("The old password is not right."))
        else:
            _administrator(work)
        if len(self.password) < MIN_PASSWORD or len(self.password) > 200:
            raise InvalidInput(N_("A password needs at least %(count)d characters."), count=MIN_PASSWORD)
        work.connection.execute(sa.update(t.person).where(t.person.c.id == self.person).values(
            password=_hasher.hash(self.password), failed_logins=0, locked_until=None, session_epoch=row.session_epoch + 1))
        work.record("access", "password_set", {"person": self.person})


def _fits(stored: str, password: str) -> bool:
    try:
        return bool(stored) and _hasher.verify(stored, password[:200])
    except (VerificationError, InvalidHashError):
        return False


@dataclass(frozen=True)
class LogIn:
    """Check a login and password; return the session epoch, or None. After five failures the login is locked, longer each time."""

    person: str
    password: str

    def run(self, work: Work) -> int | None:
        """Check, count failures, record."""
        row = work.connection.execute(sa.select(t.person).where(t.person.c.id == self.person).with_for_update()).first()
        if row is None or not row.active:
            _fits(_nobody(), self.password)  # takes as long as for somebody who exists
            return None
        if row.locked_until is not None and row.locked_until > work.now:
            work.record("access", "login_refused", {"person": self.person, "why": "locked"})
            return None
        where = sa.update(t.person).where(t.person.c.id == self.person)
        if not _fits(row.password, self.password):
            failures = row.failed_logins + 1
            locked = work.now + timedelta(minutes=2 ** min(failures - MAX_FAILURES, 10)) if failures >= MAX_FAILURES else None
            work.connection.execute(where.values(failed_logins=failures, locked_until=locked))
            work.record("access", "login_refused", {"person": self.person, "why": "password"})
            return None
        work.connection.execute(where.values(failed_logins=0, locked_until=None))
        work.record("access", "logged_in", {"person": self.person})
        return int(row.session_epoch)


@dataclass(frozen=True)
class AddSubstitution:
    """Let somebody stand in for a person (职务代理) from one time to another."""

    person: str
    substitute: str
    starts_at: datetime
    ends_at: datetime | None = None
    reason: str = ""

    def run(self, work: Work) -> str:
        """Write it; only the person or an administrator may."""
        if work.actor.person != self.person:
            _administrator(work)
        if self.person == self.substitute or not organisation.is_active(work.connection, self.substitute):
            raise InvalidInput(N_("Choose another, active person as the stand-in."))
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise InvalidInput(N_("The absence must end after it begins."))
        _person(work, self.person)
        key = new_id(work.now)
        work.connection.execute(sa.insert(t.substitution), {"id": key, "person_id": self.person, "substitute_id": self.substitute,
                                                            "starts_at": self.starts_at, "ends_at": self.ends_at, "reason": self.reason})
        work.record("organisation", "substitution_added", {"person": self.person, "substitute": self.substitute})
        return key


@dataclass(frozen=True)
class EndSubstitution:
    """End a stand-in now."""

    substitution_id: str

    def run(self, work: Work) -> None:
        """Write the end."""
        row = work.connection.execute(sa.select(t.substitution).where(t.substitution.c.id == self.substitution_id)).first()
        if row is None:
            raise NotFound(N_("There is no such stand-in."))
        if work.actor.person != row.person_id:
            _administrator(work)
        work.connection.execute(sa.update(t.substitution).where(t.substitution.c.id == row.id).values(ends_at=work.now))
        work.record("organisation", "substitution_ended", {"person": row.person_id, "substitute": row.substitute_id})


@dataclass(frozen=True)
class ImportPeople:
    """Take people from CSV (UTF-8; columns login,name,roles and if wanted name_en,email,department,active); all or nothing."""

    content: bytes
    done: list[str] = field(default_factory=list, compare=False)

    def run(self, work: Work) -> list[str]:
        """Write all rows; raise InvalidInput with a problem per wrong line."""
        try:
            text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInput(N_("The file is not UTF-8: save it as \"CSV UTF-8\".")) from error
        reader = csv.DictReader(io.StringIO(text))
        missing = {"login", "name", "roles"} - set(reader.fieldnames or ())
        if missing:
            raise InvalidInput(N_("The columns %(names)s are missing."), names=", ".join(sorted(missing)))
        problems: list[Problem] = []
        for row in reader:
            try:
                SavePerson(row["login"].strip(), row["name"].strip(), tuple(row["roles"].replace(";", " ").split()),
                           row.get("name_en"), row.get("email"), row.get("department"),
                           None if row.get("active") in {None, ""} else row["active"].lower() in {"1", "true", "yes", "是"}).run(work)
                self.done.append(row["login"].strip())
            except (InvalidInput, NotFound) as error:
                problems.append(Problem(error.template, dict(error.params), line=reader.line_num, rule="csv"))
        if problems:
            raise InvalidInput(N_("Nothing was imported; line %(line)d: %(reason)s"), problems=problems, line=problems[0].line,
                               reason=str(problems[0]))
        return self.done

"""Take people in, change them, let them go, and keep their passwords and logins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine import organisation, passwords
from engine.commands.reassignment import after_gain, after_loss
from engine.errors import N_, Conflict, InvalidInput, NotAllowed, NotFound, Problem
from engine.process_engine import Work
from engine.store import organisation as statements

ADMINISTRATOR = "administrator"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LANGUAGES = ("", "zh_Hans", "zh_Hant", "en")
ATTEMPTS = 5
"""Wrong passwords in a row after which a login is locked."""
LOCK = timedelta(minutes=5)
LONGEST_LOCK = timedelta(hours=1)
TEXTS = ("name", "name_en", "email", "department")


def require_administrator(work: Work) -> None:
    """Raise NotAllowed unless the actor is an administrator, or the system itself."""
    person = work.actor.person
    if person and ADMINISTRATOR not in organisation.roles_of(work.connection, person):
        raise NotAllowed(N_("Only an administrator may change people, roles and the calendar."))


def existing(work: Work, person: str) -> Any:
    """Return the row of a person, locked; raise NotFound."""
    row = statements.person(work.connection, person)
    if row is None:
        raise NotFound(N_("There is nobody with the login %(person)s."), person=person)
    return row


def problems_of(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the columns of a person that are given."""
    found = []
    if "id" in values and not LOGIN.fullmatch(values["id"]):
        found.append(Problem(N_("A login has 1 to 64 small letters, digits, dots, dashes or underscores, and begins with a letter or digit."),
                             element="id"))
    if "name" in values and not values["name"].strip():
        found.append(Problem(N_("A name is needed."), element="name"))
    for column in TEXTS:
        if len(values.get(column, "")) > 200 or any(ord(c) < 32 for c in values.get(column, "")):
            found.append(Problem(N_("At most 200 characters on one line were expected."), element=column))
    email = values.get("email", "")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        found.append(Problem(N_("%(value)s is no mail address."), {"value": email}, element="email"))
    if values.get("language", "") not in LANGUAGES:
        found.append(Problem(N_("The language %(value)s is not known."), {"value": values["language"]}, element="language"))
    return found


def refuse(problems: list[Problem]) -> None:
    """Raise InvalidInput with the first problem as its sentence, if there is any."""
    if problems:
        raise InvalidInput(problems[0].template, problems=problems, **problems[0].params)


def insert(work: Work, values: Mapping[str, Any], roles: set[str]) -> None:
    """Insert a person who was checked, with roles, and record it."""
    statements.insert_person(work.connection, values)
    statements.insert_memberships(work.connection, values["id"], sorted(roles))
    shown = {k: v for k, v in values.items() if k not in {"id", "password"}}
    work.record("organisation", "person_created", {"person": values["id"], "roles": sorted(roles)}, shown)


def change(work: Work, row: Any, values: Mapping[str, Any]) -> bool:
    """Write the columns that differ and record which; say whether any did."""
    different = {k: v for k, v in values.items() if getattr(row, k) != v}
    if different:
        statements.change_person(work.connection, row.id, different)
        work.record("organisation", "person_changed", {"person": row.id, "columns": sorted(different)},
                    {"before": {k: getattr(row, k) for k in different}, "after": different})
    return bool(different)


@dataclass(frozen=True)
class CreatePerson:
    """Take somebody in; ``password`` None: they cannot log in until they are given one."""

    id: str
    name: str
    name_en: str = ""
    email: str = ""
    department: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    password: str | None = field(default=None, repr=False)
    language: str = ""

    def run(self, work: Work) -> str:
        """Check and insert; raise Conflict when the login is taken."""
        require_administrator(work)
        values: dict[str, Any] = {"id": self.id, "name": self.name.strip(), "name_en": self.name_en.strip(), "email": self.email.strip(),
                                  "department": self.department.strip(), "language": self.language,
                                  "attributes": dict(self.attributes)}
        refuse(problems_of(values))
        if statements.person(work.connection, self.id) is not None:
            raise Conflict(N_("The login %(person)s is taken."), person=self.id)
        if statements.role(work.connection, self.id) is not None or statements.role_named(work.connection, self.id) is not None:
            raise Conflict(N_("%(person)s is the name of a role, so nobody can have it as login."), person=self.id)
        unknown = [role for role in self.roles if statements.role(work.connection, role) is None]
        if unknown:
            raise InvalidInput(N_("There is no role %(role)s."), role=", ".join(unknown))
        if self.password is not None:
            passwords.check(self.password, login=self.id, name=values["name"])
            values["password"] = passwords.hashed(self.password)
        insert(work, values, set(self.roles))
        after_gain(work, self.id)
        return self.id


@dataclass(frozen=True)
class ChangePerson:
    """Change what is given of a person; None leaves it as it is. People may change their own language and English name."""

    person: str
    name: str | None = None
    name_en: str | None = None
    email: str | None = None
    department: str | None = None
    attributes: Mapping[str, Any] | None = None
    language: str | None = None
    preferences: Mapping[str, Any] | None = None

    def run(self, work: Work) -> bool:
        """Write what differs; say whether anything did."""
        row = existing(work, self.person)
        given: dict[str, Any] = {k: getattr(self, k) for k in (*TEXTS, "attributes", "language", "preferences")
                                 if getattr(self, k) is not None}
        if work.actor.person != self.person or not given.keys() <= {"language", "preferences", "name_en"}:
            require_administrator(work)
        values = {k: v.strip() if isinstance(v, str) else dict(v) for k, v in given.items()}
        refuse(problems_of(values))
        return change(work, row, values)


@dataclass(frozen=True)
class DeactivatePerson:
    """Let somebody go: no login, no new tasks; open ones go to others of the role. The history keeps who they were."""

    person: str
    reason: str = ""

    def run(self, work: Work) -> None:
        """Deactivate; raise Conflict for the last administrator."""
        require_administrator(work)
        row = existing(work, self.person)
        if not row.active:
            return
        keep_an_administrator(work, self.person)
        statements.change_person(work.connection, self.person, {"active": False})
        statements.end_sessions(work.connection, self.person)
        work.record("organisation", "person_deactivated", {"person": self.person}, {"reason": self.reason})
        after_loss(work, self.person, organisation.roles_of(work.connection, self.person), inactive=True)


@dataclass(frozen=True)
class ReactivatePerson:
    """Let somebody who had gone come back, with the roles they had."""

    person: str

    def run(self, work: Work) -> None:
        """Activate."""
        require_administrator(work)
        if not existing(work, self.person).active:
            statements.change_person(work.connection, self.person, {"active": True, "failed_logins": 0, "locked_until": None})
            work.record("organisation", "person_reactivated", {"person": self.person})
            after_gain(work, self.person)


def keep_an_administrator(work: Work, person: str) -> None:
    """Raise Conflict when ``person`` is the last active administrator."""
    holders = {holder for _, holder in organisation.holders(work.connection, [ADMINISTRATOR])}
    if holders == {person}:
        raise Conflict(N_("%(person)s is the last administrator; make somebody else one first."), person=person)


@dataclass(frozen=True)
class SetPassword:
    """Set a password: one's own with the ``current`` one, anybody's as administrator. All sessions of the person end."""

    person: str
    password: str = field(repr=False)
    current: str | None = field(default=None, repr=False)

    def run(self, work: Work) -> None:
        """Check and keep it; raise InvalidInput when it is too weak, NotAllowed when the current one is wrong."""
        row = existing(work, self.person)
        if work.actor.person == self.person:
            if self.current is None or not passwords.matches(row.password, self.current):
                raise NotAllowed(N_("The current password is wrong."))
        else:
            require_administrator(work)
        passwords.check(self.password, login=row.id, name=row.name)
        statements.change_person(work.connection, self.person, {
            "password": passwords.hashed(self.password), "failed_logins": 0, "locked_until": None})
        statements.end_sessions(work.connection, self.person)
        work.record("organisation", "password_set", {"person": self.person})


@dataclass(frozen=True)
class EndSessions:
    """Log a person out everywhere: oneself, or anybody as administrator."""

    person: str

    def run(self, work: Work) -> None:
        """End the sessions."""
        if work.actor.person != self.person:
            require_administrator(work)
        existing(work, self.person)
        statements.end_sessions(work.connection, self.person)
        work.record("access", "sessions_ended", {"person": self.person})


@dataclass(frozen=True)
class RecordLogin:
    """Note that a login succeeded or failed; five failures in a row lock it for five minutes, each further one for twice as long."""

    person: str
    ok: bool

    def run(self, work: Work) -> None:
        """Count and lock; an unknown login is noted without what was typed, for that may be a password."""
        row = statements.person(work.connection, self.person)
        if row is None:
            work.record("access", "login_failed", {"known": False, "source": work.actor.source})
            return
        failed = 0 if self.ok else row.failed_logins + 1
        locked = None
        if failed >= ATTEMPTS:
            locked = work.now + min(LOCK * 2 ** min(failed - ATTEMPTS, 10), LONGEST_LOCK)
        if (failed, locked) != (row.failed_logins, row.locked_until):
            statements.change_person(work.connection, self.person, {"failed_logins": failed, "locked_until": locked})
        work.record("access", "login" if self.ok else "login_failed", {"person": self.person, "source": work.actor.source})
        if locked is not None:
            work.record("access", "login_locked", {"person": self.person, "until": locked.isoformat()})


@dataclass(frozen=True)
class UnlockPerson:
    """Let somebody whose login is locked try again at once."""

    person: str

    def run(self, work: Work) -> None:
        """Forget the failures."""
        require_administrator(work)
        existing(work, self.person)
        statements.change_person(work.connection, self.person, {"failed_logins": 0, "locked_until": None})
        work.record("access", "login_unlocked", {"person": self.person})


@dataclass(frozen=True)
class LogIn:
    """Check a login and password; return the session epoch, or None, and note either. See ``engine.authentication`` for the site."""

    person: str
    password: str = field(repr=False)

    def run(self, work: Work) -> int | None:
        """Check, count failures, lock."""
        row = statements.person(work.connection, self.person)
        if row is not None and row.locked_until is not None and row.locked_until > work.now:
            work.record("access", "login_refused", {"person": self.person, "why": "locked"})
            return None
        good = passwords.matches(row.password if row is not None and row.active else "", self.password)
        RecordLogin(self.person, good).run(work)
        return int(row.session_epoch) if row is not None and good else None

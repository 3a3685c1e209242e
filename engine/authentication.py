"""Log in: the one place that decides whether a login and a password are somebody's."""

from __future__ import annotations

import sqlalchemy as sa

from engine import clock, passwords
from engine.commands.person import RecordLogin
from engine.errors import N_, NotAllowed
from engine.process_engine import Actor, ProcessEngine
from engine.store import schema as t


def authenticate(engine: ProcessEngine, login: str, password: str, source: str = "web") -> str:
    """Return the id of the person; the attempt is recorded, and too many wrong ones lock the login.

    Raises NotAllowed, with the same sentence for a login that doesn't exist, isn't active or has another password.
    """
    login = login.strip().lower()
    p = t.person.c
    with engine.database.reading() as connection:
        row = connection.execute(sa.select(p.id, p.password, p.active, p.locked_until).where(p.id == login)).first()
    if row is not None and row.locked_until is not None and row.locked_until > clock.now():
        raise NotAllowed(N_("There were too many wrong passwords; try again after %(at)s."), at=row.locked_until)
    good = passwords.matches(row.password if row is not None and row.active else "", password)
    engine.execute(RecordLogin(login, good), Actor(login if good else "", source=source))
    if row is None or not good:
        raise NotAllowed(N_("The login or the password is wrong."))
    return str(row.id)

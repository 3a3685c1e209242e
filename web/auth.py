"""Logins, sessions, and the protection against forged requests."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for

from engine import clock, organisation
from engine.commands.organisation import LogIn, SetPassword
from engine.process_engine import Actor, ProcessEngine
from engine.store import schema as t
from web import language

blueprint = Blueprint("auth", __name__)
OPEN = {"auth.login", "auth.health", "static", "auth.choose_language"}


@dataclass(frozen=True)
class Me:
    """Who is logged in."""

    id: str
    name: str
    roles: frozenset[str]
    represented: tuple[str, ...]

    def has(self, *roles: str) -> bool:
        """Say whether the person holds one of the roles."""
        return bool(self.roles & set(roles))


def engine() -> ProcessEngine:
    """Return the engine of this application."""
    found: ProcessEngine = current_app.extensions["guicheng"]
    return found


def me() -> Me | None:
    """Return who is logged in, or None."""
    return g.get("me")


def actor() -> Actor:
    """Return the actor of commands that this request gives."""
    who = me()
    return Actor(who.id if who else "-", source="web")


def csrf_token() -> str:
    """Return the token that every form of this session carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def protect() -> Any:
    """Load who is logged in; refuse forged requests; send others to the login page."""
    g.me = _load()
    if request.method == "POST":
        given = request.form.get("csrf") or request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(given, csrf_token()):
            abort(403)
    if g.me is None and request.endpoint not in OPEN:
        return redirect(url_for("auth.login", next=request.full_path if request.method == "GET" else None))
    return None


def _load() -> Me | None:
    login = session.get("person")
    if not login:
        return None
    with engine().database.reading() as connection:
        row = connection.execute(sa.select(t.person).where(t.person.c.id == login)).first()
        if row is None or not row.active or row.session_epoch != session.get("epoch"):
            session.clear()
            return None
        return Me(row.id, row.name, organisation.roles_of(connection, row.id), organisation.represented(connection, row.id, clock.now()))


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Any:
    """Show and take the login form."""
    wrong = False
    if request.method == "POST":
        person = request.form.get("login", "").strip().lower()
        epoch = engine().execute(LogIn(person, request.form.get("password", "")))
        if epoch is not None:
            chosen = session.get("language")
            session.clear()
            session.update(person=person, epoch=epoch, csrf=secrets.token_urlsafe(24))
            if chosen:
                session["language"] = chosen
            session.permanent = True
            target = request.args.get("next", "")
            return redirect(target if target.startswith("/") and not target.startswith(("//", "/\\")) else url_for("pages.inbox"))
        wrong = True
    return render_template("login.html", wrong=wrong), 401 if wrong else 200


@blueprint.post("/logout")
def logout() -> Any:
    """End the session."""
    session.clear()
    return redirect(url_for("auth.login"))


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> Any:
    """Change one's own password."""
    who = me()
    if request.method == "POST" and who:
        engine().execute(SetPassword(who.id, request.form.get("password", ""), request.form.get("old", "")), actor())
        session.clear()
        return redirect(url_for("auth.login"))
    return render_template("password.html")


@blueprint.get("/language/<code>")
def choose_language(code: str) -> Any:
    """Keep the language for this session."""
    if code in language.LANGUAGES:
        session["language"] = code
    target = request.args.get("next", "/")
    return redirect(target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/")


@blueprint.get("/health")
def health() -> Any:
    """Say whether the database answers."""
    with engine().database.reading() as connection:
        connection.execute(sa.text("SELECT 1"))
    return {"status": "ok"}

"""Roles: who holds them, and who is asked next when four eyes leave nobody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.commands import organisation as commands
from engine.errors import N_, EngineError, NotFound
from engine.store.queries import organisation as queries
from web import language, views
from web.access import only_for
from web.auth import actor, engine


def add_to(blueprint: Blueprint) -> None:
    """Add the pages of this module."""
    blueprint.add_url_rule("/roles", "roles", roles)
    blueprint.add_url_rule("/roles/<role_id>", "role", role, methods=["GET", "POST"])
    blueprint.add_url_rule("/roles/<role_id>/members", "change_members", change_members, methods=["POST"])


def roles() -> Any:
    """List the roles."""
    only_for("administrator")
    with engine().database.reading() as connection:
        found = queries.roles(connection)
    return render_template("admin/roles.html", found=found, by_id={r.id: r for r in found})


def role(role_id: str) -> Any:
    """Show and change a role; the id ``new`` makes one."""
    only_for("administrator")
    form, problems = request.form, {}
    if request.method == "POST":
        identifier = form.get("id", "").strip() if role_id == "new" else role_id
        chain = tuple(dict.fromkeys(r for r in form.getlist("fallback") if r))
        try:
            engine().execute(commands.SaveRole(identifier, form.get("name", ""), form.get("name_en", ""), form.get("kind", "regulation"),
                                               chain), actor())
            flash(language.translate("已完成。"))
            return redirect(url_for("admin.role", role_id=identifier))
        except EngineError as error:
            problems = {p.element: views.sentence(p) for p in error.problems} or {"": views.sentence(error)}
    with engine().database.reading() as connection:
        everything = queries.roles(connection)
        found = next((r for r in everything if r.id == role_id), None)
        holders = queries.people(connection, role_id=role_id) if found is not None else []
        people = queries.people(connection, active=True) if found is not None else []
    if found is None and role_id != "new":
        raise NotFound(N_("There is no role %(role)s."), role=role_id[:80])
    return render_template("admin/role.html", role=found, roles=everything, holders=holders, people=people, given=form,
                           problems=problems), 400 if problems else 200


def change_members(role_id: str) -> Any:
    """Give the role to somebody, or take it from somebody."""
    only_for("administrator")
    if request.form.get("revoke"):
        engine().execute(commands.RevokeRole(request.form["revoke"], role_id), actor())
    else:
        engine().execute(commands.GrantRole(request.form.get("person", ""), role_id), actor())
    flash(language.translate("已完成。"))
    return redirect(url_for("admin.role", role_id=role_id))

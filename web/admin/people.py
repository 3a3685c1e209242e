"""People one by one: find, take in, change, roles, password, stand-ins, let go."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import clock
from engine.commands import organisation as commands
from engine.errors import N_, EngineError, InvalidInput, NotFound
from engine.store.queries import organisation as queries
from web import language, views
from web.access import only_for
from web.auth import actor, engine

PAGE = 50


def add_to(blueprint: Blueprint) -> None:
    """Add the pages of this module."""
    blueprint.add_url_rule("/people", "people", people)
    blueprint.add_url_rule("/people/new", "new_person", new_person, methods=["GET", "POST"])
    blueprint.add_url_rule("/people/<person_id>", "person", person)
    blueprint.add_url_rule("/people/<person_id>/<verb>", "change_person", change_person, methods=["POST"])
    blueprint.add_url_rule("/substitutions", "substitutions", substitutions, methods=["GET", "POST"])


def people() -> Any:
    """List people, searched and filtered."""
    only_for("administrator")
    search, role, state = (request.args.get(name, "").strip()[:100] for name in ("q", "role", "state"))
    with engine().database.reading() as connection:
        found = queries.people(connection, search=search, role_id=role, active={"active": True, "gone": False}.get(state),
                               after=request.args.get("after", ""), limit=PAGE)
        roles = queries.roles(connection)
    return render_template("admin/people.html", found=found, roles={r.id: r for r in roles}, search=search, role=role, state=state,
                           now=clock.now(), more=len(found) == PAGE)


def new_person() -> Any:
    """Take somebody in."""
    only_for("administrator")
    form = request.form
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            created = engine().execute(commands.CreatePerson(
                form.get("id", "").strip().lower(), form.get("name", ""), form.get("name_en", ""), form.get("email", ""),
                form.get("department", ""), roles=tuple(form.getlist("roles")), password=form.get("password") or None), actor())
        except EngineError as error:
            problems = _problems(error)
        else:
            flash(language.translate("已新增 %(name)s。", name=form.get("name", "")))
            return redirect(url_for("admin.person", person_id=created))
    with engine().database.reading() as connection:
        roles = queries.roles(connection)
    return render_template("admin/new_person.html", roles=roles, given=form, held=form.getlist("roles"),
                           problems=problems), 400 if problems else 200


def _problems(error: EngineError) -> dict[str, str]:
    return {p.element: views.sentence(p) for p in error.problems} or {"": views.sentence(error)}


def person(person_id: str) -> Any:
    """Show somebody."""
    only_for("administrator")
    return _page(person_id, {})


def _page(person_id: str, problems: dict[str, str]) -> Any:
    with engine().database.reading() as connection:
        found = queries.person(connection, person_id)
        if found is None:
            raise NotFound(N_("There is nobody with the login %(person)s."), person=person_id[:80])
        roles = queries.roles(connection)
        stand_ins = queries.substitutions(connection, now=clock.now(), person_id=person_id)
        others = queries.people(connection, active=True)
    return render_template("admin/person.html", person=found, roles=roles, stand_ins=stand_ins, others=others, now=clock.now(),
                           problems=problems), 400 if problems else 200


def change_person(person_id: str, verb: str) -> Any:
    """Change somebody: what, says the verb."""
    only_for("administrator")
    try:
        _change(person_id, verb)
    except EngineError as error:
        if isinstance(error, NotFound):
            raise
        return _page(person_id, _problems(error))
    flash(language.translate("已完成。"))
    return redirect(url_for("admin.person", person_id=person_id))


def _change(person_id: str, verb: str) -> None:
    form = request.form
    match verb:
        case "facts":
            command: Any = commands.ChangePerson(person_id, form.get("name", ""), form.get("name_en", ""), form.get("email", ""),
                                                 form.get("department", ""), attributes(form.get("attributes", "")))
        case "roles":
            command = commands.SetRoles(person_id, tuple(form.getlist("roles")))
        case "password":
            command = commands.SetPassword(person_id, form.get("password", ""), form.get("current"))
        case "deactivate":
            command = commands.DeactivatePerson(person_id, form.get("reason", ""))
        case "reactivate":
            command = commands.ReactivatePerson(person_id)
        case "unlock":
            command = commands.UnlockPerson(person_id)
        case "log-out":
            command = commands.EndSessions(person_id)
        case "stand-in":
            command = _stand_in(person_id)
        case "end-stand-in":
            command = commands.EndSubstitution(form.get("substitution", ""))
        case _:
            raise NotFound(N_("There is no such change."))
    engine().execute(command, actor())


def attributes(text: str) -> dict[str, Any]:
    """Read attributes, one ``name: value`` a line; raise InvalidInput naming the line."""
    found: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, mark, value = line.partition(":")
        if not line.strip():
            continue
        if not mark or not name.strip().isidentifier():
            raise InvalidInput(N_("Line %(line)d of the attributes: name: value was expected."), line=number)
        plain = value.strip()
        found[name.strip()] = int(plain) if plain.isdecimal() and len(plain) < 10 and (plain == "0" or plain[0] != "0") else plain
    return found


def _stand_in(person_id: str) -> commands.AddSubstitution:
    starts, ends = _date("starts"), _date("ends", needed=False)
    return commands.AddSubstitution(person_id, request.form.get("substitute", ""), _begins(starts) if starts else clock.now(),
                                    _begins(ends + timedelta(days=1)) if ends else None, request.form.get("reason", ""))


def _date(name: str, *, needed: bool = True) -> date | None:
    text = request.form.get(name, "")
    try:
        return date.fromisoformat(text) if text or needed else None
    except ValueError as error:
        raise InvalidInput(N_("A date was expected.")) from error


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), engine().zone).astimezone(UTC)


def substitutions() -> Any:
    """List all stand-ins, and add and end them."""
    only_for("administrator")
    if request.method == "POST":
        form = request.form
        engine().execute(commands.EndSubstitution(form["end"]) if form.get("end") else _stand_in(form.get("person", "")), actor())
        flash(language.translate("已完成。"))
        return redirect(url_for("admin.substitutions"))
    with engine().database.reading() as connection:
        now = clock.now()
        current = queries.substitutions(connection, now=now)
        past = queries.substitutions(connection, now=now, past=True)[:50]
        people_now = queries.people(connection, active=True)
    return render_template("admin/substitutions.html", current=current, past=past, people=people_now, now=now)

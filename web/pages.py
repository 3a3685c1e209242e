"""The employees' pages: inbox, catalogue, tasks, instances, files, absence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from engine import clock, form_input, organisation
from engine.bpmn import timing
from engine.bpmn.drawing import svg
from engine.commands import process_instance as pi
from engine.commands import user_task as ut
from engine.commands.attachment import StoreAttachment, path_of
from engine.commands.organisation import AddSubstitution, EndSubstitution
from engine.errors import N_, EngineError, InvalidInput, NotAllowed, NotFound
from engine.execution import load_state
from engine.forms import validate
from engine.forms.schema import fields
from engine.preview import preview
from engine.process_engine import Work
from engine.store import repository
from engine.store import schema as t
from engine.store.queries import inbox as inbox_queries
from engine.store.queries import instances
from web import language, views
from web.access import may_see
from web.auth import actor, engine, me

blueprint = Blueprint("pages", __name__)
TABS = {"todo": "待办", "group": "组待领", "mine": "我发起", "done": "已办", "copies": "抄送"}


@blueprint.get("/")
def inbox() -> Any:
    """Show the tabs with their counts, and one of them."""
    who = me()
    tab = request.args.get("tab", "todo")
    tab = tab if tab in TABS else "todo"
    search, page = request.args.get("q", "").strip()[:100], max(0, request.args.get("page", 0, int))
    now = clock.now()
    with engine().database.reading() as connection:
        roles = set(who.roles)
        for principal in who.represented:
            roles |= organisation.roles_of(connection, principal)
        queries = {name: inbox_queries.query(name, who.id, who.represented, roles, now) for name in TABS}
        counts = {name: inbox_queries.count(connection, queries[name]) for name in ("todo", "group")}
        rows = inbox_queries.rows(connection, queries[tab], search, page)
        definitions = {d.key: d for d in engine().definitions.all_current(connection)}
        n = t.notification.c
        notices = list(connection.execute(sa.select(t.notification).where(n.person_id == who.id, n.read_at.is_(None))
                                          .order_by(n.at.desc()).limit(5)))
    more = len(rows) > inbox_queries.PAGE
    return render_template("inbox.html", tabs=TABS, tab=tab, rows=rows[:inbox_queries.PAGE], counts=counts, search=search, page=page, more=more,
                           definitions=definitions, notices=notices)


@blueprint.post("/notices")
def read_notices() -> Any:
    """Mark one's notices as read."""
    n = t.notification.c
    engine().database.write(lambda c: c.execute(sa.update(t.notification).where(n.person_id == me().id, n.read_at.is_(None))
                                                .values(read_at=clock.now())))
    return redirect(url_for("pages.inbox"))


@blueprint.get("/procedures")
def procedures() -> Any:
    """Show what one may start."""
    with engine().database.reading() as connection:
        found = [d for d in engine().definitions.all_current(connection) if pi.may_start(connection, d, me().roles)]
    return render_template("procedures.html", definitions=found)


def _form_values(schema: dict[str, Any] | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(schema):
        key, kind = field["key"], field["type"]
        if field.get("disabled"):
            continue
        if kind == "checkbox":
            values[key] = request.form.get(key) == "on"
        elif kind in {"checklist", "taglist"}:
            values[key] = request.form.getlist(key)
        elif kind == "filepicker":
            values[key] = _uploaded(key)
        elif kind == "number":
            text = request.form.get(key, "").strip()
            values[key] = text or None
        elif request.form.get(key, "").strip():
            values[key] = request.form[key].strip()
    return values


def _uploaded(key: str) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for text in request.form.getlist(f"{key}__kept"):
        try:
            kept.append(orjson.loads(text))
        except ValueError as error:
            raise InvalidInput(N_("A list of uploaded files was expected.")) from error
    for file in request.files.getlist(key):
        if file.filename:
            content = file.read()
            fingerprint = engine().execute(StoreAttachment(file.filename, file.mimetype or "", content), actor())
            kept.append({"fingerprint": fingerprint, "name": file.filename, "size": len(content), "type": file.mimetype or ""})
    return kept


def _hidden(schema: dict[str, Any] | None, values: dict[str, Any], context: dict[str, Any], connection: Any) -> set[str]:
    """Return the keys of fields that the form hides for these values."""
    functions = timing.functions(timing.Clock(clock.now(), engine().calendar(connection)))
    hidden: set[str] = set()
    for field in fields(schema):
        hide = (field.get("conditional") or {}).get("hide")
        if isinstance(hide, str) and hide.startswith("="):
            probe = {"components": [{"type": "expression", "key": "x", "expression": hide}]}
            if validate(probe, values, {**context, **values}, functions).values.get("x") is True:
                hidden.add(field["key"])
    return hidden


@blueprint.route("/start/<process>", methods=["GET", "POST"])
def start(process: str) -> Any:
    """Show the start form, preview who decides, keep a draft, start."""
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    steps = None
    message = ""
    with engine().database.reading() as connection:
        definition = engine().definitions.current(connection, process)
        schema = form_input.with_options(connection, definition.start_form)
        if request.method == "GET":
            d = t.draft.c
            values = connection.scalar(sa.select(d.content).where(d.person_id == me().id, d.subject == f"start:{process}")) or {}
    if request.method == "POST":
        values = _form_values(schema)
        action = request.form.get("action")
        if action == "draft":
            engine().execute(ut.SaveDraft(f"start:{process}", values), actor())
            flash(language.translate("草稿已保存。"))
            return redirect(url_for("pages.start", process=process))
        try:
            if action == "submit":
                instance = engine().execute(pi.StartInstance(process, values), actor())
                flash(_effect(instance, language.translate("已提交")))
                return redirect(url_for("pages.instance", instance_id=instance))
            with engine().database.reading() as connection:
                initiator = dict(organisation.as_initiator(connection, me().id))
                clean = form_input.checked(connection, definition, definition.start_form, values, {"initiator": initiator}, clock.now(),
                                           engine().calendar(connection))
                steps = preview(engine(), connection, process, clean, me().id, clock.now())
        except InvalidInput as error:
            problems = {p.element: views.sentence(p) for p in error.problems}
            message = views.sentence(error)
    with engine().database.reading() as connection:
        hidden = _hidden(schema, values, {}, connection)
    return render_template("start.html", definition=definition, schema=schema, values=values, problems=problems, steps=steps, hidden=hidden,
                           message=message, fields=fields(schema)), 400 if problems else 200


@blueprint.post("/form-state/<process>/<element>")
def form_state(process: str, element: str) -> Any:
    """Tell the browser which fields are hidden for the values typed so far."""
    with engine().database.reading() as connection:
        definition = engine().definitions.current(connection, process)
        schema = definition.start_form if element == "-" else definition.form(element)
        return {"hidden": sorted(_hidden(schema, _form_values(schema), {}, connection))}


def _effect(instance_id: str, what: str) -> str:
    """Say what really happened: where the instance is now, with whom, and until when."""
    with engine().database.reading() as connection:
        row = repository.instance(connection, instance_id)
        opened = [task for task in instances.tasks(connection, instance_id) if task.state == "open"]
        definition = engine().definitions.get(connection, row.version_id)
    if not opened:
        return what + (language.translate("，流程已结束。") if row.state != "running" else "。")
    parts = [f"{language.text(definition, task.name)}（{views.person_name(task.assignee) if task.assignee else task.role}"
             f"{'，' + views.local(task.due_at) if task.due_at else ''}）" for task in opened]
    return what + language.translate("，转至：") + "、".join(parts)


class Denied:
    """A look at something that isn't for this person: refused, and recorded."""

    def __init__(self, subject: str) -> None:
        self.subject = subject

    def run(self, _work: Work) -> None:
        """Refuse."""
        raise NotAllowed(N_("This is not for you: you neither started it nor take part in it."))


def _page(instance_id: str, task_id: str | None = None, **more: Any) -> str:
    with engine().database.reading() as connection:
        row = repository.instance(connection, instance_id)
        if row is None:
            raise NotFound(N_("There is no instance %(id)s."), id=instance_id)
        visible = may_see(connection, row)
    if not visible:
        engine().execute(Denied(instance_id), actor())
    with engine().database.reading() as connection:
        definition = engine().definitions.get(connection, row.version_id)
        state = load_state(row.snapshot)
        tasks = instances.tasks(connection, instance_id)
        done, taken = instances.passed(connection, instance_id)
        active = {r[2].removesuffix("#loop") for r in state.rows if r[0] != 1}
        trail = sorted(
            [{"at": x.completed_at, "who": x.completed_by, "for": x.on_behalf_of, "what": x.name, "outcome": _label(definition, x),
              "comment": x.comment} for x in tasks if x.state == "completed"]
            + [{"at": x.at, "who": x.person_id, "for": None, "what": "备注", "outcome": "", "comment": x.text}
               for x in instances.of(connection, t.comment, instance_id)], key=lambda x: x["at"])
        task = next((x for x in tasks if x.id == task_id), None)
        schema, values, right = None, {}, False
        if task is not None:
            schema = form_input.with_options(connection, definition.form(task.element))
            local = ut._local(state.rows, next((r for r in state.rows if r[0] == task.token), [1, 0, "", 0, 0, 0]))
            drafted = connection.scalar(sa.select(t.draft.c.content).where(t.draft.c.person_id == me().id, t.draft.c.subject == task.id))
            values = {**state.variables, **local, "initiator": state.initiator, **(drafted or {}), **more.pop("typed", {})}
            try:
                right = task.state == "open" and bool(ut.right_to(Work(engine(), connection, clock.now(), actor()), task, me().id))
            except NotAllowed:
                right = False
        first = language.current()
        picture = svg(definition.xml, definition.main, active, done, taken, lambda text: language.text(definition, text))
        return render_template(
            "instance.html", row=row, definition=definition, tasks=tasks, trail=trail, task=task, schema=schema, values=values, right=right,
            node=definition.process.nodes.get(task.element) if task else None, fields=fields(schema), first=first, picture=picture,
            hidden=_hidden(schema, values, {}, connection), start_fields=fields(definition.start_form), state=state,
            called=instances.called(connection, instance_id), files=instances.of(connection, t.attachment_use, instance_id),
            incidents=[x for x in instances.of(connection, t.incident, instance_id) if x.resolved_at is None],
            people=form_input.options(connection, "people"),
            can_withdraw=row.initiator == me().id and row.state == "running" and not row.parent_id and pi.can_withdraw(definition, state.rows),
            **{"problems": {}, "message": "", **more})


def _label(definition: Any, task: Any) -> str:
    node = definition.process.nodes.get(task.element)
    return next((o.label for o in node.outcomes if o.id == task.outcome), task.outcome or "完成") if node else task.outcome or ""


@blueprint.get("/instances/<instance_id>")
def instance(instance_id: str) -> Any:
    """Show an instance."""
    engine().database.write(lambda c: c.execute(sa.update(t.copy).where(
        t.copy.c.instance_id == instance_id, t.copy.c.person_id == me().id).values(read_at=clock.now())))
    return _page(instance_id)


@blueprint.post("/instances/<instance_id>/<verb>")
def change_instance(instance_id: str, verb: str) -> Any:
    """Withdraw, cancel, remark on or copy an instance."""
    text = request.form.get("text", "")
    command = {"withdraw": lambda: pi.WithdrawInstance(instance_id, text), "cancel": lambda: pi.CancelInstance(instance_id, text),
               "comment": lambda: pi.AddComment(instance_id, text),
               "copy": lambda: pi.CopyInstance(instance_id, (request.form.get("person", ""),))}.get(verb)
    if command is None:
        raise NotFound(N_("There is no action %(verb)s."), verb=verb)
    with engine().database.reading() as connection:
        row = repository.instance(connection, instance_id)
        if row is None or not may_see(connection, row):
            raise NotFound(N_("There is no instance %(id)s."), id=instance_id)
    engine().execute(command(), actor())
    flash(language.translate("已完成。"))
    return redirect(url_for("pages.instance", instance_id=instance_id))


@blueprint.route("/tasks/<task_id>", methods=["GET", "POST"])
def task(task_id: str) -> Any:
    """Show a task, and take what is decided."""
    instance_id = task_id.rsplit(".", 1)[0]
    if request.method == "GET":
        return _page(instance_id, task_id)
    with engine().database.reading() as connection:
        row = repository.user_task(connection, task_id)
        if row is None:
            raise NotFound(N_("There is no task %(id)s."), id=task_id)
        stored = repository.instance(connection, instance_id)
        definition = engine().definitions.get(connection, stored.version_id)
        values = _form_values(definition.form(row.element))
    verb = request.form.get("action", "")
    text = request.form.get("comment", "")
    try:
        if verb in {"claim", "release", "transfer", "urge", "draft"}:
            engine().execute({"claim": lambda: ut.ClaimTask(task_id), "release": lambda: ut.ReleaseTask(task_id),
                              "transfer": lambda: ut.TransferTask(task_id, request.form.get("person", ""), text),
                              "urge": lambda: ut.UrgeTask(task_id), "draft": lambda: ut.SaveDraft(task_id, values)}[verb](), actor())
            flash(language.translate("已完成。"))
            return redirect(url_for("pages.task", task_id=task_id))
        outcome = verb.removeprefix("outcome:") if verb.startswith("outcome:") else None
        engine().execute(ut.CompleteTask(task_id, values, outcome, text), actor())
    except EngineError as error:
        problems = {p.element: views.sentence(p) for p in error.problems}
        code = 409 if type(error).__name__ == "Conflict" else 403 if isinstance(error, NotAllowed) else 400
        return _page(instance_id, task_id, problems=problems, message=views.sentence(error), typed=values, comment=text), code
    flash(_effect(instance_id, language.translate("已办理")))
    return redirect(_next_task() or url_for("pages.instance", instance_id=instance_id))


def _next_task() -> str | None:
    with engine().database.reading() as connection:
        rows = inbox_queries.rows(connection, inbox_queries.query("todo", me().id, me().represented, me().roles, clock.now()), "", 0)
    return url_for("pages.inbox") if rows else None


@blueprint.get("/files/<fingerprint>")
def file(fingerprint: str) -> Any:
    """Download a file that an instance which one may see refers to."""
    with engine().database.reading() as connection:
        f = t.attachment_use.c
        uses = list(connection.execute(sa.select(t.attachment_use).where(f.fingerprint == fingerprint).limit(50)))
        use = next((x for x in uses if may_see(connection, repository.instance(connection, x.instance_id))), None)
    if use is None:
        raise NotFound(N_("There is no file %(fingerprint)s."), fingerprint=fingerprint[:70])
    return send_file(path_of(engine().settings, fingerprint), as_attachment=True, download_name=use.name,
                     mimetype="application/octet-stream")


@blueprint.route("/absence", methods=["GET", "POST"])
def absence() -> Any:
    """Set and end one's stand-ins."""
    if request.method == "POST":
        if request.form.get("end"):
            engine().execute(EndSubstitution(request.form["end"]), actor())
        else:
            zone = engine().zone
            try:
                starts = datetime.fromisoformat(request.form["starts"]).replace(tzinfo=zone)
                ends = datetime.fromisoformat(request.form["ends"]).replace(tzinfo=zone, hour=23, minute=59)
            except ValueError as error:
                raise InvalidInput(N_("A date or time was expected.")) from error
            engine().execute(AddSubstitution(me().id, request.form.get("substitute", ""), starts, ends, request.form.get("reason", "")), actor())
        flash(language.translate("已完成。"))
        return redirect(url_for("pages.absence"))
    with engine().database.reading() as connection:
        s = t.substitution.c
        rows = list(connection.execute(sa.select(t.substitution).where(sa.or_(s.person_id == me().id, s.substitute_id == me().id))
                                       .order_by(s.starts_at.desc()).limit(50)))
        people = form_input.options(connection, "people")
    return render_template("absence.html", rows=rows, people=people, now=clock.now())

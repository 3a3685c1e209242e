"""Write the events of a step into the tables that people look at: tasks, jobs, waits, incidents, copies, registers."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from engine import organisation, registers
from engine.domain.event import Event
from engine.errors import N_, IncidentError, NotFound
from engine.execution import CompleteCall, Receive, Start, Step
from engine.identifiers import new_id
from engine.store import repository

if TYPE_CHECKING:
    from engine.process_engine import Loaded, Work

MESSAGE_KEPT = timedelta(days=30)
"""How long a message that nobody waits for is kept before an incident says so."""


def project(work: Work, loaded: Loaded, step: Step) -> None:
    """Apply the events in order, then the title, the summary and the registers."""
    _describe(work, loaded, step)
    for event in step.events:
        handler = HANDLERS.get(event.kind)
        if handler is not None:
            handler(work, loaded, event)
    if step.state.finished:
        _end(work, loaded, step)
    if loaded.definition.registers and (step.changed or loaded.new or step.state.finished or _completed_something(step)):
        _registers(work, loaded, step)


def _completed_something(step: Step) -> bool:
    return any(e.kind == "task_completed" for e in step.events)


def _describe(work: Work, loaded: Loaded, step: Step) -> None:
    row = loaded.row
    texts = [step.title, step.business_key, *(str(v) for _, v in step.summary if isinstance(v, str | int | float))]
    search = " ".join(dict.fromkeys(t for t in texts if t)).lower()
    changed = row["title"] != step.title or row["search"] != search
    row |= {"title": step.title, "business_key": step.business_key, "search": search}
    row["summary"] = [list(pair) for pair in step.summary]
    if changed and not loaded.new:
        repository.retitle_open_tasks(work.connection, loaded.id, step.title, search, row["summary"])


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _task_created(work: Work, loaded: Loaded, event: Event) -> None:
    data = event.data
    task_id = f"{loaded.id}.{event.token}"
    excluded = list(data.get("excluded", ()))
    problem: str | None = None
    params: dict[str, Any] = {}
    assignee, how, role, candidates = data.get("assignee"), "", "", []
    if assignee is not None:
        how = "initiator" if data.get("initiator") else "expression"
        if not work.is_active(assignee):
            problem, params = N_("%(name)s is for %(person)s, who is not an active person."), {"person": assignee}
            assignee = None
        elif assignee in excluded:
            problem, params = N_("%(name)s is for %(person)s, whom four eyes exclude."), {"person": assignee}
            assignee = None
    else:
        found = work.resolve(data["roles"], frozenset(excluded))
        candidates, role = list(found.roles), ",".join(found.roles)
        if not found.people:
            problem, params = N_("Nobody holds the role %(role)s for %(name)s, or four eyes exclude everybody who does."), {
                "role": ", ".join(data["roles"])}
            candidates, role = list(data["roles"]), ",".join(data["roles"])
        elif len(found.people) == 1:
            assignee, how = found.people[0], "sole"
    repository.insert_user_task(work.connection, {
        "id": task_id, "instance_id": loaded.id, "token": event.token, "process_key": loaded.definition.key,
        "element": event.element, "name": data["name"], "state": "open", "assignee": assignee, "assigned_by": how, "role": role,
        "title": loaded.row["title"], "initiator": loaded.row["initiator"], "summary": loaded.row["summary"],
        "search": loaded.row["search"], "created_at": work.now, "due_at": _time(data.get("due")),
        "follow_up_at": _time(data.get("follow_up")), "deadline": data.get("deadline"), "completed_at": None,
        "completed_by": None, "on_behalf_of": None, "outcome": None, "comment": None}, candidates, excluded)
    for number, at in enumerate(data.get("reminders", ()), 1):
        repository.insert_job(work.connection, id=f"{task_id}.r{number}", kind="reminder", instance_id=loaded.id, token=event.token,
                              element=event.element, due_at=_time(at), payload={"task": task_id},
                              calendar_version=work.calendar.version)
    if problem is not None:
        _incident(work, loaded, event, "nobody", problem, {"name": data["name"], **params}, task_id=task_id)


def _incident(work: Work, loaded: Loaded, event: Event, kind: str, template: str, params: dict[str, Any], **more: Any) -> None:
    repository.insert_incident(work.connection, id=new_id(work.now), instance_id=loaded.id, process_key=loaded.definition.key,
                               element=event.element, token=event.token, kind=kind, template=template, params=params,
                               at=work.now, **more)


def _task_completed(work: Work, loaded: Loaded, event: Event) -> None:
    private = event.private or {}
    around = loaded.around.get(event.token, repository.EVERYTHING)
    repository.end_user_task(work.connection, f"{loaded.id}.{event.token}", "completed", work.now, by=event.data["by"],
                             on_behalf_of=event.data["on_behalf_of"], outcome=event.data["outcome"],
                             comment=private.get("comment", ""), around=around)
    if "job" in around:
        repository.delete_jobs_at(work.connection, loaded.id, event.token)
    for name, value in private.get("values", {}).items():
        _use_files(work, loaded, event, name, value)


def _use_files(work: Work, loaded: Loaded, event: Event, name: str, value: Any) -> None:
    if isinstance(value, dict) and isinstance(value.get("fingerprint"), str):
        repository.insert_attachment_use(work.connection, fingerprint=value["fingerprint"], instance_id=loaded.id,
                                         name=str(value.get("name", name)), element=event.element, at=work.now,
                                         by=work.actor.person)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _use_files(work, loaded, event, name, item)


def _instance_started(work: Work, loaded: Loaded, event: Event) -> None:
    for name, value in (event.private or {}).get("variables", {}).items():
        _use_files(work, loaded, event, name, value)


def _task_withdrawn(work: Work, loaded: Loaded, event: Event) -> None:
    task_id = f"{loaded.id}.{event.token}"
    repository.end_user_task(work.connection, task_id, "cancelled", work.now)
    repository.delete_jobs_at(work.connection, loaded.id, event.token)
    repository.resolve_incidents(work.connection, work.now, "", task_id=task_id)


def _timer_scheduled(work: Work, loaded: Loaded, event: Event) -> None:
    due = _time(event.data["due"])
    repository.insert_job(work.connection, id=f"{loaded.id}.{event.token}@{event.data['due']}", kind="timer", instance_id=loaded.id,
                          token=event.token, element=event.element, due_at=due, payload={"due": event.data["due"]},
                          calendar_version=work.calendar.version)


def _job_created(work: Work, loaded: Loaded, event: Event) -> None:
    repository.insert_job(work.connection, id=f"{loaded.id}.{event.token}", kind="service", instance_id=loaded.id, token=event.token,
                          element=event.element, due_at=work.now,
                          payload={"topic": event.data["topic"], **(event.private or {})})


def _jobs_over(work: Work, loaded: Loaded, event: Event) -> None:
    repository.delete_jobs_at(work.connection, loaded.id, event.token)


def _wait_begun(work: Work, loaded: Loaded, event: Event) -> None:
    data = event.data
    repository.insert_subscription(work.connection, instance_id=loaded.id, token=event.token, kind=data["kind"], name=data["name"],
                                   correlation=data["correlation"], since=work.now)
    if data["kind"] == "message":
        repository.lock_message(work.connection, data["name"], data["correlation"])
        kept = repository.take_message(work.connection, data["name"], data["correlation"])
        if kept is not None:
            repository.delete_job(work.connection, f"message.{kept.id}")
            work.later(partial(_deliver_message, work, (loaded.id, event.token), data["name"], data["correlation"], kept.payload, kept.sender))


def _wait_over(work: Work, loaded: Loaded, event: Event) -> None:
    repository.delete_subscription(work.connection, loaded.id, event.token)


def _received(work: Work, loaded: Loaded, event: Event) -> None:
    node = loaded.definition.process.nodes[event.element]
    if node.interrupting or node.kind not in {"boundaryEvent", "startEvent"}:
        repository.delete_subscription(work.connection, loaded.id, event.token)


def deliver(work: Work, instance_id: str, token: int, payload: Any) -> bool:
    """Give a message or signal to a waiting token, if it still waits when its turn comes; say whether it did."""
    loaded = work.load(instance_id)
    waits = not loaded.state.finished and any(
        row[0] == token and (row[4] or {}).get("open") == "await" for row in loaded.state.rows)
    if waits:
        work.step(instance_id, Receive(token, payload))
    return waits


def _deliver_message(work: Work, receiver: tuple[str, int], name: str, correlation: str, payload: Any, sender: str) -> None:
    """Give a message to its receiver (instance, token); when that waits no more, look for the next one, so that none is lost."""
    if not deliver(work, *receiver, payload):
        send_message(work, name, correlation, payload, sender)


def send_message(work: Work, name: str, correlation: str, payload: Any, sender: str) -> str:
    """Give a message to one receiver: who waits longest, else a process that it starts, else keep it; say which (for the caller)."""
    repository.lock_message(work.connection, name, correlation)
    for row in repository.subscriptions(work.connection, "message", name, correlation):
        work.later(partial(_deliver_message, work, (row.instance_id, row.token), name, correlation, payload, sender))
        return "received"
    for row in repository.start_subscriptions(work.connection, "message", name):
        start_by_event(work, row.process_key, row.element, payload, sender)
        return "started"
    message_id = new_id(work.now)
    repository.insert_message(work.connection, id=message_id, name=name, correlation=correlation, payload=payload, sent_at=work.now,
                              expires_at=work.now + MESSAGE_KEPT, sender=sender)
    repository.insert_job(work.connection, id=f"message.{message_id}", kind="expiry", due_at=work.now + MESSAGE_KEPT,
                          payload={"message": message_id})
    return "kept"


def broadcast(work: Work, name: str, payload: Any, sender: str) -> None:
    """Give a signal to everybody who waits for it, and start what it starts."""
    for row in repository.subscriptions(work.connection, "signal", name):
        work.later(partial(deliver, work, row.instance_id, row.token, payload))
    for row in repository.start_subscriptions(work.connection, "signal", name):
        start_by_event(work, row.process_key, row.element, payload, sender)


def start_by_event(work: Work, process_key: str, element: str, payload: Any, initiator: str = "") -> None:
    """Start an instance by a message, signal or timer; its initiator is the system, or who caused it."""
    definition = work.engine.definitions.current(work.connection, process_key)
    node = definition.process.nodes[element]
    variables = payload if isinstance(payload, dict) and not node.get("resultVariable") else {}
    if node.get("resultVariable"):
        variables = {node.get("resultVariable"): payload}
    person = organisation.as_initiator(work.connection, initiator)
    work.later(partial(work.start, definition, person, Start(variables, element)))


def _message_sent(work: Work, loaded: Loaded, event: Event) -> None:
    payload = (event.private or {}).get("payload")
    send_message(work, event.data["name"], event.data["correlation"], payload, loaded.row["initiator"])


def _signal_thrown(work: Work, loaded: Loaded, event: Event) -> None:
    broadcast(work, event.data["name"], (event.private or {}).get("payload"), loaded.row["initiator"])


def _call_started(work: Work, loaded: Loaded, event: Event) -> None:
    data, variables = event.data, (event.private or {}).get("variables", {})

    def begin() -> None:
        try:
            pinned = loaded.definition.manifest.get(f"call:{data['process']}")
            definition = (work.engine.definitions.get(work.connection, pinned) if pinned
                          else work.engine.definitions.current(work.connection, data["process"]))
        except NotFound as error:
            _incident(work, loaded, event, "call", error.template, dict(error.params))
            return
        initiator = organisation.as_initiator(work.connection, data["initiator"])
        work.start(definition, initiator, Start(variables, business_key=data["business_key"]), parent=(loaded.id, event.token))

    work.later(begin)


def _call_withdrawn(work: Work, loaded: Loaded, event: Event) -> None:
    from engine.execution import Cancel  # noqa: PLC0415

    for child in repository.running_children(work.connection, loaded.id, event.token):
        work.later(partial(work.step, child, Cancel("cancelled", "")))


def _thrown_to_caller(work: Work, loaded: Loaded, event: Event) -> None:
    parent, token = loaded.row["parent_id"], loaded.row["parent_token"]
    if parent is not None and event.kind == "escalation_thrown":
        work.later(lambda: _tell_caller(work, parent, CompleteCall(token, {}, "escalation", event.data["code"])))
    if parent is not None and event.kind == "error_thrown":
        loaded.row["thrown"] = event.data["code"]


def _tell_caller(work: Work, parent: str, command: CompleteCall) -> None:
    loaded = work.load(parent)
    if not loaded.state.finished and any(row[0] == command.token and (row[4] or {}).get("open") == "call" for row in loaded.state.rows):
        work.step(parent, command)


def _incident_raised(work: Work, loaded: Loaded, event: Event) -> None:
    _incident(work, loaded, event, event.data["kind"], event.data["template"], event.data["params"])


def _incident_over(work: Work, loaded: Loaded, event: Event) -> None:
    repository.resolve_incidents(work.connection, work.now, work.actor.person, instance_id=loaded.id, token=event.token)


def _copied(work: Work, loaded: Loaded, event: Event) -> None:
    for person in organisation.people(work.connection, event.data["to"]):
        repository.insert_copy(work.connection, instance_id=loaded.id, person_id=person, at=work.now, element=event.element)


def _end(work: Work, loaded: Loaded, step: Step) -> None:
    row, how = loaded.row, step.state.finished
    row |= {"state": how, "ended_at": work.now}
    repository.delete_subscriptions_of(work.connection, loaded.id)
    repository.delete_jobs_of(work.connection, loaded.id)
    repository.resolve_incidents(work.connection, work.now, work.actor.person, instance_id=loaded.id)
    repository.mark_for_checkpoint(work.connection, loaded.id)
    parent, token = row["parent_id"], row["parent_token"]
    if parent is None:
        return
    if how == "failed":
        command = CompleteCall(token, {}, "error", row.get("thrown", ""))
    else:
        command = CompleteCall(token, {**step.state.variables, "instance_state": how})
    work.later(lambda: _tell_caller(work, parent, command))


def _registers(work: Work, loaded: Loaded, step: Step) -> None:
    before = repository.register_entries(work.connection, loaded.id)
    context, functions = step.read(), step.functions
    for register in loaded.definition.registers:
        try:
            entry = registers.row(register, context, functions)
        except IncidentError as error:
            repository.resolve_incidents(work.connection, work.now, "", instance_id=loaded.id, kind="register", element=register.id)
            _incident(work, loaded, Event("register", register.id), "register", error.template, dict(error.params))
            continue
        if entry is None:
            if register.id in before:
                repository.delete_register_entry(work.connection, register.id, loaded.id)
        elif before.get(register.id) != entry.content:
            repository.upsert_register_entry(work.connection, {
                "register_id": register.id, "instance_id": loaded.id, "content": entry.content, "sort": entry.sort,
                "search": entry.search, "person_id": entry.person, "changed_at": work.now, "history_seq": loaded.head.count + 1})


HANDLERS: dict[str, Any] = {
    "instance_started": _instance_started,
    "task_created": _task_created, "task_completed": _task_completed, "task_withdrawn": _task_withdrawn,
    "timer_scheduled": _timer_scheduled, "timer_withdrawn": _jobs_over, "timer_fired": _jobs_over,
    "job_created": _job_created, "job_completed": _jobs_over, "job_withdrawn": _jobs_over,
    "wait_begun": _wait_begun, "wait_withdrawn": _wait_over, "message_received": _received, "signal_received": _received,
    "message_sent": _message_sent, "signal_thrown": _signal_thrown,
    "call_started": _call_started, "call_withdrawn": _call_withdrawn,
    "error_thrown": _thrown_to_caller, "escalation_thrown": _thrown_to_caller,
    "incident_raised": _incident_raised, "incident_withdrawn": _incident_over, "retried": _incident_over, "copied": _copied,
}

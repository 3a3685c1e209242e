"""What the activities do: user tasks, scripts, decisions, jobs for connectors, calls of other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import TaskState

from engine.bpmn import timing
from engine.bpmn.model import Node, Process
from engine.bpmn.variables import evaluate_json, evaluate_text, names, read, write
from engine.errors import N_, IncidentError
from engine.feel import to_json

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run
    from engine.bpmn.specs import Token

KINDS = {"task": "task_withdrawn", "timer": "timer_withdrawn", "await": "wait_withdrawn", "job": "job_withdrawn",
         "call": "call_withdrawn"}


def withdraw(run: Run, token: Token) -> None:
    """Tell that what a token had open (task, timer, waiting, job, call, incident) is no longer wanted."""
    opened = token.internal_data.get("open")
    if opened is not None:
        run.emit(KINDS[opened], token)
    if "stage" in token.internal_data or "stuck" in token.internal_data:
        run.emit("incident_withdrawn", token)


def mark(token: Token, opened: str, **more: Any) -> None:
    """Remember what the token has open."""
    token.internal_data = {**token.internal_data, "open": opened, **more}


def unmark(token: Token) -> None:
    """Forget what the token had open: it is done."""
    token.internal_data = {k: v for k, v in token.internal_data.items() if k != "open"}


def initiator_lane(process: Process) -> str:
    """Return the lane of the process's start event: its tasks go to the initiator."""
    return next((n.lane for n in process.starts()), "")


def create_user_task(run: Run, token: Token) -> None:
    """Say who may do the task (as the diagram says it; the organisation is asked outside), by when, and when to remind."""
    node = run.node_of(token)
    data: dict[str, Any] = {"name": node.name or node.id, **_who(run, token, node)}
    data["excluded"] = _excluded(run, node)
    due = node.get("dueDate")
    now, calendar = run.surroundings.now, run.surroundings.calendar
    if due:
        deadline = timing.deadline(run, token, due)
        data["due"] = deadline["due"]
        data["deadline"] = deadline
    if node.get("followUpDate"):
        data["follow_up"] = timing.deadline(run, token, node.get("followUpDate"))["due"]
    reminders = [timing.reminder(run, token, r, now, data.get("due"), calendar) for r in node.reminders]
    if reminders:
        data["reminders"] = [r for r in reminders if r]
    mark(token, "task")
    run.emit("task_created", token, data)


def _who(run: Run, token: Token, node: Node) -> dict[str, Any]:
    assignee, groups = node.get("assignee"), node.get("candidateGroups")
    if assignee:
        found = names(evaluate_text(run, token, assignee), "camunda:assignee")
        if len(found) != 1:
            raise IncidentError(N_("camunda:assignee of %(name)s gives nobody; one person was expected."), name=node.name)
        return {"assignee": found[0]}
    if groups:
        text = evaluate_text(run, token, groups)
        roles = names(text, "camunda:candidateGroups")
        if not roles:
            raise IncidentError(N_("camunda:candidateGroups of %(name)s gives no role."), name=node.name)
        return {"roles": list(roles)}
    if not node.lane or node.lane == initiator_lane(run.process):
        return {"assignee": run.state.initiator["id"], "initiator": True}
    return {"roles": [run.process.lanes[node.lane].role]}


def _excluded(run: Run, node: Node) -> list[str]:
    people: list[str] = []
    for word in node.get("fourEyes").replace(",", " ").split():
        people += [run.state.initiator["id"]] if word == "initiator" else run.state.done.get(word, {}).get("everyone", [])
    return list(dict.fromkeys(people))


def complete_user_task(run: Run, token: Token, *, by: str, on_behalf_of: str, values: dict[str, Any], outcome: str | None,
                       comment: str) -> None:
    """Write what the person decided and let the token go on."""
    node = run.node_of(token)
    written = dict(values)
    if node.outcomes:
        written[node.get("result") or f"{node.id}_outcome"] = outcome
    before = run.state.done.get(node.id, {}).get("everyone", [])
    entry = {"by": by, "at": run.surroundings.now.isoformat(), "outcome": outcome, "comment": comment,
             "everyone": list(dict.fromkeys([*before, by]))}
    run.state.done = {**run.state.done, node.id: entry}
    run.builtins["done"] = run.state.done
    unmark(token)
    run.emit("task_completed", token, {"by": by, "outcome": outcome, "on_behalf_of": on_behalf_of,
                                       "values": sorted(written)}, {"values": values, "comment": comment})
    write(run, token, written)
    run.enqueue(token, "run")


def execute_script(run: Run, token: Token) -> None:
    """Evaluate a script task's FEEL; write the result variable, or the entries of the context that it gives."""
    node = run.node_of(token)
    value = evaluate_json(run, token, node.script)
    _write_result(run, token, node, value)


def _write_result(run: Run, token: Token, node: Node, value: Any) -> None:
    target = node.get("resultVariable")
    if target:
        write(run, token, {target: value})
    elif isinstance(value, dict):
        write(run, token, value)
    elif node.kind == "scriptTask":
        raise IncidentError(N_("The script of %(name)s gives no context, and names no camunda:resultVariable."), name=node.name)


def decide(run: Run, token: Token) -> None:
    """Evaluate the decision that a business rule task names, and record which rules matched."""
    node = run.node_of(token)
    reference = node.get("decisionRef")
    decision = run.runnable.decisions.get(reference)
    if decision is None:
        raise IncidentError(N_("The decision %(id)s is not deployed with this diagram."), id=reference)
    result = decision.evaluate(read(run, token), run.functions)
    outputs = to_json(result.outputs)
    run.emit("decided", token, {"decision": reference, "matched": list(result.matched)},
             {"inputs": to_json(dict(result.inputs)), "outputs": outputs})
    target = node.get("resultVariable") or reference
    write(run, token, {target: _mapped(node, outputs)})


def _mapped(node: Node, outputs: Any) -> Any:
    """Give a decision's result the form that ``camunda:mapDecisionResult`` asks for."""
    wanted = node.get("mapDecisionResult")
    if wanted in {"collectEntries", "resultList"}:
        return outputs if isinstance(outputs, list) else [] if outputs is None else [outputs]
    if wanted in {"singleEntry", "singleResult"} and isinstance(outputs, list):
        if len(outputs) > 1:
            raise IncidentError(N_("The decision of %(name)s gives %(count)d results; one was expected."), name=node.name, count=len(outputs))
        return outputs[0] if outputs else None
    return outputs


def create_job(run: Run, token: Token) -> None:
    """Order the work of a connector; its inputs are evaluated now, so that a repetition does the same."""
    node = run.node_of(token)
    inputs = {m.target: evaluate_json(run, token, m.expression) for m in node.inputs if m.expression}
    mark(token, "job")
    run.emit("job_created", token, {"topic": node.get("topic")}, {"inputs": inputs})


def complete_job(run: Run, token: Token, result: Any) -> None:
    """Take a connector's result and go on."""
    node = run.node_of(token)
    unmark(token)
    if node.get("resultVariable"):
        write(run, token, {node.get("resultVariable"): result})
    run.emit("job_completed", token)
    token.complete()


def call(run: Run, token: Token) -> None:
    """Order an instance of another process with the variables that the diagram hands over."""
    node = run.node_of(token)
    called = names(evaluate_text(run, token, node.called), "calledElement")
    if len(called) != 1:
        raise IncidentError(N_("calledElement of %(name)s names no process."), name=node.name)
    variables: dict[str, Any] = {}
    key = ""
    seen = read(run, token)
    for mapping in node.inputs:
        if mapping.expression == "$all":
            variables.update(run.state.variables)
            continue
        value = evaluate_json(run, token, mapping.expression) if mapping.expression else seen.get(mapping.source)
        if mapping.target == "$businessKey":
            key = "" if value is None else str(value)
        else:
            variables[mapping.target] = value
    initiator = node.get("initiator")
    person = evaluate_text(run, token, initiator) if initiator else run.state.initiator["id"]
    mark(token, "call")
    run.emit("call_started", token, {"process": called[0], "business_key": key, "initiator": person},
             {"variables": variables})
    token._set_state(TaskState.STARTED)


def complete_call(run: Run, token: Token, outcome: dict[str, Any]) -> None:
    """Take over what the diagram asks for from the variables of the called instance, and go on."""
    node = run.node_of(token)
    values: dict[str, Any] = {}
    for mapping in node.outputs:
        if mapping.expression == "$all":
            values.update(outcome)
        elif mapping.expression:
            values[mapping.target] = evaluate_json(run, None, mapping.expression, outcome)
        else:
            values[mapping.target] = outcome.get(mapping.source)
    unmark(token)
    if values:
        write(run, token, values)
    run.emit("call_completed", token, {"values": sorted(values)}, {"values": values})
    token.complete()

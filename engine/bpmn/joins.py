"""Where tokens meet: parallel and inclusive joins, and the proof that a waiting join can still be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.task import TaskState

from engine.bpmn.model import Process
from engine.errors import N_

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run
    from engine.bpmn.specs import Token

JOINS = frozenset({"parallelGateway", "inclusiveGateway"})


def synchronize(run: Run, token: Token) -> bool:
    """Take one waiting token from each incoming flow when all have one, and say whether this token goes on."""
    node = run.node_of(token)
    by_flow: dict[str, Token] = {}
    for other in _waiting(run, token):
        by_flow.setdefault(other.internal_data["flow"], other)
    if set(by_flow) != set(node.incoming):
        return False
    for flow, other in by_flow.items():
        if other is not token and flow != token.internal_data["flow"]:
            run.remove(other)
    earlier = by_flow[token.internal_data["flow"]]
    if earlier is not token:  # this flow had brought one before: that one is consumed, this one's place stays filled
        earlier.internal_data, token.internal_data = token.internal_data, earlier.internal_data
        run.remove(earlier)
        _put_back(run, token)
    return True


def _put_back(run: Run, token: Token) -> None:
    """Leave a waiting token behind for an excess arrival on the same flow."""
    spare = run.spawn(run.node_of(token).id, token.parent, internal=dict(token.internal_data))
    spare._set_state(TaskState.WAITING)
    run.queue.remove((spare.id, "enter"))


def _waiting(run: Run, token: Token) -> list[Token]:
    spec, parent = token.task_spec, token._parent
    return [t for t in run.tokens.values() if t.task_spec is spec and t._parent == parent and t._state == TaskState.WAITING]


def release(run: Run) -> bool:
    """Let the first inclusive join go on that no token can reach any more; say whether there was one."""
    for token in list(run.tokens.values()):
        node = getattr(token.task_spec, "node", None)
        if node is None or node.kind != "inclusiveGateway" or token._state != TaskState.WAITING:
            continue
        group = _waiting(run, token)
        covered = {t.internal_data["flow"] for t in group}
        if _must_wait(run, token, group, covered):
            continue
        used: set[str] = {token.internal_data["flow"]}
        for other in group:
            if other is not token and other.internal_data["flow"] not in used:
                used.add(other.internal_data["flow"])
                run.remove(other)
        token._ready()
        return True
    return False


def _must_wait(run: Run, token: Token, group: list[Token], covered: set[str]) -> bool:
    gateway = run.node_of(token).id
    for other in token.parent.children:
        if other in group or "listener" in other.internal_data:
            continue
        reached = reachable(run.process, run.node_of(other).id, gateway, run.runnable.reach)
        if reached - covered and not reached & covered:
            return True
    return False


def reachable(process: Process, start: str, gateway: str, memory: dict[tuple[str, str], frozenset[str]]) -> frozenset[str]:
    """Return the incoming flows of ``gateway`` that a token at ``start`` may still come by, without passing the gateway."""
    known = memory.get((start, gateway))
    if known is not None:
        return known
    found: set[str] = set()
    seen = {start}
    todo = [start]
    while todo:
        for flow, target in _next(process, todo.pop()):
            if target == gateway:
                found.add(flow)
            elif target not in seen:
                seen.add(target)
                todo.append(target)
    memory[(start, gateway)] = frozenset(found)
    return memory[(start, gateway)]


def _next(process: Process, node_id: str) -> list[tuple[str, str]]:
    node = process.nodes[node_id]
    steps = [(flow, process.flows[flow].target) for flow in node.outgoing]
    for boundary in process.boundaries(node_id):
        steps.append(("", boundary.id))
    if node.kind == "intermediateThrowEvent" and node.event is not None and node.event.kind == "link":
        steps += [("", n.id) for n in process.children(node.scope) if n.kind == "intermediateCatchEvent"
                  and n.event is not None and n.event.kind == "link" and n.event.name == node.event.name]
    return steps


def report_stuck(run: Run) -> None:
    """Raise an incident at a join that waits for a token which no longer can come."""
    for token in list(run.tokens.values()):
        node = getattr(token.task_spec, "node", None)
        if node is None or node.kind not in JOINS or token._state != TaskState.WAITING:
            continue
        group = _waiting(run, token)
        if token is not group[0] or any("stuck" in t.internal_data for t in group):
            continue
        covered = {t.internal_data["flow"] for t in group}
        missing = set(node.incoming) - covered
        movers = [t for t in token.parent.children if t not in group and "listener" not in t.internal_data]
        if node.kind == "inclusiveGateway":
            movers = [t for t in movers if not (run.node_of(t).kind in JOINS and t._state == TaskState.WAITING)]
        if not any(reachable(run.process, run.node_of(t).id, node.id, run.runnable.reach) & missing for t in movers):
            token.internal_data = {**token.internal_data, "stuck": 1}
            run.emit("incident_raised", token, {
                "kind": "stuck",
                "template": N_("%(name)s waits for a token on another path, and none can come any more."),
                "params": {"name": node.name or node.id}})

"""Tokens on the move: which flows are taken, what happens on arrival, and when a scope is over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.bpmn import loops
from engine.bpmn.model import Flow, Node
from engine.bpmn.specs import LOOP
from engine.bpmn.variables import evaluate_condition, evaluate_text, names, read, write
from engine.domain.number import counter_name, fill
from engine.errors import N_, IncidentError

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run
    from engine.bpmn.specs import Token


def leave(run: Run, token: Token) -> None:
    """Take the token off its element and put tokens on the flows that follow; raise IncidentError when no flow can be taken."""
    node = run.node_of(token)
    scope = token.parent
    is_body = token.task_spec.name.endswith(LOOP)
    if node.loop is not None and not is_body:
        loops.end_instance(run, token)
        return
    chosen = () if _stops(node) else choose(run, token, node)
    _give_number(run, token, node)
    _copy(run, token, node)
    run.emit("passed", token, {"flows": [flow.id for flow in chosen]} if chosen else None)
    _remove_with_boundaries(run, token)
    for flow in chosen:
        arrive(run, flow, scope)
    settle(run, scope)


def _stops(node: Node) -> bool:
    """Say whether nothing follows by flows: a link jumps, and the targets of an event-based gateway are already waiting."""
    return node.kind == "eventBasedGateway" or (node.event is not None and node.event.kind == "link"
                                                and node.kind == "intermediateThrowEvent")


def choose(run: Run, token: Token, node: Node) -> tuple[Flow, ...]:
    """Return the flows that get a token (BPMN 13.4; flows in the order of the file)."""
    flows = [run.process.flows[identifier] for identifier in node.outgoing]
    if not flows or node.kind == "parallelGateway":
        return tuple(flows)
    default = [flow for flow in flows if flow.id == node.default]
    if node.kind == "exclusiveGateway":
        for flow in flows:
            if flow.id != node.default and (flow.condition is None or _holds(run, token, flow)):
                return (flow,)
        chosen = default
    else:
        chosen = [flow for flow in flows if flow.id != node.default and (flow.condition is None or _holds(run, token, flow))]
        chosen = chosen or default
    if not chosen:
        raise IncidentError(N_("No outgoing flow of %(name)s can be taken: no condition is true and there is no default."),
                            name=node.name or node.id)
    return tuple(chosen)


def _holds(run: Run, token: Token, flow: Flow) -> bool:
    return evaluate_condition(run, token, flow.condition or "true", flow.name or flow.id)


def _give_number(run: Run, token: Token, node: Node) -> None:
    if node.number is None or read(run, token).get(node.number.variable) not in (None, ""):
        return
    zone = ZoneInfo(run.surroundings.calendar.time_zone)
    local: datetime = run.surroundings.now.astimezone(zone)
    name = counter_name(node.number.pattern, local)
    number = fill(node.number.pattern, local, run.surroundings.next_number(name))
    write(run, token, {node.number.variable: number})
    run.emit("number_given", token, {"variable": node.number.variable, "number": number})


def _copy(run: Run, token: Token, node: Node) -> None:
    text = node.get("copyTo")
    if not text:
        return
    parts: list[str] = []
    for part in ([text] if text.startswith("=") else text.split(",")):
        parts += names(evaluate_text(run, token, part.strip()), "gc:copyTo")
    if parts:
        run.emit("copied", token, {"to": parts})


def _remove_with_boundaries(run: Run, token: Token) -> None:
    hosted = [t for t in run.tokens.values() if t.internal_data.get("host") == token.id]
    for boundary in hosted:
        run.cancel(boundary)
    for child in list(token.children):
        run.cancel(child)
    run.remove(token)


def arrive(run: Run, flow: Flow, scope: Token) -> None:
    """Put a token on the target of ``flow``."""
    target = run.process.nodes[flow.target]
    joins = target.kind in {"parallelGateway", "inclusiveGateway"} and len(target.incoming) > 1
    run.spawn(target.id, scope, internal={"flow": flow.id} if joins else None)


def settle(run: Run, scope: Token) -> None:
    """End ``scope`` when no token is left in it but listeners."""
    if run.state.finished or scope.id not in run.tokens:
        return
    if any("listener" not in child.internal_data for child in scope.children):
        return
    for listener in list(scope.children):
        run.cancel(listener)
    if scope.id == 1:
        run.finish("completed")
    elif not scope.task_spec.name.endswith(LOOP):
        scope.complete()

"""What events throw: messages, signals, escalations, errors, links, and the end of a scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import waiting
from engine.bpmn.model import Node
from engine.bpmn.specs import LOOP
from engine.bpmn.variables import evaluate_json, evaluate_text
from engine.errors import N_, IncidentError

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run
    from engine.bpmn.specs import Token


def throw(run: Run, token: Token) -> bool:
    """Do what a throwing or end event does; the token goes on (or is gone, when its scope was interrupted)."""
    node = run.node_of(token)
    kind = node.event.kind if node.event is not None else ""
    if kind == "message":
        send_message(run, token)
    elif kind == "signal":
        _signal(run, token, node)
    elif kind == "escalation":
        escalate(run, token, node.event.name if node.event else "")
    elif kind == "error":
        _error(run, token, node)
    elif kind == "link":
        _link(run, token, node)
    elif kind == "terminate":
        for other in list(token.parent.children):
            if other is not token and other.id in run.tokens:
                run.cancel(other)
    return True


def send_message(run: Run, token: Token) -> None:
    """Send a message: by name, with the correlation key and payload that the diagram gives."""
    node = run.node_of(token)
    assert node.event is not None
    payload = evaluate_text(run, token, node.get("payload")) if node.get("payload") else None
    run.emit("message_sent", token, {"name": node.event.name, "correlation": correlation(run, token, node)}, {"payload": payload})


def correlation(run: Run, token: Token, node: Node) -> str:
    """Return the correlation key as text; raise IncidentError when its expression gives null (it would match anybody)."""
    text = node.get("correlationKey")
    if not text:
        return ""
    value = evaluate_text(run, token, text)
    if value is None:
        raise IncidentError(N_("The correlation key of %(name)s is null."), name=node.name or node.id)
    return str(value)


def _signal(run: Run, token: Token, node: Node) -> None:
    assert node.event is not None
    payload = evaluate_text(run, token, node.get("payload")) if node.get("payload") else None
    run.emit("signal_thrown", token, {"name": node.event.name}, {"payload": payload})


def _link(run: Run, token: Token, node: Node) -> None:
    assert node.event is not None
    for target in run.process.children(node.scope):
        if (target.kind == "intermediateCatchEvent" and target.event is not None and target.event.kind == "link"
                and target.event.name == node.event.name):
            run.spawn(target.id, token.parent)
            return
    raise IncidentError(N_("There is no link target named %(name)s."), name=node.event.name)


def escalate(run: Run, token: Token, code: str) -> None:
    """Hand an escalation to the innermost scope that catches it; uncaught, it goes to the caller, or has no effect (BPMN 13.5.4)."""
    catcher = find_catcher(run, token, "escalation", code)
    if catcher is None:
        run.emit("escalation_thrown", token, {"code": code})
        return
    run.emit("escalation_caught", catcher, {"code": code})
    waiting.catch(run, catcher)


def _error(run: Run, token: Token, node: Node) -> None:
    assert node.event is not None
    code = node.event.name
    catcher = find_catcher(run, token, "error", code)
    if catcher is not None:
        run.emit("error_caught", catcher, {"code": code})
        waiting.catch(run, catcher)
    elif run.state.called:
        run.emit("error_thrown", token, {"code": code})
        run.finish("failed")
    else:
        raise IncidentError(N_("The error %(code)s is caught nowhere."), code=code)


def catch_from_call(run: Run, token: Token, kind: str, code: str) -> None:
    """Take an error or escalation of a called instance at its call activity; raise IncidentError for an error caught nowhere."""
    host = token
    while host.task_spec.name.endswith(LOOP) is False and host.parent.task_spec.name.endswith(LOOP):
        host = host.parent
    catcher = _boundary(run, (token, host), kind, code) or find_catcher(run, host, kind, code)
    if catcher is not None:
        run.emit(f"{kind}_caught", catcher, {"code": code})
        waiting.catch(run, catcher)
    elif kind == "escalation":
        run.emit("escalation_thrown", token, {"code": code})
    elif run.state.called:
        run.emit("error_thrown", token, {"code": code})
        run.finish("failed")
    else:
        raise IncidentError(N_("The error %(code)s is caught nowhere."), code=code)


def find_catcher(run: Run, token: Token, kind: str, code: str) -> Token | None:
    """Return the waiting event that catches, searching from the token's scope outwards."""
    scope = token.parent
    while scope is not None:
        for listener in scope.children:
            if "listener" in listener.internal_data and _catches(run, listener, kind, code):
                return listener
        if scope.id == 1:
            return None
        hosts = (scope, scope.parent) if scope.parent.task_spec.name.endswith(LOOP) else (scope,)
        found = _boundary(run, hosts, kind, code)
        if found is not None:
            return found
        scope = hosts[-1].parent
    return None


def _boundary(run: Run, hosts: tuple[Token, ...], kind: str, code: str) -> Token | None:
    ids = {host.id for host in hosts}
    found = [t for t in run.tokens.values() if t.internal_data.get("host") in ids and _catches(run, t, kind, code)]
    exact = [t for t in found if run.node_of(t).event.name]  # type: ignore[union-attr]
    return (exact or found or [None])[0]


def _catches(run: Run, token: Token, kind: str, code: str) -> bool:
    event = run.node_of(token).event
    return event is not None and event.kind == kind and event.name in {"", code}

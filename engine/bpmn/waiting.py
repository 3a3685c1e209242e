"""Events that wait: timers, messages, signals, conditions, at the element, at a boundary or for an event subprocess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import TaskState

from engine.bpmn import timing
from engine.bpmn.activities import mark, unmark
from engine.bpmn.specs import LOOP
from engine.bpmn.variables import evaluate, write
from engine.errors import N_, IncidentError

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run
    from engine.bpmn.specs import Token


def attach_boundaries(run: Run, token: Token) -> None:
    """Let the boundary events of an activity wait beside it."""
    for boundary in run.process.boundaries(run.node_of(token).id):
        run.spawn(boundary.id, token.parent, internal={"host": token.id})


def wait(run: Run, token: Token) -> None:
    """Begin to wait: plan the timer, or tell for which message or signal."""
    from engine.bpmn.throwing import correlation  # noqa: PLC0415  (throwing wakes what waits here: one knot, tied late)

    node = run.node_of(token)
    event = node.event
    if event is None:
        raise IncidentError(N_("%(name)s waits for nothing."), name=node.name or node.id)
    if event.kind == "timer":
        plan = timing.plan(run, token, event)
        mark(token, "timer", due=plan["due"], **({"cycle": plan["cycle"]} if "cycle" in plan else {}))
        run.emit("timer_scheduled", token, {"due": plan["due"]})
    elif event.kind in {"message", "signal"}:
        key = correlation(run, token, node) if event.kind == "message" else ""
        mark(token, "await")
        run.emit("wait_begun", token, {"kind": event.kind, "name": event.name, "correlation": key})
    elif event.kind == "conditional":
        token.internal_data = {**token.internal_data, "was": False}
    token._set_state(TaskState.WAITING)


def begin_race(run: Run, token: Token) -> None:
    """Let all events behind an event-based gateway wait; the first one ends the others."""
    for identifier in run.node_of(token).outgoing:
        run.spawn(run.process.flows[identifier].target, token.parent, internal={"race": token.id})


def fire_timer(run: Run, token: Token) -> None:
    """Let a due timer take effect; plan the next one of a cycle, counting what was missed."""
    node = run.node_of(token)
    cycle = token.internal_data.get("cycle")
    again = None
    missed = 0
    if cycle is not None:
        again, missed = timing.next_of_cycle(run, cycle, token.internal_data["due"])
    run.emit("timer_fired", token, {"due": token.internal_data["due"], **({"missed": missed} if missed else {})})
    unmark(token)
    repeats = node.kind in {"boundaryEvent", "startEvent"} and not node.interrupting
    if again is not None and repeats:
        mark(token, "timer", due=again["due"], cycle=again["cycle"])
        run.emit("timer_scheduled", token, {"due": again["due"]})
        catch(run, token, stay=True)
    else:
        catch(run, token, stay=False)


def receive(run: Run, token: Token, payload: Any) -> None:
    """Take a message or signal."""
    node = run.node_of(token)
    event = node.event
    assert event is not None
    run.emit(f"{event.kind}_received", token, {"name": event.name}, {"payload": payload})
    if node.get("resultVariable"):
        write(run, token, {node.get("resultVariable"): payload})
    stays = node.kind in {"boundaryEvent", "startEvent"} and not node.interrupting
    if not stays:
        unmark(token)
    catch(run, token, stay=stays)


def catch(run: Run, token: Token, *, stay: bool | None = None) -> None:
    """Let the event happen; ``stay``: the waiting token remains for the next time (default for what doesn't interrupt)."""
    node = run.node_of(token)
    stay = not node.interrupting if stay is None else stay
    if node.kind == "boundaryEvent":
        _catch_at_boundary(run, token, stay=stay)
    elif node.kind == "startEvent":
        _start_event_subprocess(run, token, stay=stay)
    else:
        race = token.internal_data.get("race")
        if race is not None:
            for other in [t for t in run.tokens.values() if t.internal_data.get("race") == race and t is not token]:
                run.cancel(other)
        token._ready()


def _catch_at_boundary(run: Run, token: Token, *, stay: bool) -> None:
    node, scope = run.node_of(token), token.parent
    host = run.tokens.get(token.internal_data["host"])
    run.spawn(node.id, scope, internal={"fired": 1})
    if node.interrupting and host is not None:
        run.cancel(host)  # and with it this token
    elif not stay and token.id in run.tokens:
        run.remove(token)


def _start_event_subprocess(run: Run, token: Token, *, stay: bool) -> None:
    node, scope = run.node_of(token), token.parent
    if node.interrupting:
        for other in list(scope.children):
            if other.id in run.tokens and other is not token:
                run.cancel(other)
    subprocess = run.spawn(node.scope, scope)
    if (node.interrupting or not stay) and token.id in run.tokens:
        run.remove(token)
    subprocess.internal_data = {**subprocess.internal_data, "event": node.id}


def check_conditions(run: Run) -> bool:
    """Let conditional events happen whose condition has become true since the last look; say whether there was one."""
    for token in list(run.tokens.values()):
        event = getattr(getattr(token.task_spec, "node", None), "event", None)
        if event is None or event.kind != "conditional" or token._state != TaskState.WAITING or token.task_spec.name.endswith(LOOP):
            continue
        holds = evaluate(run, token, event.text) is True
        if holds != token.internal_data.get("was"):
            token.internal_data = {**token.internal_data, "was": holds}
            if holds:
                run.emit("condition_met", token)
                catch(run, token)
                return True
    return False

"""What a diagram must be to be deployed: runnable as the standard says, with nothing missing, dead or contradictory.

Each rule is a function from a process and its surroundings to problems; docs/lint-rules.md describes them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import timing
from engine.bpmn.model import ACTIVITIES, PEOPLE, Node, Process
from engine.bpmn.variables import RESERVED
from engine.domain import number
from engine.errors import N_, EngineError, Problem
from engine.feel import compile_expression

START = {"timer", "message", "signal"}
CATCH = {"timer", "message", "signal", "conditional", "link"}
BOUNDARY = {"timer", "message", "signal", "conditional", "error", "escalation"}
THROW = {"message", "signal", "escalation", "link"}
END = {"message", "signal", "escalation", "error", "terminate"}
EVENT_SUBPROCESS = {"timer", "message", "signal", "conditional", "error", "escalation"}


@dataclass(frozen=True)
class Around:
    """What exists besides the diagram: roles (ids and names), forms by key, decisions, processes that can be called, connectors."""

    roles: Collection[str] = ()
    forms: Mapping[str, Any] = field(default_factory=dict)
    decisions: Collection[str] = ()
    processes: Collection[str] = ()
    topics: Collection[str] = ()


Found = Iterator[Problem]


def check(process: Process, around: Around) -> list[Problem]:
    """Return everything that keeps ``process`` from being deployed, in the order of the file."""
    problems = [problem for rule in RULES for problem in rule(process, around)]
    return sorted(problems, key=lambda p: (p.line, p.rule, p.element))


def _at(process: Process, node: Any, rule: str, template: str, **params: object) -> Problem:
    return Problem(template, params, file=process.file, element=getattr(node, "id", process.id), line=getattr(node, "line", 0), rule=rule)


def starts(process: Process, _around: Around) -> Found:
    """Check where scopes begin."""
    top = process.starts()
    if not top:
        yield _at(process, process, "start", N_("The process has no start event."))
    if sum(n.event is None for n in top) > 1:
        yield _at(process, top[1], "start", N_("Only one start event without a trigger can be there."))
    for node in process.nodes.values():
        if node.kind == "startEvent":
            yield from _start(process, node)
        if node.kind == "subProcess":
            inner = process.starts(node.id)
            if len(inner) != 1:
                yield _at(process, node, "start", N_("A subprocess needs exactly one start event; %(count)d are there."), count=len(inner))
            if node.by_event and (node.incoming or node.outgoing):
                yield _at(process, node, "start", N_("An event subprocess has no incoming or outgoing flows."))


def _start(process: Process, node: Node) -> Found:
    kind = node.event.kind if node.event else ""
    if node.incoming:
        yield _at(process, node, "start", N_("No flow can lead to a start event."))
    if not node.scope and kind and kind not in START:
        yield _at(process, node, "start", N_("A process cannot start by %(kind)s."), kind=kind)
    parent = process.nodes.get(node.scope)
    if parent is not None and parent.by_event and kind not in EVENT_SUBPROCESS:
        yield _at(process, node, "start", N_("An event subprocess needs a start event with a trigger."))
    if parent is not None and parent.by_event and kind == "error" and not node.interrupting:
        yield _at(process, node, "start", N_("An error always interrupts; the start event must be interrupting."))
    if parent is not None and not parent.by_event and kind:
        yield _at(process, node, "start", N_("The start event of a subprocess has no trigger."))


def events(process: Process, _around: Around) -> Found:
    """Check that each event is one that can be run where it stands."""
    allowed = {"intermediateCatchEvent": CATCH, "intermediateThrowEvent": THROW | {""}, "endEvent": END | {""},
               "boundaryEvent": BOUNDARY}
    for node in process.nodes.values():
        kind = node.event.kind if node.event else ""
        if node.kind in allowed and kind not in allowed[node.kind]:
            yield _at(process, node, "event", N_("A %(event)s with %(kind)s cannot be run."), event=node.kind, kind=kind or N_("no trigger"))
        if node.kind == "endEvent" and node.outgoing:
            yield _at(process, node, "event", N_("No flow can leave an end event."))
        if node.kind == "boundaryEvent":
            yield from _boundary(process, node, kind)


def _boundary(process: Process, node: Node, kind: str) -> Found:
    host = process.nodes.get(node.attached_to)
    if node.incoming:
        yield _at(process, node, "boundary", N_("No flow can lead to a boundary event."))
    if not node.outgoing:
        yield _at(process, node, "boundary", N_("Nothing follows the boundary event."))
    if kind == "error" and not node.interrupting:
        yield _at(process, node, "boundary", N_("An error always interrupts."))
    if host is not None and kind in {"error", "escalation"} and host.kind not in {"subProcess", "callActivity"}:
        yield _at(process, node, "boundary", N_("%(kind)s comes out of subprocesses and calls only; %(host)s never throws one."),
                  kind=kind, host=host.id)
    if host is not None and host.scope != node.scope:
        yield _at(process, node, "boundary", N_("The boundary event and its activity are in different subprocesses."))


def links(process: Process, _around: Around) -> Found:
    """Check that each link leads to exactly one target in its scope."""
    for node in process.nodes.values():
        if node.event is None or node.event.kind != "link":
            continue
        targets = [n for n in process.children(node.scope) if n.kind == "intermediateCatchEvent" and n.event is not None
                   and n.event.kind == "link" and n.event.name == node.event.name]
        if len(targets) != 1:
            yield _at(process, node, "link", N_("The link %(name)s needs exactly one target here; %(count)d are there."),
                      name=node.event.name, count=len(targets))
        if node.kind == "intermediateThrowEvent" and node.outgoing:
            yield _at(process, node, "link", N_("No flow can leave a throwing link."))
        if node.kind == "intermediateCatchEvent" and node.incoming:
            yield _at(process, node, "link", N_("No flow can lead to the target of a link."))


def flows(process: Process, _around: Around) -> Found:
    """Check conditions and defaults: each flow can be taken, and no condition is ignored."""
    for node in process.nodes.values():
        out = [process.flows[i] for i in node.outgoing]
        if node.default and node.default not in node.outgoing:
            yield _at(process, node, "default", N_("The default flow %(flow)s doesn't leave this element."), flow=node.default)
        for flow in out:
            target = process.nodes.get(flow.target)
            if target is not None and target.scope != node.scope:
                yield _at(process, flow, "flow", N_("The flow crosses the border of a subprocess."))
            if flow.condition is not None:
                yield from _feel(process, flow, flow.condition, "condition")
                if flow.id == node.default:
                    yield _at(process, flow, "default", N_("The default flow has a condition, which would be ignored."))
                if node.kind in {"parallelGateway", "eventBasedGateway"}:
                    yield _at(process, flow, "condition", N_("Conditions after this gateway would be ignored."))
        deciding = node.kind in {"exclusiveGateway", "inclusiveGateway"} and len(out) > 1
        for flow in out if deciding else ():
            if flow.condition is None and flow.id != node.default:
                yield _at(process, flow, "condition", N_("The flow has no condition and is not the default."))
    yield from _races(process)


def _races(process: Process) -> Found:
    for node in process.nodes.values():
        if node.kind != "eventBasedGateway":
            continue
        if len(node.outgoing) < 2:
            yield _at(process, node, "event-gateway", N_("An event-based gateway needs at least two events to choose from."))
        for identifier in node.outgoing:
            target = process.nodes.get(process.flows[identifier].target)
            catching = target is not None and (target.kind == "receiveTask" or (
                target.kind == "intermediateCatchEvent" and target.event is not None and target.event.kind != "link"))
            if target is not None and (not catching or len(target.incoming) != 1 or target.loop or process.boundaries(target.id)):
                yield _at(process, target, "event-gateway", N_("After an event-based gateway only catching events (and plain receive tasks) "
                                                              "with this one incoming flow can stand."))


def reachability(process: Process, _around: Around) -> Found:
    """Check that every element can be reached from a start."""
    seen: set[str] = set()
    todo = [n.id for n in process.nodes.values() if n.kind == "startEvent" and (not n.scope or process.nodes[n.scope].by_event)]
    todo += [n.id for n in process.nodes.values() if n.by_event]
    while todo:
        node = process.nodes[todo.pop()]
        if node.id in seen:
            continue
        seen.add(node.id)
        todo += [process.flows[f].target for f in node.outgoing if process.flows[f].target in process.nodes]
        todo += [b.id for b in process.boundaries(node.id)]
        todo += [s.id for s in process.starts(node.id)]
        if node.event is not None and node.event.kind == "link":
            todo += [n.id for n in process.children(node.scope) if n.kind == "intermediateCatchEvent" and n.event == node.event]
    for node in process.nodes.values():
        if node.id not in seen:
            yield _at(process, node, "unreachable", N_("Nothing leads to %(name)s."), name=node.name or node.id)


def expressions(process: Process, _around: Around) -> Found:
    """Check that everything that is FEEL can be read."""
    for node in process.nodes.values():
        if node.event is not None and node.event.kind == "timer":
            try:
                timing.check_text(node.event.text, node.event.timer)
            except EngineError as error:
                yield _at(process, node, "timer", N_("The timer cannot be read: %(reason)s"), reason=str(error))
        if node.event is not None and node.event.kind == "conditional":
            yield from _feel(process, node, node.event.text, "condition")
        if node.script:
            yield from _feel(process, node, node.script, "script")
        for name in ("dueDate", "followUpDate"):
            if node.get(name):
                try:
                    timing.check_text(node.get(name).removeprefix("=").strip(), "date" if name == "" else "due")
                except EngineError as error:
                    yield _at(process, node, "expression", N_("camunda:%(name)s cannot be read: %(reason)s"), name=name, reason=str(error))
        for name in ("assignee", "candidateGroups", "copyTo", "correlationKey", "payload", "initiator"):
            if node.get(name).startswith("="):
                yield from _feel(process, node, node.get(name)[1:], name)
        for mapping in (*node.inputs, *node.outputs):
            if mapping.expression and mapping.expression != "$all":
                yield from _feel(process, node, mapping.expression, "mapping")
            if not mapping.target and mapping.expression != "$all":
                yield _at(process, node, "mapping", N_("A mapping has no target."))
        yield from _loop(process, node)
    for name in ("title", "businessKey"):
        text = process.attributes.get(name, "")
        if text.startswith("="):
            yield from _feel(process, process, text[1:], name)


def _loop(process: Process, node: Node) -> Found:
    loop = node.loop
    if loop is None:
        return
    if node.kind not in ACTIVITIES or node.by_event:
        yield _at(process, node, "loop", N_("Only activities can be repeated."))
    for text in (loop.collection, loop.cardinality, loop.completion, loop.condition, loop.output_element):
        if text:
            yield from _feel(process, node, text, "loop")


def _feel(process: Process, place: Any, text: str, what: str) -> Found:
    try:
        found = compile_expression(text.strip())
    except EngineError as error:
        yield _at(process, place, "expression", N_("The FEEL of %(what)s cannot be read: %(reason)s"), what=what, reason=str(error))
        return
    unknown = {f for f in found.functions if f not in timing.NAMES and not _built_in(f)}
    if unknown:
        yield _at(process, place, "function", N_("The FEEL of %(what)s calls %(names)s, which doesn't exist."), what=what,
                  names=", ".join(sorted(unknown)))


def _built_in(name: str) -> bool:
    from engine.feel.builtins import REGISTRY  # noqa: PLC0415

    return name in REGISTRY


def people(process: Process, around: Around) -> Found:
    """Check that each task is for somebody, and that what it needs exists."""
    for lane in process.lanes.values():
        inside = any(n.lane == lane.id for n in process.nodes.values())
        if inside and lane.role not in around.roles:
            yield _at(process, lane, "role", N_("The lane's role %(role)s is not known."), role=lane.role or "-")
    for word in process.attributes.get("candidateStarterGroups", "").split(","):
        if word.strip() and word.strip() not in around.roles:
            yield _at(process, process, "role", N_("The role %(role)s, which may start the process, is not known."), role=word.strip())
    for word in process.attributes.get("withdraw", "").replace(",", " ").split():
        if word not in process.nodes:
            yield _at(process, process, "reference", N_("gc:withdraw names %(id)s, which is not in the diagram."), id=word)
    for node in process.nodes.values():
        if node.kind in PEOPLE:
            yield from _person(process, node, around)
        if node.get("copyTo") and not node.get("copyTo").startswith("="):
            for word in node.get("copyTo").split(","):
                if not word.strip().startswith("=") and word.strip() not in around.roles:
                    yield _at(process, node, "role", N_("gc:copyTo names %(role)s, which is no role."), role=word.strip())


def _person(process: Process, node: Node, around: Around) -> Found:
    groups = node.get("candidateGroups")
    if not (node.lane or groups or node.get("assignee")):
        yield _at(process, node, "role", N_("The task is for nobody: put it into a lane, or name camunda:candidateGroups."))
    for word in () if groups.startswith("=") else groups.split(","):
        if word.strip() and word.strip() not in around.roles:
            yield _at(process, node, "role", N_("The role %(role)s is not known."), role=word.strip())
    for word in node.get("fourEyes").replace(",", " ").split():
        if word != "initiator" and process.nodes.get(word) is None:
            yield _at(process, node, "four-eyes", N_("gc:fourEyes names %(id)s, which is not in the diagram."), id=word)
    ids = [outcome.id for outcome in node.outcomes]
    if len(set(ids)) != len(ids) or not all(ids):
        yield _at(process, node, "outcome", N_("Each outcome needs an id of its own."))
    for wanted in node.reminders:
        yield from _reminder(process, node, wanted.after, wanted.at)


def _reminder(process: Process, node: Node, after: str, at: str) -> Found:
    if bool(after) == bool(at):
        yield _at(process, node, "reminder", N_("A reminder needs either after or at."))
    if at and not at.rstrip("% ").isdigit():
        yield _at(process, node, "reminder", N_("A reminder's at is a per cent such as 50%%, not %(text)s."), text=at)
    if at and not node.get("dueDate"):
        yield _at(process, node, "reminder", N_("A reminder at a per cent needs a due date."))
    if after:
        try:
            timing.check_text(after, "due")
        except EngineError as error:
            yield _at(process, node, "reminder", N_("The reminder cannot be read: %(reason)s"), reason=str(error))


def references(process: Process, around: Around) -> Found:
    """Check that forms, decisions, called processes, connectors and number patterns exist."""
    for node in process.nodes.values():
        key = node.get("formKey")
        if key and key not in around.forms:
            yield _at(process, node, "form", N_("The form %(key)s does not exist (forms/%(key)s.json)."), key=key)
        elif key:
            clash = RESERVED & _keys(around.forms[key])
            if clash:
                yield _at(process, node, "form", N_("The form %(key)s has the field %(names)s, whose name is reserved."), key=key,
                          names=", ".join(sorted(clash)))
        if node.kind == "businessRuleTask" and node.get("decisionRef") not in around.decisions:
            yield _at(process, node, "decision", N_("The decision %(id)s does not exist beside the diagram."), id=node.get("decisionRef") or "-")
        if node.kind == "businessRuleTask" and node.get("mapDecisionResult") not in {"", "singleEntry", "singleResult",
                                                                                     "collectEntries", "resultList"}:
            yield _at(process, node, "decision", N_("camunda:mapDecisionResult %(value)s is not known."), value=node.get("mapDecisionResult"))
        if node.kind == "callActivity":
            if not node.called:
                yield _at(process, node, "call", N_("The call activity names no process (calledElement)."))
            elif not node.called.startswith("=") and node.called not in around.processes:
                yield _at(process, node, "call", N_("The called process %(id)s does not exist."), id=node.called)
        if node.kind == "serviceTask" and node.get("topic") not in around.topics:
            yield _at(process, node, "connector", N_("There is no connector %(topic)s (camunda:topic)."), topic=node.get("topic") or "-")
        if node.number is not None:
            wrong = number.problems(node.number.pattern)
            if wrong or not node.number.variable:
                yield _at(process, node, "number", N_("The number cannot be given: %(reason)s."), reason=wrong or "gc:number needs a variable")


def _keys(schema: Any) -> set[str]:
    return {str(c.get("key", "")).split(".")[0] for c in schema.get("components", ()) if isinstance(c, dict)} if isinstance(schema, dict) else set()


RULES: tuple[Callable[[Process, Around], Found], ...] = (starts, events, links, flows, reachability, expressions, people, references)

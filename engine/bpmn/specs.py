"""How each BPMN element behaves, on SpiffWorkflow's task specifications.

The library gives the specification graph, the tasks with their states and the order of hooks. Three of its habits are replaced
(docs/adr/0001-tokens-on-spiffworkflow.md): it keeps every finished task in the tree and predicts future ones, it joins by
searching that tree, and it shares data between tasks. Here a task is a token, a child of its scope; it vanishes when it leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as spiff
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.task import Task, TaskState

from engine.bpmn.model import Node, Process

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run

LOOP = "#loop"
ROOT = "#process"


class Token(Task):
    """SpiffWorkflow's task with a small number as its id, without its log lines and its reading of the clock."""

    def _set_state(self, value: int) -> None:
        self._state = value


class Element:
    """What all elements share: no prediction, enter and execute as the two hooks, leaving through the runtime."""

    node: Node
    manual: bool

    def _predict(self, *_args: Any, **_named: Any) -> None:
        """Don't add future tasks: joins here count tokens instead of searching predictions."""

    def _update_hook(self, token: Token) -> bool | None:
        return self.enter(token, token.workflow.run)

    def _run_hook(self, token: Token) -> bool | None:
        return self.execute(token, token.workflow.run)

    def _on_ready_hook(self, token: Token) -> None:
        if not self.manual:
            token.workflow.run.enqueue(token, "run")

    def _on_complete(self, token: Token) -> None:
        token.workflow.run.enqueue(token, "leave")

    def test(self) -> None:
        """Skip the library's check: the diagram was checked at deployment."""

    def enter(self, token: Token, run: Run) -> bool | None:  # noqa: ARG002
        """Begin; return True when the token may be executed at once, else set the state that it waits in."""
        return True

    def execute(self, token: Token, run: Run) -> bool | None:  # noqa: ARG002
        """Do what the element does; return True when it is done, None when it goes on outside."""
        return True


class Root(Element, spiff.SubWorkflowTask):
    """The process itself: the scope of all scopes."""


class UserTask(Element, spiff.UserTask):
    """Wait for a person (BPMN 10.3.3)."""

    def enter(self, token: Token, run: Run) -> bool:
        """Tell who may do it and by when."""
        run.create_user_task(token)
        return True


class ManualTask(UserTask):
    """A user task without a form."""


class ScriptTask(Element, spiff.ScriptTask):
    """Evaluate FEEL and keep the result."""

    def execute(self, token: Token, run: Run) -> bool:
        """Write the variables."""
        run.execute_script(token)
        return True


class BusinessRuleTask(Element, spiff.ScriptTask):
    """Ask a decision table."""

    def execute(self, token: Token, run: Run) -> bool:
        """Write the decision."""
        run.decide(token)
        return True


class ServiceTask(Element, spiff.ServiceTask):
    """A job for a connector; the token waits until the job is done."""

    def execute(self, token: Token, run: Run) -> None:
        """Order the job."""
        run.create_job(token)


class SendTask(Element, spiff.SendTask):
    """Send a message and go on."""

    def execute(self, token: Token, run: Run) -> bool:
        """Send."""
        run.send_message(token)
        return True


class CallActivity(Element, spiff.CallActivity):
    """Start another process and wait for it."""

    def execute(self, token: Token, run: Run) -> None:
        """Order the call."""
        run.call(token)


class SubProcess(Element, spiff.SubWorkflowTask):
    """A scope of its own inside the process."""

    def execute(self, token: Token, run: Run) -> None:
        """Put a token on the start event, and listen for the scope's event subprocesses."""
        token._set_state(TaskState.STARTED)
        run.open_scope(token, self.node.id)


class LoopBody(Element, spiff.ParallelMultiInstanceTask):
    """The activity as a whole while its instances run: multi-instance and standard loops (BPMN 10.3.8)."""

    def __init__(self, wf_spec: WorkflowSpec, name: str) -> None:
        super().__init__(wf_spec, name, task_spec=name.removesuffix(LOOP))

    def execute(self, token: Token, run: Run) -> None:
        """Begin the instances."""
        token._set_state(TaskState.STARTED)
        run.begin_loop(token)

    def _update_hook(self, token: Token) -> bool | None:
        return self.enter(token, token.workflow.run)


class Gateway(Element):
    """A gateway whose outgoing flows the runtime chooses."""


class ExclusiveGateway(Gateway, spiff.ExclusiveGateway):
    """One way out."""


class ParallelGateway(Gateway, spiff.ParallelGateway):
    """One token from each incoming flow, one to each outgoing (BPMN 13.4.1)."""

    def enter(self, token: Token, run: Run) -> bool:
        """Wait for the others, unless this one completes the set."""
        if len(self.node.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        return run.synchronize(token)


class InclusiveGateway(Gateway, spiff.InclusiveGateway):
    """Wait while a token can still come; decided when nothing else moves (BPMN 13.4.3)."""

    def enter(self, token: Token, run: Run) -> bool:  # noqa: ARG002
        """Wait for the runtime's verdict, unless there is nothing to join."""
        if len(self.node.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        return False


class EventBasedGateway(Gateway, spiff.EventBasedGateway):
    """The first event wins."""

    def connect(self, child: Any) -> None:
        """Keep the events at the catching elements (the library moves them into the gateway)."""
        spiff.UserTask.connect(self, child)

    def execute(self, token: Token, run: Run) -> bool:
        """Let all events wait in one race."""
        run.begin_race(token)
        return True


class Passing(Element):
    """An event that is over as soon as it is reached."""


class StartEvent(Passing, spiff.StartEvent):
    """Begin a scope; as a listener of an event subprocess, wait."""

    def enter(self, token: Token, run: Run) -> bool:
        """Pass on, or wait for what starts the event subprocess."""
        if "listener" in token.internal_data:
            run.wait_for_event(token)
            return False
        return True


class CatchEvent(Element, spiff.IntermediateCatchEvent):
    """Wait for a timer, message, signal or condition."""

    def enter(self, token: Token, run: Run) -> bool:
        """Wait, unless it is the target of a link, which passes."""
        if self.node.event is None or self.node.event.kind == "link" or "fired" in token.internal_data:
            return True
        run.wait_for_event(token)
        return False


class ReceiveTask(CatchEvent):
    """Wait for a message."""


class BoundaryEvent(Element, spiff.BoundaryEvent):
    """Wait while the host runs."""

    def enter(self, token: Token, run: Run) -> bool:
        """Wait, or pass when this is the token that the event has released."""
        if "fired" in token.internal_data:
            return True
        run.wait_for_event(token)
        return False


class ThrowEvent(Passing, spiff.IntermediateThrowEvent):
    """Throw a message, signal, escalation or link."""

    def execute(self, token: Token, run: Run) -> bool:
        """Throw and go on."""
        return run.throw(token)


class EndEvent(Passing, spiff.EndEvent):
    """End a path, perhaps with a result; terminate ends the scope."""

    def execute(self, token: Token, run: Run) -> bool:
        """Throw, if it throws."""
        return run.throw(token)


CLASSES: dict[str, type[Any]] = {
    "userTask": UserTask, "manualTask": ManualTask, "scriptTask": ScriptTask, "businessRuleTask": BusinessRuleTask,
    "serviceTask": ServiceTask, "sendTask": SendTask, "receiveTask": ReceiveTask, "callActivity": CallActivity,
    "subProcess": SubProcess, "exclusiveGateway": ExclusiveGateway, "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway, "eventBasedGateway": EventBasedGateway, "startEvent": StartEvent,
    "endEvent": EndEvent, "intermediateCatchEvent": CatchEvent, "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
}


def specification(process: Process) -> WorkflowSpec:
    """Build the library's specification of ``process``: one flat graph, subprocesses and loop bodies included."""
    graph = WorkflowSpec(process.id, process.file)
    graph.start = Root(graph, ROOT, subworkflow_spec=process.id)
    for node in process.nodes.values():
        spec = _make(graph, node)
        spec.node = node
        if node.loop is not None:
            body = LoopBody(graph, node.id + LOOP)
            body.node = node
    for flow in process.flows.values():
        graph.task_specs[flow.source].connect(graph.task_specs[flow.target])
    return graph


def _make(graph: WorkflowSpec, node: Node) -> Any:
    kind = CLASSES[node.kind]
    arguments: dict[str, Any] = {"lane": node.lane, "description": node.kind}
    if node.kind in {"scriptTask", "businessRuleTask"}:
        arguments["script"] = node.script
    if node.kind in {"subProcess", "callActivity"}:
        arguments["subworkflow_spec"] = node.called or node.id
    if issubclass(kind, (spiff.StartEvent, spiff.EndEvent, spiff.IntermediateCatchEvent, spiff.IntermediateThrowEvent,
                         spiff.SendTask, spiff.EventBasedGateway, spiff.BoundaryEvent)):
        arguments["event_definition"] = NoneEventDefinition()
    if node.kind == "boundaryEvent":
        arguments["cancel_activity"] = node.interrupting
    return kind(graph, node.id, **arguments)

"""The tokens of one instance, and one run: from a command to the next wait states.

A run takes one token at a time from a queue, so an interruption of an outer scope takes effect before anything inside goes on. A
failure at an element leaves its token there, with an incident, and the others go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from SpiffWorkflow.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.bpmn import activities, flow, joins, loops, throwing, timing, waiting
from engine.bpmn.model import Node, Process
from engine.bpmn.specs import LOOP, ROOT, Token
from engine.domain.calendar import Calendar
from engine.domain.event import Event
from engine.errors import N_, EngineError, IncidentError

MAX_STEPS = 20_000
"""Elements that one command may pass before it is taken for an endless loop."""
MAX_TOKENS = 5_000
"""Tokens that an instance may have at once."""


@dataclass(frozen=True)
class Surroundings:
    """What a step may know of the world; everything in it is recorded, so that the step can be repeated.

    ``next_number(counter)`` gives the next gapless number, ``lookup(function, arguments)`` asks the registers.
    """

    now: datetime
    calendar: Calendar
    next_number: Callable[[str], int]
    lookup: Callable[[str, tuple[Any, ...]], Any]


@dataclass
class State:
    """The thawed state of an instance, besides its tokens."""

    instance_id: str
    initiator: dict[str, Any]
    started: str
    business_key: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Any] = field(default_factory=dict)
    called: bool = False
    last_token: int = 1
    finished: str = ""
    rows: list[list[Any]] = field(default_factory=list)


class InstanceWorkflow(Workflow):
    """SpiffWorkflow's workflow, filled from compact rows; ``run`` is the step that is going on."""

    run: Run

    def __init__(self, graph: Any) -> None:
        super().__init__(graph, deserializing=True)
        self.tasks: dict[int, Token] = {}

    @property
    def top_workflow(self) -> InstanceWorkflow:
        """Return itself: subprocesses are scopes here, not workflows."""
        return self

    def _task_completed_notify(self, task: Token) -> None:
        """Do nothing: who waits is told by the runtime, not by visiting all tasks."""


@dataclass(frozen=True)
class Runnable:
    """What a run needs of a definition: the process, the library's graph of it, and the decisions by id."""

    process: Process
    graph: Any
    decisions: Mapping[str, Any]
    version: str = ""
    reach: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)


class Run:
    """One step of one instance."""

    def __init__(self, runnable: Runnable, state: State, surroundings: Surroundings) -> None:
        self.runnable = runnable
        self.process = runnable.process
        self.state = state
        self.surroundings = surroundings
        self.events: list[Event] = []
        self.changed = False
        self.steps = 0
        self.queue: deque[tuple[int, str]] = deque()
        self.workflow = InstanceWorkflow(runnable.graph)
        self.workflow.run = self
        self._thaw(state.rows)

    # --- tokens ---

    def _thaw(self, rows: list[list[Any]]) -> None:
        specs, tasks = self.runnable.graph.task_specs, self.workflow.tasks
        for identifier, parent, spec, value, internal, data in rows:
            token = Token(self.workflow, specs[spec], tasks.get(parent), value, identifier)
            token.internal_data = internal or {}
            token.data = data or {}
        if not rows:
            Token(self.workflow, specs[ROOT], None, TaskState.STARTED, 1)
        self.workflow.task_tree = tasks[1]

    def freeze(self) -> State:
        """Return the state with its tokens as rows, parents before children."""
        self.state.rows = [
            [t.id, t._parent or 0, t.task_spec.name, t._state, t.internal_data or 0, t.data or 0]
            for t in self.workflow.tasks.values()
        ] if not self.state.finished else []
        return self.state

    @property
    def tokens(self) -> dict[int, Token]:
        """Return the living tokens by number; number 1 is the process itself."""
        return self.workflow.tasks

    def spawn(self, node_id: str, scope: Token, *, internal: dict[str, Any] | None = None, data: dict[str, Any] | None = None,
              loop: bool = True) -> Token:
        """Put a new token on an element and let it begin; ``loop`` False: one instance of a loop, not the whole."""
        if len(self.tokens) >= MAX_TOKENS:
            raise IncidentError(N_("More than %(limit)d tokens at once: the diagram multiplies them without end."), limit=MAX_TOKENS)
        node = self.process.nodes[node_id]
        name = node_id + LOOP if loop and node.loop is not None else node_id
        self.state.last_token += 1
        token = Token(self.workflow, self.runnable.graph.task_specs[name], scope, TaskState.FUTURE, self.state.last_token)
        token.internal_data = internal or {}
        token.data = data or {}
        if loop:
            waiting.attach_boundaries(self, token)
        self.enqueue(token, "enter")
        return token

    def remove(self, token: Token) -> None:
        """Take a token away."""
        del self.tokens[token.id]
        token.parent._children.remove(token.id)

    def cancel(self, token: Token) -> None:
        """Withdraw a token and all inside it: tasks, timers, calls; and the boundary events that it hosts."""
        for child in list(token.children):
            self.cancel(child)
        if token.id in self.tokens:
            activities.withdraw(self, token)
            self.remove(token)
            for hosted in [t for t in self.tokens.values() if t.internal_data.get("host") == token.id]:
                self.cancel(hosted)

    def enqueue(self, token: Token, stage: str) -> None:
        """Let a token ``enter``, ``run`` or ``leave`` when its turn comes."""
        self.queue.append((token.id, stage))

    # --- the loop ---

    def work(self) -> None:
        """Go on until every token waits."""
        while True:
            while self.queue:
                identifier, stage = self.queue.popleft()
                token = self.tokens.get(identifier)
                if token is not None:
                    self._advance(token, stage)
            if not self.state.finished and (joins.release(self) or waiting.check_conditions(self)):
                continue
            break
        if not self.state.finished:
            joins.report_stuck(self)

    def _advance(self, token: Token, stage: str) -> None:
        self.steps += 1
        try:
            if self.steps > MAX_STEPS:
                raise IncidentError(N_("More than %(limit)d elements in one step: this looks like an endless loop."), limit=MAX_STEPS)
            if stage == "enter":
                token.task_spec._update(token)
            elif stage == "run":
                token.run()
            else:
                flow.leave(self, token)
        except EngineError as error:
            self.fail(token, stage, error)

    def fail(self, token: Token, stage: str, error: EngineError, kind: str = "execution") -> None:
        """Leave the token where it is, to be tried again, and report an incident."""
        token._set_state(TaskState.FUTURE if stage == "enter" else TaskState.READY)
        token.internal_data = {**token.internal_data, "stage": stage}
        self.emit("incident_raised", token, {"kind": kind, "template": error.template,
                                             "params": {k: str(v) for k, v in error.params.items()}})

    def retry(self, token: Token) -> None:
        """Try again what failed."""
        stage = token.internal_data.get("stage")
        if stage is None:
            raise IncidentError(N_("Nothing failed here."))
        token.internal_data = {k: v for k, v in token.internal_data.items() if k != "stage"}
        self.emit("retried", token)
        self.enqueue(token, stage)

    def emit(self, kind: str, token: Token | None = None, data: dict[str, Any] | None = None,
             private: dict[str, Any] | None = None) -> None:
        """Note what happened."""
        node = getattr(token.task_spec, "node", None) if token is not None else None
        self.events.append(Event(kind, node.id if node else "", token.id if token else 0, data or {}, private))

    # --- what the elements call ---

    def open_scope(self, token: Token, scope: str, start: str | None = None) -> None:
        """Listen for the event subprocesses of a scope, and put a token on its start event."""
        for node in self.process.event_subprocesses(scope):
            for listener in self.process.starts(node.id):
                self.spawn(listener.id, token, internal={"listener": 1})
        begin = start or next((n.id for n in self.process.starts(scope)), None)
        if begin is not None:
            self.spawn(begin, token)
            return
        for node in self.process.children(scope):  # without a start event, everything that nothing leads to begins
            if not node.incoming and not node.attached_to and not node.by_event:
                self.spawn(node.id, token)

    def finish(self, how: str) -> None:
        """End the instance: take all tokens away and say how it ended (completed, terminated, cancelled …)."""
        root = self.tokens[1]
        for child in list(root.children):
            if child.id in self.tokens:
                self.cancel(child)
        self.queue.clear()
        self.state.finished = how
        self.emit(f"instance_{how}")

    def create_user_task(self, token: Token) -> None:
        """See :func:`engine.bpmn.activities.create_user_task`."""
        activities.create_user_task(self, token)

    def execute_script(self, token: Token) -> None:
        """See :func:`engine.bpmn.activities.execute_script`."""
        activities.execute_script(self, token)

    def decide(self, token: Token) -> None:
        """See :func:`engine.bpmn.activities.decide`."""
        activities.decide(self, token)

    def create_job(self, token: Token) -> None:
        """See :func:`engine.bpmn.activities.create_job`."""
        activities.create_job(self, token)

    def call(self, token: Token) -> None:
        """See :func:`engine.bpmn.activities.call`."""
        activities.call(self, token)

    def send_message(self, token: Token) -> None:
        """See :func:`engine.bpmn.throwing.send_message`."""
        throwing.send_message(self, token)

    def throw(self, token: Token) -> bool:
        """See :func:`engine.bpmn.throwing.throw`."""
        return throwing.throw(self, token)

    def begin_loop(self, token: Token) -> None:
        """See :func:`engine.bpmn.loops.begin`."""
        loops.begin(self, token)

    def begin_race(self, token: Token) -> None:
        """See :func:`engine.bpmn.waiting.begin_race`."""
        waiting.begin_race(self, token)

    def wait_for_event(self, token: Token) -> None:
        """See :func:`engine.bpmn.waiting.wait`."""
        waiting.wait(self, token)

    def synchronize(self, token: Token) -> bool:
        """See :func:`engine.bpmn.joins.synchronize`."""
        return joins.synchronize(self, token)

    # --- what expressions can read ---

    @cached_property
    def builtins(self) -> dict[str, Any]:
        """Return the built-in names of expressions (docs/diagram-language.md)."""
        state = self.state
        return {"initiator": state.initiator, "done": state.done,
                "case": {"id": state.instance_id, "started": state.started, "business_key": state.business_key,
                             "process": self.process.id, "state": state.finished or "running"}}

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Return the functions of expressions besides FEEL's own."""
        return timing.functions(self.surroundings)

    def node_of(self, token: Token) -> Node:
        """Return the element that a token stands on."""
        found: Node = token.task_spec.node
        return found

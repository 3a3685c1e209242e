"""What a diagram says, as plain frozen values: BPMN 2.0 elements and the attributes that this engine reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

ACTIVITIES = frozenset({"userTask", "manualTask", "scriptTask", "businessRuleTask", "serviceTask", "sendTask", "receiveTask",
                        "callActivity", "subProcess"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
PEOPLE = frozenset({"userTask", "manualTask"})


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; ``condition`` is FEEL or None."""

    id: str
    source: str
    target: str
    condition: str | None = None
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event is about.

    ``kind`` is timer, message, signal, error, escalation, conditional, link or terminate; ``name`` the message's or signal's
    name, the error's or escalation's code, the link's name; ``text`` the timer's or condition's expression; ``timer`` is
    duration, date or cycle.
    """

    kind: str
    name: str = ""
    text: str = ""
    timer: str = ""


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance (``parallel``, ``sequential``) or ``standard`` loop characteristics."""

    kind: str
    collection: str = ""
    element_variable: str = ""
    cardinality: str = ""
    completion: str = ""
    output_collection: str = ""
    output_element: str = ""
    condition: str = ""
    test_before: bool = False
    maximum: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A button of a user task."""

    id: str
    label: str
    comment_required: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """When to remind: ``after`` the start (FEEL working duration or ISO 8601), or ``at`` a per cent of the time to the due date."""

    after: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A gapless number that the node gives when it completes."""

    variable: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Mapping_:
    """One ``camunda:in`` or ``camunda:out``: a source variable or FEEL, and a target variable."""

    target: str
    source: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node. ``scope`` is the id of the embedding subprocess, or empty; ``attributes`` are camunda's and ours by short name."""

    id: str
    kind: str
    name: str = ""
    documentation: str = ""
    scope: str = ""
    line: int = 0
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ""
    lane: str = ""
    event: EventDefinition | None = None
    interrupting: bool = True
    attached_to: str = ""
    by_event: bool = False
    loop: Loop | None = None
    called: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    number: Number | None = None
    script: str = ""
    inputs: tuple[Mapping_, ...] = ()
    outputs: tuple[Mapping_, ...] = ()

    def get(self, name: str) -> str:
        """Return the attribute ``name`` (``formKey``, ``fourEyes`` …) or an empty text."""
        return self.attributes.get(name, "")


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane and the role that it stands for (id or name, as written)."""

    id: str
    name: str
    role: str
    parent: str = ""
    line: int = 0


@dataclass(frozen=True)
class Process:
    """One executable process of a file."""

    id: str
    name: str
    file: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, Lane]
    attributes: Mapping[str, str]
    documentation: str = ""
    line: int = 0
    texts: tuple[str, ...] = ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """Return the clauses of the regulation that the process names."""
        return tuple(self.attributes.get("clauses", "").split())

    def starts(self, scope: str = "") -> tuple[Node, ...]:
        """Return the start events directly in ``scope``."""
        return self._by_scope.get((scope, "start"), ())

    def children(self, scope: str) -> tuple[Node, ...]:
        """Return the nodes directly in ``scope``."""
        return self._by_scope.get((scope, "node"), ())

    def event_subprocesses(self, scope: str) -> tuple[Node, ...]:
        """Return the event subprocesses directly in ``scope``."""
        return self._by_scope.get((scope, "event"), ())

    def boundaries(self, host: str) -> tuple[Node, ...]:
        """Return the boundary events attached to ``host``."""
        return self._hosted.get(host, ())

    @cached_property
    def _by_scope(self) -> dict[tuple[str, str], tuple[Node, ...]]:
        found: dict[tuple[str, str], tuple[Node, ...]] = {}
        for node in self.nodes.values():
            kinds = ["node"] + ["start"] * (node.kind == "startEvent") + ["event"] * node.by_event
            for kind in kinds:
                found[node.scope, kind] = (*found.get((node.scope, kind), ()), node)
        return found

    @cached_property
    def _hosted(self) -> dict[str, tuple[Node, ...]]:
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes.values():
            if node.attached_to:
                found[node.attached_to] = (*found.get(node.attached_to, ()), node)
        return found

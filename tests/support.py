"""Write small diagrams in a line or two, and drive an instance of them without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from engine.bpmn.reader import read
from engine.bpmn.runtime import Runnable, State, Surroundings
from engine.bpmn.specs import specification
from engine.domain.calendar import Calendar
from engine.domain.event import Event
from engine.errors import Problem
from engine.execution import Command, CompleteUserTask, FireTimer, Start, advance, dump_state, load_state

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""Nine o'clock on a working day in Shanghai."""
HEAD = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
        ' xmlns:gc="urn:guicheng:bpmn:1" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">'
        '<message id="ms" name="M"/><signal id="sg" name="S"/><error id="er" errorCode="E"/><error id="other" errorCode="OTHER"/>'
        '<escalation id="es" escalationCode="X"/>')


def flow(source: str, target: str, condition: str = "", identifier: str = "") -> str:
    """Return a sequence flow; without ``identifier`` it has no id, as the standard allows."""
    named = f'id="{identifier}" ' if identifier else ""
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow {named}sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def line(*names: str) -> str:
    """Return flows from each name to the next one."""
    return "".join(flow(a, b) for a, b in pairwise(names))


def diagram(content: str, process: str = "p", attributes: str = "") -> bytes:
    """Return a file with one executable process."""
    return f'{HEAD}<process id="{process}" isExecutable="true" {attributes}>{content}</process></definitions>'.encode()


def problems(content: str) -> list[Problem]:
    """Return what reading a process with this content finds wrong."""
    return read(diagram(content), "p.bpmn")[1]


class Case:
    """One instance; its state is written and read again after each step, as the database does."""

    def __init__(self, content: str, variables: dict[str, Any] | None = None, *, begin: bool = True) -> None:
        processes, found = read(diagram(content), "p.bpmn")
        assert not found, [str(p) for p in found]
        self.runnable = Runnable(processes[0], specification(processes[0]), {})
        self.state = State("i1", {"id": "bob", "name": "Bob", "roles": []}, "2026-03-02T09:00:00+08:00")
        self.now = MONDAY
        self.events: list[Event] = []
        if begin:
            self.do(Start(variables or {}))

    def do(self, command: Command) -> list[Event]:
        """Apply a command; return what happened."""
        surroundings = Surroundings(self.now, Calendar(), lambda _: 1, lambda *_: 0)
        step = advance(self.runnable, self.state, command, surroundings)
        self.state = load_state(dump_state(step.state))
        self.events += step.events
        return list(step.events)

    def tokens(self, element: str) -> list[int]:
        """Return the tokens of open tasks at an element, oldest first."""
        return [r[0] for r in self.state.rows if r[2] == element and (r[4] or {}).get("open") == "task"]

    def complete(self, element: str, values: dict[str, Any] | None = None, *, which: int = 0) -> list[Event]:
        """Complete an open task at an element."""
        return self.do(CompleteUserTask(self.tokens(element)[which], "bob", values or {}))

    def fire(self, element: str, *, late: timedelta = timedelta(0)) -> list[Event]:
        """Let the timer at an element fire, ``late`` after it was due."""
        row = next(r for r in self.state.rows if r[2] == element and (r[4] or {}).get("open") == "timer")
        self.now = datetime.fromisoformat(row[4]["due"]) + late
        return self.do(FireTimer(row[0], row[4]["due"]))

    @property
    def open(self) -> list[str]:
        """Return the elements with an open task, in the order of their names."""
        return sorted(r[2] for r in self.state.rows if (r[4] or {}).get("open") == "task")

    def passed(self, element: str) -> int:
        """Return how often an element was passed."""
        return sum(e.kind == "passed" and e.element == element for e in self.events)

    def kinds(self, element: str) -> list[str]:
        """Return the kinds of the events at an element, in order."""
        return [e.kind for e in self.events if e.element == element]

    @property
    def incidents(self) -> list[Event]:
        """Return the incidents so far."""
        return [e for e in self.events if e.kind == "incident_raised"]


__all__ = ["MONDAY", "Case", "diagram", "flow", "line", "problems"]

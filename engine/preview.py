"""Who will decide, and by when: the step function on a copy, with the first outcome of every task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import organisation
from engine.bpmn.runtime import State, Surroundings
from engine.errors import EngineError
from engine.execution import CompleteUserTask, Start, advance
from engine.process_engine import ProcessEngine
from engine.simulate import fill


@dataclass(frozen=True, slots=True)
class PreviewStep:
    """A task to come: who may do it, by when."""

    name: str
    people: tuple[str, ...]
    role: str
    due: datetime | None


def preview(engine: ProcessEngine, connection: Any, process: str, values: dict[str, Any], person: str, now: datetime,
            steps: int = 6) -> list[PreviewStep]:
    """Return the first tasks that an instance would meet; nothing is saved, and numbers are not used up."""
    definition = engine.definitions.current(connection, process)
    state = State("preview", dict(organisation.as_initiator(connection, person)), now.isoformat())
    surroundings = Surroundings(now, engine.calendar(connection), lambda _name: 0, lambda _function, _arguments: 0)
    found: list[PreviewStep] = []
    try:
        step = advance(definition.runnable, state, Start(values), surroundings)
        while len(found) < steps:
            created = [e for e in step.events if e.kind == "task_created"]
            if not created:
                break
            for event in created:
                who = organisation.resolve(connection, event.data.get("roles", ()), frozenset(event.data["excluded"]), now)
                people = (event.data["assignee"],) if event.data.get("assignee") else who.people
                due = datetime.fromisoformat(event.data["due"]) if event.data.get("due") else None
                found.append(PreviewStep(event.data["name"], people, ",".join(who.roles), due))
            event = created[0]
            node = definition.process.nodes[event.element]
            form = fill(definition.form(event.element), step.state.variables, now.date().isoformat(), [])
            step = advance(definition.runnable, step.state, CompleteUserTask(
                event.token, found[-1].people[0] if found[-1].people else "", form, node.outcomes[0].id if node.outcomes else None),
                surroundings)
    except EngineError:
        return found
    return found

"""What a service task may call: outside transactions, at least once, with the job's id as the idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.commands.handover import TransferTasks
from engine.errors import N_, InvalidInput


@dataclass(frozen=True)
class Call:
    """One call of a connector: the idempotency key, the inputs that the diagram gives, and how to give the engine a command."""

    key: str
    inputs: dict[str, Any]
    execute: Callable[[Any], Any] = field(repr=False)

    def text(self, name: str) -> str:
        """Return an input that must be a text; raise InvalidInput."""
        found = self.inputs.get(name)
        if not isinstance(found, str) or not found:
            raise InvalidInput(N_("The input %(name)s of the connector must be a text."), name=name)
        return found


Connector = Callable[[Call], Any]
"""Returns plain JSON; raises to be tried again later."""

CONNECTORS: dict[str, Connector] = {}


def connector(topic: str) -> Callable[[Connector], Connector]:
    """Register a connector under the ``camunda:topic`` that diagrams name."""

    def register(function: Connector) -> Connector:
        CONNECTORS[topic] = function
        return function

    return register


@connector("transfer_tasks")
def transfer_tasks(call: Call) -> Any:  # noqa: ANN401  (JSON)
    """Hand the open tasks of ``from`` on to ``to``: those in ``tasks`` (ids), or all; return what moved and what could not, and why."""
    chosen = call.inputs.get("tasks")
    tasks = tuple(str(task) for task in chosen) if isinstance(chosen, list) else None
    return call.execute(TransferTasks(call.text("from"), call.text("to"), str(call.inputs.get("reason") or ""), tasks))

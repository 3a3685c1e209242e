"""What a service task may call: outside transactions, at least once, with the job's id as the idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Connector = Callable[[str, dict[str, Any]], Any]
"""Takes the idempotency key and the inputs; returns plain JSON; raises to be tried again later."""

CONNECTORS: dict[str, Connector] = {}


def connector(topic: str) -> Callable[[Connector], Connector]:
    """Register a connector under the ``camunda:topic`` that diagrams name."""

    def register(function: Connector) -> Connector:
        CONNECTORS[topic] = function
        return function

    return register

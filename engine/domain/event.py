"""What happened in a step: the events that the history keeps and the tables are projected from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at ``element`` to ``token``; ``data`` is plain JSON and ``kind`` a past participle."""

    kind: str
    element: str = ""
    token: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the public part as the history writes it."""
        found: dict[str, Any] = {"kind": self.kind}
        if self.element:
            found["element"] = self.element
        if self.token:
            found["token"] = self.token
        if self.data:
            found["data"] = self.data
        return found

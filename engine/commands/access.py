"""Note who took data out of the system or looked at what is protected: exports, prints, verifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import N_, NotAllowed
from engine.process_engine import Work

KINDS = frozenset({"exported", "printed", "verified", "history_read", "history_exported"})


@dataclass(frozen=True)
class RecordAccess:
    """Chain that the actor did ``kind`` with ``subject`` (a register, document, stream); ``facts`` say how much."""

    kind: str
    subject: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def run(self, work: Work) -> None:
        """Append to the stream of accesses; raise ValueError for a kind that isn't known."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is no kind of access.")
        work.record("access", self.kind, {"subject": self.subject, **self.facts})


@dataclass(frozen=True)
class RefusePage:
    """Refuse a page to somebody without one of its roles, on record."""

    subject: str
    roles: tuple[str, ...]

    def run(self, work: Work) -> None:
        """Raise NotAllowed."""
        raise NotAllowed(N_("This page is for %(roles)s."), roles=", ".join(self.roles))

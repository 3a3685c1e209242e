"""Settle incidents that cannot be tried again."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.person import require_administrator
from engine.errors import N_, Conflict, InvalidInput
from engine.process_engine import Work
from engine.store import repository

SETTLED_BY_HAND = frozenset({"message", "register"})
"""Kinds of incidents that hold nothing up: a message that nobody waited for, a register row that could not be written."""


@dataclass(frozen=True)
class ResolveIncident:
    """Say that an incident is settled, and how; only those that hold nothing up can be settled so."""

    incident_id: str
    note: str

    def run(self, work: Work) -> None:
        """Resolve it; raise Conflict when it is resolved already or something still waits because of it."""
        require_administrator(work)
        incident = repository.open_incident(work.connection, self.incident_id)
        if incident is None:
            raise Conflict(N_("The incident is resolved already."))
        if incident.kind not in SETTLED_BY_HAND:
            raise Conflict(N_("Something still waits because of this incident: retry it, or cancel the instance."))
        if not self.note.strip():
            raise InvalidInput(N_("Say how the incident was settled."))
        repository.resolve_incidents(work.connection, work.now, work.actor.person, id=incident.id)
        work.record("incidents", "incident_settled", {"incident": incident.id, "kind": incident.kind, "note": self.note.strip()[:1000]})

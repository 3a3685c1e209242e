"""Start, cancel, withdraw, remark on, copy and mend process instances; send messages and signals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine import form_input, organisation, projection
from engine.errors import N_, Conflict, InvalidInput, NotAllowed, NotFound
from engine.execution import Cancel, Retry, Start
from engine.identifiers import new_id
from engine.process_engine import Work
from engine.store import repository

ADMINISTRATORS = frozenset({"administrator"})


def starter_roles(definition: Any) -> tuple[str, ...]:
    """Return the roles (ids or names) that may start a process by hand: as said, else the role of the start event's lane."""
    process = definition.process
    said = process.attributes.get("candidateStarterGroups", "")
    if said:
        return tuple(part.strip() for part in said.split(",") if part.strip())
    start = next((n for n in process.starts() if n.event is None), None)
    return (process.lanes[start.lane].role,) if start is not None and start.lane else ()


def may_start(work_or_connection: Any, definition: Any, roles: frozenset[str]) -> bool:
    """Say whether somebody with ``roles`` may start the process by hand."""
    connection = work_or_connection.connection if isinstance(work_or_connection, Work) else work_or_connection
    if not any(n.event is None for n in definition.process.starts()):
        return False
    wanted = starter_roles(definition)
    if not wanted:
        return True
    return any(role in roles for role, _ in organisation.roles_named(connection, wanted).values())


@dataclass(frozen=True)
class StartInstance:
    """Start a process by hand with the values of its start form; return the instance id.

    Raises NotFound, NotAllowed, or InvalidInput with a problem for each field that the form refuses.
    """

    process: str
    values: dict[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    business_key: str = ""

    def run(self, work: Work) -> str:
        """Check who and what, and begin."""
        definition = work.engine.definitions.current(work.connection, self.process)
        person = work.actor.person
        if not organisation.is_active(work.connection, person):
            raise NotAllowed(N_("%(person)s is not an active person, and cannot start anything."), person=person or "-")
        if not may_start(work, definition, organisation.roles_of(work.connection, person)):
            raise NotAllowed(N_("You may not start %(name)s: it is for %(roles)s."), name=definition.name,
                             roles=", ".join(starter_roles(definition)) or "-")
        initiator = organisation.as_initiator(work.connection, person)
        values = form_input.checked(work.connection, definition, definition.start_form, self.values,
                               {"initiator": initiator}, work.now, work.engine.calendar(work.connection))
        instance_id = work.start(definition, initiator, Start(values, business_key=self.business_key))
        repository.delete_draft(work.connection, person, f"start:{self.process}")
        return instance_id


def _may_manage(work: Work) -> bool:
    return not work.actor.person or bool(ADMINISTRATORS & organisation.roles_of(work.connection, work.actor.person))


@dataclass(frozen=True)
class CancelInstance:
    """End an instance before its time; only administrators may, with a reason. A called instance: its caller goes on with that."""

    instance_id: str
    reason: str

    def run(self, work: Work) -> None:
        """Cancel it, and what it has called."""
        if not self.reason.strip():
            raise InvalidInput(N_("Say why the instance is cancelled."))
        work.load(self.instance_id)
        if not _may_manage(work):
            raise NotAllowed(N_("Only an administrator may cancel an instance."))
        work.step(self.instance_id, Cancel("cancelled", self.reason))


@dataclass(frozen=True)
class WithdrawInstance:
    """Take back one's own request, while it waits only where the diagram allows that (gc:withdraw)."""

    instance_id: str
    reason: str = ""

    def run(self, work: Work) -> None:
        """Withdraw it, and what it has called."""
        loaded = work.load(self.instance_id)
        if loaded.row["initiator"] != work.actor.person:
            raise NotAllowed(N_("Only who made the request may withdraw it."))
        if loaded.row["parent_id"]:
            raise Conflict(N_("This was called by another procedure; withdraw that one."))
        if not can_withdraw(loaded.definition, loaded.state.rows):
            raise Conflict(N_("It has gone too far to be withdrawn."))
        work.step(self.instance_id, Cancel("withdrawn", self.reason))


def can_withdraw(definition: Any, rows: list[list[Any]]) -> bool:
    """Say whether every open task, call or wait of an instance stands where ``gc:withdraw`` allows to withdraw."""
    allowed = set(definition.process.attributes.get("withdraw", "").replace(",", " ").split())
    waiting = {row[2].removesuffix("#loop") for row in rows
               if (row[4] or {}).get("open") in {"task", "call", "job", "await", "timer"} and "host" not in (row[4] or {})
               and "listener" not in (row[4] or {})}
    return bool(waiting) and waiting <= allowed


@dataclass(frozen=True)
class AddComment:
    """Remark on an instance; everybody who sees it sees the remark."""

    instance_id: str
    text: str

    def run(self, work: Work) -> None:
        """Keep the remark, and note it in the instance's history."""
        text = self.text.strip()
        if not text or len(text) > 4000:
            raise InvalidInput(N_("A remark needs 1 to 4000 characters."))
        if repository.instance(work.connection, self.instance_id) is None:
            raise NotFound(N_("There is no instance %(id)s."), id=self.instance_id)
        repository.insert_comment(work.connection, id=new_id(work.now), instance_id=self.instance_id, person_id=work.actor.person,
                                  at=work.now, text=text)
        work.record("comments", "commented", {"instance": self.instance_id}, {"text": text})


@dataclass(frozen=True)
class CopyInstance:
    """Give people a copy (抄送) of an instance."""

    instance_id: str
    persons: tuple[str, ...]

    def run(self, work: Work) -> None:
        """Write the copies."""
        if repository.instance(work.connection, self.instance_id) is None:
            raise NotFound(N_("There is no instance %(id)s."), id=self.instance_id)
        for person in organisation.people(work.connection, self.persons):
            repository.insert_copy(work.connection, instance_id=self.instance_id, person_id=person, at=work.now, element="")
        work.record("comments", "copied", {"instance": self.instance_id, "to": list(self.persons)})


@dataclass(frozen=True)
class SendMessage:
    """Send a message from outside; return whether it was ``received``, ``started`` something or is ``kept``."""

    name: str
    correlation: str = ""
    payload: Any = None
    request_id: str | None = None

    def run(self, work: Work) -> str:
        """Deliver it to one receiver."""
        return projection.send_message(work, self.name, self.correlation, self.payload, work.actor.person)


@dataclass(frozen=True)
class SendSignal:
    """Send a signal to everybody who waits for it."""

    name: str
    payload: Any = None

    def run(self, work: Work) -> None:
        """Broadcast it."""
        projection.broadcast(work, self.name, self.payload, work.actor.person)


@dataclass(frozen=True)
class RetryIncident:
    """Try again what an incident stopped; a new incident is raised if it fails again."""

    incident_id: str

    def run(self, work: Work) -> None:
        """Retry the element, the job or the search for somebody who may do the task."""
        incident = repository.open_incident(work.connection, self.incident_id)
        if incident is None:
            raise Conflict(N_("The incident is resolved already."))
        if not _may_manage(work):
            raise NotAllowed(N_("Only an administrator may retry an incident."))
        if incident.kind == "nobody":
            from engine.commands.user_task import reassign

            reassign(work, incident.task_id)
        elif incident.job_id is not None:
            repository.change_job(work.connection, incident.job_id, failed=False, attempts=0, due_at=work.now, lease_until=None)
            repository.resolve_incidents(work.connection, work.now, work.actor.person, id=incident.id)
        elif incident.kind in {"execution", "call"}:
            work.step(incident.instance_id, Retry(incident.token))
        else:
            raise Conflict(N_("This cannot be retried: cancel the instance, or wait for a new version of the diagram."))

"""Hand everything that a person has to do on to somebody else, as a procedure asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import organisation
from engine.errors import N_, InvalidInput
from engine.identifiers import new_id
from engine.process_engine import Work
from engine.store import repository
from engine.store.queries import lookup


@dataclass(frozen=True)
class TransferTasks:
    """Hand open tasks of one person on to another; ``tasks`` are ids, None means all of them. Doing it twice does no more."""

    giver: str
    receiver: str
    reason: str = ""
    tasks: tuple[str, ...] | None = None

    def run(self, work: Work) -> dict[str, Any]:
        """Return ``{transferred: [ids], kept: [ids]}``; kept are those that four eyes forbid the receiver. Raise InvalidInput."""
        if not organisation.is_active(work.connection, self.receiver):
            raise InvalidInput(N_("%(person)s is not an active person."), person=self.receiver)
        transferred: list[str] = []
        kept: list[str] = []
        for task in lookup.open_tasks(work.connection, self.giver, ""):
            if self.tasks is not None and task["task"] not in self.tasks:
                continue
            if self.receiver in repository.excluded(work.connection, task["task"]):
                kept.append(task["task"])
                continue
            repository.assign(work.connection, task["task"], self.receiver, "transfer")
            repository.insert_notification(work.connection, id=new_id(work.now), person_id=self.receiver, at=work.now, kind="transfer",
                                           instance_id=task["instance"], task_id=task["task"], params={"from": self.giver})
            transferred.append(task["task"])
        if transferred or kept:
            work.record("tasks", "handed_over", {"from": self.giver, "to": self.receiver, "tasks": transferred, "kept": kept},
                        {"reason": self.reason})
        return {"transferred": transferred, "kept": kept}

"""Claim, release, complete, hand on and urge user tasks, and keep drafts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine import form_input, organisation
from engine.bpmn.variables import RESERVED
from engine.errors import N_, Conflict, InvalidInput, NotAllowed, NotFound, Problem
from engine.execution import CompleteUserTask
from engine.identifiers import new_id
from engine.process_engine import Work
from engine.store import repository

URGE_PAUSE = timedelta(hours=2)
"""The least time between two urges of one task."""


@dataclass(frozen=True)
class Right:
    """Why a person may do a task: as themselves, or for somebody whom they stand in for."""

    on_behalf_of: str = ""


def right_to(work: Work, task: Any, person: str, *, four_eyes: bool = True) -> Right:
    """Return why ``person`` may do an open task; raise NotAllowed with the reason why not; ``four_eyes``: somebody may be kept out."""
    kept_out = repository.excluded(work.connection, task.id) if four_eyes else frozenset()
    if person in kept_out:
        raise NotAllowed(N_("Four eyes: you asked for this or decided on it before, so somebody else has to do it."))
    if task.assignee == person:
        return Right()
    behind = [p for p in organisation.represented(work.connection, person, work.now) if p not in kept_out]
    if task.assignee is not None:
        if task.assignee in behind:
            return Right(task.assignee)
        raise NotAllowed(N_("%(person)s has this task."), person=task.assignee)
    roles = repository.candidates(work.connection, task.id)
    if work.roles_of(person) & set(roles):
        return Right()
    for principal in behind:
        if work.roles_of(principal) & set(roles):
            return Right(principal)
    raise NotAllowed(N_("This task is for %(roles)s."), roles=", ".join(roles) or "-")


def open_task(work: Work, task_id: str) -> Any:
    """Return an open task, locked; raise NotFound, or Conflict that says who did it and when."""
    task = repository.user_task(work.connection, task_id, lock=True)
    if task is None:
        raise NotFound(N_("There is no task %(id)s."), id=task_id)
    return still_open(task)


def still_open(task: Any) -> Any:
    """Return the row of a task that is open; raise Conflict that says who did it and when."""
    if task.state == "completed":
        raise Conflict(N_("%(person)s has completed this task already, at %(at)s."), person=task.completed_by or "-", at=task.completed_at)
    if task.state != "open":
        raise Conflict(N_("This task was withdrawn at %(at)s."), at=task.completed_at)
    return task


@dataclass(frozen=True)
class ClaimTask:
    """Take a task of one's group."""

    task_id: str

    def run(self, work: Work) -> None:
        """Assign it; raise Conflict when somebody was faster."""
        task = open_task(work, self.task_id)
        if task.assignee is not None and task.assignee != work.actor.person:
            raise Conflict(N_("%(person)s has taken this task already."), person=task.assignee)
        right_to(work, task, work.actor.person)
        repository.assign(work.connection, task.id, work.actor.person, "claim")
        work.record("tasks", "claimed", {"task": task.id})


@dataclass(frozen=True)
class ReleaseTask:
    """Give a claimed task back to the group."""

    task_id: str

    def run(self, work: Work) -> None:
        """Take the assignment away."""
        task = open_task(work, self.task_id)
        if task.assignee != work.actor.person:
            raise NotAllowed(N_("Only who has a task may release it."))
        if not repository.candidates(work.connection, task.id):
            raise Conflict(N_("This task is yours alone; there is no group to give it back to."))
        repository.assign(work.connection, task.id, None, "")
        work.record("tasks", "released", {"task": task.id})


@dataclass(frozen=True)
class CompleteTask:
    """Complete a task: the form's values, the outcome and a comment.

    Raises Conflict (somebody was faster; the sentence says who and when), NotAllowed, or InvalidInput with a problem per field.
    """

    task_id: str
    values: dict[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    comment: str = ""
    request_id: str | None = None

    def run(self, work: Work) -> dict[str, Any]:
        """Check who, state and form; advance."""
        at_hand = repository.task_at_hand(work.connection, self.task_id)
        if at_hand is None:
            raise NotFound(N_("There is no task %(id)s."), id=self.task_id)
        task = still_open(at_hand.task)
        loaded = work.load_with(at_hand)
        right = right_to(work, task, work.actor.person, four_eyes="excluded" in at_hand.around)
        node = loaded.definition.process.nodes[task.element]
        _check_outcome(node, self.outcome, self.comment)
        row = next((r for r in loaded.state.rows if r[0] == task.token), None)
        if row is None:
            raise Conflict(N_("This task is over already."))
        local = _local(loaded.state.rows, row)
        context = {**loaded.state.variables, **local, "initiator": loaded.state.initiator, "done": loaded.state.done}
        values = form_input.checked(work.connection, loaded.definition, loaded.definition.form(task.element), self.values, context,
                               work.now, work.calendar)
        work.step(task.instance_id, CompleteUserTask(task.token, work.actor.person, values, self.outcome, self.comment.strip(),
                                                     right.on_behalf_of))
        return {"instance": task.instance_id, "state": loaded.row["state"]}


def _local(rows: list[list[Any]], row: list[Any]) -> dict[str, Any]:
    by_id = {r[0]: r for r in rows}
    found: dict[str, Any] = {}
    current: list[Any] | None = row
    while current is not None and current[0] != 1:
        found = {**(current[5] or {}), **found}
        current = by_id.get(current[1])
    return found


def _check_outcome(node: Any, outcome: str | None, comment: str) -> None:
    if len(comment) > 4000:
        raise InvalidInput(N_("A comment has at most 4000 characters."))
    if not node.outcomes:
        if outcome:
            raise InvalidInput(N_("%(name)s has no outcomes to choose from."), name=node.name)
        return
    chosen = next((o for o in node.outcomes if o.id == outcome), None)
    if chosen is None:
        raise InvalidInput(N_("Choose one of the outcomes: %(outcomes)s."), outcomes=", ".join(o.id for o in node.outcomes))
    if chosen.comment_required and not comment.strip():
        raise InvalidInput(N_("Say why: %(outcome)s needs a comment."), outcome=chosen.label,
                           problems=[Problem(N_("Say why."), element="comment")])


@dataclass(frozen=True)
class TransferTask:
    """Hand a task on to somebody else (转办), with a reason."""

    task_id: str
    person: str
    comment: str = ""

    def run(self, work: Work) -> None:
        """Assign it to the other person."""
        task = open_task(work, self.task_id)
        administrator = "administrator" in organisation.roles_of(work.connection, work.actor.person)
        if task.assignee != work.actor.person and not administrator:
            raise NotAllowed(N_("Only who has a task, or an administrator, may hand it on."))
        if not self.comment.strip():
            raise InvalidInput(N_("Say why the task is handed on."))
        if not organisation.is_active(work.connection, self.person):
            raise InvalidInput(N_("%(person)s is not an active person."), person=self.person)
        if self.person in repository.excluded(work.connection, task.id):
            raise InvalidInput(N_("Four eyes: %(person)s asked for this or decided on it before."), person=self.person)
        repository.assign(work.connection, task.id, self.person, "transfer")
        repository.insert_comment(work.connection, id=new_id(work.now), instance_id=task.instance_id, person_id=work.actor.person,
                                  at=work.now, text=self.comment.strip())
        repository.insert_notification(work.connection, id=new_id(work.now), person_id=self.person, at=work.now, kind="transfer",
                                       instance_id=task.instance_id, task_id=task.id, params={"from": work.actor.person})
        repository.resolve_incidents(work.connection, work.now, work.actor.person, task_id=task.id)
        work.record("tasks", "transferred", {"task": task.id, "to": self.person}, {"comment": self.comment})


@dataclass(frozen=True)
class UrgeTask:
    """Ask those who have a task to hurry (催办); not more often than every two hours."""

    task_id: str

    def run(self, work: Work) -> None:
        """Tell them."""
        task = open_task(work, self.task_id)
        last = repository.last_notification(work.connection, task.id, "urge")
        if last is not None and work.now - last < URGE_PAUSE:
            raise Conflict(N_("They were urged at %(at)s; wait two hours before the next time."), at=last)
        for person in recipients(work, task):
            repository.insert_notification(work.connection, id=new_id(work.now), person_id=person, at=work.now, kind="urge",
                                           instance_id=task.instance_id, task_id=task.id, params={"from": work.actor.person})
        work.record("tasks", "urged", {"task": task.id})


def recipients(work: Work, task: Any) -> list[str]:
    """Return who should hear about an open task: who has it, else who may take it."""
    if task.assignee:
        return [task.assignee]
    kept_out = repository.excluded(work.connection, task.id)
    roles = repository.candidates(work.connection, task.id)
    return [p for p in organisation.people(work.connection, roles) if p not in kept_out]


@dataclass(frozen=True)
class SaveDraft:
    """Keep what was typed: ``subject`` is a task id, or ``start:<process key>``. Drafts are private and not in the history."""

    subject: str
    content: dict[str, Any]

    def run(self, work: Work) -> None:
        """Write the draft."""
        if RESERVED & self.content.keys() or len(str(self.content)) > 512 * 1024:
            raise InvalidInput(N_("The draft is too large."))
        repository.save_draft(work.connection, work.actor.person, self.subject, self.content, work.now)


@dataclass(frozen=True)
class DeleteDraft:
    """Throw a draft away."""

    subject: str

    def run(self, work: Work) -> None:
        """Delete it."""
        repository.delete_draft(work.connection, work.actor.person, self.subject)


def reassign(work: Work, task_id: str) -> bool:
    """Look again for somebody who may do an open task that nobody could do; say whether there is somebody now."""
    task = repository.user_task(work.connection, task_id, lock=True)
    if task is None or task.state != "open":
        return False
    kept_out = repository.excluded(work.connection, task_id)
    roles = task.role.split(",") if task.role else list(repository.candidates(work.connection, task_id))
    found = organisation.resolve(work.connection, roles, kept_out, work.now)
    if not found.people:
        return False
    repository.delete_candidates(work.connection, task_id)
    repository.insert_candidates(work.connection, task_id, found.roles, task.due_at)
    sole = found.people[0] if len(found.people) == 1 else None
    repository.assign(work.connection, task_id, sole, "sole" if sole else "", ",".join(found.roles))
    repository.resolve_incidents(work.connection, work.now, work.actor.person, task_id=task_id)
    work.record("tasks", "reassigned", {"task": task_id, "roles": list(found.roles)})
    return True


def reassign_all(work: Work, person: str | None = None) -> int:
    """After a change of the organisation: find people for tasks that nobody could do, and for those that only ``person`` had.

    Returns the number of tasks that have somebody now.
    """
    tasks = [i.task_id for i in repository.open_incidents(work.connection, "nobody") if i.task_id]
    if person is not None:
        tasks += repository.sole_tasks(work.connection, person)
    return sum(reassign(work, task) for task in dict.fromkeys(tasks))

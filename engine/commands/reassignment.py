"""After a change of the organisation: nobody's task is left without somebody, or an incident says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.commands.user_task import reassign, reassign_all
from engine.errors import N_
from engine.identifiers import new_id
from engine.process_engine import Work
from engine.store import organisation as statements
from engine.store import repository


def after_gain(work: Work, person: str) -> None:
    """Give tasks that nobody could do to somebody, now that ``person`` is active or holds another role."""
    for task_id in statements.tasks_waiting_for(work.connection, person):
        repository.resolve_incidents(work.connection, work.now, work.actor.person, task_id=task_id)
    reassign_all(work, person)


def after_loss(work: Work, person: str, roles: Iterable[str], *, inactive: bool = False) -> None:
    """Find others for the tasks that ``person`` can't do any more, having lost ``roles`` or being ``inactive``.

    Those for which there is nobody stay where they are, with an incident.
    """
    lost, kept = set(roles), statements.memberships(work.connection, person)
    for task in statements.open_tasks_of(work.connection, person):
        asked = set(task.role.split(","))
        if inactive or (task.assigned_by in {"sole", "claim"} and lost & asked and not kept & asked):
            _find_another(work, task, person)
    for task in statements.tasks_without_holder(work.connection, lost):
        _find_another(work, task, "")


def _find_another(work: Work, task: Any, person: str) -> None:
    if reassign(work, task.id) or statements.has_open_incident(work.connection, task.id):
        return
    if task.role:
        template, params = N_("Nobody holds the role %(role)s for %(name)s, or four eyes exclude everybody who does."), {"role": task.role}
    else:
        template, params = N_("%(name)s is for %(person)s, who is not an active person."), {"person": person}
    repository.insert_incident(work.connection, id=new_id(work.now), instance_id=task.instance_id, process_key=task.process_key,
                               element=task.element, token=task.token, task_id=task.id, kind="nobody", template=template,
                               params={"name": task.name, **params}, at=work.now)

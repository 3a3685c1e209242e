"""Who gets a task, who is faster, who is kept out, and what happens when nobody is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support import MONDAY, line

from engine import clock
from engine.commands.process_instance import RetryIncident, StartInstance
from engine.commands.user_task import ClaimTask
from engine.errors import Conflict, NotAllowed
from engine.process_engine import Actor
from engine.store import schema as t
from engine.worker import Worker

ASK = '<startEvent id="s"/><userTask id="a" name="Approve" camunda:candidateGroups="boss" %s/><endEvent id="e"/>' + line("s", "a", "e")


def test_the_slower_of_two_people_is_told_who_was_faster(company: Any) -> None:
    company.deploy(ask=ASK % "")
    for person in ("ann", "bea"):
        company.hire(person, "boss")
    company.hire("joe", "employee")
    task = company.task(company.start("ask", "joe"), "a").id
    company.complete(task, "ann")
    with pytest.raises(Conflict, match="ann"):
        company.complete(task, "bea")
    assert [r.completed_by for r in company.rows(t.user_task)] == ["ann"]


def test_a_claimed_task_cannot_be_claimed_or_done_by_another(company: Any) -> None:
    company.deploy(ask=ASK % "")
    for person in ("ann", "bea"):
        company.hire(person, "boss")
    task = company.task(company.start("ask", "ann"), "a").id
    company.engine.execute(ClaimTask(task), Actor("ann"))
    with pytest.raises(Conflict, match="ann"):
        company.engine.execute(ClaimTask(task), Actor("bea"))
    with pytest.raises(NotAllowed, match="ann"):
        company.complete(task, "bea")


def test_who_does_not_hold_the_role_is_refused_and_the_attempt_is_recorded(company: Any) -> None:
    company.deploy(ask=ASK % "")
    for person in ("ann", "bea"):
        company.hire(person, "boss")
    company.hire("eve", "employee")
    task = company.task(company.start("ask", "eve"), "a").id
    with pytest.raises(NotAllowed, match="boss"):
        company.complete(task, "eve")
    assert [(r.actor, r.kind) for r in company.rows(t.history, stream="access")] == [("eve", "denied")]


def test_four_eyes_keep_the_initiator_out_even_with_the_role(company: Any) -> None:
    company.deploy(ask=ASK % 'gc:fourEyes="initiator"')
    for person in ("ann", "bea", "cleo"):
        company.hire(person, "boss")
    task = company.task(company.start("ask", "ann"), "a")
    assert task.assignee is None
    with pytest.raises(NotAllowed, match="Four eyes"):
        company.complete(task.id, "ann")
    company.complete(task.id, "bea")


def test_four_eyes_that_leave_one_holder_assign_the_task_to_them(company: Any) -> None:
    company.deploy(ask=ASK % 'gc:fourEyes="initiator"')
    for person in ("ann", "bea"):
        company.hire(person, "boss")
    assert company.task(company.start("ask", "ann"), "a").assignee == "bea"


def test_four_eyes_that_leave_nobody_ask_the_next_role(company: Any) -> None:
    company.deploy(ask=ASK % 'gc:fourEyes="initiator"')
    company.hire("ann", "boss")
    company.hire("dora", "director")
    task = company.task(company.start("ask", "ann"), "a")
    assert (task.assignee, task.role) == ("dora", "director") and not company.open_incidents()


def test_four_eyes_keep_out_whoever_decided_before(company: Any) -> None:
    company.deploy(ask='<startEvent id="s"/><userTask id="a" camunda:candidateGroups="boss"/>'
                       '<userTask id="b" camunda:candidateGroups="boss" gc:fourEyes="a"/>' + line("s", "a", "b"))
    for person in ("ann", "bea", "cleo"):
        company.hire(person, "boss")
    instance = company.start("ask", "ann")
    company.complete(company.task(instance, "a").id, "bea")
    task = company.task(instance, "b").id
    with pytest.raises(NotAllowed, match="Four eyes"):
        company.complete(task, "bea")
    company.complete(task, "ann")
    assert company.state(instance) == "completed"


def test_a_task_for_nobody_is_an_incident_until_somebody_takes_the_role(company: Any) -> None:
    company.deploy(ask=ASK % "")
    company.hire("joe", "employee")
    instance = company.start("ask", "joe")
    incident, = company.open_incidents()
    assert (incident.kind, incident.element, incident.params["role"]) == ("nobody", "a", "boss")
    company.engine.execute(RetryIncident(incident.id))
    assert [i.id for i in company.open_incidents()] == [incident.id]
    company.hire("ann", "boss")
    if company.open_incidents():  # taking the role may have settled it already
        company.engine.execute(RetryIncident(incident.id))
    assert not company.open_incidents()
    company.complete(company.task(instance, "a").id, "ann")
    assert company.state(instance) == "completed" and not company.verify()


def test_an_incident_that_is_settled_cannot_be_tried_again(company: Any) -> None:
    company.deploy(ask=ASK % "")
    company.hire("joe", "employee")
    company.start("ask", "joe")
    incident, = company.open_incidents()
    company.hire("ann", "boss")
    with pytest.raises(Conflict):
        company.engine.execute(RetryIncident(incident.id))


def test_a_request_that_is_sent_twice_is_done_once(company: Any) -> None:
    company.deploy(ask=ASK % "")
    company.hire("ann", "boss")
    first = company.start("ask", "ann", request_id="r1")
    assert company.start("ask", "ann", request_id="r1") == first
    assert len(company.rows(t.process_instance)) == 1
    task = company.task(first, "a").id
    done = company.complete(task, "ann", request_id="r2")
    assert company.complete(task, "ann", request_id="r2") == done
    assert company.start("ask", "ann", request_id="r3") != first


def test_a_refused_request_leaves_nothing_and_can_be_sent_again(company: Any) -> None:
    company.deploy(ask=ASK % "")
    with pytest.raises(NotAllowed):
        company.engine.execute(StartInstance("ask", request_id="r1"), Actor("ann"))
    assert not company.rows(t.process_instance) and not company.rows(t.receipt)
    company.hire("ann", "boss")
    assert company.start("ask", "ann", request_id="r1")


TIMED = (ASK % "") + ('<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration>PT2H</timeDuration>'
                      '</timerEventDefinition></boundaryEvent><endEvent id="late"/>' + line("b", "late"))


def test_a_timer_fires_through_the_worker_when_it_is_due_and_not_before(company: Any) -> None:
    company.deploy(ask=TIMED)
    company.hire("ann", "boss")
    instance, worker = company.start("ask", "ann"), Worker(company.engine)
    clock.freeze(MONDAY + timedelta(hours=2) - timedelta(microseconds=1))
    assert worker.beat() == 0 and company.state(instance) == "running"
    clock.freeze(MONDAY + timedelta(hours=2))
    assert worker.beat() == 1 and company.state(instance) == "completed"
    assert worker.beat() == 0
    assert company.task(instance, "a", "cancelled").completed_at == MONDAY + timedelta(hours=2)
    assert not company.verify()


def test_a_timer_of_a_completed_task_is_gone(company: Any) -> None:
    company.deploy(ask=TIMED)
    company.hire("ann", "boss")
    instance = company.start("ask", "ann")
    company.complete(company.task(instance, "a").id, "ann")
    assert not company.rows(t.job)
    clock.freeze(MONDAY + timedelta(hours=3))
    assert Worker(company.engine).beat() == 0


def test_missed_cycles_fire_once_through_the_worker(company: Any) -> None:
    cycle = TIMED.replace('attachedToRef="a"', 'attachedToRef="a" cancelActivity="false"')
    cycle = cycle.replace("<timeDuration>PT2H</timeDuration>", "<timeCycle>R/PT1H</timeCycle>")
    company.deploy(ask=cycle)
    company.hire("ann", "boss")
    instance = company.start("ask", "ann")
    clock.freeze(MONDAY + timedelta(hours=10, minutes=30))
    assert Worker(company.engine).beat() == 1
    assert [j.due_at for j in company.rows(t.job, instance_id=instance)] == [MONDAY + timedelta(hours=11)]

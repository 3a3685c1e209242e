"""What expressions and services of a diagram ask the database and have done by it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from conftest import Company
from support import diagram, line

from engine import clock
from engine.commands.deployment import Deploy
from engine.execution import load_state
from engine.store import schema as t
from engine.worker import Worker

ASKING = ('<startEvent id="s"/><scriptTask id="ask"><script>{script}</script></scriptTask><userTask id="u" camunda:assignee="ann"/>'
          '<endEvent id="e"/>' + line("s", "ask", "u", "e"))
LEDGER = {"id": "ledger", "name": "Ledger", "roles": ["clerk"], "when": "=true", "columns": [
    {"id": "amount", "label": "Amount", "value": "=amount", "type": "number"},
    {"id": "person", "label": "Person", "value": "=initiator.id", "type": "person"}]}


@pytest.fixture
def office(company: Company) -> Company:
    company.deploy()
    for person, role in (("ann", "clerk"), ("bob", "clerk"), ("cleo", "boss")):
        company.hire(person, "employee", role)
    return company


def asked(office: Company, script: str) -> object:
    """Return what a script of a new instance makes of its question."""
    office.deploy(asking=ASKING.replace("{script}", "{answer: " + script + "}"))
    instance = office.start("asking", "bob")
    (row,) = office.rows(t.process_instance, id=instance)
    return load_state(row.snapshot).variables.get("answer", office.rows(t.incident, instance_id=instance))


def test_people_of_a_role(office: Company) -> None:
    assert asked(office, 'people("clerk").id') == ["ann", "bob"]
    assert asked(office, 'person("cleo").name') == "Cleo"
    assert asked(office, 'person("nobody")') is None


def test_open_tasks_of_a_person_without_those_of_the_asking_instance(office: Company) -> None:
    office.deploy(chore=ASKING.replace("{script}", "{x: 1}"))
    office.start("chore", "bob")
    assert asked(office, 'open_tasks("ann").process') == ["chore"]


def test_rows_of_a_register_filtered_by_columns_and_by_feel(office: Company) -> None:
    content = '<startEvent id="s"/><userTask id="u" camunda:assignee="ann"/><endEvent id="e"/>' + line("s", "u", "e")
    bundle = {"processes/roles.json": orjson.dumps([{"id": r, "name": r} for r in ("employee", "clerk", "boss")]),
              "processes/sale/sale.bpmn": diagram(content.replace('<startEvent id="s"/>', '<startEvent id="s" camunda:formKey="sale/ask"/>'), "sale"),
              "processes/sale/sale.register.json": orjson.dumps(LEDGER),
              "forms/sale/ask.json": orjson.dumps({"type": "default", "components": [
                  {"type": "number", "id": "a", "key": "amount", "label": "Amount"}]})}
    report = office.engine.execute(Deploy(bundle))
    assert not report.refused, {k: [str(p) for p in v] for k, v in report.refused.items()}
    first = office.start("sale", "bob", values={"amount": 5})
    office.start("sale", "cleo", values={"amount": 70})
    assert asked(office, 'register_rows("ledger", {person: "bob"})') == [{"amount": 5, "person": "bob", "instance": first}]
    assert asked(office, 'register_rows("ledger")[amount &gt; 6].person') == ["cleo"]
    assert asked(office, 'register_rows("no_such_register")') == []


def test_a_service_hands_the_tasks_of_somebody_on(office: Company) -> None:
    service = ('<startEvent id="s"/><serviceTask id="move" camunda:topic="transfer_tasks" camunda:resultVariable="moved"><extensionElements>'
               '<camunda:inputOutput><camunda:inputParameter name="from">=who</camunda:inputParameter>'
               '<camunda:inputParameter name="to">bob</camunda:inputParameter></camunda:inputOutput></extensionElements></serviceTask>'
               '<userTask id="u" camunda:assignee="cleo"/><endEvent id="e"/>' + line("s", "set", "move", "u", "e")
               + '<scriptTask id="set"><script>{who: "ann"}</script></scriptTask>')
    office.deploy(chore=ASKING.replace("{script}", "{x: 1}"), handing=service)
    own = office.start("chore", "cleo")
    handing = office.start("handing", "cleo")
    (job,) = office.rows(t.job, kind="service")
    worker = Worker(office.engine)
    clock.freeze(max(job.due_at, clock.now()))
    assert worker.run(job)
    assert office.task(own, "u").assignee == "bob"
    (row,) = office.rows(t.process_instance, id=handing)
    assert load_state(row.snapshot).variables["moved"] == {"transferred": [office.task(own, "u").id], "kept": []}
    assert not office.verify()

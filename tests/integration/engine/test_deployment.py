"""What deployment refuses, what it changes, and what goes on as it began."""

from __future__ import annotations

from typing import Any

import pytest
from support import line

from engine.errors import NotFound
from engine.store import schema as t

GOOD = '<startEvent id="s"/><userTask id="a" name="%s" camunda:candidateGroups="boss"/><endEvent id="e"/>' + line("s", "a", "e")


@pytest.mark.parametrize(("wrong", "element"), [
    (GOOD % "A" + '<task id="x"/>', "x"),
    (GOOD % "A" + '<userTask id="lost" camunda:candidateGroups="boss"/>', "lost"),
    ((GOOD % "A").replace("boss", "nobody_knows"), "a"),
    ((GOOD % "A").replace('name="A"', 'camunda:formKey="p/none"'), "a"),
    ((GOOD % "A").replace('name="A"', 'camunda:dueDate="working_days(("'), "a"),
    ('<startEvent id="s"/><callActivity id="c" calledElement="nowhere"/><endEvent id="e"/>' + line("s", "c", "e"), "c"),
])
def test_a_wrong_diagram_is_refused_by_file_and_element_and_the_others_are_deployed(company: Any, wrong: str, element: str) -> None:
    report = company.deploy(good=GOOD % "A", wrong=wrong)
    assert report.deployed == ["good"] and list(report.refused) == ["processes/wrong/wrong.bpmn"]
    problems = report.refused["processes/wrong/wrong.bpmn"]
    assert element in {p.element for p in problems} and {p.file for p in problems} == {"processes/wrong/wrong.bpmn"}
    company.hire("ann", "boss")
    assert company.start("good", "ann")
    with pytest.raises(NotFound):
        company.start("wrong", "ann")


def test_a_caller_of_a_refused_procedure_is_refused_with_it(company: Any) -> None:
    caller = '<startEvent id="s"/><callActivity id="c" calledElement="wrong"/><endEvent id="e"/>' + line("s", "c", "e")
    report = company.deploy(caller=caller, wrong=GOOD % "A" + '<task id="x"/>')
    assert not report.deployed and [p.element for p in report.refused["processes/caller/caller.bpmn"]] == ["c"]


def test_a_refused_new_version_leaves_the_old_one_in_force(company: Any) -> None:
    company.deploy(ask=GOOD % "A")
    report = company.deploy(ask=GOOD % "B" + '<task id="x"/>')
    assert not report.deployed and [v.current for v in company.rows(t.process_version)] == [True]
    company.hire("ann", "boss")
    assert company.task(company.start("ask", "ann"), "a").name == "A"


def test_deploying_the_same_again_makes_no_new_version(company: Any) -> None:
    assert company.deploy(ask=GOOD % "A").deployed == ["ask"]
    again = company.deploy(ask=GOOD % "A")
    assert (again.deployed, again.unchanged) == ([], ["ask"]) and len(company.rows(t.process_version)) == 1
    assert company.deploy(ask=GOOD % "B").deployed == ["ask"]
    assert sorted((v.number, v.current) for v in company.rows(t.process_version)) == [(1, False), (2, True)]


TWO = '<startEvent id="s"/><userTask id="a" camunda:candidateGroups="boss"/><userTask id="%s" camunda:candidateGroups="boss"/>'


def test_running_instances_keep_their_version_and_new_ones_take_the_new_one(company: Any) -> None:
    company.deploy(ask=TWO % "old" + line("s", "a", "old"))
    company.hire("ann", "boss")
    before = company.start("ask", "ann")
    company.deploy(ask=TWO % "new" + line("s", "a", "new"))
    after = company.start("ask", "ann")
    company.engine.definitions = type(company.engine.definitions)()  # as after a restart
    for instance, element in ((before, "old"), (after, "new")):
        company.complete(company.task(instance, "a").id, "ann")
        company.complete(company.task(instance, element).id, "ann")
        assert company.state(instance) == "completed"
    assert not company.verify()


def test_going_back_to_an_earlier_diagram_makes_its_version_current_again(company: Any) -> None:
    for name in ("A", "B", "A"):
        company.deploy(ask=GOOD % name)
    assert sorted((v.number, v.current) for v in company.rows(t.process_version)) == [(1, True), (2, False)]

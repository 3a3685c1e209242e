"""What a file may look like: what other engines lose or run wrong is read right here, or refused by name."""

from __future__ import annotations

import pytest
from support import Case, diagram, flow, line, problems

from engine.bpmn.reader import read
from engine.errors import DefinitionRefused

ONE_OF_MANY = ('<userTask id="x"><multiInstanceLoopCharacteristics behavior="One"><loopCardinality>2</loopCardinality>'
               '</multiInstanceLoopCharacteristics></userTask>')
TASK = '<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>'


def test_flows_without_ids_are_followed() -> None:
    case = Case(TASK + line("s", "a", "e"))
    assert case.open == ["a"] and not case.state.finished
    case.complete("a")
    assert case.state.finished == "completed"


def test_events_without_ids_do_not_keep_a_file_from_being_read() -> None:
    processes, found = read(diagram(TASK.replace('id="e"', "") + line("s", "a")), "p.bpmn")
    assert not found and len(processes[0].nodes) == 3


@pytest.mark.parametrize(("start", "end"), [("Start", "End"), ("Root", "Start"), ("End", "Root"), ("start", "end")])
def test_names_that_the_library_uses_itself_are_free_for_elements(start: str, end: str) -> None:
    case = Case(f'<startEvent id="{start}"/><userTask id="a"/><endEvent id="{end}"/>' + line(start, "a", end))
    assert case.open == ["a"]
    case.complete("a")
    assert case.passed(end) == 1 and case.state.finished == "completed"


@pytest.mark.parametrize("doctype", ['<!DOCTYPE definitions>', '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
                                     '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'])
def test_a_document_type_is_refused(doctype: str) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read(doctype.encode() + diagram(TASK + line("s", "a", "e")), "p.bpmn")
    assert refused.value.problems[0].file == "p.bpmn" and "DOCTYPE" in str(refused.value.problems[0])


def test_malformed_xml_is_refused_with_its_line() -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read(b"<definitions>\n<process>\n</definitions>", "p.bpmn")
    assert refused.value.problems[0].line == 3


@pytest.mark.parametrize(("content", "element"), [
    ('<task id="x"/>', "x"), ('<complexGateway id="x"/>', "x"), ('<transaction id="x"/>', "x"), ('<adHocSubProcess id="x"/>', "x"),
    ('<userTask id="x" startQuantity="2"/>', "x"), ('<userTask id="x" completionQuantity="2"/>', "x"),
    ('<userTask id="x" isForCompensation="true"/>', "x"),
    ('<intermediateThrowEvent id="x"><compensateEventDefinition/></intermediateThrowEvent>', "x"),
    ('<boundaryEvent id="x" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>', "x"),
    ('<boundaryEvent id="x" attachedToRef="a"><cancelEventDefinition/></boundaryEvent>', "x"),
    ('<endEvent id="x"><eventDefinitionRef>t</eventDefinitionRef></endEvent>', "x"),
    ('<endEvent id="x"><errorEventDefinition errorRef="nowhere"/></endEvent>', "x"),
    ('<endEvent id="x"><signalEventDefinition/></endEvent>', "x"),
    ('<sendTask id="x"/>', "x"),
    ('<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>', "x"),
    ('<eventBasedGateway id="x" eventGatewayType="Parallel"/>', "x"),
    (ONE_OF_MANY, "x"),
    ('<userTask id="x"><standardLoopCharacteristics loopMaximum="-1"/></userTask>', "x"),
    ('<scriptTask id="x" scriptFormat="python"><script>1</script></scriptTask>', "x"),
    ('<serviceTask id="x" camunda:class="com.example.Job"/>', "x"),
    ('<userTask id="a"/>', "a"),
])
def test_what_cannot_be_run_is_refused_by_its_id(content: str, element: str) -> None:
    found = problems(TASK + line("s", "a", "e") + content)
    assert element in {p.element for p in found}
    assert all(p.file == "p.bpmn" and p.line > 0 and str(p) for p in found)


def test_a_condition_in_another_language_is_refused() -> None:
    wrong = flow("s", "a", "x").replace("<conditionExpression>", '<conditionExpression language="python">')
    assert [p.rule for p in problems(TASK + wrong + line("a", "e"))] == ["language"]


def test_a_flow_to_nowhere_is_refused() -> None:
    assert [p.element for p in problems(TASK + line("s", "a") + flow("a", "gone", identifier="lost"))] == ["lost"]


def test_the_first_true_flow_of_the_file_is_taken_whatever_the_drawing_says() -> None:
    nodes = '<startEvent id="s"/><exclusiveGateway id="g"/><endEvent id="first"/><endEvent id="second"/>' + line("s", "g")
    flows = flow("g", "first", "true", "f1") + flow("g", "second", "true", "f2")
    drawn = ('<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">'
             '<bpmndi:BPMNShape bpmnElement="first"><dc:Bounds x="300" y="900" width="36" height="36"/></bpmndi:BPMNShape>'
             '<bpmndi:BPMNShape bpmnElement="second"><dc:Bounds x="300" y="10" width="36" height="36"/></bpmndi:BPMNShape>'
             '<bpmndi:BPMNEdge bpmnElement="f1"><di:waypoint x="1" y="1"/><di:waypoint x="300" y="900"/></bpmndi:BPMNEdge>'
             '<bpmndi:BPMNEdge bpmnElement="f2"><di:waypoint x="1" y="1"/><di:waypoint x="300" y="10"/></bpmndi:BPMNEdge>'
             '</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>')
    case = Case(nodes + flows + "</process>" + drawn + '<process id="unused">')
    assert case.passed("first") == 1 and case.passed("second") == 0


def test_the_other_order_in_the_file_takes_the_other_flow() -> None:
    nodes = '<startEvent id="s"/><exclusiveGateway id="g"/><endEvent id="first"/><endEvent id="second"/>' + line("s", "g")
    case = Case(nodes + flow("g", "second", "true") + flow("g", "first", "true"))
    assert case.passed("second") == 1 and case.passed("first") == 0

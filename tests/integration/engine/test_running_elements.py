"""What each element does, above all where an engine can be wrong without an error."""

from __future__ import annotations

import pytest
from support import Case, flow, line

from engine.errors import Conflict
from engine.execution import CompleteUserTask, Receive, Retry, dump_state

S, E = '<startEvent id="s"/>', '<endEvent id="e"/>'


def several(attributes: str, inner: str = "", element: str = "m") -> str:
    return (f'<userTask id="{element}"><multiInstanceLoopCharacteristics {attributes}>{inner}'
            "</multiInstanceLoopCharacteristics></userTask>")


COLLECTED = 'gc:outputCollection="votes" gc:outputElement="{who: who, vote: vote}"'


def test_a_completion_condition_counts_and_withdraws_the_rest() -> None:
    case = Case(S + several('camunda:collection="people" camunda:elementVariable="who" ' + COLLECTED,
                            "<completionCondition>nrOfCompletedInstances &gt;= 2</completionCondition>")
                + E + line("s", "m", "e"), {"people": ["a", "b", "c"]})
    assert case.open == ["m", "m", "m"]
    case.complete("m", {"vote": "no"}, which=2)
    assert not case.state.finished
    case.complete("m", {"vote": "yes"})
    assert case.state.finished == "completed"
    assert case.state.variables["votes"] == [{"who": "a", "vote": "yes"}, {"who": "c", "vote": "no"}]
    assert "vote" not in case.state.variables
    assert case.kinds("m").count("task_withdrawn") == 1


@pytest.mark.parametrize(("condition", "needed"), [
    ("nrOfActiveInstances = 1", 2), ("nrOfCompletedInstances / nrOfInstances &gt;= 0.3", 1),
    ('count(outputs[vote = "no"]) &gt;= 1', 1), ("false", 3)])
def test_a_completion_condition_sees_all_counters_and_outputs(condition: str, needed: int) -> None:
    case = Case(S + several('camunda:collection="people" camunda:elementVariable="who" ' + COLLECTED,
                            f"<completionCondition>{condition}</completionCondition>") + E + line("s", "m", "e"),
                {"people": ["a", "b", "c"]})
    for _ in range(needed):
        assert not case.state.finished
        case.complete("m", {"vote": "no"})
    assert case.state.finished == "completed"


def test_sequential_instances_come_one_after_the_other_and_know_their_number() -> None:
    case = Case(S + several('isSequential="true" camunda:collection="people" camunda:elementVariable="who" '
                            'gc:outputCollection="o" gc:outputElement="[loop.counter, loop.size, who]"')
                + E + line("s", "m", "e"), {"people": ["a", "b"]})
    assert case.open == ["m"]
    case.complete("m")
    assert case.open == ["m"]
    case.complete("m")
    assert case.state.variables["o"] == [[1, 2, "a"], [2, 2, "b"]]


@pytest.mark.parametrize("kind", ["true", "false"])
def test_a_multi_instance_in_a_loop_can_be_entered_twice(kind: str) -> None:
    case = Case(S + several(f'isSequential="{kind}" camunda:collection="people" camunda:elementVariable="who" ' + COLLECTED)
                + '<exclusiveGateway id="g"/>' + E + line("s", "m", "g") + flow("g", "m", 'some v in votes satisfies v.vote = "no"')
                + flow("g", "e", 'every v in votes satisfies v.vote = "yes"'), {"people": ["a", "b"]})
    case.complete("m", {"vote": "yes"})
    case.complete("m", {"vote": "no"})
    assert case.open == (["m"] if kind == "true" else ["m", "m"])
    case.complete("m", {"vote": "yes"})
    case.complete("m", {"vote": "yes"})
    assert case.state.finished == "completed" and not case.incidents
    assert case.state.variables["votes"] == [{"who": "a", "vote": "yes"}, {"who": "b", "vote": "yes"}]


@pytest.mark.parametrize("kind", ["true", "false"])
def test_an_empty_collection_passes_at_once_with_an_empty_result(kind: str) -> None:
    case = Case(S + several(f'isSequential="{kind}" camunda:collection="people" camunda:elementVariable="who" ' + COLLECTED) + E
                + line("s", "m", "e"), {"people": []})
    assert case.state.finished == "completed" and case.state.variables["votes"] == []


def test_a_collection_that_is_no_list_is_an_incident_and_can_be_tried_again() -> None:
    case = Case(S + several('camunda:collection="people"') + E + line("s", "m", "e"))
    assert len(case.incidents) == 1 and not case.open
    case.state.variables = {"people": ["a"]}
    case.do(Retry(case.incidents[0].token))
    assert case.open == ["m"]


def test_a_parallel_join_that_nothing_can_reach_any_more_is_an_incident_not_a_silence() -> None:
    case = Case(S + '<exclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>' + E
                + line("s", "g") + flow("g", "a", "true") + flow("g", "b", "false") + line("a", "j", "e") + line("b", "j"))
    assert not case.incidents
    case.complete("a")
    assert [(i.element, i.data["kind"]) for i in case.incidents] == [("j", "stuck")] and not case.state.finished


def test_a_parallel_join_waits_for_all_branches() -> None:
    case = Case(S + '<parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>' + E
                + line("s", "f", "a", "j", "e") + line("f", "b", "j"))
    case.complete("b")
    assert case.open == ["a"] and not case.incidents
    case.complete("a")
    assert case.state.finished == "completed" and case.passed("e") == 1


INCLUSIVE = (S + '<inclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><inclusiveGateway id="j"/>' + E
             + line("s", "g") + flow("g", "a", "x &gt; 0") + flow("g", "b", "x &gt; 1") + flow("g", "c", "x &gt; 2")
             + line("a", "j", "e") + line("b", "j") + line("c", "j"))


@pytest.mark.parametrize(("x", "opened"), [(1, ["a"]), (2, ["a", "b"]), (3, ["a", "b", "c"])])
def test_an_inclusive_join_waits_for_the_branches_that_were_taken_and_for_no_other(x: int, opened: list[str]) -> None:
    case = Case(INCLUSIVE, {"x": x})
    assert case.open == opened
    for element in opened:
        assert not case.state.finished
        case.complete(element)
    assert case.state.finished == "completed" and case.passed("e") == 1 and not case.incidents


@pytest.mark.parametrize("gateway", ["inclusiveGateway", "exclusiveGateway"])
def test_no_true_condition_and_no_default_is_an_incident(gateway: str) -> None:
    case = Case(INCLUSIVE.replace("inclusiveGateway id=\"g\"", f'{gateway} id="g"'), {"x": 0})
    assert [i.element for i in case.incidents] == ["g"]
    case.state.variables = {"x": 1}
    case.do(Retry(case.incidents[0].token))
    assert case.open == ["a"]


def test_a_condition_that_is_null_is_an_incident_never_a_guess() -> None:
    case = Case(S + '<exclusiveGateway id="g"/><userTask id="a"/>' + E + line("s", "g") + flow("g", "a", "ok") + flow("g", "e", "not(ok)"))
    assert [i.element for i in case.incidents] == ["g"] and not case.state.finished


def test_a_condition_on_a_flow_leaving_a_task_is_obeyed() -> None:
    case = Case(S + '<userTask id="a"/><userTask id="b"/><userTask id="c"/>' + line("s", "a") + flow("a", "b", "x = 1")
                + flow("a", "c", "x = 2"))
    case.complete("a", {"x": 2})
    assert case.open == ["c"]


def sub(inner: str, after: str = "") -> str:
    return (S + f'<subProcess id="sp"><startEvent id="ss"/>{inner}</subProcess><endEvent id="good"/><userTask id="mend"/>' + after
            + line("s", "sp", "good"))


def boundary(definition: str, *, interrupting: bool = True) -> str:
    return f'<boundaryEvent id="b" attachedToRef="sp" cancelActivity="{str(interrupting).lower()}">{definition}</boundaryEvent>' + line("b", "mend")


ERROR_END = '<endEvent id="se"><errorEventDefinition errorRef="er"/></endEvent>'


@pytest.mark.parametrize("reference", ['errorRef="er"', ""])
def test_an_error_leaves_the_subprocess_by_its_boundary_and_takes_everything_inside_away(reference: str) -> None:
    case = Case(sub('<parallelGateway id="f"/><userTask id="x"/><userTask id="y"/>' + ERROR_END + line("ss", "f", "x", "se")
                    + line("f", "y"), boundary(f"<errorEventDefinition {reference}/>")))
    case.complete("x")
    assert case.open == ["mend"] and case.kinds("y")[-1] == "task_withdrawn" and not case.passed("good")


def test_an_error_with_another_code_is_not_caught_and_says_so() -> None:
    case = Case(sub(ERROR_END + line("ss", "se"), boundary('<errorEventDefinition errorRef="other"/>')))
    assert [i.element for i in case.incidents] == ["se"] and not case.open


THROW = '<intermediateThrowEvent id="t"><escalationEventDefinition escalationRef="es"/></intermediateThrowEvent><userTask id="x"/>'
ESCALATION = '<escalationEventDefinition escalationRef="es"/>'


def test_a_non_interrupting_escalation_lets_the_inside_go_on() -> None:
    case = Case(sub(THROW + line("ss", "t", "x"), boundary(ESCALATION, interrupting=False)))
    assert case.open == ["mend", "x"]
    case.complete("x")
    assert case.passed("good") == 1 and not case.state.finished
    case.complete("mend")
    assert case.state.finished == "completed"


def test_an_interrupting_escalation_stops_the_inside_at_once() -> None:
    case = Case(sub(THROW + line("ss", "t", "x"), boundary(ESCALATION)))
    assert case.open == ["mend"] and "task_created" not in case.kinds("x") and not case.passed("good")


def test_an_escalation_that_nobody_catches_has_no_effect() -> None:
    case = Case(sub(THROW + line("ss", "t", "x")).replace('<userTask id="mend"/>', ""))
    assert case.open == ["x"] and not case.incidents


def handler(definition: str, *, interrupting: bool) -> str:
    return (S + '<userTask id="a"/>' + E + line("s", "a", "e") + '<subProcess id="h" triggeredByEvent="true">'
            f'<startEvent id="hs" isInterrupting="{str(interrupting).lower()}">{definition}</startEvent><userTask id="ha"/>'
            + line("hs", "ha") + "</subProcess>")


SIGNAL = '<signalEventDefinition signalRef="sg"/>'


def waiting(case: Case, element: str) -> int:
    return next(r[0] for r in case.state.rows if r[2] == element and (r[4] or {}).get("open") == "await")


def test_an_event_subprocess_does_not_run_unless_its_event_happens() -> None:
    case = Case(handler(SIGNAL, interrupting=True))
    assert case.open == ["a"]
    case.complete("a")
    assert case.state.finished == "completed" and not case.passed("hs")


def test_an_interrupting_event_subprocess_takes_the_place_of_the_rest() -> None:
    case = Case(handler(SIGNAL, interrupting=True))
    case.do(Receive(waiting(case, "hs")))
    assert case.open == ["ha"] and case.kinds("a")[-1] == "task_withdrawn"
    case.complete("ha")
    assert case.state.finished == "completed"


def test_a_non_interrupting_event_subprocess_runs_beside_the_rest_each_time() -> None:
    case = Case(handler(SIGNAL, interrupting=False))
    case.do(Receive(waiting(case, "hs")))
    case.do(Receive(waiting(case, "hs")))
    assert case.open == ["a", "ha", "ha"]
    case.complete("a")
    case.complete("ha")
    assert not case.state.finished
    case.complete("ha")
    assert case.state.finished == "completed"


def test_a_non_interrupting_boundary_signal_fires_each_time() -> None:
    case = Case(S + '<userTask id="sp"/><userTask id="mend"/>' + E + line("s", "sp", "e") + boundary(SIGNAL, interrupting=False))
    for _ in range(3):
        case.do(Receive(waiting(case, "b")))
    assert case.open == ["mend", "mend", "mend", "sp"]


def test_an_error_start_of_an_event_subprocess_runs_only_on_the_error() -> None:
    case = Case(sub('<userTask id="x"/>' + ERROR_END + line("ss", "x", "se") + '<subProcess id="h" triggeredByEvent="true">'
                    '<startEvent id="hs"><errorEventDefinition errorRef="er"/></startEvent><userTask id="ha"/>' + line("hs", "ha")
                    + "</subProcess>").replace('<userTask id="mend"/>', ""))
    assert case.open == ["x"]
    case.complete("x")
    assert case.open == ["ha"]
    case.complete("ha")
    assert case.passed("good") == 1 and case.state.finished == "completed"


def test_a_link_carries_the_token_on() -> None:
    link = '<linkEventDefinition name="L"/>'
    case = Case(S + f'<intermediateThrowEvent id="t">{link}</intermediateThrowEvent><intermediateCatchEvent id="c">{link}'
                '</intermediateCatchEvent><userTask id="a"/>' + line("s", "t") + line("c", "a"))
    assert case.open == ["a"]


def test_a_process_without_an_end_event_is_completed_when_nothing_is_left() -> None:
    case = Case(S + '<userTask id="a"/>' + line("s", "a"))
    case.complete("a")
    assert case.state.finished == "completed"


def test_a_conditional_boundary_whose_variable_is_missing_waits_until_it_is_true() -> None:
    case = Case(S + '<userTask id="sp"/><userTask id="o"/><userTask id="mend"/>' + line("s", "sp") + line("s", "o")
                + boundary("<conditionalEventDefinition><condition>amount &gt; 5</condition></conditionalEventDefinition>"))
    assert case.open == ["o", "sp"] and not case.incidents
    case.complete("o", {"amount": 6})
    assert case.open == ["mend"]


def test_a_loop_of_two_thousand_iterations_ends_and_its_state_stays_small() -> None:
    case = Case(S + '<scriptTask id="n" camunda:resultVariable="c"><script>if c = null then 1 else c + 1</script></scriptTask>'
                '<exclusiveGateway id="g"/>' + E + line("s", "n", "g") + flow("g", "n", "c &lt; 2000") + flow("g", "e", "c &gt;= 2000"))
    assert case.state.finished == "completed" and case.passed("n") == 2000 and not case.incidents


def test_a_loop_over_a_task_leaves_nothing_behind_in_the_state() -> None:
    case = Case(S + '<userTask id="a"/><exclusiveGateway id="g"/>' + E + line("s", "a", "g") + flow("g", "a", "again = true")
                + flow("g", "e", "again = false"))
    case.complete("a", {"again": True})
    size = len(dump_state(case.state))
    for _ in range(2000):
        case.complete("a", {"again": True})
    assert len(case.state.rows) == 2 and len(dump_state(case.state)) < size + 50
    case.complete("a", {"again": False})
    assert case.state.finished == "completed"


def test_an_endless_loop_without_a_wait_is_an_incident() -> None:
    case = Case(S + '<exclusiveGateway id="g"/><scriptTask id="n" camunda:resultVariable="c"><script>1</script></scriptTask>'
                + line("s", "n", "g", "n"))
    assert len(case.incidents) == 1 and "endless" in case.incidents[0].data["template"]


def test_one_branch_does_not_see_a_value_inside_another_multi_instance() -> None:
    case = Case(S + several('camunda:collection="people" camunda:elementVariable="who" ' + COLLECTED) + E + line("s", "m", "e"),
                {"people": [{"n": 1}, {"n": 2}]})
    case.complete("m", {"who": {"n": 99}, "vote": 1})
    case.complete("m", {"vote": 2})
    assert case.state.variables["people"] == [{"n": 1}, {"n": 2}]
    assert case.state.variables["votes"] == [{"who": {"n": 99}, "vote": 1}, {"who": {"n": 2}, "vote": 2}]


@pytest.mark.parametrize("name", ["initiator", "case", "done", "loop"])
def test_data_cannot_take_a_reserved_name(name: str) -> None:
    case = Case(S + f'<scriptTask id="n" camunda:resultVariable="{name}"><script>1</script></scriptTask>' + E + line("s", "n", "e"))
    assert [i.element for i in case.incidents] == ["n"] and name not in case.state.variables


def test_a_task_is_completed_once() -> None:
    case = Case(S + '<userTask id="a"/><userTask id="b"/>' + line("s", "a", "b"))
    token = case.tokens("a")[0]
    case.complete("a")
    with pytest.raises(Conflict):
        case.do(CompleteUserTask(token, "eve"))
    assert case.open == ["b"]


def repeated(inner: str) -> str:
    return (S + '<subProcess id="sp"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>'
            f'</multiInstanceLoopCharacteristics><startEvent id="ss"/>{inner}</subProcess>' + E + line("s", "sp", "e"))


def test_an_error_in_one_of_several_subprocesses_ends_them_all() -> None:
    case = Case(repeated('<userTask id="x"/><exclusiveGateway id="g"/><endEvent id="ok"/>' + ERROR_END + line("ss", "x", "g")
                         + flow("g", "se", "bad") + flow("g", "ok", "not(bad)"))
                + '<userTask id="mend"/>' + boundary('<errorEventDefinition errorRef="er"/>'))
    assert case.open == ["x", "x", "x"]
    case.complete("x", {"bad": False})
    assert case.open == ["x", "x"] and not case.incidents
    case.complete("x", {"bad": True})
    assert case.open == ["mend"] and not case.passed("e")


def test_terminate_ends_its_own_instance_of_a_repeated_subprocess_and_nothing_hangs() -> None:
    case = Case(repeated('<parallelGateway id="f"/><userTask id="x"/><userTask id="y"/><endEvent id="te"><terminateEventDefinition/>'
                         "</endEvent>" + line("ss", "f", "x", "te") + line("f", "y")))
    assert case.open == ["x"] * 3 + ["y"] * 3
    case.complete("x")
    assert case.open == ["x"] * 2 + ["y"] * 2
    case.complete("x")
    case.complete("x")
    assert case.state.finished == "completed" and case.passed("e") == 1


def test_a_join_keeps_an_excess_token_and_says_that_it_is_stuck() -> None:
    case = Case(S + '<parallelGateway id="f"/><exclusiveGateway id="m"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>'
                + E + line("s", "f", "m", "a", "j", "e") + line("f", "m") + line("f", "b", "j"))
    case.complete("a")
    case.complete("a")
    assert case.open == ["b"] and not case.incidents
    case.complete("b")
    assert case.passed("e") == 1 and [i.element for i in case.incidents] == ["j"] and not case.state.finished


def test_an_inclusive_join_waits_for_a_branch_that_a_loop_can_still_bring() -> None:
    case = Case(S + '<inclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/><exclusiveGateway id="x"/><inclusiveGateway id="j"/>'
                + E + line("s", "g") + flow("g", "a", "true") + flow("g", "b", "true") + line("a", "j", "e") + line("b", "x")
                + flow("x", "b", "again") + flow("x", "j", "not(again)"))
    case.complete("a")
    case.complete("b", {"again": True})
    assert case.open == ["b"] and not case.passed("j")
    case.complete("b", {"again": False})
    assert case.state.finished == "completed" and case.passed("e") == 1


def test_a_completion_condition_that_is_null_is_an_incident_at_its_instance() -> None:
    case = Case(S + several("", "<loopCardinality>2</loopCardinality><completionCondition>enough</completionCondition>") + E
                + line("s", "m", "e"))
    case.complete("m")
    assert len(case.incidents) == 1 and case.open == ["m"]
    case.state.variables = {"enough": True}
    case.do(Retry(case.incidents[0].token))
    assert case.state.finished == "completed"


def test_a_line_of_six_hundred_scripts_is_run_without_recursion() -> None:
    names = [f"n{i}" for i in range(600)]
    case = Case(S + "".join(f'<scriptTask id="{n}" camunda:resultVariable="c"><script>{i}</script></scriptTask>'
                            for i, n in enumerate(names)) + E + line("s", *names, "e"))
    assert case.state.finished == "completed" and case.state.variables["c"] == 599


def test_an_interruption_stops_what_the_same_step_would_have_gone_on_with() -> None:
    case = Case(sub('<parallelGateway id="f"/><scriptTask id="x" camunda:resultVariable="went_on"><script>true</script></scriptTask>'
                    '<userTask id="y"/>' + ERROR_END + line("ss", "f", "se") + line("f", "y") + line("f", "x"),
                    boundary('<errorEventDefinition errorRef="er"/>')))
    assert case.open == ["mend"] and case.passed("sp") == 0
    assert case.kinds("y").count("task_created") == case.kinds("y").count("task_withdrawn")

"""Decisions answer as DMN says: hit policies, defaults, allowed values, required decisions."""

from __future__ import annotations

import pytest

from engine.dmn import DecisionResult, parse_dmn
from engine.dmn.reader import NAMESPACES
from engine.errors import ExpressionError, ExpressionLimitError
from engine.feel import to_json

from .tables import decision, definitions, literal, table


def answer(logic: str, **context: object) -> DecisionResult:
    """Evaluate a file with one decision."""
    return parse_dmn(definitions(decision(logic)), "test.dmn").decisions["decision"].evaluate(context)


def outputs(logic: str, **context: object) -> object:
    """Return the answer of a file with one decision as JSON."""
    return to_json(answer(logic, **context).outputs)


DISCOUNT = ['"Business" | < 10 => 0.1', '"Business" | >= 10 => 0.15', '"Private" | - => 0.05']


def test_unique_answers_with_the_one_rule_that_matches() -> None:
    result = answer(table(DISCOUNT, "customer:string;size:number", "discount:number"), customer="Business", size=10)

    assert to_json(result.outputs) == 0.15
    assert result.matched == ("r2",)
    assert to_json(result.inputs) == {"customer": "Business", "size": 10}


def test_unique_refuses_two_rules_and_names_them() -> None:
    rows = ['<= 5000 => "low"', '>= 5000 => "high"']

    with pytest.raises(ExpressionError, match=r"only one rule may match, but 2 do: r1 \(row 1\), r2 \(row 2\)"):
        answer(table(rows), amount=5000)


def test_any_takes_equal_results_and_refuses_different_ones() -> None:
    same = table(['> 1 => "yes"', '> 2 => "yes"'], policy="ANY")
    different = table(['> 1 => "yes"', '> 2 => "no"'], policy="ANY")

    assert outputs(same, amount=5) == "yes"
    assert answer(same, amount=5).matched == ("r1", "r2")
    assert outputs(different, amount=2) == "yes"
    with pytest.raises(ExpressionError, match="r1 and r2 both match, with different results"):
        answer(different, amount=5)


def test_first_takes_the_first_in_the_order_of_rules() -> None:
    result = answer(table(['> 1 => "a"', '> 2 => "b"'], policy="FIRST"), amount=5)

    assert (result.outputs, result.matched) == ("a", ("r1",))


def test_priority_takes_the_most_important_output() -> None:
    rows = ['> 1 => "low"', '> 2 => "high"', '> 0 => "medium"']
    logic = table(rows, policy="PRIORITY", output_values={"result": '"high", "medium", "low"'})

    assert outputs(logic, amount=5) == "high"
    assert answer(logic, amount=5).matched == ("r2",)
    assert outputs(logic, amount=2) == "medium"


def test_priority_of_several_outputs_goes_by_the_first_column_first() -> None:
    rows = ['- => "a" | 2', '- => "b" | 1', '- => "a" | 1']
    logic = table(rows, outputs="x:string;y:number", policy="PRIORITY", output_values={"x": '"a","b"', "y": "1,2"})

    assert outputs(logic, amount=5) == {"x": "a", "y": 1}


def test_output_order_lists_by_importance_and_rule_order_by_row() -> None:
    rows = ['> 1 => "low"', '> 2 => "high"', '> 100 => "medium"', '- => "medium"']
    listed = {"result": '"high", "medium", "low"'}

    assert outputs(table(rows, policy="OUTPUT ORDER", output_values=listed), amount=5) == ["high", "medium", "low"]
    assert answer(table(rows, policy="OUTPUT ORDER", output_values=listed), amount=5).matched == ("r2", "r4", "r1")
    assert outputs(table(rows, policy="RULE ORDER"), amount=5) == ["low", "high", "medium"]


@pytest.mark.parametrize(
    ("aggregation", "expected", "without_match"),
    [("", [1, 2, 2], []), ("SUM", 5, None), ("MIN", 1, None), ("MAX", 2, None), ("COUNT", 3, 0)],
)
def test_collect(aggregation: str, expected: object, without_match: object) -> None:
    logic = table(
        ["> 1 => 1", "> 2 => 2", "> 3 => 2", "> 9 => 7"], outputs="n:number", policy="COLLECT", aggregation=aggregation
    )

    assert outputs(logic, amount=5) == expected
    assert outputs(logic, amount=0) == without_match


def test_several_outputs_are_named() -> None:
    logic = table(['> 1 => "a" | amount * 2'], outputs="level:string;fee:number")

    assert outputs(logic, amount=5) == {"level": "a", "fee": 10}
    collected = table(['> 1 => "a" | 1', '> 2 => "b" | 2'], outputs="level:string;fee:number", policy="COLLECT")
    assert outputs(collected, amount=5) == [{"level": "a", "fee": 1}, {"level": "b", "fee": 2}]


def test_without_a_match_the_default_answers_or_null() -> None:
    with_default = table(['> 5 => "big"'], defaults={"result": '"small"'})
    listed = table(['> 5 => "big"'], policy="RULE ORDER", defaults={"result": '"small"'})

    assert answer(with_default, amount=1) == DecisionResult("small", (), answer(with_default, amount=1).inputs)
    assert outputs(listed, amount=1) == ["small"]
    assert outputs(table(['> 5 => "big"']), amount=1) is None


def test_a_missing_input_matches_dashes_and_null_only() -> None:
    rows = ['> 5 => "compared"', '? > 5 => "judged"', 'null => "nothing"', '- => "any"']

    assert answer(table(rows, policy="COLLECT")).matched == ("r3", "r4")


def test_a_text_with_a_comma_is_one_value() -> None:
    logic = table(['"travel, abroad", "meal" => 1', '"travel" => 2'], "kind:string", "n:number")

    assert (outputs(logic, kind="travel, abroad"), outputs(logic, kind="meal"), outputs(logic, kind="travel")) == (
        1,
        1,
        2,
    )


def test_half_open_intervals_meet_without_overlap() -> None:
    logic = table(['< 5000 => "low"', '[5000..50000) => "mid"', '>= 50000 => "high"'])

    assert [outputs(logic, amount=amount) for amount in (4999.99, 5000, 49999.99, 50000)] == [
        "low",
        "mid",
        "mid",
        "high",
    ]


def test_values_that_are_not_allowed_are_refused() -> None:
    inputs = table(['- => "x"'], "kind:string", input_values={"kind": '"travel", "meal"'})
    results = table(['- => "x"'], output_values={"result": '"a", "b"'})

    assert outputs(inputs, kind="meal") == "x"
    with pytest.raises(ExpressionError, match='does not allow the value toll for kind; it allows "travel", "meal"'):
        answer(inputs, kind="toll")
    with pytest.raises(
        ExpressionError, match='rule r1 of the decision decision gives x for result; allowed is "a", "b"'
    ):
        answer(results, amount=1)


def test_cells_may_read_other_variables_and_call_functions_of_the_caller() -> None:
    logic = table(["> limit => next(amount)", "<= limit => 0"], outputs="n:number")
    found = parse_dmn(definitions(decision(logic)), "test.dmn").decisions["decision"]

    assert to_json(found.evaluate({"amount": 7, "limit": 5}, {"next": lambda n: n + 1}).outputs) == 8


def test_a_table_without_inputs_always_answers() -> None:
    assert outputs(table(['=> "x"'], inputs="")) == "x"


def test_required_decisions_are_evaluated_first_and_once() -> None:
    calls: list[object] = []
    file = definitions(
        '<inputData id="data_amount" name="amount"/>',
        decision(literal("count_me(amount) * 2"), "double", "data_amount", variable="doubled"),
        decision(table(['> 10 => "big"', '<= 10 => "small"'], "doubled:number"), "size", "double"),
        decision(literal('string(doubled) + " " + size'), "told", "double size"),
    )

    result = (
        parse_dmn(file, "test.dmn")
        .decisions["told"]
        .evaluate({"amount": 6}, {"count_me": lambda n: calls.append(n) or n})
    )

    assert result.outputs == "12 big"
    assert len(calls) == 1
    assert result.required["size"].matched == ("r1",)
    assert to_json(result.required["double"].outputs) == 12


@pytest.mark.parametrize("namespace", sorted(NAMESPACES))
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    file = definitions(decision(table(['- => "x"'])), namespace=namespace)

    assert parse_dmn(file, "test.dmn").decisions["decision"].evaluate({}).outputs == "x"


def test_what_other_tools_add_is_ignored() -> None:
    extra = (
        '<extensionElements><m:x xmlns:m="urn:m"/></extensionElements><itemDefinition name="t"><typeRef>string</typeRef>'
        '</itemDefinition><knowledgeSource id="k" name="k"/><textAnnotation id="a"><text>note</text></textAnnotation>'
        '<dmndi:DMNDI xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"><dmndi:DMNDiagram/></dmndi:DMNDI>'
    )
    logic = table(['- => "x"']).replace("</rule>", "<annotationEntry><text>why</text></annotationEntry></rule>")
    commented = logic.replace("<text>-</text>", "<description>all</description><text><!-- all -->-</text>")

    assert (
        parse_dmn(definitions(extra, decision(commented)), "test.dmn").decisions["decision"].evaluate({}).outputs == "x"
    )


def test_an_unreadable_cell_is_told_when_it_is_needed() -> None:
    with pytest.raises(ExpressionError, match="Position 2"):
        answer(table([">> 5 => 1"]), amount=1)


def test_python_in_a_cell_is_not_python() -> None:
    with pytest.raises(ExpressionError, match="There is no function named __import__"):
        answer(table(['__import__("os") => 1']), amount=1)


def test_a_table_that_costs_too_much_is_refused() -> None:
    rows = ["count(for i in 1..9000 return i + ?) = 1 => 1"] * 200

    with pytest.raises(ExpressionLimitError):
        answer(table(rows), amount=1)

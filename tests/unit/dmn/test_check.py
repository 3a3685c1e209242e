"""Faults of a table are found before it runs, each with an input that shows it; what can't be decided is said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import parse_dmn, problems
from engine.dmn.coverage import gap, overlaps
from engine.dmn.model import DecisionTable
from engine.errors import Problem

from .tables import decision, definitions, literal, table


def found(logic: str, **known: object) -> list[Problem]:
    """Return the problems of a file with one decision."""
    return problems(parse_dmn(definitions(decision(logic)), "folder/test.dmn"), **known)  # type: ignore[arg-type]


def rules_and_texts(logic: str, **known: object) -> list[tuple[str, str]]:
    """Return the rule and the sentence of each problem."""
    return [(problem.rule, problem.template % problem.params) for problem in found(logic, **known)]


def test_a_complete_table_has_no_problems() -> None:
    rows = [
        '< 5000 | - => "a"',
        '[5000..50000) | "travel" => "b"',
        '[5000..50000) | not("travel") => "c"',
        '>= 50000 | - => "d"',
    ]

    assert found(table(rows, "amount:number;kind:string")) == []


def test_a_gap_comes_with_an_input_that_falls_into_it() -> None:
    rows = ['< 5000 | - => "a"', '> 5000 | "travel", "meal" => "b"', '> 5000 | "other" => "c"']

    assert rules_and_texts(table(rows, "amount:number;kind:string")) == [
        ("dmn-gap", "No rule of the decision decision matches amount = 5000, kind = travel.")
    ]


@pytest.mark.parametrize(
    ("rows", "inputs", "example"),
    [
        (["< 5 => 1", "> 5 => 1"], "amount:number", "amount = 5"),
        (["<= 5 => 1", ">= 6 => 1"], "amount:number", "amount = 5.5"),
        (["[0..5] => 1", "> 5 => 1"], "amount:number", "amount = -1"),
        (["true => 1"], "ok:boolean", "ok = false"),
        (['"a" => 1', '"b" => 1'], "kind:string", "kind = (any other)"),
        (['not("a") => 1'], "kind:string", "kind = a"),
        (['< date("2026-01-01") => 1', '> date("2026-01-01") => 1'], "day:date", "day = 2026-01-01"),
        (["true | < 5 => 1", "false | - => 1"], "ok:boolean;n:number", "ok = true, n = 5"),
    ],
)
def test_gaps(rows: list[str], inputs: str, example: str) -> None:
    assert rules_and_texts(table(rows, inputs, "n:number")) == [
        ("dmn-gap", f"No rule of the decision decision matches {example}.")
    ]


@pytest.mark.parametrize(
    ("rows", "inputs", "example"),
    [
        (["<= 5 => 1", ">= 5 => 1"], "amount:number", "r1 and r2 both match amount = 5"),
        (["< 7 => 1", "> 5 => 1"], "amount:number", "r1 and r2 both match amount = 6"),
        (["true, false => 1", "false => 1"], "ok:boolean", "r1 and r2 both match ok = false"),
        (['"a" => 1', "- => 1"], "kind:string", "r1 and r2 both match kind = a"),
    ],
)
def test_overlaps(rows: list[str], inputs: str, example: str) -> None:
    assert rules_and_texts(table(rows, inputs, "n:number")) == [
        ("dmn-overlap", f"In the decision decision the rules {example}.")
    ]


def test_allowed_values_bound_what_can_come() -> None:
    closed = {"kind": '"a", "b"', "n": "[0..10]"}
    rows = ['"a" | <= 5 => 1', '"a" | > 5 => 1', '"b" | [0..10] => 1']

    assert found(table(rows, "kind:string;n:number", "r:number", input_values=closed)) == []


def test_days_have_nothing_between_them() -> None:
    rows = ['<= date("2026-01-01") => 1', '>= date("2026-01-02") => 1']

    assert found(table(rows, "day:date", "n:number")) == []


@pytest.mark.parametrize("policy", ["ANY", "FIRST", "PRIORITY"])
def test_other_policies_may_overlap_but_not_leave_gaps(policy: str) -> None:
    listed = {"n": "1, 2"}

    assert found(table(["- => 1", "> 5 => 2"], outputs="n:number", policy=policy, output_values=listed)) == []
    gaps = found(table(["> 5 => 1"], outputs="n:number", policy=policy, output_values=listed))
    assert [problem.rule for problem in gaps] == ["dmn-gap"]


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_lists_may_be_empty(policy: str) -> None:
    assert found(table(["> 5 => 1"], outputs="n:number", policy=policy)) == []


def test_a_default_fills_the_gaps() -> None:
    assert found(table(["> 5 => 1"], outputs="n:number", defaults={"n": "0"})) == []


@pytest.mark.parametrize("cell", ["> limit", "? > 5", "list", 'contains(?, "a")', "> now()", '["a".."c"]', '@"P1D"'])
def test_what_is_more_than_values_is_undecided(cell: str) -> None:
    rules = [rule for rule, _ in rules_and_texts(table([f"{cell} => 1", "5 => 2"], outputs="n:number"))]

    assert rules == ["dmn-undecided"]


def test_a_table_with_too_many_combinations_is_undecided() -> None:
    columns = 14
    rows = [
        " | ".join(f"[{row + column}..{row + column + 40}]" for column in range(columns)) + " => 1" for row in range(40)
    ]
    logic = table(rows, ";".join(f"n{column}:number" for column in range(columns)), "n:number", policy="FIRST")

    assert {rule for rule, _ in rules_and_texts(logic)} <= {"dmn-undecided", "dmn-gap"}


def test_an_unreadable_cell_names_file_rule_and_column() -> None:
    (problem,) = found(table(['< 5 => "a"', '5 .. => "b"']))

    assert (problem.file, problem.element, problem.rule) == ("folder/test.dmn", "r2", "dmn-cell")
    assert problem.line > 0
    assert str(problem).endswith(
        "r2: The cell '5 ..' in the column 'amount' cannot be read: "
        "Position 3: expected a comma or the end of the tests, found '..'."
    )


def test_unknown_names_are_found_where_the_known_ones_are_told() -> None:
    logic = table(["> limit => amount * rate"], outputs="n:number")

    assert rules_and_texts(logic)[0][0] == "dmn-undecided"
    texts = [text for rule, text in rules_and_texts(logic, variables={"amount", "limit"}) if rule == "dmn-variable"]
    assert texts == ["'rate' in the column 'n' is not a variable that the decision decision is given."]


def test_declared_requirements_are_all_that_a_decision_may_read() -> None:
    file = definitions(
        '<inputData id="data_amount" name="amount"/>', decision(literal("amount + other"), "sum", "data_amount")
    )

    texts = [problem.template % problem.params for problem in problems(parse_dmn(file, "test.dmn"))]

    assert texts == ["'other' in the column 'expression' is not a variable that the decision sum is given."]


def test_unknown_functions_are_found() -> None:
    logic = decision(literal("working_days(1) + sum([1]) + nonsense(2)"))

    rules = [
        (problem.rule, problem.params["name"])
        for problem in problems(parse_dmn(definitions(logic), "test.dmn"), functions={"working_days"})
    ]

    assert rules == [("dmn-function", "nonsense")]


_NUMBER_CELL = st.one_of(
    st.just("-"),
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(0, 4)),
    st.builds("{}{}..{}{}".format, st.sampled_from("[("), st.integers(0, 2), st.integers(2, 4), st.sampled_from("])")),
)
_KIND_CELL = st.sampled_from(["-", '"a"', '"b"', '"a", "b"', 'not("a")', 'not("a", "b")'])
_ROW = st.builds("{} | {} | {} => 1".format, _NUMBER_CELL, _KIND_CELL, st.sampled_from(["-", "true", "false"]))


@settings(deadline=None, max_examples=150)
@given(st.lists(_ROW, min_size=1, max_size=6))
def test_gaps_and_overlaps_are_those_that_trying_all_inputs_finds(rows: list[str]) -> None:
    logic = table(rows, "n:number;kind:string;ok:boolean", "r:number", policy="COLLECT")
    found_decision = parse_dmn(definitions(decision(logic)), "test.dmn").decisions["decision"]
    assert isinstance(found_decision.logic, DecisionTable)
    pairs, uncovered = set(), False
    for n in (Decimal(half) / 2 for half in range(-1, 11)):
        for kind in ("a", "b", "z"):
            for ok in (True, False):
                matched = found_decision.evaluate({"n": n, "kind": kind, "ok": ok}).matched
                uncovered = uncovered or not matched
                pairs |= {(a, b) for i, a in enumerate(matched) for b in matched[i + 1 :]}

    missing = gap(found_decision.logic)
    double = overlaps(found_decision.logic)

    assert (missing is not None) is uncovered
    assert {tuple(rule.id for rule in example.rules) for example in double} == pairs
    for example in [*double, *([missing] if missing else [])]:
        assert set(found_decision.evaluate(example.inputs).matched) >= {rule.id for rule in example.rules}
    if missing:
        assert found_decision.evaluate(missing.inputs).matched == ()

"""Evaluates decisions: the required ones first, then the rules that match, then the hit policy."""

from __future__ import annotations

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import NoReturn

from engine.dmn.model import (
    Aggregation,
    Cell,
    Decision,
    DecisionResult,
    DecisionTable,
    Functions,
    HitPolicy,
    LiteralExpression,
    Output,
    Rule,
)
from engine.errors import N_, ExpressionError, ExpressionLimitError
from engine.feel import Expression, Limits, compile_expression

_CELL_LIMITS = Limits(steps=50_000, seconds=0.5)
_SECONDS = 1.0
"""Wall time for all tables of one evaluation; a backstop, as no result depends on it."""
_AGGREGATES = {
    Aggregation.SUM: compile_expression("sum(values)"),
    Aggregation.MIN: compile_expression("min(values)"),
    Aggregation.MAX: compile_expression("max(values)"),
}
_SAME = compile_expression("a = b")


def evaluate(decision: Decision, context: Mapping[str, object], functions: Functions | None) -> DecisionResult:
    """Return the answer of ``decision``; see Decision.evaluate."""
    return _Evaluation(functions).decision(decision, context)


class _Evaluation:
    """One evaluation of a decision with all those below it, each evaluated once."""

    def __init__(self, functions: Functions | None) -> None:
        self.functions = functions
        self.done: dict[str, DecisionResult] = {}
        self.deadline = time.monotonic() + _SECONDS

    def decision(self, decision: Decision, context: Mapping[str, object]) -> DecisionResult:
        if decision.id in self.done:
            return self.done[decision.id]
        required = {needed.id: self.decision(needed, context) for needed in decision.needs}
        below = {
            name: required[needed.id].outputs for needed in decision.needs for name in (needed.id, needed.variable)
        }
        variables = {**context, **below} if below else context
        if isinstance(decision.logic, LiteralExpression):
            result = DecisionResult(self.value(decision.logic.cell, variables), (), {}, required)
        else:
            result = self.table(decision, decision.logic, variables, required)
        self.done[decision.id] = result
        return result

    def value(self, cell: Cell[Expression], variables: Mapping[str, object]) -> object:
        return cell.required().evaluate(variables, self.functions, _CELL_LIMITS)

    def table(
        self,
        decision: Decision,
        table: DecisionTable,
        variables: Mapping[str, object],
        required: dict[str, DecisionResult],
    ) -> DecisionResult:
        given = self.inputs(decision, table, variables)
        matching = []
        for rule in table.rules:
            if self.matches(rule, given, variables):
                matching.append(rule)
                if table.policy is HitPolicy.FIRST:
                    break
        if table.policy is HitPolicy.UNIQUE and len(matching) > 1:
            _refuse_several(decision, matching)
        found = [(rule, self.results(decision, table, rule, variables)) for rule in matching]
        chosen = self.chosen(decision, table, found, variables)
        inputs = {column.expression.text: value for column, value in zip(table.inputs, given, strict=True)}
        if not found:
            return DecisionResult(self.default(decision, table, variables), (), inputs, required)
        outputs = _combined(table, [outputs for _, outputs in chosen])
        return DecisionResult(outputs, tuple(rule.id for rule, _ in chosen), inputs, required)

    def inputs(self, decision: Decision, table: DecisionTable, variables: Mapping[str, object]) -> list[object]:
        given = []
        for column in table.inputs:
            value = self.value(column.expression, variables)
            allowed = column.allowed.required() if column.allowed else None
            if value is not None and allowed and not allowed.matches(value, variables, self.functions, _CELL_LIMITS):
                raise ExpressionError(
                    N_("The decision %(decision)s does not allow the value %(value)s for %(input)s; it allows %(allowed)s."),
                    decision=decision.id, value=_shown(value), input=column.label, allowed=allowed.text,
                )  # fmt: skip
            given.append(value)
        return given

    def matches(self, rule: Rule, given: list[object], variables: Mapping[str, object]) -> bool:
        if time.monotonic() > self.deadline:
            raise ExpressionLimitError(N_("The decision takes more than %(limit)s seconds."), limit=_SECONDS)
        return all(
            cell.required().matches(value, variables, self.functions, _CELL_LIMITS, null_matches=False)
            for cell, value in zip(rule.tests, given, strict=True)
        )

    def results(
        self, decision: Decision, table: DecisionTable, rule: Rule, variables: Mapping[str, object]
    ) -> list[object]:
        values = []
        for column, cell in zip(table.outputs, rule.results, strict=True):
            value = self.value(cell, variables)
            self.check_output(decision, column, value, variables, rule.id)
            values.append(value)
        return values

    def check_output(
        self, decision: Decision, column: Output, value: object, variables: Mapping[str, object], rule: str
    ) -> None:
        allowed = column.allowed.required() if column.allowed else None
        if value is not None and allowed and not allowed.matches(value, variables, self.functions, _CELL_LIMITS):
            raise ExpressionError(
                N_("The rule %(rule)s of the decision %(decision)s gives %(value)s for %(output)s; allowed is %(allowed)s."),
                rule=rule, decision=decision.id, value=_shown(value), output=column.label, allowed=allowed.text,
            )  # fmt: skip

    def default(self, decision: Decision, table: DecisionTable, variables: Mapping[str, object]) -> object:
        """Return the default outputs, or what the hit policy gives when no rule matches."""
        if any(column.default for column in table.outputs):
            values = [self.value(column.default, variables) if column.default else None for column in table.outputs]
            for column, value in zip(table.outputs, values, strict=True):
                self.check_output(decision, column, value, variables, "default")
            return _combined(table, [values])
        if table.aggregation is Aggregation.COUNT:
            return Decimal(0)
        return None if table.policy.is_single or table.aggregation is not Aggregation.LIST else []

    def chosen(
        self,
        decision: Decision,
        table: DecisionTable,
        found: list[tuple[Rule, list[object]]],
        variables: Mapping[str, object],
    ) -> list[tuple[Rule, list[object]]]:
        """Return the rules and outputs that count under the hit policy, in its order."""
        if table.policy is HitPolicy.ANY:
            _refuse_different(decision, found)
            return found
        if table.policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
            lists = [[self.value(cell, variables) for cell in column.priorities] for column in table.outputs]
            found = sorted(found, key=lambda pair: _ranks(pair[1], lists))
        return found[:1] if table.policy is HitPolicy.PRIORITY else found


def _refuse_several(decision: Decision, matching: list[Rule]) -> NoReturn:
    raise ExpressionError(
        N_("In the decision %(decision)s only one rule may match, but %(count)s do: %(rules)s."),
        decision=decision.id,
        count=len(matching),
        rules=", ".join(f"{rule.id} (row {rule.number})" for rule in matching),
    )


def _refuse_different(decision: Decision, found: list[tuple[Rule, list[object]]]) -> None:
    for rule, outputs in found[1:]:
        if not _equal(outputs, found[0][1]):
            raise ExpressionError(
                N_(
                    "In the decision %(decision)s the rules %(first)s and %(second)s both match, with different results."
                ),
                decision=decision.id,
                first=found[0][0].id,
                second=rule.id,
            )


def _equal(a: object, b: object) -> bool:
    return a == b or _SAME.evaluate({"a": a, "b": b}) is True


def _ranks(outputs: list[object], lists: list[list[object]]) -> list[int]:
    """Return the place of each output in its list of values; one that is not listed comes last."""
    return [
        next((index for index, listed in enumerate(order) if _equal(listed, value)), len(order))
        for value, order in zip(outputs, lists, strict=True)
    ]


def _combined(table: DecisionTable, rows: list[list[object]]) -> object:
    """Return the answer of the table: one output or a dict, in a list or aggregated."""
    if table.aggregation is Aggregation.COUNT:
        return Decimal(len(rows))
    names = [output.name for output in table.outputs]
    values = [row[0] if len(row) == 1 else dict(zip(names, row, strict=True)) for row in rows]
    if table.policy.is_single:
        return values[0]
    if table.aggregation is Aggregation.LIST:
        return values
    return _AGGREGATES[table.aggregation].evaluate({"values": values})


def _shown(value: object) -> str:
    return str(compile_expression("string(value)").evaluate({"value": value}))[:100]

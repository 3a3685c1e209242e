"""Reads the logic of a decision: its table or its expression, with every cell compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from lxml import etree

from engine.dmn.model import (
    Aggregation,
    Cell,
    DecisionTable,
    HitPolicy,
    Input,
    LiteralExpression,
    Output,
    Rule,
)
from engine.errors import N_, ExpressionError
from engine.feel import Expression, UnaryTests, compile_expression, compile_unary_tests

MAX_RULES = 5_000
MAX_COLUMNS = 100
Element: TypeAlias = "etree._Element"
Report = Callable[..., None]
_FEEL = re.compile(r"feel|https?://www\.omg\.org/spec/(FEEL/\d+|DMN/\d+/FEEL)/?", re.IGNORECASE)
_OTHER_LOGIC = frozenset(
    ["invocation", "context", "list", "relation", "functionDefinition", "conditional", "for", "every", "some", "filter"]
)


def compiled_expression(text: str, line: int) -> Cell[Expression]:
    """Return the cell of an expression; what can't be read is kept as its fault."""
    try:
        return Cell(text, line, compile_expression(text or "null"))
    except ExpressionError as fault:
        return Cell(text, line, None, fault)


def compiled_tests(text: str, line: int) -> Cell[UnaryTests]:
    """Return the cell of unary tests; what can't be read is kept as its fault."""
    try:
        return Cell(text, line, compile_unary_tests(text))
    except ExpressionError as fault:
        return Cell(text, line, None, fault)


class LogicReader:
    """Reads the logic of decisions of one file; ``report`` is told what is wrong with which element."""

    def __init__(self, namespace: str, language: str, report: Report) -> None:
        self.namespace = namespace
        self.language = language
        self.report = report

    def read(self, decision: Element) -> DecisionTable | LiteralExpression | None:
        """Return the logic of ``decision``, None after reporting that it has none that can be executed."""
        for element in self._children(decision, *_OTHER_LOGIC):
            self.report(
                element,
                N_("The logic '%(tag)s' is not supported; use a decision table or a literal expression."),
                tag=etree.QName(element).localname,
            )
            return None
        logic = [*self._children(decision, "decisionTable", "literalExpression")]
        if len(logic) != 1:
            self.report(
                decision,
                N_("A decision needs one decision table or literal expression, found %(count)s."),
                count=len(logic),
            )
            return None
        if etree.QName(logic[0]).localname == "literalExpression":
            self._check_language(logic[0])
            return LiteralExpression(compiled_expression(self._text(logic[0]), logic[0].sourceline or 0))
        return self._table(logic[0])

    def _children(self, parent: Element, *names: str) -> Iterator[Element]:
        yield from parent.iterchildren(*(f"{{{self.namespace}}}{name}" for name in names))

    def _child(self, parent: Element, name: str) -> Element | None:
        return next(self._children(parent, name), None)

    def _text(self, parent: Element) -> str:
        """Return the text of an expression or of tests, without the blanks around it."""
        text = self._child(parent, "text")
        return "" if text is None else "".join(text.itertext()).strip()

    def _check_language(self, element: Element) -> None:
        language = element.get("expressionLanguage") or self.language
        if language and not _FEEL.fullmatch(language):
            self.report(element, N_("The expression language %(found)s is not supported; write FEEL."), found=language)

    def _table(self, table: Element) -> DecisionTable | None:
        policy, aggregation = self._policy(table)
        inputs = [self._input(element) for element in self._children(table, "input")]
        outputs = [self._output(element) for element in self._children(table, "output")]
        self._check_columns(table, outputs, policy, aggregation)
        rules = [*self._children(table, "rule")]
        if not rules or len(rules) > MAX_RULES or len(inputs) + len(outputs) > MAX_COLUMNS:
            self.report(table, N_("A table needs 1 to %(rules)s rules and at most %(columns)s columns."),
                        rules=MAX_RULES, columns=MAX_COLUMNS)  # fmt: skip
            return None
        read = tuple(self._rule(element, number, len(inputs), len(outputs)) for number, element in enumerate(rules, 1))
        self._check_ids(table, read)
        if policy is None or any(column is None for column in inputs):
            return None
        return DecisionTable(policy, aggregation, tuple(column for column in inputs if column), tuple(outputs), read)

    def _policy(self, table: Element) -> tuple[HitPolicy | None, Aggregation]:
        policy_text, aggregation_text = table.get("hitPolicy") or "UNIQUE", table.get("aggregation") or ""
        policies = {policy.value: policy for policy in HitPolicy}
        aggregations = {aggregation.value: aggregation for aggregation in Aggregation}
        if policy_text not in policies:
            self.report(table, N_("The hit policy %(found)s is not one of %(known)s."), found=policy_text,
                        known=", ".join(policies))  # fmt: skip
        if aggregation_text not in aggregations:
            self.report(
                table, N_("The aggregation %(found)s is not one of SUM, MIN, MAX, COUNT."), found=aggregation_text
            )
        elif aggregation_text and policy_text != HitPolicy.COLLECT.value:
            self.report(table, N_("Only the hit policy COLLECT has an aggregation, not %(found)s."), found=policy_text)
        if table.get("preferredOrientation") == "CrossTable":
            self.report(table, N_("A cross table is not supported; write its rules as rows."))
        return policies.get(policy_text), aggregations.get(aggregation_text, Aggregation.LIST)

    def _check_columns(
        self, table: Element, outputs: list[Output], policy: HitPolicy | None, aggregation: Aggregation
    ) -> None:
        names = [output.name for output in outputs]
        if not outputs:
            self.report(table, N_("The table has no output."))
        elif len(outputs) > 1 and (not all(names) or len(set(names)) < len(names)):
            self.report(table, N_("With several outputs each needs a name of its own, found %(names)s."),
                        names=", ".join(name or "—" for name in names))  # fmt: skip
        if len(outputs) > 1 and aggregation not in (Aggregation.LIST, Aggregation.COUNT):
            self.report(table, N_("%(aggregation)s needs a table with one output."), aggregation=aggregation.value)
        ordered = policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
        if ordered and not any(output.priorities for output in outputs):
            self.report(table, N_("The hit policy %(policy)s needs the list of output values, most important first."),
                        policy=policy.value if policy else "")  # fmt: skip

    def _input(self, element: Element) -> Input | None:
        expression = self._child(element, "inputExpression")
        text = "" if expression is None else self._text(expression)
        if expression is None or not text:
            self.report(element, N_("The input '%(label)s' has no expression."), label=element.get("label") or "")
            return None
        self._check_language(expression)
        allowed = self._allowed(element, "inputValues")
        return Input(
            id=element.get("id") or "",
            label=element.get("label") or text,
            expression=compiled_expression(text, expression.sourceline or 0),
            allowed=allowed,
            type_name=expression.get("typeRef") or "",
        )

    def _allowed(self, element: Element, name: str) -> Cell[UnaryTests] | None:
        values = self._child(element, name)
        if values is None or not self._text(values):
            return None
        self._check_language(values)
        return compiled_tests(self._text(values), values.sourceline or 0)

    def _output(self, element: Element) -> Output:
        allowed = self._allowed(element, "outputValues")
        default = self._child(element, "defaultOutputEntry")
        if default is not None:
            self._check_language(default)
        return Output(
            id=element.get("id") or "",
            name=element.get("name") or "",
            label=element.get("label") or element.get("name") or "",
            allowed=allowed,
            priorities=_priorities(allowed),
            default=None if default is None else compiled_expression(self._text(default), default.sourceline or 0),
            type_name=element.get("typeRef") or "",
        )

    def _rule(self, element: Element, number: int, inputs: int, outputs: int) -> Rule:
        tests, results = [*self._children(element, "inputEntry")], [*self._children(element, "outputEntry")]
        for cell in (*tests, *results):
            self._check_language(cell)
        if len(tests) != inputs or len(results) != outputs:
            self.report(
                element,
                N_("Rule %(number)s has %(tests)s tests and %(results)s results; the table has %(inputs)s inputs and "
                   "%(outputs)s outputs."),
                number=number, tests=len(tests), results=len(results), inputs=inputs, outputs=outputs,
            )  # fmt: skip
        return Rule(
            id=element.get("id") or f"rule-{number}",
            number=number,
            line=element.sourceline or 0,
            tests=tuple(compiled_tests(self._text(cell), cell.sourceline or 0) for cell in tests),
            results=tuple(compiled_expression(self._text(cell), cell.sourceline or 0) for cell in results),
        )

    def _check_ids(self, table: Element, rules: tuple[Rule, ...]) -> None:
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                self.report(table, N_("The id %(id)s is used for two rules."), id=rule.id)
            seen.add(rule.id)


def _priorities(allowed: Cell[UnaryTests] | None) -> tuple[Cell[Expression], ...]:
    """Return the single values of a list of output values, in its order."""
    if allowed is None or allowed.compiled is None:
        return ()
    parts = _listed(allowed.text)
    cells = tuple(compiled_expression(part, allowed.line) for part in parts)
    return cells if all(cell.compiled is not None for cell in cells) else ()


def _listed(text: str) -> list[str]:
    """Cut a list of tests at the commas that stand between them, not in texts or brackets."""
    parts, depth, quoted, start, escaped = [], 0, False, 0, False
    for index, char in enumerate(text):
        if quoted:
            quoted, escaped = (char != '"' or escaped), char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [part.strip() for part in (*parts, text[start:])]

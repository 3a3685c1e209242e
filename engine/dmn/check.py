"""What can be said against a DMN file before it runs: unreadable cells, unknown names, gaps and overlaps of rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.dmn.coverage import Example, Undecided, gap, overlaps
from engine.dmn.model import Cell, Decision, DecisionTable, Definitions, HitPolicy, LiteralExpression
from engine.errors import N_, Problem
from engine.feel import Expression, UnaryTests, compile_expression
from engine.feel.builtins import REGISTRY

_STRING = compile_expression("string(value)")
_Place = tuple[str, Cell[Expression] | Cell[UnaryTests], str]


def problems(
    definitions: Definitions, variables: Collection[str] | None = None, functions: Collection[str] = ()
) -> list[Problem]:
    """Return what is wrong with ``definitions``, in the order of the file.

    ``variables`` are the names that the caller will supply; None when they are not known: then only decisions that
    declare what they require are checked for unknown names. ``functions`` are the caller's functions. The ``rule`` of a
    problem is ``dmn-cell``, ``dmn-variable``, ``dmn-function``, ``dmn-gap``, ``dmn-overlap`` or ``dmn-undecided``; the
    last one is not a fault but says that gaps and overlaps could not be decided.
    """
    found: list[Problem] = []
    for decision in definitions.decisions.values():
        found += _cells(definitions, decision)
        found += _names(definitions, decision, variables, functions)
        found += _coverage(definitions, decision)
    return found


def _places(decision: Decision) -> Iterator[_Place]:
    """Yield every cell with the element and the column that it stands in."""
    if isinstance(decision.logic, LiteralExpression):
        yield decision.id, decision.logic.cell, N_("expression")
        return
    for column in decision.logic.inputs:
        yield column.id or decision.id, column.expression, column.label
        if column.allowed:
            yield column.id or decision.id, column.allowed, column.label
    for output in decision.logic.outputs:
        if output.allowed:
            yield output.id or decision.id, output.allowed, output.label
        if output.default:
            yield output.id or decision.id, output.default, output.label
    for rule in decision.logic.rules:
        columns = decision.logic.inputs
        yield from ((rule.id, cell, column.label) for cell, column in zip(rule.tests, columns, strict=True))
        yield from ((rule.id, cell, out.label) for cell, out in zip(rule.results, decision.logic.outputs, strict=True))


def _cells(definitions: Definitions, decision: Decision) -> Iterator[Problem]:
    for element, cell, column in _places(decision):
        if cell.fault is not None:
            yield Problem(
                N_("The cell '%(text)s' in the column '%(column)s' cannot be read: %(fault)s"),
                {"text": cell.text[:100], "column": column, "fault": str(cell.fault), "decision": decision.id},
                file=definitions.file,
                element=element,
                line=cell.line,
                rule="dmn-cell",
            )


def _names(
    definitions: Definitions, decision: Decision, variables: Collection[str] | None, functions: Collection[str]
) -> Iterator[Problem]:
    known = {*decision.data, *(name for needed in decision.needs for name in (needed.id, needed.variable))}
    declared = bool(known)
    known |= set(variables or ())
    for element, cell, column in _places(decision):
        if cell.compiled is None:
            continue
        unknown = cell.compiled.names - known if declared or variables is not None else frozenset()
        for name in sorted(unknown):
            yield Problem(
                N_("'%(name)s' in the column '%(column)s' is not a variable that the decision %(decision)s is given."),
                {"name": name, "column": column, "decision": decision.id},
                file=definitions.file, element=element, line=cell.line, rule="dmn-variable",
            )  # fmt: skip
        for name in sorted(cell.compiled.functions - REGISTRY.keys() - set(functions)):
            yield Problem(
                N_("'%(name)s' in the column '%(column)s' of the decision %(decision)s is not a function."),
                {"name": name, "column": column, "decision": decision.id},
                file=definitions.file, element=element, line=cell.line, rule="dmn-function",
            )  # fmt: skip


def _coverage(definitions: Definitions, decision: Decision) -> Iterator[Problem]:
    table = decision.logic
    if not isinstance(table, DecisionTable) or not table.policy.is_single:
        return
    if any(cell.fault for _, cell, _ in _places(decision)):
        return

    def note(rule: str, template: str, **params: object) -> Problem:
        about = {"decision": decision.id, **params}
        return Problem(template, about, definitions.file, decision.id, decision.line, rule)

    try:
        missing = None if any(output.default for output in table.outputs) else gap(table)
        if missing:
            yield note(
                "dmn-gap", N_("No rule of the decision %(decision)s matches %(inputs)s."), inputs=_shown(missing)
            )
        for example in overlaps(table) if table.policy is HitPolicy.UNIQUE else ():
            yield note(
                "dmn-overlap",
                N_("In the decision %(decision)s the rules %(first)s and %(second)s both match %(inputs)s."),
                first=example.rules[0].id,
                second=example.rules[1].id,
                inputs=_shown(example),
            )
    except Undecided as reason:
        if reason.column:
            template = N_(
                "Whether the rules of %(decision)s leave gaps or overlap is not decided: the column '%(column)s' holds "
                "more than plain values and intervals."
            )
            yield note("dmn-undecided", template, column=reason.column)
        else:
            template = N_("Whether the rules of %(decision)s leave gaps or overlap is not decided: they are too many.")
            yield note("dmn-undecided", template)


def _shown(example: Example) -> str:
    return (
        ", ".join(
            f"{label} = {_STRING.evaluate({'value': value})}"
            for label, value in example.inputs.items()
            if value is not None
        )
        or "the empty input"
    )

"""Finds inputs for which no rule of a table matches, or two do, by cutting each column where its answers can change.

Between two neighbouring values that the cells of a column mention, every test gives the same answer, so one sample of
each stretch decides all of it: the result is exact for cells made of plain values, comparisons with them, and intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from itertools import combinations

from engine.dmn.model import DecisionTable, Input, Rule
from engine.errors import ExpressionError
from engine.feel import UnaryTests
from engine.feel import nodes as n
from engine.feel.compiler import compile_node
from engine.feel.limits import Limits, Meter
from engine.feel.scope import Env, Run

_MAX_VISITS = 20_000
_MAX_PAIRS = 200_000
MAX_OVERLAPS = 20


class Undecided(Exception):  # noqa: N818  (an answer, not an error)
    """The table can't be decided; ``column`` is the reason, empty when there are too many combinations."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(column)


@dataclass(frozen=True, slots=True)
class Example:
    """A combination of inputs by column label, and the rules that match it (none for a gap)."""

    inputs: dict[str, object]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """The samples of a column, and for each the set of matching rules as bits."""

    label: str
    samples: tuple[object, ...]
    masks: tuple[int, ...]


def gap(table: DecisionTable) -> Example | None:
    """Return inputs that no rule matches, None when every input has a rule; raise Undecided."""
    columns = _columns(table)
    visits = 0
    covered: set[tuple[int, int]] = set()

    def search(index: int, rules: int) -> list[object] | None:
        nonlocal visits
        if not rules:
            return [column.samples[0] for column in columns[index:]]
        if index == len(columns) or (index, rules) in covered:
            return None
        visits += 1
        if visits > _MAX_VISITS:
            raise Undecided("")
        tried: set[int] = set()
        for sample, mask in zip(columns[index].samples, columns[index].masks, strict=True):
            if rules & mask in tried:
                continue
            tried.add(rules & mask)
            rest = search(index + 1, rules & mask)
            if rest is not None:
                return [sample, *rest]
        covered.add((index, rules))
        return None

    if any(not column.samples for column in columns):
        return None
    found = search(0, (1 << len(table.rules)) - 1)
    if found is None:
        return None
    return Example(dict(zip((column.label for column in columns), found, strict=True)), ())


def overlaps(table: DecisionTable) -> list[Example]:
    """Return one example for each two rules that match the same input, MAX_OVERLAPS at most; raise Undecided."""
    columns = _columns(table)
    found: list[Example] = []
    if len(table.rules) * (len(table.rules) - 1) // 2 > _MAX_PAIRS:
        raise Undecided("")
    for (first, a), (second, b) in combinations(enumerate(table.rules), 2):
        both = 1 << first | 1 << second
        common = _common(columns, both)
        if common is not None:
            found.append(Example(common, (a, b)))
            if len(found) == MAX_OVERLAPS:
                break
    return found


def _common(columns: list[_Column], rules: int) -> dict[str, object] | None:
    inputs: dict[str, object] = {}
    for column in columns:
        index = next((i for i, mask in enumerate(column.masks) if mask & rules == rules), None)
        if index is None:
            return None
        inputs[column.label] = column.samples[index]
    return inputs


def _columns(table: DecisionTable) -> list[_Column]:
    return [_column(column, [rule.tests[index].required() for rule in table.rules])
            for index, column in enumerate(table.inputs)]  # fmt: skip


def _column(column: Input, cells: list[UnaryTests]) -> _Column:
    allowed = column.allowed.required() if column.allowed else None
    considered = [*cells, *([allowed] if allowed else [])]
    points: list[object] = []
    for cell in considered:
        points += _points(cell, column)
    samples = [
        sample for sample in _samples(points, column, closed=allowed is not None)
        if allowed is None or _matches(allowed, sample)
    ]  # fmt: skip
    masks = tuple(sum(1 << index for index, cell in enumerate(cells) if _matches(cell, sample)) for sample in samples)
    return _Column(column.label, tuple(samples), masks)


def _matches(cell: UnaryTests, sample: object) -> bool:
    return cell.matches(sample, {}, null_matches=False)


def _points(cell: UnaryTests, column: Input) -> Iterator[object]:
    """Yield the values that a cell mentions; raise Undecided when it is more than values, comparisons and intervals."""
    for test in cell.tree.tests:
        match test:
            case n.Test(operator="=" | "!="):
                yield _constant(test.operand, column)
            case n.Test():
                yield _ordered(test.operand, column)
            case n.Interval():
                yield _ordered(test.low, column)
                yield _ordered(test.high, column)
            case _:
                yield _constant(test, column)


def _constant(node: n.Node, column: Input) -> object:
    """Return the value of a node that reads no variable."""
    if not isinstance(node, n.Literal | n.At | n.Negative | n.Call | n.Chain) or _reads(node):
        raise Undecided(column.label)
    limits = Limits(steps=1000, seconds=0.2)
    run = Run({}, Meter(limits), UTC)
    try:
        value = compile_node(node)(Env({}, None, run))
    except ExpressionError:
        raise Undecided(column.label) from None
    if isinstance(value, list):
        raise Undecided(column.label)
    return value


def _ordered(node: n.Node, column: Input) -> object:
    """Return the value of the end of an interval; only numbers and dates are cut into stretches."""
    value = _constant(node, column)
    if isinstance(value, Decimal) or type(value) is date:
        return value
    raise Undecided(column.label)


def _reads(node: n.Node) -> bool:
    if isinstance(node, n.Name):
        return True
    return any(_reads(child) for child in n.children(node))


def _samples(points: list[object], column: Input, *, closed: bool) -> list[object]:
    """Return one value of each stretch of a column's domain; ``closed`` when the allowed values are listed."""
    values = [point for point in points if point is not None]
    type_name = column.type_name.lower()
    if not values:
        return {"boolean": [True, False], "string": [_other([])], "number": [Decimal(0)]}.get(type_name, [None])  # type: ignore[return-value]
    if all(isinstance(value, bool) for value in values):
        return [True, False]
    if all(isinstance(value, str) for value in values):
        words = list(dict.fromkeys(str(value) for value in values))
        return [*words] if closed else [*words, _other(words)]
    if all(isinstance(value, Decimal) for value in values):
        return _stretches(sorted({value for value in values if isinstance(value, Decimal)}))
    if all(type(value) is date for value in values):
        return _days(sorted({value for value in values if isinstance(value, date)}))
    raise Undecided(column.label)


def _other(words: list[str]) -> str:
    """Return a text that is none of ``words``."""
    candidate = "(any other)"
    while candidate in words:
        candidate += " "
    return candidate


def _stretches(points: list[Decimal]) -> list[object]:
    found: list[object] = [points[0] - 1, points[0]]
    for before, after in zip(points, points[1:], strict=False):
        found += [_between(before, after), after]
    return [*found, points[-1] + 1]


def _between(low: Decimal, high: Decimal) -> Decimal:
    """Return a short number between two."""
    middle = (low + high) / 2
    whole = middle.to_integral_value()
    return whole if low < whole < high else middle


def _days(points: list[date]) -> list[object]:
    found: list[object] = [points[0]]
    day = timedelta(days=1)
    if points[0] > date.min:
        found.insert(0, points[0] - day)
    for before, after in zip(points, points[1:], strict=False):
        found += [before + day, after] if after - before > day else [after]
    if points[-1] < date.max:
        found.append(points[-1] + day)
    return found

"""The built-in functions on lists."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key

from engine.errors import N_, ExpressionLimitError
from engine.feel.comparing import passed
from engine.feel.functions import call
from engine.feel.functions_texts import position
from engine.feel.limits import MAX_NESTING
from engine.feel.scope import MISSING, Run
from engine.feel.signature import REGISTRY, Builtin, builtin, list_builtin
from engine.feel.values import Function, equals, feel, items, kind, less


def _same(a: object, b: object, run: Run) -> bool:
    """Return whether two values are of one type and equal."""
    return kind(a) == kind(b) and equals(a, b, run.meter, run.zone) is True


@builtin("list contains", "list: list", "element: any?")
def _list_contains(run: Run, values: list[object], element: object) -> object:
    wanted = None if element is MISSING else element
    return any(_same(value, wanted, run) for value in values)


@builtin("list replace", "list: list", "position: any?", "newItem: any", "match: function?")
def _list_replace(run: Run, values: list[object], place: object, item: object, match: object) -> object:
    matcher = match if place is MISSING or place is None else place
    if isinstance(matcher, Function):
        return [item if passed(call(matcher, [value, item], (), run)) else value for value in values]
    if not isinstance(matcher, Decimal):
        return None
    index = position(matcher, len(values))
    return None if index is None else [*values[:index], item, *values[index + 1 :]]


@builtin("count", "list: list")
def _count(run: Run, values: list[object]) -> object:
    return Decimal(len(values))


def _extreme(run: Run, values: list[object], *, largest: bool) -> object:
    """Return the first or last of comparable values; None for none, or when two of them have no order."""
    best = None
    for index, value in enumerate(values):
        if value is None:
            return None
        if index == 0:
            best = value
            continue
        first, second = (best, value) if largest else (value, best)
        before = less(first, second, run.zone) if kind(first) == kind(second) else None
        if before is None:
            return None
        best = value if before else best
    return best


@list_builtin("min", of="any")
def _min(run: Run, values: list[object]) -> object:
    return _extreme(run, values, largest=False)


@list_builtin("max", of="any")
def _max(run: Run, values: list[object]) -> object:
    return _extreme(run, values, largest=True)


@list_builtin("all", of="any")
def _all(run: Run, values: list[object]) -> object:
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


@list_builtin("any", of="any")
def _any(run: Run, values: list[object]) -> object:
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


@builtin("sublist", "list: list", "start: number", "length: number?")
def _sublist(run: Run, values: list[object], start: Decimal, length: object) -> object:
    first = position(start, len(values))
    if first is None:
        return None if start == 0 else []
    if length is MISSING:
        return values[first:]
    count = min(int(length), len(values)) if isinstance(length, Decimal) and length > 0 else 0
    return values[first : first + count]


@list_builtin("concatenate", of="any")
def _concatenate(run: Run, values: list[object]) -> object:
    joined: list[object] = []
    for value in values:
        joined += items(value) if isinstance(value, list) else [value]
        run.meter.items(len(joined))
    return joined


class _Append(Builtin):
    """append(list, item, …): a list and then any number of items, which no other function has."""

    __slots__ = ()

    def call(self, run: Run, arguments: list[object]) -> object:
        """Return the list with the items at its end."""
        if not arguments or arguments[0] is None:
            return None
        first = arguments[0]
        joined = [*(items(first) if isinstance(first, list) else [first]), *arguments[1:]]
        run.meter.items(len(joined))
        return joined


REGISTRY["append"] = _Append("append", ("list: list", "item: any"), lambda run: None)


@builtin("insert before", "list: list", "position: number", "newItem: any?")
def _insert_before(run: Run, values: list[object], place: Decimal, item: object) -> object:
    index = len(values) if place == len(values) + 1 else position(place, len(values))
    return None if index is None else [*values[:index], None if item is MISSING else item, *values[index:]]


@builtin("remove", "list: list", "position: number")
def _remove(run: Run, values: list[object], place: Decimal) -> object:
    index = position(place, len(values))
    if index is None:
        return None if place == 0 else values
    return values[:index] + values[index + 1 :]


@builtin("reverse", "list: list")
def _reverse(run: Run, values: list[object]) -> object:
    return values[::-1]


@builtin("index of", "list: list", "match: any")
def _index_of(run: Run, values: list[object], match: object) -> object:
    return [Decimal(index) for index, value in enumerate(values, 1) if _same(value, match, run)]


def _distinct(run: Run, values: list[object]) -> list[object]:
    found: list[object] = []
    for value in values:
        run.meter.spend(len(found) + 1)
        if not any(equals(value, other, run.meter, run.zone) for other in found):
            found.append(value)
    return found


@list_builtin("union", of="any")
def _union(run: Run, values: list[object]) -> object:
    joined = _concatenate(run, values)
    return _distinct(run, joined) if isinstance(joined, list) else None


@builtin("distinct values", "list: list")
def _distinct_values(run: Run, values: list[object]) -> object:
    return _distinct(run, values)


@builtin("flatten", "list: list")
def _flatten(run: Run, values: list[object]) -> object:
    flat: list[object] = []
    _flatten_into(flat, values, run, 0)
    return flat


def _flatten_into(flat: list[object], values: list[object], run: Run, depth: int) -> None:
    if depth > MAX_NESTING:
        raise ExpressionLimitError(N_("A value is nested more than %(limit)s levels deep."), limit=MAX_NESTING)
    run.meter.items(len(values))
    for value in values:
        if isinstance(value, list):
            _flatten_into(flat, value, run, depth + 1)
        else:
            flat.append(feel(value))


@builtin("sort", "list: list", "precedes: function")
def _sort(run: Run, values: list[object], precedes: Function) -> object:
    def order(a: object, b: object) -> int:
        return -1 if passed(call(precedes, [a, b], (), run)) else 1

    return sorted(values, key=cmp_to_key(order))

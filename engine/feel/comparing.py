"""Comparisons, membership and tests: everything that yields true, false or null about two values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from engine.feel.functions import Closure, call
from engine.feel.scope import Code, Env, Run
from engine.feel.values import Function, Range, at_most, equals, feel, includes, kind, less

Comparison = Callable[[object, object, Run], bool | None]


class Condition(Function):
    """``= 5`` or ``!= 5`` as a value: tells of another value whether it holds."""

    __slots__ = ("compare", "operand")

    def __init__(self, compare: Comparison, operand: object) -> None:
        self.compare = compare
        self.operand = operand


def _equal(a: object, b: object, run: Run) -> bool | None:
    if type(a) is type(b) and isinstance(a, Decimal | str | bool):
        return a == b
    return equals(a, b, run.meter, run.zone)


def _unequal(a: object, b: object, run: Run) -> bool | None:
    return not _equal(a, b, run)


def _less(a: object, b: object, run: Run) -> bool | None:
    return less(a, b, run.zone)


def _at_most(a: object, b: object, run: Run) -> bool | None:
    return at_most(a, b, run.zone)


COMPARISONS: dict[str, Comparison] = {
    "=": _equal,
    "!=": _unequal,
    "<": _less,
    "<=": _at_most,
    ">": lambda a, b, run: less(b, a, run.zone),
    ">=": lambda a, b, run: at_most(b, a, run.zone),
}


def compile_compare(operator: str, left: Code, right: Code) -> Code:
    """Return the closure of ``left operator right``."""
    compare = COMPARISONS[operator]
    return lambda env: compare(left(env), right(env), env.run)


def compile_test(operator: str, operand: Code) -> Code:
    """Return the closure of ``> 5``: a range, or for ``=`` and ``!=`` a condition."""
    if operator in ("=", "!="):
        return lambda env: Condition(COMPARISONS[operator], operand(env))
    included = operator.endswith("=")

    def ordered(env: Env) -> object:
        end = operand(env)
        return Range(end, None, included, False) if operator[0] == ">" else Range(None, end, False, included)

    return ordered


def between(value: object, low: object, high: object, run: Run) -> bool | None:
    """Return whether ``value`` lies between two ends, both included; null when one of them is null."""
    if low is None or high is None:
        return None
    return includes(Range(low, high, low_included=True, high_included=True), value, run.zone)


def holds(test: object, value: object, run: Run) -> object:
    """Return whether ``value`` passes ``test``: lies in its range, fulfils its condition, or equals it."""
    if isinstance(test, Range):
        return includes(test, value, run.zone)
    if isinstance(test, Condition):
        return test.compare(value, test.operand, run)
    if isinstance(test, Function):
        return call(test, [value], (), run) if isinstance(test, Closure) else None
    return _equal(feel(test), value, run)


def compile_membership(value: Code, tests: Sequence[Code]) -> Code:
    """Return the closure of ``value in tests``; a list as the only test stands for its items."""

    def member_of(env: Env) -> object:
        given = value(env)
        found: Sequence[object] = [test(env) for test in tests]
        if len(found) == 1:
            if found[0] is None:
                return None
            if isinstance(found[0], list):
                found = found[0]
        env.run.meter.spend(len(found))
        return any(passed(holds(test, given, env.run)) for test in found)

    return member_of


def passed(result: object) -> bool:
    """Say whether the result of a condition counts as fulfilled: everything but false and null does."""
    return result is not None and result is not False


_KINDS = {"date time": "date and time"}


def compile_instance_of(value: Code, type_name: str) -> Code:
    """Return the closure of ``value instance of type``."""
    wanted = type_name.lower()

    def instance_of(env: Env) -> object:
        found = feel(value(env))
        name = kind(found)
        if name == "nil":
            return wanted == "null"
        if name == "duration" and wanted.endswith(" duration"):
            months = getattr(found, "months", 0)  # a Duration, says its kind
            return bool(months) == wanted.startswith("years")
        return wanted == "any" or _KINDS.get(name, name) == wanted

    return instance_of

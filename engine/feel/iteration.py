"""for, some, every and filters: everything that runs a part of an expression for each of many values."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.errors import N_, ExpressionError, ExpressionSyntaxError
from engine.feel import nodes as n
from engine.feel.analysis import mentions, static_kind, weight
from engine.feel.comparing import Condition, holds, passed
from engine.feel.scope import Code, Env
from engine.feel.values import ARITHMETIC, Range, feel, items, kind, letters_of

Compile = Callable[[n.Node], Code]


def _members(value: object, env: Env) -> list[object] | None:
    """Return what an iterator goes through: the items of a list, the numbers or letters of a range."""
    if isinstance(value, list):
        env.run.meter.items(len(value))
        return items(value)
    if not isinstance(value, Range):
        return None
    letters = letters_of(value)
    if letters is not None:
        return list(letters)
    low, high = value.low, value.high
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return _numbers(value, low, high, env)
    if low is None and high is None:
        return []
    raise ExpressionError(N_("A range of type %(kind)s cannot be gone through one by one."), kind=kind(low))


def _numbers(value: Range, low: Decimal, high: Decimal, env: Env) -> list[object]:
    step = 1 if low <= high else -1
    distance = ARITHMETIC.abs(ARITHMETIC.subtract(high, low))
    env.run.meter.items(int(distance) + 1)
    found: list[object] = [ARITHMETIC.add(low, Decimal(step * index)) for index in range(int(distance) + 1)]
    if not value.low_included:
        found = found[1:]
    if found and not value.high_included and found[-1] == high:
        found = found[:-1]
    return found


def _compile_iterators(iterators: tuple[n.Iterator, ...], compile_node: Compile) -> Callable[[Env], list[Env] | None]:
    sources = tuple(
        (each.name, compile_node(each.source), None if each.end is None else compile_node(each.end))
        for each in iterators
    )

    def frames(env: Env) -> list[Env] | None:
        found = [env]
        for name, source, end in sources:
            inner: list[Env] = []
            for frame in found:
                value = source(frame)
                if end is not None:
                    value = Range(value, end(frame), low_included=True, high_included=True)
                members = _members(value, frame)
                if members is None:
                    return None
                inner.extend(Env({name: member}, frame, env.run) for member in members)
            found = inner
        return found

    return frames


def compile_for(node: n.For, compile_node: Compile) -> Code:
    """Return the closure of ``for``; null when something other than a list or range is gone through."""
    frames, body = _compile_iterators(node.iterators, compile_node), compile_node(node.body)
    cost, shows_partial = weight(node.body), mentions(node.body, "partial")

    def loop(env: Env) -> object:
        found = frames(env)
        if found is None:
            return None
        results: list[object] = []
        for frame in found:
            env.run.meter.spend(cost)
            inside = frame
            if shows_partial:
                # A copy: a result that holds the list it stands in would never end.
                env.run.meter.items(len(results))
                inside = Env({"partial": results.copy()}, frame, env.run)
            results.append(body(inside))
        return results

    return loop


def compile_quantified(node: n.Quantified, compile_node: Compile) -> Code:
    """Return the closure of ``some`` or ``every``."""
    frames, body = _compile_iterators(node.iterators, compile_node), compile_node(node.body)
    cost, every = weight(node.body), node.every

    def quantified(env: Env) -> object:
        found = frames(env)
        if found is None:
            return None
        for frame in found:
            env.run.meter.spend(cost)
            if passed(body(frame)) is not every:
                return not every
        return every

    return quantified


def compile_filter(node: n.Filter, compile_node: Compile) -> Code:
    """Return the closure of ``target[condition]``: by position, by an equal text, or by a test of each item.

    Which of the three it is depends on how the condition is written, as in the browser. Raise ExpressionSyntaxError for
    a condition on ``item`` that the browser would take for a position.
    """
    target, condition, how = compile_node(node.target), compile_node(node.condition), static_kind(node.condition)
    if how == "test":
        return _by_test(target, condition, weight(node.condition))
    if mentions(node.condition, "item"):
        raise ExpressionSyntaxError(
            N_(
                "A filter on item must be a comparison; write '= true' after the condition, for the browser reads it as a position."
            )
        )
    if how in ("number", "boolean", "any"):
        return _by_position(target, condition)
    if how == "string":
        return lambda env: _only(target(env), condition(env), env)
    return lambda env: None


def _listed(value: object, env: Env) -> list[object]:
    values = value if isinstance(value, list) else [value]
    env.run.meter.items(len(values))
    return values


def _only(value: object, wanted: object, env: Env) -> object:
    return None if value is None else [item for item in _listed(value, env) if item == wanted]


def _by_position(target: Code, condition: Code) -> Code:
    def pick(env: Env) -> object:
        value = target(env)
        if value is None:
            return None
        position = condition(env)
        if isinstance(position, bool):
            return value if position else []
        if not isinstance(position, Decimal):
            return []
        values = value if isinstance(value, list) else [value]
        if position != position.to_integral_value() or not 1 <= abs(position) <= len(values):
            return None
        index = int(position)
        return feel(values[index - 1 if index > 0 else index])

    return pick


def _by_test(target: Code, condition: Code, cost: int) -> Code:
    def choose(env: Env) -> object:
        value = target(env)
        if value is None:
            return None
        chosen = []
        for raw in _listed(value, env):
            env.run.meter.spend(cost)
            item = feel(raw)
            inside = Env({"item": item}, env, env.run)
            if isinstance(item, dict):
                inside = Env(item, inside, env.run)
            result = condition(inside)
            if isinstance(result, Range | Condition):
                result = holds(result, item, env.run)
            if result is True:
                chosen.append(item)
        return chosen

    return choose

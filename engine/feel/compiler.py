"""Turns the nodes of a syntax tree into closures, once, so that evaluating them is a chain of plain calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.errors import N_, ExpressionError
from engine.feel import nodes as n
from engine.feel.analysis import height, static_kind, weight
from engine.feel.builtins import REGISTRY
from engine.feel.comparing import between, compile_compare, compile_instance_of, compile_membership, compile_test
from engine.feel.functions import Closure, call, call_foreign
from engine.feel.iteration import compile_filter, compile_for, compile_quantified
from engine.feel.operators import OPERATORS, negate
from engine.feel.scope import MISSING, Code, Env
from engine.feel.temporal import property_of, read_at
from engine.feel.values import Function, Range, feel

_PLAIN = frozenset({type(None), bool, str, Decimal, list, dict})


def compile_node(node: n.Node) -> Code:
    """Return the closure that evaluates ``node``."""
    return _COMPILERS[type(node)](node)


def _literal(node: n.Literal) -> Code:
    value = node.value
    return lambda env: value


def _name(node: n.Name) -> Code:
    name, fallback = node.name, REGISTRY.get(node.name)

    def variable(env: Env) -> object:
        frame: Env | None = env
        while frame is not None:
            value = frame.variables.get(name, MISSING)
            if value is not MISSING:
                return value if type(value) in _PLAIN else feel(value)
            frame = frame.parent
        return fallback

    return variable


def _at(node: n.At) -> Code:
    value = read_at(node.text)
    return lambda env: value


def _chain(node: n.Chain) -> Code:
    first = compile_node(node.first)
    rest = tuple((OPERATORS[operator], compile_node(operand)) for operator, operand in node.rest)

    def chain(env: Env) -> object:
        value = first(env)
        for operator, operand in rest:
            value = operator(value, operand(env), env.run)
        return value

    return chain


def _negative(node: n.Negative) -> Code:
    operand = compile_node(node.operand)
    if node.operator == "-":
        return lambda env: negate(operand(env), env.run)

    def positive(env: Env) -> object:
        value = operand(env)
        return value if isinstance(value, Decimal) else None

    return positive


def _logic(node: n.Logic) -> Code:
    operands = tuple(compile_node(operand) for operand in node.operands)
    decisive = node.operator == "or"

    def logic(env: Env) -> object:
        result: bool | None = not decisive
        for operand in operands:
            value = operand(env)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                result = None
        return result

    return logic


def _between(node: n.Between) -> Code:
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)
    return lambda env: between(value(env), low(env), high(env), env.run)


def _interval(node: n.Interval) -> Code:
    low, high = compile_node(node.low), compile_node(node.high)
    low_included, high_included = node.low_included, node.high_included

    def interval(env: Env) -> object:
        start, end = low(env), high(env)
        return Range(start, end, low_included and start is not None, high_included and end is not None)

    return interval


def _if(node: n.If) -> Code:
    condition, then, otherwise = compile_node(node.condition), compile_node(node.then), compile_node(node.otherwise)

    def branch(env: Env) -> object:
        value = condition(env)
        return otherwise(env) if value is None or value is False else then(env)

    return branch


def _list(node: n.List) -> Code:
    items = tuple(compile_node(item) for item in node.items)
    return lambda env: [item(env) for item in items]


def _context(node: n.ContextLiteral) -> Code:
    entries = tuple((key, compile_node(value)) for key, value in node.entries)

    def context(env: Env) -> object:
        made: dict[str, object] = {}
        for key, value in entries:
            # Each entry sees those before it, and a function in it sees no later ones: hence the copy.
            made[key] = value(Env(made.copy(), env, env.run))
        return made

    return context


def _definition(node: n.Definition) -> Code:
    body, names = compile_node(node.body), node.parameters
    cost, levels = weight(node.body), height(node.body) + 2
    return lambda env: Closure(names, body, env, weight=cost, height=levels)


def _path(node: n.Path) -> Code:
    target, name = compile_node(node.target), node.name

    def path(env: Env) -> object:
        value = target(env)
        if type(value) is dict:
            return feel(value.get(name))
        if isinstance(value, list):
            env.run.meter.items(len(value))
            return [None if isinstance(item, list) else member(feel(item), name, env) for item in value]
        return member(value, name, env)

    return path


_RANGE_PROPERTIES: dict[str, Callable[[Range], object]] = {
    "start": lambda value: value.low,
    "end": lambda value: value.high,
    "start included": lambda value: value.low_included,
    "end included": lambda value: value.high_included,
}


def member(value: object, name: str, env: Env) -> object:
    """Return the entry or property ``name`` of ``value``; null when it has none. No attribute of Python is read."""
    if isinstance(value, Mapping):
        return feel(value.get(name))
    if isinstance(value, Range):
        reader = _RANGE_PROPERTIES.get(name)
        return reader(value) if reader else None
    return property_of(value, name, env.run.zone)


def _call(node: n.Call) -> Code:
    arguments, keywords = tuple(compile_node(argument) for argument in node.arguments), node.keywords
    if isinstance(node.target, str):
        return _call_by_name(node.target, arguments, keywords)
    target = compile_node(node.target)
    return lambda env: call(target(env), [argument(env) for argument in arguments], keywords, env.run)


def _call_by_name(name: str, arguments: tuple[Code, ...], keywords: tuple[str, ...]) -> Code:
    native = REGISTRY.get(name)

    def invoke(env: Env) -> object:
        values = [argument(env) for argument in arguments]
        defined = env.find(name)
        # Data under the name of a function does not hide the function: a form field may be called "count".
        if isinstance(defined, Function):
            return call(defined, values, keywords, env.run)
        foreign = env.run.functions.get(name)
        if foreign is not None:
            return call_foreign(name, foreign, values, keywords, env.run)
        if native is None:
            raise ExpressionError(N_("There is no function named %(name)s."), name=name)
        return call(native, values, keywords, env.run)

    return invoke


_COMPILERS: dict[type, Callable[[Any], Code]] = {
    n.Literal: _literal,
    n.Name: _name,
    n.At: _at,
    n.Chain: _chain,
    n.Negative: _negative,
    n.Logic: _logic,
    n.Compare: lambda node: compile_compare(node.operator, compile_node(node.left), compile_node(node.right)),
    n.Between: _between,
    n.In: lambda node: compile_membership(compile_node(node.value), [compile_test_node(test) for test in node.tests]),
    n.InstanceOf: lambda node: compile_instance_of(compile_node(node.value), node.type_name),
    n.Test: lambda node: compile_test(node.operator, compile_node(node.operand)),
    n.Interval: _interval,
    n.If: _if,
    n.For: lambda node: compile_for(node, compile_node),
    n.Quantified: lambda node: compile_quantified(node, compile_node),
    n.List: _list,
    n.ContextLiteral: _context,
    n.Definition: _definition,
    n.Path: _path,
    n.Filter: lambda node: compile_filter(node, compile_node),
    n.Call: _call,
}


def compile_test_node(node: n.Node) -> Code:
    """Return the closure of one test of a cell or of ``in``; a literal boolean tests the value under test, where there is one."""
    code = compile_node(node)
    if static_kind(node) != "boolean":
        return code

    def boolean(env: Env) -> object:
        tested = env.find("?")
        return code(env) if tested is MISSING else code(env) is tested

    return boolean

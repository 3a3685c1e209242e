"""The functions that an expression itself defines, and the calling of any function."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import N_, EngineError, ExpressionError
from engine.feel.scope import Code, Env, Run
from engine.feel.signature import Builtin
from engine.feel.values import Function, feel


class Closure(Function):
    """``function(a, b) body`` together with the variables around it."""

    __slots__ = ("body", "env", "height", "names", "weight")

    def __init__(self, names: tuple[str, ...], body: Code, env: Env, *, weight: int, height: int) -> None:
        self.names = names
        self.body = body
        self.env = env
        self.weight = weight
        self.height = height

    def call(self, arguments: dict[str, object]) -> object:
        """Return the value of the body with ``arguments``; missing ones are null."""
        meter = self.env.run.meter
        meter.spend(self.weight)
        meter.descend(self.height)
        variables = {name: arguments.get(name) for name in self.names}
        result = self.body(Env(variables, self.env, self.env.run))
        meter.ascend(self.height)
        return result


def call(function: object, arguments: list[object], keywords: tuple[str, ...], run: Run) -> object:
    """Call a FEEL function with arguments in order or by ``keywords``; null when it is none or they don't fit."""
    if isinstance(function, Closure):
        names = keywords or function.names
        if len(arguments) > len(function.names) or not set(keywords) <= set(function.names):
            return None
        return function.call(dict(zip(names, arguments, strict=False)))
    if isinstance(function, Builtin):
        if keywords:
            return function.call_named(run, dict(zip(keywords, arguments, strict=True)))
        return function.call(run, arguments)
    return None


def call_foreign(
    name: str, function: Callable[..., object], arguments: list[object], keywords: tuple[str, ...], run: Run
) -> object:
    """Call a function of the caller; raise ExpressionError when it refuses the arguments."""
    run.meter.spend(10)
    try:
        if keywords:
            return feel(
                function(**{key.replace(" ", "_"): value for key, value in zip(keywords, arguments, strict=True)})
            )
        return feel(function(*arguments))
    except EngineError:
        raise
    except (TypeError, ValueError, ArithmeticError) as fault:
        raise ExpressionError(
            N_("The function %(name)s cannot be called with these %(count)s arguments: %(fault)s."),
            name=name,
            count=len(arguments),
            fault=str(fault).rstrip("."),
        ) from fault

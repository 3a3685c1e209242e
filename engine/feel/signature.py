"""How a built-in function takes its arguments: their names, their types, and the conversions that FEEL makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time

from engine.feel.scope import MISSING, Run
from engine.feel.values import Function, feel, items, kind

Body = Callable[..., object]
_REFUSED = object()
REGISTRY: dict[str, Builtin] = {}
"""All built-in functions by name."""


class Builtin(Function):
    """A function that FEEL brings; calling it with unsuitable arguments gives null."""

    __slots__ = ("body", "name", "names", "types", "variadic")

    def __init__(self, name: str, parameters: tuple[str, ...], body: Body, *, variadic: str = "") -> None:
        self.name = name
        self.body = body
        self.names = tuple(parameter.partition(":")[0].strip() for parameter in parameters)
        self.types = tuple(parameter.partition(":")[2].strip() for parameter in parameters)
        self.variadic = variadic

    def call(self, run: Run, arguments: list[object]) -> object:
        """Return the result for arguments in order."""
        run.meter.spend(1)
        if self.variadic:
            return self._call_list(run, arguments)
        if len(arguments) > len(self.types):
            return None
        converted = []
        for index, wanted in enumerate(self.types):
            given = arguments[index] if index < len(arguments) else MISSING
            value = converted_to(wanted, given, run)
            if value is _REFUSED:
                return None
            converted.append(value)
        return self.body(run, *converted)

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """Return the result for arguments by name; null when a name is unknown."""
        if not set(arguments) <= set(self.names):
            return None
        if self.variadic:
            values = arguments.get(self.names[0])
            return self.call(run, values if isinstance(values, list) else [values])
        return self.call(run, [arguments.get(name, MISSING) for name in self.names])

    def _call_list(self, run: Run, arguments: list[object]) -> object:
        if not arguments:
            return None
        if len(arguments) == 1 and isinstance(arguments[0], list):
            arguments = arguments[0]
        run.meter.items(len(arguments))
        converted = [converted_to(self.variadic, feel(argument), run) for argument in arguments]
        return None if any(value is _REFUSED for value in converted) else self.body(run, converted)


def converted_to(wanted: str, value: object, run: Run) -> object:
    """Return ``value`` as an argument of the type ``wanted`` (``?``: may be missing or null), or _REFUSED."""
    optional = wanted.endswith("?")
    expected = wanted.removesuffix("?")
    if value is MISSING:
        return MISSING if optional else _REFUSED
    if expected == "list":
        if value is None:
            return _REFUSED
        run.meter.items(len(value) if isinstance(value, list) else 1)
        return items(value) if isinstance(value, list) else [value]
    if expected == "any":
        return value
    if isinstance(value, list) and len(value) == 1:
        value = feel(value[0])
    if value is None:
        return value if optional else _REFUSED
    found = kind(value)
    if found == expected or expected == "point" and found in ("date", "date time"):
        return value
    if expected == "date" and isinstance(value, date):
        return date(value.year, value.month, value.day)
    if expected == "time" and isinstance(value, date):
        return getattr(value, "timetz", time)()  # a date alone is midnight
    return _REFUSED


def builtin(name: str, *parameters: str) -> Callable[[Body], Body]:
    """Register the function below as FEEL's ``name``; ``parameters`` are written ``name: type``."""

    def register(body: Body) -> Body:
        REGISTRY[name] = Builtin(name, parameters, body)
        return body

    return register


def list_builtin(name: str, of: str) -> Callable[[Body], Body]:
    """Register a function that takes one list or any number of arguments, each of the type ``of``."""

    def register(body: Body) -> Body:
        REGISTRY[name] = Builtin(name, ("list:",), body, variadic=of)
        return body

    return register

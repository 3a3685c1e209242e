"""The variables of an instance: the outer ones, the scopes of multi-instance children, and what every expression can read.

Values are plain JSON and are replaced, never changed in place; tasks of the library carry none of them.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import N_, IncidentError
from engine.feel import compile_expression, to_json

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run
    from engine.bpmn.specs import Token

RESERVED = frozenset({"initiator", "case", "done", "loop"})


def read(run: Run, token: Token | None, extra: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Return what an expression at ``token`` sees: innermost scope first, then the outer variables, then the built-in names."""
    maps: list[Any] = [extra] if extra else []
    while token is not None and token.id != 1:
        if token.data:
            maps.append(token.data)
        token = token.parent
    return ChainMap(*maps, run.state.variables, run.builtins)


def write(run: Run, token: Token | None, values: Mapping[str, Any]) -> None:
    """Set variables in the innermost multi-instance scope around ``token``, or outside; raise IncidentError for reserved names."""
    wrong = RESERVED & values.keys()
    if wrong:
        raise IncidentError(N_("The name %(name)s is reserved; no variable can have it."), name=", ".join(sorted(wrong)))
    while token is not None and token.id != 1:
        if token.data:
            token.data = {**token.data, **values}
            return
        token = token.parent
    run.state.variables = {**run.state.variables, **values}
    run.changed = True


def evaluate(run: Run, token: Token | None, expression: str, extra: Mapping[str, Any] | None = None) -> Any:
    """Evaluate FEEL at ``token``; return a FEEL value; raise ExpressionError."""
    return compile_expression(expression).evaluate(read(run, token, extra), run.functions, zone=run.surroundings.calendar.zone)


def evaluate_json(run: Run, token: Token | None, expression: str, extra: Mapping[str, Any] | None = None) -> Any:
    """Evaluate FEEL at ``token``; return plain JSON, as variables are kept."""
    return to_json(evaluate(run, token, expression, extra))


def evaluate_condition(run: Run, token: Token | None, expression: str, what: str,
                       extra: Mapping[str, Any] | None = None) -> bool:
    """Evaluate a condition; raise IncidentError when it is neither true nor false."""
    value = evaluate(run, token, expression, extra)
    if value is not True and value is not False:
        raise IncidentError(N_("The condition of %(what)s (%(expression)s) is %(value)s; true or false was expected."), what=what,
                            expression=expression, value="null" if value is None else str(value))
    return bool(value)


def evaluate_text(run: Run, token: Token | None, text: str, extra: Mapping[str, Any] | None = None) -> Any:
    """Return plain text as it is, and evaluate it as FEEL when it begins with an equals sign."""
    return evaluate_json(run, token, text[1:].strip(), extra) if text.startswith("=") else text


def names(value: Any, what: str) -> tuple[str, ...]:
    """Return ids from text with commas or a list of texts; raise IncidentError for anything else."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise IncidentError(N_("%(what)s gives %(value)s; an id or a list of ids was expected."), what=what, value=str(value))

"""What a form-js schema must be: known components, unique keys, readable FEEL, bounded patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.errors import N_, ExpressionError, Problem
from engine.feel import compile_expression, compile_unary_tests

INPUTS = frozenset({"textfield", "textarea", "number", "datetime", "select", "radio", "checkbox", "checklist", "taglist", "filepicker",
                    "expression"})
SHOWN = frozenset({"text", "separator", "spacer", "image", "table", "button"})
NESTED = frozenset({"group", "dynamiclist"})
REFUSED = frozenset({"iframe", "html", "documentPreview"})
MAX_COMPONENTS = 500
MAX_DEPTH = 8
_KEY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_RISKY = re.compile(r"\([^)]*[+*{][^)]*\)\s*[+*{]|\([^)]*\|[^)]*\)\s*[+*{]|\\[1-9]|\(\?[=!<]")
"""Repetition of something that repeats or branches, look-around and back references: these can take for ever."""


def components(schema: dict[str, Any], depth: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    """Give every component with its depth, outer ones first."""
    for component in schema.get("components") or ():
        if isinstance(component, dict):
            yield component, depth
            if depth < MAX_DEPTH:
                yield from components(component, depth + 1)


def fields(schema: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the top-level components that carry a value, groups opened."""
    found: list[dict[str, Any]] = []
    for component in (schema or {}).get("components") or ():
        if component.get("type") == "group" and not component.get("path"):
            found += fields(component)
        elif component.get("key") and component.get("type") in INPUTS | NESTED:
            found.append(component)
    return found


def check_schema(schema: Any, file: str) -> list[Problem]:
    """Return everything that keeps a form from being deployed."""
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return [Problem(N_("A form-js schema with a list of components was expected."), file=file, rule="form")]
    problems: list[Problem] = []

    def refuse(where: Any, template: str, **params: object) -> None:
        problems.append(Problem(template, params, file=file, element=str(where), rule="form"))

    seen: set[str] = set()
    for number, (component, depth) in enumerate(components(schema), 1):
        if number > MAX_COMPONENTS or depth >= MAX_DEPTH:
            refuse("components", N_("A form has at most %(count)d components, %(depth)d deep."), count=MAX_COMPONENTS, depth=MAX_DEPTH)
            break
        _component(component, depth, seen, refuse)
    return problems


def _component(component: dict[str, Any], depth: int, seen: set[str], refuse: Any) -> None:
    kind, key = component.get("type"), component.get("key")
    where = key or component.get("id") or kind
    if kind in REFUSED:
        refuse(where, N_("A %(type)s component could run foreign code, and is refused."), type=kind)
        return
    if not isinstance(kind, str) or kind not in INPUTS | SHOWN | NESTED:
        refuse(where, N_("The component type %(type)s is not known."), type=str(kind)[:80])
        return
    if kind in INPUTS - {"expression"} and (not isinstance(key, str) or not _KEY.fullmatch(key)):
        refuse(where, N_("The key %(key)s is no name: letters, digits and _ were expected."), key=str(key)[:80])
    if isinstance(key, str) and depth == 0 and kind in INPUTS:
        if key in seen:
            refuse(where, N_("The key %(key)s is used twice."), key=key)
        seen.add(key)
    for name, text in _expressions(component):
        if isinstance(text, str) and text.startswith("="):
            try:
                (compile_unary_tests if name == "hide" and False else compile_expression)(text[1:])  # noqa: SIM223
            except ExpressionError as error:
                refuse(where, N_("The FEEL of %(name)s cannot be read: %(reason)s"), name=name, reason=str(error))
    pattern = (component.get("validate") or {}).get("pattern") if isinstance(component.get("validate"), dict) else None
    if pattern is not None:
        _pattern(where, pattern, refuse)


def _expressions(component: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    conditional = component.get("conditional")
    if isinstance(conditional, dict):
        yield "hide", conditional.get("hide")
    for name in ("expression", "readonly", "valuesExpression", "label", "text", "min", "max"):
        yield name, component.get(name)
    validate = component.get("validate")
    for name, value in (validate if isinstance(validate, dict) else {}).items():
        if name not in {"pattern", "patternErrorMessage"}:
            yield name, value


def _pattern(where: Any, pattern: Any, refuse: Any) -> None:
    if not isinstance(pattern, str) or len(pattern) > 200 or _RISKY.search(pattern):
        refuse(where, N_("The pattern could take for ever; write one without nested repetition, alternatives that repeat, or look-around."))
        return
    try:
        re.compile(pattern)
    except re.error as error:
        refuse(where, N_("The pattern is no regular expression: %(reason)s"), reason=str(error))

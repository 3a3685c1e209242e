"""The built-in functions on contexts, and the two on any value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from engine.feel.scope import MISSING, Run
from engine.feel.signature import builtin, list_builtin
from engine.feel.values import equals, feel


@builtin("not", "negand: any")
def _not(run: Run, value: object) -> object:
    return not value if isinstance(value, bool) else None


@builtin("is", "value1: any?", "value2: any?")
def _is(run: Run, a: object, b: object) -> object:
    if a is MISSING or b is MISSING:
        return False
    if isinstance(a, datetime | time) and isinstance(b, datetime | time) and str(a.tzinfo) != str(b.tzinfo):
        return False
    return equals(a, b, run.meter, run.zone)


@builtin("get value", "m: context", "key: string")
def _get_value(run: Run, context: Mapping[str, object], key: str) -> object:
    return feel(context.get(key))


@builtin("get entries", "m: context")
def _get_entries(run: Run, context: Mapping[str, object]) -> object:
    run.meter.items(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@list_builtin("context", of="context")
def _context(run: Run, entries: list[Mapping[str, object]]) -> object:
    made: dict[str, object] = {}
    for entry in entries:
        key = entry.get("key")
        if not isinstance(key, str) or key in made or "value" not in entry:
            return None
        made[key] = entry["value"]
    return made


@list_builtin("context merge", of="context")
def _context_merge(run: Run, contexts: list[Mapping[str, object]]) -> object:
    merged: dict[str, object] = {}
    for context in contexts:
        run.meter.items(len(context))
        merged.update(context)
    return merged


@builtin("context put", "context: context", "keys: list?", "value: any", "key: string?")
def _context_put(run: Run, context: Mapping[str, object], keys: object, value: object, key: object) -> object:
    path = keys if isinstance(keys, list) and keys else [key]
    return _put(run, context, path, value)


def _put(run: Run, context: object, path: list[object], value: object) -> object:
    key = path[0]
    if not isinstance(key, str) or not isinstance(context, Mapping):
        return None
    run.meter.items(len(context) + 1)
    if len(path) > 1:
        run.meter.items(len(path))
        value = _put(run, context.get(key), path[1:], value)
        if value is None:
            return None
    return {**context, key: value}

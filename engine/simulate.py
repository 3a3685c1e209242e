"""Invented people: fill any form so that its checks pass, and decide on tasks with a seeded chance."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from typing import Any

from engine.forms import validate
from engine.forms.schema import fields


def fill(schema: dict[str, Any] | None, known: Mapping[str, Any], today: str, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Return values for every enabled field that is asked for: what is known, else the default, else something plausible."""
    values: dict[str, Any] = {}
    for field in fields(schema):
        key = field["key"]
        if field.get("disabled"):
            continue
        rules = field.get("validate") or {}
        value = known.get(key, field.get("defaultValue"))
        if value in (None, "", []) and (rules.get("required") or str(rules.get("required", "")).startswith("=")):
            value = _plausible(field, today, files)
        if value not in (None, "", []):
            values[key] = value
    for problem in validate(schema, values, known).problems:  # a number over its maximum …
        field = next((f for f in fields(schema) if f["key"] == problem.element), None)
        if field is not None and problem.element not in known:
            values[problem.element] = _plausible(field, today, files)
    return values


def _plausible(field: dict[str, Any], today: str, files: list[dict[str, Any]]) -> Any:
    kind, rules = field["type"], field.get("validate") or {}
    if kind in {"select", "radio"}:
        options = field.get("values") or []
        return options[0]["value"] if options else None
    if kind in {"checklist", "taglist"}:
        return [option["value"] for option in field.get("values") or []]
    if kind == "number":
        low = rules.get("min", 1)
        return low if isinstance(low, int | float) and low > 0 else 1
    if kind == "datetime":
        return today if field.get("subtype", "date") == "date" else f"{today}T09:30"
    if kind == "checkbox":
        return True
    if kind == "filepicker":
        return files[:1]
    return "已核对"


def chance(seed: str, *parts: object) -> random.Random:
    """Return a generator that gives the same decisions for the same parts."""
    digest = hashlib.sha256("\n".join([seed, *map(str, parts)]).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))  # noqa: S311  (invented people, not secrets)

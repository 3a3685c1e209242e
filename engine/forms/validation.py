"""Check the values of a form as the browser does, and types and options besides; keep only what the form asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from engine.errors import N_, ExpressionError, Problem
from engine.feel import compile_expression, to_json
from engine.forms.schema import INPUTS

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_PHONE = re.compile(r"\+?[\d ()-]{5,30}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MAX_TEXT = 20_000
MAX_ROWS = 500


@dataclass(frozen=True)
class Validated:
    """The values that count, and what is wrong (``element`` is the field's path)."""

    values: dict[str, Any]
    problems: tuple[Problem, ...]


def validate(schema: Mapping[str, Any] | None, values: Mapping[str, Any], context: Mapping[str, Any],
             functions: Mapping[str, Any] | None = None) -> Validated:
    """Check ``values`` against a schema; ``context`` are the variables known before.

    Hidden fields are dropped, disabled and read-only ones keep what the context has, expression fields are computed here.
    """
    check = _Check(context, functions or {})
    result = check.level((schema or {}).get("components") or (), dict(values), "", {})
    return Validated(result, tuple(check.problems))


class _Check:
    def __init__(self, context: Mapping[str, Any], functions: Mapping[str, Any]) -> None:
        self.context = dict(context)
        self.functions = functions
        self.problems: list[Problem] = []

    def refuse(self, path: str, template: str, **params: object) -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(template, params, element=path, rule="form"))

    def feel(self, text: Any, row: Mapping[str, Any]) -> Any:
        """Evaluate ``=…``; anything else is itself; a failing expression is null, as in the browser."""
        if not isinstance(text, str) or not text.startswith("="):
            return text
        try:
            return to_json(compile_expression(text[1:]).evaluate({**self.context, **row}, self.functions))
        except ExpressionError:
            return None

    def level(self, components: Any, given: dict[str, Any], prefix: str, outer: dict[str, Any]) -> dict[str, Any]:
        """Check one level of components; return the values that count."""
        kept: dict[str, Any] = {}
        seen = {**outer, **{k: v for k, v in given.items()}}
        if prefix:
            seen["this"] = given
        for component in components:
            kind, key = component.get("type"), component.get("key")
            if self.feel((component.get("conditional") or {}).get("hide"), seen) is True:
                continue
            if kind == "group":
                path = component.get("path")
                inner = given.get(path, {}) if path else given
                found = self.level(component.get("components") or (), inner if isinstance(inner, dict) else {}, prefix, seen)
                kept |= {path: found} if path else found
            elif kind == "dynamiclist":
                kept |= self._rows(component, given, prefix, seen)
            elif kind == "expression" and key:
                kept[key] = self.feel(component.get("expression"), seen)
            elif kind in INPUTS and key:
                if component.get("disabled") or self.feel(component.get("readonly"), seen) is True:
                    continue
                value = self._value(component, given.get(key), prefix + key, seen)
                kept[key] = value
        return kept

    def _rows(self, component: dict[str, Any], given: dict[str, Any], prefix: str, seen: dict[str, Any]) -> dict[str, Any]:
        path = component.get("path") or component.get("key")
        if not path or component.get("disabled"):
            return {}
        rows = given.get(path)
        if rows is None:
            rows = []
        if not isinstance(rows, list) or len(rows) > MAX_ROWS or not all(isinstance(r, dict) for r in rows):
            self.refuse(prefix + path, N_("A list of at most %(count)d rows was expected."), count=MAX_ROWS)
            return {}
        return {path: [self.level(component.get("components") or (), row, f"{prefix}{path}[{n}].", seen) for n, row in enumerate(rows)]}

    def _value(self, component: dict[str, Any], value: Any, path: str, seen: dict[str, Any]) -> Any:
        rules = component.get("validate") or {}
        required = self.feel(rules.get("required"), seen) is True
        if value in ("", []) or value is None or (component["type"] == "checkbox" and value is False):
            if required:
                self.refuse(path, N_("Field is required."))
            return False if component["type"] == "checkbox" else [] if component["type"] in {"checklist", "taglist", "filepicker"} else None
        handler = getattr(self, "_" + component["type"])
        return handler(component, rules, value, path, seen)

    def _textfield(self, _c: dict[str, Any], rules: dict[str, Any], value: Any, path: str, seen: dict[str, Any]) -> Any:
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            self.refuse(path, N_("Text of at most %(limit)d characters was expected."), limit=MAX_TEXT)
            return None
        low, high = self.feel(rules.get("minLength"), seen), self.feel(rules.get("maxLength"), seen)
        if isinstance(low, int) and len(value) < low:
            self.refuse(path, N_("Field must have minimum length of %(limit)d."), limit=low)
        if isinstance(high, int) and len(value) > high:
            self.refuse(path, N_("Field must have maximum length of %(limit)d."), limit=high)
        if rules.get("pattern") and not re.search(rules["pattern"], value[:1000]):
            self.refuse(path, rules.get("patternErrorMessage") or N_("Field must match pattern %(pattern)s."), pattern=rules["pattern"])
        kind = rules.get("validationType")
        if (kind == "email" and not _EMAIL.fullmatch(value)) or (kind == "phone" and not _PHONE.fullmatch(value)):
            self.refuse(path, N_("Field must be a valid %(kind)s."), kind=kind)
        return value

    _textarea = _textfield

    def _number(self, component: dict[str, Any], rules: dict[str, Any], value: Any, path: str, seen: dict[str, Any]) -> Any:
        if isinstance(value, str):
            try:
                value = float(value) if "." in value or "e" in value.lower() else int(value)
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e15:
            self.refuse(path, N_("A number was expected."))
            return None
        low, high = self.feel(rules.get("min"), seen), self.feel(rules.get("max"), seen)
        if isinstance(low, int | float) and value < low:
            self.refuse(path, N_("Field must have minimum value of %(limit)s."), limit=low)
        if isinstance(high, int | float) and value > high:
            self.refuse(path, N_("Field must have maximum value of %(limit)s."), limit=high)
        digits = component.get("decimalDigits")
        if isinstance(digits, int) and round(value, digits) != value:
            self.refuse(path, N_("At most %(count)d decimal digits were expected."), count=digits)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _datetime(self, component: dict[str, Any], _r: dict[str, Any], value: Any, path: str, _s: dict[str, Any]) -> Any:
        reader = {"date": date, "time": time}.get(component.get("subtype", "date"), datetime)
        try:
            reader.fromisoformat(value)
        except (ValueError, TypeError):
            self.refuse(path, N_("A date or time was expected."))
            return None
        return value

    def _options(self, component: dict[str, Any], seen: dict[str, Any]) -> list[Any] | None:
        if component.get("valuesExpression"):
            found = self.feel(component["valuesExpression"], seen)
        elif component.get("valuesKey"):
            found = self.context.get(component["valuesKey"])
        else:
            found = component.get("values")
        return [v.get("value") if isinstance(v, dict) else v for v in found] if isinstance(found, list) else None

    def _select(self, component: dict[str, Any], _r: dict[str, Any], value: Any, path: str, seen: dict[str, Any]) -> Any:
        options = self._options(component, seen)
        if options is not None and value not in options:
            self.refuse(path, N_("%(value)s is none of the options."), value=str(value)[:80])
            return None
        return value

    _radio = _select

    def _checkbox(self, _c: dict[str, Any], _r: dict[str, Any], value: Any, path: str, _s: dict[str, Any]) -> Any:
        if value is not True:
            self.refuse(path, N_("Yes or no was expected."))
        return value is True

    def _checklist(self, component: dict[str, Any], _r: dict[str, Any], value: Any, path: str, seen: dict[str, Any]) -> Any:
        options = self._options(component, seen)
        if not isinstance(value, list) or len(value) > MAX_ROWS or (options is not None and any(v not in options for v in value)):
            self.refuse(path, N_("One of the values is none of the options."))
            return []
        return value

    _taglist = _checklist

    def _filepicker(self, component: dict[str, Any], _r: dict[str, Any], value: Any, path: str, _s: dict[str, Any]) -> Any:
        right = isinstance(value, list) and len(value) <= 50 and all(
            isinstance(f, dict) and _FINGERPRINT.fullmatch(str(f.get("fingerprint", ""))) and isinstance(f.get("name"), str) for f in value)
        if not right:
            self.refuse(path, N_("A list of uploaded files was expected."))
            return []
        accept = [a.strip().lower() for a in str(component.get("accept", "")).split(",") if a.strip().startswith(".")]
        for file in value if accept else ():
            if not file["name"].lower().endswith(tuple(accept)):
                self.refuse(path, N_("%(name)s is of a kind that is not accepted here (%(accept)s)."), name=file["name"], accept=", ".join(accept))
        return [{"fingerprint": f["fingerprint"], "name": f["name"][:200], "size": f.get("size", 0), "type": str(f.get("type", ""))[:100]}
                for f in value]

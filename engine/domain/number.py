"""Gapless numbers: patterns such as ``HT-{yyyy}-{n:4}``, whose counter begins again when the text around the number changes."""

from __future__ import annotations

import re
from datetime import datetime

_FIELD = re.compile(r"\{(yyyy|yy|MM|dd|n(?::(\d))?)\}")


def problems(pattern: str) -> str | None:
    """Return what is wrong with a pattern, or None."""
    if len(_FIELD.findall(pattern)) != pattern.count("{") or pattern.count("{") != pattern.count("}"):
        return "only {yyyy}, {yy}, {MM}, {dd}, {n} and {n:4} are known"
    if len(re.findall(r"\{n(?::\d)?\}", pattern)) != 1:
        return "exactly one {n} is needed"
    return None


def fill(pattern: str, local: datetime, number: int) -> str:
    """Return the text for ``number`` given at the local time ``local``."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name.startswith("n"):
            return str(number).zfill(int(match.group(2) or 1))
        return {"yyyy": f"{local.year:04d}", "yy": f"{local.year % 100:02d}", "MM": f"{local.month:02d}",
                "dd": f"{local.day:02d}"}[name]

    return _FIELD.sub(value, pattern)


def counter_name(pattern: str, local: datetime) -> str:
    """Return the name of the counter: the pattern with its dates filled in and the number left open."""
    marked = re.sub(r"\{n(?::\d)?\}", "\0", pattern)
    return fill(marked, local, 0).replace("\0", "{n}")

"""Regular expressions that cannot explode: RE2 decides in time linear in the text, whatever the pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

import re2  # (the wheel has no types)

from engine.errors import N_, ExpressionError, ExpressionLimitError
from engine.feel.limits import Meter

MAX_PATTERN = 500
"""Characters of a pattern."""
_MEMORY = 2 << 20
"""Bytes that a compiled pattern may take."""
_UNSUPPORTED = re.compile(r"\(\?(?:[=!]|<[=!])|(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)")
_UNICODE = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))")
_GROUP = re.compile(r"\$(?:(\$)|([&0])|(\d\d?)|<([^>]*)>)")


class Match(Protocol):
    """What is used of a match of RE2."""

    def start(self) -> int: ...
    def end(self) -> int: ...
    def group(self, index: int = 0) -> str | None: ...
    def groups(self) -> tuple[str | None, ...]: ...
    def groupdict(self) -> dict[str, str | None]: ...


class Pattern(Protocol):
    """What is used of a compiled pattern of RE2."""

    def search(self, text: str) -> Match | None: ...
    def finditer(self, text: str) -> Iterator[Match]: ...


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Pattern | None:
    """Return the compiled ``pattern``, None when it or its ``flags`` (s, m, i) are malformed.

    Raise ExpressionLimitError when it is too long or too large, ExpressionError when it looks around or back, which the
    browser could do and linear time cannot.
    """
    if len(pattern) > MAX_PATTERN:
        raise ExpressionLimitError(N_("A pattern has at most %(limit)s characters."), limit=MAX_PATTERN)
    if _UNSUPPORTED.search(pattern):
        raise ExpressionError(
            N_("The pattern %(pattern)s looks around or refers back, which is not supported."), pattern=pattern
        )
    if len(set(flags)) != len(flags) or set(flags) - set("smi"):
        return None
    prefix = f"(?{flags})" if flags else ""
    options = _options()
    try:
        found: Pattern = re2.compile(prefix + _UNICODE.sub(_hexadecimal, pattern), options)
    except re2.error as fault:
        if "too large" in str(fault) or "repetition size" in str(fault):
            raise ExpressionLimitError(N_("The pattern %(pattern)s is too large."), pattern=pattern) from None
        return None
    return found


def _options() -> Any:  # noqa: ANN401  (the library has no types)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


def _hexadecimal(match: re.Match[str]) -> str:
    return f"{match.group(1)}\\x{{{match.group(2) or match.group(3)}}}"


def replaced(pattern: Pattern, text: str, replacement: str, meter: Meter) -> str:
    """Return ``text`` with every match replaced; ``$1``, ``$<name>`` and ``$0`` stand for groups and the whole match."""
    parts, position = [], 0
    size = 0
    for match in pattern.finditer(text):
        put = _GROUP.sub(lambda group, match=match: _group(group, match), replacement)  # type: ignore[misc]
        size += len(put) + match.start() - position
        meter.chars(size if size > meter.limits.string_chars else len(put) + 64)
        parts += [text[position : match.start()], put]
        position = match.end()
    parts.append(text[position:])
    meter.chars(size + len(text) - position)
    return "".join(parts)


def _group(reference: re.Match[str], match: Match) -> str:
    dollar, whole, number, name = reference.groups()
    if dollar:
        return "$"
    if whole:
        return match.group() or ""
    groups = match.groups()
    if number is None:
        return match.groupdict().get(name) or "" if match.groupdict() else reference.group()
    if 1 <= int(number) <= len(groups):
        return groups[int(number) - 1] or ""
    if len(number) == 2 and 1 <= int(number[0]) <= len(groups):
        return (groups[int(number[0]) - 1] or "") + number[1]
    return reference.group()


def split(pattern: Pattern, text: str, meter: Meter) -> list[object]:
    """Return the pieces of ``text`` between the matches, and the groups of the matches, as the browser does."""
    if not text:
        return [] if pattern.search(text) else [text]
    pieces: list[object] = []
    position = 0
    for match in pattern.finditer(text):
        if match.end() == position or match.start() >= len(text):
            continue
        pieces += [text[position : match.start()], *match.groups()]
        meter.spend(1 + len(match.groups()))
        position = match.end()
    pieces.append(text[position:])
    meter.items(len(pieces))
    return pieces

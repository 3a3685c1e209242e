"""The built-in functions on texts, and the conversions from and to text."""

from __future__ import annotations

from decimal import Decimal

from engine.feel import patterns
from engine.feel.scope import MISSING, Run
from engine.feel.signature import builtin
from engine.feel.texts import text
from engine.feel.values import feel, read_number


@builtin("number", "from: string", "grouping separator: string?", "decimal separator: string?")
def _number(run: Run, source: str, grouping: object, separator: object) -> object:
    if isinstance(grouping, str) and grouping:
        source = source.replace(grouping, "")
    if isinstance(separator, str) and separator and separator != ".":
        source = source.replace(".", "#").replace(separator, ".")
    return read_number(source)


@builtin("string", "from: any")
def _string(run: Run, value: object) -> object:
    return None if value is None else text(value, run.meter)


@builtin("substring", "string: string", "start position: number", "length: number?")
def _substring(run: Run, string: str, start: Decimal, length: object) -> object:
    first = position(start, len(string))
    if first is None:
        return None if start == 0 else ""
    if length is MISSING:
        return string[first:]
    return (
        string[first : first + int(length)]
        if isinstance(length, Decimal) and 0 < length <= len(string) * 2
        else (string[first:] if isinstance(length, Decimal) and length > 0 else "")
    )


def position(start: Decimal, size: int) -> int | None:
    """Return the index for a position that counts from 1, or from the end when negative; None outside."""
    if start == 0 or start > size:
        return None
    return max(size + int(start), 0) if start < 0 else max(int(start) - 1, 0)


@builtin("string length", "string: string")
def _string_length(run: Run, string: str) -> object:
    return Decimal(len(string))


@builtin("upper case", "string: string")
def _upper_case(run: Run, string: str) -> object:
    run.meter.chars(len(string))
    return string.upper()


@builtin("lower case", "string: string")
def _lower_case(run: Run, string: str) -> object:
    run.meter.chars(len(string))
    return string.lower()


@builtin("substring before", "string: string", "match: string")
def _substring_before(run: Run, string: str, match: str) -> object:
    run.meter.chars(len(string))
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string", "match: string")
def _substring_after(run: Run, string: str, match: str) -> object:
    run.meter.chars(len(string))
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string", "match: string")
def _contains(run: Run, string: str, match: str) -> object:
    run.meter.chars(len(string))
    return match in string


@builtin("starts with", "string: string", "match: string")
def _starts_with(run: Run, string: str, match: str) -> object:
    return string.startswith(match)


@builtin("ends with", "string: string", "match: string")
def _ends_with(run: Run, string: str, match: str) -> object:
    return string.endswith(match)


@builtin("matches", "input: string", "pattern: string", "flags: string?")
def _matches(run: Run, source: str, pattern: str, flags: object) -> object:
    run.meter.chars(len(source))
    compiled = patterns.compiled(pattern, flags if isinstance(flags, str) else "")
    return None if compiled is None else compiled.search(source) is not None


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?")
def _replace(run: Run, source: str, pattern: str, replacement: str, flags: object) -> object:
    run.meter.chars(len(source))
    compiled = patterns.compiled(pattern, flags if isinstance(flags, str) else "")
    return None if compiled is None else patterns.replaced(compiled, source, replacement, run.meter)


@builtin("split", "string: string", "delimiter: string")
def _split(run: Run, source: str, delimiter: str) -> object:
    run.meter.chars(len(source))
    compiled = patterns.compiled(delimiter, "")
    return None if compiled is None else patterns.split(compiled, source, run.meter)


@builtin("string join", "list: list", "delimiter: string?")
def _string_join(run: Run, values: list[object], delimiter: object) -> object:
    parts = [feel(value) for value in values if value is not None]
    if not all(isinstance(part, str) for part in parts):
        return None
    glue = delimiter if isinstance(delimiter, str) else ""
    run.meter.chars(sum(len(str(part)) for part in parts) + len(glue) * len(parts))
    return glue.join(str(part) for part in parts)

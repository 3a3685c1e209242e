"""How a FEEL value is written: as JSON for keeping, and as text for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.errors import N_, ExpressionLimitError
from engine.feel.limits import DEFAULT_LIMITS, MAX_NESTING, Limits, Meter
from engine.feel.values import ARITHMETIC, Duration, Function, Range, feel, kind, opaque_error


def to_json(value: object, limits: Limits | None = None) -> object:
    """Return ``value`` as JSON: whole numbers as int, others as float of 15 digits, temporal values as ISO 8601 text.

    Raise ExpressionError for ranges, functions and opaque values, ExpressionLimitError for too large a result.
    """
    return _json(value, Meter(limits or DEFAULT_LIMITS), 0)


def _json(value: object, meter: Meter, depth: int) -> object:
    value = feel(value)
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(f"{value:.15g}")
        case datetime() | date() | time() | Duration():
            return iso(value)
        case list():
            meter.items(len(value))
            return [_json(item, meter, _deeper(depth)) for item in value]
        case Mapping():
            meter.items(len(value))
            if not all(isinstance(key, str) for key in value):
                raise opaque_error(value)
            return {key: _json(item, meter, _deeper(depth)) for key, item in value.items()}
    raise opaque_error(value)


def _deeper(depth: int) -> int:
    if depth >= MAX_NESTING:
        raise ExpressionLimitError(N_("A value is nested more than %(limit)s levels deep."), limit=MAX_NESTING)
    return depth + 1


def iso(value: date | time | Duration) -> str:
    """Return the ISO 8601 text of a temporal value; UTC is written ``Z``."""
    if isinstance(value, Duration):
        return _iso_duration(value)
    if isinstance(value, datetime | time):
        text = _trimmed(value.isoformat())
        return text.removesuffix("+00:00") + "Z" if value.tzinfo is UTC else text
    return value.isoformat()


def _trimmed(text: str) -> str:
    """Drop the zeros at the end of a fraction of a second."""
    head, point, rest = text.partition(".")
    if not point:
        return text
    fraction = rest[:6].rstrip("0")
    return head + (f".{fraction}" if fraction else "") + rest[6:]


def _iso_duration(value: Duration) -> str:
    sign = "-" if value.months < 0 or value.seconds < 0 else ""
    years, months = divmod(abs(value.months), 12)
    whole = int(abs(value.seconds))
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    seconds = abs(value.seconds) % 60
    day_part = "".join(f"{count}{letter}" for count, letter in ((years, "Y"), (months, "M"), (days, "D")) if count)
    time_part = "".join(f"{count}{letter}" for count, letter in ((hours, "H"), (minutes, "M")) if count)
    if seconds:
        time_part += f"{plain(seconds)}S"
    if not day_part and not time_part:
        return "PT0S"
    return f"{sign}P{day_part}" + (f"T{time_part}" if time_part else "")


def plain(number: Decimal) -> str:
    """Return a number as a browser writes it: without an exponent from 1e-6 up to 1e21, and without idle zeros."""
    if not number:
        return "0"
    number = ARITHMETIC.normalize(number)
    exponent = number.adjusted()
    if -7 < exponent < 21:
        return f"{number:f}"
    digits = "".join(map(str, number.as_tuple().digits))
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{'-' if number < 0 else ''}{mantissa}e{exponent:+d}"


def text(value: object, meter: Meter) -> str:
    """Return ``value`` as FEEL's ``string()`` writes it."""
    written = _text(value, meter, quoted=False, depth=0)
    meter.chars(len(written))
    return written


def _text(value: object, meter: Meter, *, quoted: bool, depth: int) -> str:
    meter.spend(1)
    value = feel(value)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            meter.chars(len(value))
            return _quoted(value) if quoted else value
        case Decimal():
            return plain(value)
        case list():
            inside = _deeper(depth)
            return "[" + ", ".join(_text(item, meter, quoted=True, depth=inside) for item in value) + "]"
        case datetime() | time() if isinstance(value.tzinfo, ZoneInfo):
            return f"{iso(value)}@{value.tzinfo.key}"
        case date() | time() | Duration():
            return iso(value)
        case Range():
            return "<range>"
        case Function():
            return "<function>"
        case Mapping():
            inside = _deeper(depth)
            entries = (f"{_key(key)}: {_text(item, meter, quoted=True, depth=inside)}" for key, item in value.items())
            return "{" + ", ".join(entries) + "}"
    return f"<{kind(value)}>"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(key: object) -> str:
    name = str(key)
    return name if all(char.isascii() and (char.isalnum() or char == "_") for char in name) else _quoted(name)

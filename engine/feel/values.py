"""The values of FEEL in Python: what each kind is, how JSON becomes one, and how two of them compare.

null is None, booleans are bool, texts str, numbers Decimal, lists list, contexts dict; dates, times and moments are the
classes of ``datetime`` (a moment without a zone is local time). Durations, ranges and functions are the classes below.
Everything else is opaque: it passes through, and nothing can be read from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from engine.errors import N_, ExpressionError, ExpressionLimitError
from engine.feel.limits import MAX_DIGITS, MAX_MAGNITUDE, MAX_NESTING, Meter

ARITHMETIC = Context(
    prec=MAX_DIGITS, Emax=MAX_MAGNITUDE, Emin=-MAX_MAGNITUDE, traps=[InvalidOperation, DivisionByZero, Overflow]
)
"""34 digits, half even; too large a number raises ``decimal.Overflow``, which :func:`too_large` puts in words."""

_PLAIN = frozenset({type(None), bool, str, Decimal, list, dict})
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER_TEXT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of ``months`` (years and months) and ``seconds`` (days and time); either may be negative."""

    months: int = 0
    seconds: Decimal = Decimal(0)

    def rough_seconds(self) -> Decimal:
        """Return the length in seconds with 30 days to a month and 365 to a year, for putting durations in order."""
        years, months = divmod(self.months, 12)
        return self.seconds + (years * 365 + months * 30) * 86400


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; a missing end (None) is open towards that side."""

    low: object
    high: object
    low_included: bool
    high_included: bool


class Function:
    """A function value; the evaluator derives what can be called."""

    __slots__ = ()


def too_large() -> ExpressionLimitError:
    """Return the error for a number beyond the bounds."""
    return ExpressionLimitError(N_("The expression makes a number of more than %(limit)s digits."), limit=MAX_MAGNITUDE)


def feel(value: object) -> object:
    """Return the FEEL value of ``value``, which comes from JSON or from a function of the caller."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, int):
        if value.bit_length() > MAX_MAGNITUDE * 4:
            raise too_large()
        return _checked(Decimal(value))
    if isinstance(value, float):
        return _checked(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return _checked(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def _checked(number: Decimal) -> Decimal | None:
    """Return ``number`` within the bounds of FEEL, None for what isn't a number."""
    if not number.is_finite():
        return None
    try:
        return ARITHMETIC.plus(number)
    except Overflow:
        raise too_large() from None


def items(values: Sequence[object]) -> list[object]:
    """Return the FEEL values of a list."""
    return [feel(value) for value in values]


def kind(value: object) -> str:
    """Return the FEEL name of the type of ``value``, ``opaque`` for what FEEL cannot look into."""
    match value:
        case None:
            return "nil"
        case bool():
            return "boolean"
        case Decimal() | int() | float():
            return "number"
        case str():
            return "string"
        case list() | tuple():
            return "list"
        case datetime():
            return "date time"
        case date():
            return "date"
        case time():
            return "time"
        case Duration():
            return "duration"
        case Range():
            return "range"
        case Function():
            return "function"
        case Mapping():
            return "context"
    return "opaque"


def moment(value: date, zone: tzinfo) -> datetime:
    """Return the moment that a date (midnight UTC) or a date and time (local: in ``zone``) stands for."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def clock(value: time, zone: tzinfo) -> datetime:
    """Return ``value`` on a day of its own, so that times of different offsets compare."""
    stamp = datetime.combine(date(1970, 1, 1), value)
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=zone)


def equals(a: object, b: object, meter: Meter, zone: tzinfo, depth: int = 0) -> bool | None:
    """Return whether two values are equal; None when their types can't be compared.

    A list of one item is that item, as the browser's library has it. Raise ExpressionLimitError for too deep values.
    """
    if a is None or b is None:
        return a is b
    a, b = _single(feel(a)), _single(feel(b))
    kind_a, kind_b = kind(a), kind(b)
    if kind_a in ("date", "date time") and kind_b in ("date", "date time"):
        return _same_moment(a, b, zone)
    if kind_a != kind_b:
        return None
    if kind_a == "list":
        return _same_lists(a, b, meter, zone, depth)
    if kind_a == "context":
        return _same_contexts(a, b, meter, zone, depth)
    if isinstance(a, time) and isinstance(b, time):
        return clock(a, zone) == clock(b, zone)
    if kind_a in ("opaque", "function"):
        return a is b
    return a == b


def _single(value: object) -> object:
    if isinstance(value, list) and len(value) < 2:
        return feel(value[0]) if value else None
    return value


def _same_moment(a: object, b: object, zone: tzinfo) -> bool:
    assert isinstance(a, date) and isinstance(b, date)
    local_a = isinstance(a, datetime) and a.tzinfo is None
    local_b = isinstance(b, datetime) and b.tzinfo is None
    return local_a == local_b and moment(a, zone) == moment(b, zone)


def _deeper(depth: int) -> int:
    if depth >= MAX_NESTING:
        raise ExpressionLimitError(N_("A value is nested more than %(limit)s levels deep."), limit=MAX_NESTING)
    return depth + 1


def _same_lists(a: object, b: object, meter: Meter, zone: tzinfo, depth: int) -> bool:
    assert isinstance(a, list) and isinstance(b, list)
    if len(a) != len(b):
        return False
    meter.spend(len(a))
    inside = _deeper(depth)
    return all(equals(x, y, meter, zone, inside) for x, y in zip(a, b, strict=True))


def _same_contexts(a: object, b: object, meter: Meter, zone: tzinfo, depth: int) -> bool:
    assert isinstance(a, Mapping) and isinstance(b, Mapping)
    if len(a) != len(b):
        return False
    meter.spend(len(a))
    inside = _deeper(depth)
    return all(key in b and equals(value, b[key], meter, zone, inside) for key, value in a.items())


def less(a: object, b: object, zone: tzinfo) -> bool | None:
    """Return whether ``a`` comes before ``b``; None when the two have no order.

    A number beside a text is compared as the browser does it: the text is read as a number, and is never less when it
    isn't one.
    """
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return a < b
    if isinstance(a, str) and isinstance(b, str):
        # The browser orders by UTF-16 code units.
        return a.encode("utf-16-be", "surrogatepass") < b.encode("utf-16-be", "surrogatepass")
    if isinstance(a, bool) and isinstance(b, bool):
        return None
    if isinstance(a, str | Decimal | bool) and isinstance(b, str | Decimal | bool):
        left, right = read_number(a), read_number(b)
        return left is not None and right is not None and left < right
    if isinstance(a, Duration) and isinstance(b, Duration):
        return a.rough_seconds() < b.rough_seconds()
    if isinstance(a, date) and isinstance(b, date):
        return moment(a, zone) < moment(b, zone)
    if isinstance(a, time) and isinstance(b, time):
        return clock(a, zone) < clock(b, zone)
    return None


def read_number(value: str | Decimal | bool) -> Decimal | None:
    """Return the number that a browser reads from ``value`` (an empty text is 0), None when there is none."""
    if isinstance(value, Decimal):
        return value
    text = value.strip() if isinstance(value, str) else str(int(value))
    if not text:
        return Decimal(0)
    if len(text) > MAX_MAGNITUDE or not _NUMBER_TEXT.fullmatch(text):
        return None
    return _checked(Decimal(text))


def includes(interval: Range, value: object, zone: tzinfo) -> bool | None:
    """Return whether ``interval`` includes ``value``; None for null and for what has no order with its ends."""
    if value is None or (interval.low is None and interval.high is None):
        return None
    letters = letters_of(interval)
    if letters is not None:
        return isinstance(value, str) and value in letters
    if interval.low is not None and interval.high is not None:
        swapped = less(interval.high, interval.low, zone)
        if swapped is None:
            return None
        if swapped:
            interval = Range(interval.high, interval.low, interval.high_included, interval.low_included)
    above = _beyond(interval.low, value, interval.low_included, zone)
    below = _beyond(value, interval.high, interval.high_included, zone)
    return None if above is None or below is None else above and below


def _beyond(a: object, b: object, included: bool, zone: tzinfo) -> bool | None:
    if a is None or b is None:
        return True
    before = less(a, b, zone)
    if before is not False or not included:
        return before
    return at_most(a, b, zone)


def at_most(a: object, b: object, zone: tzinfo) -> bool | None:
    """Return whether ``a`` comes before ``b`` or stands at the same place; None when the two have no order."""
    after = less(b, a, zone)
    if after is None:
        return None
    if isinstance(a, str | Decimal | bool) and isinstance(b, str | Decimal | bool) and type(a) is not type(b):
        left, right = read_number(a), read_number(b)
        return left is not None and right is not None and left <= right
    return not after


def letters_of(interval: Range) -> list[str] | None:
    """Return the letters of an interval between two letters, as the browser's library counts them out."""
    low, high = interval.low, interval.high
    if not (isinstance(low, str) and isinstance(high, str) and len(low) == len(high) == 1):
        return None
    start, end = _LETTERS.find(low), _LETTERS.find(high)
    if start < 0 or end < 0:
        return None
    step = -1 if start > end else 1
    start += 0 if interval.low_included else step
    end -= 0 if interval.high_included else step
    return list(_LETTERS[start : end + 1])


def opaque_error(value: object) -> ExpressionError:
    """Return the error for a value that has no JSON."""
    return ExpressionError(N_("A value of type %(kind)s cannot be kept; the result must be data."), kind=kind(value))

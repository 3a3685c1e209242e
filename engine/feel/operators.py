"""What the arithmetic operators do with each kind of value; what can't be computed is null."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow

from engine.feel.scope import Run
from engine.feel.temporal import bounded, clock_plus, plus, seconds_of
from engine.feel.values import ARITHMETIC, Duration, clock, moment, too_large


def guarded(compute: Callable[..., Decimal], *operands: object) -> Decimal | None:
    """Return the number that ``compute`` finds, None where there is none; raise ExpressionLimitError for huge ones."""
    try:
        result = compute(*operands)
    except Overflow:
        raise too_large() from None
    except (DivisionByZero, InvalidOperation):
        return None
    # 0 ** -1 is infinite without being an error.
    return result if result.is_finite() else None


def add(a: object, b: object, run: Run) -> object:
    """Return ``a + b``: numbers, texts joined, a duration to a date, time or duration."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return guarded(ARITHMETIC.add, a, b)
    if isinstance(a, str) and isinstance(b, str):
        run.meter.chars(len(a) + len(b))
        return a + b
    if isinstance(a, Duration) and not isinstance(b, Duration):
        a, b = b, a
    return _later(a, b) if isinstance(b, Duration) else None


def _later(value: object, span: Duration) -> object:
    match value:
        case Duration():
            return bounded(Duration(value.months + span.months, value.seconds + span.seconds))
        case date():
            return plus(value, span)
        case time():
            return clock_plus(value, span)
    return None


def subtract(a: object, b: object, run: Run) -> object:
    """Return ``a - b``: numbers, a duration from a temporal value, or the duration between two temporal values."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return guarded(ARITHMETIC.subtract, a, b)
    if isinstance(b, Duration):
        return _later(a, Duration(-b.months, -b.seconds))
    if isinstance(a, date) and isinstance(b, date):
        if isinstance(a, datetime) and isinstance(b, datetime) and a.tzinfo is b.tzinfo is None:
            return seconds_of(a - b)
        return seconds_of(moment(a, run.zone) - moment(b, run.zone))
    if isinstance(a, time) and isinstance(b, time):
        return seconds_of(clock(a, run.zone) - clock(b, run.zone))
    return None


def multiply(a: object, b: object, run: Run) -> object:
    """Return ``a * b``: numbers, or a duration times a number."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return guarded(ARITHMETIC.multiply, a, b)
    if isinstance(b, Duration):
        a, b = b, a
    return _scaled(a, b) if isinstance(a, Duration) and isinstance(b, Decimal) else None


def _scaled(span: Duration, factor: Decimal) -> Duration | None:
    months = guarded(ARITHMETIC.multiply, Decimal(span.months), factor)
    seconds = guarded(ARITHMETIC.multiply, span.seconds, factor)
    if months is None or seconds is None or abs(months) > 10**9 or abs(seconds) > 10**18:
        return None
    return bounded(Duration(int(months), seconds))


def divide(a: object, b: object, run: Run) -> object:
    """Return ``a / b``: numbers, a duration by a number, or the ratio of two durations; null for a division by zero."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return guarded(ARITHMETIC.divide, a, b) if b else None
    if isinstance(a, Duration) and isinstance(b, Decimal) and b:
        share = guarded(ARITHMETIC.divide, Decimal(1), b)
        return None if share is None else _divided(a, b)
    if isinstance(a, Duration) and isinstance(b, Duration) and bool(a.months) == bool(b.months):
        over = (Decimal(a.months), Decimal(b.months)) if b.months else (a.seconds, b.seconds)
        return guarded(ARITHMETIC.divide, *over) if over[1] else None
    return None


def _divided(span: Duration, divisor: Decimal) -> Duration | None:
    months = guarded(ARITHMETIC.divide, Decimal(span.months), divisor)
    seconds = guarded(ARITHMETIC.divide, span.seconds, divisor)
    if months is None or seconds is None or abs(months) > 10**9 or abs(seconds) > 10**18:
        return None
    return bounded(Duration(int(months), seconds))


def power(a: object, b: object, run: Run) -> object:
    """Return ``a ** b`` of numbers; null where no real number is the result."""
    if not (isinstance(a, Decimal) and isinstance(b, Decimal)):
        return None
    if not b:
        return Decimal(1)
    return guarded(ARITHMETIC.power, a, b)


def negate(value: object, run: Run) -> object:
    """Return ``-value`` of a number or a duration."""
    if isinstance(value, Decimal):
        return ARITHMETIC.minus(value)
    return Duration(-value.months, -value.seconds) if isinstance(value, Duration) else None


OPERATORS: dict[str, Callable[[object, object, Run], object]] = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "**": power, "^": power,
}  # fmt: skip

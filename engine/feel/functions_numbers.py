"""The built-in functions on numbers."""

from __future__ import annotations

import decimal
from decimal import Decimal

from engine.feel.limits import MAX_DIGITS
from engine.feel.operators import guarded
from engine.feel.scope import MISSING, Run
from engine.feel.signature import builtin, list_builtin
from engine.feel.values import ARITHMETIC

_MAX_SCALE = 300


def _rounded(number: Decimal, scale: object, rounding: str) -> Decimal | None:
    """Return ``number`` with ``scale`` decimals (negative: tens, hundreds …); None for a scale that is null or absurd."""
    if scale is MISSING:
        scale = Decimal(0)
    if not isinstance(scale, Decimal) or abs(scale) > _MAX_SCALE:
        return None
    places = int(scale)
    exponent = number.as_tuple().exponent
    if number.is_zero() or not isinstance(exponent, int) or -exponent <= places:
        return number
    if number.adjusted() + places >= MAX_DIGITS:
        return number
    return ARITHMETIC.plus(number.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=ARITHMETIC))


@builtin("decimal", "n: number", "scale: number")
def _decimal(run: Run, number: Decimal, scale: object) -> object:
    return _rounded(number, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor", "n: number", "scale: number?")
def _floor(run: Run, number: Decimal, scale: object) -> object:
    return _rounded(number, scale, decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number", "scale: number?")
def _ceiling(run: Run, number: Decimal, scale: object) -> object:
    return _rounded(number, scale, decimal.ROUND_CEILING)


@builtin("round up", "n: number", "scale: number")
def _round_up(run: Run, number: Decimal, scale: object) -> object:
    return _rounded(number, scale, decimal.ROUND_UP)


@builtin("round down", "n: number", "scale: number")
def _round_down(run: Run, number: Decimal, scale: object) -> object:
    return _rounded(number, scale, decimal.ROUND_DOWN)


@builtin("round half up", "n: number", "scale: number")
def _round_half_up(run: Run, number: Decimal, scale: object) -> object:
    return _rounded(number, scale, decimal.ROUND_HALF_UP)


@builtin("round half down", "n: number", "scale: number")
def _round_half_down(run: Run, number: Decimal, scale: object) -> object:
    return _rounded(number, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs", "n: number")
def _abs(run: Run, number: Decimal) -> object:
    return ARITHMETIC.abs(number)


@builtin("modulo", "dividend: number", "divisor: number")
def _modulo(run: Run, dividend: Decimal, divisor: Decimal) -> object:
    rest = guarded(ARITHMETIC.remainder, dividend, divisor)
    if rest is None or rest.is_zero():
        return rest
    return rest if (rest < 0) is (divisor < 0) else guarded(ARITHMETIC.add, rest, divisor)


@builtin("sqrt", "number: number")
def _sqrt(run: Run, number: Decimal) -> object:
    return None if number < 0 else guarded(ARITHMETIC.sqrt, number)


@builtin("log", "number: number")
def _log(run: Run, number: Decimal) -> object:
    return guarded(ARITHMETIC.ln, number) if number > 0 else None


@builtin("exp", "number: number")
def _exp(run: Run, number: Decimal) -> object:
    return guarded(ARITHMETIC.exp, number)


@builtin("odd", "number: number")
def _odd(run: Run, number: Decimal) -> object:
    return guarded(ARITHMETIC.remainder, ARITHMETIC.abs(number), Decimal(2)) == 1


@builtin("even", "number: number")
def _even(run: Run, number: Decimal) -> object:
    return guarded(ARITHMETIC.remainder, ARITHMETIC.abs(number), Decimal(2)) == 0


def total(numbers: list[Decimal]) -> Decimal | None:
    """Return the sum, None for no numbers."""
    result = Decimal(0)
    for number in numbers:
        result = guarded(ARITHMETIC.add, result, number) or Decimal(0)
    return result if numbers else None


def _share(amount: Decimal | None, count: int) -> Decimal | None:
    return None if amount is None else guarded(ARITHMETIC.divide, amount, Decimal(count))


@list_builtin("sum", of="number")
def _sum(run: Run, numbers: list[Decimal]) -> object:
    return total(numbers)


@list_builtin("mean", of="number")
def _mean(run: Run, numbers: list[Decimal]) -> object:
    return _share(total(numbers), len(numbers))


@list_builtin("product", of="number")
def _product(run: Run, numbers: list[Decimal]) -> object:
    result = Decimal(1)
    for number in numbers:
        result = guarded(ARITHMETIC.multiply, result, number) or Decimal(0)
    return result if numbers else None


@list_builtin("median", of="number")
def _median(run: Run, numbers: list[Decimal]) -> object:
    if not numbers:
        return None
    ordered, middle = sorted(numbers), len(numbers) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return _share(guarded(ARITHMETIC.add, ordered[middle - 1], ordered[middle]), 2)


@list_builtin("stddev", of="number")
def _stddev(run: Run, numbers: list[Decimal]) -> object:
    mean = _share(total(numbers), len(numbers))
    if mean is None or len(numbers) < 2:
        return None
    squares = [guarded(ARITHMETIC.power, ARITHMETIC.subtract(number, mean), Decimal(2)) for number in numbers]
    variance = _share(total([square for square in squares if square is not None]), len(numbers) - 1)
    return None if variance is None else guarded(ARITHMETIC.sqrt, variance)


@list_builtin("mode", of="number")
def _mode(run: Run, numbers: list[Decimal]) -> object:
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)

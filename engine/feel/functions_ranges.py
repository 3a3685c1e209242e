"""The built-in functions on ranges and points: before, overlaps, during and their kin."""

from __future__ import annotations

from engine.feel.scope import Run
from engine.feel.signature import builtin
from engine.feel.values import Range, includes, less


def _precedes(a: object, b: object, run: Run) -> bool:
    return less(a, b, run.zone) is True


def _same(a: object, b: object, run: Run) -> bool:
    return less(a, b, run.zone) is False and less(b, a, run.zone) is False


def _low(value: object) -> tuple[object, bool]:
    return (value.low, value.low_included) if isinstance(value, Range) else (value, True)


def _high(value: object) -> tuple[object, bool]:
    return (value.high, value.high_included) if isinstance(value, Range) else (value, True)


@builtin("before", "a: any", "b: any")
def before(run: Run, a: object, b: object) -> bool:
    """Return whether all of ``a`` lies before all of ``b``."""
    (end, end_included), (start, start_included) = _high(a), _low(b)
    return _precedes(end, start, run) or (_same(end, start, run) and not (end_included and start_included))


@builtin("after", "a: any", "b: any")
def _after(run: Run, a: object, b: object) -> object:
    return before(run, b, a)


@builtin("meets", "range1: range", "range2: range")
def _meets(run: Run, a: Range, b: Range) -> object:
    return a.high_included and b.low_included and _same(a.high, b.low, run)


@builtin("met by", "range1: range", "range2: range")
def _met_by(run: Run, a: Range, b: Range) -> object:
    return _meets(run, b, a)


@builtin("overlaps", "range1: range", "range2: range")
def _overlaps(run: Run, a: Range, b: Range) -> object:
    return not before(run, a, b) and not before(run, b, a)


def _starts_sooner(a: Range, b: Range, run: Run) -> bool:
    return _precedes(a.low, b.low, run) or (_same(a.low, b.low, run) and a.low_included and not b.low_included)


def _ends_sooner(a: Range, b: Range, run: Run) -> bool:
    return _precedes(a.high, b.high, run) or (_same(a.high, b.high, run) and not a.high_included and b.high_included)


@builtin("overlaps before", "range1: range", "range2: range")
def _overlaps_before(run: Run, a: Range, b: Range) -> object:
    return _starts_sooner(a, b, run) and not before(run, a, b) and not _ends_sooner(b, a, run)


@builtin("overlaps after", "range1: range", "range2: range")
def _overlaps_after(run: Run, a: Range, b: Range) -> object:
    return _ends_sooner(b, a, run) and not before(run, b, a) and not _starts_sooner(a, b, run)


@builtin("finishes", "value: any", "range: range")
def _finishes(run: Run, value: object, whole: Range) -> object:
    end, included = _high(value)
    if not _same(end, whole.high, run) or included is not whole.high_included:
        return False
    return not _starts_sooner(value, whole, run) if isinstance(value, Range) else True


@builtin("finished by", "range: range", "value: any")
def _finished_by(run: Run, whole: Range, value: object) -> object:
    return _finishes(run, value, whole)


@builtin("starts", "value: any", "range: range")
def _starts(run: Run, value: object, whole: Range) -> object:
    start, included = _low(value)
    if not _same(start, whole.low, run) or included is not whole.low_included:
        return False
    return not _ends_sooner(whole, value, run) if isinstance(value, Range) else True


@builtin("started by", "range: range", "value: any")
def _started_by(run: Run, whole: Range, value: object) -> object:
    return _starts(run, value, whole)


@builtin("includes", "range: range", "value: any")
def _includes(run: Run, whole: Range, value: object) -> object:
    if isinstance(value, Range):
        return not _starts_sooner(value, whole, run) and not _ends_sooner(whole, value, run)
    return includes(whole, value, run.zone) is True


@builtin("during", "value: any", "range: range")
def _during(run: Run, value: object, whole: Range) -> object:
    return _includes(run, whole, value)


@builtin("coincides", "a: any", "b: any")
def _coincides(run: Run, a: object, b: object) -> object:
    (low_a, low_in_a), (high_a, high_in_a), (low_b, low_in_b), (high_b, high_in_b) = (
        _low(a),
        _high(a),
        _low(b),
        _high(b),
    )
    ends = _same(low_a, low_b, run) and _same(high_a, high_b, run)
    return ends and low_in_a is low_in_b and high_in_a is high_in_b

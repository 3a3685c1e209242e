"""What expressions mean: values, three-valued logic, scopes, functions, limits of the caller, and JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Conflict, ExpressionError, ExpressionLimitError, ExpressionSyntaxError
from engine.feel import Duration, Limits, compile_expression, compile_unary_tests, to_json


def value(text: str, **context: object) -> object:
    """Return the JSON of an expression."""
    return to_json(compile_expression(text).evaluate(context))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("0.1 + 0.2 = 0.3", True),
        ("5000.10 * 3", 15000.3),
        ("1 / 0", None),
        ("7 - 2 - 1", 4),
        ('"合" + "同"', "合同"),
        ('"a" + 1', None),
        ("null + 1", None),
        ("true and null", None),
        ("false and null", False),
        ("true or null", True),
        ("false or null", None),
        ("null = null", True),
        ("null != 1", True),
        ("null > 1", None),
        ("not(null)", None),
        ('"b" > "a"', True),
        ("3 between 1 and 3", True),
        ("3 in (1..3)", False),
        ("3 in (1..3]", True),
        ("3 in ]1..3[", False),
        ("3 in (1, > 2)", True),
        ("3 in [1, 2, 3]", True),
        ("if 1 > 2 then 3 else 4", 4),
        ("for i in 1..3 return i * 2", [2, 4, 6]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in 1..2, j in [10, 20] return i + j", [11, 21, 12, 22]),
        ("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
        ("for r in [[1, 2], [3]], v in r return v", [1, 2, 3]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ("some x in [] satisfies true", False),
        ("[1, 2, 3, 4][item > 2]", [3, 4]),
        ("[1, 2, 3, 4][> 2]", [3, 4]),
        ("[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", [4]),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][9]", None),
        ("{a: 1, b: a + 1}.b", 2),
        ("{f: function(x) x * 2, r: f(4)}.r", 8),
        ("(function(a, b) a - b)(b: 1, a: 5)", 4),
        ("1 instance of number", True),
        ('@"2026-01-01" instance of date', True),
        ('@"P1D" instance of days and time duration', True),
        ("null instance of any", False),
        ('@"2026-01-31" + @"P1M"', "2026-02-28"),
        ('@"2026-03-01" - @"2026-02-01"', "P28D"),
        ('@"2026-01-01T23:00:00Z" + @"PT2H"', "2026-01-02T01:00:00Z"),
        ('@"23:00:00" + @"PT2H"', "01:00:00"),
        ('@"2026-01-05".weekday', 1),
        ('day of week(@"2026-01-05")', "Monday"),
        ('duration("P1DT25H").days', 2),
        ('years and months duration(@"2024-03-15", @"2026-03-14")', "P1Y11M"),
        ('date and time(@"2026-01-01", @"10:00:00")', "2026-01-01T10:00:00"),
        ('date("nonsense")', None),
        ("date(2026, 13, 1)", None),
        ('replace("2026-01", "(\\d+)-(\\d+)", "$2/$1")', "01/2026"),
        ('split("a, b;c", "[,;] *")', ["a", "b", "c"]),
        ("sum([])", None),
        ("mean([1, 2])", 1.5),
        ("decimal(2.345, 2)", 2.34),
        ("round half up(2.345, 2)", 2.35),
        ("floor(-1.5)", -2),
        ("modulo(-5, 3)", 1),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
        ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
        ("overlaps before([1..5], [3..9])", True),
        ("during([2..3], [1..5])", True),
        ("starts([1..3], [1..5])", True),
        ("starts([1..5], [1..5])", True),
        ("finishes([3..5], [1..5])", True),
        ("coincides([1..5], [1..5))", False),
        ("meets([1..5], [5..9])", True),
    ],
)
def test_the_value_of(text: str, expected: object) -> None:
    assert value(text) == expected


def test_names_of_any_script_and_paths() -> None:
    context = {"金额": 6000, "this": {"x": 2}, "_parent": {"kind": "travel"}, "rows": [{"n": 1}, {"n": 2}]}

    assert value('金额 > 5000 and this.x = 2 and _parent.kind = "travel"', **context) is True
    assert value("sum(rows.n)", **context) == 3
    assert value("missing.also.missing") is None


def test_values_of_the_caller_keep_their_kind() -> None:
    context = {"due": datetime(2026, 1, 5, 8, tzinfo=UTC), "day": date(2026, 1, 5), "amount": Decimal("1.10")}

    assert value("due > day", **context) is True
    assert value('due + duration("PT1H")', **context) == "2026-01-05T09:00:00Z"
    assert value("amount * 3", **context) == 3.3


def test_local_times_are_in_the_zone_that_is_given() -> None:
    expression = compile_expression('date and time("2026-01-01T08:00:00") <= at')
    at = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)

    assert expression.evaluate({"at": at}, zone=ZoneInfo("Asia/Shanghai")) is True
    assert expression.evaluate({"at": at}, zone=UTC) is False


def test_functions_of_the_caller_take_and_return_any_value() -> None:
    class WorkingTime:
        days = 3

    span = WorkingTime()
    functions: dict[str, Callable[..., object]] = {
        "working_days": lambda count: span if count == Decimal(3) else None,
        "now": lambda: datetime(2026, 1, 1, tzinfo=UTC),
    }

    assert compile_expression("working_days(3)").evaluate({}, functions) is span
    assert compile_expression("working_days(3).days").evaluate({}, functions) is None
    assert compile_expression("working_days(count: 3)").evaluate({}, functions) is span
    assert compile_expression("now().year").evaluate({}, functions) == 2026
    assert (
        compile_expression("if true then working_days(1 + 2) else null").evaluate({"working_days": 1}, functions)
        is span
    )


def test_the_clock_is_not_read_without_the_caller() -> None:
    for text in ("now()", "today()"):
        with pytest.raises(ExpressionError, match="The time of day is not known here"):
            compile_expression(text).evaluate({})


def test_a_function_of_the_caller_that_refuses_is_told() -> None:
    def fails() -> object:
        raise Conflict("No calendar.")

    with pytest.raises(ExpressionError, match="cannot be called with these 2 arguments"):
        compile_expression("working_days(1, 2)").evaluate({}, {"working_days": lambda count: count})
    with pytest.raises(Conflict, match="No calendar"):
        compile_expression("fails()").evaluate({}, {"fails": fails})


def test_what_an_expression_reads_is_known() -> None:
    expression = compile_expression(
        "for r in rows return if r.n > limit then working_days(r.n) else {a: 1, b: a + order.total}.b + lines[price > max_price]"
    )

    assert expression.names == {"rows", "limit", "order", "lines"}
    assert expression.item_names == {"price", "max_price"}
    assert expression.paths == {"rows", "limit", "order.total", "lines"}
    assert expression.functions == {"working_days"}


def test_a_syntax_error_tells_where_and_what() -> None:
    for text, message in [
        ("1 +", "Position 4: expected a value, but the expression ends here."),
        ("if a then b", "Position 12: expected 'else', but the expression ends here."),
        ("a b", "Position 3: expected an operator or the end of the expression, found 'b'."),
        ("f(a: 1, 2)", "Position 9: expected all arguments with names, or none, found '2'."),
        ("amount ! 5", "Position 8: the character '!' means nothing here."),
    ]:
        with pytest.raises(ExpressionSyntaxError) as refusal:
            compile_expression(text)
        assert str(refusal.value) == message


@pytest.mark.parametrize("text", ["x in [1..5] and y", "x in 5 or y", "x in > 5 and y", "l[> 2 and item < 5]"])
def test_what_the_browser_reads_differently_is_refused(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError, match="put parentheses around the test"):
        compile_expression(text)


def test_limits_of_the_caller_hold() -> None:
    with pytest.raises(ExpressionLimitError, match="more than the 50 steps"):
        compile_expression("for i in 1..30 return i + 1").evaluate({}, limits=Limits(steps=50))
    with pytest.raises(ExpressionLimitError, match="more than 10 characters"):
        compile_expression('"123456" + "123456"').evaluate({}, limits=Limits(string_chars=10))


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (Decimal("5.00"), 5),
        (Decimal("0.1"), 0.1),
        (Decimal(1) / Decimal(3), 0.333333333333333),
        (date(2026, 1, 1), "2026-01-01"),
        (time(10, 30), "10:30:00"),
        (datetime(2026, 1, 1, 10, tzinfo=UTC), "2026-01-01T10:00:00Z"),
        (datetime(2026, 1, 1, 10, tzinfo=timezone(timedelta(hours=8))), "2026-01-01T10:00:00+08:00"),
        (Duration(14), "P1Y2M"),
        (Duration(0, Decimal("-90061.5")), "-P1DT1H1M1.5S"),
        (Duration(), "PT0S"),
        ({"a": [Decimal(1), None, True]}, {"a": [1, None, True]}),
    ],
)
def test_json_of(given_value: object, expected: object) -> None:
    found = to_json(given_value)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("text", ["[1..5]", "function(x) x", "sum", "{a: function() 1}"])
def test_what_has_no_json_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be kept"):
        to_json(compile_expression(text).evaluate({}))


@pytest.mark.parametrize(
    ("text", "given_value", "expected"),
    [
        ("-", None, True),
        ("", 5, True),
        ("5", 5, True),
        ('"travel", "meal"', "meal", True),
        ('"travel", "meal"', "travel,meal", False),
        ("(5000..50000]", 5000, False),
        ("(5000..50000]", 50000, True),
        ("> 5, < 0", -1, True),
        ("not(5, 6)", 6, False),
        ("not(> 5)", 3, True),
        ("null", None, True),
        ("null", 0, False),
        ("> 5", None, False),
        ("? > 5 and ? < limit", 7, True),
        ("? > 5 and ? < limit", 70, False),
        ("? > limit", None, False),
        ("list", 2, True),
        ("true", False, False),
        ("false", False, True),
        ('date("2026-01-01")', date(2026, 1, 1), True),
        ('>= date("2026-01-01")', date(2025, 12, 31), False),
        ('contains(?, "b")', "abc", True),
        ('contains(?, "b")', None, False),
    ],
)
def test_unary_tests(text: str, given_value: object, expected: bool) -> None:
    assert compile_unary_tests(text).matches(given_value, {"limit": 10, "list": [1, 2]}) is expected


def test_a_condition_that_is_null_matches_null_in_forms_only() -> None:
    tests = compile_unary_tests("amount > 5")

    assert tests.matches(None, {}) is True
    assert tests.matches(None, {}, null_matches=False) is False


def test_names_of_unary_tests_leave_out_the_value() -> None:
    assert compile_unary_tests("? > limit, 5").names == {"limit"}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for compile_text in (compile_expression, compile_unary_tests):
        try:
            compile_text(text)
        except ExpressionError as refusal:
            assert str(refusal).endswith(".")


_WORDS = st.sampled_from(
    [
        "a",
        "1",
        "0.5",
        '"x"',
        "true",
        "null",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "..",
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "<",
        ">=",
        "and",
        "or",
        "in",
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "satisfies",
        "function",
        "not",
        "count",
        "item",
        "partial",
        "?",
        "@",
        "between",
        "instance",
        "of",
        "sum",
        "date",
        "duration",
    ]
)


@given(st.lists(_WORDS, max_size=25).map(" ".join))
def test_any_words_are_evaluated_or_refused(text: str) -> None:
    try:
        to_json(compile_expression(text).evaluate({"a": [1, {"b": None}]}))
    except ExpressionError as refusal:
        assert str(refusal).endswith(".")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON)
def test_json_comes_back_unchanged(data: object) -> None:
    found = to_json(compile_expression("x").evaluate({"x": data}))

    assert found == pytest.approx(data) if isinstance(data, float) else found == data or _near(found, data)


def _near(found: object, data: object) -> bool:
    if isinstance(found, list) and isinstance(data, list):
        return len(found) == len(data) and all(map(_near, found, data))
    if isinstance(found, dict) and isinstance(data, dict):
        return found.keys() == data.keys() and all(_near(found[key], data[key]) for key in found)
    if isinstance(data, float) and isinstance(found, int | float):
        return found == pytest.approx(data)
    return found == data


@given(_JSON, _JSON)
def test_equality_is_symmetric_and_operators_never_crash(a: object, b: object) -> None:
    assert value("a = b", a=a, b=b) == value("b = a", a=a, b=b)
    for operator in ("<", ">=", "+", "-", "*", "/", "and", "or", "!="):
        value(f"a {operator} b", a=a, b=b)

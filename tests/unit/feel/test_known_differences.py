"""Where the server differs from the browser on purpose: each line of the table in docs/feel.md holds, on both sides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.errors import ExpressionError
from engine.feel import compile_expression

from .browser import ROOT, agree, run, written
from .test_browser_agreement import without_node

CONTEXT: dict[str, object] = {
    "l": [10, 9, 1],
    "count": 3,
    "words": ["ab", "b"],
    "flags": [True, False],
    "t": True,
    "x": 3,
}
ERROR = "error"
REFUSED = "refused"
DIFFERENCES: list[tuple[str, object, object]] = [
    ("1e3", 1, 1000),
    ("0.1 + 0.2 = 0.3", False, True),
    ("true > false", ERROR, None),
    ("x instance of number", False, True),
    ("2 ** 2000", {"$": "no number"}, REFUSED),
    ("0 ** -1", {"$": "no number"}, None),
    ('duration("P1D") * 2', None, {"$": "duration", "length": 172800000}),
    ('-duration("P1D")', None, {"$": "duration", "length": -86400000}),
    ('(date("2024-01-05") - date("2024-01-01")).days', 0, 4),
    ('string(duration("P40D"))', "P1M10D", "P40D"),
    ("date(2024, 2, 30)", {"$": "moment", "at": 1709251200000}, None),
    ('string(date(date and time("2024-01-01T00:30:00+08:00")))', "2023-12-31", "2024-01-01"),
    ('date("2024-01-01").hour', 0, None),
    ('min("b", "a")', None, "a"),
    ("median([10, 9, 1])", 10, 9),
    ("mode([2, -1])", [2, -1], [-1, 2]),
    ("remove([1, 2, 3], -1)", [1, 3], [1, 2]),
    ("insert before([1, 2, 3], -1, 9)", [1, 9, 2, 3], [1, 2, 9, 3]),
    ('substring("abc", 0)', "c", None),
    ("sublist([1, 2], 0)", [2], None),
    ("list contains([[1, 2]], [1, 2])", False, True),
    ("[null, 1][item = null]", [], [None]),
    ("[false, true][item = false]", [], [False]),
    ("for i in (1..3) return i", [1, 2], [2]),
    ("for i in -1..0 return i", None, [-1, 0]),
    ("count(l)", None, 3),
    ("unknown_function(1)", None, REFUSED),
    ('matches("aa", "(a)\\1")', True, REFUSED),
    ('matches("ab", "a(?=b)")', True, REFUSED),
    ("a b", None, REFUSED),
    ("x in 3 and t", None, REFUSED),
    ('words[contains(item, "a")]', [], REFUSED),
    ("before(null, 1)", True, False),
    ("finishes(5, [1..5])", None, True),
    ("1/3", 1 / 3, 1 / 3),
    ("string(1/3)", "0.3333333333333333", "0." + "3" * 34),
]


@without_node
def test_every_difference_is_as_it_is_told() -> None:
    theirs = run([{"text": text, "context": CONTEXT} for text, _, _ in DIFFERENCES])

    for (text, browser, _), found in zip(DIFFERENCES, theirs, strict=True):
        if browser == ERROR:
            assert "error" in found, text
        else:
            assert "value" in found and agree(browser, found["value"]), f"{text}: the browser finds {found}"


@pytest.mark.parametrize(("text", "expected"), [(text, server) for text, _, server in DIFFERENCES])
def test_the_server_does_what_is_told(text: str, expected: object) -> None:
    if expected == REFUSED:
        with pytest.raises(ExpressionError):
            compile_expression(text).evaluate(CONTEXT)
        return

    assert agree(expected, written(compile_expression(text).evaluate(CONTEXT)))


def test_every_difference_is_documented() -> None:
    page = Path(ROOT, "docs", "feel.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE))

    missing = {text for text, browser, server in DIFFERENCES if browser != server} - told

    assert not missing

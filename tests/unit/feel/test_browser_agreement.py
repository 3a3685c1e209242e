"""The server and the browser come to the same result: random expressions, evaluated by both."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from engine.errors import ExpressionError
from engine.feel import compile_expression, compile_unary_tests

from .browser import agree, run, written
from .generator import Generator

EXPRESSIONS = 5000
TESTS = 2000
SEED = int(os.environ.get("GUICHENG_SEED", "20260101"))

without_node = pytest.mark.skipif(
    os.environ.get("GUICHENG_WITHOUT_NODE") == "1", reason="GUICHENG_WITHOUT_NODE says that there is no Node here"
)
Case = dict[str, object]


def _difference(case: Case, theirs: Case, ours: Callable[[], object]) -> str:
    """Return how the two results differ, an empty text when they agree."""
    try:
        found = written(ours())
    except ExpressionError as fault:
        found = f"refused: {fault}"
    if agree(found, theirs["value"]):
        return ""
    return (
        f"seed {case['seed']}: {case['text']}\n  browser {theirs['value']!r}\n  server  {found!r}\n  {case['context']}"
    )


def _expression_case(seed: int) -> Case:
    made = Generator(seed)
    return {"seed": seed, "context": made.context(), "text": made.any(made.random.choice((1, 2, 3)))}


def _tests_case(seed: int) -> Case:
    made = Generator(seed)
    context = made.context()
    text, value = made.tests()
    return {"seed": seed, "context": context, "text": text, "tests": True, "value": value}


def _judged(cases: list[Case], ours: Callable[[Case], object]) -> tuple[int, list[str]]:
    """Return how many cases the browser could evaluate, and the differences in them."""
    theirs = run(cases)
    decided = [(case, found) for case, found in zip(cases, theirs, strict=True)
               if "error" not in found and found["value"] != {"$": "no number"}]  # fmt: skip
    differences = [_difference(case, found, lambda case=case: ours(case)) for case, found in decided]  # type: ignore[misc]
    return len(decided), [difference for difference in differences if difference]


@without_node
def test_random_expressions_give_the_same_result_as_in_the_browser() -> None:
    cases = [_expression_case(SEED + index) for index in range(EXPRESSIONS)]

    decided, differences = _judged(cases, lambda case: compile_expression(str(case["text"])).evaluate(case["context"]))  # type: ignore[arg-type]

    assert decided > EXPRESSIONS * 0.9
    assert not differences, f"{len(differences)} of {decided} differ\n" + "\n".join(differences[:20])


@without_node
def test_random_unary_tests_give_the_same_result_as_in_the_browser() -> None:
    cases = [_tests_case(SEED + index) for index in range(TESTS)]

    decided, differences = _judged(
        cases,
        lambda case: compile_unary_tests(str(case["text"])).matches(case["value"], case["context"]),  # type: ignore[arg-type]
    )

    assert decided > TESTS * 0.8
    assert not differences, f"{len(differences)} of {decided} differ\n" + "\n".join(differences[:20])

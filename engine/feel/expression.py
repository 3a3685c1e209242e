"""Expressions and unary tests, ready to be evaluated: what the rest of the engine uses of FEEL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from types import MappingProxyType

from engine.errors import N_, ExpressionLimitError
from engine.feel import nodes as n
from engine.feel.analysis import mentions, reads, static_kind
from engine.feel.builtins import REGISTRY
from engine.feel.comparing import holds
from engine.feel.compiler import compile_node, compile_test_node
from engine.feel.limits import DEFAULT_LIMITS, Limits, Meter
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.scope import Code, Env, Run
from engine.feel.values import feel

_SPACED = frozenset(name for name in REGISTRY if " " in name)
_VALUE, _CONDITION, _JUDGEMENT = "value", "condition", "judgement"
_NONE: Mapping[str, Callable[..., object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled FEEL expression.

    ``names`` are the variables that it reads, ``item_names`` those that stand in a filter, where they may be fields of
    the items too, ``paths`` the dotted names, ``functions`` what it calls, built-in or not.
    """

    text: str
    names: frozenset[str]
    item_names: frozenset[str]
    paths: frozenset[str]
    functions: frozenset[str]
    tree: n.Node
    _code: Code

    def evaluate(
        self,
        context: Mapping[str, object],
        functions: Mapping[str, Callable[..., object]] | None = None,
        limits: Limits | None = None,
        zone: tzinfo = UTC,
    ) -> object:
        """Return the FEEL value for the variables in ``context`` (JSON-like; it is neither copied nor changed).

        ``functions`` can be called by name; ``zone`` is that of times without one when they meet times with one.
        Raise ExpressionError for what can't be evaluated, ExpressionLimitError when ``limits`` are passed.
        """
        run = Run(functions or _NONE, Meter(limits or DEFAULT_LIMITS), zone)
        try:
            return self._code(Env(context, None, run))
        except RecursionError:
            raise _too_deep() from None


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The compiled tests of a table cell or of a form condition; ``names`` and ``functions`` as in Expression."""

    text: str
    names: frozenset[str]
    item_names: frozenset[str]
    functions: frozenset[str]
    tree: n.Tests
    _codes: tuple[tuple[Code, str], ...]

    def matches(
        self,
        value: object,
        context: Mapping[str, object],
        functions: Mapping[str, Callable[..., object]] | None = None,
        limits: Limits | None = None,
        zone: tzinfo = UTC,
        *,
        null_matches: bool = True,
    ) -> bool:
        """Return whether ``value`` (``?`` in the tests) passes.

        A test that comes out as null matches the value null, as in the browser's form conditions; with ``null_matches``
        false only a test that is written as a value does so, not a comparison or a call.
        Raise ExpressionError, ExpressionLimitError.
        """
        if not self.tree.tests:
            return True
        run = Run(functions or _NONE, Meter(limits or DEFAULT_LIMITS), zone)
        given = feel(value)
        env = Env({"?": given}, Env(context, None, run), run)
        try:
            matched = any(
                _test_passes(code(env), given, run, null_matches=how is _VALUE or (null_matches and how is _CONDITION))
                for code, how in self._codes
            )
        except RecursionError:
            raise _too_deep() from None
        return matched is not self.tree.negated


def _test_passes(result: object, value: object, run: Run, *, null_matches: bool) -> bool:
    if isinstance(result, bool):
        return result
    if result is None:
        return value is None and null_matches
    if isinstance(result, list):
        run.meter.items(len(result))
        return any(holds(item, value, run) is True for item in result)
    return holds(result, value, run) is True


def _too_deep() -> ExpressionLimitError:
    return ExpressionLimitError(N_("The expression is evaluated too deeply inside itself."))


def _role(test: n.Node) -> str:
    """Say what a test is: a value to equal, a condition on other variables, or one on the value under test."""
    if mentions(test, "?"):
        return _JUDGEMENT
    return _CONDITION if static_kind(test) == "test" or isinstance(test, n.Call) else _VALUE


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Return the expression that ``text`` says.

    Raise ExpressionSyntaxError with the position and what was expected there, ExpressionLimitError when it is too long,
    too deep or has too large a number.
    """
    try:
        tree = parse_expression(text, _SPACED)
        found = reads(tree)
        code = compile_node(tree)
    except RecursionError:
        raise _too_deep() from None
    return Expression(
        text=text,
        names=frozenset(found.names),
        item_names=frozenset(found.item_names),
        paths=frozenset(found.paths),
        functions=frozenset(found.functions),
        tree=tree,
        _code=code,
    )


@lru_cache(maxsize=4096)
def compile_unary_tests(text: str) -> UnaryTests:
    """Return the unary tests that ``text`` says; empty text and ``-`` accept every value. Raise as compile_expression."""
    try:
        tree = parse_unary_tests(text, _SPACED)
        found = reads(tree)
        codes = tuple((compile_test_node(test), _role(test)) for test in tree.tests)
    except RecursionError:
        raise _too_deep() from None
    return UnaryTests(
        text=text,
        names=frozenset(found.names),
        item_names=frozenset(found.item_names),
        functions=frozenset(found.functions),
        tree=tree,
        _codes=codes,
    )

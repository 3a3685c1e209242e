"""The syntax tree of an expression: immutable, and nothing in it can be executed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, boolean or null."""

    value: Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or ``?`` for the value under test."""

    name: str


@dataclass(frozen=True, slots=True)
class At:
    """``@"2026-01-01"``."""

    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands of equal rank joined from left to right by arithmetic operators: flat, so that long sums stay shallow."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negative:
    """``-a`` or ``+a``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Logic:
    """Operands joined by ``and`` or by ``or``."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """``a < b`` and its like."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between:
    """``a between low and high``."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In:
    """``a in test``, ``a in (test, test)``."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """``a instance of type``; the type is written in words without its parameters."""

    value: Node
    type_name: str


@dataclass(frozen=True, slots=True)
class Test:
    """``> a``: a comparison whose left side is the value under test."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Interval:
    """``[low..high]`` with its brackets."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class If:
    """``if condition then a else b``."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """``name in source`` or ``name in source..end``."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For:
    """``for iterators return body``."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    """``some`` or ``every`` ``iterators satisfies body``."""

    every: bool
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class List:
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """``{a: 1, "b": 2}``."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """``function(a, b) body``."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Path:
    """``target.name``."""

    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """``target[condition]``."""

    target: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call:
    """``name(arguments)`` or ``(expression)(arguments)``; ``keywords`` name the arguments, or are empty."""

    target: str | Node
    arguments: tuple[Node, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tests:
    """A cell of a decision table: tests of which one must hold, or none when ``negated``; no tests accept all."""

    tests: tuple[Node, ...]
    negated: bool


Node = (
    Literal | Name | At | Chain | Negative | Logic | Compare | Between | In | InstanceOf | Test | Interval | If | For
    | Quantified | List | ContextLiteral | Definition | Path | Filter | Call
)  # fmt: skip


def children(node: Node | Tests | Iterator) -> tuple[Node, ...]:
    """Return the nodes directly under ``node``, in reading order."""
    match node:
        case Chain():
            return (node.first, *(operand for _, operand in node.rest))
        case Negative() | Test():
            return (node.operand,)
        case Logic():
            return node.operands
        case Compare():
            return (node.left, node.right)
        case Between():
            return (node.value, node.low, node.high)
        case In():
            return (node.value, *node.tests)
        case InstanceOf():
            return (node.value,)
        case Interval():
            return (node.low, node.high)
        case If():
            return (node.condition, node.then, node.otherwise)
        case For() | Quantified():
            return (*(child for each in node.iterators for child in children(each)), node.body)
        case Iterator():
            return (node.source,) if node.end is None else (node.source, node.end)
        case List():
            return node.items
        case ContextLiteral():
            return tuple(value for _, value in node.entries)
        case Definition():
            return (node.body,)
        case Path():
            return (node.target,)
        case Filter():
            return (node.target, node.condition)
        case Call():
            return node.arguments if isinstance(node.target, str) else (node.target, *node.arguments)
        case Tests():
            return node.tests
    return ()

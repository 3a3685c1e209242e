"""What can be said of an expression without evaluating it: the names it reads, the functions it calls, its cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.feel import nodes as n

_SAME = {n.Logic: "test", n.Compare: "test", n.Between: "test", n.In: "test", n.InstanceOf: "test", n.Test: "test",
         n.Interval: "test", n.Quantified: "test", n.Name: "any", n.Path: "any", n.Filter: "any", n.At: "date"}  # fmt: skip
_TEMPORAL = frozenset({"date", "time", "date and time", "duration"})


def static_kind(node: n.Node) -> str:
    """Return how a filter treats ``node``, by the rule of the browser's library.

    It is a ``test`` of each item, a position (``number``, ``boolean``, ``any``), a ``string`` to look for, or, when the
    kind is another, something that finds nothing.
    """
    match node:
        case n.Literal(value=None):
            return "nil"
        case n.Literal(value=bool()):
            return "boolean"
        case n.Literal(value=str()):
            return "string"
        case n.Literal():
            return "number"
        case n.Name(name="?"):
            return ""
        case n.Chain():
            return _common([node.first, *(operand for _, operand in node.rest)])
        case n.Negative():
            return static_kind(node.operand)
        case n.If():
            return _common([node.then, node.otherwise])
        case n.Call():
            return "date" if node.target in _TEMPORAL else "any"
    return _SAME.get(type(node), "")


def _common(operands: list[n.Node]) -> str:
    kinds = {static_kind(operand) for operand in operands}
    return kinds.pop() if len(kinds) == 1 else "any"


def weight(node: n.Node) -> int:
    """Return the number of nodes from ``node`` on: what one pass over it costs, in steps."""
    return 1 + sum(weight(child) for child in n.children(node))


def height(node: n.Node) -> int:
    """Return the number of levels from ``node`` down."""
    return 1 + max((height(child) for child in n.children(node)), default=0)


def mentions(node: n.Node | n.Tests, name: str) -> bool:
    """Say whether the variable ``name`` is read anywhere in ``node``."""
    if isinstance(node, n.Name):
        return node.name == name
    return any(mentions(child, name) for child in n.children(node))


@dataclass(slots=True)
class Reads:
    """What an expression reads from outside.

    ``names`` are read for certain. ``item_names`` stand in a filter, where they may be fields of the items as well as
    variables. ``paths`` are the dotted names, ``functions`` what is called.
    """

    names: set[str] = field(default_factory=set)
    item_names: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)


def reads(node: n.Node | n.Tests) -> Reads:
    """Return what ``node`` reads from outside."""
    found = Reads()
    _collect(node, frozenset({"?"}), found, in_filter=False)
    return found


def _collect(node: n.Node | n.Tests, bound: frozenset[str], found: Reads, *, in_filter: bool) -> None:
    dotted = _dotted(node)
    if dotted:
        root = dotted.partition(".")[0]
        if root not in bound:
            (found.item_names if in_filter else found.names).add(root)
            if not in_filter:
                found.paths.add(dotted)
        return
    if isinstance(node, n.Call) and isinstance(node.target, str) and node.target not in bound:
        found.functions.add(node.target)
    for child, names, filtered in _scopes(node, bound):
        _collect(child, names, found, in_filter=in_filter or filtered)


def _scopes(node: n.Node | n.Tests, bound: frozenset[str]) -> Iterator[tuple[n.Node, frozenset[str], bool]]:
    """Yield the children of ``node``, the names that are bound there, and whether they stand in a filter."""
    match node:
        case n.For() | n.Quantified():
            for each in node.iterators:
                yield from ((child, bound, False) for child in n.children(each))
                bound = bound | {each.name}
            yield node.body, bound | ({"partial"} if isinstance(node, n.For) else set()), False
        case n.ContextLiteral():
            for key, value in node.entries:
                yield value, bound, False
                bound = bound | {key}
        case n.Definition():
            yield node.body, bound | set(node.parameters), False
        case n.Filter():
            yield node.target, bound, False
            is_test = static_kind(node.condition) == "test"
            yield node.condition, bound | {"item"} if is_test else bound, is_test
        case _:
            yield from ((child, bound, False) for child in n.children(node))


def _dotted(node: n.Node | n.Tests) -> str:
    """Return ``a.b.c`` for a path of names, else an empty text."""
    if isinstance(node, n.Name):
        return node.name
    if isinstance(node, n.Path):
        target = _dotted(node.target)
        return f"{target}.{node.name}" if target else ""
    return ""

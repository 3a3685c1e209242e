"""Reads the text of an expression into its syntax tree, by recursive descent with a bound on the depth."""

from __future__ import annotations

from decimal import Decimal

from engine.errors import N_, ExpressionLimitError, ExpressionSyntaxError
from engine.feel import nodes as n
from engine.feel.constructs import RESERVED, Constructs
from engine.feel.cursor import too_deep
from engine.feel.lexer import END, NAME, NUMBER, STRING, SYMBOL
from engine.feel.limits import MAX_DIGITS, MAX_MAGNITUDE, MAX_NESTING
from engine.feel.values import ARITHMETIC

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_COMPARISON, _SUM = 2, 3
_RANKS = {
    "or": 0, "and": 1, "between": _COMPARISON, "in": _COMPARISON, **dict.fromkeys(_COMPARISONS, _COMPARISON),
    "+": _SUM, "-": _SUM, "*": 4, "/": 4, "**": 5, "^": 5,
}  # fmt: skip
_CONSTANTS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
_SPACED_PROPERTIES = frozenset({("time", "offset"), ("start", "included"), ("end", "included")})
_AFTER_OPEN_END = frozenset({")", "]", "}", ",", "and", "or", "then", "else", "return", "satisfies"})


def parse_expression(text: str, spaced_functions: frozenset[str]) -> n.Node:
    """Return the tree of ``text``; ``spaced_functions`` are the function names that contain blanks.

    Raise ExpressionSyntaxError, or ExpressionLimitError when the text is too long or too deep.
    """
    parser = _Parser(text, spaced_functions)
    tree = parser.expression()
    parser.finish()
    check_height(tree)
    return tree


def parse_unary_tests(text: str, spaced_functions: frozenset[str]) -> n.Tests:
    """Return the tests of a table cell or a form condition; an empty text and ``-`` accept everything."""
    parser = _Parser(text, spaced_functions)
    tree = parser.unary_tests()
    check_height(tree)
    return tree


def check_height(tree: n.Node | n.Tests) -> None:
    """Raise ExpressionLimitError when more than MAX_NESTING nodes stand under each other."""
    waiting: list[tuple[n.Node | n.Tests, int]] = [(tree, 1)]
    while waiting:
        node, height = waiting.pop()
        if height > MAX_NESTING:
            raise too_deep()
        waiting.extend((child, height + 1) for child in n.children(node))


def _joined(left: n.Node, operator: str, rank: int, right: n.Node) -> n.Node:
    """Join two operands; equal ranks from left to right become one flat node."""
    if rank == _COMPARISON:
        return n.Compare(operator, left, right)
    if rank < _COMPARISON:
        before = left.operands if isinstance(left, n.Logic) and left.operator == operator else (left,)
        return n.Logic(operator, (*before, right))
    if isinstance(left, n.Chain) and left.rest and _RANKS[left.rest[0][0]] == rank:
        return n.Chain(left.first, (*left.rest, (operator, right)))
    return n.Chain(left, ((operator, right),))


class _Parser(Constructs):
    """Reads tokens from left to right; each method reads one construct and leaves the position after it."""

    def __init__(self, text: str, spaced_functions: frozenset[str]) -> None:
        super().__init__(text)
        self.spaced_functions = spaced_functions

    # -- expressions --------------------------------------------------------------------------------------------

    def expression(self) -> n.Node:
        self.deeper()
        node = self.test() if self.at(*_COMPARISONS) else self.binary(0)
        self.depth -= 1
        return node

    def test(self) -> n.Node:
        start = self.here.start
        node = n.Test(self.take().text, self.binary(_SUM))
        if self.at("and", "or", "between", "in", *_COMPARISONS):
            self.refuse_ambiguous(self.source[start : self.here.start].strip())
        return node

    def binary(self, least: int) -> n.Node:
        """Read operands joined by operators of rank ``least`` or higher; climbing keeps the stack shallow."""
        left = self.prefixed()
        while (rank := self.rank()) >= least:
            operator = self.take().text
            if operator in ("between", "in"):
                left = self.between(left) if operator == "between" else self.membership(left)
                if self.rank() > _COMPARISON:
                    self.refuse("an operator that joins conditions")
            else:
                left = _joined(left, operator, rank, self.binary(rank + 1))
        return left

    def rank(self) -> int:
        """Return how tightly the operator here binds, -1 when there is none."""
        token = self.here
        return _RANKS.get(token.text, -1) if token.kind in (SYMBOL, NAME) else -1

    def between(self, value: n.Node) -> n.Node:
        low = self.binary(_SUM)
        self.expect("and")
        return n.Between(value, low, self.binary(_SUM))

    def membership(self, value: n.Node) -> n.Node:
        start = self.here.start
        if self.at("("):
            return n.In(value, self.tests_in_brackets())
        node = n.In(value, (self.test() if self.at(*_COMPARISONS) else self.binary(_SUM),))
        if self.at("and", "or", "between", "in", *_COMPARISONS):
            self.refuse_ambiguous("in " + self.source[start : self.here.start].strip())
        return node

    def tests_in_brackets(self) -> tuple[n.Node, ...]:
        self.expect("(")
        first = self.expression()
        if self.at(".."):
            return (self.interval_end(first, low_included=False),)
        found = [first]
        while self.accept(","):
            found.append(self.expression())
        self.expect(")")
        return tuple(found)

    def prefixed(self) -> n.Node:
        if self.at("-") and self.ahead().kind == NUMBER:
            self.take()
            return self.postfixed(n.Literal(ARITHMETIC.minus(self.number())))
        if self.at("-", "+"):
            self.deeper()
            node = n.Negative(self.take().text, self.prefixed())
            self.depth -= 1
            return node
        return self.postfixed(self.primary())

    def postfixed(self, node: n.Node) -> n.Node:
        while True:
            if self.at("."):
                self.take()
                node = n.Path(node, self.property())
            elif self.at("[") and not self.closes_interval():
                self.take()
                node = n.Filter(node, self.expression())
                self.expect("]")
            elif self.at("("):
                node = n.Call(node, *self.arguments())
            elif self.at("instance"):
                self.take()
                self.expect("of")
                node = n.InstanceOf(node, self.type_name())
            else:
                return node

    def closes_interval(self) -> bool:
        """Say whether the bracket here is the open end of ``[1..5[`` rather than the start of a filter."""
        after = self.ahead()
        return after.kind == END or (after.kind in (SYMBOL, NAME) and after.text in _AFTER_OPEN_END)

    def property(self) -> str:
        if self.here.kind != NAME:
            self.refuse("a name after the point")
        name = self.take().text
        if (name, self.here.text) in _SPACED_PROPERTIES and self.here.kind == NAME:
            return f"{name} {self.take().text}"
        return name

    # -- what an expression starts with -------------------------------------------------------------------------

    def primary(self) -> n.Node:
        token = self.here
        if token.kind == NUMBER:
            return n.Literal(self.number())
        if token.kind == STRING:
            return n.Literal(self.take().text)
        if token.kind == NAME:
            return self.worded()
        if self.accept("?"):
            return n.Name("?")
        if self.accept("@"):
            if self.here.kind != STRING:
                self.refuse("a date, time or duration in quotation marks")
            return n.At(self.take().text)
        if self.accept("("):
            return self.bracketed()
        if self.at("[", "]"):
            return self.list_or_interval()
        if self.accept("{"):
            return self.context()
        self.refuse("a value")

    def number(self) -> Decimal:
        text = self.take().text
        mantissa, _, exponent = text.lower().partition("e")
        if len(mantissa.replace(".", "").strip("0")) > MAX_DIGITS or (
            exponent and abs(int(exponent[:9])) > MAX_MAGNITUDE
        ):
            raise ExpressionLimitError(N_("The number %(number)s is too long."), number=text[:40])
        return ARITHMETIC.create_decimal(text)

    def worded(self) -> n.Node:
        word = self.here.text
        if word in _CONSTANTS:
            self.take()
            return n.Literal(_CONSTANTS[word])
        special = {"if": self.branch, "for": self.loop, "some": self.quantified, "every": self.quantified,
                   "function": self.definition}.get(word)  # fmt: skip
        if special:
            return special()
        if word in RESERVED:
            self.refuse("a value")
        called = self.function_name()
        if called:
            return n.Call(called, *self.arguments())
        return n.Name(self.take().text)

    def function_name(self) -> str:
        """Take the name of the function that is called here, with its blanks, or return an empty text."""
        for words in (4, 3, 2, 1):
            found = [self.ahead(offset) for offset in range(words)]
            name = " ".join(token.text for token in found)
            after = self.ahead(words)
            is_called = after.kind == SYMBOL and after.text == "(" and all(token.kind == NAME for token in found)
            if is_called and (words == 1 or name in self.spaced_functions):
                self.position += words
                return name
        return ""

    def arguments(self) -> tuple[tuple[n.Node, ...], tuple[str, ...]]:
        self.expect("(")
        values: list[n.Node] = []
        keywords: list[str] = []
        while not self.at(")"):
            keyword = self.keyword()
            if bool(keyword) != bool(keywords) and values:
                self.refuse("all arguments with names, or none")
            if keyword:
                keywords.append(keyword)
            values.append(self.expression())
            if not self.at(")"):
                self.expect(",", ")")
                if self.at(")"):
                    self.refuse("an argument")
        self.expect(")")
        return tuple(values), tuple(keywords)

    def keyword(self) -> str:
        count = 0
        while self.ahead(count).kind == NAME and count < 4:
            count += 1
        after = self.ahead(count)
        if not count or after.kind != SYMBOL or after.text != ":":
            return ""
        words = [self.take().text for _ in range(count)]
        self.expect(":")
        return " ".join(words)

    def bracketed(self) -> n.Node:
        node = self.expression()
        if self.at(".."):
            return self.interval_end(node, low_included=False)
        self.expect(")")
        return node

    # -- unary tests --------------------------------------------------------------------------------------------

    def unary_tests(self) -> n.Tests:
        if self.here.kind == END or (self.at("-") and self.ahead().kind == END):
            return n.Tests((), negated=False)
        if self.at("not") and self.ahead().text == "(":
            try:
                return n.Tests(self.negated_tests(), negated=True)
            except ExpressionSyntaxError:
                # ``not(a) and b`` is one test that calls the function.
                self.position, self.depth = 0, 0
        found = [self.expression()]
        while self.accept(","):
            found.append(self.expression())
        if self.here.kind != END:
            self.refuse("a comma or the end of the tests")
        return n.Tests(tuple(found), negated=False)

    def negated_tests(self) -> tuple[n.Node, ...]:
        self.expect("not")
        found = self.tests_in_brackets()
        self.finish()
        return found

"""Reads the constructs of FEEL that start with a word or a bracket: loops, definitions, types, lists, contexts."""

from __future__ import annotations

from abc import abstractmethod

from engine.errors import N_, ExpressionSyntaxError
from engine.feel import nodes as n
from engine.feel.cursor import Cursor
from engine.feel.lexer import NAME, NUMBER, STRING

RESERVED = frozenset(
    [
        "for",
        "in",
        "return",
        "if",
        "then",
        "else",
        "some",
        "every",
        "satisfies",
        "instance",
        "between",
        "and",
        "or",
        "null",
        "true",
        "false",
        "function",
        "external",
    ]
)
_TYPES = frozenset(
    {
        "any", "Any", "boolean", "context", "date", "date and time", "days and time duration", "duration", "function",
        "list", "null", "Null", "number", "range", "string", "time", "years and months duration",
    }
)  # fmt: skip


class Constructs(Cursor):
    """The half of the parser that knows what comes after which word; expressions inside are read by the other half."""

    @abstractmethod
    def expression(self) -> n.Node:
        """Read an expression of any kind."""

    def branch(self) -> n.Node:
        self.expect("if")
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return n.If(condition, then, self.expression())

    def loop(self) -> n.Node:
        self.expect("for")
        iterators = self.iterators()
        self.expect("return")
        return n.For(iterators, self.expression())

    def quantified(self) -> n.Node:
        every = self.expect("some", "every") == "every"
        iterators = self.iterators()
        self.expect("satisfies")
        return n.Quantified(every, iterators, self.expression())

    def iterators(self) -> tuple[n.Iterator, ...]:
        found = []
        while True:
            name = self.variable()
            self.expect("in")
            source = self.expression()
            end = self.expression() if self.accept("..") else None
            found.append(n.Iterator(name, source, end))
            if not self.accept(","):
                return tuple(found)

    def variable(self) -> str:
        if self.here.kind != NAME or self.here.text in RESERVED:
            self.refuse("a name")
        return self.take().text

    def definition(self) -> n.Node:
        self.expect("function")
        self.expect("(")
        parameters: list[str] = []
        while not self.at(")"):
            parameters.append(self.variable())
            if self.accept(":"):
                self.type_name()
            if not self.at(")"):
                self.expect(",", ")")
        self.expect(")")
        if self.at("external"):
            raise ExpressionSyntaxError(
                N_("Position %(position)s: a function outside the expression cannot be called."),
                position=self.here.start + 1,
            )
        return n.Definition(tuple(parameters), self.expression())

    def type_name(self) -> str:
        self.deeper()
        name = self.type_words()
        if self.accept("<"):
            while not self.accept(">"):
                if self.here.kind == NAME and self.ahead().text == ":":
                    self.take()
                    self.take()
                self.type_name()
                if not self.at(">"):
                    self.expect(",", ">")
            if self.accept("->"):
                self.type_name()
        self.depth -= 1
        return name

    def type_words(self) -> str:
        for words in (4, 3, 1):
            found = [self.ahead(offset) for offset in range(words)]
            name = " ".join(token.text for token in found)
            if name in _TYPES and all(token.kind == NAME for token in found):
                self.position += words
                return name
        self.refuse("a type such as number, string, date or list")

    def interval_end(self, low: n.Node, *, low_included: bool) -> n.Node:
        self.expect("..")
        high = self.expression()
        return n.Interval(low, high, low_included, self.expect("]", ")", "[") == "]")

    def list_or_interval(self) -> n.Node:
        opening = self.take().text
        if opening == "]":
            return self.interval_end(self.expression(), low_included=False)
        if self.accept("]"):
            return n.List(())
        first = self.expression()
        if self.at(".."):
            return self.interval_end(first, low_included=True)
        found = [first]
        while self.expect(",", "]") == ",":
            found.append(self.expression())
        return n.List(tuple(found))

    def context(self) -> n.Node:
        entries: list[tuple[str, n.Node]] = []
        if self.accept("}"):
            return n.ContextLiteral(())
        while True:
            key = self.key()
            self.expect(":")
            entries.append((key, self.expression()))
            if self.expect(",", "}") == "}":
                return n.ContextLiteral(tuple(entries))

    def key(self) -> str:
        if self.here.kind == STRING:
            return self.take().text
        if self.here.kind != NAME:
            self.refuse("a name or a text as the key")
        start = end = self.here
        while self.here.kind in (NAME, NUMBER) or self.at(".", "-", "+", "*", "/", "**", "^"):
            end = self.take()
        return " ".join(self.source[start.start : end.end].split())

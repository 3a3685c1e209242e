"""A place in the tokens of an expression: what stands here, what comes, and the sentence when it is something else."""

from __future__ import annotations

from typing import NoReturn

from engine.errors import N_, ExpressionLimitError, ExpressionSyntaxError
from engine.feel.lexer import END, NAME, SYMBOL, Token, tokens
from engine.feel.limits import MAX_NESTING


def too_deep() -> ExpressionLimitError:
    """Return the error for an expression that is nested too deeply."""
    return ExpressionLimitError(N_("The expression is nested more than %(limit)s levels deep."), limit=MAX_NESTING)


class Cursor:
    """Goes through the tokens from left to right, and counts how deep the reader is inside brackets."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.source = text
        self.position = 0
        self.depth = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.position]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.position + count, len(self.tokens) - 1)]

    def at(self, *texts: str) -> bool:
        token = self.here
        return token.kind in (SYMBOL, NAME) and token.text in texts

    def take(self) -> Token:
        token = self.here
        self.position += 1
        return token

    def accept(self, text: str) -> bool:
        if not self.at(text):
            return False
        self.position += 1
        return True

    def expect(self, *texts: str) -> str:
        if not self.at(*texts):
            self.refuse(" or ".join(f"'{text}'" for text in texts))
        return self.take().text

    def refuse(self, expected: str) -> NoReturn:
        token = self.here
        if token.kind == END:
            raise ExpressionSyntaxError(
                N_("Position %(position)s: expected %(expected)s, but the expression ends here."),
                position=token.start + 1,
                expected=expected,
            )
        raise ExpressionSyntaxError(
            N_("Position %(position)s: expected %(expected)s, found '%(found)s'."),
            position=token.start + 1,
            expected=expected,
            found=self.source[token.start : token.end],
        )

    def refuse_ambiguous(self, test: str) -> NoReturn:
        raise ExpressionSyntaxError(
            N_(
                "Position %(position)s: put parentheses around the test '%(test)s' before '%(found)s'; without them the "
                "browser reads it differently."
            ),
            position=self.here.start + 1,
            test=test,
            found=self.here.text,
        )

    def finish(self) -> None:
        if self.here.kind != END:
            self.refuse("an operator or the end of the expression")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise too_deep()

"""Cuts the text of an expression into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import N_, ExpressionLimitError, ExpressionSyntaxError
from engine.feel.limits import MAX_TEXT

NAME, NUMBER, STRING, SYMBOL, END = "name", "number", "string", "symbol", "end"

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff"
)
_TOKEN = re.compile(
    rf"""
    (?P<blank>[\s\ufeff]+|//[^\n]*|/\*.*?\*/)
    |(?P<name>[{_START}][{_START}0-9\u00b7\u0300-\u036f\u203f\u2040]*)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<symbol>\*\*|\.\.|!=|<=|>=|->|[-+*/^=<>()\[\]{{}},.:?@])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r'\\"|\\\\|\\[nrt]|\\u[0-9a-f]{5,6}|(?:\\u[0-9a-f]{1,4})+', re.IGNORECASE)
_CODE = re.compile(r"\\u([0-9a-f]+)", re.IGNORECASE)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; ``start`` and ``end`` are offsets, ``text`` is decoded for strings."""

    kind: str
    text: str
    start: int
    end: int


def tokens(source: str) -> list[Token]:
    """Return the tokens of ``source``, the last being END; raise ExpressionSyntaxError, ExpressionLimitError."""
    if len(source) > MAX_TEXT:
        raise ExpressionLimitError(N_("An expression has at most %(limit)s characters."), limit=MAX_TEXT)
    found, position = [], 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _unreadable(source, position)
        position = match.end()
        if match.lastgroup == STRING:
            found.append(Token(STRING, _decoded(match.group()), match.start(), position))
        elif match.lastgroup != "blank":
            found.append(Token(match.lastgroup or SYMBOL, match.group(), match.start(), position))
    found.append(Token(END, "", len(source), len(source)))
    return found


def _unreadable(source: str, position: int) -> ExpressionSyntaxError:
    if source[position] == '"':
        return ExpressionSyntaxError(
            N_("Position %(position)s: the text that starts here has no closing quotation mark on the same line."),
            position=position + 1,
        )
    return ExpressionSyntaxError(
        N_("Position %(position)s: the character %(found)r means nothing here."),
        position=position + 1,
        found=source[position],
    )


def _decoded(literal: str) -> str:
    return _ESCAPE.sub(_unescaped, literal[1:-1]) if "\\" in literal else literal[1:-1]


def _unescaped(match: re.Match[str]) -> str:
    escape = match.group()
    letter = escape[1]
    if letter not in "uU":
        return _SIMPLE.get(letter.lower(), letter)
    codes = [int(code, 16) for code in _CODE.findall(escape)]
    if len(codes) == 1 and codes[0] > 0xFFFF:
        return chr(codes[0]) if codes[0] <= 0x10FFFF else "\ufffd"
    # Two halves of a character beyond the basic plane belong together; a lone half is no character.
    pairs = b"".join(code.to_bytes(2, "big") for code in codes)
    return pairs.decode("utf-16-be", "replace")

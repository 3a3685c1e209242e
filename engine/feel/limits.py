"""How much an expression may cost, and the meter that counts it while the expression runs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine.errors import N_, ExpressionLimitError

MAX_TEXT = 10_000
"""Characters of an expression."""
MAX_NESTING = 100
"""Levels of brackets, calls and branches inside each other."""
MAX_MAGNITUDE = 308
"""Decimal exponent of the largest number; the same as that of the numbers in a browser."""
MAX_DIGITS = 34
"""Significant digits of a number, those of IEEE 754 decimal128, as DMN says."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may use up.

    ``steps`` count iterations weighted by the size of what is iterated, calls, and the items that functions handle.
    They are the same on every machine; ``seconds`` (wall time) is a backstop only.
    """

    steps: int = 100_000
    list_items: int = 100_000
    string_chars: int = 1_000_000
    levels: int = 200
    seconds: float = 1.0


DEFAULT_LIMITS = Limits()


class Meter:
    """Counts down the steps, the levels and the time of one evaluation."""

    __slots__ = ("_deadline", "_levels", "_steps", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._steps = limits.steps
        self._levels = limits.levels
        # Elapsed time, not the time of day: no result depends on it.
        self._deadline = time.monotonic() + limits.seconds

    def spend(self, steps: int) -> None:
        """Take ``steps`` from the budget; raise ExpressionLimitError when it or the time is used up."""
        self._steps -= steps
        if self._steps < 0:
            raise ExpressionLimitError(
                N_("The expression needs more than the %(limit)s steps that it is allowed."), limit=self.limits.steps
            )
        if time.monotonic() > self._deadline:
            raise ExpressionLimitError(
                N_("The expression needs more than the %(limit)s seconds that it is allowed."),
                limit=self.limits.seconds,
            )

    def descend(self, levels: int) -> None:
        """Go ``levels`` deeper; raise ExpressionLimitError when too many calls are inside each other."""
        self._levels -= levels
        if self._levels < 0:
            raise ExpressionLimitError(N_("The expression calls its functions too deeply inside each other."))

    def ascend(self, levels: int) -> None:
        """Come back from :meth:`descend`."""
        self._levels += levels

    def items(self, count: int) -> None:
        """Spend a step for each of ``count`` list items; raise ExpressionLimitError when a list gets too long."""
        if count > self.limits.list_items:
            raise ExpressionLimitError(
                N_("The expression makes a list of more than %(limit)s items."), limit=self.limits.list_items
            )
        self.spend(count)

    def chars(self, count: int) -> None:
        """Spend a step for each 64 of ``count`` characters; raise ExpressionLimitError when a text gets too long."""
        if count > self.limits.string_chars:
            raise ExpressionLimitError(
                N_("The expression makes a text of more than %(limit)s characters."), limit=self.limits.string_chars
            )
        self.spend(1 + count // 64)

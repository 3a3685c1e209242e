"""What expressions may ask the database during a step, recorded so that the step can be repeated without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.errors import N_, ExpressionError
from engine.store import repository

if TYPE_CHECKING:
    from engine.process_engine import Loaded, Work


class Inputs:
    """Numbers and register figures given to one step, in the order asked for."""

    def __init__(self, work: Work, loaded: Loaded) -> None:
        self._work = work
        self._loaded = loaded
        self.given: list[Any] = []

    def next_number(self, counter: str) -> int:
        """Give the next gapless number of a counter."""
        number = repository.next_number(self._work.connection, counter)
        self.given.append(number)
        return number

    def lookup(self, function: str, arguments: tuple[Any, ...]) -> Any:
        """Answer ``register_sum(register, column, filter)`` or ``register_count(register, filter)``."""
        register, *rest = arguments
        column = rest.pop(0) if function == "register_sum" else None
        wanted = rest[0] if rest else {}
        if not isinstance(register, str) or not isinstance(wanted, dict):
            raise ExpressionError(N_("%(function)s needs the id of a register and a context of column values."), function=function)
        person = wanted.get("person") if isinstance(wanted.get("person"), str) else None
        rows = repository.register_contents(self._work.connection, register, person, self._loaded.id)
        rows = [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]
        answer = len(rows) if column is None else round(sum(row.get(column) or 0 for row in rows), 6)
        self.given.append(answer)
        return answer

"""What expressions may ask the database during a step, recorded so that the step can be repeated without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import organisation
from engine.errors import N_, ExpressionError
from engine.store import repository
from engine.store.queries import lookup as queries

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.process_engine import Loaded, Work

MAX_ROWS = 20_000
"""Rows that one question may answer; more is refused, for the answers are kept in the history."""


class Inputs:
    """Numbers and answers given to one step, in the order asked for."""

    def __init__(self, work: Work, loaded: Loaded) -> None:
        self._work = work
        self._loaded = loaded
        self.given: list[Any] = []

    def next_number(self, counter: str) -> int:
        """Give the next gapless number of a counter."""
        number = repository.next_number(self._work.connection, counter)
        self.given.append(number)
        return number

    def lookup(self, function: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401  (JSON)
        """Answer one of :data:`LOOKUPS`; raise ExpressionError when the arguments don't fit."""
        answer = LOOKUPS[function](_Question(function, arguments, self._work.connection, self._loaded.id))
        self.given.append(answer)
        return answer


class _Question:
    """One call of a lookup function."""

    def __init__(self, function: str, arguments: tuple[Any, ...], connection: sa.Connection, instance: str) -> None:
        self.function, self.arguments, self.connection, self.instance = function, arguments, connection, instance

    def text(self, place: int) -> str:
        """Return an argument that must be a text."""
        found = self.arguments[place] if place < len(self.arguments) else None
        if not isinstance(found, str):
            raise ExpressionError(N_("%(function)s: a text was expected as argument %(place)d."), function=self.function, place=place + 1)
        return found

    def rows(self, place: int) -> list[dict[str, Any]]:
        """Return the rows of the register named first that have all values of the context at ``place``, the oldest first."""
        register, wanted = self.text(0), self.arguments[place] if place < len(self.arguments) else {}
        if not isinstance(wanted, dict):
            raise ExpressionError(N_("%(function)s needs the id of a register and a context of column values."), function=self.function)
        person = wanted.get("person") if isinstance(wanted.get("person"), str) else None
        found = [{**content, "instance": instance} for instance, content in
                 repository.register_contents(self.connection, register, person, self.instance)]
        found = [row for row in found if all(row.get(key) == value for key, value in wanted.items())]
        if len(found) > MAX_ROWS:
            raise ExpressionError(N_("%(function)s: the register %(register)s has more than %(limit)d such rows; narrow the filter."),
                                  function=self.function, register=register, limit=MAX_ROWS)
        return found


def _register_sum(question: _Question) -> float | int:
    column = question.text(1)
    return round(sum(row.get(column) or 0 for row in question.rows(2)), 6)


def _people(question: _Question) -> list[dict[str, Any]]:
    return [_shown(question.connection, person) for person in organisation.people(question.connection, [question.text(0)])]


def _person(question: _Question) -> dict[str, Any] | None:
    asked = question.arguments[0] if question.arguments else None
    return None if asked is None else _shown(question.connection, question.text(0)) or None


def _shown(connection: sa.Connection, person: str) -> dict[str, Any]:
    found = organisation.as_initiator(connection, person)
    return dict(found) if found["id"] else {}


LOOKUPS: dict[str, Callable[[_Question], Any]] = {
    "register_sum": _register_sum,
    "register_count": lambda question: len(question.rows(1)),
    "register_rows": lambda question: question.rows(1),
    "people": _people,
    "person": _person,
    "open_tasks": lambda question: queries.open_tasks(question.connection, question.text(0), question.instance),
}
"""The functions of expressions that ask the database (docs/diagram-language.md)."""

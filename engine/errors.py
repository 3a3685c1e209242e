"""Every error that the engine raises, ordered by whose fault it is.

A message is a template and its parameters, so that the site can translate the template and the log can print it in
English. Mark templates with ``N_`` so that the catalogue extraction finds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


def N_(template: str) -> str:  # noqa: N802  (the name that Babel looks for)
    """Mark ``template`` for translation and return it unchanged."""
    return template


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: where it stands and what was expected instead.

    ``file`` is a path relative to the deployed folder, ``element`` the id of the BPMN element, DMN rule or form field,
    ``line`` the 1-based line in the file (0 when unknown), ``rule`` the name of the lint rule or check that found it.
    """

    template: str
    params: dict[str, object] = field(default_factory=dict)
    file: str = ""
    element: str = ""
    line: int = 0
    rule: str = ""

    def __str__(self) -> str:
        text = self.template % self.params if self.params else self.template
        place = ": ".join(part for part in (self.file + (f":{self.line}" if self.line else ""), self.element) if part)
        return f"{place}: {text}" if place else text


class EngineError(Exception):
    """The root of all errors of the engine; ``str()`` gives the English sentence."""

    def __init__(self, template: str, *, problems: Sequence[Problem] = (), **params: object) -> None:
        self.template = template
        self.params = params
        self.problems = tuple(problems)
        super().__init__(template % params if params else template)


class CallerError(EngineError):
    """The one who gave the command can mend it."""


class NotFound(CallerError):
    """The named thing does not exist, or not any more."""


class NotAllowed(CallerError):
    """The actor may not do this; denied attempts are recorded in the history."""


class Conflict(CallerError):
    """Somebody else was faster, or the thing is in another state than the command expects."""


class InvalidInput(CallerError):
    """A form, a file or a parameter is not as required; ``problems`` names each field."""


class DefinitionRefused(CallerError):
    """A diagram, table or form cannot be deployed; ``problems`` names file, element and reason."""


class ExpressionError(EngineError):
    """An expression of a diagram, table or form cannot be read or evaluated."""


class ExpressionSyntaxError(ExpressionError):
    """The text is not FEEL; the message names the position and what was expected there."""


class ExpressionLimitError(ExpressionError):
    """The expression needed more time, memory, depth or steps than it is allowed."""


class IncidentError(EngineError):
    """An instance cannot go on without an administrator; it becomes an incident, and the token stays where it was."""


class StorageError(EngineError):
    """The database is not reachable, not migrated or not as the engine left it."""


class IntegrityError(EngineError):
    """The history or the stored state is not what was recorded."""

"""A DMN file as values: decisions, tables, rules; nothing in it can be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from engine.errors import N_, ExpressionError
from engine.feel import Expression, UnaryTests


class HitPolicy(Enum):
    """What a table answers when several rules match; the values are those of the XML."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"

    @property
    def is_single(self) -> bool:
        """Whether the answer is one output rather than a list."""
        return self in (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY)


class Aggregation(Enum):
    """What COLLECT makes of the outputs; the values are those of the XML."""

    LIST = ""
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


Compiled = TypeVar("Compiled", Expression, UnaryTests)


@dataclass(frozen=True, slots=True)
class Cell(Generic[Compiled]):
    """The text of a cell and what it compiled to, or the reason why it did not; ``line`` counts from 1."""

    text: str
    line: int
    compiled: Compiled | None
    fault: ExpressionError | None = None

    def required(self) -> Compiled:
        """Return what the cell compiled to; raise the ExpressionError that it met instead."""
        if self.compiled is None:
            raise self.fault or ExpressionError(N_("The cell '%(text)s' cannot be read."), text=self.text)
        return self.compiled


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is tested: its expression and the values that are allowed (None: all)."""

    id: str
    label: str
    expression: Cell[Expression]
    allowed: Cell[UnaryTests] | None
    type_name: str


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results: ``priorities`` is the list of output values, the most important first."""

    id: str
    name: str
    label: str
    allowed: Cell[UnaryTests] | None
    priorities: tuple[Cell[Expression], ...]
    default: Cell[Expression] | None
    type_name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test for each input, one expression for each output."""

    id: str
    number: int
    line: int
    tests: tuple[Cell[UnaryTests], ...]
    results: tuple[Cell[Expression], ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Inputs, outputs and rules with their hit policy."""

    policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A decision that is one expression."""

    cell: Cell[Expression]


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a decision answered, and why.

    ``outputs`` is a FEEL value: that of the single output, or a dict by output name, in a list for hit policies with
    several hits; ``engine.feel.to_json`` makes it JSON. ``matched`` are the ids of the rules that matched and count,
    ``inputs`` the value of each input expression by its text, ``required`` the results of the decisions below by id.
    """

    outputs: object
    matched: tuple[str, ...]
    inputs: dict[str, object]
    required: dict[str, DecisionResult] = field(default_factory=dict)


Functions = Mapping[str, Callable[..., object]]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: its logic, the decisions it needs, and the names under which it finds its data.

    ``variable`` is the name of its result for those that need it. ``data`` are the names of its input data.
    """

    id: str
    name: str
    variable: str
    line: int
    logic: DecisionTable | LiteralExpression
    needs: tuple[Decision, ...]
    data: tuple[str, ...]

    def evaluate(self, context: Mapping[str, object], functions: Functions | None = None) -> DecisionResult:
        """Return the answer for the variables in ``context``.

        Raise ExpressionError when a cell can't be evaluated, a value is not among those allowed, or the rules break
        the hit policy; ExpressionLimitError when it costs too much.
        """
        from engine.dmn.evaluation import evaluate

        return evaluate(self, context, functions)


@dataclass(frozen=True, slots=True)
class Definitions:
    """All decisions of a file by id; ``file`` is its path for messages."""

    file: str
    id: str
    name: str
    decisions: dict[str, Decision]

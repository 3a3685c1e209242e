"""Where an evaluation looks up its names, and what all its parts share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo

from engine.feel.limits import Meter


class Missing:
    """The class of MISSING."""

    __slots__ = ()


MISSING = Missing()
"""Stands for an argument that was not given or a name that is not there, where null is something else."""


class Run:
    """One evaluation: its meter, the functions of the caller, and the zone of local times."""

    __slots__ = ("functions", "meter", "zone")

    def __init__(self, functions: Mapping[str, Callable[..., object]], meter: Meter, zone: tzinfo) -> None:
        self.functions = functions
        self.meter = meter
        self.zone = zone


class Env:
    """The variables that an expression sees: its own, then those of the construct around it."""

    __slots__ = ("parent", "run", "variables")

    def __init__(self, variables: Mapping[str, object], parent: Env | None, run: Run) -> None:
        self.variables = variables
        self.parent = parent
        self.run = run

    def find(self, name: str) -> object:
        """Return the raw value of the innermost variable ``name``, or MISSING."""
        frame: Env | None = self
        while frame is not None:
            value = frame.variables.get(name, MISSING)
            if value is not MISSING:
                return value
            frame = frame.parent
        return MISSING


Code = Callable[[Env], object]
"""A compiled node: takes the variables, returns the value."""

"""DMN: decision tables and literal expressions read from XML, checked before they run, and evaluated by the standard.

Reading order: ``model``, ``evaluation``, ``check``; ``reader`` and ``tables`` read the XML.
"""

from engine.dmn.check import problems
from engine.dmn.model import Aggregation, Decision, DecisionResult, Definitions, HitPolicy
from engine.dmn.reader import parse_dmn, read_definitions

__all__ = [
    "Aggregation",
    "Decision",
    "DecisionResult",
    "Definitions",
    "HitPolicy",
    "parse_dmn",
    "problems",
    "read_definitions",
]

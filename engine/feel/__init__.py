"""FEEL, the expression language of diagrams, tables and forms, evaluated safely: no Python, no I/O, bounded cost.

Reading order: ``expression`` (what others use), ``parser``, ``compiler``, ``values``.
"""

from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.limits import Limits
from engine.feel.texts import to_json
from engine.feel.values import Duration, Range

__all__ = [
    "Duration",
    "Expression",
    "Limits",
    "Range",
    "UnaryTests",
    "compile_expression",
    "compile_unary_tests",
    "to_json",
]

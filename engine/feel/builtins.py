"""All functions that FEEL brings; importing their modules registers them."""

from engine.feel import (  # noqa: F401  (imported for what they register)
    functions_contexts,
    functions_lists,
    functions_numbers,
    functions_ranges,
    functions_temporal,
    functions_texts,
)
from engine.feel.signature import REGISTRY

__all__ = ["REGISTRY"]
